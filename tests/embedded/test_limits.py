"""What is more than the server can take: long deletions at its end, large requests, many connections."""

import json
import resource
import signal
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from embedded_ragflow.server import CONNECTIONS, LARGEST_REQUEST, OTHER_FILES, connections
from tests.embedded.database_file import add_sessions, count_sessions, opened
from tests.embedded.server_process import KEY_A, Client, port_of, running, start
from tests.support.runs import wait_until

MANY = 50_000


def begin_deletion(port: int, chat: str, ids: list[str]) -> socket.socket:
    """A connection on which a deletion has been sent."""
    body = json.dumps({"ids": ids}).encode()
    head = (
        f"DELETE /api/v1/chats/{chat}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY_A}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(head.encode() + body)
    return connection


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("kept", [True, False])
def test_a_long_deletion_ends_with_the_server(tmp_path: Path, stop: signal.Signals, kept: bool) -> None:
    options = ("--database", str(tmp_path / "ragflow.sqlite")) if kept else ()
    with start("--port", "0", "--api-key", KEY_A, *options, TMPDIR=str(tmp_path)) as process:
        client = Client(port_of(process))
        chat = client.new_assistant("large")
        (file,) = tmp_path.rglob("ragflow.sqlite")
        ids = add_sessions(file, chat, MANY)
        with begin_deletion(client.port, chat, ids):
            wait_until(lambda: count_sessions(file) < MANY)
            process.send_signal(stop)
            _, errors = process.communicate(timeout=10)
        client.close()
    assert (process.returncode, errors) == (0, "")
    if kept:
        with opened(file) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with running("0.20", *options) as client:
            assert client.session_ids(chat) is not None
    else:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_slow_clients_do_not_keep_it_from_ending(tmp_path: Path, stop: signal.Signals) -> None:
    with start("--port", "0", "--api-key", KEY_A, TMPDIR=str(tmp_path)) as process, ExitStack() as connections:
        client = Client(port_of(process))
        chat = client.new_assistant("large")
        (file,) = tmp_path.rglob("ragflow.sqlite")
        add_sessions(file, chat, MANY)
        path = f"/api/v1/chats/{chat}/sessions?page_size={MANY}"
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY_A}\r\n"
        for request in (f"{head}\r\n", f"{head}Content-Length: 9\r\n\r\n{{", "GET /"):
            connection = socket.create_connection(("127.0.0.1", client.port), timeout=30)
            connections.enter_context(connection).sendall(request.encode())
        connections.callback(client.close)
        process.send_signal(stop)
        process.send_signal(stop)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def peak_memory(process: "subprocess.Popen[str]") -> int:
    """In bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell how much memory is used")
def test_a_request_that_is_too_large_is_refused_and_not_read() -> None:
    with start("--port", "0", "--api-key", KEY_A) as process:
        port = port_of(process)
        before = peak_memory(process)
        for request in (
            f"Content-Length: {LARGEST_REQUEST}\r\n\r\n",
            "Content-Length: 200000000\r\n\r\n",
            f"Transfer-Encoding: chunked\r\n\r\n{LARGEST_REQUEST:x}\r\n{'x' * LARGEST_REQUEST}",
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(f"DELETE / HTTP/1.1\r\nHost: x\r\n{request}".encode())
                assert connection.recv(4096).startswith(b"HTTP/1.1 413 Request Entity Too Large\r\n")
        assert peak_memory(process) - before < LARGEST_REQUEST // 2
        process.communicate(timeout=10)


@pytest.mark.parametrize(
    ("soft", "hard", "served"),
    [
        (256, 1_000_000, 1000),
        (256, resource.RLIM_INFINITY, 1000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 1000),
        (1_000_000, 1_000_000, 1000),
        (1024, 1024, 320),
        (256, 1024, 320),
        (67, 67, 1),
    ],
)
def test_each_connection_may_have_a_file_for_what_it_sends_and_one_for_what_it_gets(
    soft: int, hard: int, served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [soft, hard]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: limits.__setitem__(slice(None), wanted))
    assert connections() == served
    assert limits[0] == resource.RLIM_INFINITY or served * 3 + OTHER_FILES <= limits[0]
    assert limits[1] == hard


def test_connections_above_the_limit_wait_for_others_to_close() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("the system does not let a process have so many connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with running("0.20") as client:
        chat = client.new_assistant("popular")
        crowd = [socket.create_connection(("127.0.0.1", client.port), timeout=20) for _ in range(CONNECTIONS + 100)]
        request = f"GET /api/v1/chats/{chat}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY_A}\r\n\r\n"
        try:
            for connection in crowd:
                connection.sendall(request.encode())
                assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
                connection.close()
        finally:
            for connection in crowd:
                connection.close()
        assert client.session_ids(chat) == []
