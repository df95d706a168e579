"""Replay every recorded request of a real RAGFlow: the answer and the remaining sessions must be the same.

`tests/recordings/README.md` explains the recordings.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.client import Client
from tests.embedded.situation import Situation, other_assistants
from tests.embedded.tables import GO, RELEASES, on
from tests.support.recordings import MORE, cases_in, recorded

# The options of a server for the recordings on MariaDB. The others are on MySQL, the default.
MARIADB = ("--database-kind", "mariadb")

# Groups in which an error ends a deletion after some of the listed sessions, in the random order of a Python set.
RANDOM_GROUPS = {"emoji", "unicode"}
GET_BY_OWNER = {"method": "GET", "authorization": "Bearer <key_a>", "content_type": None, "body": None}
UNAUTHORIZED = {"code": 401, "data": None, "message": "Unauthorized"}


def replay(client: Client, cases: list[Any]) -> list[str]:
    """Return a text for each case that the server answers differently."""
    others: dict[str, str] = {}
    differences = []
    for case in cases:
        if lists_all_assistants(case):
            # The tenant had no others than these, the oldest first.
            client.call("DELETE", "/chats", {"delete_all": True})
            situation = Situation(client, {}, case["sessions"])
            situation.values |= other_assistants(client)
            others = {}
        else:
            others = others or other_assistants(client)
            situation = Situation(client, others, case["sessions"])
        response, left = situation.answer(case["request"]), situation.left()
        if "headers" not in case["response"]:
            response.pop("headers", None)
        then = [{**one, "response": situation.answer(GET_BY_OWNER | one["request"])} for one in case.get("then", [])]
        answered = {"response": response, "left": left, "then": then}
        if without_chance(case, answered) not in [without_chance(case, outcome) for outcome in outcomes(case)]:
            differences.append(difference(case, answered))
        # The next case uses the other assistants again if they are unchanged.
        if (left["other"], left["chat_b"]) != (["o1", "o2"], ["b1", "b2"]) or then:
            others = {}
    return differences


def lists_all_assistants(case: Any) -> bool:
    """Whether this is a list of assistants, or comes before one, on the Go server. It ignores filters."""
    paths = [
        one["request"]["path"] for one in (case, *case.get("then", ())) if one["request"]["method"] in (None, "GET")
    ]
    return case["release"].endswith("-go") and any(path.startswith("/api/v1/chats?") for path in paths)


def outcomes(case: Any) -> list[dict[str, Any]]:
    """Return what real servers answered: each is right. An error that quotes an id has status 401 if it has 401."""
    then = case.get("then", [])
    found = [{**outcome, "then": then} for outcome in [case, *case.get("also", [])]]
    if has_failed(case["response"]["body"]) and re.search(r"<\w+>", str(case["response"])):
        found += [{**case, "then": then, "response": {**case["response"], "status": 401, "body": UNAUTHORIZED}}]
    return found


def without_chance(case: Any, outcome: dict[str, Any]) -> dict[str, Any]:
    """Return the response, and what is left apart from chance: each listed session may be deleted before an error."""
    left, body = outcome["left"], outcome["response"].get("body")
    if case["group"] in RANDOM_GROUPS and case["request"]["method"] == "DELETE" and has_failed(body):
        listed = case["request"]["body"]
        left = {
            name: None if f"<{name}>" in listed else ids and [one for one in ids if f"<{one}>" not in listed]
            for name, ids in left.items()
        }
    return {"response": outcome["response"], "left": left, "then": outcome["then"]}


def has_failed(body: Any) -> bool:
    return isinstance(body, dict) and body.get("code") in (100, 401)


def difference(case: Any, answered: dict[str, Any]) -> str:
    """Describe a difference: the request, and the parts of the outcome that differ."""
    lines = [f"{case['group']} | {case['case']}", f"  request: {shown(case['request'])}"]
    for part, value in answered.items():
        recorded = [outcome[part] for outcome in outcomes(case)]
        if value not in recorded:
            lines += [f"  {part}, recorded: {shown(one)}" for one in recorded]
            lines += [f"  {part}, answered: {shown(value)}"]
    return "\n".join(lines)


def shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) < 1000 else f"{text[:800]} ... {text[-150:]} ({len(text):,} characters)"


@on(*RELEASES, GO)
def test_recorded_exchanges(client: Client, release: str) -> None:
    differences = replay(client, [case for case in recorded() if case["release"] == f"v{release}"])
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("file", MORE, ids=lambda file: file.stem)
def test_more_recorded_exchanges(servers: Callable[..., Client], file: Path) -> None:
    cases = cases_in(file)
    release = cases[0]["release"].removeprefix("v")
    differences = replay(servers(release, *([] if file.stem.endswith("-mysql") else MARIADB)), cases)
    assert not differences, "\n\n".join(differences)
