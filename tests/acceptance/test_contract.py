import json
import tomllib

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from acceptance.contract.contract import FOLDER, Complaints, Contract, Outcome, contract_of, lines, read_release
from acceptance.contract.selection import Selection
from acceptance.errors import CannotRun
from acceptance.judging.matchers import answers

# a release as somebody may name it: its contract line
RELEASES = {
    "0.18": "0.18",
    "v0.18.0": "0.18",
    "0.19.1": "0.18",
    "0.20": "0.18",
    "v0.20": "0.18",
    "0.20.5": "0.18",
    "0.20.99": "0.18",
    "0.22": "0.18",
    "0.22.0": "0.18",
    "0.22.1": "0.22.1",
    "v0.22.1": "0.22.1",
    "0.23": "0.23",
    "0.23.1": "0.23",
    "0.24.0": "0.24",
    "0.25": "0.25",
    "v0.25.6": "0.25",
    "0.26": "0.25",
    "0.26.4": "0.25",
    "0.27": "0.27",
    "0.27.0": "0.27",
}

NO_RELEASES = (
    "",
    "0",
    "0.",
    "v",
    "v0",
    "0.17",
    "0.17.2",
    "0.28",
    "1.0",
    "20",
    "latest",
    "nightly",
    "0.18.0.1",
    "0.18-rc1",
    "0.18.0-slim",
    "V0.18",
    "vv0.18",
    " 0.18",
    "0.18\n",
    "-0.18",
    "0,18",
)

FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
OUTCOMES = [(line, name) for line, file in FILES.items() for name in file["outcomes"]]
SELECTIONS = (
    Selection.of("", "abc"),
    Selection.of("abc", "abc"),
    Selection.of("axbya", "abc"),
    Selection.of("xyx", "abc"),
)


def contract(line: str) -> Contract:
    return contract_of(Version(line))


@pytest.mark.parametrize(("name", "line"), RELEASES.items())
def test_a_release_has_a_contract(name: str, line: str) -> None:
    assert contract_of(read_release(name)).line == line


@pytest.mark.parametrize("name", NO_RELEASES)
def test_what_is_no_release_is_told_with_those_that_are(name: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read_release(name)
    told = str(refusal.value)
    assert f"'{name}'" in told
    assert "RAGFLOW_RELEASE" in told
    assert all(line in told for line in lines())


def test_the_lines_are_in_order() -> None:
    assert list(lines()) == sorted(FILES, key=Version)


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_belongs_to_one_line(name: str) -> None:
    assert len([line for line, releases in lines().items() if Version(name) in SpecifierSet(releases)]) == 1


@pytest.mark.parametrize("line", FILES)
def test_a_line_holds_for_the_release_that_it_is_called_after(line: str) -> None:
    assert contract(line).line == line


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: selection.summary or "nothing")
@pytest.mark.parametrize(("line", "name"), OUTCOMES)
def test_every_outcome_can_be_put_on_the_wire(line: str, name: str, selection: Selection) -> None:
    outcome = contract(line).outcome(name, selection)
    assert outcome.name == name
    assert 200 <= outcome.status < 600
    described = str(answers(outcome))
    assert described.startswith(name)
    for placeholder in ("<deleted>", "<complaints>", "<number of complaints>"):
        assert placeholder not in described


@pytest.mark.parametrize("line", FILES)
def test_an_unknown_outcome_is_told_with_those_that_are_known(line: str) -> None:
    with pytest.raises(KeyError) as trouble:
        contract(line).outcome("the moon is full", SELECTIONS[0])
    assert "the moon is full" in str(trouble.value)
    assert "the API key is missing" in str(trouble.value)


# What follows from a well-formed request.

FOLLOWING = {
    "all": ("abc", "everything named is deleted"),
    "some": ("b", "everything named is deleted"),
    "a part": ("abx", "a part is deleted"),
    "one twice": ("aba", "a part is deleted"),
    "only unknown ones": ("xy", "none of the sessions is known"),
    "an unknown one twice": ("xx", "none of the sessions is known"),
}


@pytest.mark.parametrize("line", FILES)
@pytest.mark.parametrize(("named", "name"), FOLLOWING.values(), ids=FOLLOWING)
def test_a_deletion_has_the_outcome_that_follows(line: str, named: str, name: str) -> None:
    selection = Selection.of(named, "abc")
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


@pytest.mark.parametrize("words", ["2 deleted", "1 deleted, 1 unknown", "2 deleted, 1 unknown, 1 named again", ""])
def test_words_that_the_request_does_not_come_to_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}'.*'2 deleted, 1 unknown'"):
        contract("0.18").summarised(words, Selection.of("abx", "abc"))
