"""The load test in a single process: its figures, its verdict and its cleanup."""

import signal
import threading
from itertools import cycle, repeat
from pathlib import Path

from tests.load.loads import REFUSED, call_name, end, proxy, run, started
from tests.support.runs import wait_until
from tests.support.servers import Embedded, embedded_server
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply


def test_an_intact_server_passes(tmp_path: Path) -> None:
    ended = run(tmp_path, "--users", "10", settings={"RAGFLOW_RELEASE": "0.27.0"})
    assert ended.status == 0, ended
    assert "release 0.27.0" in ended.out
    assert ended.verdict.startswith("The load test passed: 0 of ")
    assert ended.verdict.endswith("left behind: 0.")
    calls = {"create assistant", "create session", "list sessions", "delete sessions", "delete assistant"}
    assert set(ended.counts("Request Count")) == calls
    assert "Locust" in (tmp_path / "load.html").read_text("utf-8")


def test_the_verdict_has_all_failures_slow_answers_and_leftovers(tmp_path: Path) -> None:
    wrong_deletions = {
        "delete sessions: the wrong answer, expected: the deletion succeeds": REFUSED,
        "delete sessions: the answer has the wrong structure": json_reply({"code": 0, "more": 1}),
        "delete sessions: the answer is not from RAGFlow": Reply(502, b"Bad Gateway"),
        "delete sessions: no answer: the connection broke off": Misconduct.BREAK_OFF,
    }
    replies = {
        "delete sessions": cycle([*wrong_deletions.values(), None]),
        "list sessions": cycle([*repeat(None, 19), json_reply({"code": 0, "data": []})]),
        "create session": cycle([*repeat(None, 9), REFUSED]),
        "delete assistants": repeat(REFUSED),
    }
    others = ("list sessions: the wrong sessions are listed", "list assistants: the cleanup failed")
    expected = [*wrong_deletions, *others, "create session: the wrong answer, expected: the session is created"]
    has_users = threading.Event()

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        if b'"session 2"' in seen.body:
            has_users.set()
        return next(replies.get(call_name(seen), repeat(None))) if has_users.is_set() else None

    log = tmp_path / "log"
    log.touch()
    options = ("--users", "15", "--run-time", "1h", "--logfile", str(log), "--allowed-95th", "0.5")
    with (
        embedded_server() as embedded,
        proxy(embedded.url, tamper) as server,
        started(tmp_path, *options, settings={**embedded.settings, "RAGFLOW_URL": server.url}) as process,
    ):
        wait_until(lambda: all(f"{each}, for the first time:" in log.read_text() for each in expected))
        process.send_signal(signal.SIGINT)
        ended = end(process, tmp_path)
        assert all(name in ended.verdict for name in embedded.assistants())
    assert ended.status == 1
    counts = (ended.counts(column).total() for column in ("Failure Count", "Request Count"))
    assert "{} of {} requests failed".format(*counts) in ended.verdict
    assert "; 95% of the answers took up to " in ended.verdict
    assert "; left behind, or could not be verified: " in ended.verdict
    assert f"Remove it with: RAGFLOW_URL={server.url} make sweep" in ended.verdict
    assert all(log.read_text().count(f"{each}, for the first time:") == 1 for each in expected)


def test_a_signal_stops_the_users_and_cleans_up(embedded: Embedded, tmp_path: Path) -> None:
    with started(tmp_path, "--run-time", "1h", settings=embedded.settings) as process:
        wait_until(lambda: len(embedded.assistants()) > 5 or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        ended = end(process, tmp_path)
    assert ended.verdict.startswith("The load test passed: "), ended
    assert ended.status == 0
    assert "Traceback" not in ended.err
    assert embedded.assistants() == []


def test_a_second_ctrl_c_stops_immediately(tmp_path: Path) -> None:
    """All users share a thread with the signal handler. This fails if a client blocks it while it waits."""
    has_users = threading.Event()

    def silent_to_users(seen: Seen) -> Misconduct | None:
        if b'"session 1"' in seen.body:
            has_users.set()
        return Misconduct.SILENCE if has_users.is_set() and "orderby=name" in seen.path else None

    with (
        embedded_server() as embedded,
        proxy(embedded.url, silent_to_users) as server,
        started(tmp_path, settings={**embedded.settings, "RAGFLOW_URL": server.url}) as process,
    ):
        wait_until(lambda: has_users.is_set() and "orderby=name" in server.seen[-1].path)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert any("Press Ctrl-C again" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        ended = end(process, tmp_path)
    assert ended.status == 130
    assert "May be left behind: 'session-deletion-specification " in ended.err


def test_a_tenant_with_other_assistants_is_refused(tmp_path: Path) -> None:
    with embedded_server() as embedded:
        embedded.own.create_assistant("a user's assistant")
        ended = run(tmp_path, settings=embedded.settings)
        assert embedded.assistants() == ["a user's assistant"]
    assert ended.status == 1
    assert "The load test cannot run. The tenant of the tenant's API key has assistants that no run" in ended.err


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    ended = run(tmp_path, settings={"LOCUST_MODE_MASTER": "1", "LOCUST_MASTER_BIND_PORT": "0"})
    assert ended.status == 1
    [line] = [line for line in ended.err.splitlines() if "INFO" not in line]
    assert line.startswith("The load test cannot run. RAGFLOW_URL ")
    assert "A master and its workers need the address" in line
