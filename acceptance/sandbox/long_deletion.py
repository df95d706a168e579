"""A deletion that takes long, and the lists that another tenant reads until it is answered."""

import time
from dataclasses import dataclass, replace
from itertools import dropwhile
from threading import Event

from acceptance.errors import Inconclusive
from acceptance.ragflow.listings import is_success, read_sessions
from acceptance.ragflow.messages import Content, Json
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Exchange, Sender
from acceptance.threads import run_in_threads

# How many sessions to delete: twice as many as before, up to 4,000. The last size is tried twice.
SIZES = (*(100 * 2**doublings for doublings in range(6)), 4_000, 4_000)

# A deletion is long if it takes as long as so many lists, one after another.
LISTS = 20

# With so many lists answered before the deletion, others do not wait for it. With at most so many, they do.
MIN_FREE, MAX_WAITING = 10, 1


@dataclass(frozen=True)
class Race:
    """The deletion of all sessions of an assistant, and the lists that were requested until it was answered."""

    assistant: Assistant
    deletion: Exchange
    lists: tuple[Exchange, ...] = ()

    @property
    def answered_before(self) -> int:
        """How many lists were answered before the deletion was."""
        return sum(_answered_at(each) < _answered_at(self.deletion) for each in self.lists)

    @property
    def is_clear(self) -> bool:
        """Whether it shows that others wait, or that they do not. A retried request has waited for something else."""
        is_between = MAX_WAITING < self.answered_before < MIN_FREE
        return bool(self.lists) and not is_between and not self._retries

    @property
    def summary(self) -> str:
        """How many sessions and lists it had, and which answers came before the deletion's."""
        sessions, sent, before = len(self.assistant.sessions), len(self.lists), self.answered_before
        retries = f", {self._retries} retries" if self._retries else ""
        return (
            f"deletion of {sessions:,} sessions: {_lists(sent)} sent until it was answered{retries}; "
            f"order of the answers: {_lists(before)}, the deletion, {_lists(sent - before)}"
        )

    @property
    def _retries(self) -> int:
        return sum(each.answer.retries for each in (self.deletion, *self.lists))


def delete_during_lists(sender: Sender, sandbox: Sandbox, assistant: Assistant, other: Assistant) -> Race:
    """Delete all sessions of an assistant, while the owner of the other one reads its list. Return the decisive race.

    The sessions of the given assistant only serve to estimate how many make a deletion long. New assistants get that
    many sessions, and more, until the deletion itself was as long as `LISTS` lists, and the result is clear. A deletion
    that is refused is decisive, too. Raise Inconclusive if no race is.
    """
    needed = _seconds_of_lists(sender, other)
    measured = sender.delete(assistant.over_fresh_connection(), assistant.session_ids)
    if not is_success(measured.answer):
        return Race(assistant, measured)
    seconds, sessions = measured.answer.seconds, len(assistant.sessions)
    # What does not depend on the number of sessions takes about as long as a list.
    sizes = [*dropwhile(lambda size: (seconds - needed / LISTS) * size / sessions < needed, SIZES[:-2]), *SIZES[-2:]]
    trouble = _durations(sessions, seconds, needed)
    # If the largest size is too small by far, do not try it: below a rate limit that would take minutes.
    for size in sizes if 2 * seconds * SIZES[-1] / sessions >= needed else ():
        created = sandbox.create_assistant(sessions=size)
        needed = _seconds_of_lists(sender, other)
        race = _race(sender, created, other)
        took = race.deletion.answer.seconds
        if not is_success(race.deletion.answer) or (took >= needed and race.is_clear):
            return race
        trouble = race.summary if took >= needed else _durations(size, took, needed)
    raise Inconclusive(
        f"it is not known whether others wait for a long deletion; {trouble}. To know it, a deletion of at most "
        f"{SIZES[-1]:,} sessions must take as long as {LISTS} lists, and at least {MIN_FREE} or at most {MAX_WAITING} "
        "lists must be answered before it. A slow network or a rate limit makes lists slow: run the specification near "
        "the server, or raise the limit"
    )


def _race(sender: Sender, assistant: Assistant, other: Assistant) -> Race:
    """Delete all sessions. Read one list after another from when the request was sent until it is answered."""
    sent, answered = Event(), Event()

    def read_lists() -> list[Exchange]:
        lists = []
        sent.wait()
        while not answered.is_set():
            lists.append(_read_list(sender, other))
        return lists

    def delete() -> list[Exchange]:
        content = replace(Content.json({"ids": list[Json](assistant.session_ids)}), on_sent=sent.set)
        try:
            return [sender.delete(assistant.over_fresh_connection(), content)]
        finally:
            # Release the other tenant even if the request was never sent.
            answered.set()
            sent.set()

    lists, [deletion] = run_in_threads(lambda call: call(), [read_lists, delete], workers=2, title="")
    # Reports show this race alone, and the deletion as the last request.
    sender.exchanges[:] = [*lists, deletion]
    return Race(assistant, deletion, tuple(lists))


def _read_list(sender: Sender, assistant: Assistant) -> Exchange:
    """Read a list over a fresh connection. Raise UnusableListing if the answer is none."""
    exchange = sender.read_list(assistant.over_fresh_connection())
    read_sessions(exchange.answer)
    return exchange


def _seconds_of_lists(sender: Sender, assistant: Assistant) -> float:
    """Return how long `LISTS` lists take, with everything that delays them, such as a rate limit."""
    began = time.monotonic()
    for _ in range(LISTS):
        _read_list(sender, assistant)
    return time.monotonic() - began


def _durations(sessions: int, seconds: float, needed: float) -> str:
    return f"deletion of {sessions:,} sessions: {seconds:.3f} s; {LISTS} lists: {needed:.3f} s"


def _lists(count: int) -> str:
    return f"{count} list" if count == 1 else f"{count} lists"


def _answered_at(exchange: Exchange) -> float:
    return exchange.answer.began + exchange.answer.seconds
