"""One action in two tenses."""

import pytest

from acceptance.language.tenses import past
from tests.specification.vocabulary import steps_of_the_features

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


def _past_or_none(text: str) -> str | None:
    try:
        return past(text)
    except ValueError:
        return None
