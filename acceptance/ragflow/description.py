"""How an exchange is shown: what was sent and what came back, without the key and not too long."""

import textwrap

from acceptance.ragflow.client import Answer, Request

# Characters of a request or an answer that are shown.
SHOWN = 600


def describe_exchange(answer: Answer) -> str:
    """Request and answer as they were on the wire, without the key."""
    lines = ["Request:  " + _request(answer.request)]
    if answer.request.content and answer.request.content.data is not None:
        lines.append(" " * 10 + shortened(answer.request.content.data.decode("utf-8", "backslashreplace")))
    redirect = f" to {answer.location}" if answer.location else ""
    lines.append(f"Answer:   {answer.status}{redirect} after {answer.seconds:.2f} s")
    lines.append(" " * 10 + shortened(answer.text.strip()))
    return "\n".join(lines)


def _request(request: Request) -> str:
    content_type = request.content.type if request.content else None
    as_type = f", as {content_type}" if content_type else ""
    return f"{request.method} {request.path} with {request.credentials.name}{as_type}"


def shortened(text: str, limit: int = SHOWN) -> str:
    """The text, or where it is long its two ends and how much was left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} …{len(text) - 2 * half:,} characters… {text[-half:]}"


def indented(text: str) -> str:
    """The text with its lines under one another, behind the ``but: `` of an assertion."""
    return textwrap.indent(text, " " * 10).lstrip()
