"""The 17 cases of the source document: the scenarios that they became, and what the test module itself sends."""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import requests

from acceptance.paths import ROOT
from tests.support.servers import OWN_KEY

# The source document speaks of the releases up to 0.24.
RELEASE = "0.20"

VALID = f"Bearer {OWN_KEY}"
UNKNOWN = "invalid_id"

# What is sent for each case that has five sessions and looks at the list behind it.
BODIES: Sequence[Callable[[list[str]], object]] = (
    lambda ids: {"ids": [UNKNOWN, *ids]},
    lambda ids: {"ids": [ids[0], UNKNOWN, *ids[1:]]},
    lambda ids: {"ids": [*ids, UNKNOWN]},
    lambda ids: {"ids": ids + ids},
    lambda _: None,
    lambda _: {"ids": [UNKNOWN]},
    lambda _: "not json",
    lambda ids: {"ids": ids[:1]},
    lambda ids: {"ids": ids},
    lambda _: {"ids": []},
)


def scenarios() -> list[str]:
    """Their ids, as `docs/source-cases.md` names them."""
    text = (ROOT / "docs" / "source-cases.md").read_text("utf-8")
    return list(dict.fromkeys(re.findall(r"@([A-Z]+-\d+)", text)))


class Module:
    """Sends what RAGFlow's test module sends, as the source document tells it: five assistants for all cases, five
    sessions for each case, and behind it all sessions of all assistants deleted.

    It uses a new connection for each request, as the module does. It looks at nothing, and is not run by pytest.
    """

    def __init__(self, url: str) -> None:
        self._chats = f"{url}/api/v1/chats"

    def run(self) -> float:
        """Send all of it. Returns the seconds."""
        began = time.perf_counter()
        for header in ("", "Bearer invalid_api_token"):
            self._send("DELETE", "/chat_assistant_id/sessions", header=header)
        self._ids = [self._create("", {"name": f"assistant {number}", "dataset_ids": []}) for number in range(5)]
        self._first = f"/{self._ids[0]}/sessions"
        for elsewhere in ("", "invalid_chat_assistant_id"):
            self._case(5, partial(self._delete_at, f"/{elsewhere}/sessions"), looks=False)
        for body in BODIES:
            self._case(5, lambda ids, body=body: self._send("DELETE", self._first, body(ids)))
        self._case(5, self._delete_twice, looks=False)
        self._case(100, self._delete_one_by_one)
        self._case(1_000, partial(self._delete_at, self._first))
        self._send("DELETE", "", {"ids": self._ids})
        return time.perf_counter() - began

    def _case(self, count: int, delete: Callable[[list[str]], object], *, looks: bool = True) -> None:
        delete([self._create(self._first, {"name": f"session {number}"}) for number in range(count)])
        if looks:
            self._send("GET", self._first)
        for chat in self._ids:
            self._send("DELETE", f"/{chat}/sessions")

    def _delete_at(self, path: str, ids: list[str]) -> None:
        self._send("DELETE", path, {"ids": ids})

    def _delete_twice(self, ids: list[str]) -> None:
        for _ in range(2):
            self._delete_at(self._first, ids)

    def _delete_one_by_one(self, ids: list[str]) -> None:
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda id: self._delete_at(self._first, [id]), ids))

    def _create(self, path: str, body: object) -> str:
        return str(self._send("POST", path, body).json()["data"]["id"])

    def _send(self, method: str, path: str, body: object = None, header: str = VALID) -> requests.Response:
        headers = {"Authorization": header} if header else {}
        if isinstance(body, str):
            headers["Content-Type"] = "application/json"
            return requests.request(method, self._chats + path, headers=headers, data=body)
        return requests.request(method, self._chats + path, headers=headers, json=body)
