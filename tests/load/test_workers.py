"""The load test as a master with workers, each a process as on several machines."""

import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle, repeat
from pathlib import Path

from acceptance.sandbox.guard import UNKNOWN_ID
from tests.load.loads import REFUSED, Process, call_name, end, proxy, started
from tests.support.runs import wait_until
from tests.support.servers import Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen


@contextmanager
def distributed(embedded: Embedded, reports: Path, *options: str, workers: Sequence[str]) -> Iterator[list[Process]]:
    """Start a master that expects two workers, and then a worker for each of these addresses of the server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    master = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "2")
    worker = ("--worker", "--master-host", "127.0.0.1", "--master-port", port)
    with ExitStack() as stack:
        processes = [stack.enter_context(started(reports, *master, *options, settings=embedded.settings))]
        assert processes[0].stdout
        # The master prints this when workers may connect.
        assert any("contract" in line for line in processes[0].stdout)
        for url in workers:
            settings = {**embedded.settings, "RAGFLOW_URL": url}
            processes.append(stack.enter_context(started(reports, *worker, settings=settings)))
        yield processes


def test_the_master_reports_what_the_server_received(embedded: Embedded, tmp_path: Path) -> None:
    wrong = {
        "create session": cycle([*repeat(None, 4), REFUSED]),
        "list sessions": cycle([*repeat(None, 9), Misconduct.BREAK_OFF]),
    }
    requests: list[str] = []
    failures: list[str] = []
    bystanders = {UNKNOWN_ID}

    def is_of_worker(seen: Seen) -> bool:
        """Whether a worker sends the request before it has users: it looks at the tenant, and tries a deletion."""
        if b'"to be deleted"' in seen.body:
            bystanders.add(seen.path.split("/")[4])
        sent = f"{seen.method} {seen.path} {seen.body.decode()}"
        return any(sign in sent for sign in (*bystanders, "bystander", "orderby=create_time", "GET /api/v1/chats "))

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        if is_of_worker(seen):
            return None
        call = call_name(seen)
        requests.append(call)
        if call == "delete assistants":
            # Longer than Locust's own master waits for the last figures.
            threading.Event().wait(1)
        reply = next(wrong.get(call, repeat(None)))
        failures.extend([call] if reply else [])
        return reply

    options = ("--run-time", "4s", "--allowed-failures", "100")
    with (
        proxy(embedded.url, tamper) as server,
        distributed(embedded, tmp_path, *options, workers=[server.url] * 2) as processes,
    ):
        ended, *_ = [end(process, tmp_path) for process in processes]
    assert ended.counts("Request Count") == Counter(requests), ended
    assert ended.counts("Failure Count") == Counter(failures)
    assert set(failures) == wrong.keys()
    assert ended.status == 0
    assert f"passed: {len(failures)} of {len(requests)} requests failed" in ended.verdict
    assert embedded.assistants() == []


def test_the_master_removes_the_assistants_of_a_lost_worker(embedded: Embedded, tmp_path: Path) -> None:
    locustfile = tmp_path / "locustfile.py"
    # Five seconds without a heartbeat instead of fifteen, to save time.
    locustfile.write_text("from load.locustfile import *\nfrom locust import runners\nrunners.HEARTBEAT_LIVENESS = 5\n")
    options = ("--run-time", "1h", "-f", str(locustfile))
    with distributed(embedded, tmp_path, *options, workers=[embedded.url] * 2) as (master, worker, _):
        wait_until(lambda: len(embedded.assistants()) > 5)
        worker.kill()
        master.send_signal(signal.SIGINT)
        ended = end(master, tmp_path)
    assert ended.status == 1
    assert "workers without a final report: 1" in ended.verdict, ended
    assert embedded.assistants() == []


def test_a_signal_stops_a_master_that_waits_for_workers(embedded: Embedded, tmp_path: Path) -> None:
    with distributed(embedded, tmp_path, workers=[]) as [master]:
        master.send_signal(signal.SIGINT)
        ended = end(master, tmp_path)
    assert ended.verdict == "The load test failed: no request was sent."
    assert "Traceback" not in ended.err
    assert embedded.assistants() == []
