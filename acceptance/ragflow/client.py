"""RAGFlow's HTTP API for assistants and sessions, over requests: one method a call, an Answer back."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.utils import requote_uri
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from acceptance.errors import NoAnswer, NotRAGFlow
from acceptance.ragflow.connection import BUSY, CONNECT_TIMEOUT, Connection
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.gate import Gate
from acceptance.ragflow.messages import Answer, Content, Credentials, Json, Request

# Seconds between two pieces of an answer. 1,000 sessions in one request keep a small RAGFlow busy for some
# seconds; a minute without a word is a fault.
READ_TIMEOUT = 60.0

# What RAGFlow calls a session that is created without a name.
DEFAULT_SESSION_NAME = "New session"

# Octets of an answer that are read; no answer of RAGFlow's comes near.
LONGEST = 64 * 1024**2

# What RAGFlow itself never says.
GATEWAY_STATUSES = {
    429: "whoever limits the number of requests",
    502: "a gateway that reached no RAGFlow",
    503: "a server that is busy",
    504: "a gateway that waited for RAGFlow in vain",
}


@dataclass
class Line:
    """The way to a server: how many requests in a row, of whomever, got no answer, and how many were told to wait.

    All of them go through its gate.
    """

    unanswered: int = 0
    busy: int = 0
    gate: Gate = field(default_factory=Gate)
    # Who is told of each request as soon as it is over, answered or not, and of the seconds that it took.
    over: Callable[[Request, float], None] = lambda _request, _seconds: None

    @contextmanager
    def passing(self, request: Request) -> Iterator[float]:
        """Go through the gate; the block gets the moment at which the request began."""
        with self.gate.passing() as began:
            try:
                yield began
            finally:
                self.over(request, time.monotonic() - began)


class RAGFlow:
    """The API of one RAGFlow, as one tenant's client sees it; may be used by several threads at once.

    It sends no cookies, follows no redirect unless it is asked to, and sends nothing twice: a deletion that is
    repeated unseen answers as if it had failed. Every call raises NoAnswer where there is none within the limits, and
    NotRAGFlow where it is somebody else's.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        read_timeout: float = READ_TIMEOUT,
        check: Callable[[Answer], None] | None = None,
        line: Line | None = None,
    ) -> None:
        """``check`` looks at every answer before anybody else does, and may raise an AssertionError."""
        self.url = url
        self.credentials = credentials
        self.check = check
        self._read_limit = read_timeout
        self._line = line or Line()

    @property
    def unanswered(self) -> int:
        """How many requests in a row to this server, by whomever, got no answer."""
        return self._line.unanswered

    @property
    def busy(self) -> int:
        """How many answers of this server, to whomever, said to ask again later."""
        return self._line.busy

    @property
    def gate(self) -> Gate:
        """What all requests to this server, of whomever, go through."""
        return self._line.gate

    def acting_as(self, credentials: Credentials) -> "RAGFlow":
        """The same RAGFlow, asked by somebody else."""
        return RAGFlow(self.url, credentials, read_timeout=self._read_limit, check=self.check, line=self._line)

    def with_listener(self, over: Callable[[Request, float], None]) -> "RAGFlow":
        """The same RAGFlow on a way of its own, of whose requests somebody is told when each is over."""
        line = Line(over=over)
        return RAGFlow(self.url, self.credentials, read_timeout=self._read_limit, check=self.check, line=line)

    def with_check(self, check: Callable[[Answer], None], read_timeout: float) -> "RAGFlow":
        """The same RAGFlow and the same client, but somebody else looks at the answers, and waits less long."""
        return RAGFlow(self.url, self.credentials, read_timeout=read_timeout, check=check, line=self._line)

    def get(self, path: str) -> Answer:
        """Any address below ``/api/v1``."""
        return self._send("GET", path)

    def create_assistant(self, name: str) -> Answer:
        # An empty list, because RAGFlow up to 0.20.1 fails without one after it has created the assistant.
        return self._send("POST", "/chats", Content.json({"name": name, "dataset_ids": []}))

    def list_assistants(self, **query: str | int) -> Answer:
        """One page of the assistants, as the query has it: of this ``name``, or this ``page`` of this ``page_size``."""
        return self._send("GET", "/chats", query=query)

    def delete_assistants(self, ids: Sequence[str]) -> Answer:
        if not ids:
            raise ValueError("RAGFlow up to 0.24 takes an empty list for all assistants of the tenant")
        return self._send("DELETE", "/chats", Content.json({"ids": list(ids)}))

    def create_session(self, assistant_id: str, name: str | None, user: str | None = None) -> Answer:
        """Without a name RAGFlow gives it one; without a user it belongs to nobody, or to the tenant."""
        said = {"name": name, "user_id": user}
        content = Content.json({field: value for field, value in said.items() if value is not None})
        return self._send("POST", _sessions_of(assistant_id), content)

    def list_sessions(self, assistant_id: str, **query: str | int) -> Answer:
        return self._send("GET", _sessions_of(assistant_id), query=query)

    def update_session(self, assistant_id: str, session_id: str, name: str) -> Answer:
        return self._send("PUT", f"{_sessions_of(assistant_id)}/{session_id}", Content.json({"name": name}))

    def delete_sessions(
        self,
        assistant_id: str,
        content: Content,
        query: str = "",
        *,
        follow: bool = False,
        slash: bool = False,
    ) -> Answer:
        """``query`` stands behind the ``?`` of the address, which ends in a slash with ``slash``.

        With ``follow``, the answer is that of the address to which a redirect leads.
        """
        path = _sessions_of(assistant_id) + ("/" if slash else "") + (f"?{query}" if query else "")
        return self._send("DELETE", path, content, follow=follow)

    def call(self, method: str, path: str, content: Content) -> Answer:
        """Any other call, at any address below ``/api/v1``."""
        return self._send(method, path, content)

    def _send(
        self,
        method: str,
        path: str,
        content: Content | None = None,
        query: Mapping[str, str | int] | None = None,
        follow: bool = False,
    ) -> Answer:
        behind = f"?{urlencode(query)}" if query else ""
        request = Request(method, requote_uri(f"/api/v1{path}{behind}"), self.credentials, content)
        headers = {"Content-Type": content.type} if content and content.type else {}
        if self.credentials.header is not None:
            headers["Authorization"] = self.credentials.header
        data = content.data if content else None
        try:
            with (
                self._line.passing(request) as began,
                self._connection.send(method, request.path, headers, data, self._read_limit) as response,
            ):
                answer = _answer(request, response, began)
                reason = _not_ragflow_because(answer, self.url)
        # A ValueError is an address that cannot be read.
        except (requests.RequestException, HTTPError, ValueError) as trouble:
            self._line.unanswered += 1
            raise NoAnswer(f"{method} {request.path} got no answer: {_reason(trouble)}") from None
        self._line.unanswered = 0
        self._line.busy += answer.busy
        if answer.busy or answer.status in BUSY:
            self.gate.narrow(began)
        if reason:
            raise NotRAGFlow(f"this answer is not RAGFlow's: {reason}.\n{describe_exchange(answer)}")
        if follow and answer.location:
            return self._send(method, self._path_of(answer), content)
        if self.check:
            self.check(answer)
        return answer

    def _path_of(self, answer: Answer) -> str:
        """Where a redirect leads, below ``/api/v1``. NotRAGFlow where that is elsewhere."""
        place = urlsplit(answer.location or "")
        base = f"{urlsplit(self.url).path}/api/v1"
        if not place.path.startswith(f"{base}/"):
            raise NotRAGFlow(f"this answer leads away from RAGFlow's API:\n{describe_exchange(answer)}")
        return place.path.removeprefix(base) + (f"?{place.query}" if place.query else "")

    @cached_property
    def _connection(self) -> Connection:
        return Connection(self.url)


def _sessions_of(assistant_id: str) -> str:
    return f"/chats/{quote(assistant_id, safe='')}/sessions"


def _answer(request: Request, response: requests.Response, began: float) -> Answer:
    """The answer, from which the key is gone before anybody can look at it."""
    seconds = time.monotonic() - began
    redacted = request.credentials.redacted
    data = _read(response)
    text = redacted(data.decode("utf-8", "replace"))
    body, is_json, is_text = _parsed(text, data)
    location = response.headers.get("Location")
    return Answer(
        request=request,
        status=response.status_code,
        text=text,
        seconds=seconds,
        body=body,
        is_json=is_json,
        location=redacted(location) if location else None,
        type=response.headers.get("Content-Type", "").partition(";")[0].strip(),
        busy=len(response.raw.retries.history) if response.raw.retries else 0,
        began=began,
        headers={name: redacted(value) for name, value in response.headers.items()},
        is_text=is_text,
    )


def _parsed(text: str, data: bytes) -> tuple[Json, bool, bool]:
    """The JSON of an answer, whether it is any, and whether it is in UTF-8; Python knows other encodings."""
    is_text = "\ufffd" not in text or _is_utf_8(data)
    for source in (text, data):
        try:
            return json.loads(source), True, is_text and source is text
        except (ValueError, RecursionError):
            pass
    return None, False, is_text


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(response: requests.Response) -> bytes:
    """The whole of the body. RequestException where it is too long, or comes in drops for too long."""
    data = bytearray()
    began = time.monotonic()
    while piece := response.raw.read1(65_536, decode_content=True):
        data += piece
        if len(data) > LONGEST:
            raise requests.RequestException(f"it is longer than {LONGEST // 1024**2} MB, and was not read to its end")
        if time.monotonic() - began > READ_TIMEOUT:
            raise requests.RequestException(f"it was still arriving after {READ_TIMEOUT:.0f} s")
    return bytes(data)


def _not_ragflow_because(answer: Answer, url: str) -> str:
    """Why the answer cannot be RAGFlow's own; empty where it may be."""
    if answer.status in GATEWAY_STATUSES:
        return f"{answer.status} is said by {GATEWAY_STATUSES[answer.status]}"
    if answer.location:
        place = urlsplit(answer.location)
        is_other = bool(place.netloc) and _host(answer.location) != _host(url)
        return f"it redirects to another host, {place.netloc}" if is_other else ""
    # What has no content by its very status is no page.
    if not answer.is_json and answer.status < 500 and answer.status != 204:
        return "it is no JSON"
    return ""


def _host(url: str) -> tuple[str | None, int | None]:
    """Host and port, whether the port is written or not."""
    place = urlsplit(url)
    return place.hostname, place.port or {"http": 80, "https": 443}.get(place.scheme)


def _reason(trouble: Exception) -> str:
    """What happened, without the inside of the libraries."""
    causes = f"{trouble!r} {trouble.args!r}"
    if type(trouble) is requests.RequestException:
        return str(trouble)
    if isinstance(trouble, requests.ConnectTimeout):
        return f"no connection within {CONNECT_TIMEOUT:.0f} s"
    if isinstance(trouble, requests.Timeout | ReadTimeoutError):
        return "the server took longer than the time limit"
    if isinstance(trouble, requests.exceptions.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in causes:
            return "its certificate is not trusted; REQUESTS_CA_BUNDLE names a file with those that are"
        return "it does not speak HTTPS"
    if isinstance(trouble, requests.exceptions.ProxyError):
        return "the proxy did not let the request through"
    if isinstance(trouble, requests.exceptions.InvalidHeader):
        return "one of its headers cannot be read"
    if isinstance(trouble, DecodeError):
        return "it is packed in a way that cannot be read"
    if isinstance(trouble, HTTPError):
        return "it broke off before its end"
    if not isinstance(trouble, requests.ConnectionError):
        return "the address, or the one that it leads to, cannot be read"
    if "NameResolutionError" in causes:
        return "there is no host of this name"
    if "refused" in causes:
        return "the connection was refused"
    return "the connection broke off"
