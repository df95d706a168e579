"""How an exchange is shown: what was sent and what came back, without the key and not too long."""

import shlex
import textwrap
from collections.abc import Callable

from acceptance.ragflow.messages import Answer, Request

# Characters of a request or an answer that are shown.
LENGTH = 600

# Characters of a body that somebody would paste into a shell.
PASTED = 2_000


def describe_exchange(answer: Answer, reworded: Callable[[str], str] = str, limit: int = LENGTH) -> str:
    """Request and answer as they were on the wire, without the key; what was sent and said may be reworded."""
    lines = ["Request:  " + _request(answer.request)]
    if sent := _sent(answer.request):
        lines.append(" " * 10 + shortened(reworded(sent), limit))
    redirect = f" to {answer.location}" if answer.location else ""
    busy = f", and {answer.busy} before it that said to ask again" if answer.busy else ""
    lines.append(f"Answer:   {answer.status}{redirect} after {answer.seconds:.2f} s{busy}")
    lines.append(" " * 10 + shortened(reworded(answer.text.strip()), limit))
    return "\n".join(lines)


def describe_request(request: Request) -> str:
    """A request in one line, without the key."""
    return shortened(f"{_request(request)} {_sent(request)}".strip())


def as_curl(request: Request) -> str:
    """The request as a command for the shell, with the address and the key in environment variables.

    Empty where that cannot be written, or would be too long to be pasted.
    """
    content = request.content
    sent = _sent(request)
    if request.credentials.header is not None and request.credentials.in_shell is None:
        return ""
    if (
        len(sent) + len(request.credentials.in_shell or "") > PASTED
        or "\0" in sent
        or (content and content.data is not None and content.data != sent.encode())
    ):
        return ""
    options = ["-X", request.method]
    if request.credentials.in_shell is not None:
        options += ["-H", f'"Authorization: {request.credentials.in_shell}"']
    if content:
        options += ["-H", shlex.quote(f"Content-Type: {content.type}" if content.type else "Content-Type:")]
    if content and content.data is not None:
        options += ["--data-raw", shlex.quote(sent)]
    return f'curl -g {" ".join(options)} "$RAGFLOW_URL"{shlex.quote(request.path)}'


def _sent(request: Request) -> str:
    return (request.content.data or b"").decode("utf-8", "backslashreplace") if request.content else ""


def _request(request: Request) -> str:
    content_type = request.content.type if request.content else None
    as_type = f", as {content_type}" if content_type else ""
    return f"{request.method} {request.path} with {request.credentials.name}{as_type}"


def shortened(text: str, limit: int = LENGTH) -> str:
    """The text, or where it is long its two ends and how much was left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} …{len(text) - 2 * half:,} characters… {text[-half:]}"


def indented(text: str) -> str:
    """The text with its lines under one another, behind the ``but: `` of an assertion."""
    return textwrap.indent(text, " " * 10).lstrip()
