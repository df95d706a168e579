"""One action in two tenses."""

import re
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from behave.step_registry import StepRegistry

from acceptance.behave_adapter import step_of
from acceptance.errors import PreparationFailed
from acceptance.notation.tenses import PAST, past
from acceptance.sandbox import actions
from acceptance.sandbox.actions import action, assistants_in
from tests.runs.vocabulary import steps_of_the_features

# what is done: what was done
TENSES = {
    "I delete session 1": "I have deleted session 1",
    "I try to delete session 1": "I have tried to delete session 1",
    "I try to rename session 1 to it is deleted": "I have tried to rename session 1 to it is deleted",
    "I send: I delete": "I have sent: I delete",
    "I send as text/plain: {}": "I have sent as text/plain: {}",
    "I read the list": "I have read the list",
    "another tenant sends: {}": "another tenant has sent: {}",
    "another tenant tries to delete session 1": "another tenant has tried to delete session 1",
    "through the other assistant, its owner deletes session 1": (
        "through the other assistant, its owner has deleted session 1"
    ),
    "through the other assistant, its owner tries to delete session 1": (
        "through the other assistant, its owner has tried to delete session 1"
    ),
    "session 3 is created for me, named: it is renamed": "session 3 has been created for me, named: it is renamed",
    "session 3 is renamed to x": "session 3 has been renamed to x",
    "the assistant is deleted": "the assistant has been deleted",
    "sessions 1 and 2 are deleted by a request each": "sessions 1 and 2 have been deleted by a request each",
}


@pytest.mark.parametrize(("now", "before"), TENSES.items())
def test_an_action_is_told_of_what_was_done_before(now: str, before: str) -> None:
    assert past(now) == before


def test_every_form_of_the_present_is_told_above() -> None:
    forms = [form for form, _ in PAST]
    assert {next(form for form in forms if re.search(form, text)) for text in TENSES} == set(forms)


@pytest.mark.parametrize("text", ["no sessions remain", "an assistant with 2 sessions", "everything is noted down"])
def test_what_is_no_action_has_no_past(text: str) -> None:
    with pytest.raises(ValueError, match="tells no action"):
        past(text)


def test_every_action_is_defined_in_both_tenses_by_the_same_function() -> None:
    steps = steps_of_the_features().steps
    given = {each.pattern: each.func for each in steps["given"]}
    actions = {each.pattern: each.func for each in steps["when"] if _past_or_none(each.pattern) in given}
    assert len(actions) > 20
    assert all(given[past(pattern)].__wrapped__ is func for pattern, func in actions.items())


# A step in both tenses.


class Sender:
    """One that notes down what is wanted of it behind a step."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.wanted: list[Any] = []
        self._trouble = trouble

    def expect_success(self) -> None:
        self.wanted.append("success")
        if self._trouble:
            raise self._trouble

    def take_stock(self, assistants: list[Any]) -> None:
        self.wanted.append(assistants)


class Context(SimpleNamespace):
    """What a step finds, like behave's context."""

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)

    def use_with_user_mode(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> StepRegistry:
    """Where a step is defined that is none of the features."""
    registry = StepRegistry()
    for kind in ("given", "when"):
        monkeypatch.setattr(actions, kind, registry.make_decorator(kind))
    return registry


def define(text: str) -> list[str]:
    """A step that notes down what it is told, and sees that nothing was wanted before."""
    told: list[str] = []

    @action(text)
    def step(context: Any, name: str) -> None:
        assert context.sender.wanted == []
        told.append(name)

    return told


def run(registry: StepRegistry, text: str, kind: str, context: Any) -> None:
    match = registry.find_match(step_of(text, kind))
    assert match
    match.run(context)


def test_what_is_done_now_is_only_done(registry: StepRegistry) -> None:
    told, context = define("{name} is deleted"), Context(sender=Sender(), assistant="a")
    run(registry, "the assistant is deleted", "when", context)
    assert (told, context.sender.wanted) == (["the assistant"], [])


# what is done: what is wanted where it was done before
WANTED: dict[str, list[Any]] = {
    "{name} is deleted": ["success", ["a"]],
    "{name} are deleted by a request each": ["success", ["a"]],
    "I delete {name}": [["a"]],
    "I try to delete {name}": [["a"]],
    "I send: {name}": [["a"]],
}


@pytest.mark.parametrize(("text", "wanted"), WANTED.items())
def test_behind_what_was_done_before_stock_is_taken(registry: StepRegistry, text: str, wanted: list[Any]) -> None:
    told, context = define(text), Context(sender=Sender(), assistant="a")
    run(registry, past(text.format(name="x")), "given", context)
    assert (told, context.sender.wanted) == (["x"], wanted)


def test_what_has_been_done_without_success_was_no_preparation(registry: StepRegistry) -> None:
    define("{name} is deleted")
    context = Context(sender=Sender(PreparationFailed("no")), assistant="a")
    with pytest.raises(PreparationFailed):
        run(registry, "x has been deleted", "given", context)
    assert context.sender.wanted == ["success"]


def test_neither_tense_is_a_step_of_the_other_kind(registry: StepRegistry) -> None:
    define("{name} is deleted")
    assert registry.find_match(step_of("x is deleted", "given")) is None
    assert registry.find_match(step_of("x has been deleted", "when")) is None


def test_what_has_no_past_is_not_defined_as_an_action(registry: StepRegistry) -> None:
    with pytest.raises(ValueError, match="tells no action"):
        define("{name} remains")
    assert registry.find_match(step_of("x remains", "when")) is None


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({}, []),
        ({"assistant": 1}, [1]),
        ({"other_assistant": 2}, [2]),
        ({"other_assistant": 2, "assistant": 1}, [1, 2]),
    ],
)
def test_the_assistants_of_a_scenario_are_those_that_it_has(there: dict[str, int], found: list[int]) -> None:
    assert assistants_in(Context(**there)) == found


def _past_or_none(text: str) -> str | None:
    try:
        return past(text)
    except ValueError:
        return None
