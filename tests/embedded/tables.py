"""Tables of what the releases answer. The answer of a release holds for all later ones up to the next that is named."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.embedded.server_process import KEY_A, Client

RELEASES = ["0.18.0", "0.20.5", "0.22.1", "0.23.0", "0.24.0", "0.25.0", "0.26.4", "0.27.0"]
LENIENT = ["0.18.0", "0.20.5"]
STRICT = ["0.24.0", "0.25.0", "0.26.4", "0.27.0"]
OLD = [*LENIENT, "0.22.1", "0.23.0", "0.24.0"]
RESTFUL = ["0.25.0", "0.26.4", "0.27.0"]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NUMBERS = count(1)

OK: dict[str, Any] = {"code": 0}
DONE = {"code": 0, "data": True, "message": "success"}
NOTHING: dict[str, Any] = {"code": 0, "data": {}, "message": "success"}
NOT_ALLOWED = {"code": 100, "data": None, "message": "<MethodNotAllowed '405: Method Not Allowed'>"}
BAD_REQUEST = {"code": 100, "data": None, "message": "<BadRequest '400: Bad Request'>"}
NO_FORM = {"code": 100, "data": None, "message": "TypeError('Request body is not a valid form payload.')"}
TOO_MANY = {"code": 100, "data": None, "message": "ValueError('page_size must be less than or equal to 100')"}
UNAUTHORIZED = {"code": 401, "data": None, "message": "<Unauthorized '401: Unauthorized'>"}
NO_AUTHORIZATION = {"code": 109, "data": False, "message": "No authorization."}


def sql_errors(near: str) -> dict[str, Any]:
    """MariaDB's error in two parts, as it is told up to v0.23, and in one, as from v0.24 on."""
    text = (
        "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version "
        f"for the right syntax to use near {near!r} at line 1"
    )
    return {
        "0.18.0": {"code": 100, "data": text, "message": "1064"},
        "0.24.0": failure(f'ProgrammingError(1064, "{text}")'),
    }


def not_a_number(text: str) -> dict[str, Any]:
    return failure(f'ValueError("invalid literal for int() with base 10: {text!r}")')


def no_column(name: str) -> dict[str, dict[str, Any]]:
    return {
        "0.18.0": failure(f"AttributeError(\"type object 'Conversation' has no attribute '{name}'\")"),
        "0.27.0": failure(f"invalid orderby field: {name}", 101),
    }


def error(message: str, code: int = 102) -> dict[str, Any]:
    return {"code": code, "message": message}


def failure(message: str, code: int = 100) -> dict[str, Any]:
    return {"code": code, "data": None, "message": message}


def unknown(session: object) -> str:
    return f"The chat doesn't own the session {session}"


class Assistant:
    """A fresh assistant of the first tenant with two sessions, and what is sent to it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.name = f"rules {next(NUMBERS)}"
        self.id = client.new_assistant(self.name)
        self.sessions = [client.new_session(self.id, f"session {number}") for number in (1, 2)]
        self.path = f"/api/v1/chats/{self.id}/sessions"

    def delete(self, body: str | bytes | None, content_type: str | None = JSON, key: str = f"Bearer {KEY_A}") -> Any:
        headers = {"Authorization": key} | ({"Content-Type": content_type} if content_type else {})
        return self.client.send("DELETE", self.path, headers, body).body

    def delete_ids(self, *ids: object) -> Any:
        return self.client.call("DELETE", f"/chats/{self.id}/sessions", {"ids": list(ids)})

    def listed(self, query: str = "") -> Any:
        return self.client.call("GET", f"/chats/{self.id}/sessions{query}")

    def left(self) -> list[str] | None:
        return self.client.session_ids(self.id)


def answers_of(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each release with its answer: that of the latest one named that is not newer than it."""
    named = None
    for release in RELEASES:
        named = release if release in answers else named
        if named:
            yield release, answers[named]


def by_release(answers: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("release", "expected"), list(answers_of(answers)))


def each_by_release(names: str, rows: list[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Rows of values with the answers to them, for each release."""
    table = [(release, *values, answer) for *values, answers in rows for release, answer in answers_of(answers)]
    return pytest.mark.parametrize(("release", *names.split(), "expected"), table)


def on(releases: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("release", releases)
