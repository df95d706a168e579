"""Requests that RAGFlow's two HTTP servers read differently: Werkzeug's until 0.22.0, Hypercorn from 0.22.1."""

import pytest

from tests.embedded.client import Client
from tests.embedded.tables import JSON, Assistant, on
from tests.support.servers import OWN_KEY

JSON_OF_OWNER = [("Authorization", f"Bearer {OWN_KEY}"), ("Content-Type", JSON)]
LONG = "x" * 70_000
PAGE, NOTHING = "text/html;charset=utf-8", None


@pytest.mark.parametrize(
    ("release", "headers", "status", "content_type", "left"),
    [
        ("0.20.5", [("Content-Length", "abc")], 200, JSON, 0),
        ("0.22.1", [("Content-Length", "abc")], 400, NOTHING, 2),
        ("0.20.5", [("Transfer-Encoding", "gzip, chunked")], 200, JSON, 0),
        ("0.22.1", [("Transfer-Encoding", "gzip, chunked")], 501, NOTHING, 2),
        ("0.20.5", [("Long", LONG)], 431, PAGE, 2),
        ("0.22.1", [("Long", LONG)], 431, NOTHING, 2),
        ("0.20.5", [("Many", "x")] * 101, 431, PAGE, 2),
        ("0.24.0", [("Many", "x")] * 101, 200, JSON, 0),
        ("0.22.1", [("Host", "another.example")], 400, NOTHING, 2),
    ],
)
def test_odd_headers_without_a_body(
    assistant: Assistant, headers: list[tuple[str, str]], status: int, content_type: str | None, left: int
) -> None:
    path = f"/api/v1/chats/{assistant.id}/sessions"
    reply = assistant.client.send("DELETE", path, JSON_OF_OWNER + headers, transfer="raw")
    assert (reply.status, reply.headers["Content-Type"], len(assistant.left() or ())) == (status, content_type, left)


@on("0.20.5", "0.22.1")
def test_http_1_0_and_chunks_are_read(assistant: Assistant) -> None:
    for session, transfer in zip(assistant.sessions, ("http/1.0", "chunked"), strict=True):
        body = f'{{"ids": ["{session}"]}}'
        path = f"/api/v1/chats/{assistant.id}/sessions"
        assert assistant.client.send("delete", path, JSON_OF_OWNER, body, transfer).body == {"code": 0}
    assert assistant.left() == []


@pytest.mark.parametrize(("release", "status"), [("0.20.5", 414), ("0.27.0", 431)])
def test_an_address_that_is_too_long(client: Client, status: int) -> None:
    assert client.send("GET", f"/api/v1/chats/{LONG}/sessions", JSON_OF_OWNER).status == status


@pytest.mark.parametrize(("release", "allowed"), [("0.20.5", "http://a.example"), ("0.27.0", "*")])
def test_pages_of_other_sites_may_read_answers(client: Client, allowed: str) -> None:
    reply = client.send("GET", "/api/v1/chats", [*JSON_OF_OWNER, ("Origin", "http://a.example")])
    assert reply.headers["Access-Control-Allow-Origin"] == allowed
