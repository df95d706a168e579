"""An embedded server in a process of its own, and a client that sends exactly what it is told to send."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from acceptance.paths import ROOT

KEY_A = "ragflow-first-tenant"
KEY_B = "ragflow-second-tenant"


@dataclass(frozen=True)
class Reply:
    """What came back. `body` is parsed where it is JSON."""

    status: int
    content_type: str | None
    location: str | None
    body: Any


class Client:
    """A keep-alive connection to a server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: str | bytes | None = None
    ) -> Reply:
        data = body.encode() if isinstance(body, str) else body
        self._connection.request(method, path, data, headers or {})
        response = self._connection.getresponse()
        text, content_type = response.read(), response.getheader("Content-Type")
        parsed = json.loads(text) if text and content_type == "application/json" else text.decode()
        return Reply(response.status, content_type, response.getheader("Location"), parsed)

    def call(self, method: str, path: str, payload: object = None, key: str = KEY_A) -> Any:
        """Send JSON to a path below /api/v1 with an API key; returns the parsed body."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = None if payload is None else json.dumps(payload)
        return self.send(method, f"/api/v1{path}", headers, body).body

    def new_assistant(self, name: str, key: str = KEY_A) -> str:
        return str(self.call("POST", "/chats", {"name": name, "dataset_ids": []}, key)["data"]["id"])

    def new_session(self, chat: str, name: str = "a session", key: str = KEY_A) -> str:
        return str(self.call("POST", f"/chats/{chat}/sessions", {"name": name}, key)["data"]["id"])

    def session_ids(self, chat: str, key: str = KEY_A) -> list[str] | None:
        """The sessions of an assistant, oldest first; None where the assistant is gone."""
        answer = self.call("GET", f"/chats/{chat}/sessions?page_size=100&desc=false", key=key)
        return [session["id"] for session in answer["data"]] if answer["code"] == 0 else None

    def close(self) -> None:
        self._connection.close()


def start(*options: str, **environment: str) -> "subprocess.Popen[str]":
    """Start the server with these options. It ends when its standard input is closed, as it is at a test's end."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "embedded_ragflow", "--stop-at-end-of-input", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*options: str) -> "subprocess.CompletedProcess[str]":
    """Start the server with nothing to wait for on its standard input, and wait for its end."""
    with start(*options) as process:
        output, errors = process.communicate(timeout=10)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def port_of(process: "subprocess.Popen[str]") -> int:
    """Wait for the line that says where the server answers; its last word is the address."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return int(line.split()[-1].rpartition(":")[2])


# A client of a server of that release.
Servers = Callable[[str], Client]


@contextmanager
def running(release: str, *options: str) -> Iterator[Client]:
    """A server of that release with two tenants, and a client of it."""
    keys = ("--api-key", KEY_A, "--api-key", KEY_B)
    with start("--port", "0", "--release", release, *keys, *options) as process:
        client = Client(port_of(process))
        try:
            yield client
        finally:
            client.close()
            _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
