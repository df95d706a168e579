"""A master and its workers, each a process of its own as on several machines."""

import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.load.loads import LIMIT, end, name_of, options_for, started
from tests.support.runs import wait_until
from tests.support.servers import Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

# Every so many of these requests go wrong.
WRONG = {
    "create session": (5, json_reply({"code": 102, "message": "no"})),
    "delete sessions": (3, Misconduct.BREAK_OFF),
}


# Seconds that it takes to remove an assistant: longer than Locust's own master waits for the last figures.
SLOW = 1.0


class Counting:
    """What the workers ask the server for, by name, and how often something else was answered."""

    def __init__(self, url: str) -> None:
        self.asked: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self._url = url
        self._lock = threading.Lock()
        self._never = threading.Event()

    def __call__(self, seen: Seen) -> Reply | Misconduct:
        # A worker greets the server, and creates the one assistant that nobody touches.
        if seen.path == "/api/v1/chats" and (seen.method == "GET" or b" bystander" in seen.body):
            return forwarded(self._url, seen)
        name = name_of(seen)
        with self._lock:
            self.asked[name] += 1
            every, reply = WRONG.get(name, (0, None))
            if reply and self.asked[name] % every == 0:
                self.wrong[name] += 1
                return reply
        if name == "delete assistants":
            self._never.wait(SLOW)
        return forwarded(self._url, seen)


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


Process = subprocess.Popen[str]


@contextmanager
def distributed(embedded: Embedded, url: str, reports: Path, *options: str) -> Iterator[tuple[Process, list[Process]]]:
    """A master, and two workers that reach the server at that address."""
    port = free_port()
    master = options_for(reports, "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, *options)
    worker = ["--worker", "--master-host", "127.0.0.1", "--master-port", port]
    with ExitStack() as stack:
        settings = {**embedded.settings, "RAGFLOW_URL": url}
        leading = stack.enter_context(started(*master, "--expect-workers", "2", settings=embedded.settings))
        assert leading.stdout
        # It is there, and knows the release: before that, workers may come in vain.
        assert any("contract" in line for line in leading.stdout)
        yield leading, [stack.enter_context(started(*worker, settings=settings)) for _ in range(2)]


def test_the_master_counts_what_the_server_counts(embedded: Embedded, tmp_path: Path) -> None:
    counting = Counting(embedded.url)
    with (
        StandIn(counting) as server,
        distributed(embedded, server.url, tmp_path, "--users", "8", "--run-time", "4s") as (master, workers),
    ):
        ended = end(master, tmp_path)
        for worker in workers:
            end(worker, tmp_path)
    assert ended.counted("Request Count") == counting.asked, ended.everything
    assert ended.counted("Failure Count") == counting.wrong
    assert counting.wrong.keys() == WRONG.keys()
    assert ended.status == 1
    assert f"{counting.wrong.total()} of {counting.asked.total()} requests failed" in ended.verdict
    assert embedded.assistants() == []


def test_the_assistants_of_a_worker_that_is_lost_are_removed(embedded: Embedded, tmp_path: Path) -> None:
    with distributed(embedded, embedded.url, tmp_path, "--run-time", "1h") as (master, workers):
        try:
            wait_until(lambda: len(embedded.assistants()) > 5 or master.poll() is not None)
        except AssertionError:
            for each in (master, *workers):
                each.terminate()
            told = [each.communicate(timeout=LIMIT) for each in (master, *workers)]
            pytest.fail(f"nobody came: {embedded.assistants()}\n" + "\n".join(map(str, told)))
        workers[0].kill()
        master.send_signal(signal.SIGINT)
        ended = end(master, tmp_path)
    assert ended.status == 1
    assert "workers that did not say how they ended: 1" in ended.verdict, ended.everything
    assert embedded.assistants() == []


def test_a_master_that_waits_for_workers_can_be_ended(embedded: Embedded, tmp_path: Path) -> None:
    options = (
        "--master",
        "--master-bind-host",
        "127.0.0.1",
        "--master-bind-port",
        free_port(),
        "--expect-workers",
        "1",
    )
    with started(*options_for(tmp_path, *options), settings=embedded.settings) as process:
        assert process.stdout
        assert any("contract" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        ended = end(process, tmp_path)
    assert ended.verdict == "The load does not pass: nobody asked for anything."
    assert "Traceback" not in ended.err
    assert embedded.assistants() == []
