import pytest
from hamcrest import assert_that

from acceptance.matchers.sessions import (
    MAX_SESSIONS,
    are_exactly,
    are_listed_per_user,
    include,
    is_found_by_no_query,
    is_unchanged_since,
)
from acceptance.ragflow.listings import Session
from acceptance.sandbox.view import Snapshot
from tests.unit.examples import assert_matches, failure

ONE, TWO, THREE, FOUR = SESSIONS = [
    Session(f"id-{number}", f"session {number}", user) for number, user in enumerate(("Anna", "Anna", "Bert", ""), 1)
]
RENAMED = Session("id-2", "Sunday")
GONE, LEFT = "gone, and should still be there:", "there, and should not be:"

# the actual sessions instead of 1 and 2: the problems
WRONG: list[tuple[list[Session], list[str]]] = [
    ([TWO, ONE], []),
    ([ONE], [f"{GONE} id-2"]),
    ([], [f"{GONE} id-1, id-2"]),
    ([ONE, TWO, THREE], [f"{LEFT} id-3"]),
    ([ONE, TWO, FOUR], [f"{LEFT} id-4"]),
    ([ONE, TWO, TWO], [f"{LEFT} id-2"]),
    ([ONE, Session("id-9", TWO.name)], [f"{GONE} id-2", f"{LEFT} id-9"]),
    ([ONE, RENAMED], ["renamed: id-2 is now called 'Sunday'"]),
]


@pytest.mark.parametrize(("actual", "problems"), WRONG)
def test_missing_additional_and_renamed_sessions_are_reported(actual: list[Session], problems: list[str]) -> None:
    lists = {"Anna": actual, "Bert": [THREE], "Carl": []}
    in_list = [f"in the list of the user 'Anna': {problem}" for problem in problems]
    assert_matches(actual, are_exactly([ONE, TWO]), "\n          ".join(problems))
    assert_matches(lists, are_listed_per_user(SESSIONS), "\n          ".join(in_list))


def test_only_the_first_of_many_sessions_are_shown() -> None:
    many = [Session(f"id-{number}", f"session {number}") for number in range(1000)]
    text = failure([], are_exactly(many)).partition("but: ")[2]
    assert f"id-{MAX_SESSIONS - 1} and 980 more" in text
    assert f"id-{MAX_SESSIONS}," not in text
    assert "Expected: no sessions\n" in failure([ONE], are_exactly([]))


@pytest.mark.parametrize(
    ("actual", "problem"),
    [
        ([THREE, TWO, ONE], ""),
        ([ONE, TWO], ""),
        ([THREE, ONE], f"{GONE} id-2"),
        ([ONE, RENAMED], "renamed: id-2 is now called 'Sunday'"),
        ([ONE, TWO, FOUR], f"{LEFT} id-4"),
    ],
)
def test_certain_other_sessions_may_be_there(actual: list[Session], problem: str) -> None:
    assert_matches(actual, include([ONE, TWO], [THREE]), problem)


def test_a_query_that_finds_the_session_is_reported() -> None:
    assert_matches([], is_found_by_no_query(), "")
    assert_matches(["name=a"], is_found_by_no_query(), "the list with the query name=a shows the session")


def test_a_change_since_the_snapshot_is_reported() -> None:
    recorded = Snapshot({"a1": {"id": "a1"}}, {"a1": [{"id": "s1", "name": "one"}]})
    assert_that(Snapshot(dict(recorded.assistants), dict(recorded.sessions)), is_unchanged_since(recorded))
    assert_matches(Snapshot(recorded.assistants, {"a1": []}), is_unchanged_since(recorded), "s1: was")


def test_names_and_ids_of_a_server_are_printable() -> None:
    before, after = Session("a\x1b", "x"), Session("a\x1b", "##[error]\n::y")
    assert failure([after], are_exactly([before])).splitlines()[1:] == [
        r"Expected: a\x1b",
        r"     but: renamed: a\x1b is now called '#\#[error]\n::y'",
    ]
