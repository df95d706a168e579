"""Tables of expected answers: an answer holds from the release it is listed under until the next listed release."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.embedded.client import Client
from tests.support.servers import OWN_KEY

RELEASES = ["0.18.0", "0.20.5", "0.22.1", "0.23.0", "0.24.0", "0.25.0", "0.26.4", "0.27.0"]
GO = "0.27.0-go"
JSON = "application/json"
NUMBERS = count(1)


def error(message: str, code: int = 102) -> dict[str, Any]:
    return {"code": code, "message": message}


def failure(message: str, code: int = 100) -> dict[str, Any]:
    return {"code": code, "data": None, "message": message}


OK: dict[str, Any] = {"code": 0}
NOTHING: dict[str, Any] = {"code": 0, "data": {}, "message": "success"}
NOT_ALLOWED = failure("<MethodNotAllowed '405: Method Not Allowed'>")
BAD_REQUEST = failure("<BadRequest '400: Bad Request'>")
NOT_OWNED = {
    "0.25.0": {"code": 109, "data": False, "message": "No authorization."},
    "0.27.0": {"code": 109, "data": False, "message": "no authorization"},
}


class Assistant:
    """A new assistant of the first tenant with two sessions."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.name = f"assistant {next(NUMBERS)}"
        self.id = client.new_assistant(self.name)
        self.sessions = [client.new_session(self.id, f"session {number}") for number in (1, 2)]

    def call(self, method: str, path: str = "", payload: object = None, key: str = OWN_KEY) -> Any:
        """Send JSON to this assistant, or to a path below it."""
        return self.client.call(method, f"/chats/{self.id}{path}", payload, key)

    def send(self, method: str, body: str | bytes | None, content_type: str | None = JSON) -> Any:
        """Send this body to the sessions of the assistant."""
        headers = {"Authorization": f"Bearer {OWN_KEY}"} | ({"Content-Type": content_type} if content_type else {})
        return self.client.send(method, f"/api/v1/chats/{self.id}/sessions", headers, body).body

    def delete(self, *ids: object) -> Any:
        return self.call("DELETE", "/sessions", {"ids": list(ids)})

    def left(self) -> list[str] | None:
        return self.client.session_ids(self.id)


def answers_of(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each answer with the first and the last release that it holds for."""
    ends = [*(RELEASES[RELEASES.index(release) - 1] for release in list(answers)[1:]), RELEASES[-1]]
    for (first, answer), last in zip(answers.items(), ends, strict=True):
        yield from ((release, answer) for release in sorted({first, last}))


def by_release(answers: dict[str, Any]) -> pytest.MarkDecorator:
    return each_by_release("", [(answers,)])


def each_by_release(names: str, rows: list[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Parametrize with rows of values, each with its answers by release."""
    table = [(release, *values, answer) for *values, answers in rows for release, answer in answers_of(answers)]
    return pytest.mark.parametrize(("release", *names.split(), "expected"), table)


def on(*releases: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("release", releases)
