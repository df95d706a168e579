"""Turn a response of requests into an Answer, or into the reason why there is none."""

import json
import re
import time
from contextlib import suppress
from itertools import chain
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidHeader, ProxyError, SSLError
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError
from urllib3.exceptions import InvalidHeader as MalformedRetryAfter
from urllib3.util import Retry

from acceptance.ragflow.messages import Answer, Json, Request
from acceptance.ragflow.secrets import redact, secrets_in

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

# What the message of RAGFlow's Go server begins with if RAGFlow's admin server is not running.
LICENSE = "server license"
NO_ADMIN_SERVER = (
    "RAGFlow's admin server is not running, and without it RAGFlow's Go server answers no request with a key (it says "
    f"'{LICENSE} ...'). Start the admin server, wait until it has connected, and run again"
)

DEFAULT_PORTS = {"http": 80, "https": 443}

UNTRUSTED = (
    "the server's certificate is not trusted; set REQUESTS_CA_BUNDLE to a file with the trusted certificates, "
    "or RAGFLOW_INSECURE=yes to accept any certificate"
)

# A half of a surrogate pair, which no file can hold, and how JSON writes halves and pairs.
SURROGATE, ESCAPED_SURROGATE = re.compile("[\\ud800-\\udfff]"), re.compile(r"\\u[dD][89a-fA-F]")

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


def read_answer(
    request: Request, response: requests.Response, began: float, secrets: frozenset[str] = frozenset()
) -> Answer:
    """Read the whole answer. Redact the secrets of both sides and these, and escape halves of surrogate pairs."""
    seconds = time.monotonic() - began
    data = _read_body(response)
    text = data.decode("utf-8", "replace")
    brought = list(secrets_in(text, response.headers))
    sent = (*request.credentials.secrets, *(request.content.secrets if request.content else ()))
    hidden = secrets.union(sent, (value for _, value in brought))
    text = redact(text, hidden)
    is_utf8 = "\ufffd" not in text or data.decode("utf-8", "ignore").encode() == data
    is_json, body = _parsed(text)
    if not is_json and data and (encoding := json.detect_encoding(data)) != "utf-8":
        text, is_utf8 = redact(data.decode(encoding, "replace"), hidden), False
        is_json, body = _parsed(text)
    headers: CaseInsensitiveDict[str] = response.headers
    # One search in all headers is far faster than one for each.
    together = "\n".join(chain.from_iterable(headers.items()))
    if redact(together, hidden) != together:
        headers = CaseInsensitiveDict((redact(name, hidden), redact(value, hidden)) for name, value in headers.items())
    cookies = response.raw.headers.getlist("Set-Cookie")
    return Answer(
        request=request,
        status=response.status_code,
        text=text,
        seconds=seconds,
        body=body,
        is_json=is_json,
        location=headers.get("Location") or None,
        type=headers.get("Content-Type", "").partition(";")[0].strip(),
        retries=len(response.raw.retries.history) if response.raw.retries else 0,
        began=began,
        headers=headers,
        cookies=tuple(redact(each, hidden) for each in cookies),
        is_utf8=is_utf8,
        secrets=dict(brought),
    )


def _parsed(text: str) -> tuple[bool, Json]:
    """Return whether the text is JSON, and its value."""
    try:
        body = json.loads(text)
        if ESCAPED_SURROGATE.search(text):
            plain = json.dumps(body, ensure_ascii=False)
            body = json.loads(SURROGATE.sub(lambda found: rf"\\u{ord(found[0]):x}", plain))
    except (ValueError, RecursionError):
        return False, None
    return True, body


def lacks_admin_server(answer: Answer) -> bool:
    """Whether RAGFlow's Go server refuses to work without RAGFlow's admin server. It looks like a busy server."""
    return answer.status == 503 and LICENSE in answer.text


def not_ragflow_because(answer: Answer, url: str) -> str:
    """Say why the answer cannot come from RAGFlow itself; empty if it can."""
    if answer.status in GATEWAY_STATUSES:
        return f"status {answer.status} comes from {GATEWAY_STATUSES[answer.status]}"
    if answer.location:
        host = urlsplit(answer.location).netloc
        return f"it redirects to another host, {host}" if host and not _is_same_host(answer.location, url) else ""
    if not answer.is_json and answer.status < 500 and answer.status != 204:
        return "it is not JSON"
    return ""


def retry_after(answer: Answer) -> float:
    """Return the seconds after which the server wants to be asked again, 0 if it does not say so."""
    value = answer.headers.get("Retry-After", "")
    # The header holds seconds or a date.
    with suppress(MalformedRetryAfter, ValueError):
        return float(value) if value.replace(".", "", 1).isdigit() else Retry().parse_retry_after(value)
    return 0.0


def _is_same_host(location: str, url: str) -> bool:
    """Whether a redirect stays. A server behind a proxy does not know the proxy's scheme and port."""
    target, own = urlsplit(location), urlsplit(url)
    return target.hostname == own.hostname and target.port in (None, DEFAULT_PORTS.get(target.scheme), own.port)


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
