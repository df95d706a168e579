"""Replay every recorded request of a real RAGFlow: the answer and the remaining sessions must be the same.

`tests/recordings/README.md` explains the recordings.
"""

import re
from typing import Any

from tests.embedded.client import Client, Reply
from tests.embedded.tables import NUMBERS, RELEASES, on
from tests.support.recordings import recorded
from tests.support.servers import OTHER_KEY, OWN_KEY

TIME_FIELDS = {"create_time", "create_date", "update_time", "update_date"}
ASSISTANT_FIELDS = {"id", "name", *TIME_FIELDS}
GREETING = re.compile(r"Hi! I'm your assistant[,.] [wW]hat can I do for you\?")
NEW_ID = re.compile(r"[0-9a-f]{32}")


def add_assistant(client: Client, values: dict[str, str], placeholder: str, name: str, sessions: list[str]) -> None:
    """Create an assistant with sessions, and add their ids to the values of the placeholders."""
    key = OTHER_KEY if placeholder == "chat_b" else OWN_KEY
    chat = values[placeholder] = client.new_assistant(name, key)
    for number, session in enumerate(sessions, start=1):
        values[session] = client.new_session(chat, f"session {number}", key)


def other_assistants(client: Client) -> dict[str, str]:
    values: dict[str, str] = {}
    number = next(NUMBERS)
    add_assistant(client, values, "other", f"other {number}", ["o1", "o2"])
    add_assistant(client, values, "gone", f"gone {number}", ["d1"])
    add_assistant(client, values, "chat_b", f"other {number}", ["b1", "b2"])
    client.call("DELETE", "/chats", {"ids": [values["gone"]]})
    return values


class Situation:
    """The assistants and sessions before a case, with the placeholders for their ids."""

    def __init__(self, client: Client, others: dict[str, str], sessions: int) -> None:
        self.client = client
        number = next(NUMBERS)
        names = {"key_a": OWN_KEY, "key_b": OTHER_KEY, "chat_name": f"assistant {number}", "fresh": f"fresh {number}"}
        self.values = names | others
        add_assistant(client, self.values, "chat", names["chat_name"], [f"s{one}" for one in range(1, sessions + 1)])
        chat = self.values["chat"]
        self.values["x1"] = client.new_session(chat)
        client.call("DELETE", f"/chats/{chat}/sessions", {"ids": [self.values["x1"]]})

    def fill_in(self, text: str) -> str:
        return re.sub(r"<(\w+)>", lambda found: self.values.get(found[1], found[0]), text)

    def send(self, request: dict[str, Any]) -> Reply:
        headers = {"Authorization": request["authorization"], "Content-Type": request["content_type"]}
        # Nothing is added: without a recorded content type, none is sent.
        sent = {name: self.fill_in(value) for name, value in headers.items() if value is not None}
        body = request["body"] and self.fill_in(request["body"])
        return self.client.send(request["method"], self.fill_in(request["path"]), sent, body)

    def left(self) -> dict[str, list[str] | None]:
        named = {value: placeholder for placeholder, value in self.values.items()}
        keys = {"chat": OWN_KEY, "other": OWN_KEY, "chat_b": OTHER_KEY}
        left = {name: self.client.session_ids(self.values[name], key) for name, key in keys.items()}
        return {name: ids and [named.get(one, "new") for one in ids] for name, ids in left.items()}

    def normal(self, value: Any) -> Any:
        """Return the value in the normal form of the recordings."""
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

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send the request, and return the answer in the normal form."""
        reply = self.send(request)
        body = self.normal(reply.body)
        if (request["method"], request["path"]) == ("POST", "/api/v1/chats") and isinstance(body.get("data"), dict):
            body["data"] = {name: item for name, item in body["data"].items() if name in ASSISTANT_FIELDS}
        answer = {"status": reply.status, "content_type": reply.content_type, "body": body}
        return answer | ({"location": self.normal(reply.location)} if reply.location else {})


@on(*RELEASES)
def test_recorded_exchanges(client: Client, release: str) -> None:
    others: dict[str, str] = {}
    differences: list[str] = []
    for case in recorded():
        if case["release"] != f"v{release}":
            continue
        others = others or other_assistants(client)
        situation = Situation(client, others, case["sessions"])
        answer, left = situation.answer(case["request"]), situation.left()
        if (answer, left) != (case["response"], case["left"]):
            differences.append(f"{case}\n-> {answer}, left: {left}")
        # The next case uses the other assistants again if they are unchanged.
        if (left["other"], left["chat_b"]) != (["o1", "o2"], ["b1", "b2"]):
            others = {}
    assert not differences, "\n\n".join(differences)
