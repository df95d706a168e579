"""A real HTTP server whose behaviour each test decides, including bad behaviour."""

import http.client
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from acceptance.running.detection import EMOJI
from acceptance.sandbox.guard import UNKNOWN_ID


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. ``path`` includes the query."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def call(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Reply:
    """An answer. ``headers`` may contain a wrong ``Content-Length``, or declare the body as chunked."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Misconduct(Enum):
    BREAK_OFF = "closes the connection without an answer"
    SILENCE = "never answers"
    DROPS = "sends one byte at a time, without end"


Reaction = Callable[[Seen], Reply | Misconduct]


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def spare_bystanders(react: Callable[[Seen], Reply | Misconduct | None]) -> Callable[[Seen], Reply | Misconduct | None]:
    """Leave requests to the server that precede the scenarios: about bystanders and unknown assistants.

    With them, a run checks that deletions arrive as they are sent, and detects the character set.
    """
    spared = {UNKNOWN_ID}

    def react_to_others(seen: Seen) -> Reply | Misconduct | None:
        assistant = seen.path.partition("/chats/")[2].partition("/")[0]
        if b'"to be deleted"' in seen.body or json.dumps(EMOJI).encode() in seen.body:
            spared.add(assistant)
        return None if assistant in spared else react(seen)

    return react_to_others


def forwarded(url: str, seen: Seen) -> Reply:
    """Return the answer of another server to the same request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(seen.method, seen.path, seen.body, dict(seen.headers.items()))
        response = connection.getresponse()
        kept = {name: value for name, value in response.headers.items() if name in ("Location", "Authorization")}
        headers = {"Content-Type": response.headers.get_content_type(), **kept}
        return Reply(response.status, response.read(), headers)
    finally:
        connection.close()


class StandIn(ThreadingHTTPServer):
    """Answers each request with the result of ``reaction`` and records it in ``seen``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, reaction: Reaction, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Seen] = []
        self.reaction = reaction
        self.stopping = threading.Event()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def calls(self) -> list[str]:
        return [seen.call for seen in self.seen]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise the body waits until the client acknowledges the headers.
    disable_nagle_algorithm = True
    server: StandIn

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = Seen(self.command, self.path, self.headers, body)
        self.server.seen.append(seen)
        reply = self.server.reaction(seen)
        self.close_connection = self.close_connection or isinstance(reply, Misconduct)
        try:
            if isinstance(reply, Reply):
                self._reply(reply)
            elif reply is Misconduct.SILENCE:
                self.server.stopping.wait()
            elif reply is Misconduct.DROPS:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not self.server.stopping.wait(0.1):
                    self.wfile.write(b" ")
        except ConnectionError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  # http.server finds them by name

    def _reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not {"Content-Length", "Transfer-Encoding"}.intersection(reply.headers):
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""
