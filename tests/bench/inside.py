"""A run of the specification with somebody inside it: ``python -m tests.bench.inside record|profile FILE OPTIONS``.

The options are those of behave. The file is written at the end of the run: its requests, or where its time went.
"""

import json
import runpy
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import requests
from pyinstrument import Profiler
from requests.adapters import HTTPAdapter

from tests.bench import exchanges
from tests.bench.exchanges import CHOSEN_ID, Exchange
from tests.bench.parts import seconds_by_part

# Seconds between two looks at what the run is doing.
INTERVAL = 0.001


@contextmanager
def record(file: Path) -> Iterator[None]:
    send, numbers, found = HTTPAdapter.send, count(), {}

    def send_and_keep(adapter: HTTPAdapter, asked: requests.PreparedRequest, **options: Any) -> requests.Response:
        number = next(numbers)
        if asked.method == "POST":
            asked.headers[CHOSEN_ID] = uuid.uuid4().hex
        answer = send(adapter, asked, **options)
        body = asked.body or b""
        found[number] = Exchange(
            method=asked.method or "",
            path=asked.path_url,
            headers=dict(asked.headers),
            body=body.encode() if isinstance(body, str) else body,
            thread=threading.current_thread().name,
            status=answer.status_code,
            length=answer.headers.get("Content-Length"),
        )
        return answer

    HTTPAdapter.send = send_and_keep
    yield
    file.write_bytes(exchanges.written([found[number] for number in sorted(found)]))


@contextmanager
def profile(file: Path) -> Iterator[None]:
    with Profiler(interval=INTERVAL, async_mode="disabled") as profiler:
        yield
    assert profiler.last_session is not None
    root = profiler.last_session.root_frame(trim_stem=False)
    assert root is not None
    file.write_text(json.dumps(seconds_by_part(root)))


WAYS: dict[str, Callable[[Path], Any]] = {"record": record, "profile": profile}


if __name__ == "__main__":
    _, way, file, *sys.argv[1:] = sys.argv
    with WAYS[way](Path(file)):
        try:
            runpy.run_module("acceptance", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code
    sys.exit(status)
