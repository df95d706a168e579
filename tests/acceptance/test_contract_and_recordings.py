"""Double entry: the contract, written by hand, is held to what real servers were recorded to answer.

The embedded server is held to the same recordings elsewhere, so a mistake in one of the two shows up.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from packaging.version import Version

from acceptance.contract.contract import contract_of, lines
from acceptance.contract.selection import Selection
from acceptance.contract.shapes import check_shape
from acceptance.judging.differences import differences
from acceptance.ragflow.client import Content
from tests.acceptance.recorded import RELEASES, answer, filled_in, recorded, release_of

# Earlier releases do not mention what was named twice where something is unknown: a known deviation.
NAMES_REPEATED_BESIDE_UNKNOWN = Version("0.25")

# recorded case: the named outcome that it is
NAMED = {
    "no Authorization header": "the API key is missing",
    "empty Authorization header": "the API key is missing",
    "no header, unknown assistant, malformed body": "the API key is missing",
    "scheme without key": "the API key is malformed",
    "unknown key": "the API key is unknown",
    "SQL in the key": "the API key is unknown",
    "key of 10,000 characters": "the API key is unknown",
    "unknown key, unknown assistant, malformed body": "the API key is unknown",
    "blank assistant id": "the assistant is unknown",
    "SQL in the assistant id": "the assistant is unknown",
    "wildcard assistant id": "the assistant is unknown",
    "another tenant's assistant and its sessions": "the assistant is unknown",
    "another tenant's assistant, empty ids": "the assistant is unknown",
    "JSON string": "a text is not a list of sessions",
}


# What the client never asks for.
NOT_ASKED_FOR = ("trailing slash", "unknown route")


def cases(chosen: Callable[[Any], bool]) -> list[Any]:
    return [pytest.param(case, id=f"{case['release']}: {case['case']}") for case in recorded() if chosen(case)]


def is_well_formed(case: Any) -> bool:
    """Whether this is a deletion of named sessions, from one's own assistant and with one's key, as JSON."""
    request = case["request"]
    return (
        (request["method"], request["path"]) == ("DELETE", "/api/v1/chats/<chat>/sessions")
        and request["authorization"] == "Bearer <key_a>"
        and request["content_type"] == "application/json"
        and Content((request["body"] or "").encode()).names_sessions
    )


def selection(case: Any) -> Selection:
    """The ids of the request, and the sessions that stood before it."""
    body = case["request"]["body"]
    named = json.loads(body)["ids"] if Content((body or "").encode()).names_sessions else []
    return Selection.of(named, [f"<s{number}>" for number in range(1, case["sessions"] + 1)])


@pytest.mark.parametrize("case", cases(lambda case: case["case"] in NAMED))
def test_a_named_outcome_is_what_was_recorded(case: Any) -> None:
    contract = contract_of(release_of(case))
    assert list(differences(contract.outcome(NAMED[case["case"]], selection(case)), answer(case))) == []


@pytest.mark.parametrize("case", cases(is_well_formed))
def test_a_deletion_is_what_was_recorded(case: Any) -> None:
    release, named = release_of(case), selection(case)
    if named.unknown and release < NAMES_REPEATED_BESIDE_UNKNOWN:
        named = named.each_named_once
    assert list(differences(contract_of(release).deletion(named), answer(case))) == []


@pytest.mark.parametrize("case", cases(is_well_formed))
def test_what_was_to_be_deleted_was_deleted(case: Any) -> None:
    named = selection(case)
    assert {f"<{name}>" for name in case["left"]["chat"]} == set(named.present) - set(named.deleted)


@pytest.mark.parametrize("line", lines())
def test_every_line_was_recorded(line: str) -> None:
    assert line in [contract_of(Version(release)).line for release in RELEASES]


@pytest.mark.parametrize("release", RELEASES)
def test_every_answer_has_the_shape_that_was_recorded(release: str) -> None:
    schema = contract_of(Version(release)).schema
    wrong = {}
    for case in recorded():
        if release_of(case) == Version(release) and case["case"] not in NOT_ASKED_FOR:
            try:
                check_shape(schema, filled_in(case))
            except AssertionError as trouble:
                wrong[case["case"]] = str(trouble)
    assert wrong == {}
