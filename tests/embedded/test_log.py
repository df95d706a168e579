"""What `--log` shows, and what it never shows."""

import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.embedded.server_process import KEY_A, Client, port_of, running, start

LOGGED = ("--port", "0", "--api-key", KEY_A, "--log")
LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{6} [A-Z]+ /\S*( .*)? -> \d{3} code \d+, \d+ ms")


def test_a_log_shows_what_arrives_and_no_key() -> None:
    with start(*LOGGED) as process:
        client = Client(port_of(process))
        chat = client.new_assistant("an assistant")
        client.call("DELETE", f"/chats/{chat}/sessions?{KEY_A}=1", {"ids": ["x", KEY_A, "y" * 300]})
        client.call("GET", f"/chats/{chat}/sessions", key="nobody's")
        client.close()
        _, log = process.communicate(timeout=10)
    created, deleted, listed = log.splitlines()
    assert " POST /api/v1/chats application/json " in created
    assert f" DELETE /api/v1/chats/{chat}/sessions?***=1 application/json " in deleted
    assert '{"ids": ["x", "***", "yyy' in deleted
    assert "... (3" in deleted
    assert " bytes) -> 200 code 102, " in deleted
    assert listed.split(" -> ")[1].startswith("200 code 109, ")
    assert KEY_A not in log
    assert "nobody's" not in log


@pytest.mark.parametrize(
    "key",
    [
        KEY_A,
        KEY_A.upper(),
        KEY_A.replace("-", "%2D"),
        KEY_A.replace("-", "%2d"),
        KEY_A.replace("r", "\\u0072"),
        "y" * 180 + KEY_A,
        f"{KEY_A}\\\\longer",
        f"{KEY_A}%5Clonger",
    ],
)
def test_a_key_is_hidden_however_it_is_written(key: str) -> None:
    with start(*LOGGED, "--api-key", rf"{KEY_A}\longer") as process:
        client = Client(port_of(process))
        client.send("DELETE", f"/api/v1/chats?key={key}", {"Content-Type": f"text/{key}"}, f'{{"ids": ["{key}"]}}')
        client.close()
        _, log = process.communicate(timeout=10)
    assert log.count("***") == 3
    assert not re.search("ragf|agflow|tenant|longer", log, re.IGNORECASE)


def test_a_request_is_one_line_whatever_is_in_it() -> None:
    with start(*LOGGED) as process:
        port = port_of(process)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            body = b"\n\x1b[31m\xff"
            head = f"PUT /api/v1/chats/a%0Ab HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        _, log = process.communicate(timeout=10)
    assert r" PUT /api/v1/chats/a%0Ab \n\x1b[31m\xff -> 200 " in log
    assert log.count("\n") == 1


def test_lines_are_whole_where_many_are_written_at_once() -> None:
    def ask(port: int) -> None:
        client = Client(port)
        for _ in range(50):
            client.call("GET", "/chats")
        client.close()

    with start(*LOGGED) as process:
        port = port_of(process)
        with ThreadPoolExecutor() as pool:
            answers = [pool.submit(ask, port) for _ in range(8)]
            _ = [answer.result() for answer in answers]
        _, log = process.communicate(timeout=10)
    assert [line for line in log.splitlines() if not LINE.fullmatch(line)] == []
    assert log.count("\n") == 400


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_answers_do_not_change_where_the_log_cannot_be_written() -> None:
    with (
        Path("/dev/full").open("wb") as full,
        subprocess.Popen(
            [sys.executable, "-m", "embedded_ragflow", "--stop-at-end-of-input", *LOGGED],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
        ) as process,
    ):
        client = Client(port_of(process))
        assert client.call("GET", "/chats") == {"code": 0, "data": []}
        client.close()
        process.communicate(timeout=10)
    assert process.returncode == 0


def test_nothing_is_logged_unless_it_is_asked_for() -> None:
    with running("0.20") as client:  # which looks at standard error
        client.new_assistant("an assistant")
