"""Two tenses of an action, and the steps that they define."""

import re
from contextlib import AbstractContextManager, nullcontext, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from behave.step_registry import StepRegistry

from acceptance.behave_adapter import step_of
from acceptance.notation.tenses import PERFECTS, past
from acceptance.sandbox import actions
from acceptance.sandbox.actions import action, assistants_in
from tests.support.steps import steps_of_the_features

# the present: the past
TENSES = {
    "I delete session 1": "I have deleted session 1",
    "I try to rename session 1 to it is deleted": "I have tried to rename session 1 to it is deleted",
    "I send: I delete": "I have sent: I delete",
    "I read the list": "I have read the list",
    "another tenant sends: {}": "another tenant has sent: {}",
    "through the other assistant, its owner deletes session 1": (
        "through the other assistant, its owner has deleted session 1"
    ),
    "another tenant tries to delete session 1": "another tenant has tried to delete session 1",
    "session 3 is created for me, named: it is renamed": "session 3 has been created for me, named: it is renamed",
    "sessions 1 and 2 are deleted": "sessions 1 and 2 have been deleted",
}


@pytest.mark.parametrize(("present", "perfect"), TENSES.items())
def test_an_action_has_a_past(present: str, perfect: str) -> None:
    assert past(present) == perfect


def test_every_verb_is_tested() -> None:
    forms = [form for form, _ in PERFECTS]
    assert {next(form for form in forms if re.search(form, text)) for text in TENSES} == set(forms)


@pytest.mark.parametrize("text", ["no sessions remain", "an assistant with 2 sessions", "everything is recorded"])
def test_other_steps_have_no_past(text: str) -> None:
    with pytest.raises(ValueError, match="has no verb of an action"):
        action(text)(lambda _: None)


def test_every_action_of_the_features_has_one_function_for_both_tenses() -> None:
    steps = steps_of_the_features().steps
    given = {each.pattern: each.func for each in steps["given"]}
    count = 0
    for each in steps["when"]:
        with suppress(ValueError):
            if past(each.pattern) in given:
                assert given[past(each.pattern)].__wrapped__ is each.func
                count += 1
    assert count > 20


class FakeContext(SimpleNamespace):
    """Replaces behave's context."""

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)

    def use_with_user_mode(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.mark.parametrize(
    ("pattern", "kind", "expected"),
    [
        ("{name} is deleted", "when", ["x"]),
        ("{name} is deleted", "given", ["x", "success", ["a"]]),
        ("{name} are deleted by a request each", "given", ["x", "success", ["a"]]),
        ("I try to delete {name}", "given", ["x", ["a"]]),
        ("I send: {name}", "given", ["x", ["a"]]),
    ],
)
def test_after_an_action_in_the_past_its_success_is_checked_and_the_sessions_are_listed(
    pattern: str, kind: str, expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, calls = StepRegistry(), []
    for each in ("given", "when"):
        monkeypatch.setattr(actions, each, registry.make_decorator(each))
    action(pattern)(lambda _context, name: calls.append(name))
    present = pattern.format(name="x")
    texts = {"when": present, "given": past(present)}
    assert registry.find_match(step_of(texts["given" if kind == "when" else "when"], kind)) is None
    sender = SimpleNamespace(expect_success=lambda: calls.append("success"), record_gone_sessions=calls.append)
    registry.find_match(step_of(texts[kind], kind)).run(FakeContext(sender=sender, assistant="a"))
    assert calls == expected


@pytest.mark.parametrize(
    ("attributes", "assistants"),
    [({}, []), ({"other_assistant": 2}, [2]), ({"other_assistant": 2, "assistant": 1}, [1, 2])],
)
def test_the_assistants_of_a_scenario(attributes: dict[str, int], assistants: list[int]) -> None:
    assert assistants_in(FakeContext(**attributes)) == assistants
