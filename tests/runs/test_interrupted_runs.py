"""Runs that are ended from outside: they leave nothing behind, neither on the server nor on this machine."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.ragflow.client import RAGFlow
from acceptance.sandbox.sandbox import PREFIX
from tests.support.runs import Finished, Running, is_process, started, wait_until
from tests.support.servers import Embedded

# A scenario with 1,000 sessions: time enough to be interrupted in.
LARGE = "--tags=@BULK-1"


def check(finished: Finished) -> None:
    """The run says that it was ended, and that it has cleaned up."""
    assert finished.status != 0
    assert "left behind: 0" in finished.out
    assert "Traceback" not in finished.out + finished.err
    assert finished.files


def is_busy(server: Embedded, sessions: int) -> bool:
    """Whether an assistant of the run has so many sessions."""
    return any(_count(server.own, id) >= sessions for id in _assistants_of_a_run(server.own))


def _assistants_of_a_run(ragflow: RAGFlow) -> Iterator[str]:
    for item in ragflow.list_assistants().body["data"]:
        if item["name"].startswith(PREFIX):
            yield item["id"]


def _count(ragflow: RAGFlow, assistant_id: str) -> int:
    return len(ragflow.list_sessions(assistant_id, page_size=1000).body.get("data") or [])


def server_of(running: Running) -> int:
    """The embedded server that the run has started."""
    wait_until(lambda: bool(running.children()) or not running.is_alive())
    [server] = running.children()
    return server


def test_at_the_beginning(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        server = server_of(running)
        running.process.send_signal(signal.SIGTERM)
        finished = running.end()
    assert finished.status != 0
    wait_until(lambda: not is_process(server))


def test_after_the_first_words(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        running.wait_for_line("the embedded RAGFlow")
        server = server_of(running)
        running.process.send_signal(signal.SIGINT)
        check(running.end())
    wait_until(lambda: not is_process(server))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_between_scenarios(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as running:
        running.wait_for_line("passed +AUTH-1")
        server = server_of(running)
        running.process.send_signal(number)
        finished = running.end()
        check(finished)
    wait_until(lambda: not is_process(server))
    assert "passed" in {case.verdict for case in finished.cases}


@pytest.mark.parametrize(
    ("sessions", "numbers"),
    [
        (1, [signal.SIGTERM]),
        (300, [signal.SIGINT]),
        (300, [signal.SIGINT, signal.SIGINT]),
        (1, [signal.SIGINT, signal.SIGTERM]),
    ],
)
def test_amidst_many_sessions(tmp_path: Path, embedded: Embedded, sessions: int, numbers: list[signal.Signals]) -> None:
    with started(tmp_path, LARGE, settings=embedded.settings) as running:
        wait_until(lambda: is_busy(embedded, sessions))
        for number in numbers:
            running.process.send_signal(number)
        check(running.end())
    assert embedded.assistants() == []


def test_a_run_that_is_killed_takes_its_server_with_it(tmp_path: Path) -> None:
    with started(tmp_path, LARGE) as running:
        running.wait_for_line("the embedded RAGFlow")
        server = server_of(running)
        assert is_process(server)
        running.process.kill()
        running.end()
    wait_until(lambda: not is_process(server))
