"""A real HTTP server that a test tells how to behave, and badly if need be."""

import http.client
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Seen:
    """A request as it came in. ``path`` is what stood on the wire, the query included."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def call(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Reply:
    """``headers`` may hold a wrong ``Content-Length``, or say that the body is in chunks as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Misconduct(Enum):
    BREAK_OFF = "closes the connection without an answer"
    SILENCE = "never answers"
    DROPS = "answers a byte at a time, and never comes to an end"


Reaction = Callable[[Seen], Reply | Misconduct]


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def forwarded(url: str, seen: Seen) -> Reply:
    """What the server at that address answers to the same request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(seen.method, seen.path, seen.body, dict(seen.headers.items()))
        response = connection.getresponse()
        return Reply(response.status, response.read(), {"Content-Type": response.headers.get_content_type()})
    finally:
        connection.close()


class StandIn:
    """Answers every request with ``reaction``, over ``tls`` where it is given, and remembers what it has ``seen``."""

    def __init__(self, reaction: Reaction, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.react = self._react
        self._reaction = reaction
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def calls(self) -> list[str]:
        return [seen.call for seen in self.seen]

    def _react(self, seen: Seen) -> Reply | Misconduct:
        self.seen.append(seen)
        return self._reaction(seen)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    react: Reaction

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.stopping = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise the body waits for the client to acknowledge the headers.
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.react(Seen(self.command, self.path, self.headers, body))
        try:
            if isinstance(reply, Misconduct):
                self._misbehave(reply)
            else:
                self._reply(reply)
        except ConnectionError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  # http.server finds them by these names

    def _reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not {"Content-Length", "Transfer-Encoding"}.intersection(reply.headers):
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _misbehave(self, conduct: Misconduct) -> None:
        self.close_connection = True
        if conduct is Misconduct.SILENCE:
            self.server.stopping.wait()
        elif conduct is Misconduct.DROPS:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not self.server.stopping.wait(0.1):
                self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at what was seen."""
