"""Starting, errors at the start, and stopping."""

import shlex
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from embedded_ragflow.command_line import main
from embedded_ragflow.database import APPLICATION_ID
from tests.embedded.client import Client, serve
from tests.support.runs import wait_until
from tests.support.servers import OTHER_KEY, OWN_KEY, PROGRAM, Ended, server_process

WITH_KEY = ("--api-key", OWN_KEY)
ANY_PORT = (*WITH_KEY, "--port", "0")
SERVER = shlex.join([sys.executable, "-m", "embedded_ragflow", *ANY_PORT])
SHELL = ("-c", "import os, sys; os.execvp('sh', ['sh', '-c', sys.argv[1]])")


def run(*options: str, program: Sequence[str] = PROGRAM, **environment: str) -> Ended:
    """Start the server with an empty standard input, and wait for its end."""
    with server_process(*options, program=program, **environment) as server:
        return server.stop()


@pytest.mark.parametrize(("options", "release"), [((), "0.20.5"), (("--release", "v0.22"), "0.22.1")])
def test_one_line_states_the_release_and_the_address(options: tuple[str, ...], release: str) -> None:
    with server_process(*ANY_PORT, *options) as server:
        with Client(server.url) as client:
            assert client.call("GET", "/chats") == {"code": 0, "data": []}
        ended = server.stop()
    assert ended == (0, f"Embedded RAGFlow {release} answers at http://127.0.0.1:{client.address[1]}\n", "")


def test_an_ipv6_address_is_in_brackets() -> None:
    ended = run(*ANY_PORT, "--host", "::1")
    if "cannot listen" in ended.err:
        pytest.skip("this system has no IPv6")
    assert " at http://[::1]:" in ended.out


BAD_KEY = "argument --api-key: an API key must be printable ASCII characters without spaces"
BAD_PORT = "argument --port: {!r} is not a port: give a number from 0 to 65535"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--api-key", "a", "--api-key", "A"), "the same API key was given twice (case is ignored)"),
        (("--api-key", ""), BAD_KEY),
        (("--api-key", "two words"), BAD_KEY),
        (("--api-key", "schlüssel"), BAD_KEY),
        ((*WITH_KEY, "--port", "65536"), BAD_PORT.format("65536")),
        ((*WITH_KEY, "--port", "-1"), BAD_PORT.format("-1")),
        ((*WITH_KEY, "--charset", "latin1"), "argument --charset: invalid choice: 'latin1'"),
        ((*WITH_KEY, "--unknown"), "unrecognized arguments: --unknown"),
        (("--release", "0.17"), "argument --release: '0.17' is not a known RAGFlow release: give one of 0.18, 0.19, "),
    ],
)
def test_an_invalid_option_is_reported_in_one_sentence(
    options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(options)
    output, errors = capsys.readouterr()
    assert errors.startswith(f"embedded_ragflow: {sentence}")
    assert (output, errors.count("\n")) == ("", 1)


def run_sql(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


UNUSABLE: list[tuple[Callable[[Path], object], str]] = [
    (lambda file: file.mkdir(), "it is not a regular file"),
    (lambda file: file.symlink_to(file), "unable to open database file"),
    (lambda file: file.write_text("notes"), "file is not a database"),
    (lambda file: run_sql(file, "CREATE TABLE notes (text)"),
     "it belongs to another program or to an older version of this server"),
    (lambda file: run_sql(file, f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 77"),
     "it was written by another version of this server"),
    (lambda file: file.with_name("data-lock").write_text("precious"),
     "its lock file {}-lock belongs to something else"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), UNUSABLE)
def test_a_file_that_cannot_be_a_database_is_left_unchanged(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    def content() -> dict[Path, bytes | None]:
        return {each: each.read_bytes() if each.is_file() else None for each in tmp_path.iterdir()}

    file = tmp_path / "data"
    make(file)
    before = content()
    sentence = f"cannot use {file} as a database: {reason.format(file)}"
    assert run(*ANY_PORT, "--database", str(file)) == (1, "", f"embedded_ragflow: {sentence}\n")
    assert content() == before


def test_the_reason_for_not_starting_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options, sentence in {
            ("--port", port): f"cannot listen on 127.0.0.1 port {port}: Address already in use",
            ("--host", "no such host"): "cannot listen on no such host port 0: ",
            ("--database", "/no/such/folder/file"): "cannot use /no/such/folder/file as a database: No such file",
        }.items():
            status, output, errors = run(*ANY_PORT, *options, TMPDIR=str(tmp_path))
            assert errors.startswith(f"embedded_ragflow: {sentence}")
            assert (status, output, errors.count("\n"), list(tmp_path.iterdir())) == (1, "", 1, [])


@pytest.mark.parametrize(("is_ready", "stop"), [(False, signal.SIGTERM), (False, signal.SIGINT), (True, signal.SIGHUP)])
def test_a_signal_stops_the_server_even_while_it_starts(is_ready: bool, stop: signal.Signals, tmp_path: Path) -> None:
    with server_process(*ANY_PORT, TMPDIR=str(tmp_path)) as server:
        # The database is the first thing that a server creates.
        wait_until(lambda: bool(server.url) if is_ready else any(tmp_path.iterdir()))
        server.process.send_signal(stop)
        assert server.process.wait(timeout=30) == 0
        assert server.stop().err == ""
    assert list(tmp_path.iterdir()) == []


def test_a_closed_input_counts_as_ended() -> None:
    status, output, errors = run(program=(*SHELL, f"exec {SERVER} --stop-at-end-of-input <&-"))
    assert output.startswith("Embedded RAGFlow ")
    assert (status, errors) == (0, "")


def test_the_end_of_input_is_ignored_by_default() -> None:
    # The shell waits for the end of its own input, and then stops the server.
    with server_process(program=(*SHELL, f"{SERVER} </dev/null & cat; kill $!; wait $!")) as server:
        with Client(server.url) as client:
            assert all(client.new_assistant(f"assistant {number}") for number in range(20))
        assert server.stop().status == 0


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (f"exec {SERVER} >&-", "cannot write to standard output: it is closed"),
        (f"ulimit -n 60; exec {SERVER}", "the limit of 60 open files is too low: raise it with ulimit -n"),
    ],
)
def test_limits_of_the_system_are_reported(script: str, sentence: str, tmp_path: Path) -> None:
    assert run(program=(*SHELL, script), TMPDIR=str(tmp_path)) == (1, "", f"embedded_ragflow: {sentence}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_database_file_keeps_the_data_of_each_key_even_if_its_server_is_killed(tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "data.sqlite"))
    with serve("0.20", *database) as client:
        chat, others = client.new_assistant("kept"), client.new_assistant("kept", OTHER_KEY)
        session = client.new_session(chat)
    with server_process(*ANY_PORT, *database) as server, Client(server.url) as client:
        # A key that is not given again is not accepted.
        assert client.call("GET", f"/chats/{others}/sessions", key=OTHER_KEY)["code"] == 109
        server.process.kill()
    with serve("0.27", *database) as client:
        assert client.session_ids(chat) == [session]
        assert client.session_ids(chat, OTHER_KEY) is None
        assert client.session_ids(others, OTHER_KEY) == []
    assert [file.name for file in tmp_path.iterdir()] == ["data.sqlite"]


def test_two_servers_cannot_use_one_database(tmp_path: Path) -> None:
    file, link = tmp_path / "data.sqlite", tmp_path / "link"
    link.symlink_to(file)
    with serve("0.20", "--database", str(file)) as client:
        chat = client.new_assistant("kept")
        for name in (file, link):
            sentence = f"cannot use {name} as a database: another server uses it"
            assert run(*ANY_PORT, "--database", str(name)) == (1, "", f"embedded_ragflow: {sentence}\n")
        assert client.session_ids(chat) == []
