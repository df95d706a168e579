"""RAGFlow's Go server, beyond its recordings: how it reads requests, and its words for what it cannot read."""

import re
import socket
from typing import Any

import pytest

from embedded_ragflow import go_json
from tests.embedded.client import Client
from tests.embedded.tables import GO, Assistant, error, failure, on
from tests.embedded.test_accounts import RAGFLOWS_PASSWORD, refusal
from tests.support.servers import OWN_KEY

JSON = {"Content-Type": "application/json"}
HEADERS = {"Authorization": f"Bearer {OWN_KEY}"} | JSON
EMPTY = "Request body cannot be empty"
FIELD = "json: cannot unmarshal {} into Go struct field BulkDeleteChatsRequest.{} of type {}"
REQUIRED = "Key: 'EmailLoginRequest.{0}' Error:Field validation for '{0}' failed on the 'required' tag"
NO_HOST = b"400 Bad Request: missing required Host header"


def bad_request(words: str) -> Any:
    return failure(f"Invalid request body: {words}", 400)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "EOF"),
        ('{"a": [', "unexpected EOF"),
        ("[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ('{"a": 1e999}', "json: cannot unmarshal number 1e999 into Go value of type float64"),
        ("nul!", "invalid character '!' in literal null (expecting 'l')"),
        ("{'a'}", r"invalid character '\'' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a": 01}', "invalid character '1' after object key:value pair"),
        ('{"a": [1 2]}', "invalid character '2' after array element"),
        ('{"a": [1,]}', "invalid character ']' looking for beginning of value"),
        ('{"a": -x}', "invalid character 'x' in numeric literal"),
        ('{"a": 1.}', "invalid character '}' after decimal point in numeric literal"),
        ('{"a": 1e}', "invalid character '}' in exponent of numeric literal"),
        ('{"a": "\t"}', r"invalid character '\t' in string literal"),
        (r'{"a": "\x"}', "invalid character 'x' in string escape code"),
        (r'{"a": "\u12x"}', r"invalid character 'x' in \u hexadecimal character escape"),
        ('{"a":' + "[" * 10_000, "invalid character '[' exceeded max depth"),
        ("\ufeff{}", "invalid character 'ï' looking for beginning of value"),
    ],
)
def test_malformed_json_is_described_in_the_words_of_go(body: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        go_json.first_object(body.encode())


@on(GO)
def test_the_body_is_read_before_the_owner_is_checked(client: Client) -> None:
    malformed = failure("Malformed JSON syntax: Missing commas/brackets or invalid encoding", 101)
    assert client.send("DELETE", "/api/v1/chats/nope/sessions", HEADERS, "{").body == malformed
    for method, path, code, begin in [
        ("POST", "/chats", 101, ""),
        ("POST", "/chats/nope/sessions", 101, ""),
        ("PATCH", "/chats/nope/sessions/nope", 101, "Invalid request: "),
        ("PUT", "/chats/nope", 102, ""),
        ("PATCH", "/chats/nope", 102, ""),
    ]:
        answer = client.send(method, f"/api/v1{path}", HEADERS, "{").body
        assert answer == failure(f"{begin}unexpected EOF", code)


@on(GO)
def test_changes_of_a_session(assistant: Assistant) -> None:
    path = f"/sessions/{assistant.sessions[0]}"
    assert assistant.call("PATCH", path) == assistant.call("PATCH", path, {}) == failure(EMPTY, 101)
    unknown = {"code": 500, "message": "Error 1054 (42S22): Unknown column 'a' in 'SET'"}
    assert assistant.call("PATCH", path, {"b": 1, "a": 1}) == unknown
    assert assistant.call("GET", "/sessions/nope") == error("session not found")


@on(GO)
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"ids": 5}, bad_request(FIELD.format("number", "ids", "[]string"))),
        ({"ids": ["ID", {}]}, bad_request(FIELD.format("object", "ids", "string"))),
        ({"delete_all": 1}, bad_request(FIELD.format("number", "delete_all", "bool"))),
        ({"ids": [" ", None], "delete_all": True}, {"code": 0, "data": {"success_count": 0}, "message": "success"}),
        ({"Ids": ["nope"]}, error("Chat(nope) not found.")),
        ({"chat_id": "nope"}, refusal(109, "no authorization")),
        ({"CHAT_ID": "ID"}, {"code": 0, "data": True, "message": "success"}),
    ],
)
def test_a_deletion_of_assistants_is_read_by_types(assistant: Assistant, body: Any, expected: Any) -> None:
    filled = {name: assistant.id if value == "ID" else value for name, value in body.items()}
    assert assistant.client.call("DELETE", "/chats", filled) == expected
    assert (assistant.left() is None) == (expected.get("data") is True)


@on(GO)
def test_a_slash_at_the_end_redirects_and_segments_are_resolved(client: Client) -> None:
    reply = client.send("GET", "/api/v1/chats/?page=1", HEADERS)
    assert (reply.status, reply.headers["Location"]) == (301, "/api/v1/chats?page=1")
    assert reply.body == '<a href="/api/v1/chats?page=1">Moved Permanently</a>.\n\n'
    assert client.send("HEAD", "/api/v1/chats/", HEADERS).status == 404
    assert client.send("GET", "//api/v1/x/%2e%2e%2Fchats", HEADERS).status == 200


@on(GO)
def test_parameters_with_a_semicolon_or_a_broken_code_are_left_out(assistant: Assistant) -> None:
    def names(query: str) -> list[str]:
        return [each["name"] for each in assistant.call("GET", f"/sessions?{query}")["data"]]

    assert names("desc=false&page_size=1;&orderby=%zz") == ["session 1", "session 2"]
    assert names("desc=false&page_size=%2B1&page=0x2") == ["session 1"]


@on(GO)
def test_a_request_without_a_host_is_refused(client: Client) -> None:
    with socket.create_connection(client.address, timeout=30) as connection:
        connection.sendall(b"GET /api/v1/chats HTTP/1.1\r\n\r\n")
        assert connection.recv(1000).endswith(NO_HOST)


@on(GO)
def test_users_sign_up_with_clear_or_encrypted_passwords(client: Client) -> None:
    def send(path: str, body: object, **more: str) -> Any:
        return client.call("POST", path, body, **more)

    user = {"nickname": "<b>", "email": "go@example.com", "password": "secret"}
    assert send("/users", user | {"email": "a+b@example.com"}) == refusal(103, "invalid email address: a+b@example.com")
    assert send("/users", user)["message"] == "<b>, welcome aboard!"
    assert send("/users", user) == refusal(103, "email: go@example.com has already registered")
    assert send("/auth/login", {}) == refusal(400, f"{REQUIRED.format('Email')}\n{REQUIRED.format('Password')}")
    assert send("/auth/login", user | {"password": "other"}) == refusal(109, "email and password do not match")
    assert send("/auth/login", user | {"email": "x@example.com"}) == refusal(
        109, "email: x@example.com is not registered"
    )
    send("/users", user | {"email": "go2@example.com", "password": RAGFLOWS_PASSWORD})
    login = client.send("POST", "/api/v1/auth/login", JSON, '{"email": "go2@example.com", "password": "MTIz"}')
    key = client.send("POST", "/api/v1/system/keys", {"Authorization": login.headers["Authorization"]}).body["data"][
        "token"
    ]
    assert client.call("GET", "/chats", key=key)["data"] == {"chats": [], "total": 0}
    assert client.call("DELETE", f"/system/tokens/{key}", key=key)["data"] is True
    assert client.call("GET", "/chats", key=key) == failure("Invalid access token", 401)
    assert client.call("GET", "/system/config")["data"] == {"registerEnabled": True, "disablePasswordLogin": False}
    assert client.call("GET", "/system/version")["data"] == "v0.27.0"
