"""What arrives, a line for each request, for whoever debugs a client. No API key is ever in it."""

import sys
import time
from collections.abc import Sequence
from datetime import datetime

from flask import Flask, Response, g, request

LETTERS_OF_A_BODY = 200
HIDDEN = "***"


def log_requests(application: Flask, api_keys: Sequence[str]) -> None:
    """Write a line on standard error for each request: when, what was sent, what was answered, and how long it took."""

    def begin() -> None:
        g.began = time.perf_counter()
        request.get_data()  # kept, so that it can be shown however the call has read it

    def write(response: Response) -> Response:
        line = f"{datetime.now():%H:%M:%S.%f} {sent()} -> {answered(response)}"
        for key in api_keys:
            line = line.replace(key, HIDDEN)
        print(line, file=sys.stderr, flush=True)
        return response

    application.before_request(begin)
    application.after_request(write)


def sent() -> str:
    """The request, without its key: headers are not shown, and a body only as far as LETTERS_OF_A_BODY."""
    body = request.get_data()
    shown = repr(body[:LETTERS_OF_A_BODY].decode(errors="backslashreplace"))[1:-1]
    more = f"... ({len(body):,} bytes)" if len(body) > LETTERS_OF_A_BODY else ""
    parts = (request.method, request.full_path.rstrip("?"), request.content_type or "", shown + more)
    return " ".join(part for part in parts if part)


def answered(response: Response) -> str:
    answer = response.get_json(silent=True)
    code = f" code {answer['code']}" if isinstance(answer, dict) and "code" in answer else ""
    return f"{response.status_code}{code}, {(time.perf_counter() - g.began) * 1000:.0f} ms"
