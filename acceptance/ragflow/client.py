"""The HTTP client for RAGFlow's API of assistants and sessions. One method per call returns an Answer."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import default_headers, requote_uri
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from acceptance.errors import NoAnswer, NotRAGFlow
from acceptance.ragflow import responses
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.messages import Answer, Content, Credentials, Json, Request

# RAGFlow's name for a session that is created without one.
DEFAULT_SESSION_NAME = "New session"

# Only reads are retried: five times, within about half a minute. A repeated write would falsify the result.
RETRY_READS = Retry(
    # A total would also retry every answer with Retry-After.
    total=None,
    connect=0,
    read=False,
    status=5,
    other=0,
    allowed_methods=["GET"],
    # Rate limit exceeded, and server overloaded.
    status_forcelist=(429, 503),
    backoff_factor=0.5,
    retry_after_max=10,
    raise_on_status=False,
)

AnswerCheck = Callable[[Answer], None]
Listener = Callable[[Request, float], None]


@dataclass
class ServerState:
    """What all clients of a server share: consecutive requests without an answer, and retries after busy answers.

    ``slowest`` is the longest time for an answer, in seconds. ``on_done`` receives each request when it is over,
    answered or not, and its seconds.
    """

    unanswered: int = 0
    retries: int = 0
    slowest: float = 0.0
    on_done: Listener = lambda _request, _seconds: None


class _Connection:
    """A thread-safe pool of connections.

    A Session of requests would also keep cookies (RAGFlow 0.25.3 and later accept one instead of a key), follow
    redirects and read passwords from ``.netrc``. All of these would falsify results.
    """

    def __init__(self, url: str) -> None:
        """Raise RequestException if the URL is malformed."""
        address = requests.PreparedRequest()
        address.prepare_url(url, None)
        self._url = (address.url or url).rstrip("/")
        self._adapter = HTTPAdapter(pool_maxsize=128, max_retries=RETRY_READS)
        with requests.Session() as session:
            # The proxies of the environment do not apply to this machine.
            session.trust_env = urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1")
            settings = session.merge_environment_settings(self._url, {}, stream=True, verify=None, cert=None)
        self._proxies, self._verify = settings["proxies"], settings["verify"] or True

    def send(self, request: Request, read_timeout: float) -> requests.Response:
        """Send a request and read the headers of the response. The timeout is in seconds."""
        content, authorization = request.content, request.credentials.header
        headers = {**default_headers(), "User-Agent": "ragflow-session-deletion-specification"}
        if content and content.type:
            headers["Content-Type"] = content.type
        if authorization is not None:
            headers["Authorization"] = authorization
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url = request.method, f"{self._url}{request.path}"
        prepared.prepare_headers(headers)
        prepared.prepare_body(content.data if content else None, None)
        timeout = (responses.CONNECT_TIMEOUT, read_timeout)
        return self._adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify, proxies=self._proxies)


@dataclass(eq=False)
class RAGFlow:
    """A thread-safe client for RAGFlow's HTTP API, acting for one tenant.

    It sends no cookies, follows redirects only on request and never retries a write: a repeated deletion would look
    like a failed one. ``check`` receives every answer first and may raise an AssertionError. Every call raises
    NoAnswer on a timeout or a broken connection, and NotRAGFlow if something else answered.
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
        """Return a client that counts for itself and reports each request that is over."""
        return replace(self, server=ServerState(on_done=on_done))

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

    def update_session(self, assistant_id: str, session_id: str, name: str) -> Answer:
        return self.call("PUT", f"{_sessions_path(assistant_id)}/{session_id}", Content.json({"name": name}))

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
    ) -> Answer:
        """Send any call to a path below ``/api/v1``."""
        query_part = f"?{urlencode(query)}" if query else ""
        request = Request(method, requote_uri(f"/api/v1{path}{query_part}"), self.credentials, content)
        began = time.monotonic()
        try:
            with self._connection.send(request, self.read_timeout) as response:
                answer = responses.read_answer(request, response, began)
                reason = responses.not_ragflow_because(answer, self.url)
        # A malformed URL raises a ValueError.
        except (requests.RequestException, HTTPError, ValueError) as error:
            self.server.unanswered += 1
            raise NoAnswer(f"{method} {request.path} got no answer: {responses.failure_reason(error)}") from None
        finally:
            self.server.on_done(request, time.monotonic() - began)
        self.server.unanswered = 0
        self.server.retries += answer.retries
        self.server.slowest = max(self.server.slowest, answer.seconds)
        if reason:
            raise NotRAGFlow(f"this answer is not from RAGFlow: {reason}.\n{describe_exchange(answer)}")
        if follow and answer.location:
            target, base = urlsplit(answer.location), f"{urlsplit(self.url).path}/api/v1"
            if not target.path.startswith(f"{base}/"):
                raise NotRAGFlow(f"this answer redirects out of RAGFlow's API:\n{describe_exchange(answer)}")
            query_part = f"?{target.query}" if target.query else ""
            return self.call(method, target.path.removeprefix(base) + query_part, content)
        if self.check:
            self.check(answer)
        return answer

    @cached_property
    def _connection(self) -> _Connection:
        return _Connection(self.url)


def _sessions_path(assistant_id: str) -> str:
    return f"/chats/{quote(assistant_id, safe='')}/sessions"
