"""No run shows an API key: not on the terminal, and in no report."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.runs import Finished, run
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply, spare_bystanders

SELECTED = "--tags=@CHOICE-1 or @ISOLATION-2"

React = Callable[[Seen], Reply | Misconduct | None]


def check(finished: Finished) -> None:
    """Check that neither half of a key appears in any output."""
    for key in (OWN_KEY, OTHER_KEY):
        secret = key.removeprefix("ragflow-")
        assert secret[: len(secret) // 2] not in finished.everything
        assert secret[len(secret) // 2 :] not in finished.everything


@pytest.mark.parametrize("source", ["environment", "command line"])
def test_a_green_run_shows_no_key(tmp_path: Path, embedded: Embedded, source: str) -> None:
    defines = ("-D", f"api_key={OWN_KEY}", "-D", f"other_api_key={OTHER_KEY}", "-D", f"url={embedded.url}/api/v1/")
    options = defines if source == "command line" else ("--no-capture", "--logging-level=DEBUG")
    settings = {"RAGFLOW_URL": "http://127.0.0.1:1"} if source == "command line" else embedded.settings
    finished = run(tmp_path, SELECTED, "-v", *options, settings=settings)
    assert finished.status == 0, finished.err
    assert f"RAGFlow at {embedded.url}" in finished.out
    check(finished)


def header(seen: Seen) -> str:
    return seen.headers.get("Authorization", "")


def on_deletion(make: Callable[[Seen], Reply | Misconduct]) -> React:
    return lambda seen: make(seen) if seen.call.startswith("DELETE ") and seen.call.endswith("/sessions") else None


def on_list(make: Callable[[Seen], Reply | Misconduct]) -> React:
    return lambda seen: make(seen) if seen.call.startswith("GET ") and seen.call.endswith("/sessions") else None


def session_named_by(seen: Seen) -> Reply:
    item = {"id": header(seen), "name": header(seen)}
    return json_reply({"code": 0, "data": [item] if "page=1&" in seen.path else []})


REACTIONS: dict[str, React] = {
    "an error": on_deletion(lambda _: json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"})),
    "no answer": on_deletion(lambda _: Misconduct.BREAK_OFF),
    "the key in a message": on_deletion(lambda seen: json_reply({"code": 0, "message": header(seen)})),
    "the key in a page": on_deletion(lambda seen: Reply(500, f"<p>{header(seen)}</p>".encode())),
    "the key in a long message": on_deletion(
        lambda seen: json_reply({"code": 0, "message": "x" * 265 + header(seen) + "y" * 1000})
    ),
    "the key as the name of a session": on_list(session_named_by),
    "the key instead of a list": on_list(lambda seen: json_reply({"code": 0, "data": header(seen)})),
    "the key in a refused creation": lambda seen: (
        json_reply({"code": 100, "message": header(seen)}) if seen.call == "POST /api/v1/chats" else None
    ),
    "the key in the first answer, a page": lambda seen: Reply(200, f"<p>{header(seen)}</p>".encode()),
    "the key in the first answer, a refusal": lambda seen: Reply(
        200, json.dumps({"code": 109, "message": "x" * 90 + header(seen) + "y" * 200}).encode()
    ),
    "the key in a redirect": lambda seen: Reply(302, headers={"Location": f"/login?{header(seen)}"}),
}


@pytest.mark.parametrize("react", REACTIONS.values(), ids=REACTIONS)
def test_a_failing_run_shows_no_key(tmp_path: Path, embedded: Embedded, react: React) -> None:
    tamper = spare_bystanders(react)
    with StandIn(lambda seen: tamper(seen) or forwarded(embedded.url, seen)) as gateway:
        finished = run(tmp_path, SELECTED, "-v", settings={**embedded.settings, "RAGFLOW_URL": gateway.url})
    assert embedded.assistants() == []
    assert finished.status != 0
    assert {case.verdict for case in finished.cases} <= {"failure", "error"}
    check(finished)
