"""Turn a response of requests into an Answer, or into the reason why there is none."""

import json
import time
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidHeader, ProxyError, SSLError
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from acceptance.ragflow.messages import Answer, Request

# Seconds.
CONNECT_TIMEOUT = 3.05

# Seconds for the whole body, and between two parts of an answer. 1,000 sessions in one request keep a small RAGFlow
# busy for some seconds; a minute of silence is a fault.
READ_TIMEOUT = 60.0

# Far more than any answer of RAGFlow.
MAX_BYTES = 64 * 1024**2

# RAGFlow itself never answers with these.
GATEWAY_STATUSES = {
    429: "a rate limit",
    502: "a gateway that cannot reach RAGFlow",
    503: "an overloaded server",
    504: "a gateway whose request to RAGFlow timed out",
}

UNTRUSTED = "the server's certificate is not trusted; set REQUESTS_CA_BUNDLE to a file with the trusted certificates"

# The first entry whose type and word match explains an exception.
REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (requests.ConnectTimeout, "", f"no connection within {CONNECT_TIMEOUT:.0f} s"),
    (requests.Timeout, "", "timeout: the server took too long"),
    (ReadTimeoutError, "", "timeout: the server took too long"),
    (SSLError, "CERTIFICATE_VERIFY_FAILED", UNTRUSTED),
    (SSLError, "", "the server does not speak HTTPS"),
    (ProxyError, "", "the proxy rejected the request"),
    (InvalidHeader, "", "the answer has a malformed header"),
    (DecodeError, "", "the answer cannot be decompressed"),
    (HTTPError, "", "the answer broke off"),
    (requests.ConnectionError, "NameResolutionError", "the host name is unknown"),
    (requests.ConnectionError, "refused", "the connection was refused"),
    (requests.ConnectionError, "", "the connection broke off"),
    (Exception, "", "the URL, or the one it redirects to, is malformed"),
)


def failure_reason(error: Exception) -> str:
    """Explain why there is no answer, without internals of the libraries."""
    if type(error) is requests.RequestException:
        return str(error)
    details = f"{error!r} {error.args!r}"
    return next(text for kind, word, text in REASONS if isinstance(error, kind) and word in details)


def read_answer(request: Request, response: requests.Response, began: float) -> Answer:
    """Read the whole answer and redact the key."""
    seconds = time.monotonic() - began
    redact = request.credentials.redact
    data = _read_body(response)
    text = redact(data.decode("utf-8", "replace"))
    is_utf8 = "\ufffd" not in text or data.decode("utf-8", "ignore").encode() == data
    body, is_json = None, True
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        try:
            # Python also reads UTF-16 and UTF-32.
            body, is_utf8 = json.loads(data), False
        except (ValueError, RecursionError):
            is_json = False
    return Answer(
        request=request,
        status=response.status_code,
        text=text,
        seconds=seconds,
        body=body,
        is_json=is_json,
        location=redact(response.headers.get("Location", "")) or None,
        type=response.headers.get("Content-Type", "").partition(";")[0].strip(),
        retries=len(response.raw.retries.history) if response.raw.retries else 0,
        began=began,
        headers={name: redact(value) for name, value in response.headers.items()},
        is_utf8=is_utf8,
    )


def not_ragflow_because(answer: Answer, url: str) -> str:
    """Say why the answer cannot come from RAGFlow itself; empty if it can."""
    if answer.status in GATEWAY_STATUSES:
        return f"status {answer.status} comes from {GATEWAY_STATUSES[answer.status]}"
    if answer.location:
        host = urlsplit(answer.location).netloc
        is_other = bool(host) and _host_and_port(answer.location) != _host_and_port(url)
        return f"it redirects to another host, {host}" if is_other else ""
    if not answer.is_json and answer.status < 500 and answer.status != 204:
        return "it is not JSON"
    return ""


def _host_and_port(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _read_body(response: requests.Response) -> bytes:
    data = bytearray()
    began = time.monotonic()
    while part := response.raw.read1(65_536, decode_content=True):
        data += part
        if len(data) > MAX_BYTES:
            raise requests.RequestException(f"the answer is longer than {MAX_BYTES // 1024**2} MB")
        if time.monotonic() - began > READ_TIMEOUT:
            raise requests.RequestException(f"the answer was still arriving after {READ_TIMEOUT:.0f} s")
    return bytes(data)
