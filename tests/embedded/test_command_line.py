"""Starting, refusing to start, and stopping."""

import fcntl
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from acceptance.paths import ROOT
from embedded_ragflow import CannotStart
from embedded_ragflow.database import APPLICATION, alone
from tests.embedded.server_process import KEY_A, KEY_B, Client, port_of, run, running, start

WITH_KEY = ("--api-key", KEY_A)
ANY_PORT = (*WITH_KEY, "--port", "0")


def test_says_in_one_line_which_release_answers_where() -> None:
    with start(*ANY_PORT, "--release", "v0.22") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        host, _, port = line.split()[-1].removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5):
            pass
        rest, errors = process.communicate(timeout=10)
    assert line == f"Embedded RAGFlow 0.22.1 answers at http://127.0.0.1:{port}\n"
    assert (rest, errors, process.returncode) == ("", "", 0)


def test_answers_as_v0_20_5_unless_told_otherwise() -> None:
    assert run(*ANY_PORT).stdout.startswith("Embedded RAGFlow 0.20.5 answers at ")


def test_an_ipv6_address_stands_in_brackets() -> None:
    finished = run(*ANY_PORT, "--host", "::1")
    if "cannot listen" in finished.stderr:
        pytest.skip("there is no IPv6 here")
    assert " at http://[::1]:" in finished.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "no API key: give at least one with --api-key"),
        ((*WITH_KEY, *WITH_KEY), "the same API key was given twice (upper and lower case are not told apart)"),
        (("--api-key", "a", "--api-key", "A"), "the same API key was given twice"),
        (("--api-key", ""), "an API key must be printable ASCII characters without blanks"),
        (("--api-key", "two words"), "an API key must be printable ASCII characters without blanks"),
        (("--api-key", "bell\a"), "an API key must be printable ASCII characters without blanks"),
        (("--api-key", "schlüssel"), "an API key must be printable ASCII characters without blanks"),
        ((*WITH_KEY, "--port", "http"), "'http' is not a port: give a number from 0 to 65535"),
        ((*WITH_KEY, "--port", "65536"), "'65536' is not a port: give a number from 0 to 65535"),
        ((*WITH_KEY, "--port", "-1"), "'-1' is not a port: give a number from 0 to 65535"),
        ((*WITH_KEY, "--release", "0.17"), "'0.17' is not a known RAGFlow release: give one of 0.18, 0.19, "),
        ((*WITH_KEY, "--unknown"), "unrecognized arguments: --unknown"),
    ],
)
def test_refuses_a_bad_option_in_one_sentence(options: tuple[str, ...], sentence: str) -> None:
    finished = run(*options)
    assert sentence in finished.stderr
    assert finished.stderr.startswith("embedded_ragflow: ")
    assert finished.stderr.count("\n") == 1
    assert (finished.returncode, finished.stdout) == (2, "")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--host", "no such host"), "cannot listen on no such host port 0: "),
        (("--database", "/no/such/folder/file"), "cannot use /no/such/folder/file as a database: "),
        (("--database", "/"), "cannot use / as a database: it is no regular file"),
        (("--database", __file__), f"cannot use {__file__} as a database: file is not a database"),
    ],
)
def test_says_in_one_sentence_why_it_cannot_start(options: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    with start(*ANY_PORT, *options, TMPDIR=str(tmp_path)) as process:
        output, errors = process.communicate(timeout=10)
    assert errors.startswith(f"embedded_ragflow: {sentence}")
    assert errors.count("\n") == 1
    assert (process.returncode, output) == (1, "")
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        finished = run(*WITH_KEY, "--port", port, "--database", str(tmp_path / "data.sqlite"))
    assert finished.stderr == f"embedded_ragflow: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    assert (finished.returncode, finished.stdout) == (1, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_it_cleanly_and_at_once(stop: signal.Signals, tmp_path: Path) -> None:
    with start(*ANY_PORT, TMPDIR=str(tmp_path)) as process:
        client = Client(port_of(process))
        client.new_session(client.new_assistant("an assistant"))
        assert list(tmp_path.iterdir()) != []
        process.send_signal(stop)
        started = time.monotonic()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - started < 2
        assert process.stderr is not None
        assert process.stderr.read() == ""
        client.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell which signals wait")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("milliseconds", [0, 50, 100, 200])
def test_a_signal_during_the_start_stops_it_cleanly(stop: signal.Signals, milliseconds: int, tmp_path: Path) -> None:
    with start(*ANY_PORT, TMPDIR=str(tmp_path)) as process:
        wait_for_first_line(process.pid)
        time.sleep(milliseconds / 1000)
        process.send_signal(stop)
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def wait_for_first_line(pid: int) -> None:
    """Wait until Python has started and runs the first line of the server, which holds SIGTERM back."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status").read_text()
        if int(status.partition("SigBlk:")[2].split()[0], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)
    raise TimeoutError("the server did not start")


def test_it_goes_on_when_its_input_ends_unless_told_otherwise() -> None:
    command = [sys.executable, "-m", "embedded_ragflow", *ANY_PORT]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            client = Client(port_of(process))
            time.sleep(0.2)
            assert client.new_assistant("an assistant")
            client.close()
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_database_file_keeps_what_belongs_to_a_key(tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "data.sqlite"))
    with running("0.20", *database) as client:
        chat = client.new_assistant("kept")
        session = client.new_session(chat)
    with running("0.27", *database) as client:
        assert client.session_ids(chat) == [session]
        assert client.session_ids(chat, KEY_B) is None
    assert [file.name for file in tmp_path.iterdir()] == ["data.sqlite"]


def test_a_key_that_is_not_given_again_is_not_accepted(tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "data.sqlite"))
    with running("0.20", *database) as client:
        chat = client.new_assistant("kept", KEY_B)
    with start(*ANY_PORT, *database) as process:
        client = Client(port_of(process))
        assert client.call("GET", f"/chats/{chat}/sessions", key=KEY_B)["code"] == 109
        client.close()
        process.communicate(timeout=10)
    with running("0.20", *database) as client:
        assert client.session_ids(chat, KEY_B) == []


def in_a_shell(script: str) -> "subprocess.CompletedProcess[str]":
    """Run a script in which `$SERVER` starts the server; its standard input is empty. Ends it after ten seconds."""
    return subprocess.run(
        ["sh", "-c", script],
        cwd=ROOT,
        env={**os.environ, "SERVER": shlex.join([sys.executable, "-m", "embedded_ragflow", *ANY_PORT])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    finished = in_a_shell(f"exec $SERVER --database {shlex.quote(str(pipe))}")
    assert finished.stderr == f"embedded_ragflow: cannot use {pipe} as a database: it is no regular file\n"
    assert (finished.returncode, list(tmp_path.iterdir())) == (1, [pipe])


def test_a_link_to_itself_is_told_in_one_sentence(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    finished = run(*ANY_PORT, "--database", str(link))
    assert finished.stderr == f"embedded_ragflow: cannot use {link} as a database: unable to open database file\n"
    assert (finished.returncode, list(tmp_path.iterdir())) == (1, [link])


def test_a_file_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with running("0.20", "--database", ":memory:") as client:
        chat = client.new_assistant("kept")
    with running("0.20", "--database", ":memory:") as client:
        assert client.session_ids(chat) == []


def sqlite_file(file: Path, *statements: str) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file.read_bytes()


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE notes (text)",),
        ("CREATE TABLE apitoken (token, tenant_id, accepted)", "CREATE TABLE dialog (id)"),
        ("PRAGMA application_id = 1", "PRAGMA user_version = 2"),
    ],
)
def test_a_database_of_another_program_is_not_written_to(tmp_path: Path, statements: tuple[str, ...]) -> None:
    file = tmp_path / "other.sqlite"
    before = sqlite_file(file, *statements)
    finished = run(*ANY_PORT, "--database", str(file))
    assert finished.stderr == (
        f"embedded_ragflow: cannot use {file} as a database: "
        "it belongs to another program, or was written by an older server\n"
    )
    assert (finished.returncode, file.read_bytes()) == (1, before)
    assert list(tmp_path.iterdir()) == [file]


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    sqlite_file(file, f"PRAGMA application_id = {APPLICATION}", "PRAGMA user_version = 77")
    finished = run(*ANY_PORT, "--database", str(file))
    assert finished.stderr.endswith("it was written by another version of this server\n")
    assert finished.returncode == 1


def test_two_servers_do_not_share_a_database(tmp_path: Path) -> None:
    file, other_name = tmp_path / "data.sqlite", tmp_path / "link"
    other_name.symlink_to(file)
    with running("0.20", "--database", str(file)) as client:
        chat = client.new_assistant("kept")
        for name in (file, other_name):
            finished = run(*ANY_PORT, "--database", str(name))
            assert finished.stderr == f"embedded_ragflow: cannot use {name} as a database: another server uses it\n"
            assert finished.returncode == 1
        assert client.session_ids(chat) == []


def test_a_lock_that_was_removed_meanwhile_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock_too_late(lock: IO[str], operation: int) -> None:
        Path(lock.name).unlink()
        flock(lock, operation)

    flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", flock_too_late)
    with pytest.raises(CannotStart, match="another server uses it"), alone(tmp_path / "data.sqlite"):
        pass


def test_what_is_in_the_place_of_a_lock_is_left_as_it_is(tmp_path: Path) -> None:
    file, something_else = tmp_path / "data.sqlite", tmp_path / "data.sqlite-lock"
    something_else.write_text("precious")
    finished = run(*ANY_PORT, "--database", str(file))
    sentence = f"cannot use {file} as a database: its lock would be {something_else}, which is something else"
    assert (finished.returncode, finished.stderr) == (1, f"embedded_ragflow: {sentence}\n")
    assert something_else.read_text() == "precious"
    assert not file.exists()


def test_a_database_can_be_used_again_when_its_server_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    keys = ("--api-key", KEY_A, "--api-key", KEY_B)
    with start("--port", "0", *keys, "--database", str(file)) as process:
        client = Client(port_of(process))
        chat = client.new_assistant("kept")
        client.close()
        process.kill()
    with running("0.20", "--database", str(file)) as client:
        assert client.session_ids(chat) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "embedded_ragflow", *ANY_PORT],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=10,
            check=False,
        )
    assert finished.stderr == "embedded_ragflow: cannot write to standard output: No space left on device\n"
    assert finished.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_closed_standard_output_is_told_in_one_sentence() -> None:
    finished = in_a_shell("exec $SERVER >&-")
    assert finished.stderr == "embedded_ragflow: cannot write to standard output: it is closed\n"
    assert finished.returncode == 1


def test_an_input_that_is_closed_has_ended() -> None:
    finished = in_a_shell("exec $SERVER --stop-at-end-of-input <&-")
    assert finished.stdout.startswith("Embedded RAGFlow ")
    assert (finished.returncode, finished.stderr) == (0, "")


def test_too_few_files_are_told_in_one_sentence() -> None:
    finished = in_a_shell("ulimit -n 60; exec $SERVER")
    assert finished.stderr == ("embedded_ragflow: the system lets it open 60 files only: allow more with ulimit -n\n")
    assert (finished.returncode, finished.stdout) == (1, "")
