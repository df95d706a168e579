"""The assistants and sessions before a recorded case, its placeholders, and the normal form of answers.

`tests/recordings/README.md` explains them.
"""

import gzip
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from tests.embedded.client import Client, Reply
from tests.embedded.tables import NUMBERS
from tests.support.servers import OTHER_KEY, OWN_KEY

TIME_FIELDS = {"create_time", "create_date", "update_time", "update_date"}
ASSISTANT_FIELDS = {"id", "name", *TIME_FIELDS}
SHOWN_HEADERS = {"allow", *(f"access-control-allow-{name}" for name in ("origin", "methods", "headers"))}

NORMAL_FORM = {
    re.compile(pattern): normal
    for pattern, normal in {
        r"Hi! I'm your assistant[,.] [wW]hat can I do for you\?": "<greeting>",
        r"(?<=string ')[0-9a-f]{6}(?=\.\.\.')": "<6 characters>",
        r"""b(['"])(?:\\xff\\xfe|\\x1f\\x8b).*\1(?=, \d)""": "b'<bytes>'",
        r"[0-9a-f]{32}": "<new_id>",
        r"\b\d{13}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "<time>",
    }.items()
}

FORMS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "wide": lambda text: "".join(chr(ord(one) + 0xFEE0) for one in text),
    "accent": lambda text: text.replace("e", "\u00e9", 1),
    "combining": lambda text: text.replace("e", "e\u0301", 1),
    "zwj": lambda text: f"{text[:5]}\u200d{text[5:]}",
    "nul": lambda text: f"{text[:5]}\0{text[5:]}",
    "super": lambda text: text.replace("1", "\u00b9", 1),
    "blank": lambda text: f"{text} ",
}


def new_usable(client: Client, path: str, key: str, create: Callable[[], str]) -> str:
    """Create until the id has the characters that forms change, and no 401: RAGFlow gives errors with it status 401.

    An accent behind the last character would be cut off with what is too long.
    """
    while True:
        created = create()
        if "e" in created[:-1] and "1" in created and "401" not in created:
            return created
        client.call("DELETE", path, {"ids": [created]}, key)


def add_assistant(client: Client, values: dict[str, str], placeholder: str, name: str, sessions: list[str]) -> None:
    """Create an assistant with sessions, and add their ids to the values of the placeholders."""
    key = OTHER_KEY if placeholder == "chat_b" else OWN_KEY
    chat = values[placeholder] = new_usable(client, "/chats", key, lambda: client.new_assistant(name, key))
    for number, session in enumerate(sessions, start=1):
        new = partial(client.new_session, chat, f"session {number}", key)
        values[session] = new_usable(client, f"/chats/{chat}/sessions", key, new)


def other_assistants(client: Client) -> dict[str, str]:
    number = next(NUMBERS)
    values = {"other_name": f"other {number}"}
    add_assistant(client, values, "other", values["other_name"], ["o1", "o2"])
    add_assistant(client, values, "gone", f"gone {number}", ["d1"])
    add_assistant(client, values, "chat_b", f"other {number}", ["b1", "b2"])
    client.call("DELETE", "/chats", {"ids": [values["gone"]]})
    return values


class Situation:
    """The assistants and sessions before a case, with the values of the placeholders."""

    def __init__(self, client: Client, others: dict[str, str], sessions: int) -> None:
        self.client = client
        number = next(NUMBERS)
        # The recordings show the first characters of a fresh name.
        names = {"key_a": OWN_KEY, "key_b": OTHER_KEY, "chat_name": f"assistant {number}", "fresh": f"rec-17 {number}"}
        self.values = names | others
        add_assistant(client, self.values, "chat", names["chat_name"], [f"s{one}" for one in range(1, sessions + 1)])
        chat = self.values["chat"]
        self.values["x1"] = client.new_session(chat)
        client.call("DELETE", f"/chats/{chat}/sessions", {"ids": [self.values["x1"]]})

    def fill_in(self, text: str, written: Callable[[str], str] = str) -> str:
        """Replace the placeholders, written in this way. Remember the values of placeholders with a form."""

        def value(found: re.Match[str]) -> str:
            placeholder, form = found.groups()
            if placeholder not in self.values:
                return found[0]
            if form:
                self.values[f"{placeholder}:{form}"] = FORMS[form](self.values[placeholder])
            return written(self.values[found[0][1:-1]])

        return re.sub(r"<(\w+)(?::(\w+))?>", value, text)

    def send(self, request: dict[str, Any]) -> Reply:
        headers = [("Authorization", request["authorization"]), ("Content-Type", request["content_type"])]
        # Nothing is added: without a recorded content type, none is sent.
        sent = [(name, self.fill_in(value)) for name, value in headers if value is not None]
        sent += [(name, self.fill_in(value)) for name, value in request.get("headers", [])]
        body = request["body"]
        if body is not None:
            text = self.fill_in(body, lambda value: value.replace("\0", r"\u0000"))
            body = text.encode(request.get("charset", "utf-8"), "surrogatepass")
        if request.get("compress") == "gzip":
            body = gzip.compress(body)
        path = self.fill_in(request["path"], partial(quote, safe=""))
        return self.client.send(request["method"], path, sent, body, request.get("transfer", ""))

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
            if isinstance(normal.get("message"), str):
                normal["message"] = "; ".join(sorted(normal["message"].split("; ")))
            return normal
        if isinstance(value, list):
            return [self.normal(item) for item in value]
        if isinstance(value, str):
            # A longer value may contain a shorter one.
            for placeholder, known in sorted(self.values.items(), key=lambda item: -len(item[1])):
                value = value.replace(known, f"<{placeholder}>")
            value = value.replace(self.client.base, "<base>").replace("<other_name>", "<chat_name>-o")
            for pattern, replacement in NORMAL_FORM.items():
                value = pattern.sub(replacement, value)
        return value

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send the request, and return the answer in the normal form."""
        try:
            reply = self.send(request)
        except ConnectionError:
            self.client.close()
            return {"status": None}
        body = self.normal(reply.body)
        if re.fullmatch("/api/v1/chats(/[^/]+)?", request["path"].partition("?")[0]) and "data" in body:
            body["data"] = shortened(body["data"])
        answer = {"status": reply.status, "content_type": reply.headers["Content-Type"], "body": body}
        location = reply.headers["Location"]
        return answer | ({"location": self.normal(location)} if location else {}) | shown_headers(reply)


def shortened(assistants: Any) -> Any:
    """Return only the recorded fields of one or several assistants."""
    if isinstance(assistants, list):
        return [shortened(one) for one in assistants]
    if isinstance(assistants, dict) and "chats" in assistants:
        return {**assistants, "chats": shortened(assistants["chats"])}
    if isinstance(assistants, dict) and "name" in assistants:
        return {name: value for name, value in assistants.items() if name in ASSISTANT_FIELDS}
    return assistants


def shown_headers(reply: Reply) -> dict[str, dict[str, str]]:
    """Return the headers that are recorded: what a browser wants to know before it sends a request of another site."""
    headers = {name.lower(): value for name, value in reply.headers.items() if name.lower() in SHOWN_HEADERS}
    if "allow" in headers:
        headers["allow"] = ", ".join(sorted(headers["allow"].split(", ")))
    return {"headers": headers} if headers else {}
