"""Double entry: the contract, written by hand, is held to what real servers were recorded to answer.

The embedded server is held to the same recordings elsewhere, so a mistake in one of the two shows up.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from acceptance.contract.contract import contract_of, lines
from acceptance.contract.releases import Range, Release
from acceptance.contract.selection import Selection, ids_in, lists_sessions
from acceptance.contract.shapes import check_shape
from acceptance.matchers.differences import differences
from acceptance.ragflow.client import DEFAULT_SESSION_NAME
from tests.support.recordings import RELEASES, answer, content_of, filled_in, recorded, release_of

# Earlier releases do not mention what was listed twice where something is unknown: a known deviation.
NAME_REPEATED_BESIDE_UNKNOWN = Range("from-0.25")

EVERY_RELEASE = ""

# recorded case: (the releases in which it is so, the named outcome that it is)
NAMED = {
    "no Authorization header": (EVERY_RELEASE, "the API key is missing"),
    "empty Authorization header": (EVERY_RELEASE, "the API key is missing"),
    "no header, unknown assistant, malformed body": (EVERY_RELEASE, "the API key is missing"),
    "scheme without key": (EVERY_RELEASE, "the API key is malformed"),
    "unknown key": (EVERY_RELEASE, "the API key is unknown"),
    "SQL in the key": (EVERY_RELEASE, "the API key is unknown"),
    "key of 10,000 characters": (EVERY_RELEASE, "the API key is unknown"),
    "unknown key, unknown assistant, malformed body": (EVERY_RELEASE, "the API key is unknown"),
    "Basic scheme with a valid key": ("from-0.25", "the API key is unknown"),
    "Token scheme with a valid key": ("from-0.25", "the API key is unknown"),
    "a word after the key": ("from-0.25", "the API key is unknown"),
    "two spaces before the key": (EVERY_RELEASE, "everything listed is deleted"),
    "blank assistant id": (EVERY_RELEASE, "the assistant is unknown"),
    "SQL in the assistant id": (EVERY_RELEASE, "the assistant is unknown"),
    "wildcard assistant id": (EVERY_RELEASE, "the assistant is unknown"),
    "another tenant's assistant and its sessions": (EVERY_RELEASE, "the assistant is unknown"),
    "another tenant's assistant, empty ids": (EVERY_RELEASE, "the assistant is unknown"),
    "PUT on the sessions": (EVERY_RELEASE, "RAGFlow has no such call"),
    "no body": ("from-0.25", "there was nothing to delete"),
    "ids null": ("from-0.25", "there was nothing to delete"),
    "ids empty string": ("from-0.25", "there was nothing to delete"),
    "ids zero": ("from-0.25", "there was nothing to delete"),
    "ids false": ("from-0.25", "there was nothing to delete"),
    "ids empty object": ("from-0.25", "there was nothing to delete"),
    "wrong key IDS": ("from-0.25", "there was nothing to delete"),
    "wrong key id": ("from-0.25", "there was nothing to delete"),
    "query string instead of a body": ("from-0.25", "there was nothing to delete"),
    "delete_all false": ("from-0.25", "there was nothing to delete"),
    "delete_all as one": ("from-0.25", "there was nothing to delete"),
    "delete_all true": (EVERY_RELEASE, "everything listed is deleted"),
    "delete_all beside ids null": (EVERY_RELEASE, "everything listed is deleted"),
    "delete_all beside an unknown id": (EVERY_RELEASE, "none of the sessions is known"),
    "text that is not JSON": ("from-0.22.1 not-0.23", "it cannot be read"),
    "truncated JSON": ("from-0.22.1 not-0.23", "it cannot be read"),
    "content type text/plain": ("from-0.24", "RAGFlow does not read its content type"),
    "no content type": ("from-0.24", "RAGFlow does not read its content type"),
    "content type vnd.api+json": ("from-0.24", "RAGFlow does not read its content type"),
    "charset in the content type": (EVERY_RELEASE, "everything listed is deleted"),
    "JSON string": (EVERY_RELEASE, "a text is not a request"),
    "JSON list of an id": (EVERY_RELEASE, "a bare list is not a request"),
    "JSON number": (EVERY_RELEASE, "a number is not a request"),
    "JSON true": (EVERY_RELEASE, "true is not a request"),
    "null": ("from-0.24", "null is not a request"),
    "ids true": (EVERY_RELEASE, "true is not a list of sessions"),
    "ids holding an object": (EVERY_RELEASE, "an object is not an id"),
    "ids known and an object": (EVERY_RELEASE, "an object is not an id"),
    "ids a string": (EVERY_RELEASE, "none of the sessions is known"),
    "ids numbers": (EVERY_RELEASE, "none of the sessions is known"),
    "ids [0]": (EVERY_RELEASE, "none of the sessions is known"),
    "ids [true]": (EVERY_RELEASE, "none of the sessions is known"),
    "ids an object": (EVERY_RELEASE, "everything listed is deleted"),
    "ids [null, null]": (EVERY_RELEASE, "a null that is listed twice is deleted"),
    "session with a name": (EVERY_RELEASE, "the session is created"),
    "session with a name in Japanese": (EVERY_RELEASE, "the session is created"),
    "session with a blank name": ("until-0.24", "the session is created"),
    "session with a number as name": ("until-0.24", "the session is created"),
    "session without a body": ("from-0.23", "the session is created"),
    "create in an unknown assistant": (EVERY_RELEASE, "an unknown assistant gets no sessions"),
    "create in another tenant's assistant": (EVERY_RELEASE, "an unknown assistant gets no sessions"),
    "list of another tenant's assistant": (EVERY_RELEASE, "an unknown assistant lists no sessions"),
}

# What the client never asks for.
NOT_ASKED_FOR = ("trailing slash", "unknown route")


def cases(chosen: Callable[[Any], bool]) -> list[Any]:
    return [pytest.param(case, id=f"{case['release']}: {case['case']}") for case in recorded() if chosen(case)]


def is_named(case: Any) -> bool:
    releases, _ = NAMED.get(case["case"], ("until-0.0", ""))
    return release_of(case) in Range(releases)


def is_well_formed(case: Any) -> bool:
    """Whether this is a deletion of listed sessions, from one's own assistant and with one's key, as JSON."""
    request = case["request"]
    return (
        (request["method"], request["path"]) == ("DELETE", "/api/v1/chats/<chat>/sessions")
        and request["authorization"] == "Bearer <key_a>"
        and lists_sessions(content_of(case))
    )


def selection(case: Any) -> Selection:
    """The ids of the request, and the sessions that stood before it."""
    return Selection.of(ids_in(content_of(case)), [f"<s{number}>" for number in range(1, case["sessions"] + 1)])


def values(case: Any) -> dict[str, str]:
    """What else the request says. A new id is all that is recorded of whose a new session is."""
    body = json.loads(case["request"]["body"] or "{}") if case["group"] == "creating" else {}
    assistant = case["request"]["path"].split("/")[4] if "/sessions" in case["request"]["path"] else ""
    return {
        "assistant": assistant,
        "name": str(body.get("name", DEFAULT_SESSION_NAME)),
        "user": "",
        "owner": "<new_id>",
    }


def test_every_named_case_was_recorded() -> None:
    assert set(NAMED) <= {case["case"] for case in recorded()}


@pytest.mark.parametrize("case", cases(is_named))
def test_a_named_outcome_is_what_was_recorded(case: Any) -> None:
    _, name = NAMED[case["case"]]
    contract = contract_of(release_of(case))
    assert list(differences(contract.outcome(name, selection(case), values(case)), answer(case))) == []


@pytest.mark.parametrize("case", cases(is_well_formed))
def test_a_deletion_is_what_was_recorded(case: Any) -> None:
    release, listed = release_of(case), selection(case)
    if listed.unknown and release not in NAME_REPEATED_BESIDE_UNKNOWN:
        listed = listed.each_listed_once
    assert list(differences(contract_of(release).deletion(listed), answer(case))) == []


@pytest.mark.parametrize("case", cases(is_well_formed))
def test_what_was_to_be_deleted_was_deleted(case: Any) -> None:
    listed = selection(case)
    assert {f"<{name}>" for name in case["left"]["chat"]} == set(listed.present) - set(listed.deleted)


@pytest.mark.parametrize("line", lines())
def test_every_line_was_recorded(line: str) -> None:
    assert line in [contract_of(Release.named(release)).line for release in RELEASES]


@pytest.mark.parametrize("release", RELEASES)
def test_every_answer_has_the_shape_that_was_recorded(release: str) -> None:
    schema = contract_of(Release.named(release)).schema
    wrong = {}
    for case in recorded():
        if release_of(case) == Release.named(release) and case["case"] not in NOT_ASKED_FOR:
            try:
                check_shape(schema, filled_in(case))
            except AssertionError as trouble:
                wrong[case["case"]] = str(trouble)
    assert wrong == {}
