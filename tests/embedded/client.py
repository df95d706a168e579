"""A client that sends exactly what a test says, byte for byte, and the servers that it talks to."""

import http.client
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any

from tests.support.servers import OWN_KEY, TWO_TENANTS, server_process


@dataclass(frozen=True)
class Reply:
    """An HTTP response. `body` is parsed if it is JSON."""

    status: int
    headers: HTTPMessage
    body: Any


class Client(AbstractContextManager["Client"]):
    """A keep-alive connection to the server at `base`, which closes at the end of the block."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.address = ("127.0.0.1", int(base.rpartition(":")[2]))
        self._connection = http.client.HTTPConnection(*self.address, timeout=30)

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. The next request opens another one."""
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | Iterable[tuple[str, str]] = (),
        body: str | bytes | None = None,
        transfer: str = "",
    ) -> Reply:
        """Send a request. Header values are sent in Latin-1 if possible, otherwise in UTF-8.

        `transfer` is "chunked" (two chunks, no length), "raw" (neither length nor body) or "http/1.0".
        """
        data = body.encode() if isinstance(body, str) else body
        connection = self._connection
        is_old = transfer == "http/1.0"
        connection._http_vsn, connection._http_vsn_str = (10, "HTTP/1.0") if is_old else (11, "HTTP/1.1")
        connection.putrequest(method, path)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            connection.putheader(name, value.encode("latin-1" if max(value, default="") <= "\xff" else "utf-8"))
        if transfer == "chunked":
            assert data is not None
            connection.putheader("Transfer-Encoding", "chunked")
            middle = len(data) // 2
            connection.endheaders([data[:middle], data[middle:]], encode_chunked=True)
        elif transfer == "raw" or (data is None and method not in ("POST", "PUT", "PATCH")):
            connection.endheaders()
        else:
            connection.putheader("Content-Length", str(len(data or b"")))
            connection.endheaders(data)
        return self._reply()

    def _reply(self) -> Reply:
        response = self._connection.getresponse()
        text = response.read()
        is_json = (response.headers["Content-Type"] or "").startswith("application/json")
        return Reply(response.status, response.headers, json.loads(text) if text and is_json else text.decode())

    def call(self, method: str, path: str, payload: object = None, key: str = OWN_KEY) -> Any:
        """Send JSON to a path below /api/v1 with an API key, and return the parsed body."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = None if payload is None else json.dumps(payload)
        return self.send(method, f"/api/v1{path}", headers, body).body

    def new_assistant(self, name: str, key: str = OWN_KEY) -> str:
        return str(self.call("POST", "/chats", {"name": name, "dataset_ids": []}, key)["data"]["id"])

    def new_session(self, chat: str, name: str = "a session", key: str = OWN_KEY) -> str:
        return str(self.call("POST", f"/chats/{chat}/sessions", {"name": name}, key)["data"]["id"])

    def session_ids(self, chat: str, key: str = OWN_KEY) -> list[str] | None:
        """The sessions of an assistant, oldest first; None if the assistant does not exist."""
        answer = self.call("GET", f"/chats/{chat}/sessions?page_size=100&desc=false", key=key)
        return [session["id"] for session in answer["data"]] if answer["code"] == 0 else None


def at_once(client: Client, count: int, act: Callable[[Client], Any]) -> list[Any]:
    """Do this with so many other connections to the same server."""
    with ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, [stack.enter_context(Client(client.base)) for _ in range(count)]))


@contextmanager
def serve(release: str, *options: str) -> Iterator[Client]:
    """Start a server of this release with two tenants. Fail if it prints an error or does not stop cleanly."""
    with server_process("--port", "0", "--release", release, *TWO_TENANTS, *options) as server:
        with Client(server.url) as client:
            yield client
        status, _, errors = server.stop()
    assert (status, errors) == (0, "")
