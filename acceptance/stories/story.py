"""A story: one random sequence of requests, the expected state of its assistants, and the failure of a step."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from behave.model import Step

from acceptance.behave_adapter import run_step, step_of
from acceptance.contract.contract import Contract
from acceptance.contract.selection import Selection
from acceptance.notation.sessions import REPETITIONS
from acceptance.notation.tenses import past
from acceptance.sandbox.actions import assistants_in
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Exchange, Sender

# What follows the number of a session in a step, and says which assistant it belongs to.
OWN, OTHER = "", " of the other assistant"

# The kinds of the other assistant, as in the step that creates it. The first one belongs to the same tenant.
KINDS = ("another assistant", "an assistant of another tenant", "an assistant of another tenant, of the same name,")

REFUSED = "the request is refused: "
ASSISTANT_IS_UNKNOWN = f"{REFUSED}the assistant is unknown"
TEXT_IS_REFUSED = f"{REFUSED}the database cannot compare the text"


@dataclass
class StoryContext:
    """The context of a story's steps, in place of behave's, and their definitions. Steps add attributes to it."""

    sandbox: Sandbox
    contract: Contract
    target: Any
    registry: Any

    # behave enters this around a step, to tell its own attributes from those of steps.
    use_with_user_mode = staticmethod(nullcontext)

    def __post_init__(self) -> None:
        self.sender = Sender(self.sandbox, self.contract)

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)


class StoryFailed(AssertionError):
    """A step of the story broke a rule."""


class StoriesEnded(BaseException):
    """No further story may run: because of the error that is its cause, or of a limit.

    A BaseException, because Hypothesis would repeat and shrink a story that raises an Exception.
    """


@contextmanager
def ending_on_error() -> Iterator[None]:
    """Raise StoriesEnded for any error but a failure of the story."""
    try:
        yield
    except StoryFailed:
        raise
    except Exception as error:
        raise StoriesEnded from error


@dataclass(frozen=True)
class Failure:
    """A story that breaks a rule, with the failed step, its message, and the names of the ids in it.

    ``text`` shows the story in a report.
    """

    steps: tuple[Step, ...]
    failed_step: Step
    mismatch: AssertionError
    exchanges: Sequence[Exchange]
    display_names: Mapping[str, str]
    text: str = ""

    @property
    def has_wrong_answer(self) -> bool:
        """Whether an answer is wrong. Otherwise the answers are right, but the remaining sessions are wrong."""
        return not re.search(r" remains?$| is gone$| may be deleted$", self.failed_step.name)

    def as_scenario(self, name: str) -> str:
        """Return the story in Gherkin, ready to be pasted into a feature."""
        lines = [f"    Scenario: {name}"]
        for kind, group in groupby(self.steps, lambda step: step.step_type):
            lines += [
                f"      {'And' if number else kind.capitalize()} {step.name}" for number, step in enumerate(group)
            ]
        return "\n".join(lines)


def run_steps(steps: Sequence[Step], context: StoryContext, past_steps: Sequence[Step] = ()) -> Failure | None:
    """Run steps up to the first that fails. Return its failure, or None if all pass."""
    for step in steps:
        try:
            run_step(context.registry, step, context)
        except AssertionError as mismatch:
            sandbox, sender = context.sandbox, context.sender
            return Failure((*past_steps, *steps), step, mismatch, sender.exchanges, sandbox.display_names)
    return None


class Item(NamedTuple):
    """A session in a list. Its ``suffix`` is OWN or OTHER."""

    suffix: str
    number: int

    def __str__(self) -> str:
        return "an unknown one" if self == UNKNOWN else f"session {self.number}{self.suffix}"


UNKNOWN = Item("unknown", 0)


class Assistant:
    """The expected state of an assistant: the names of all sessions that it ever had, and the existing ones.

    Without any session, it has not been created yet. ``uncertain`` sessions may exist or not.
    """

    def __init__(self, suffix: str, count: int = 0, *, is_mine: bool = True) -> None:
        self.suffix, self.is_mine, self.exists = suffix, is_mine, count > 0
        self.title = "the other assistant" if suffix else "the assistant"
        self.names = {Item(suffix, number): f"session {number}" for number in range(1, count + 1)}
        self.existing = list(self.names)
        self.uncertain: Sequence[Item] = ()

    @property
    def deleted(self) -> list[Item]:
        return [item for item in self.names if not self.exists or item not in self.existing]

    @property
    def remaining(self) -> str:
        """The step that checks its sessions."""
        verb = "remains" if len(self.existing) == 1 else "remain"
        uncertain = f"; {self.phrase(self.uncertain)} may be deleted" if self.uncertain else ""
        return f"{self.phrase(self.existing)} {verb}{uncertain}" if self.exists else f"{self.title} is gone"

    def remove(self, items: Collection[Item]) -> None:
        self.existing = [item for item in self.existing if item not in items]

    def phrase(self, items: Sequence[Item]) -> str:
        """Describe sessions: ``session 3``, ``sessions 1 and 4``, ``all 5 sessions``, ``no sessions``."""
        if len(items) == 1:
            return str(items[0])
        if items == list(self.names):
            words = "both sessions" if len(items) == 2 else f"all {len(items)} sessions"
        else:
            words = f"sessions {_joined([str(item.number) for item in items])}" if items else "no sessions"
        return words + self.suffix


class Story:
    """Performs actions one by one, checks each, and knows the expected state of both assistants.

    An action raises StoryFailed if one of its steps breaks a rule. ``failure`` is then set.
    """

    def __init__(self, context: StoryContext, *, hides_repeats: bool) -> None:
        self.context, self._hides_repeats = context, hides_repeats
        self.own, self.other = Assistant(OWN), Assistant(OTHER)
        self.failure: Failure | None = None
        self.is_checked = True
        self._past_steps: list[Step] = []

    def perform(self, text: str, answer: str = "") -> None:
        """Run a step, then check its answer and the expected sessions. Without an answer, it is a Given, unchecked."""
        steps = [step_of(text, "when"), step_of(answer)] if answer else [step_of(text, "given")]
        self._run(steps, checks_sessions=bool(answer))
        self._past_steps.append(step_of(past(text) if answer else text, "given"))
        for assistant, expected in zip(assistants_in(self.context), (self.own, self.other), strict=False):
            self.context.sender.expect_gone(assistant.session_ids[item.number - 1] for item in expected.deleted)

    def check_sessions(self) -> None:
        """Check the sessions of each assistant."""
        self._run([])

    def _run(self, steps: list[Step], *, checks_sessions: bool = True) -> None:
        if checks_sessions:
            steps += [step_of(assistant.remaining) for assistant in (self.own, self.other) if assistant.names]
        # After a failure or an error, nothing may be checked.
        self.is_checked = True
        self.failure = run_steps(steps, self.context, self._past_steps)
        if self.failure:
            raise StoryFailed
        self.is_checked = checks_sessions

    def create_assistant(self, count: int) -> None:
        self.own = Assistant(OWN, count)
        self.perform(f"an assistant with {count} session{'s' * (count > 1)}")

    def create_other_assistant(self, count: int, kind: str) -> None:
        self.other = Assistant(OTHER, count, is_mine=kind == KINDS[0])
        self.perform(f"{kind} with {count} sessions")

    def create_session(self, assistant: Assistant, name: str, user: str) -> None:
        item = Item(assistant.suffix, len(assistant.names) + 1)
        assistant.names[item] = self.context.sandbox.stored(name)
        assistant.existing.append(item)
        self.perform(f"{item} is created for {user}, named: {name}", "the request is answered: the session is created")

    def delete_sessions(self, assistant: Assistant, items: Sequence[Item]) -> None:
        """Delete a list of sessions as the owner of the assistant."""
        selection = Selection.of(map(str, items), set(map(str, assistant.existing if assistant.exists else [])))
        if not assistant.exists:
            answer = ASSISTANT_IS_UNKNOWN
        elif selection.unknown and selection.repeated and self._hides_repeats:
            answer = f"the answer says only: {selection.each_listed_once.summary}"
        elif selection.repeated or (selection.deleted and selection.unknown):
            answer = f"the answer says: {selection.summary}"
        else:
            is_known = bool(selection.deleted)
            answer = "the deletion succeeds" if is_known else "the request is refused: none of the sessions is known"
        verbs = ("delete", "deletes") if selection.deleted else ("try to delete", "tries to delete")
        subject = f"through the other assistant, its owner {verbs[1]}" if assistant.suffix else f"I {verbs[0]}"
        if selection.deleted:
            assistant.remove(items)
        self.perform(f"{subject} {self.phrase(items)}", answer)

    def delete_with_emoji(self, items: Sequence[Item], *, aborts: bool) -> None:
        """List existing sessions and an emoji. If that ends the deletion, any may be gone: delete them once more."""
        ids = "".join(f'"SESSION-{item.number}", ' for item in items)
        self.own.remove(items)
        self.own.uncertain = items if aborts else ()
        self.perform(
            f'I send: {{"ids": [{ids}"🗑️"]}}',
            TEXT_IS_REFUSED if aborts else f"the answer says: {len(items)} deleted, 1 unknown",
        )
        if aborts:
            self.own.uncertain = ()
            self.perform(past(f"I try to delete {self.phrase(items)}"))

    def phrase(self, items: Sequence[Item]) -> str:
        """Describe a list: ``sessions 3 and 1, session 2 of the other assistant and an unknown one``."""
        for words, count in REPETITIONS.items():
            if items == [items[0]] * count:
                return f"{self.phrase(items[:1])}, listed {words}"
        # Neighbours of one assistant share a phrase. A repeated session has one of its own.
        places = [(item.suffix, at if item in items[:at] else -1, item) for at, item in enumerate(items)]
        parts = []
        for (suffix, repeated_at), group in groupby(places, lambda place: place[:2]):
            words = (self.other if suffix == OTHER else self.own).phrase([item for *_, item in group])
            parts.append(words if repeated_at < 0 else f"{words} once more")
        return "an unknown session" if parts == ["an unknown one"] else _joined(parts)


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
