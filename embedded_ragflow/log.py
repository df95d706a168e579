"""The log: one line for each request, to debug a client. It contains no API key, login token or password.

Malformed HTTP and requests that are too large are answered earlier, and are not logged.
"""

import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from flask import Flask, Response, g, request

SHOWN_BODY_LENGTH = 200
HIDDEN = "***"

# A letter of a key or login token that this server has created: plain, in JSON or in a URL. Both are hidden by their
# form, because their number is not limited.
LETTER = r"(?:[\w-]|\\u[0-9a-f]{4}|%[0-9a-f]{2})"


def log_requests(application: Flask, api_keys: Sequence[str]) -> None:
    """Log the time, content, answer and duration of each request on standard error."""
    keys = key_pattern(api_keys)

    def begin() -> None:
        g.began = time.perf_counter()
        request.get_data()  # cached, so that it can be logged after the call has read it

    def end(response: Response) -> Response:
        answer = response_text(response)  # first, because it measures the duration
        write_line(f"{datetime.now():%H:%M:%S.%f} {request_text(keys)} -> {answer}")
        return response

    application.before_request(begin)
    application.after_request(end)


def key_pattern(api_keys: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that matches these keys, and all keys and login tokens that this server creates.

    It matches them in plain text, JSON and URLs, in upper and lower case.
    """

    def letter(one: str) -> str:
        return rf"(?:\\?{re.escape(one)}|\\u{ord(one):04x}|%{ord(one):02x})"

    def exactly(text: str) -> str:
        return "".join(map(letter, text))

    login_token = exactly("I") + exactly(".").join(f"{LETTER}{{{length}}}" for length in (45, 6, 27))
    created = [exactly("ragflow-") + LETTER + "{32,}", login_token]
    longest_first = sorted(api_keys, key=len, reverse=True)
    return re.compile("|".join([*map(exactly, longest_first), *created]), re.IGNORECASE)


def request_text(keys: re.Pattern[str]) -> str:
    """Describe a request without its key: no headers, and at most SHOWN_BODY_LENGTH characters of the body.

    The body of a request that is not about assistants is hidden, because it may contain a password.
    """
    body = request.get_data()
    # Keys are hidden before the body is cut, so that no part of a key remains.
    shown = keys.sub(HIDDEN, body.decode(errors="backslashreplace"))
    if body and not request.path.startswith("/api/v1/chats"):
        shown = HIDDEN
    elif len(shown) > SHOWN_BODY_LENGTH:
        shown = f"{shown[:SHOWN_BODY_LENGTH]}... ({len(body):,} bytes)"
    head = (
        keys.sub(HIDDEN, part) for part in (request.method, request.environ["REQUEST_URI"], request.content_type or "")
    )
    return " ".join(printable(part) for part in (*head, shown) if part)


def printable(text: str) -> str:
    """Escape control characters and line breaks."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def response_text(response: Response) -> str:
    answer = response.get_json(silent=True)
    code = f" code {answer['code']}" if isinstance(answer, dict) and "code" in answer else ""
    return f"{response.status_code}{code}, {(time.perf_counter() - g.began) * 1000:.0f} ms"


def write_line(line: str) -> None:
    """Write a line. An error is ignored, so that the client is answered as without a log."""
    if sys.stderr is not None:
        with suppress(OSError):
            # One call for each line, because several threads write. print() would buffer what it could not write.
            os.write(sys.stderr.fileno(), f"{line}\n".encode())
