"""The contract, written by hand, matches what real servers answered. tests/embedded checks the embedded server too."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from acceptance.contract.contract import contract_of, lines
from acceptance.contract.releases import Range, Release
from acceptance.contract.selection import Selection, ids_in, lists_sessions
from acceptance.contract.shapes import check_shape
from acceptance.matchers.differences import differences
from acceptance.ragflow.client import DEFAULT_SESSION_NAME
from tests.support.recordings import MORE, RELEASES, answer, cases_in, content_of, filled_in, recorded, release_of

# Earlier releases do not report repetitions if a session is unknown: a known deviation.
REPORTS_REPETITIONS = Range("from-0.25")

EVERY_RELEASE = ""

# a named outcome and the releases: the recorded cases that have it
NAMED: dict[tuple[str, str], list[str]] = {
    ("the API key is missing", EVERY_RELEASE): [
        "no Authorization header",
        "empty Authorization header",
        "no header, unknown assistant, malformed body",
    ],
    ("the API key is malformed", EVERY_RELEASE): ["scheme without key"],
    ("the API key is unknown", EVERY_RELEASE): [
        "unknown key",
        "SQL in the key",
        "key of 10,000 characters",
        "unknown key, unknown assistant, malformed body",
    ],
    ("the API key is unknown", "from-0.25 not-go"): ["Basic scheme with a valid key", "Token scheme with a valid key"],
    ("the API key is unknown", "from-0.25"): ["a word after the key"],
    ("the API key is unknown", "only-go"): ["two spaces before the key"],
    ("everything listed is deleted", EVERY_RELEASE): [
        "delete_all true",
        "delete_all beside ids null",
        "charset in the content type",
    ],
    ("everything listed is deleted", "not-go"): ["two spaces before the key", "ids an object"],
    ("everything listed is deleted", "only-go"): [
        "Basic scheme with a valid key",
        "Token scheme with a valid key",
        "ids known and an object",
        "content type text/plain",
        "no content type",
        "content type vnd.api+json",
        "JSON under a form content type",
    ],
    ("the assistant is unknown", EVERY_RELEASE): [
        "SQL in the assistant id",
        "wildcard assistant id",
        "another tenant's assistant and its sessions",
        "another tenant's assistant, empty ids",
    ],
    ("the assistant is unknown", "not-go"): ["blank assistant id"],
    ("the assistant's id is blank", "only-go"): ["blank assistant id"],
    ("RAGFlow has no such call", EVERY_RELEASE): ["PUT on the sessions"],
    ("there was nothing to delete", "from-0.25"): [
        "no body",
        "ids null",
        "ids empty string",
        "ids zero",
        "ids false",
        "ids empty object",
        "wrong key IDS",
        "wrong key id",
        "query string instead of a body",
        "delete_all false",
        "delete_all as one",
    ],
    ("there was nothing to delete", "only-go"): [
        "null",
        "ids a string",
        "ids numbers",
        "ids [0]",
        "ids [true]",
        "ids true",
        "ids an object",
        "ids holding an object",
        "ids [null, null]",
        "ids an empty id",
    ],
    ("none of the sessions is known", EVERY_RELEASE): ["delete_all beside an unknown id"],
    ("none of the sessions is known", "not-go"): ["ids a string", "ids numbers", "ids [0]", "ids [true]"],
    ("it cannot be read", "from-0.22.1 not-0.23"): ["text that is not JSON", "truncated JSON"],
    ("RAGFlow does not read its content type", "from-0.24 not-go"): [
        "content type text/plain",
        "no content type",
        "content type vnd.api+json",
    ],
    ("a text is not a request", EVERY_RELEASE): ["JSON string"],
    ("a bare list is not a request", EVERY_RELEASE): ["JSON list of an id"],
    ("a number is not a request", EVERY_RELEASE): ["JSON number"],
    ("true is not a request", EVERY_RELEASE): ["JSON true"],
    ("null is not a request", "from-0.24 not-go"): ["null"],
    ("true is not a list of sessions", "not-go"): ["ids true"],
    ("an object is not an id", "not-go"): ["ids holding an object", "ids known and an object"],
    ("a null that is listed twice is deleted", "not-go"): ["ids [null, null]"],
    ("the session is created", EVERY_RELEASE): ["session with a name", "session with a name in Japanese"],
    ("the session is created", "until-0.24"): ["session with a blank name", "session with a number as name"],
    ("the session is created", "from-0.23"): ["session without a body"],
    ("an unknown assistant gets no sessions", EVERY_RELEASE): [
        "create in an unknown assistant",
        "create in another tenant's assistant",
    ],
    ("an unknown assistant lists no sessions", EVERY_RELEASE): ["list of another tenant's assistant"],
}
OUTCOMES = {(case, releases): name for (name, releases), cases in NAMED.items() for case in cases}

# The recorded cases with an emoji, or half of one, by their outcome.
CASES_WITH_EMOJI = {
    "the database cannot compare the text": (
        *("id alone", "id last of five, four known", "after a known id, in the same string"),
        *("id beside delete_all", "assistant id, deletion", "list filter name"),
    ),
    "the text cannot be encoded for the database": (
        *("lone surrogate beside one known", "surrogates in the wrong order", "lone surrogate in a session's name"),
    ),
}

# Calls that the client never makes.
OTHER_CALLS = ("trailing slash", "unknown route")


def params(is_chosen: Callable[[Any], object]) -> list[Any]:
    return [pytest.param(case, id=f"{case['release']}: {case['case']}") for case in recorded() if is_chosen(case)]


def outcome_name(case: Any) -> str | None:
    names = [
        name
        for (recorded, releases), name in OUTCOMES.items()
        if recorded == case["case"] and release_of(case) in Range(releases)
    ]
    return names[0] if names else None


def is_well_formed(case: Any) -> bool:
    """Whether this is a well-formed deletion of listed sessions, by the owner of the assistant."""
    request = case["request"]
    return (
        (request["method"], request["path"]) == ("DELETE", "/api/v1/chats/<chat>/sessions")
        and request["authorization"] == "Bearer <key_a>"
        and lists_sessions(content_of(case))
    )


def selection(case: Any) -> Selection:
    return Selection.of(
        ids_in(content_of(case), contract_of(release_of(case)).reading),
        [f"<s{number}>" for number in range(1, case["sessions"] + 1)],
    )


def values(case: Any) -> dict[str, str]:
    """Return what else the request says. Recordings show every owner as ``<new_id>``."""
    body = json.loads(case["request"]["body"] or "{}") if case["group"] == "creating" else {}
    assistant = case["request"]["path"].split("/")[4] if "/sessions" in case["request"]["path"] else ""
    name = str(body.get("name", DEFAULT_SESSION_NAME))
    return {"assistant": assistant, "name": name, "user": "", "owner": "<new_id>"}


def test_every_line_and_every_named_case_was_recorded() -> None:
    assert set(lines()) == {contract_of(Release.named(release)).line for release in RELEASES}
    assert {case for case, _ in OUTCOMES} <= {case["case"] for case in recorded()}


@pytest.mark.parametrize("case", params(outcome_name))
def test_a_named_outcome_was_recorded(case: Any) -> None:
    outcome = contract_of(release_of(case)).outcome(str(outcome_name(case)), selection(case), values(case))
    assert list(differences(outcome, answer(case))) == []


@pytest.mark.parametrize("file", [each for each in MORE if "go" not in each.stem], ids=lambda file: file.stem)
@pytest.mark.parametrize(("name", "titles"), CASES_WITH_EMOJI.items())
def test_the_outcome_of_an_emoji_was_recorded(file: Path, name: str, titles: Sequence[str]) -> None:
    found = [case for case in cases_in(file) if case["case"] in titles]
    assert len(found) == len(titles)
    for case in found:
        contract = contract_of(release_of(case))
        # Some were answered in several ways.
        for recording in (case, *({**case, **other} for other in case.get("also", ()))):
            assert list(differences(contract.outcome(name, selection(case)), answer(recording))) == []
            check_shape(contract.schema, filled_in(recording))


@pytest.mark.parametrize("case", params(is_well_formed))
def test_the_outcome_of_a_deletion_was_recorded(case: Any) -> None:
    listed = selection(case)
    assert {f"<{name}>" for name in case["left"]["chat"]} == set(listed.present) - set(listed.deleted)
    if listed.unknown and release_of(case) not in REPORTS_REPETITIONS:
        listed = listed.each_listed_once
    assert list(differences(contract_of(release_of(case)).deletion(listed), answer(case))) == []


@pytest.mark.parametrize("release", RELEASES)
def test_every_recorded_answer_has_the_shape_of_its_call(release: str) -> None:
    schema = contract_of(Release.named(release)).schema
    for case in recorded():
        if release_of(case) == Release.named(release) and case["case"] not in OTHER_CALLS:
            check_shape(schema, filled_in(case))
