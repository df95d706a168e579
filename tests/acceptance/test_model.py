"""What should be there in a story, and the words in which it is told."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acceptance.exploring.model import OTHER, OWN, UNKNOWN, Item, Model
from acceptance.exploring.vocabulary import ALL_UNKNOWN, SOME_UNKNOWN, Request
from acceptance.language import sessions
from acceptance.language.sessions import Listing
from acceptance.ragflow.listings import Session


def model(own: int = 5, other: int = 2, kind: str = "mine", hides: frozenset[str] = frozenset()) -> Model:
    drawn = Model(hides)
    drawn.begin(own)
    drawn.begin_other(other, kind)
    return drawn


def own(*numbers: int) -> list[Item]:
    return [Item(OWN, number) for number in numbers]


def others(*numbers: int) -> list[Item]:
    return [Item(OTHER, number) for number in numbers]


# what is listed: what is done, and what is answered
LISTS: dict[str, tuple[Sequence[Item], str, str]] = {
    "one": (own(3), "I delete session 3", "the deletion succeeds"),
    "some": (own(3, 1), "I delete sessions 3 and 1", "the deletion succeeds"),
    "all": (own(1, 2, 3, 4, 5), "I delete all 5 sessions", "the deletion succeeds"),
    "one twice": (own(3, 3), "I delete session 3, listed twice", "the answer says: 1 deleted, 1 listed again"),
    "an unknown one": (
        [UNKNOWN],
        "I try to delete an unknown session",
        "the request is refused: none of the sessions is known",
    ),
    "an unknown one three times": (
        [UNKNOWN] * 3,
        "I try to delete an unknown session, listed three times",
        "the answer says: 1 unknown, 1 listed again",
    ),
    "of everything": (
        [*own(1, 3), *others(2), UNKNOWN, *own(3)],
        "I delete sessions 1 and 3, session 2 of the other assistant, an unknown one and session 3 once more",
        "the answer says: 2 deleted, 2 unknown, 1 listed again",
    ),
    "all of the other": (
        others(1, 2),
        "I try to delete both sessions of the other assistant",
        "the request is refused: none of the sessions is known",
    ),
}


@pytest.mark.parametrize(("items", "done", "answered"), LISTS.values(), ids=LISTS)
def test_a_deletion_is_told_with_the_answer_that_follows(items: Sequence[Item], done: str, answered: str) -> None:
    drawn = model()
    action = drawn.delete(drawn.own, items)
    assert (action.text, action.answer) == (done, answered)
    assert drawn.own.there == [number for number in range(1, 6) if Item(OWN, number) not in items]
    assert drawn.other.there == [1, 2]


def test_the_owner_of_the_other_assistant_deletes_through_it() -> None:
    drawn = model()
    action = drawn.delete(drawn.other, [*own(1), *others(1)])
    assert action.text == (
        "through the other assistant, its owner deletes session 1 and session 1 of the other assistant"
    )
    assert action.answer == "the answer says: 1 deleted, 1 unknown"
    assert (drawn.own.there, drawn.other.there) == ([1, 2, 3, 4, 5], [2])
    again = drawn.delete(drawn.other, others(1))
    assert again.text == "through the other assistant, its owner tries to delete session 1 of the other assistant"


@pytest.mark.parametrize(
    ("items", "hidden", "told"),
    [
        ([*own(1, 2, 2), UNKNOWN], SOME_UNKNOWN, "the answer says no more than: 2 deleted, 1 unknown"),
        ([UNKNOWN, UNKNOWN], ALL_UNKNOWN, "the answer says no more than: 1 unknown"),
        ([UNKNOWN, UNKNOWN], SOME_UNKNOWN, "the answer says: 1 unknown, 1 listed again"),
        (own(1, 1), SOME_UNKNOWN, "the answer says: 1 deleted, 1 listed again"),
    ],
)
def test_a_release_may_hide_what_was_listed_again(items: Sequence[Item], hidden: str, told: str) -> None:
    drawn = model(hides=frozenset({hidden}))
    assert drawn.delete(drawn.own, items).answer == told


def test_what_is_there_is_told_of_every_assistant() -> None:
    drawn = model()
    assert list(drawn.what_is_there()) == ["all 5 sessions remain", "both sessions of the other assistant remain"]
    drawn.delete(drawn.own, own(1, 2, 3, 4))
    drawn.delete(drawn.other, others(1, 2))
    assert list(drawn.what_is_there()) == ["session 5 remains", "no sessions of the other assistant remain"]
    drawn.delete_assistant(drawn.own)
    drawn.delete_assistant(drawn.other)
    assert list(drawn.what_is_there()) == ["the assistant is gone", "the other assistant is gone"]
    drawn.begin(2)
    assert next(drawn.what_is_there()) == "both sessions remain"


def test_of_an_assistant_that_there_never_was_nothing_is_told() -> None:
    drawn = Model(frozenset())
    drawn.begin(2)
    assert list(drawn.what_is_there()) == ["both sessions remain"]


def test_a_new_session_has_the_next_number() -> None:
    drawn = model(own=2)
    drawn.delete(drawn.own, own(2))
    action = drawn.create(drawn.own, "it's mine", "user 1")
    assert action.text == "session 3 is created for user 1, named: it's mine"
    assert (drawn.own.there, drawn.own.gone) == ([1, 3], [2])
    assert drawn.create(drawn.other, "x", "nobody").text == (
        "session 3 of the other assistant is created for nobody, named: x"
    )


def test_in_an_assistant_that_is_gone_nothing_is_deleted_or_created() -> None:
    drawn = model()
    drawn.delete_assistant(drawn.own)
    assert drawn.own.gone == [1, 2, 3, 4, 5]
    assert drawn.delete(drawn.own, own(1)).answer == "the request is refused: the assistant is unknown"
    assert drawn.send(Request("I send: {}", "the deletion succeeds", (1,), False), 1).answer == (
        "the request is refused: the assistant is unknown"
    )
    assert drawn.try_to_create("x", "nobody").text == "I try to create session 6 for nobody, named: x"


@pytest.mark.parametrize(
    ("deletes", "left"), [((), [1, 2, 3, 4, 5]), ((1,), [1, 2, 4, 5]), ((1, 2, 3, 4, 5), [])], ids=str
)
def test_a_request_of_the_features_deletes_what_they_say(deletes: tuple[int, ...], left: list[int]) -> None:
    drawn = model()
    action = drawn.send(Request('I send: {"ids": ["SESSION-1"]}', "so it is", deletes, False), 3)
    assert action.text == 'I send: {"ids": ["SESSION-3"]}'
    assert (action.answer, drawn.own.there) == ("so it is", left)


@pytest.mark.parametrize("kind", ["mine", "theirs", "namesake"])
def test_only_an_assistant_of_ones_own_tenant_is_ones_own(kind: str) -> None:
    assert model(kind=kind).other.is_mine == (kind == "mine")


ITEMS = [*own(1, 2, 3, 4, 5), *others(1, 2), UNKNOWN]


@given(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=12))
def test_every_list_is_read_back_as_it_was_meant(items: list[Item]) -> None:
    drawn = model()
    text = drawn.try_as_another_tenant(items).text.removeprefix("another tenant tries to delete ")
    mine = [Session(f"own {number}", "") for number in range(1, 6)]
    theirs = [Session(f"other {number}", "") for number in range(1, 3)]
    meant = [
        sessions.UNKNOWN if item is UNKNOWN else f"{'other' if item.of else 'own'} {item.number}" for item in items
    ]
    assert Listing(text).ids(mine, theirs) == meant
