"""People who do something at the same moment."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from acceptance.ragflow.listings import Session
from acceptance.sandbox.sandbox import Assistant, Sandbox
from acceptance.sandbox.sender import Exchange, Sender
from acceptance.sandbox.view import sessions_of
from acceptance.threads import run_in_threads

# Seconds that somebody waits for the others; more than the longest answer may take.
BARRIER_TIMEOUT = 90.0


def delete_one_by_one(sender: Sender, lists: Mapping[Assistant, Sequence[str]], workers: int) -> None:
    """Delete each session in a request of its own, of one assistant and the other in turn, so many at a time."""
    calls = [
        partial(sender.delete, assistant, [id])
        for ids in zip(*lists.values(), strict=True)
        for assistant, id in zip(lists, ids, strict=True)
    ]
    title = f"deleting {len(calls):,} sessions one by one"
    run_in_threads(lambda call: call(), calls, workers=workers, title=title)


def delete_in_rounds(sender: Sender, assistant: Assistant, people: int) -> list[list[Exchange]]:
    """For each session a round, in which so many people delete it at the same moment."""
    meeting = threading.Barrier(people)

    def take_part(_person: int) -> list[Exchange]:
        return [_when_all_are_there(meeting, partial(sender.delete, assistant, [id])) for id in assistant.session_ids]

    by_person = run_in_threads(take_part, range(people), workers=people, title="")
    return [list(exchanges) for exchanges in zip(*by_person, strict=True)]


def delete_together(sender: Sender, assistant: Assistant, lists: Sequence[Sequence[str]]) -> None:
    """Somebody for each list, who deletes its sessions in one request; all at the same moment."""
    meeting = threading.Barrier(len(lists))

    def take_part(ids: Sequence[str]) -> Exchange:
        # The connection stands before the meeting, so that only the deletion is left to do.
        sessions_of(assistant)
        return _when_all_are_there(meeting, partial(sender.delete, assistant, ids))

    run_in_threads(take_part, lists, workers=len(lists), title="")


def delete_among_others(sender: Sender, sandbox: Sandbox, assistant: Assistant, new: int) -> list[Session]:
    """Delete each session, and at the same time create so many new ones and read the list again and again."""
    calls: list[Callable[[], object]] = []
    for id in assistant.session_ids:
        calls += [partial(sender.delete, assistant, [id]), partial(sessions_of, assistant)]
    for number in range(1, new + 1):
        calls.insert(3 * number - 1, partial(sandbox.create_session, assistant, f"new session {number}"))
    results = run_in_threads(lambda call: call(), calls, workers=8, title="")
    return [result for result in results if isinstance(result, Session)]


def _when_all_are_there(meeting: threading.Barrier, call: Callable[[], Exchange]) -> Exchange:
    try:
        meeting.wait(BARRIER_TIMEOUT)
        return call()
    except BaseException:
        # Nobody waits for somebody who will not come.
        meeting.abort()
        raise
