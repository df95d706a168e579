"""What should be there in a story, and the words in which it is told."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acceptance.behave_adapter import step_of
from acceptance.notation import sessions
from acceptance.notation.sessions import Choice, Listing
from acceptance.notation.tenses import past
from acceptance.ragflow.listings import Session
from acceptance.stories.model import OTHER, OWN, UNKNOWN, Action, Assistant, Item, Model
from acceptance.stories.vocabulary import ALL_UNKNOWN, SOME_UNKNOWN, Request
from tests.runs.vocabulary import steps_of_the_features


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
    "one twice": (own(3, 3), "I delete session 3, listed twice", "the answer says: 1 deleted, 1 repeated"),
    "an unknown one": (
        [UNKNOWN],
        "I try to delete an unknown session",
        "the request is refused: none of the sessions is known",
    ),
    "an unknown one three times": (
        [UNKNOWN] * 3,
        "I try to delete an unknown session, listed three times",
        "the answer says: 1 unknown, 1 repeated",
    ),
    "of everything": (
        [*own(1, 3), *others(2), UNKNOWN, *own(3)],
        "I delete sessions 1 and 3, session 2 of the other assistant, an unknown one and session 3 once more",
        "the answer says: 2 deleted, 2 unknown, 1 repeated",
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
        ([*own(1, 2, 2), UNKNOWN], SOME_UNKNOWN, "the answer says only: 2 deleted, 1 unknown"),
        ([UNKNOWN, UNKNOWN], ALL_UNKNOWN, "the answer says only: 1 unknown"),
        ([UNKNOWN, UNKNOWN], SOME_UNKNOWN, "the answer says: 1 unknown, 1 repeated"),
        (own(1, 1), SOME_UNKNOWN, "the answer says: 1 deleted, 1 repeated"),
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
        "session 3 of the other assistant is created for no user, named: x"
    )


def test_in_an_assistant_that_is_gone_nothing_is_deleted_or_created() -> None:
    drawn = model()
    drawn.delete_assistant(drawn.own)
    assert drawn.own.gone == [1, 2, 3, 4, 5]
    assert drawn.delete(drawn.own, own(1)).answer == "the request is refused: the assistant is unknown"
    assert drawn.send(Request("I send: {}", "the deletion succeeds", (1,), False), 1).answer == (
        "the request is refused: the assistant is unknown"
    )
    assert drawn.try_to_create("x", "nobody").text == "I try to create session 6 for no user, named: x"


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


# Sessions that are there then, in both assistants.
There = tuple[list[int], list[int]]
AS_BEFORE: There = ([1, 2, 3, 4, 5], [1, 2])

# what is done: what it says, what is to be answered, what is there then
ACTIONS: dict[str, tuple[Callable[[Model], Action], str, str, There]] = {
    "an assistant": (lambda drawn: drawn.begin(3), "an assistant with 3 sessions", "", ([1, 2, 3], [1, 2])),
    "another of mine": (
        lambda drawn: drawn.begin_other(3, "mine"),
        "another assistant with 3 sessions",
        "",
        ([1, 2, 3, 4, 5], [1, 2, 3]),
    ),
    "one of another tenant": (
        lambda drawn: drawn.begin_other(3, "theirs"),
        "an assistant of another tenant with 3 sessions",
        "",
        ([1, 2, 3, 4, 5], [1, 2, 3]),
    ),
    "one of the same name": (
        lambda drawn: drawn.begin_other(3, "namesake"),
        "an assistant of another tenant, of the same name, with 3 sessions",
        "",
        ([1, 2, 3, 4, 5], [1, 2, 3]),
    ),
    "a new session": (
        lambda drawn: drawn.create(drawn.own, "mine", "user 2"),
        "session 6 is created for user 2, named: mine",
        "the request is answered: the session is created",
        ([1, 2, 3, 4, 5, 6], [1, 2]),
    ),
    "a new name": (
        lambda drawn: drawn.rename(drawn.own, 2, "mine"),
        "session 2 is renamed to mine",
        "the request is answered: the session is renamed",
        AS_BEFORE,
    ),
    "a new name in the other assistant": (
        lambda drawn: drawn.rename(drawn.other, 2, "mine"),
        "session 2 of the other assistant is renamed to mine",
        "the request is answered: the session is renamed",
        AS_BEFORE,
    ),
    "a new name for what is gone": (
        lambda drawn: drawn.try_to_rename(2, "mine"),
        "I try to rename session 2 to mine",
        "the request is refused: the session to be renamed is unknown",
        AS_BEFORE,
    ),
    "a session where nobody may": (
        lambda drawn: drawn.try_to_create("mine", "nobody"),
        "I try to create session 6 for no user, named: mine",
        "the request is refused: an unknown assistant gets no sessions",
        AS_BEFORE,
    ),
    "the list": (
        lambda drawn: drawn.read("", [1, 2, 3, 4, 5]),
        "I read the list",
        "the list shows all 5 sessions",
        AS_BEFORE,
    ),
    "a list of nothing": (
        lambda drawn: drawn.read("name=x", []),
        "I read the list with name=x behind the address",
        "the list shows no sessions",
        AS_BEFORE,
    ),
    "some at once": (
        lambda drawn: drawn.delete_one_by_one([4, 2]),
        "sessions 4 and 2 are deleted, one request per session, 2 at a time",
        "every deletion succeeds",
        ([1, 3, 5], [1, 2]),
    ),
    "all at once": (
        lambda drawn: drawn.delete_one_by_one([1, 2, 3, 4, 5]),
        "all 5 sessions are deleted, one request per session, 2 at a time",
        "every deletion succeeds",
        ([], [1, 2]),
    ),
    "without a key": (
        lambda drawn: drawn.try_without_key(own(1, 2), "(no header)", "the request is refused: the API key is missing"),
        "I try to delete sessions 1 and 2, authorized by: (no header)",
        "the request is refused: the API key is missing",
        AS_BEFORE,
    ),
    "as another tenant": (
        lambda drawn: drawn.try_as_another_tenant([*own(1), *others(1)]),
        "another tenant tries to delete session 1 and session 1 of the other assistant",
        "the request is refused: the assistant is unknown",
        AS_BEFORE,
    ),
    "through the other assistant": (
        lambda drawn: drawn.try_through_other_assistant(others(1, 2)),
        "I try to delete both sessions of the other assistant through the other assistant",
        "the request is refused: the assistant is unknown",
        AS_BEFORE,
    ),
    "an assistant is deleted": (
        lambda drawn: drawn.delete_assistant(drawn.own),
        "the assistant is deleted",
        "the request is answered: the assistant is deleted",
        AS_BEFORE,
    ),
    "the other assistant is deleted": (
        lambda drawn: drawn.delete_assistant(drawn.other),
        "the other assistant is deleted",
        "the request is answered: the assistant is deleted",
        AS_BEFORE,
    ),
}


@pytest.mark.parametrize(("does", "text", "answer", "there"), ACTIONS.values(), ids=ACTIONS)
def test_an_action_says_what_is_done_and_what_is_to_be_answered(
    does: Callable[[Model], Action], text: str, answer: str, there: There
) -> None:
    drawn = model()
    assert does(drawn) == Action(text, answer)
    assert (drawn.own.there, drawn.other.there) == there


@pytest.mark.parametrize("does", [does for does, *_ in ACTIONS.values()], ids=ACTIONS)
def test_an_action_is_told_in_steps_of_the_features(does: Callable[[Model], Action]) -> None:
    drawn = model()
    action = does(drawn)
    told = [(text, "then") for text in drawn.what_is_there()]
    if action.answer:
        told += [(action.answer, "then"), (action.text, "when"), (past(action.text), "given")]
    else:
        told.append((action.text, "given"))
    registry = steps_of_the_features()
    assert [text for text, kind in told if not registry.find_match(step_of(text, kind))] == []


def test_a_session_has_the_name_that_it_was_given_last() -> None:
    drawn = model(own=2)
    drawn.rename(drawn.own, 1, "mine")
    drawn.create(drawn.own, "new", "nobody")
    assert drawn.own.names == {1: "mine", 2: "session 2", 3: "new"}


def test_of_a_new_assistant_nothing_is_gone() -> None:
    drawn = model()
    drawn.delete(drawn.own, own(1))
    drawn.begin(3)
    assert (drawn.own.there, drawn.own.gone) == ([1, 2, 3], [])


@pytest.mark.parametrize(
    ("numbers", "told"),
    [([], "no sessions"), ([1], "session 1"), ([2, 1], "sessions 2 and 1"), ([1, 2], "both sessions")],
)
@pytest.mark.parametrize("of", [OWN, OTHER])
def test_sessions_are_counted_where_they_are_all(numbers: list[int], told: str, of: str) -> None:
    assert Assistant.with_sessions(of, 2).in_words(numbers) == f"{told}{of}"


# what is listed: how it is told
REPEATED = {
    "again at once": (own(1, 1, 2), "session 1, session 1 once more and session 2"),
    "again in the end": (own(1, 2, 1), "sessions 1 and 2 and session 1 once more"),
    "all of them, and one again": (own(1, 2, 3, 4, 5, 2), "all 5 sessions and session 2 once more"),
    "an unknown one again": ([*own(1), UNKNOWN, UNKNOWN], "session 1, an unknown one and an unknown one once more"),
    "one of the other twice": (others(1, 1), "session 1 of the other assistant, listed twice"),
    "one four times": (own(1, 1, 1, 1), "session 1, session 1 once more, session 1 once more and session 1 once more"),
}


@pytest.mark.parametrize(("items", "told"), REPEATED.values(), ids=REPEATED)
def test_what_is_listed_again_is_told_so(items: list[Item], told: str) -> None:
    assert model().try_as_another_tenant(items).text == f"another tenant tries to delete {told}"


@given(st.data(), st.integers(2, 6), st.integers(2, 6), st.integers(0, 6))
def test_every_list_is_read_back_as_it_was_meant(data: st.DataObject, mine: int, theirs: int, more: int) -> None:
    drawn = model(own=mine, other=theirs)
    for _ in range(more):
        drawn.create(drawn.own, "more", "nobody")
    everything = [*own(*drawn.own.names), *others(*drawn.other.names), UNKNOWN]
    items = data.draw(st.lists(st.sampled_from(everything), min_size=1, max_size=12))
    text = drawn.try_as_another_tenant(items).text.removeprefix("another tenant tries to delete ")
    meant = [sessions.UNKNOWN if item is UNKNOWN else f"{item.number}{item.of}" for item in items]
    assert Listing(text).ids(_sessions(drawn.own), _sessions(drawn.other)) == meant


@given(st.lists(st.sampled_from(own(*range(1, 13))), min_size=1, unique=True))
def test_what_is_left_is_told_as_it_is(items: list[Item]) -> None:
    drawn = model(own=12)
    drawn.delete(drawn.own, items)
    told = next(drawn.what_is_there()).removesuffix(" remain").removesuffix(" remains")
    left = Choice(told).of(_sessions(Assistant.with_sessions(OWN, 12)))
    assert [session.id for session in left] == [str(number) for number in drawn.own.there]


def _sessions(assistant: Assistant) -> list[Session]:
    return [Session(f"{number}{assistant.of}", "") for number in assistant.names]
