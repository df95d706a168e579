"""Matchers that report differences, one per line, and the differences between an outcome and an answer."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Concatenate, ParamSpec, TypeVar

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description

from acceptance.contract.contract import Expected, Outcome, SessionErrors, TextPattern, Wildcard
from acceptance.ragflow.description import indent, shorten
from acceptance.ragflow.messages import Answer
from acceptance.ragflow.printable import printable

Item = TypeVar("Item")
Given = ParamSpec("Given")


class DifferenceMatcher(BaseMatcher[Item]):
    """A matcher with an expectation in words, and a function that yields each difference as a line of the mismatch."""

    def __init__(self, expected: str, differences: Callable[[Item], Iterable[str]]) -> None:
        self._expected = expected
        self._differences = differences

    def _matches(self, item: Item) -> bool:
        return not any(self._differences(item))

    def describe_to(self, description: Description) -> None:
        description.append_text(self._expected)

    def describe_mismatch(self, item: Item, mismatch_description: Description) -> None:
        mismatch_description.append_text(indent("\n".join(self._differences(item))))


def expects(
    expected: str,
) -> Callable[[Callable[Concatenate[Item, Given], Iterable[str]]], Callable[Given, DifferenceMatcher[Item]]]:
    """Turn ``differences(item, ...)`` into a function that takes the other arguments and returns a matcher."""

    def decorate(find: Callable[Concatenate[Item, Given], Iterable[str]]) -> Callable[Given, DifferenceMatcher[Item]]:
        return lambda *args, **kwargs: DifferenceMatcher(expected, lambda item: find(item, *args, **kwargs))

    return decorate


def differences(outcome: Outcome, answer: Answer) -> Iterator[str]:
    """Yield the place, the expected and the actual value of each difference, unless an alternative matches."""
    if any(not any(differences(each, answer)) for each in outcome.alternatives):
        return
    if answer.status != outcome.status:
        yield f"status: expected {outcome.status}, was {answer.status}"
    if not answer.is_json:
        yield f"body: expected JSON, was '{shorten(answer.text)}'"
    else:
        yield from map(printable, json_differences(outcome.body, answer.body, ""))


def to_wire(expected: object) -> str:
    """Show a value as in an answer; session errors as a list, a wildcard as its placeholder."""
    return shorten(json.dumps(expected, default=lambda errors: list(errors.all), ensure_ascii=False, sort_keys=True))


def json_differences(expected: Expected, actual: object, path: str = "") -> Iterator[str]:
    """Yield the path, the expected and the actual value of each difference."""
    if expected is Wildcard.ANYTHING:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            field = f"{path}.{name}" if path else name
            if name not in actual:
                yield f"{field}: expected {to_wire(expected[name])}, was not there"
            elif name not in expected:
                yield f"{field}: expected nothing, was {to_wire(actual[name])}"
            else:
                yield from json_differences(expected[name], actual[name], field)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from json_differences(one, other, f"{path}[{number}]")
    elif isinstance(expected, TextPattern):
        if not expected.matches(actual):
            yield f"{path}: expected {to_wire(expected)}, was {to_wire(actual)}"
    elif isinstance(expected, SessionErrors):
        yield from _error_differences(expected, actual, path)
    # In Python 0 equals False and 1 equals True, but not in JSON.
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path or 'body'}: expected {to_wire(expected)}, was {to_wire(actual)}"


def _error_differences(expected: SessionErrors, actual: object, path: str) -> Iterator[str]:
    if expected.joined:
        # An id may contain the separator, so the expected errors are joined and split like the actual ones.
        wanted = "; ".join(expected.all).split("; ")
        found = actual.split("; ") if isinstance(actual, str) else None
    else:
        wanted = list(expected.all)
        found = actual if isinstance(actual, list) and all(isinstance(item, str) for item in actual) else None
    if found is None:
        yield f"{path}: expected {to_wire(expected)}, was {to_wire(actual)}"
        return
    missing, added = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if missing:
        yield f"{path}: missing {to_wire(list(missing.elements()))}"
    if added:
        yield f"{path}: unexpected {to_wire(list(added.elements()))}"
    is_ordered = bool(expected.repeated) and not expected.any_order
    if not (missing or added) and is_ordered and found[-len(expected.repeated) :] != list(expected.repeated):
        yield f"{path}: expected at the end, in the order of the request, {to_wire(list(expected.repeated))}"
