"""Listing, creating, changing and reading sessions, as far as no recording shows it."""

import re
from typing import Any

import pytest

from tests.embedded import tables
from tests.embedded.tables import OK, Assistant, by_release, each_by_release, error, failure, on
from tests.support.servers import OTHER_KEY


def sql_errors(near: str) -> dict[str, Any]:
    """MySQL's syntax error by release: in two parts until 0.23, in one from 0.24."""
    text = (
        "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version "
        f"for the right syntax to use near {near!r} at line 1"
    )
    return {
        "0.18.0": {"code": 100, "data": text, "message": "1064"},
        "0.24.0": failure(f'ProgrammingError(1064, "{text}")'),
    }


# Which of two sessions a query lists, in this order, or the error that it is answered with.
@each_by_release(
    "query",
    [
        ("page=0&page_size=1", {"0.18.0": "2"}),
        ("page=-1", {**sql_errors("-30"), "0.27.0": "21"}),
        ("page=", {"0.18.0": failure("ValueError(\"invalid literal for int() with base 10: ''\")"), "0.27.0": "21"}),
        ("page_size=-1", {**sql_errors("-1 OFFSET 0"), "0.25.0": "21"}),
        ("page_size=101", {"0.18.0": "21",
                           "0.26.4": failure("ValueError('page_size must be less than or equal to 100')")}),
        ("desc=FALSE", {"0.18.0": "21", "0.25.0": "12"}),
        ("desc=0", {"0.18.0": "21"}),
        ("orderby=name&desc=false", {"0.18.0": "12"}),
        ("name=SESSION%201%20", {"0.18.0": "1"}),
        ("name=session%202&user_id=", {"0.18.0": "2"}),
        ("user_id=unknown", {"0.18.0": ""}),
        ("orderby=id&page_size=0", {"0.18.0": "", "0.27.0": failure("invalid orderby field: id", 101)}),
    ],
)  # fmt: skip
def test_queries(assistant: Assistant, query: str, expected: Any) -> None:
    answer = assistant.call("GET", f"/sessions?{query}")
    if isinstance(expected, str):
        answer = "".join(str(assistant.sessions.index(session["id"]) + 1) for session in answer["data"])
    assert answer == expected


@on("0.18.0", "0.27.0")
def test_sessions_with_the_same_name_are_listed_in_the_order_of_their_creation(assistant: Assistant) -> None:
    same = [assistant.client.new_session(assistant.id, "same") for _ in range(5)]
    listed = assistant.call("GET", "/sessions?name=same&orderby=name&desc=false")["data"]
    assert [session["id"] for session in listed] == same


@by_release({"0.18.0": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "0.24.0": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"})
def test_dates_and_times(assistant: Assistant, expected: str) -> None:
    session = assistant.call("GET", "/sessions")["data"][0]
    for name in ("create", "update"):
        assert re.fullmatch(expected, session[f"{name}_date"])
        assert len(str(session[f"{name}_time"])) == 13


@pytest.mark.parametrize(("release", "mark"), [("0.20.1", ", w"), ("0.20.2", ". W")])
def test_the_greeting_changes_with_0_20_2(assistant: Assistant, mark: str) -> None:
    greeting = f"Hi! I'm your assistant{mark}hat can I do for you?"
    messages = assistant.call("POST", "/sessions", {})["data"]["messages"]
    assert messages == [{"content": greeting, "role": "assistant"}]


NOT_AN_OBJECT = failure("TypeError(\"'NoneType' object does not support item assignment\")")


@each_by_release(
    "body",
    [
        (None, {"0.18.0": NOT_AN_OBJECT, "0.22.1": tables.BAD_REQUEST, "0.23.0": "New session"}),
        ("null", {"0.18.0": NOT_AN_OBJECT, "0.23.0": "New session",
                  "0.24.0": failure("TypeError('JSON payload must be an object.')")}),
        ('{"user_id": "u1"}', {"0.18.0": "New session"}),
        ('{"name": " x "}', {"0.18.0": " x ", "0.25.0": "x"}),
        (f'{{"name": "{"é" * 256}"}}', {"0.18.0": "é" * 255}),
        ('{"id": "mine", "messages": [], "chat_id": "other", "name": "x"}', {"0.18.0": "x"}),
    ],
)  # fmt: skip
def test_the_name_of_a_new_session(assistant: Assistant, body: str | None, expected: Any) -> None:
    answer = assistant.send("POST", body)
    if isinstance(expected, str):
        created = answer["data"]
        assert (created["name"], created["chat_id"], len(created["messages"])) == (expected, assistant.id, 1)
        assert assistant.left() == [*assistant.sessions, created["id"]]
    else:
        assert answer == expected
        assert assistant.left() == assistant.sessions


@pytest.mark.parametrize(
    ("release", "is_set"), [("0.18.0", True), ("0.25.5", True), ("0.25.6", False), ("0.27.0", False)]
)
def test_a_client_sets_the_user_of_a_session_until_0_25_5(assistant: Assistant, is_set: bool) -> None:
    users = (("Monday", "u1"), ("Monday", "u2"), ("Friday", "u1"))
    monday, _, friday = (
        assistant.call("POST", "/sessions", {"name": name, "user_id": user})["data"]["id"] for name, user in users
    )
    for query, expected in (("", [friday, monday]), ("&name=Monday", [monday]), ("&page_size=1&page=2", [monday])):
        listed = assistant.call("GET", f"/sessions?user_id=u1{query}")["data"]
        assert [session["id"] for session in listed] == (expected if is_set else [])


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
def test_changing_a_session(assistant: Assistant, payload: Any, expected: Any) -> None:
    answer = assistant.call("PUT", f"/sessions/{assistant.sessions[0]}", payload)
    assert (answer["data"]["name"] if isinstance(expected, str) else answer) == expected
    names = [session["name"] for session in assistant.call("GET", "/sessions?desc=false")["data"]]
    assert names == ["new" if payload == {"name": "new"} else "session 1", "session 2"]


@by_release({"0.18.0": "Session does not exist", "0.25.0": "Session not found!"})
def test_unknown_sessions_cannot_be_changed(assistant: Assistant, expected: str) -> None:
    assert assistant.call("PUT", "/sessions/x", {"name": "new"}) == error(expected)


@by_release({"0.18.0": error("You do not own the session"), **tables.NOT_OWNED})
def test_sessions_of_other_tenants_cannot_be_changed(assistant: Assistant, expected: Any) -> None:
    assert assistant.call("PUT", f"/sessions/{assistant.sessions[0]}", {"name": "new"}, OTHER_KEY) == expected


@pytest.mark.parametrize(("release", "allowed"), [("0.25.0", False), ("0.25.1", True)])
def test_sessions_can_be_patched_from_0_25_1(assistant: Assistant, allowed: bool) -> None:
    answer = assistant.call("PATCH", f"/sessions/{assistant.sessions[0]}", {"name": "new"})
    assert answer["data"]["name"] == "new" if allowed else answer == tables.NOT_ALLOWED


@on("0.24.0")
def test_one_session_cannot_be_read_until_0_24(assistant: Assistant) -> None:
    assert assistant.call("GET", f"/sessions/{assistant.sessions[0]}") == tables.NOT_ALLOWED


@on("0.25.0", "0.27.0")
def test_one_session_can_be_read_from_0_25(assistant: Assistant) -> None:
    first, second = (f"/sessions/{session}" for session in assistant.sessions)
    assert assistant.call("GET", first)["data"]["id"] == assistant.sessions[0]
    assert assistant.call("GET", first, key=OTHER_KEY)["code"] == 109
    assistant.delete(assistant.sessions[1])
    assert assistant.call("GET", second) == error("Session not found!")
    other = Assistant(assistant.client).sessions[0]
    assert assistant.call("GET", f"/sessions/{other}") == error("Session does not belong to this chat!")
