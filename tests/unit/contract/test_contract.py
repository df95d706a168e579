import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from acceptance.contract import contract as contracts
from acceptance.contract.contract import (
    FOLDER,
    Anything,
    Complaints,
    Contract,
    Outcome,
    contract_of,
    is_newer,
    known_releases,
    lines,
    read_release,
)
from acceptance.contract.releases import Release
from acceptance.contract.selection import Selection
from acceptance.errors import CannotRun
from acceptance.matchers.matchers import answers

# a release as somebody may name it: (the release that is meant, its contract line)
RELEASES = {
    "0.18": ("0.18.0", "0.18"),
    "v0.18.0": ("0.18.0", "0.18"),
    "0.19": ("0.19.1", "0.18"),
    "0.19.0": ("0.19.0", "0.18"),
    "0.20": ("0.20.5", "0.18"),
    "v0.20": ("0.20.5", "0.18"),
    "0.20.1": ("0.20.1", "0.18"),
    "0.20.99": ("0.20.99", "0.18"),
    "0.22": ("0.22.1", "0.22.1"),
    "0.22.0": ("0.22.0", "0.18"),
    "v0.22.1": ("0.22.1", "0.22.1"),
    "0.23": ("0.23.1", "0.23"),
    "0.23.0": ("0.23.0", "0.23"),
    "0.24": ("0.24.0", "0.24"),
    "0.25": ("0.25.6", "0.25"),
    "v0.25.6": ("0.25.6", "0.25"),
    "0.26": ("0.26.4", "0.25"),
    "0.26.0": ("0.26.0", "0.25"),
    "0.27": ("0.27.0", "0.27"),
    "0.27.1": ("0.27.1", "0.27"),
}

# newer than every release that is known: it is held to the newest contract
NEWER = {"0.28": "0.28", "v0.28": "0.28", "0.28.3": "0.28.3", "1.0": "1.0"}

NO_RELEASES = (
    "",
    "0",
    "0.",
    "v",
    "v0",
    "0.17",
    "0.17.2",
    "20",
    "latest",
    "nightly",
    "0.18.0.1",
    "0.18-rc1",
    "0.18.0-slim",
    "0.27-go",
    "0.28-go",
    "V0.18",
    "vv0.18",
    " 0.18",
    "0.18\n",
    "-0.18",
    "0,18",
    "१.१८",
)

FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
SELECTIONS = (
    Selection.of("", "abc"),
    Selection.of("abc", "abc"),
    Selection.of("axbya", "abc"),
    Selection.of("xyx", "abc"),
)


def names_in(line: str) -> list[str]:
    """The names of the outcomes of a line, and of those that it continues."""
    file = FILES[line]
    return [*file["outcomes"], *(names_in(file["continues"]) if "continues" in file else [])]


OUTCOMES = [(line, name) for line in FILES for name in dict.fromkeys(names_in(line))]


def contract(line: str) -> Contract:
    return contract_of(Release.named(line))


@pytest.mark.parametrize(
    ("name", "release", "line"),
    [(name, *meant) for name, meant in RELEASES.items()],
)
def test_a_release_has_a_contract(name: str, release: str, line: str) -> None:
    meant = read_release(name)
    assert str(meant) == release
    assert contract_of(meant).line == line
    assert not is_newer(meant)


@pytest.mark.parametrize(("name", "release"), NEWER.items())
def test_a_newer_release_is_held_to_the_newest_contract(name: str, release: str) -> None:
    newer = read_release(name)
    assert str(newer) == release
    assert contract_of(newer).line == list(lines())[-1]
    assert is_newer(newer)


@pytest.mark.parametrize("name", NO_RELEASES)
def test_what_is_no_release_is_told_with_those_that_are(name: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read_release(name)
    told = str(refusal.value)
    assert f"'{name}'" in told
    assert all(f"{line} (for {releases})" in told for line, releases in lines().items())


@pytest.mark.parametrize("name", ["0.17.2", "0.27.0-go"])
def test_a_release_without_a_contract_is_told(name: str) -> None:
    with pytest.raises(CannotRun, match=f"'{name}'"):
        contract_of(Release.named(name))


def test_the_lines_are_in_order() -> None:
    assert list(lines()) == ["0.18", "0.22.1", "0.23", "0.24", "0.25", "0.27"]
    assert set(lines()) == set(FILES)


def test_the_last_patch_of_every_minor_release_is_known() -> None:
    assert [str(release) for release in known_releases()] == [
        "0.18.0",
        "0.19.1",
        "0.20.5",
        "0.21.1",
        "0.22.0",
        "0.22.1",
        "0.23.1",
        "0.24.0",
        "0.25.6",
        "0.26.4",
        "0.27.0",
    ]


# What a request may say besides.
VALUES = {"assistant": "0a" * 16, "name": "it's mine", "user": "user 1", "owner": "7e" * 16}


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_a_known_release_belongs_to_the_line_that_names_it(release: Release) -> None:
    [line] = [line for line, releases in lines().items() if release in releases]
    assert str(release) in FILES[line]["last_patches"]
    assert contract_of(release).line == line


@pytest.mark.parametrize("line", FILES)
def test_a_line_holds_for_the_release_that_it_is_called_after(line: str) -> None:
    assert contract(line).line == line


@pytest.mark.parametrize("line", FILES)
def test_a_line_has_the_outcomes_of_those_that_it_continues(line: str) -> None:
    told = names_in(line)
    assert "the API key is missing" in told
    assert [name for name in told if contract(line).outcome(name, SELECTIONS[0], VALUES).name != name] == []


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: selection.summary or "nothing")
@pytest.mark.parametrize(("line", "name"), OUTCOMES)
def test_every_outcome_can_be_put_on_the_wire(line: str, name: str, selection: Selection) -> None:
    outcome = contract(line).outcome(name, selection, VALUES)
    assert outcome.name == name
    assert 200 <= outcome.status < 600
    described = str(answers(outcome))
    assert described.startswith(name)
    for placeholder in ("<deleted>", "<complaints>", "<number of complaints>", *(f"<{value}>" for value in VALUES)):
        assert placeholder not in described


@pytest.mark.parametrize("line", FILES)
def test_what_the_request_says_stands_in_the_answer(line: str) -> None:
    created = contract(line).outcome("the session is created", SELECTIONS[0], VALUES).body
    assert isinstance(created, dict)
    data = created["data"]
    assert isinstance(data, dict)
    assert (data["chat_id"], data["name"]) == ("0a" * 16, "it's mine")
    assert data["id"] is Anything.ANYTHING


@pytest.mark.parametrize("line", ["0.18", "0.22.1", "0.23", "0.24"])
def test_a_value_may_stand_in_the_midst_of_a_text(line: str) -> None:
    name = "an unknown assistant lists no sessions"
    refused = contract(line).outcome(name, SELECTIONS[0], {"assistant": "a1"})
    assert refused.body == {"code": 102, "message": "You don't own the assistant a1."}


@pytest.mark.parametrize("name", ["<anything>", "<user>", "<deleted>", "1 <number of complaints>", "<complaints>"])
def test_a_value_may_look_like_a_placeholder(name: str) -> None:
    created = contract("0.18").outcome("the session is created", SELECTIONS[1], {**VALUES, "name": name}).body
    assert isinstance(created, dict)
    data = created["data"]
    assert isinstance(data, dict)
    assert data["name"] == name


# how an outcome is asked for without a value: (what is given, what the refusal says)
NOT_GIVEN: dict[str, tuple[Mapping[str, str] | None, str]] = {
    "nothing": (None, "needs <assistant>, <name>, <user>, which was not given"),
    "all but one": ({"assistant": "a1", "name": "one", "owner": "u1"}, "needs <user>, which was not given"),
}


@pytest.mark.parametrize(("given", "told"), NOT_GIVEN.values(), ids=NOT_GIVEN)
def test_an_outcome_that_needs_a_value_is_not_made_without_it(given: Mapping[str, str] | None, told: str) -> None:
    with pytest.raises(KeyError, match=f"'the session is created' of the contract 0.18 {told}"):
        contract("0.18").outcome("the session is created", SELECTIONS[0], given)


@pytest.mark.parametrize("line", FILES)
def test_an_unknown_outcome_is_told_with_those_that_are_known(line: str) -> None:
    with pytest.raises(KeyError) as trouble:
        contract(line).outcome("the moon is full", SELECTIONS[0])
    assert "the moon is full" in str(trouble.value)
    assert "the API key is missing" in str(trouble.value)


# A release with a server of another kind.

MADE_UP = {
    "releases": "only-0.27-go",
    "last_patches": ["0.27.0-go"],
    "continues": "0.27",
    "outcomes": {"the assistant is unknown": {"status": 404, "body": '{"code": 404}'}},
}


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract for a release that is served by Go."""
    files: dict[str, dict[str, Any]] = {"0.27-go": MADE_UP, **FILES}
    monkeypatch.setattr(contracts, "_files", lambda: files)


# a name: (the release that is meant, its contract line, whether it is newer than all that are known)
KINDS = {
    "0.27": ("0.27.0", "0.27", False),
    "0.27.0": ("0.27.0", "0.27", False),
    "0.27-go": ("0.27.0-go", "0.27-go", False),
    "v0.27.0-go": ("0.27.0-go", "0.27-go", False),
    "0.27.1-go": ("0.27.1-go", "0.27-go", False),
    "0.28": ("0.28", "0.27", True),
    "0.28-go": ("0.28-go", "0.27-go", True),
}


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize(("name", "release", "line", "newer"), [(name, *meant) for name, meant in KINDS.items()])
def test_a_server_of_another_kind_has_its_own_contract(name: str, release: str, line: str, newer: bool) -> None:
    meant = read_release(name)
    assert (str(meant), contract_of(meant).line, is_newer(meant)) == (release, line, newer)


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize("name", ["0.26-go", "0.27-java", "0.28-java", "0.17"])
def test_a_kind_of_server_is_known_from_its_first_contract_on(name: str) -> None:
    with pytest.raises(CannotRun, match=r"0\.27-go \(for only-0\.27-go\)"):
        read_release(name)


@pytest.mark.usefixtures("go")
def test_a_server_of_another_kind_answers_what_its_contract_says() -> None:
    assert list(lines())[-2:] == ["0.27", "0.27-go"]
    assert str(known_releases()[-1]) == "0.27.0-go"
    answered = {
        line: contract(line).outcome("the assistant is unknown", SELECTIONS[0]).status for line in ("0.27", "0.27-go")
    }
    assert answered == {"0.27": 200, "0.27-go": 404}
    for name in ("the API key is missing", "it cannot be read"):
        assert contract("0.27-go").outcome(name, SELECTIONS[0]) == contract("0.27").outcome(name, SELECTIONS[0])


# What follows from a well-formed request.

FOLLOWING = {
    "all": ("abc", "everything listed is deleted"),
    "some": ("b", "everything listed is deleted"),
    "a part": ("abx", "a part is deleted"),
    "one twice": ("aba", "a part is deleted"),
    "only unknown ones": ("xy", "none of the sessions is known"),
    "an unknown one twice": ("xx", "none of the sessions is known"),
}


@pytest.mark.parametrize("line", FILES)
@pytest.mark.parametrize(("listed", "name"), FOLLOWING.values(), ids=FOLLOWING)
def test_a_deletion_has_the_outcome_that_follows(line: str, listed: str, name: str) -> None:
    selection = Selection.of(listed, "abc")
    outcome = contract(line).deletion(selection)
    assert outcome == contract(line).outcome(name, selection)
    assert outcome == contract(line).summarised(selection.summary, selection)


def complaints(outcome: Outcome) -> Complaints:
    """The complaints of an outcome, wherever they stand."""
    places: list[object] = [outcome.body]
    while places:
        place = places.pop()
        if isinstance(place, Complaints):
            return place
        if isinstance(place, dict):
            places.extend(place.values())
    raise AssertionError("no complaints")


@pytest.mark.parametrize("line", FILES)
def test_everything_that_was_not_deleted_is_complained_about(line: str) -> None:
    told = complaints(contract(line).deletion(Selection.of("xay", "abc")))
    assert len(told) == 2
    assert [any(name in text for text in told.each) for name in "xy"] == [True, True]


@pytest.mark.parametrize("line", FILES)
def test_what_was_deleted_is_counted(line: str) -> None:
    outcome = contract(line).deletion(Selection.of("abx", "abc"))
    assert isinstance(outcome.body, dict)
    assert json.dumps(outcome.body["data"], default=str).count('"success_count": 2') == 1


@pytest.mark.parametrize("words", ["2 deleted", "1 deleted, 1 unknown", "2 deleted, 1 unknown, 1 repeated", ""])
def test_words_that_the_request_does_not_come_to_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}'.*'2 deleted, 1 unknown'"):
        contract("0.18").summarised(words, Selection.of("abx", "abc"))


# what an answer says: the sessions that it leaves to be deleted by this request
TOLD = {
    "": "ab",
    "The chat doesn't own the session a": "b",
    "The chat doesn't own the session x; The chat doesn't own the session b": "a",
    "The chat doesn't own the session c": "ab",
    "Duplicate session ids: a": "ab",
}


@pytest.mark.parametrize("line", FILES)
@pytest.mark.parametrize(("text", "deleted"), TOLD.items())
def test_what_an_answer_calls_unknown_was_deleted_by_somebody_else(line: str, text: str, deleted: str) -> None:
    selection = contract(line).as_told(Selection.of("abx", "abc"), text)
    assert selection.deleted == tuple(deleted)
    assert selection.listed == ("a", "b", "x")
