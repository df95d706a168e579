"""What a release does where no recording says so: a table for each topic."""

import json
import re
from typing import Any

import pytest

from tests.embedded.server_process import KEY_A, KEY_B, Client, Servers
from tests.embedded.tables import (
    BAD_REQUEST,
    FORM,
    JSON,
    LENIENT,
    NO_AUTHORIZATION,
    NO_FORM,
    NOT_ALLOWED,
    NOTHING,
    NUMBERS,
    OK,
    OLD,
    RELEASES,
    RESTFUL,
    STRICT,
    TOO_MANY,
    UNAUTHORIZED,
    Assistant,
    answers_of,
    by_release,
    each_by_release,
    error,
    failure,
    no_column,
    not_a_number,
    on,
    sql_errors,
    unknown,
)


class TestRoutes:
    @by_release({"0.18.0": (200, NOT_ALLOWED), "0.25.0": (308, "/api/v1/chats/sessions")})
    @pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {KEY_A}"}])
    def test_an_empty_assistant_id(self, client: Client, expected: Any, headers: dict[str, str]) -> None:
        status, answer = expected
        reply = client.send("DELETE", "/api/v1/chats//sessions", headers)
        found = reply.body if reply.location is None else reply.location.removeprefix(client.base)
        assert (reply.status, found) == (status, answer)

    @by_release(
        {"0.25.0": NO_AUTHORIZATION, "0.27.0": {"code": 109, "data": False, "message": "no authorization"}},
    )
    def test_an_empty_assistant_id_followed_to_where_it_leads(self, client: Client, expected: Any) -> None:
        assert client.call("DELETE", "/chats/sessions", {"ids": ["x"]}) == expected

    @on(RELEASES)
    def test_creating_a_session_with_an_empty_assistant_id(self, client: Client) -> None:
        assert client.call("POST", "/chats//sessions", {"name": "x"}) == NOT_ALLOWED

    @by_release({"0.18.0": NOT_ALLOWED, "0.25.0": ""})
    def test_listing_with_an_empty_assistant_id(self, client: Client, expected: Any) -> None:
        reply = client.send("GET", "/api/v1/chats//sessions", {"Authorization": f"Bearer {KEY_A}"})
        assert reply.body == expected if expected else reply.status == 308

    @on(RELEASES)
    @pytest.mark.parametrize(
        ("method", "path"), [("DELETE", "/sessions/x"), ("PATCH", "/sessions"), ("FROB", "/sessions"), ("POST", "")]
    )
    def test_other_methods(self, assistant: Assistant, method: str, path: str) -> None:
        assert assistant.client.call(method, f"/chats/{assistant.id}{path}") == NOT_ALLOWED

    @on(RELEASES)
    def test_head_and_options_have_no_body(self, assistant: Assistant) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}"}
        for method in ("HEAD", "OPTIONS"):
            reply = assistant.client.send(method, assistant.path, headers)
            assert (reply.status, reply.body) == (200, "")

    @on(RELEASES)
    def test_a_slash_at_the_end_of_every_path(self, assistant: Assistant) -> None:
        assert assistant.listed("/")["code"] == 0
        assert assistant.client.call("GET", "/chats/")["code"] == 0


class TestAuthentication:
    @by_release(
        {
            "0.18.0": {"code": 0, "data": False, "message": "Please check your authorization format."},
            "0.25.0": error(unknown("x")),
        }
    )
    def test_the_key_alone(self, assistant: Assistant, expected: Any) -> None:
        assert assistant.delete('{"ids": ["x"]}', key=KEY_A) == expected

    @on(RELEASES)
    @pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
    def test_the_scheme_in_any_case(self, assistant: Assistant, scheme: str) -> None:
        assert assistant.delete('{"ids": ["x"]}', key=f"{scheme} {KEY_A}")["code"] == 102

    @on(RELEASES)
    def test_the_key_in_any_case(self, assistant: Assistant) -> None:
        assert assistant.delete('{"ids": ["x"]}', key=f"Bearer {KEY_A.upper()}")["code"] == 102

    @by_release(
        {
            "0.18.0": {"code": 109, "data": False, "message": "Authentication error: API key is invalid!"},
            "0.25.0": UNAUTHORIZED,
        }
    )
    @pytest.mark.parametrize("key", ["nobody's", "schlüssel", "x" * 100_000, "%", f"{KEY_A}x", "'OR'1'='1"])
    def test_an_unknown_key(self, assistant: Assistant, expected: Any, key: str) -> None:
        assert assistant.delete(None, key=f"Bearer {key}") == expected
        assert len(assistant.left() or ()) == 2

    @on(RELEASES)
    def test_the_key_of_one_tenant_does_not_open_the_other(self, assistant: Assistant) -> None:
        answer = assistant.delete('{"ids": []}', key=f"Bearer {KEY_B}")
        assert answer["code"] in (102, 109)
        assert len(assistant.left() or ()) == 2


class TestOrderOfChecks:
    @by_release(
        {
            "0.18.0": error("You don't own the chat"),
            "0.25.0": NO_AUTHORIZATION,
            "0.27.0": {"code": 109, "data": False, "message": "no authorization"},
        }
    )
    def test_deletion_looks_at_the_assistant_before_the_body(self, client: Client, expected: Any) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}", "Content-Type": JSON}
        assert client.send("DELETE", "/api/v1/chats/nope/sessions", headers, "{").body == expected

    @by_release(
        {
            "0.18.0": failure("TypeError(\"'NoneType' object does not support item assignment\")"),
            "0.22.1": BAD_REQUEST,
            "0.23.0": error("You do not own the assistant."),
            "0.24.0": BAD_REQUEST,
            "0.25.0": NO_AUTHORIZATION,
            "0.27.0": {"code": 109, "data": False, "message": "no authorization"},
        }
    )
    def test_creation_looks_at_the_body_first_up_to_v0_24(self, client: Client, expected: Any) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}", "Content-Type": JSON}
        assert client.send("POST", "/api/v1/chats/nope/sessions", headers, "{").body == expected

    @on(RELEASES)
    def test_a_deleted_assistant_is_unknown_and_its_sessions_with_it(self, assistant: Assistant) -> None:
        assistant.client.call("DELETE", "/chats", {"ids": [assistant.id]})
        assert assistant.left() is None
        assert assistant.delete_ids(*assistant.sessions)["code"] in (102, 109)


class TestBody:
    @each_by_release(
        "content_type body",
        [
            (None, None, {"0.18.0": 0, "0.25.0": 2}),
            (JSON, None, {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.25.0": 2}),
            (JSON, "", {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.25.0": 2}),
            ("application/json; charset=utf-8", "", {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.25.0": 2}),
            (None, "", {"0.18.0": 0, "0.25.0": 2}),
            (None, "{", {"0.18.0": 0, "0.24.0": 2}),
            (None, '{"ids": ["X"]}', {"0.18.0": 1, "0.22.1": 0, "0.23.0": 1, "0.24.0": 2}),
            ("text/plain", "", {"0.18.0": 0, "0.25.0": 2}),
            (FORM, "ids=X", {"0.18.0": 0, "0.23.0": 2}),
            (FORM, "other=X", {"0.18.0": 0, "0.25.0": 2}),
            (FORM, "delete_all=true", {"0.18.0": 0, "0.25.0": 2}),
            ("APPLICATION/JSON", '{"ids": ["X"]}', {"0.18.0": 1}),
            ("application/json;charset=latin-1", '{"ids": ["X"]}', {"0.18.0": 1}),
            ("application/json-patch", '{"ids": ["X"]}', {"0.18.0": 1, "0.22.1": 0, "0.23.0": 1, "0.24.0": 2}),
            (JSON, " ", {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.24.0": 2}),
            (JSON, '{"ids": ["X"],}', {"0.18.0": 0, "0.22.1": 2, "0.23.0": 0, "0.24.0": 2}),
            (JSON, '""', {"0.18.0": 0, "0.23.0": 2}),
            (JSON, "0", {"0.18.0": 0, "0.23.0": 2}),
            (JSON, "[]", {"0.18.0": 0, "0.23.0": 2}),
            (JSON, '{"ids": ["x"], "ids": ["X"]}', {"0.18.0": 1}),
            (JSON, '{"ids": ["X"], "delete_all": true}', {"0.18.0": 1}),
            (JSON, '{"ids": [], "delete_all": true}', {"0.18.0": 0}),
            (JSON, '{"ids": [], "delete_all": "true"}', {"0.18.0": 0, "0.25.0": 2}),
            (JSON, '{"ids": ["X"], "note": "' + "x" * 5_000_000 + '"}', {"0.18.0": 1}),
        ],
    )
    def test_what_is_left(
        self, assistant: Assistant, content_type: str | None, body: str | None, expected: int
    ) -> None:
        """How many of two sessions. X is the id of the first."""
        assistant.delete(body and body.replace("X", assistant.sessions[0]), content_type)
        assert len(assistant.left() or ()) == expected

    @by_release({"0.18.0": OK, "0.22.1": BAD_REQUEST, "0.23.0": OK, "0.25.0": NOTHING})
    @pytest.mark.parametrize("body", [None, ""])
    def test_an_empty_body_that_is_declared_as_json(
        self, assistant: Assistant, expected: Any, body: str | None
    ) -> None:
        assert assistant.delete(body) == expected

    @by_release({"0.18.0": OK, "0.25.0": NOTHING})
    def test_an_empty_body_that_is_not_declared(self, assistant: Assistant, expected: Any) -> None:
        assert assistant.delete(None, None) == expected

    @each_by_release(
        "content_type",
        [
            (JSON, {"0.18.0": failure("TypeError(\"'NoneType' object does not support item assignment\")"),
                    "0.22.1": BAD_REQUEST, "0.23.0": "New session"}),
            (None, {"0.18.0": failure("TypeError(\"'NoneType' object does not support item assignment\")"),
                    "0.23.0": "New session"}),
        ],
    )  # fmt: skip
    def test_creating_a_session_from_an_empty_body(
        self, assistant: Assistant, content_type: str | None, expected: Any
    ) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}"} | ({"Content-Type": content_type} if content_type else {})
        answer = assistant.client.send("POST", assistant.path, headers).body
        assert (answer["data"]["name"] if expected == "New session" else answer) == expected
        assert len(assistant.left() or ()) == (3 if expected == "New session" else 2)

    @by_release({"0.24.0": NO_FORM})
    @pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml"])
    def test_a_body_that_is_not_declared_as_json(
        self, assistant: Assistant, expected: Any, content_type: str | None
    ) -> None:
        assert assistant.delete("{", content_type) == expected

    @on(["0.23.0", *STRICT])
    def test_a_form_names_its_session_character_by_character(self, assistant: Assistant) -> None:
        multipart = "multipart/form-data; boundary=line"
        part = '--line\r\nContent-Disposition: form-data; name="ids"\r\n\r\nabc\r\n--line--\r\n'
        for content_type, body in ((FORM, "ids=abc"), (multipart, part)):
            answer = assistant.delete(body, content_type)
            assert sorted(answer["message"].split("; ")) == [unknown("a"), unknown("b"), unknown("c")]

    @on(RELEASES)
    def test_a_body_that_is_not_utf_8(self, assistant: Assistant, release: str) -> None:
        body = b'{"ids": ["\xff"]}'
        answers = {
            "0.18.0": OK,
            "0.22.1": {"code": 100, "data": str(body), "message": "'utf-8'"},
            "0.23.0": OK,
            "0.24.0": failure(f"UnicodeDecodeError('utf-8', {body!r}, 10, 11, 'invalid start byte')"),
        }
        assert assistant.delete(body) == dict(answers_of(answers))[release]
        assert assistant.delete('{"ids": ["x"]}'.encode("utf-16")[:-1]) != error(unknown("x"))

    @on([*LENIENT, "0.22.1", *STRICT])
    @pytest.mark.parametrize("body", ["[" * 10_000 + "]" * 10_000, '{"ids": ' + "[" * 10_000, '{"a": ' * 10_000])
    def test_json_that_is_nested_too_deeply(self, assistant: Assistant, body: str) -> None:
        answer = assistant.delete(body)
        assert (answer["code"], answer["message"][:14]) == (100, "RecursionError")
        assert len(assistant.left() or ()) == 2

    @by_release(
        {
            "0.18.0": failure("TypeError(\"'NoneType' object does not support item assignment\")"),
            "0.23.0": "New session",
            "0.24.0": failure("TypeError('JSON payload must be an object.')"),
        }
    )
    def test_creating_a_session_from_null(self, assistant: Assistant, expected: Any) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}", "Content-Type": JSON}
        answer = assistant.client.send("POST", assistant.path, headers, "null").body
        assert (answer["data"]["name"] if expected == "New session" else answer) == expected


class TestIds:
    @on(RELEASES)
    def test_an_id_in_upper_case_and_with_blanks_at_its_end_is_the_same(self, assistant: Assistant) -> None:
        first, second = assistant.sessions
        assert assistant.delete_ids(first.upper(), second + "  ")["code"] == 0
        assert assistant.left() == []

    @on(RELEASES)
    def test_blanks_before_an_id_are_not_ignored(self, assistant: Assistant) -> None:
        assert assistant.delete_ids(" " + assistant.sessions[0]) == error(unknown(" " + assistant.sessions[0]))

    @on(RELEASES)
    def test_an_id_in_two_cases_is_deleted_once(self, assistant: Assistant) -> None:
        answer = assistant.delete_ids(assistant.sessions[0], assistant.sessions[0].upper())
        assert answer["data"]["success_count"] == 1
        assert answer["data"]["errors"][0].lower() == unknown(assistant.sessions[0]).lower()

    @on(RELEASES)
    def test_the_assistants_id_in_upper_case_is_the_same(self, assistant: Assistant) -> None:
        payload = {"ids": assistant.sessions}
        assert assistant.client.call("DELETE", f"/chats/{assistant.id.upper()}/sessions", payload)["code"] == 0
        assert assistant.left() == []

    @on(RELEASES)
    @pytest.mark.parametrize(
        ("sent", "shown"),
        [("%", "%"), ("_" * 32, "_" * 32), ("x" * 1000, "x" * 1000), ("{}", "{}"), ("{0}", "{0}"), (1.5, "1.5"),
         ("a\0b", "a\0b"), ("\u00e9", "\u00e9"), ("\U0001f600", "\U0001f600"), (False, "False"), (10**30, str(10**30))],
    )  # fmt: skip
    def test_an_unknown_id_comes_back_as_it_was_sent(self, assistant: Assistant, sent: object, shown: str) -> None:
        assert assistant.delete_ids(sent) == error(unknown(shown))
        assert len(assistant.left() or ()) == 2

    @on(RELEASES)
    @pytest.mark.parametrize(
        ("sent", "text"),
        [
            ('{"ids": [[]]}', "TypeError(\"unhashable type: 'list'\")"),
            ('{"ids": ["X", {"id": "X"}]}', "TypeError(\"unhashable type: 'dict'\")"),
            ('{"ids": 5}', "TypeError(\"'int' object is not iterable\")"),
            ('{"ids": 1.5}', "TypeError(\"'float' object is not iterable\")"),
        ],
    )
    def test_ids_that_are_none(self, assistant: Assistant, sent: str, text: str) -> None:
        assert assistant.delete(sent.replace("X", assistant.sessions[0])) == failure(text)
        assert len(assistant.left() or ()) == 2

    @by_release(
        {
            "0.18.0": {"code": 100, "data": "\ud800", "message": "'utf-8'"},
            "0.24.0": failure("UnicodeEncodeError('utf-8', '\\ud800', 0, 1, 'surrogates not allowed')"),
        }
    )
    def test_half_a_character(self, assistant: Assistant, expected: Any) -> None:
        assert assistant.delete('{"ids": ["\\ud800"]}') == expected

    @on(RELEASES)
    def test_null_finds_any_session_and_deletes_none(self, assistant: Assistant) -> None:
        assert assistant.delete_ids(None)["code"] == 0
        assert assistant.left() == assistant.sessions
        assistant.delete_ids(*assistant.sessions)
        assert assistant.delete_ids(None) == error(unknown(None))

    @by_release({"0.18.0": [], "0.25.0": ["Duplicate session ids: b", "Duplicate session ids: a"]})
    def test_repeated_ids_come_last_and_in_the_order_of_their_first_occurrence(
        self, assistant: Assistant, expected: list[str]
    ) -> None:
        message = assistant.delete_ids("b", "a", "c", "a", "b")["message"].split("; ")
        assert sorted(message[:3]) == [unknown("a"), unknown("b"), unknown("c")]
        assert message[3:] == expected

    @by_release({"0.18.0": [unknown(1)], "0.25.0": [unknown(1), "Duplicate session ids: 1"]})
    def test_one_and_true_are_the_same(self, assistant: Assistant, expected: list[str]) -> None:
        assert assistant.delete_ids(1, True, 1.0) == error("; ".join(expected))

    @on(RELEASES)
    def test_the_order_of_unknown_ids_is_left_to_chance_and_none_is_lost(self, assistant: Assistant) -> None:
        ids = [f"unknown {number}" for number in range(300)]
        assert set(assistant.delete_ids(*ids)["message"].split("; ")) == set(map(unknown, ids))


class TestListing:
    @each_by_release(
        "query",
        [
            ("?page=0", {"0.18.0": "21"}),
            ("?page=0&page_size=1", {"0.18.0": "2"}),
            ("?page=-1", {**sql_errors("-30"), "0.27.0": "21"}),
            ("?page=-1&page_size=1", {**sql_errors("-1"), "0.27.0": "2"}),
            ("?page=", {"0.18.0": not_a_number(""), "0.27.0": "21"}),
            ("?page=a", {"0.18.0": not_a_number("a"), "0.27.0": "21"}),
            ("?page=1.5", {"0.18.0": not_a_number("1.5"), "0.27.0": "21"}),
            ("?page=2&page_size=1", {"0.18.0": "1"}),
            ("?page=99", {"0.18.0": ""}),
            ("?page_size=0", {"0.18.0": "", "0.27.0": "21"}),
            ("?page_size=-1", {**sql_errors("-1 OFFSET 0"), "0.25.0": "21"}),
            ("?page_size=", {"0.18.0": not_a_number(""), "0.27.0": "21"}),
            ("?page_size=a", {"0.18.0": not_a_number("a"), "0.27.0": "21"}),
            ("?page_size=100", {"0.18.0": "21"}),
            ("?page_size=101", {"0.18.0": "21", "0.26.4": TOO_MANY}),
            ("?desc=false", {"0.18.0": "12"}),
            ("?desc=False", {"0.18.0": "12"}),
            ("?desc=FALSE", {"0.18.0": "21", "0.25.0": "12"}),
            ("?desc=fAlSe", {"0.18.0": "21", "0.25.0": "12"}),
            ("?desc=true", {"0.18.0": "21"}),
            ("?desc=TRUE", {"0.18.0": "21"}),
            ("?desc=no", {"0.18.0": "21"}),
            ("?desc=0", {"0.18.0": "21"}),
            ("?desc=", {"0.18.0": "21"}),
            ("?orderby=create_time", {"0.18.0": "21"}),
            ("?orderby=name", {"0.18.0": "21"}),
            ("?orderby=name&desc=false", {"0.18.0": "12"}),
            ("?orderby=update_time", {"0.18.0": "21"}),
            ("?id=", {"0.18.0": "21"}),
            ("?name=SESSION%201%20", {"0.18.0": "1"}),
            ("?user_id=nobody", {"0.18.0": ""}),
            ("?name=session%202&user_id=", {"0.18.0": "2"}),
            ("?orderby=unknown", no_column("unknown")),
            ("?orderby=NAME", no_column("NAME")),
            ("?orderby=id", {"0.18.0": None, "0.27.0": failure("invalid orderby field: id", 101)}),
        ],
    )
    def test_parameters(self, assistant: Assistant, query: str, expected: Any) -> None:
        answer = assistant.listed(query)
        if isinstance(expected, str):
            found = [str(assistant.sessions.index(session["id"]) + 1) for session in answer["data"]]
            assert "".join(found) == expected
        elif expected is None:
            assert len(answer["data"]) == 2
        else:
            assert answer == expected

    @by_release(
        {
            "0.18.0": {"0": 0, "32": 32, "100": 33, "101": 33},
            "0.25.0": {"0": 0, "32": 32, "100": 33, "101": 33, "-1": 33},
            "0.26.4": {"0": 0, "32": 32, "100": 33, "-1": 33},
            "0.27.0": {"0": 30, "32": 32, "100": 33, "-1": 30, "": 30, "a": 30},
        }
    )
    def test_how_many_of_33_sessions_a_size_gives(self, assistant: Assistant, expected: dict[str, int]) -> None:
        for _ in range(31):
            assistant.client.new_session(assistant.id)
        assert {size: len(assistant.listed(f"?page_size={size}")["data"]) for size in expected} == expected

    @on(RELEASES)
    def test_thirty_to_a_page_newest_first(self, assistant: Assistant) -> None:
        more = [assistant.client.new_session(assistant.id) for _ in range(31)]
        assert [session["id"] for session in assistant.listed()["data"]] == more[:0:-1]
        rest = [more[0], *reversed(assistant.sessions)]
        assert [session["id"] for session in assistant.listed("?page=2")["data"]] == rest

    @on(RELEASES)
    def test_sessions_with_the_same_name_keep_the_order_of_their_creation(self, assistant: Assistant) -> None:
        same = [assistant.client.new_session(assistant.id, "same") for _ in range(5)]
        listed = assistant.listed("?name=same&orderby=name&desc=false")["data"]
        assert [session["id"] for session in listed] == same

    @by_release({"0.18.0": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "0.24.0": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"})
    def test_dates_and_times(self, assistant: Assistant, expected: str) -> None:
        session = assistant.listed()["data"][0]
        for name in ("create", "update"):
            assert re.fullmatch(expected, session[f"{name}_date"])
            assert len(str(session[f"{name}_time"])) == 13

    @by_release({"0.18.0": (False, False), "0.20.5": (True, False), "0.24.0": (False, False), "0.25.0": (False, True)})
    def test_references(self, assistant: Assistant, expected: tuple[bool, bool]) -> None:
        session = assistant.listed()["data"][0]
        assert ("reference" in session["messages"][0], "reference" in session) == expected


@pytest.mark.parametrize(
    ("release", "greeting"),
    [
        ("0.20.1", "Hi! I'm your assistant, what can I do for you?"),
        ("0.20.2", "Hi! I'm your assistant. What can I do for you?"),
    ],
)
def test_the_greeting_changes_with_v0_20_2(servers: Servers, release: str, greeting: str) -> None:
    client = servers(release)
    chat = client.new_assistant(f"greeting {next(NUMBERS)}")
    messages = client.call("POST", f"/chats/{chat}/sessions", {})["data"]["messages"]
    assert messages == [{"content": greeting, "role": "assistant"}]


class TestCreatingSessions:
    @by_release({"0.18.0": " x ", "0.25.0": "x"})
    def test_blanks_around_a_name(self, assistant: Assistant, expected: str) -> None:
        assert (
            assistant.client.call("POST", f"/chats/{assistant.id}/sessions", {"name": " x "})["data"]["name"]
            == expected
        )

    @on(RELEASES)
    def test_a_long_name_is_cut(self, assistant: Assistant) -> None:
        answer = assistant.client.call("POST", f"/chats/{assistant.id}/sessions", {"name": "é" * 256})
        assert answer["data"]["name"] == "é" * 255

    @on(RELEASES)
    def test_other_fields_are_ignored(self, assistant: Assistant) -> None:
        payload = {"id": "mine", "messages": [], "chat_id": "other", "unknown": 1}
        data = assistant.client.call("POST", f"/chats/{assistant.id}/sessions", payload)["data"]
        assert (data["id"] != "mine", len(data["messages"]), data["chat_id"]) == (True, 1, assistant.id)

    @pytest.mark.parametrize(
        ("release", "user"), [("0.18.0", "u1"), ("0.24.0", "u1"), ("0.25.5", "u1"), ("0.25.6", None), ("0.27.0", None)]
    )
    def test_the_user_of_a_session(self, assistant: Assistant, user: str | None) -> None:
        path = f"/chats/{assistant.id}/sessions"
        own = assistant.client.call("POST", path, {})["data"]["user_id"]
        assert assistant.client.call("POST", path, {"user_id": "u1"})["data"]["user_id"] == (user or own)
        assert len(assistant.listed("?user_id=u1")["data"]) == (1 if user else 0)

    @by_release({"0.18.0": "", "0.25.0": "the tenant"})
    def test_whose_a_session_is_where_nobody_says_so(self, assistant: Assistant, expected: str) -> None:
        chats = assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]
        tenant = (chats["chats"] if isinstance(chats, dict) else chats)[0]["tenant_id"]
        whose = {session["user_id"] for session in assistant.listed()["data"]}
        assert whose == {tenant if expected else ""}
        assert len(assistant.listed(f"?user_id={tenant}")["data"]) == (2 if expected else 0)

    @on([*OLD, "0.25.0", "0.25.5"])
    def test_the_list_of_a_user_holds_the_sessions_of_the_user_in_the_assistant(self, assistant: Assistant) -> None:
        def new(chat: str, name: str, user: str) -> str:
            created = assistant.client.call("POST", f"/chats/{chat}/sessions", {"name": name, "user_id": user})
            return str(created["data"]["id"])

        monday, _, friday = (new(assistant.id, *who) for who in (("Monday", "u1"), ("Monday", "u2"), ("Friday", "u1")))
        new(Assistant(assistant.client).id, "Monday", "u1")

        def found(query: str) -> list[str]:
            return [session["id"] for session in assistant.listed(query)["data"]]

        assert found("?user_id=u1") == [friday, monday]
        assert found("?user_id=u1&desc=false") == [monday, friday]
        assert found("?user_id=u1&name=Monday") == [monday]
        assert found("?user_id=u1&page_size=1&page=2") == [monday]
        assistant.delete_ids(monday)
        assert found("?user_id=u1") == [friday]

    @on([*RELEASES, "0.25.5", "0.25.6"])
    @pytest.mark.parametrize("payload", [{}, {"user_id": "u1"}])
    def test_a_session_without_a_name_is_called_new_session(self, assistant: Assistant, payload: Any) -> None:
        answers = [assistant.client.call("POST", f"/chats/{assistant.id}/sessions", payload) for _ in range(2)]
        assert [answer["data"]["name"] for answer in answers] == ["New session"] * 2
        assert len(assistant.listed("?name=New%20session")["data"]) == 2


class TestUpdatingSessions:
    @each_by_release(
        "payload",
        [
            ({"name": "new"}, {"0.18.0": OK, "0.25.0": "new"}),
            ({}, {"0.18.0": OK, "0.25.0": "session 1"}),
            ({"name": ""}, {"0.18.0": error("`name` can not be empty."), "0.27.0": error("`name` can not be empty")}),
            ({"messages": []}, {"0.18.0": error("`message` can not be change"),
                                "0.25.0": error("`messages` cannot be changed."),
                                "0.27.0": error("`messages` cannot be changed")}),
            ({"reference": []}, {"0.18.0": error("`reference` can not be change"),
                                 "0.25.0": error("`reference` cannot be changed."),
                                 "0.27.0": error("`reference` cannot be changed")}),
        ],
    )  # fmt: skip
    def test_put(self, assistant: Assistant, payload: Any, expected: Any) -> None:
        answer = assistant.client.call("PUT", f"/chats/{assistant.id}/sessions/{assistant.sessions[0]}", payload)
        assert (answer["data"]["name"] if isinstance(expected, str) else answer) == expected
        names = [session["name"] for session in assistant.listed("?desc=false")["data"]]
        assert names == ["new" if payload == {"name": "new"} else "session 1", "session 2"]

    @on(RELEASES)
    def test_an_unknown_field(self, assistant: Assistant) -> None:
        path = f"/chats/{assistant.id}/sessions/{assistant.sessions[0]}"
        answer = assistant.client.call("PUT", path, {"colour": "red"})
        assert answer["code"] == 100
        assert answer["message"].startswith('ValueError(\'Unrecognized field name: "colour" in ')

    @by_release({"0.18.0": error("Session does not exist"), "0.25.0": error("Session not found!")})
    def test_an_unknown_session(self, assistant: Assistant, expected: Any) -> None:
        assert assistant.client.call("PUT", f"/chats/{assistant.id}/sessions/x", {"name": "new"}) == expected

    @by_release(
        {
            "0.18.0": error("You do not own the session"),
            "0.25.0": NO_AUTHORIZATION,
            "0.27.0": {"code": 109, "data": False, "message": "no authorization"},
        }
    )
    def test_a_session_of_another_tenant(self, assistant: Assistant, expected: Any) -> None:
        path = f"/chats/{assistant.id}/sessions/{assistant.sessions[0]}"
        assert assistant.client.call("PUT", path, {"name": "new"}, KEY_B) == expected

    @pytest.mark.parametrize(
        ("release", "allowed"), [("0.24.0", False), ("0.25.0", False), ("0.25.1", True), ("0.27.0", True)]
    )
    def test_patch_exists_from_v0_25_1_on(self, assistant: Assistant, allowed: bool) -> None:
        path = f"/chats/{assistant.id}/sessions/{assistant.sessions[0]}"
        answer = assistant.client.call("PATCH", path, {"name": "new"})
        assert answer == NOT_ALLOWED if not allowed else answer["data"]["name"] == "new"


class TestOneSession:
    @on(OLD)
    def test_there_is_no_such_call_up_to_v0_24(self, assistant: Assistant) -> None:
        path = f"/chats/{assistant.id}/sessions/{assistant.sessions[0]}"
        assert assistant.client.call("GET", path) == NOT_ALLOWED

    @on(RESTFUL)
    def test_from_v0_25_on(self, assistant: Assistant) -> None:
        path, (first, second) = f"/chats/{assistant.id}/sessions", assistant.sessions
        assert assistant.client.call("GET", f"{path}/{first}")["data"]["id"] == first
        assistant.delete_ids(second)
        assert assistant.client.call("GET", f"{path}/{second}") == error("Session not found!")
        other = Assistant(assistant.client)
        elsewhere = assistant.client.call("GET", f"{path}/{other.sessions[0]}")
        assert elsewhere == error("Session does not belong to this chat!")
        assert assistant.client.call("GET", f"{path}/{first}", key=KEY_B)["code"] == 109


class TestErrorsThatReadLikeOthers:
    """RAGFlow looks at the text of an error to find out what it is about."""

    @each_by_release(
        "page",
        [
            ("401x", {"0.18.0": (200, not_a_number("401x")),
                      "0.22.1": (200, failure(not_a_number("401x")["message"], 401)),
                      "0.24.0": (401, failure("Unauthorized", 401))}),
            ("Unauthorized", {"0.18.0": (200, not_a_number("Unauthorized")),
                              "0.22.1": (200, failure(not_a_number("Unauthorized")["message"], 401)),
                              "0.24.0": (401, failure("Unauthorized", 401))}),
            ("not_found", {"0.18.0": (200, not_a_number("not_found")),
                           "0.26.4": (200, error("No chunk found! Check the chunk status please!"))}),
            ("index_not_found_exception",
             {"0.18.0": (200, failure("No chunk found, please upload file and parse it."))}),
        ],
    )  # fmt: skip
    def test_a_page_number(self, assistant: Assistant, release: str, page: str, expected: Any) -> None:
        if release == "0.27.0":
            expected = (200, {"code": 0, "data": [], "message": "success"})
            assistant.delete(json.dumps({"ids": assistant.sessions}))
        reply = assistant.client.send("GET", f"{assistant.path}?page={page}", {"Authorization": f"Bearer {KEY_A}"})
        assert (reply.status, reply.body) == expected

    @by_release({"0.24.0": (401, failure("Unauthorized", 401))})
    def test_bytes_that_are_no_text(self, assistant: Assistant, expected: Any) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}", "Content-Type": JSON}
        reply = assistant.client.send("DELETE", assistant.path, headers, b'{"ids": ["401\xff"]}')
        assert (reply.status, reply.body) == expected


class TestOrders:
    """What a list can be sorted by is whatever RAGFlow's table has under that name."""

    @on([*OLD, "0.25.0", "0.26.4"])
    @pytest.mark.parametrize(
        ("order", "complaint"),
        [
            ("create_time.x", "'BigIntegerField' object has no attribute 'x'"),
            ("query", "'function' object has no attribute 'desc'"),
            ("bogus", "type object '{}' has no attribute 'bogus'"),
            ("prologue", "type object '{}' has no attribute 'prologue'"),
        ],
    )
    def test_by_what_is_no_column(self, assistant: Assistant, order: str, complaint: str) -> None:
        for path, table in ((f"/chats/{assistant.id}/sessions", "Conversation"), ("/chats", "Dialog")):
            answer = assistant.client.call("GET", f"{path}?orderby={order}")
            assert answer == failure(repr(AttributeError(complaint.format(table))))

    @on([*OLD, "0.25.0", "0.26.4"])
    def test_by_any_column(self, assistant: Assistant) -> None:
        for column in ("description", "llm_id", "kb_ids", "icon", "prompt_config", "status", "tenant_id"):
            assert assistant.client.call("GET", f"/chats?orderby={column}")["code"] == 0
        for column in ("dialog_id", "message", "reference", "user_id", "update_date"):
            assert assistant.listed(f"?orderby={column}")["code"] == 0


class TestUnknownRoutes:
    @by_release(
        {
            "0.18.0": (200, failure("<NotFound '404: Not Found'>")),
            "0.23.0": (404, {"error": "Not Found", "message": "The requested URL /a b was not found"}),
            "0.24.0": (404, {"code": 404, "data": None, "error": "Not Found", "message": "Not Found: /a b"}),
        }
    )
    def test_any_path(self, client: Client, expected: Any) -> None:
        reply = client.send("GET", "/a%20b")
        assert (reply.status, reply.body) == expected
