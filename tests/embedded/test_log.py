"""The log of requests (`--log`), which never contains a key."""

import re
import socket

from tests.embedded.client import Client, at_once
from tests.embedded.test_accounts import Visitor
from tests.support.servers import OWN_KEY, server_process

LOGGED = ("--port", "0", "--api-key", OWN_KEY, "--log")
LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{6} [A-Z]+ /\S*( .*)? -> \d{3} code \d+, \d+ ms")


def test_the_log_shows_requests_without_keys() -> None:
    with server_process(*LOGGED) as server, Client(server.url) as client:
        chat = client.new_assistant("an assistant")
        client.call("DELETE", f"/chats/{chat}/sessions?{OWN_KEY}=1", {"ids": ["x", OWN_KEY, "y" * 300]})
        client.call("GET", f"/chats/{chat}/sessions", key="unknown")
        log = server.stop().err
    created, deleted, listed = log.splitlines()
    assert " POST /api/v1/chats application/json " in created
    assert f" DELETE /api/v1/chats/{chat}/sessions?***=1 application/json " in deleted
    assert '{"ids": ["x", "***", "yyy' in deleted
    assert "... (3" in deleted
    assert " bytes) -> 200 code 102, " in deleted
    assert listed.split(" -> ")[1].startswith("200 code 109, ")
    assert OWN_KEY not in log
    assert "unknown" not in log


def test_a_key_is_hidden_in_every_notation() -> None:
    keys = [
        OWN_KEY.upper(),
        OWN_KEY.replace("-", "%2D"),
        OWN_KEY.replace("-", "%2d"),
        OWN_KEY.replace("r", "\\u0072"),
        "y" * 180 + OWN_KEY,
        f"{OWN_KEY}\\\\longer",
        f"{OWN_KEY}%5Clonger",
    ]
    with server_process(*LOGGED, "--api-key", rf"{OWN_KEY}\longer") as server, Client(server.url) as client:
        for key in keys:
            client.send("DELETE", f"/api/v1/chats?key={key}", {"Content-Type": f"text/{key}"}, f'{{"ids": ["{key}"]}}')
        log = server.stop().err
    assert [line.count("***") for line in log.splitlines()] == [3] * len(keys)
    assert not re.search("ragf|agflow|OwnKey|longer", log, re.IGNORECASE)


def test_secrets_of_the_run_are_hidden() -> None:
    with server_process("--port", "0", "--log") as server, Client(server.url) as client:
        visitor = Visitor(client, "0.20.5")
        login = visitor.register()
        key = visitor.body("create a key", None, login)["data"]["token"]
        escaped = f"\\u{ord(key[20]):04x}".join((key[:20], key[21:]))
        for ids in ([key], [login], [f"x{key}x"]):
            client.call("DELETE", "/chats", {"ids": ids}, key)
        client.send("DELETE", f"/api/v1/chats?{login}", {}, f"{{{escaped}}}")
        visitor.body("delete a key", None, login, key=key)
        log = server.stop().err
    assert not re.search(rf"{key[8:18]}|{key[-10:]}|{login[:10]}|{login[-10:]}|{visitor.email}", log)
    assert [line.count("***") for line in log.splitlines()] == [1, 0, 1, 1, 1, 2, 1]


def test_a_request_is_one_line_whatever_it_contains() -> None:
    with server_process(*LOGGED) as server, Client(server.url) as client:
        with socket.create_connection(client.address, timeout=30) as connection:
            body = b"\n\x1b[31m\xff"
            head = f"PUT /api/v1/chats/a%0Ab HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        log = server.stop().err
    assert r" PUT /api/v1/chats/a%0Ab \n\x1b[31m\xff -> 200 " in log
    assert log.count("\n") == 1


def test_lines_of_simultaneous_requests_are_not_mixed() -> None:
    with server_process(*LOGGED) as server, Client(server.url) as client:
        at_once(client, 8, lambda each: [each.call("GET", "/chats") for _ in range(50)])
        log = server.stop().err
    assert [line for line in log.splitlines() if not LINE.fullmatch(line)] == []
    assert log.count("\n") == 400
