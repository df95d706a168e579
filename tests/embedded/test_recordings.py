"""Every recorded exchange with a real RAGFlow, put to the embedded server: the same request, the same answer, the same
sessions left. `tests/recordings/README.md` says what a recording holds."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.server_process import KEY_A, KEY_B, Client, Reply, Servers

RECORDINGS = Path(__file__).parents[1] / "recordings"
ASSISTANT_FIELDS = {"id", "name", "create_time", "create_date", "update_time", "update_date"}
TIME_FIELDS = {"create_time", "create_date", "update_time", "update_date"}
GREETING = re.compile(r"Hi! I'm your assistant[,.] [wW]hat can I do for you\?")
NEW_ID = re.compile(r"[0-9a-f]{32}")
FRESH = count(1)


def recorded() -> Iterator[Any]:
    for file in sorted(RECORDINGS.glob("*.jsonl")):
        release = file.stem.removeprefix("ragflow-")
        for line in file.read_text().splitlines():
            case = json.loads(line)
            name = f"{release}: {case['group']}: {case['case']}"
            yield pytest.param(release, case, id=name)


# The assistants that stand around the one that a case is about, as long as no case has changed them.
AROUND: dict[Client, dict[str, str]] = {}


def add_assistant(client: Client, values: dict[str, str], placeholder: str, name: str, sessions: list[str]) -> None:
    """An assistant with sessions, whose ids become the values of placeholders."""
    key = KEY_B if placeholder == "chat_b" else KEY_A
    chat = values[placeholder] = client.new_assistant(name, key)
    for number, session in enumerate(sessions, start=1):
        values[session] = client.new_session(chat, f"session {number}", key)


def assistants_around(client: Client) -> dict[str, str]:
    values: dict[str, str] = {}
    number = next(FRESH)
    add_assistant(client, values, "other", f"other {number}", ["o1", "o2"])
    add_assistant(client, values, "gone", f"gone {number}", ["d1"])
    add_assistant(client, values, "chat_b", f"other {number}", ["b1", "b2"])
    client.call("DELETE", "/chats", {"ids": [values["gone"]]})
    return values


class Situation:
    """What stands before a case: the assistants and sessions of the README, and what their ids are called there."""

    def __init__(self, client: Client, sessions: int) -> None:
        self.client = client
        self.around = AROUND.pop(client, {}) or assistants_around(client)
        number = next(FRESH)
        names = {"key_a": KEY_A, "key_b": KEY_B, "chat_name": f"assistant {number}", "fresh": f"fresh {number}"}
        self.values = names | self.around
        add_assistant(
            client, self.values, "chat", self.values["chat_name"], [f"s{number + 1}" for number in range(sessions)]
        )
        chat = self.values["chat"]
        self.values["x1"] = client.new_session(chat)
        client.call("DELETE", f"/chats/{chat}/sessions", {"ids": [self.values["x1"]]})

    def fill_in(self, text: str | None) -> str | None:
        return text and re.sub(r"<(\w+)>", lambda found: self.values.get(found[1], found[0]), text)

    def send(self, request: dict[str, Any]) -> Reply:
        headers = {"Authorization": request["authorization"], "Content-Type": request["content_type"]}
        # Nothing is added: what a recording names no content type for is sent without one, a body or none.
        sent = {name: self.fill_in(value) or "" for name, value in headers.items() if value is not None}
        path = self.fill_in(request["path"])
        assert path is not None
        return self.client.send(request["method"], path, sent, self.fill_in(request["body"]))

    def left(self) -> dict[str, list[str] | None]:
        named = {value: placeholder for placeholder, value in self.values.items()}
        left: dict[str, list[str] | None] = {}
        for placeholder, key in (("chat", KEY_A), ("other", KEY_A), ("chat_b", KEY_B)):
            ids = self.client.session_ids(self.values[placeholder], key)
            left[placeholder] = ids and [named.get(one, "new") for one in ids] if ids is not None else None
        return left

    def normal(self, value: Any) -> Any:
        """The value in the form in which recordings are kept."""
        if isinstance(value, dict):
            normal = {name: self.normal(item) for name, item in value.items()}
            normal |= dict.fromkeys(TIME_FIELDS & normal.keys(), "<time>")
            if "errors" in normal:
                normal["errors"] = sorted(normal["errors"])
            if "message" in normal:
                normal["message"] = "; ".join(sorted(normal["message"].split("; ")))
            return normal
        if isinstance(value, list):
            return [self.normal(item) for item in value]
        if isinstance(value, str):
            for placeholder, known in self.values.items():
                value = value.replace(known, f"<{placeholder}>")
            return NEW_ID.sub("<new_id>", GREETING.sub("<greeting>", value.replace(self.client.base, "<base>")))
        return value

    def answer(self, reply: Reply, method: str, path: str) -> dict[str, Any]:
        body = self.normal(reply.body)
        if (method, path) == ("POST", "/api/v1/chats") and isinstance(body.get("data"), dict):
            body["data"] = {name: item for name, item in body["data"].items() if name in ASSISTANT_FIELDS}
        answer = {"status": reply.status, "content_type": reply.content_type, "body": body}
        return answer | ({"location": self.normal(reply.location)} if reply.location else {})


@pytest.mark.parametrize(("release", "case"), list(recorded()))
def test_recorded_exchange(servers: Servers, release: str, case: dict[str, Any]) -> None:
    situation = Situation(servers(release), case["sessions"])
    request = case["request"]
    reply = situation.send(request)
    assert situation.answer(reply, request["method"], request["path"]) == case["response"]
    left = situation.left()
    assert left == case["left"]
    if (left["other"], left["chat_b"]) == (["o1", "o2"], ["b1", "b2"]):
        AROUND[situation.client] = situation.around
