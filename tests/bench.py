"""Measure what the specification costs, and print Markdown: ``python -m tests.bench [runs|source|sessions]``."""

import argparse
import os
import platform
import re
import runpy
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count, groupby
from pathlib import Path
from statistics import median
from typing import Any

import flask
import msgspec
import requests
from requests.adapters import HTTPAdapter

from acceptance.paths import ROOT
from embedded_ragflow import database
from tests.embedded.database_file import add_sessions, count_sessions
from tests.support.runs import ACCEPTANCE, run
from tests.support.servers import OWN_KEY, Embedded, embedded_server

SERVER = ("-c", "from tests.bench import serve; serve()")
RECORDER = (sys.executable, "-c", "from tests.bench import record; import sys; record(sys.argv.pop(1))")
RELEASES = ("0.20", "0.27")  # the source document describes 0.20
SESSIONS = (1_000, 10_000, 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measurement", nargs="?", choices=MEASUREMENTS)
    parser.add_argument("--repeat", type=int, default=3, choices=range(1, 100), metavar="N", help="default: 3")
    options = parser.parse_args()
    command = " ".join(["python -m tests.bench", *sys.argv[1:]])
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{date.today()}, `{command}`: {machine}, load average {os.getloadavg()[0]:.1f} at the start.", flush=True)
    for name in [options.measurement] if options.measurement else MEASUREMENTS:
        head, *rows = MEASUREMENTS[name](options.repeat)
        lines = (f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
        print("", *lines, sep="\n", flush=True)


def measure_runs(repeat: int) -> list[list[str]]:
    """Compare complete runs with a replay of their own requests."""
    table = [["release", "requests", "run", "replay of its requests", "ratio"]]
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as folder, embedded_server(release, program=SERVER) as server:
            file = Path(folder) / "exchanges"
            time_run(server, program=(*RECORDER, str(file)))
            exchanges = msgspec.msgpack.decode(file.read_bytes(), type=list[Exchange])
        table.append([release, f"{len(exchanges):,}", *compare(repeat, release, partial(replay, exchanges))])
    return table


def measure_source(repeat: int) -> list[list[str]]:
    """Compare the scenarios of the source document with the requests of the test module that it describes."""
    cases = (ROOT / "docs" / "source-cases.md").read_text("utf-8")
    tags = " or ".join(dict.fromkeys(re.findall(r"@[A-Z]+-\d+", cases)))
    row = compare(repeat, RELEASES[0], send_source_requests, f"--tags={tags}")
    return [["release", "scenarios of the 17 cases", "requests of the source module", "ratio"], [RELEASES[0], *row]]


def measure_sessions(repeat: int) -> list[list[str]]:
    """Measure a request that deletes many sessions."""
    table = [["sessions", "one deletion", "per session"]]
    for number in SESSIONS:
        seconds = median(delete_sessions(number) for _ in range(repeat))
        table.append([f"{number:,}", f"{seconds:.2f} s", f"{seconds / number * 1e6:.0f} µs"])
    return table


MEASUREMENTS = {"runs": measure_runs, "source": measure_source, "sessions": measure_sessions}


def delete_sessions(number: int) -> float:
    """Delete so many sessions in one request. Return the seconds, from sending the request to its answer."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ragflow.sqlite"
        with embedded_server(RELEASES[0], "--database", str(file)) as server:
            send = partial(send_request, f"{server.url}/api/v1/chats")
            assistant = send("POST", "", {"name": "assistant", "dataset_ids": []})["data"]["id"]
            # Written into the database, because the API takes minutes to create 100,000 sessions.
            ids = add_sessions(file, assistant, number)
            began = time.perf_counter()
            send("DELETE", f"/{assistant}/sessions", {"ids": ids})
            seconds = time.perf_counter() - began
            assert count_sessions(file) == 0, "some sessions were not deleted"
            return seconds


def compare(repeat: int, release: str, measure: Callable[[Embedded], float], *options: str) -> list[str]:
    """Time a run with these options and something else in turn, each with a new server. Return medians and ratio."""
    pairs = []
    for _ in range(repeat):
        with embedded_server(release, program=SERVER) as server:
            seconds = time_run(server, *options)
        with embedded_server(release, program=SERVER) as server:
            pairs.append((seconds, measure(server)))
    times = [f"{median(each):.1f} s" for each in zip(*pairs, strict=True)]
    return [*times, f"{median(seconds / other for seconds, other in pairs):.2f}"]


def time_run(server: Embedded, *options: str, program: Sequence[str] = ACCEPTANCE) -> float:
    """Run the specification against this server, and return the seconds. Exit if the run fails."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        finished = run(Path(folder), *options, settings=server.settings, program=program)
        if finished.status:
            sys.exit(f"{finished.out}{finished.err}\nThe run failed, so its time is not comparable.")
        return time.perf_counter() - began


def serve() -> None:
    """Run the embedded server with ids that depend only on the requests, so that a replay creates the same ids."""
    numbers: dict[bytes, count[int]] = defaultdict(count)

    def new_id() -> str:
        key = flask.request.full_path.encode() + flask.request.get_data() if flask.has_request_context() else b""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{key!r} {next(numbers[key])}").hex

    database.new_id = new_id
    runpy.run_module("embedded_ragflow", run_name="__main__")


@dataclass
class Exchange:
    """A request exactly as sent, and the length of its answer. ``thread`` is the name of the thread that sent it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    thread: str
    length: str | None = None


def record(file: str) -> None:
    """Run the specification in this process, and write its requests to the file in the order they were sent."""
    send: Any = HTTPAdapter.send
    exchanges: list[Exchange] = []

    def send_and_record(adapter: HTTPAdapter, sent: requests.PreparedRequest, **options: Any) -> requests.Response:
        thread = threading.current_thread().name
        exchange = Exchange(sent.method, sent.path_url, dict(sent.headers), sent.body, thread)
        exchanges.append(exchange)
        answer: requests.Response = send(adapter, sent, **options)
        exchange.length = answer.headers.get("Content-Length")
        return answer

    HTTPAdapter.send = send_and_record
    try:
        runpy.run_module("acceptance", run_name="__main__", alter_sys=True)
    finally:
        Path(file).write_bytes(msgspec.msgpack.encode(exchanges))


def replay(exchanges: Sequence[Exchange], server: Embedded) -> float:
    """Send the requests again with bare clients, as many at a time as in the run, and return the seconds."""
    clients = [requests.Session() for _ in {exchange.thread for exchange in exchanges}]
    with ThreadPoolExecutor(len(clients)) as pool:
        began = time.perf_counter()
        # The threads of a pool are named POOL_NUMBER.
        for _, group in groupby(exchanges, key=lambda each: each.thread.rpartition("_")[0] or each.thread):
            threads: dict[str, list[Exchange]] = defaultdict(list)
            for exchange in group:
                threads[exchange.thread].append(exchange)
            answers = list(pool.map(partial(send_again, server.url), clients, threads.values()))
            # The order of concurrent requests is random, and so are their answers.
            same = len(threads) > 1 or answers == [[each.length for each in sent] for sent in threads.values()]
            assert same, "the replay got other answers than the run"
        return time.perf_counter() - began


def send_again(url: str, client: requests.Session, exchanges: Sequence[Exchange]) -> list[str | None]:
    """Send the requests one after the other, and return the lengths of the answers."""
    client.trust_env = False  # the server is local, so a proxy of the environment does not apply
    lengths = []
    for sent in exchanges:
        answer = client.request(sent.method, url + sent.path, None, sent.body, sent.headers, allow_redirects=False)
        lengths.append(answer.headers.get("Content-Length"))
    return lengths


# The cases of the source module: sessions, assistant (None: their own), payloads of the deletions, whether it lists
# what remains.
CASES: Sequence[tuple[int, str | None, Callable[[list[str]], list[object]], bool]] = (
    (5, "", lambda ids: [{"ids": ids}], False),
    (5, "invalid_chat_assistant_id", lambda ids: [{"ids": ids}], False),
    (5, None, lambda ids: [{"ids": ["invalid_id", *ids]}], True),
    (5, None, lambda ids: [{"ids": [ids[0], "invalid_id", *ids[1:]]}], True),
    (5, None, lambda ids: [{"ids": [*ids, "invalid_id"]}], True),
    (5, None, lambda ids: [{"ids": ids}, {"ids": ids}], False),
    (5, None, lambda ids: [{"ids": ids + ids}], True),
    (100, None, lambda ids: [{"ids": [id]} for id in ids], True),
    (1_000, None, lambda ids: [{"ids": ids}], True),
    (5, None, lambda _: [None], True),
    (5, None, lambda _: [{"ids": ["invalid_id"]}], True),
    (5, None, lambda _: ["not json"], True),
    (5, None, lambda ids: [{"ids": ids[:1]}], True),
    (5, None, lambda ids: [{"ids": ids}], True),
    (5, None, lambda _: [{"ids": []}], True),
)


def send_source_requests(server: Embedded) -> float:
    """Send what the source module sends, with a connection for each request as there. Return the seconds."""
    began = time.perf_counter()
    send = partial(send_request, f"{server.url}/api/v1/chats")
    for key in (None, "Bearer invalid_api_token"):
        send("DELETE", "/chat_assistant_id/sessions", key=key)
    assistants = [send("POST", "", {"name": f"{number}", "dataset_ids": []})["data"]["id"] for number in range(5)]
    for sessions, assistant, payloads, is_listed in CASES:
        own = f"/{assistants[0]}/sessions"
        ids = [send("POST", own, {"name": f"{number}"})["data"]["id"] for number in range(sessions)]
        path = own if assistant is None else f"/{assistant}/sessions"
        with ThreadPoolExecutor(5 if sessions == 100 else 1) as pool:
            list(pool.map(partial(send, "DELETE", path), payloads(ids)))
        if is_listed:
            send("GET", own)
        for each in assistants:
            send("DELETE", f"/{each}/sessions")
    send("DELETE", "", {"ids": assistants})
    return time.perf_counter() - began


def send_request(url: str, method: str, path: str, payload: Any = None, key: str | None = f"Bearer {OWN_KEY}") -> Any:
    content = {"data": payload} if isinstance(payload, str) else {"json": payload}
    headers = {"Authorization": key, "Content-Type": "application/json" if payload else None}
    return requests.request(method, f"{url}{path}", headers=headers, **content).json()


if __name__ == "__main__":
    main()
