"""What differs between an outcome of the contract and an answer: each difference in a line of its own."""

import json
from collections import Counter
from collections.abc import Iterator

from acceptance.contract.contract import Anything, Complaints, Expected, Outcome
from acceptance.ragflow.description import shortened
from acceptance.ragflow.messages import Answer, Json


def differences(outcome: Outcome, answer: Answer) -> Iterator[str]:
    """Where it is, what was expected, what was there. Nothing where the answer is the outcome."""
    if answer.status != outcome.status:
        yield f"status: expected {outcome.status}, was {answer.status}"
    if not answer.is_json:
        yield f"body: expected JSON, was {shortened(answer.text)!r}"
    else:
        yield from _differences(outcome.body, answer.body, "")


def on_the_wire(expected: object) -> str:
    """A value as it stands in an answer; Complaints as a list, and what may be anything as such."""
    return shortened(json.dumps(expected, default=_written, ensure_ascii=False, sort_keys=True))


def _written(value: object) -> Json:
    if isinstance(value, Anything):
        return value.value
    assert isinstance(value, Complaints)
    return list(value.each)


def _differences(expected: Expected, actual: object, where: str) -> Iterator[str]:
    if expected is Anything.ANYTHING:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            place = f"{where}.{name}" if where else name
            if name not in actual:
                yield f"{place}: expected {on_the_wire(expected[name])}, was not there"
            elif name not in expected:
                yield f"{place}: expected nothing, was {on_the_wire(actual[name])}"
            else:
                yield from _differences(expected[name], actual[name], place)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(one, other, f"{where}[{number}]")
    elif isinstance(expected, Complaints):
        yield from _complaints(expected, actual, where)
    # In Python 0 equals False and 1 equals True; in an answer they are different things.
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{where or 'body'}: expected {on_the_wire(expected)}, was {on_the_wire(actual)}"


def _complaints(expected: Complaints, actual: object, where: str) -> Iterator[str]:
    if expected.joined:
        # An id may hold the separator itself, so what was expected is joined and split like the answer.
        wanted = "; ".join(expected.each).split("; ")
        found = actual.split("; ") if isinstance(actual, str) else None
    else:
        wanted = list(expected.each)
        found = actual if isinstance(actual, list) and all(isinstance(item, str) for item in actual) else None
    if found is None:
        yield f"{where}: expected {on_the_wire(expected)}, was {on_the_wire(actual)}"
        return
    missing, added = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if missing:
        yield f"{where}: does not say {on_the_wire(list(missing.elements()))}"
    if added:
        yield f"{where}: says besides {on_the_wire(list(added.elements()))}"
    if not (missing or added) and expected.repeated and found[-len(expected.repeated) :] != list(expected.repeated):
        yield f"{where}: expected last, and in the order of the request, {on_the_wire(list(expected.repeated))}"
