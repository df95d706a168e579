"""PyHamcrest matchers whose mismatch is the diagnosis: what differs, and nothing that does not."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description

from acceptance.api import Answer
from acceptance.contract import Complaints, Expected, Outcome
from acceptance.exchange import describe_exchange, indented, shortened
from acceptance.workspace import Session


def answers(outcome: Outcome) -> "Answers":
    """An Answer that is this outcome: its status and its whole body, no field missing and none added."""
    return Answers(outcome)


def all_answer(outcomes: Sequence[Outcome]) -> "AllAnswer":
    """Answers of which each is the outcome in the same place."""
    return AllAnswer(outcomes)


def are_exactly(sessions: Sequence[Session]) -> "AreExactly":
    """These sessions and no others, in any order, told apart by their ids."""
    return AreExactly(sessions)


class Answers(BaseMatcher[Answer]):
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def _matches(self, item: Answer) -> bool:
        return not any(differences(self._outcome, item))

    def describe_to(self, description: Description) -> None:
        description.append_text(describe_outcome(self._outcome))

    def describe_mismatch(self, item: Answer, mismatch_description: Description) -> None:
        mismatch_description.append_text(indented("\n".join(differences(self._outcome, item))))


class AllAnswer(BaseMatcher[Sequence[Answer]]):
    # So many of the answers that differ are shown.
    SHOWN = 3

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes

    def _matches(self, item: Sequence[Answer]) -> bool:
        return len(item) == len(self._outcomes) and not self._wrong(item)

    def describe_to(self, description: Description) -> None:
        description.append_text(f"{len(self._outcomes):,} answers, each: {describe_outcome(self._outcomes[0])}")

    def describe_mismatch(self, item: Sequence[Answer], mismatch_description: Description) -> None:
        wrong = self._wrong(item)
        shown = "\n".join(
            f"{describe_exchange(answer)}\n" + "\n".join(differences(outcome, answer))
            for answer, outcome in wrong[: self.SHOWN]
        )
        mismatch_description.append_text(
            indented(f"{len(wrong):,} of {len(item):,} answers differ, the first of them:\n{shown}")
        )

    def _wrong(self, item: Sequence[Answer]) -> list[tuple[Answer, Outcome]]:
        pairs = zip(item, self._outcomes, strict=True)
        return [(answer, outcome) for answer, outcome in pairs if any(differences(outcome, answer))]


class AreExactly(BaseMatcher[Sequence[Session]]):
    def __init__(self, sessions: Sequence[Session]) -> None:
        self._expected = Counter(sessions)

    def _matches(self, item: Sequence[Session]) -> bool:
        return Counter(item) == self._expected

    def describe_to(self, description: Description) -> None:
        description.append_text(_names(self._expected) or "no sessions")

    def describe_mismatch(self, item: Sequence[Session], mismatch_description: Description) -> None:
        there = Counter(item)
        gone, left = self._expected - there, there - self._expected
        lines = []
        if gone:
            lines.append(f"gone, and should still be there: {_names(gone)}")
        if left:
            lines.append(f"there, and should not be: {_names(left)}")
        mismatch_description.append_text(indented("\n".join(lines)))


def _names(sessions: Counter[Session]) -> str:
    return shortened(", ".join(f"{session.name} ({session.id})" for session in sessions.elements()))


def describe_outcome(outcome: Outcome) -> str:
    """The outcome in words and on the wire."""
    wire = json.dumps(outcome.body, default=lambda complaints: list(complaints.each), ensure_ascii=False)
    return f"{outcome.name}, which is {outcome.status} {shortened(wire)}"


def differences(outcome: Outcome, answer: Answer) -> Iterator[str]:
    """Each difference in a line of its own: where, what was expected, what was there."""
    if answer.status != outcome.status:
        yield f"status: expected {outcome.status}, was {answer.status}"
    if not answer.is_json:
        yield f"body: expected JSON, was {shortened(answer.text)!r}"
    else:
        yield from _differences(outcome.body, answer.body, "")


def _differences(expected: Expected, actual: object, where: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            place = f"{where}.{name}" if where else name
            if name not in actual:
                yield f"{place}: expected {_shown(expected[name])}, was not there"
            elif name not in expected:
                yield f"{place}: expected nothing, was {_shown(actual[name])}"
            else:
                yield from _differences(expected[name], actual[name], place)
    elif isinstance(expected, Complaints):
        yield from _complaints(expected, actual, where)
    # In Python 0 equals False and 1 equals True; in an answer they are different things.
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{where or 'body'}: expected {_shown(expected)}, was {_shown(actual)}"


def _complaints(expected: Complaints, actual: object, where: str) -> Iterator[str]:
    if expected.joined:
        # An id may hold the separator itself, so what was expected is joined and split like the answer.
        wanted = "; ".join(expected.each).split("; ")
        found = actual.split("; ") if isinstance(actual, str) else None
    else:
        wanted = list(expected.each)
        found = actual if isinstance(actual, list) and all(isinstance(item, str) for item in actual) else None
    if found is None:
        yield f"{where}: expected {_shown(expected)}, was {_shown(actual)}"
        return
    missing, added = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if missing:
        yield f"{where}: does not say {_shown(list(missing.elements()))}"
    if added:
        yield f"{where}: says besides {_shown(list(added.elements()))}"
    if not (missing or added) and not expected.joined and tuple(found[len(expected.unknown) :]) != expected.repeated:
        yield f"{where}: expected the repeated ones behind the others, in the order of the request: {_shown(found)}"


def _shown(value: object) -> str:
    return shortened(
        json.dumps(value, default=lambda complaints: list(complaints.each), ensure_ascii=False, sort_keys=True)
    )
