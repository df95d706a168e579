"""A server that sends the key back: it is shown nowhere, whatever the server puts around it."""

from pathlib import Path

import pytest

from tests.runs.test_keys_stay_secret import check, is_deletion, run_between
from tests.support.servers import Embedded
from tests.unit.stand_in import Reply, Seen, json_reply


def header(seen: Seen) -> str:
    return seen.headers.get("Authorization", "")


def is_listing(seen: Seen) -> bool:
    return seen.call.startswith("GET ") and seen.call.endswith("/sessions")


ECHOES = {
    "a message": lambda seen: json_reply({"code": 0, "message": header(seen)}) if is_deletion(seen) else None,
    "a page": lambda seen: Reply(500, f"<p>{header(seen)}</p>".encode()) if is_deletion(seen) else None,
    "a long message": lambda seen: (
        json_reply({"code": 0, "message": "x" * 265 + header(seen) + "y" * 1000}) if is_deletion(seen) else None
    ),
    "the name of a session": lambda seen: (
        json_reply({"code": 0, "data": [{"id": header(seen), "name": header(seen)}] if "page=1&" in seen.path else []})
        if is_listing(seen)
        else None
    ),
    "no listing": lambda seen: json_reply({"code": 0, "data": header(seen)}) if is_listing(seen) else None,
    "a creation": lambda seen: (
        json_reply({"code": 100, "message": header(seen)}) if seen.call == "POST /api/v1/chats" else None
    ),
    "a greeting page": lambda seen: Reply(200, f"<p>{header(seen)}</p>".encode()),
    "a greeting refusal": lambda seen: json_reply({"code": 109, "message": "x" * 90 + header(seen) + "y" * 200}),
    "a redirect": lambda seen: Reply(302, headers={"Location": f"/login?{header(seen)}"}),
}


@pytest.mark.parametrize("react", ECHOES.values(), ids=ECHOES)
def test_where_the_server_sends_the_key_back(tmp_path: Path, embedded: Embedded, react: object) -> None:
    finished = run_between(tmp_path, embedded, react)
    assert finished.status != 0
    check(finished)
