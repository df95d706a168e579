import pytest

from acceptance.language.wording import Choice, with_unknown
from acceptance.sandbox.workspace import Session

MEANT = {
    "no sessions": "",
    "session 1": "1",
    "session 5": "5",
    "sessions 2 and 4": "24",
    "sessions 4 and 2": "42",
    "sessions 2, 3, 4 and 5": "2345",
    "all 5 sessions": "12345",
}

MISCOUNTED = ["all 4 sessions", "all 6 sessions", "all 5,000 sessions", "session 6", "sessions 1 and 6"]


def sessions(count: int) -> list[Session]:
    return [Session(f"id {number}", f"session {number}") for number in range(1, count + 1)]


@pytest.mark.parametrize(("words", "meant"), MEANT.items(), ids=MEANT)
def test_words_name_sessions(words: str, meant: str) -> None:
    choice = Choice(words)
    assert choice.ids_of(sessions(5)) == tuple(f"id {number}" for number in meant)
    assert [session.name for session in choice.of(sessions(5))] == [f"session {number}" for number in meant]


def test_large_numbers_may_have_a_comma() -> None:
    assert len(Choice("all 1,000 sessions").of(sessions(1000))) == 1000


def test_all_of_none_is_none() -> None:
    assert Choice("all 0 sessions").of([]) == ()


@pytest.mark.parametrize("words", MISCOUNTED)
def test_a_scenario_that_counts_wrongly_is_told_so(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}'.* 5"):
        Choice(words).of(sessions(5))


PLACES = {
    "at the beginning": ("x", "a", "b", "c", "d", "e"),
    "in the middle": ("a", "b", "x", "c", "d", "e"),
    "at the end": ("a", "b", "c", "d", "e", "x"),
}


@pytest.mark.parametrize(("place", "expected"), PLACES.items(), ids=PLACES)
def test_an_unknown_session_stands_where_it_is_said(place: str, expected: tuple[str, ...]) -> None:
    assert with_unknown("abcde", "x", place) == expected


def test_there_is_no_other_place() -> None:
    with pytest.raises(KeyError):
        with_unknown("abcde", "x", "somewhere")
