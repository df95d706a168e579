"""Limits: requests that outlive the server, large requests, and many connections."""

import json
import resource
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from embedded_ragflow.server import CONNECTIONS, LARGEST_REQUEST, OTHER_FILES, connection_limit
from tests.embedded.client import Client, serve
from tests.embedded.database_file import add_sessions, count_sessions, opened
from tests.support.runs import wait_until
from tests.support.servers import OWN_KEY, server_process

ONE_TENANT = ("--port", "0", "--api-key", OWN_KEY)
MANY = 50_000


def test_a_long_deletion_ends_with_the_server(tmp_path: Path) -> None:
    file = tmp_path / "ragflow.sqlite"
    with server_process(*ONE_TENANT, "--database", str(file)) as server, Client(server.url) as client:
        chat = client.new_assistant("large")
        body = json.dumps({"ids": add_sessions(file, chat, MANY)})
        head = (
            f"DELETE /api/v1/chats/{chat}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWN_KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(client.address, timeout=30) as connection:
            connection.sendall(f"{head}{body}".encode())
            wait_until(lambda: count_sessions(file) < MANY)
            server.process.send_signal(signal.SIGTERM)
            status, _, errors = server.stop()
    assert (status, errors) == (0, "")
    with opened(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with serve("0.20", "--database", str(file)) as client:
        assert client.session_ids(chat) is not None


def test_slow_clients_do_not_delay_the_end(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(server_process(*ONE_TENANT, TMPDIR=str(tmp_path)))
        client = stack.enter_context(Client(server.url))
        chat = client.new_assistant("large")
        (file,) = tmp_path.rglob("ragflow.sqlite")
        add_sessions(file, chat, MANY)
        path = f"/api/v1/chats/{chat}/sessions?page_size={MANY}"
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWN_KEY}\r\n"
        for request in (f"{head}\r\n", f"{head}Content-Length: 9\r\n\r\n{{", "GET /"):
            connection = socket.create_connection(client.address, timeout=30)
            stack.enter_context(connection).sendall(request.encode())
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGTERM)
        status, _, errors = server.stop()
    assert (status, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_request_that_is_too_large_is_refused_and_not_read() -> None:
    with server_process(*ONE_TENANT) as server, Client(server.url) as client:
        for request in (
            f"Content-Length: {LARGEST_REQUEST}\r\n\r\n",
            f"Transfer-Encoding: chunked\r\n\r\n{LARGEST_REQUEST:x}\r\n{'x' * LARGEST_REQUEST}",
        ):
            with socket.create_connection(client.address, timeout=30) as connection:
                connection.sendall(f"DELETE / HTTP/1.1\r\nHost: x\r\n{request}".encode())
                assert connection.recv(4096).startswith(b"HTTP/1.1 413 Request Entity Too Large\r\n")


@pytest.mark.parametrize(
    ("soft", "hard", "served"),
    [(256, 1_000_000, 1000), (*[resource.RLIM_INFINITY] * 2, 1000), (256, 1024, 320), (67, 67, 1)],
)
def test_the_limit_of_open_files_decides_how_many_connections_are_served(
    soft: int, hard: int, served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [soft, hard]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: limits.__setitem__(slice(None), wanted))
    assert connection_limit() == served
    assert limits[0] == resource.RLIM_INFINITY or served * 3 + OTHER_FILES <= limits[0]
    assert limits[1] == hard


def test_connections_above_the_limit_wait_for_others_to_close() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("the system limits the open files of a process")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with serve("0.20") as client, ExitStack() as stack:
        chat = client.new_assistant("popular")
        request = f"GET /api/v1/chats/{chat}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWN_KEY}\r\n\r\n"
        crowd = [
            stack.enter_context(socket.create_connection(client.address, timeout=20)) for _ in range(CONNECTIONS + 100)
        ]
        for connection in crowd:
            connection.sendall(request.encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
            connection.close()
        assert client.session_ids(chat) == []
