"""Connections to a server: certificates, proxies, and a pool that reuses no stale connection."""

import os
import queue
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import default_headers, get_environ_proxies
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import InsecureRequestWarning, MaxRetryError
from urllib3.util import Retry

from acceptance.errors import CannotRun
from acceptance.ragflow.messages import Request
from acceptance.ragflow.responses import CONNECT_TIMEOUT, LICENSE

# The environment variables that name a file or folder with trusted certificates. The first one that is set counts.
CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

# Seconds. RAGFlow 0.27 closes an idle connection after 5 s, and a request that is on its way then gets no answer.
MAX_IDLE = 2.0


class _Retry(Retry):
    """Retries as urllib3 does, but not if RAGFlow's Go server says that its admin server is not running."""

    def increment(self, *request: Any, **details: Any) -> Self:
        answer = details["response"]._original_response if details.get("response") else None
        # Without a body, a look at its beginning would wait for the next answer.
        if answer and answer.length != 0 and LICENSE.encode() in answer.peek():
            raise MaxRetryError(details["_pool"], "", None)
        return super().increment(*request, **details)


# Only reads are retried: five times, within about half a minute. A repeated write would falsify the result.
RETRY_READS = _Retry(
    # A total would also retry every answer with Retry-After.
    total=None,
    connect=0,
    read=False,
    status=5,
    other=0,
    allowed_methods=["GET"],
    # Server overloaded. The client itself repeats requests after a rate limit.
    status_forcelist=(503,),
    backoff_factor=0.5,
    retry_after_max=10,
    raise_on_status=False,
)


class _IdleConnections(queue.LifoQueue[Any]):
    """Closes connections that were idle for too long. A closed connection opens itself again."""

    def _put(self, item: Any) -> None:
        super()._put((item, time.monotonic()))

    def _get(self) -> Any:
        connection, since = super()._get()
        if connection and time.monotonic() - since > MAX_IDLE:
            connection.close()
        return connection


POOLS = {
    each.scheme: type(each.__name__, (each,), {"QueueCls": _IdleConnections})
    for each in (HTTPConnectionPool, HTTPSConnectionPool)
}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


class Connection:
    """A thread-safe pool of connections.

    A Session of requests would also keep cookies (RAGFlow 0.25.3 and later accept one instead of a key), follow
    redirects and read passwords from ``.netrc``. All of these would falsify results.
    """

    def __init__(self, url: str, is_insecure: bool = False) -> None:
        """Raise RequestException if the URL is malformed, or CannotRun if the trusted certificates are."""
        address = requests.PreparedRequest()
        address.prepare_url(url, None)
        self._url = (address.url or url).rstrip("/")
        self._adapter = _Adapter(pool_maxsize=128, max_retries=RETRY_READS)
        # The proxies of the environment do not apply to this machine.
        is_local = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
        self._proxies = {} if is_local else get_environ_proxies(self._url)
        self._verify = not is_insecure and (not url.startswith("https") or trusted_certificates() or True)
        if is_insecure:
            urllib3.disable_warnings(InsecureRequestWarning)

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
        if content and content.data and content.on_sent:
            # The length is in the headers already.
            prepared.body = _reported(content.data, content.on_sent)  # type: ignore[assignment]  # urllib3 takes parts
        timeout = (CONNECT_TIMEOUT, read_timeout)
        return self._adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify, proxies=self._proxies)


def _reported(data: bytes, on_sent: Callable[[], None]) -> Iterator[bytes]:
    """Yield the body in one part. urllib3 asks for another one after the socket has accepted it."""
    yield data
    on_sent()


def trusted_certificates() -> str:
    """Return the file or folder of the environment; empty if none is set. Raise CannotRun if it has no certificates."""
    variable = next((each for each in CERTIFICATE_VARIABLES if os.environ.get(each)), None)
    if variable is None:
        return ""
    path = os.environ[variable]
    try:
        if not Path(path).is_dir():
            ssl.create_default_context(cafile=path)
    except OSError as error:
        problems = {FileNotFoundError: "does not exist", ssl.SSLError: "contains no certificate"}
        problem = problems.get(type(error), "cannot be read")
        raise CannotRun(
            f"{variable} is '{path}', which {problem}. Set it to a file with trusted certificates."
        ) from None
    return path
