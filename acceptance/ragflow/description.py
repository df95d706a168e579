"""Describe requests and answers for people: redacted and shortened."""

import shlex
import textwrap
from collections.abc import Callable

from acceptance.ragflow.messages import Answer, Content, Request
from acceptance.ragflow.printable import printable
from acceptance.ragflow.secrets import redact

# Characters of a request or an answer that are shown.
MAX_SHOWN = 600

# Characters of a request that can be pasted into a shell comfortably.
MAX_CURL_BODY = 2_000

INDENT = " " * 10


def describe_exchange(answer: Answer, reword: Callable[[str], str] = str, limit: int = MAX_SHOWN) -> str:
    """Show a request and its answer as on the wire, without the key. ``reword`` changes both bodies."""
    redirect = f" to {printable(answer.location)}" if answer.location else ""
    retries = f" and {answer.retries} retries" if answer.retries else ""
    lines = [
        f"Request:  {_request_line(answer.request)}",
        _body_line(reword(_body_of(answer.request)), limit),
        f"Answer:   {answer.status}{redirect} after {answer.seconds:.2f} s{retries}",
        _body_line(reword(answer.text.strip()), limit),
    ]
    return "\n".join(filter(None, lines))


def describe_request(request: Request) -> str:
    """Show a request in one line, without the key."""
    return shorten(f"{_request_line(request)} {_body_of(request)}".strip())


def curl_command(request: Request) -> str:
    """Return the request as a shell command that reads the key from an environment variable.

    Empty if a shell cannot send it, or if it is too long to paste.
    """
    content, body, authorization = request.content, _body_of(request), request.credentials.shell_header
    is_binary = bool(content and content.data and content.data != body.encode())
    is_long = len(body) + len(authorization or "") > MAX_CURL_BODY
    has_unknown_key = authorization is None and request.credentials.header is not None
    if is_binary or is_long or has_unknown_key or "\0" in body:
        return ""
    options = ["-gk" if request.address.is_insecure else "-g", "-X", request.method]
    if authorization is not None:
        options += ["-H", f'"Authorization: {authorization}"']
    if content:
        options += ["-H", shlex.quote(f"Content-Type: {content.type or ''}".strip())]
    if content and content.data is not None:
        options += ["--data-raw", shlex.quote(body)]
    return f"curl {' '.join(options)} {shlex.quote(request.address.url + request.path)}"


def shorten(text: str, limit: int = MAX_SHOWN) -> str:
    """Replace the middle of a long text by its length, and make the text printable."""
    half = limit // 2
    return printable(
        text if len(text) <= limit else f"{text[:half]} …{len(text) - 2 * half:,} characters… {text[-half:]}"
    )


def indent(text: str) -> str:
    """Align the lines of a text after the ``but: `` of an assertion."""
    return textwrap.indent(text, INDENT).lstrip()


def _body_of(request: Request) -> str:
    content = request.content or Content()
    return redact((content.data or b"").decode("utf-8", "backslashreplace"), content.secrets)


def _body_line(body: str, limit: int) -> str:
    # The word in front keeps the body from being a command: CI servers trim spaces at the start of a line.
    return f"Body:     {shorten(body, limit)}" if body else ""


def _request_line(request: Request) -> str:
    content_type = request.content.type if request.content else None
    as_type = f", as {content_type}" if content_type else ""
    return printable(f"{request.method} {request.path} with {request.credentials.name}{as_type}")
