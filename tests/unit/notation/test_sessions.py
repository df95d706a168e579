"""The words in which the features speak of sessions."""

import re

import pytest
from behave.matchers import ParseMatcher
from behave.model import Table

from acceptance.notation.sessions import LISTING, SESSIONS, Choice, Listing, SessionSpec, register_types
from acceptance.ragflow.listings import Session

# words: the numbers of the sessions that are meant, of five
MEANT = {
    "no sessions": "",
    "session 1": "1",
    "session 5": "5",
    "sessions 2 and 4": "24",
    "sessions 4 and 2": "42",
    "sessions 2, 3, 4 and 5": "2345",
    "sessions 1 to 3": "123",
    "sessions 5 to 5": "5",
    "all 5 sessions": "12345",
}

MISCOUNTED = [
    "all 4 sessions",
    "all 6 sessions",
    "all 5,000 sessions",
    "session 0",
    "session 6",
    "session 15",
    "sessions 1 and 6",
    "sessions 0, 1 and 2",
    "sessions 1 to 6",
    "sessions 0 to 2",
]

# words: the ids in the order of the list, of five sessions and two of the other assistant
LISTED = {
    "session 1": "s1",
    "session 3": "s3",
    "sessions 2 and 4": "s2 s4",
    "sessions 1, 2 and 3": "s1 s2 s3",
    "sessions 2 to 4": "s2 s3 s4",
    "all 5 sessions": "s1 s2 s3 s4 s5",
    "an unknown session": "invalid_id",
    "an unknown session, listed twice": "invalid_id invalid_id",
    "3 unknown sessions": "invalid_id_1 invalid_id_2 invalid_id_3",
    "sessions 2 and 4 and 2 unknown ones": "s2 s4 invalid_id_1 invalid_id_2",
    "session 1 and 2 unknown ones": "s1 invalid_id_1 invalid_id_2",
    "all 5 sessions and an unknown one": "s1 s2 s3 s4 s5 invalid_id",
    "all 5 sessions and an unknown one, placed first": "invalid_id s1 s2 s3 s4 s5",
    "all 5 sessions and an unknown one, placed in the middle": "s1 s2 invalid_id s3 s4 s5",
    "all 5 sessions and an unknown one, placed last": "s1 s2 s3 s4 s5 invalid_id",
    "all 5 sessions, each listed twice": "s1 s2 s3 s4 s5 s1 s2 s3 s4 s5",
    "session 3, listed three times": "s3 s3 s3",
    "sessions 1 and 2, and session 2 once more": "s1 s2 s2",
    "sessions 1 and 2, session 2 once more and an unknown one": "s1 s2 s2 invalid_id",
    "all 2 sessions of the other assistant": "o1 o2",
    "session 2 of the other assistant": "o2",
    "sessions 1 and 2 and all 2 sessions of the other assistant": "s1 s2 o1 o2",
    "session 2 of the other assistant and session 1": "o2 s1",
    "the new session": "n1",
    "the new session, listed twice": "n1 n1",
    "sessions 1 and 2 and the new session": "s1 s2 n1",
    "all 5 sessions and the new session, placed first": "n1 s1 s2 s3 s4 s5",
}

NO_LISTINGS = (
    "",
    "sessions",
    "session",
    "session one",
    "sessions 1",
    "sessions 1, 2",
    "all sessions",
    "unknown sessions",
    "session 1, listed four times",
    "session 1, placed somewhere",
    "session 1 of another assistant",
    "session 1 or session 2",
    "the new one",
    "the new sessions",
    "the new session of the other assistant",
    "session 1, authorized by: KEY",
)


def sessions(count: int, letter: str = "s") -> list[Session]:
    return [Session(f"{letter}{number}", f"session {number}") for number in range(1, count + 1)]


def listed(words: str, own: int = 5, others: int = 2) -> list[str]:
    return Listing(words).ids(sessions(own), sessions(others, "o"), sessions(1, "n"))


@pytest.mark.parametrize(("words", "meant"), MEANT.items(), ids=MEANT)
def test_words_mean_sessions(words: str, meant: str) -> None:
    assert re.fullmatch(SESSIONS, words)
    assert [session.id for session in Choice(words).of(sessions(5))] == [f"s{number}" for number in meant]


def test_large_numbers_may_have_a_comma() -> None:
    assert len(Choice("all 1,000 sessions").of(sessions(1000))) == 1000
    assert listed("1,000 unknown sessions") == [f"invalid_id_{number}" for number in range(1, 1001)]


def test_all_of_none_is_none() -> None:
    assert Choice("all 0 sessions").of([]) == ()


@pytest.mark.parametrize("words", MISCOUNTED)
def test_a_scenario_that_counts_wrongly_is_told_so(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}'.* 5"):
        Choice(words).of(sessions(5))
    with pytest.raises(ValueError, match=f"'{words}'.* 5"):
        listed(f"an unknown session and {words}")


@pytest.mark.parametrize(("words", "ids"), LISTED.items(), ids=LISTED)
def test_words_list_sessions(words: str, ids: str) -> None:
    assert re.fullmatch(LISTING, words)
    assert listed(words) == ids.split()


@pytest.mark.parametrize("words", NO_LISTINGS)
def test_other_words_list_nothing(words: str) -> None:
    assert not re.fullmatch(LISTING, words)


@pytest.mark.parametrize(("own", "place"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)])
def test_in_the_middle_as_many_stand_before_as_behind(own: int, place: int) -> None:
    ids = listed(f"all {own} sessions and an unknown one, placed in the middle", own)
    assert ids.index("invalid_id") == place
    assert len(ids) == own + 1


@pytest.mark.parametrize("words", ["all 3 sessions of the other assistant", "session 3 of the other assistant"])
def test_the_sessions_of_the_other_assistant_are_counted_for_themselves(words: str) -> None:
    with pytest.raises(ValueError, match=r" 2$"):
        listed(words)


def test_without_another_assistant_it_has_no_sessions() -> None:
    with pytest.raises(ValueError, match=r" 0$"):
        listed("all 2 sessions of the other assistant", others=0)


@pytest.mark.parametrize("created", [0, 2])
def test_the_new_session_is_the_only_one_that_was_created(created: int) -> None:
    with pytest.raises(ValueError, match=f"'the new session', but it has created {created}"):
        Listing("session 1 and the new session").ids(sessions(5), (), sessions(created, "n"))


# a row of a table: the session that is wanted
WANTED = {
    ("Monday", "user 1"): SessionSpec("Monday", "user 1"),
    ("(no name)", "user 1"): SessionSpec(None, "user 1"),
    ("Monday", "nobody"): SessionSpec("Monday", None),
    ("(no name)", "no user"): SessionSpec(None, None),
    ("nobody", "(no name)"): SessionSpec("nobody", "(no name)"),
}


def test_a_table_says_which_sessions_are_wanted_and_in_which_order() -> None:
    rows = [[f"session {number}", *cells] for number, cells in enumerate(WANTED, start=1)]
    table = Table(["session", "name", "user"], rows=rows)
    assert SessionSpec.of_table(table) == list(WANTED.values())


@pytest.fixture(autouse=True)
def types() -> None:
    register_types()


# a step, and what it says: what arrives there
STEPS = {
    ("I delete {these:Listing}", "I delete sessions 1 and 2, session 2 once more and an unknown one"): Listing(
        "sessions 1 and 2, session 2 once more and an unknown one"
    ),
    ("I delete {these:Listing} slowly", "I delete all 5 sessions, each listed twice slowly"): Listing(
        "all 5 sessions, each listed twice"
    ),
    ("I delete {these:Listing}", "I delete the new session"): Listing("the new session"),
    ("{these:Sessions} remain", "sessions 2, 3 and 5 remain"): Choice("sessions 2, 3 and 5"),
    ("{these:Sessions} remain", "no sessions remain"): Choice("no sessions"),
}


@pytest.mark.parametrize(("step", "arrives"), STEPS.items(), ids=[said for _, said in STEPS])
def test_a_step_may_speak_of_sessions(step: tuple[str, str], arrives: object) -> None:
    pattern, said = step
    match = ParseMatcher(lambda _context, these: these, pattern).match(said)
    assert [argument.value for argument in match.arguments] == [arrives]


@pytest.mark.parametrize(
    "said", ["sessions of somebody remain", "sessions 1 and 2 of the other assistant remain", "the new session remain"]
)
def test_a_step_speaks_of_nothing_else(said: str) -> None:
    assert ParseMatcher(lambda _context, these: these, "{these:Sessions} remain").match(said) is None
