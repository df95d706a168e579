"""Embedded servers as child processes. Every test that needs a server starts it here."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple

from acceptance.paths import ROOT
from acceptance.ragflow import teams
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import is_success
from acceptance.ragflow.messages import Credentials
from tests.support.environment import clean_environment

OWN_KEY = "ragflow-OwnKeyOfTheTests4711"
OTHER_KEY = "ragflow-OtherKeyOfTheTests0815"
TWO_TENANTS = ("--api-key", OWN_KEY, "--api-key", OTHER_KEY)

PROGRAM = ("-W", "error", "-m", "embedded_ragflow")
START_TIMEOUT = 30.0
STOP_TIMEOUT = 30.0


class Ended(NamedTuple):
    """The exit status of a server, and everything that it printed."""

    status: int
    out: str
    err: str


class ServerProcess:
    """A server in a child process.

    It stops when its standard input closes, and so also when the test process dies. Its output is read all the time.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, errors="replace"
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._out, self._err = _Reader(self.process.stdout), _Reader(self.process.stderr)

    @cached_property
    def url(self) -> str:
        """Wait until the server answers, and return its address. Fail with its error output if it does not start."""
        line = self._out.first_line(START_TIMEOUT)
        assert line, f"the embedded server did not start:\n{self.stop().err}"
        return line.split()[-1]

    def stop(self) -> Ended:
        """Close the standard input and wait for the end. Kill a server that does not stop in time."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return Ended(self.process.returncode, self._out.text(), self._err.text())


class _Reader(threading.Thread):
    """Reads a stream to its end, so that the process that writes to it never blocks."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._lines: list[str] = []
        self._has_begun = threading.Event()
        self.start()

    def run(self) -> None:
        with self._stream:
            for line in self._stream:
                self._lines.append(line)
                self._has_begun.set()
        self._has_begun.set()

    def first_line(self, timeout: float) -> str:
        self._has_begun.wait(timeout)
        return self._lines[0] if self._lines else ""

    def text(self) -> str:
        self.join(STOP_TIMEOUT)
        return "".join(self._lines)


@contextmanager
def server_process(
    *options: str, program: Sequence[str] = PROGRAM, folder: Path | None = None, **settings: str
) -> Iterator[ServerProcess]:
    """Start a server with these options. The block does not wait until it answers: `url` does."""
    command = [sys.executable, *program, "--stop-at-end-of-input", *options]
    server = ServerProcess(command, folder or ROOT, clean_environment({"PYTHONPATH": str(ROOT), **settings}))
    try:
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class Embedded:
    """A server that answers, with a client for each of its two tenants."""

    url: str
    own: RAGFlow
    other: RAGFlow

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that aim a run at this server."""
        return {"RAGFLOW_URL": self.url, "RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_OTHER_API_KEY": OTHER_KEY}

    def has_guest(self) -> bool:
        """Whether the second user is in the team of the first. From 0.27 on; only others can be invited."""
        owner, guest = teams.user_of(self.own), teams.user_of(self.other)
        assert owner is not None
        assert guest is not None
        is_new = is_success(teams.invite(self.own, owner, guest))
        if is_new:
            teams.remove(self.own, owner, guest)
        return not is_new

    def assistants(self) -> list[str]:
        """The names of the assistants of both tenants: up to 30 of each."""
        return [name for tenant in (self.own, self.other) for name in _names(tenant)]


def _names(tenant: RAGFlow) -> list[str]:
    answer = tenant.list_assistants()
    assert isinstance(answer.body, dict), answer.text
    data = answer.body["data"]
    items = data["chats"] if isinstance(data, dict) else data
    return [item["name"] for item in items]


@contextmanager
def embedded_server(release: str = "0.20", *options: str, program: Sequence[str] = PROGRAM) -> Iterator[Embedded]:
    """Start a server of this release with two tenants, and stop it after the block.

    `program` is what Python runs instead: a module that takes the options of the embedded server.
    """
    with server_process("--port", "0", "--release", release, *TWO_TENANTS, *options, program=program) as server:
        own = RAGFlow(server.url, Credentials.bearer("the tenant's API key", OWN_KEY))
        yield Embedded(server.url, own, own.acting_as(Credentials.bearer("another tenant's API key", OTHER_KEY)))
