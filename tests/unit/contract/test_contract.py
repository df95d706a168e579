"""The contract lines: which releases they serve, and which outcomes they have."""

from typing import Any

import pytest

from acceptance.contract.contract import (
    Contract,
    contract_of,
    is_newer,
    known_releases,
    lines,
    read_release,
)
from acceptance.contract.releases import Release
from acceptance.contract.selection import Selection
from acceptance.errors import CannotRun
from acceptance.matchers.answers import has_outcome

# a name of a release: (the release, its contract line, whether it is newer than all known ones)
RELEASES = {
    "0.18": ("0.18.0", "0.18", False),
    "v0.18.0": ("0.18.0", "0.18", False),
    "v0.20": ("0.20.5", "0.18", False),
    "0.20.99": ("0.20.99", "0.18", False),
    "0.22": ("0.22.1", "0.22.1", False),
    "0.22.0": ("0.22.0", "0.18", False),
    "v0.25.6": ("0.25.6", "0.25", False),
    "0.26": ("0.26.4", "0.25", False),
    "0.27": ("0.27.0", "0.27", False),
    "0.27.1": ("0.27.1", "0.27", False),
    "v0.28": ("0.28", "0.27", True),
    "1.0": ("1.0", "0.27", True),
    "v0.27.0-go": ("0.27.0-go", "0.27-go", False),
    "0.27.1-go": ("0.27.1-go", "0.27-go", False),
    "0.28-go": ("0.28-go", "0.27-go", True),
}
UNKNOWN_RELEASES = (
    *("", "0", "0.", "v", "v0", "0.17", "0.17.2", "20", "latest", "0.18.0.1", "0.18-rc1", "0.18.0-slim", "V0.18"),
    *("vv0.18", " 0.18", "0.18\n", "-0.18", "0,18", "१.१८", "0.26-go", "0.27-java", "0.28-java"),
)

every_line = pytest.mark.parametrize("line", lines())
ALL = Selection.of("abc", "abc")
VALUES = {"assistant": "0a" * 16, "name": "it's mine", "user": "user 1", "owner": "7e" * 16}


def contract(line: str) -> Contract:
    return contract_of(Release.named(line))


@pytest.mark.parametrize(("name", "expected"), RELEASES.items())
def test_a_release_has_a_contract(name: str, expected: tuple[str, str, bool]) -> None:
    found = read_release(name)
    assert (str(found), contract_of(found).line, is_newer(found)) == expected


@pytest.mark.parametrize("name", UNKNOWN_RELEASES)
def test_an_unknown_release_is_reported_with_the_known_ones(name: str) -> None:
    with pytest.raises(CannotRun) as error:
        read_release(name)
    assert f"'{name}' is not a known release" in str(error.value)
    assert all(f"{line} (for {releases})" in str(error.value) for line, releases in lines().items())


def test_the_lines_and_the_known_releases_are_in_order() -> None:
    assert list(lines()) == ["0.18", "0.22.1", "0.23", "0.24", "0.25", "0.27", "0.27-go"]
    for release in known_releases():
        assert [line for line, releases in lines().items() if release in releases] == [contract_of(release).line]
    assert " ".join(str(release) for release in known_releases()) == (
        "0.18.0 0.19.1 0.20.5 0.21.1 0.22.0 0.22.1 0.23.1 0.24.0 0.25.6 0.26.4 0.27.0 0.27.0-go"
    )


@every_line
@pytest.mark.parametrize("listed", ["", "abc", "axbya", "xyx"])
def test_every_outcome_of_a_line_can_be_filled(line: str, listed: str) -> None:
    assert "the API key is missing" in contract(line)._outcomes
    for name in contract(line)._outcomes:
        outcome = contract(line).outcome(name, Selection.of(listed, "abc"), VALUES)
        assert (outcome.name, 200 <= outcome.status < 600) == (name, True)
        expected = str(has_outcome(outcome))
        assert expected.startswith(name)
        assert [
            each for each in ("deleted", "session errors", "number of errors", *VALUES) if f"<{each}>" in expected
        ] == []


@pytest.mark.parametrize(("line", "status"), {"0.24": 200, "0.25": 401, "0.27": 401}.items())
def test_a_line_overrides_outcomes_of_the_line_that_it_continues(line: str, status: int) -> None:
    assert contract(line).outcome("the API key is missing", ALL).status == status


@pytest.mark.parametrize(
    "name", ["one", "<anything>", "<user>", "<deleted>", "1 <number of errors>", "<session errors>"]
)
def test_a_value_is_filled_in_even_if_it_looks_like_a_placeholder(name: str) -> None:
    body: Any = contract("0.18").outcome("the session is created", ALL, {**VALUES, "name": name}).body
    assert (body["data"]["name"], body["data"]["chat_id"]) == (name, VALUES["assistant"])
    within_text: Any = contract("0.18").outcome("an unknown assistant lists no sessions", ALL, {"assistant": name}).body
    assert within_text["message"] == f"You don't own the assistant {name}."


def test_a_missing_value_and_an_unknown_outcome_are_reported() -> None:
    with pytest.raises(KeyError, match=r"'the session is created' of the contract 0\.18 needs <assistant>, <user>\""):
        contract("0.18").outcome("the session is created", ALL, {"name": "one", "owner": "u1"})
    with pytest.raises(KeyError, match=r"no outcome 'the moon is full'; it has: .*the API key is missing"):
        contract("0.27").outcome("the moon is full", ALL)


# what a request lists: its outcome
DELETIONS = {
    "abc": "everything listed is deleted",
    "b": "everything listed is deleted",
    "abx": "a part is deleted",
    "aba": "a part is deleted",
    "xy": "none of the sessions is known",
    "xx": "none of the sessions is known",
}


@every_line
@pytest.mark.parametrize(("listed", "name"), DELETIONS.items())
def test_the_outcome_of_a_deletion_follows_from_its_list(line: str, listed: str, name: str) -> None:
    selection = Selection.of(listed, "abc")
    outcome = contract(line).deletion(selection)
    assert outcome == contract(line).outcome(name, selection)
    assert outcome == contract(line).summarized_deletion(selection.summary, selection)


@pytest.mark.parametrize("summary", ["2 deleted", "1 deleted, 1 unknown", "2 deleted, 1 unknown, 1 repeated", ""])
def test_a_summary_must_match_the_request(summary: str) -> None:
    with pytest.raises(ValueError, match=f"'{summary}'.*'2 deleted, 1 unknown'"):
        contract("0.18").summarized_deletion(summary, Selection.of("abx", "abc"))


# an answer: the sessions that it does not report as unknown
REPORTED = {
    "": "ab",
    "The chat doesn't own the session a": "b",
    "The chat doesn't own the session x; The chat doesn't own the session b": "a",
    "The chat doesn't own the session c": "ab",
    "Duplicate session ids: a": "ab",
}


@every_line
@pytest.mark.parametrize(("text", "deleted"), REPORTED.items())
def test_sessions_that_an_answer_reports_as_unknown_are_not_its_own_deletions(
    line: str, text: str, deleted: str
) -> None:
    selection = contract(line).without_reported_unknown(Selection.of("abx", "abc"), text)
    assert (selection.deleted, selection.listed) == (tuple(deleted), ("a", "b", "x"))
