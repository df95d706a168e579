"""The phrases for sessions in the features."""

import re

import pytest
from behave.matchers import ParseMatcher
from behave.model import Table

from acceptance.notation.sessions import LIST, SESSIONS, ListPhrase, SessionSpec, SessionsPhrase, register_types
from acceptance.ragflow.listings import Session

# a phrase: the numbers of the sessions, of five
PHRASES = {
    "no sessions": "",
    "session 5": "5",
    "sessions 4 and 2": "42",
    "sessions 2, 3, 4 and 5": "2345",
    "sessions 1 to 3": "123",
    "sessions 5 to 5": "5",
    "all 5 sessions": "12345",
    "3 of the 5 sessions, evenly spread": "245",
    "the other 2 sessions": "13",
}
MISCOUNTED = (
    *("all 4 sessions", "all 6 sessions", "all 5,000 sessions", "both sessions", "session 0", "session 6"),
    *(
        "session 15",
        "2 of the 4 sessions, evenly spread",
        "sessions 1 and 6",
        "sessions 0, 1 and 2",
        "sessions 1 to 6",
        "sessions 0 to 2",
        "sessions 4 to 2",
    ),
)

# a phrase: the ids in list order, of five sessions, two of the other assistant and a new one
LISTS = {
    "sessions 1, 2 and 3": "s1 s2 s3",
    "sessions 2 to 4": "s2 s3 s4",
    "an unknown session, listed twice": "invalid_id invalid_id",
    "3 unknown sessions": "invalid_id_1 invalid_id_2 invalid_id_3",
    "sessions 2 and 4 and 2 unknown ones": "s2 s4 invalid_id_1 invalid_id_2",
    "all 5 sessions and an unknown one": "s1 s2 s3 s4 s5 invalid_id",
    "all 5 sessions and an unknown one, placed first": "invalid_id s1 s2 s3 s4 s5",
    "all 5 sessions and an unknown one, placed in the middle": "s1 s2 invalid_id s3 s4 s5",
    "sessions 1 to 4 and an unknown one, placed in the middle": "s1 s2 invalid_id s3 s4",
    "all 5 sessions and an unknown one, placed last": "s1 s2 s3 s4 s5 invalid_id",
    "all 5 sessions, each listed twice": "s1 s2 s3 s4 s5 s1 s2 s3 s4 s5",
    "session 3, listed three times": "s3 s3 s3",
    "sessions 1 and 2, and session 2 once more": "s1 s2 s2",
    "sessions 1 and 2, session 2 once more and an unknown one": "s1 s2 s2 invalid_id",
    "both sessions of the other assistant": "o1 o2",
    "sessions 1 and 2 and all 2 sessions of the other assistant": "s1 s2 o1 o2",
    "session 2 of the other assistant and session 1": "o2 s1",
    "sessions 1 and 2 and the new session": "s1 s2 n1",
}
NO_LISTS = (
    *("", "sessions", "session one", "sessions 1", "sessions 1, 2", "all sessions", "unknown sessions", "the new one"),
    *("session 1, listed four times", "session 1, placed somewhere", "session 1 of another assistant"),
    *("session 1 or session 2", "the new session of the other assistant", "session 1, authorized by: KEY"),
)


def sessions(count: int, letter: str = "s") -> list[Session]:
    return [Session(f"{letter}{number}", f"session {number}") for number in range(1, count + 1)]


def listed(words: str, others: int = 2, new: int = 1) -> list[str]:
    return ListPhrase(words).ids(sessions(5), sessions(others, "o"), sessions(new, "n"))


@pytest.mark.parametrize(("words", "numbers"), PHRASES.items())
def test_a_phrase_selects_sessions(words: str, numbers: str) -> None:
    assert re.fullmatch(SESSIONS, words)
    assert [session.id for session in SessionsPhrase(words).select(sessions(5))] == [f"s{number}" for number in numbers]


def test_large_numbers_may_have_a_comma() -> None:
    assert len(SessionsPhrase("all 1,000 sessions").select(sessions(1000))) == 1000
    assert listed("1,000 unknown sessions") == [f"invalid_id_{number}" for number in range(1, 1001)]


@pytest.mark.parametrize("words", MISCOUNTED)
def test_a_phrase_that_does_not_fit_the_assistant_is_reported(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}', but the assistant has 5"):
        SessionsPhrase(words).select(sessions(5))
    with pytest.raises(ValueError, match=f"'{words}', but the assistant has 5"):
        listed(f"an unknown session and {words}")


@pytest.mark.parametrize(("words", "ids"), LISTS.items())
def test_a_phrase_lists_ids(words: str, ids: str) -> None:
    assert re.fullmatch(LIST, words)
    assert listed(words) == ids.split()


@pytest.mark.parametrize("words", NO_LISTS)
def test_other_phrases_list_nothing(words: str) -> None:
    assert not re.fullmatch(LIST, words)


def test_sessions_of_the_other_assistant_and_new_ones_are_counted_separately() -> None:
    for others in (0, 3):
        with pytest.raises(ValueError, match=f"the assistant has {others}$"):
            listed("both sessions of the other assistant", others)
    for new in (0, 2):
        with pytest.raises(ValueError, match=f"'the new session', but it has created {new}"):
            listed("session 1 and the new session", new=new)


def test_sessions_are_specified_in_a_table() -> None:
    cells = [("Monday", "user 1"), ("(no name)", "user 1"), ("Monday", "no user"), ("no user", "(no name)")]
    table = Table(["session", "name", "user"], rows=[[str(number), *row] for number, row in enumerate(cells, 1)])
    assert [(spec.name, spec.user) for spec in SessionSpec.from_table(table)] == [
        ("Monday", "user 1"),
        (None, "user 1"),
        ("Monday", None),
        ("no user", "(no name)"),
    ]
    assert [spec.name for spec in SessionSpec.numbered(10)][::9] == ["session 01", "session 10"]


@pytest.mark.parametrize(
    ("step", "text", "parameter"),
    [
        ("I delete {these:Listing}", "I delete session 1, listed twice", ListPhrase("session 1, listed twice")),
        ("{these:Sessions} remain", "sessions 2, 3 and 5 remain", SessionsPhrase("sessions 2, 3 and 5")),
        ("{these:Sessions} remain", "sessions 1 and 2 of the other assistant remain", None),
    ],
)
def test_a_step_has_a_phrase_as_its_parameter(step: str, text: str, parameter: object) -> None:
    register_types()
    match = ParseMatcher(lambda _context, these: these, step).match(text)
    assert (match.arguments[0].value if match else None) == parameter
