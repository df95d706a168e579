"""What arrives, a line for each request, for whoever debugs a client. No API key of this server is ever in it.

A request that is no HTTP, or too large, does not arrive: it is answered before, and has no line.
"""

import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from flask import Flask, Response, g, request

LETTERS_OF_A_BODY = 200
HIDDEN = "***"


def log_requests(application: Flask, api_keys: Sequence[str]) -> None:
    """Write a line on standard error for each request: when, what was sent, what was answered, and how long it took."""
    keys = spellings(api_keys)

    def begin() -> None:
        g.began = time.perf_counter()
        request.get_data()  # kept, so that it can be shown however the call has read it

    def end(response: Response) -> Response:
        answer = answered(response)  # first, for it looks at the clock
        write(f"{datetime.now():%H:%M:%S.%f} {sent(keys)} -> {answer}")
        return response

    application.before_request(begin)
    application.after_request(end)


def spellings(api_keys: Sequence[str]) -> re.Pattern[str]:
    """Matches each of these keys, in any case, as it stands in a text, in JSON and in a URL."""

    def letter(one: str) -> str:
        return rf"(?:\\?{re.escape(one)}|\\u{ord(one):04x}|%{ord(one):02x})"

    longest_first = sorted(api_keys, key=len, reverse=True)
    return re.compile("|".join("".join(map(letter, key)) for key in longest_first), re.IGNORECASE)


def sent(keys: re.Pattern[str]) -> str:
    """The request, without its key: headers are not shown, and a body only as far as LETTERS_OF_A_BODY."""
    body = request.get_data()
    # Hidden before it is cut, or the beginning of a key could be left.
    shown = keys.sub(HIDDEN, body.decode(errors="backslashreplace"))
    if len(shown) > LETTERS_OF_A_BODY:
        shown = f"{shown[:LETTERS_OF_A_BODY]}... ({len(body):,} bytes)"
    head = (
        keys.sub(HIDDEN, part) for part in (request.method, request.environ["REQUEST_URI"], request.content_type or "")
    )
    return " ".join(printable(part) for part in (*head, shown) if part)


def printable(text: str) -> str:
    """Without what a terminal would obey, or that would begin a line."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def answered(response: Response) -> str:
    answer = response.get_json(silent=True)
    code = f" code {answer['code']}" if isinstance(answer, dict) and "code" in answer else ""
    return f"{response.status_code}{code}, {(time.perf_counter() - g.began) * 1000:.0f} ms"


def write(line: str) -> None:
    """A line that cannot be written is lost: the client is to be answered as without a log."""
    if sys.stderr is not None:
        with suppress(OSError):
            # In one piece, for several threads write; and not by print, which would keep what it could not write.
            os.write(sys.stderr.fileno(), f"{line}\n".encode())
