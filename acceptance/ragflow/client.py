"""The HTTP client for RAGFlow's API of assistants and sessions. One method per call returns an Answer."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.utils import requote_uri
from urllib3.exceptions import HTTPError

from acceptance.errors import NoAdminServer, NoAnswer, NotRAGFlow
from acceptance.ragflow import responses
from acceptance.ragflow.connection import Connection
from acceptance.ragflow.cookies import GatewayCookies
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.messages import Address, Answer, Content, Credentials, Json, Request
from acceptance.ragflow.throttle import MAX_WAIT, RATE_LIMITED, Throttle

# RAGFlow's name for a session that is created without one.
DEFAULT_SESSION_NAME = "New session"

AnswerCheck = Callable[[Answer], None]
Listener = Callable[[Request, float], None]


@dataclass
class ServerState:
    """What all clients of a server share: consecutive requests without an answer, and retries after busy answers.

    ``slowest`` is the longest time for an answer, in seconds. ``on_done`` receives each request when it is over,
    answered or not, and its seconds. ``secrets`` are the keys and passwords of the run; no answer shows them. Without a
    ``throttle``, a rate limit is an error. ``start_command`` starts such a server.
    """

    unanswered: int = 0
    retries: int = 0
    slowest: float = 0.0
    on_done: Listener = lambda _request, _seconds: None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    throttle: Throttle | None = None
    cookies: GatewayCookies = field(default_factory=GatewayCookies)
    is_insecure: bool = False
    start_command: str = ""


@dataclass(eq=False)
class RAGFlow:
    """A thread-safe client for RAGFlow's HTTP API, acting for one tenant.

    It sends no cookies, follows redirects only on request and never retries a write that may have been executed: a
    repeated deletion would look like a failed one. ``check`` receives every answer first and may raise an
    AssertionError. Every call raises NoAnswer on a timeout or a broken connection, and NotRAGFlow if something else
    answered.
    """

    url: str
    credentials: Credentials
    read_timeout: float = responses.READ_TIMEOUT
    check: AnswerCheck | None = None
    server: ServerState = field(default_factory=ServerState, repr=False)

    def acting_as(self, credentials: Credentials) -> "RAGFlow":
        """Return a client of the same server with other credentials and a new connection."""
        return replace(self, credentials=credentials)

    def with_listener(self, on_done: Listener) -> "RAGFlow":
        """Return a client that counts for itself, reports each request that is over, and ignores the throttle."""
        return replace(self, server=replace(self.server, unanswered=0, retries=0, on_done=on_done, throttle=None))

    def with_check(self, check: AnswerCheck, read_timeout: float) -> "RAGFlow":
        """Return a client with another check of the answers and another timeout."""
        return replace(self, check=check, read_timeout=read_timeout)

    def create_assistant(self, name: str) -> Answer:
        # RAGFlow up to 0.20.1 creates the assistant, but fails, if dataset_ids is missing.
        return self.call("POST", "/chats", Content.json({"name": name, "dataset_ids": []}))

    def list_assistants(self, **query: str | int) -> Answer:
        """List assistants; the query may hold ``name``, ``page`` and ``page_size``."""
        return self.call("GET", "/chats", query=query)

    def delete_assistants(self, ids: Sequence[str]) -> Answer:
        if not ids:
            raise ValueError("RAGFlow up to 0.24 deletes all assistants of the tenant for an empty list")
        return self.call("DELETE", "/chats", Content.json({"ids": list(ids)}))

    def delete_assistant(self, assistant_id: str) -> Answer:
        """Delete one assistant by its address. RAGFlow up to 0.24 has no such call."""
        return self.call("DELETE", f"/chats/{quote(assistant_id, safe='')}")

    def create_session(self, assistant_id: str, name: str | None, user: str | None = None) -> Answer:
        """Create a session; None leaves the field out."""
        fields: dict[str, Json] = {"name": name, "user_id": user}
        content = Content.json({field: value for field, value in fields.items() if value is not None})
        return self.call("POST", _sessions_path(assistant_id), content)

    def list_sessions(self, assistant_id: str, **query: str | int) -> Answer:
        return self.call("GET", _sessions_path(assistant_id), query=query)

    def rename_session(self, assistant_id: str, session_id: str, name: str, method: str) -> Answer:
        """Rename a session with PUT or PATCH; the contract says which."""
        return self.call(method, f"{_sessions_path(assistant_id)}/{session_id}", Content.json({"name": name}))

    def delete_sessions(
        self, assistant_id: str, content: Content, query: str = "", *, follow: bool = False, slash: bool = False
    ) -> Answer:
        """Delete sessions. ``slash`` ends the path with a slash; ``follow`` follows one redirect."""
        path = _sessions_path(assistant_id) + ("/" if slash else "") + (f"?{query}" if query else "")
        return self.call("DELETE", path, content, follow=follow)

    def call(
        self,
        method: str,
        path: str,
        content: Content | None = None,
        query: Mapping[str, str | int] | None = None,
        follow: bool = False,
        root: str = "/api/v1",
    ) -> Answer:
        """Send any call to a path below ``root``."""
        query_part = f"?{urlencode(query)}" if query else ""
        address = Address(self.url, self.server.is_insecure, self.server.start_command)
        request = Request(method, requote_uri(f"{root}{path}{query_part}"), self.credentials, content, address)
        answer = self._send(request)
        if responses.lacks_admin_server(answer):
            raise NoAdminServer(f"{responses.NO_ADMIN_SERVER}\n{describe_exchange(answer)}")
        if reason := responses.not_ragflow_because(answer, self.url):
            raise NotRAGFlow(f"this answer is not from RAGFlow: {reason}.\n{describe_exchange(answer)}")
        if follow and answer.location:
            target = urlsplit(answer.location)
            # A proxy may serve RAGFlow below a path that RAGFlow does not know.
            path = target.path.removeprefix(urlsplit(self.url).path)
            if not path.startswith("/api/v1/"):
                raise NotRAGFlow(f"this answer redirects out of RAGFlow's API:\n{describe_exchange(answer)}")
            query_part = f"?{target.query}" if target.query else ""
            return self.call(method, path.removeprefix("/api/v1") + query_part, content)
        if self.check:
            self.check(answer)
        return answer

    def _send(self, request: Request) -> Answer:
        """Send a request. Repeat it while a rate limit rejects it, because then it was not executed."""
        throttle, waited, rejections = self.server.throttle, 0.0, 0
        while True:
            if throttle:
                throttle.wait()
            answer = self._send_once(request)
            if throttle and answer.status != RATE_LIMITED:
                throttle.accept()
            if not throttle or answer.status != RATE_LIMITED or waited >= MAX_WAIT:
                self.server.retries += answer.retries + rejections
                return replace(answer, retries=answer.retries + rejections)
            waited += throttle.reject(answer.began, responses.retry_after(answer), rejections)
            rejections += 1

    def _send_once(self, request: Request) -> Answer:
        began = time.monotonic()
        try:
            with self._connection.send(request, self.read_timeout) as response:
                answer = responses.read_answer(request, response, began, self.server.secrets)
                is_ragflow = not responses.not_ragflow_because(answer, self.url)
        # A malformed URL raises a ValueError.
        except (requests.RequestException, HTTPError, ValueError) as error:
            self.server.unanswered += 1
            reason = responses.failure_reason(error)
            raise NoAnswer(f"{request.method} {request.path} got no answer: {reason}") from None
        finally:
            self.server.on_done(request, time.monotonic() - began)
        self.server.unanswered = 0
        self.server.slowest = max(self.server.slowest, answer.seconds)
        self.server.cookies.learn(answer.cookies, is_ragflow=is_ragflow)
        return replace(answer, cookies=self.server.cookies.without(answer.cookies))

    @cached_property
    def _connection(self) -> Connection:
        return Connection(self.url, self.server.is_insecure)


def _sessions_path(assistant_id: str) -> str:
    return f"/chats/{quote(assistant_id, safe='')}/sessions"
