"""Requests that RAGFlow's HTTP servers read differently: Werkzeug's until 0.22.0, Hypercorn from 0.22.1, and Go's."""

from typing import Any

import pytest

from tests.embedded.tables import GO, JSON, Assistant
from tests.support.servers import OWN_KEY

LONG = "x" * 70_000
PAGE, PLAIN, NOTHING = "text/html;charset=utf-8", "text/plain; charset=utf-8", None


@pytest.mark.parametrize(
    ("release", "path", "headers", "expected"),
    [
        ("0.20.5", "", [("Content-Length", "abc")], (200, JSON, 0)),
        ("0.22.1", "", [("Content-Length", "abc")], (400, NOTHING, 2)),
        ("0.20.5", "", [("Transfer-Encoding", "gzip, chunked")], (200, JSON, 0)),
        ("0.22.1", "", [("Transfer-Encoding", "gzip, chunked")], (501, NOTHING, 2)),
        ("0.20.5", "", [("Long", LONG)], (431, PAGE, 2)),
        ("0.22.1", "", [("Long", LONG)], (431, NOTHING, 2)),
        ("0.20.5", "", [("Many", "x")] * 101, (431, PAGE, 2)),
        ("0.24.0", "", [("Many", "x")] * 101, (200, JSON, 0)),
        ("0.20.5", LONG, [], (414, PAGE, 2)),
        ("0.22.1", "", [("Host", "another.example")], (400, NOTHING, 2)),
        (GO, "", [("Content-Length", "abc")], (400, PLAIN, 2)),
        (GO, "", [("Transfer-Encoding", "gzip, chunked")], (501, PLAIN, 2)),
        (GO, "", [("Long", LONG * 16)], (431, PLAIN, 2)),
        (GO, "%zz", [], (400, PLAIN, 2)),
        (GO, "", [("Host", "127.0.0.1")], (400, PLAIN, 2)),
    ],
)  # fmt: skip
def test_unusual_heads(assistant: Assistant, path: str, headers: list[tuple[str, str]], expected: Any) -> None:
    sent = [("Authorization", f"Bearer {OWN_KEY}"), ("Content-Type", JSON), *headers]
    reply = assistant.client.send("delete", f"/api/v1/chats/{assistant.id}{path}/sessions", sent, transfer="raw")
    assert (reply.status, reply.headers["Content-Type"], len(assistant.left() or ())) == expected
