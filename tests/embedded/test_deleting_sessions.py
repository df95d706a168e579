"""Deleting sessions, as far as no recording shows it."""

from typing import Any

from tests.embedded import tables
from tests.embedded.client import Client
from tests.embedded.tables import BAD_REQUEST, JSON, OK, Assistant, by_release, each_by_release, error, failure, on
from tests.support.servers import OWN_KEY

FORM = "application/x-www-form-urlencoded"


def unknown(session: object) -> str:
    return f"The chat doesn't own the session {session}"


@each_by_release(
    "authorization",
    [
        (OWN_KEY, {"0.18.0": {"code": 0, "data": False, "message": "Please check your authorization format."},
                   "0.25.0": error(unknown("x"))}),
        (f"BEARER  {OWN_KEY.upper()}", {"0.18.0": error(unknown("x"))}),
        ("Bearer schlüssel", {"0.18.0": error("Authentication error: API key is invalid!", 109) | {"data": False},
                              "0.25.0": failure("<Unauthorized '401: Unauthorized'>", 401)}),
    ],
)  # fmt: skip
def test_which_formats_of_an_api_key_are_accepted(assistant: Assistant, authorization: str, expected: Any) -> None:
    headers = {"Authorization": authorization, "Content-Type": JSON}
    path = f"/api/v1/chats/{assistant.id}/sessions"
    assert assistant.client.send("DELETE", path, headers, '{"ids": ["x"]}').body == expected


@by_release({"0.18.0": (200, tables.NOT_ALLOWED), "0.25.0": (308, "/api/v1/chats/sessions")})
def test_an_empty_assistant_id(client: Client, expected: Any) -> None:
    reply = client.send("DELETE", "/api/v1/chats//sessions")
    location = reply.headers["Location"]
    found = reply.body if location is None else location.removeprefix(client.base)
    assert (reply.status, found) == expected


@each_by_release(
    "method",
    [
        ("DELETE", {"0.18.0": error("You don't own the chat"), **tables.NOT_OWNED}),
        ("POST", {"0.18.0": failure("TypeError(\"'NoneType' object does not support item assignment\")"),
                  "0.22.1": BAD_REQUEST, "0.23.0": error("You do not own the assistant."), "0.24.0": BAD_REQUEST,
                  **tables.NOT_OWNED}),
    ],
)  # fmt: skip
def test_creation_checks_the_body_before_the_assistant_until_0_24(client: Client, method: str, expected: Any) -> None:
    headers = {"Authorization": f"Bearer {OWN_KEY}", "Content-Type": JSON}
    assert client.send(method, "/api/v1/chats/nope/sessions", headers, "{").body == expected


# How many of two sessions a body leaves; X is the id of the first.
LEFT_BY_BODY = [
    (JSON, None, {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.25.0": 2}),
    (None, "{", {"0.18.0": 0, "0.24.0": 2}),
    (FORM, "ids=X", {"0.18.0": 0, "0.23.0": 2}),
    (FORM, "delete_all=true", {"0.18.0": 0, "0.25.0": 2}),
    ("APPLICATION/JSON", '{"ids": ["X"]}', {"0.18.0": 1}),
    ("application/json-patch", '{"ids": ["X"]}', {"0.18.0": 1, "0.22.1": 0, "0.23.0": 1, "0.24.0": 2}),
    (JSON, " ", {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.24.0": 2}),
    (JSON, '{"ids": ["x"], "ids": ["X"]}', {"0.18.0": 1}),
    (JSON, '{"ids": [], "delete_all": "true"}', {"0.18.0": 0, "0.25.0": 2}),
    (JSON, '{"ids": ["X"], "note": "' + "x" * 5_000_000 + '"}', {"0.18.0": 1}),
]


@each_by_release("content_type body", LEFT_BY_BODY)
def test_which_bodies_delete_sessions(
    assistant: Assistant, content_type: str | None, body: str | None, expected: int
) -> None:
    assistant.send("DELETE", body and body.replace("X", assistant.sessions[0]), content_type)
    assert len(assistant.left() or ()) == expected


NOT_UTF_8 = b'{"ids": ["\xff"]}'


@each_by_release(
    "body",
    [
        ('{"ids": 5}', {"0.18.0": failure("TypeError(\"'int' object is not iterable\")")}),
        ('{"ids": [[]]}', {"0.18.0": failure("TypeError(\"unhashable type: 'list'\")")}),
        (NOT_UTF_8, {
            "0.18.0": OK,
            "0.22.1": {"code": 100, "data": str(NOT_UTF_8), "message": "'utf-8'"},
            "0.23.0": OK,
            "0.24.0": failure(f"UnicodeDecodeError('utf-8', {NOT_UTF_8!r}, 10, 11, 'invalid start byte')")}),
        (b'{"ids": ["401\xff"]}', {"0.24.0": failure("Unauthorized", 401)}),
    ],
)  # fmt: skip
def test_bodies_that_cannot_be_processed(assistant: Assistant, body: str | bytes, expected: Any) -> None:
    assert assistant.send("DELETE", body) == expected
    assert len(assistant.left() or ()) == (0 if expected == OK else 2)


@on("0.20.5", "0.27.0")
def test_deeply_nested_json_is_an_error(assistant: Assistant, release: str) -> None:
    levels = {"0.20.5": 1_000, "0.27.0": 10_000}[release]
    answer = assistant.send("DELETE", "[" * levels + "]" * levels)
    assert (answer["code"], answer["message"][:14]) == (100, "RecursionError")
    assert len(assistant.left() or ()) == 2


@on("0.27.0")
def test_json_of_1000_levels_is_read(assistant: Assistant) -> None:
    deep = "[" * 1_000 + "]" * 1_000
    assert assistant.send("DELETE", f'{{"ids": ["{assistant.sessions[0]}"], "deep": {deep}}}')["code"] == 0


@on("0.23.0", "0.27.0")
def test_each_character_of_a_form_is_an_id(assistant: Assistant) -> None:
    answer = assistant.send("DELETE", "ids=abc", FORM)
    assert sorted(answer["message"].split("; ")) == [unknown("a"), unknown("b"), unknown("c")]


@on("0.18.0", "0.23.0", "0.27.0")
def test_ids_ignore_case_and_trailing_spaces_but_no_leading_ones(assistant: Assistant) -> None:
    first, second = assistant.sessions
    assert assistant.delete(f" {first}") == error(unknown(f" {first}"))
    answer = assistant.delete(first, first.upper())
    assert answer["data"]["success_count"] == 1
    assert answer["data"]["errors"][0].lower() == unknown(first).lower()
    path = f"/chats/{assistant.id.upper()}/sessions"
    assert assistant.client.call("DELETE", path, {"ids": [f"{second.upper()}  "]})["code"] == 0
    assert assistant.left() == []


@on("0.18.0", "0.27.0")
def test_unknown_ids_are_shown_as_they_were_sent(assistant: Assistant) -> None:
    for sent in ("%", "_" * 32, "x" * 1000, "{0}", 1.5, "a\0b", "\u00e9", False, 10**30):
        assert assistant.delete(sent) == error(unknown(sent))
    assert len(assistant.left() or ()) == 2


@by_release({"0.18.0": [], "0.25.0": ["Duplicate session ids: b", "Duplicate session ids: a"]})
def test_duplicate_ids_are_listed_last_in_the_order_of_the_request(assistant: Assistant, expected: list[str]) -> None:
    message = assistant.delete("b", "a", "c", "a", "b")["message"].split("; ")
    assert sorted(message[:3]) == [unknown("a"), unknown("b"), unknown("c")]
    assert message[3:] == expected
