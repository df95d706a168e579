"""What grows, and how fast: ``python -m tests.bench.growth`` writes tables and a picture of it.

Many sessions and many assistants are written into the database of the embedded server directly.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from acceptance.paths import ROOT
from tests.bench import document
from tests.bench.growing import RELEASE, SESSIONS_OF_ALL
from tests.bench.memory import peak_memory
from tests.bench.picture import Panel, draw
from tests.embedded.database_file import add_sessions, opened
from tests.embedded.server_process import Client, port_of, start
from tests.support.runs import ACCEPTANCE, run
from tests.support.servers import OWN_KEY

SESSIONS = (100, 1_000, 10_000, 100_000)
CLIENTS = (1, 2, 4, 8, 16, 32, 64)
ASSISTANTS = (0, 100, 1_000, 10_000)

PICTURES = (ROOT / "reports" / "growth.svg", ROOT / "docs" / "pictures" / "growth.svg")


class Unmeasured(Exception):
    """Something did not come to its end, so that its time says nothing."""


@dataclass(frozen=True)
class Server:
    """An embedded server, with the file of its database."""

    process: "subprocess.Popen[str]"
    port: int
    file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def new_assistant(self) -> str:
        client = Client(self.port)
        try:
            return client.new_assistant("an assistant", OWN_KEY)
        finally:
            client.close()

    def measure(self, way: str, *arguments: str) -> dict[str, Any]:
        """What `tests.bench.growing` measures here, with the peak memory of the server. Unmeasured where it fails."""
        command = [sys.executable, "-m", "tests.bench.growing", way, self.url, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise Unmeasured(f"{done.stderr}\nWhat was to be measured ({way}) failed.")
        return {**json.loads(done.stdout), "server's memory": peak_memory(self.process.pid)}


@contextmanager
def serving() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ragflow.sqlite"
        options = ("--port", "0", "--release", RELEASE, "--api-key", OWN_KEY, "--database", str(file))
        with start(*options) as process:
            try:
                yield Server(process, port_of(process), file)
            finally:
                process.terminate()


def deletion(count: int) -> dict[str, Any]:
    """One request that deletes so many sessions."""
    with serving() as server:
        chat = server.new_assistant()
        ids = server.file.with_name("ids")
        ids.write_text("\n".join(add_sessions(server.file, chat, count)))
        return server.measure("one-request", chat, str(ids))


def crowd(count: int) -> dict[str, Any]:
    """So many clients at once."""
    with serving() as server:
        measured = server.measure("at-once", str(count))
    deletions = measured["deletions"]
    return {**measured, "median": median(deletions), "99th": quantiles(deletions, n=100)[98]}


def neighbours(count: int) -> dict[str, Any]:
    """An assistant among so many others."""
    with serving() as server:
        add_assistants(server.file, server.new_assistant(), count)
        measured = server.measure("among-others")
        settings = {"RAGFLOW_URL": server.url, "RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_RELEASE": RELEASE}
        with tempfile.TemporaryDirectory() as folder:
            finished = run(Path(folder), "--tags=@CHOICE-1", settings=settings, program=ACCEPTANCE)
    if finished.status:
        raise Unmeasured(f"{finished.out}{finished.err}\nA run among {count:,} other assistants did not succeed.")
    return {**measured, "run": finished.seconds}


def add_assistants(file: Path, like: str, count: int) -> None:
    """Copies of an assistant, which differ in id and name."""
    with opened(file) as connection:
        columns = [str(row[1]) for row in connection.execute("PRAGMA table_info(dialog)")]
        values = {"id": "lower(hex(randomblob(16)))", "name": "name || ' ' || number"}
        connection.execute(
            "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?) "
            f"INSERT INTO dialog ({', '.join(columns)}) "
            f"SELECT {', '.join(values.get(column, column) for column in columns)} FROM dialog, numbers "
            "WHERE id = ? AND ? > 0",
            (count, like, count),
        )
        connection.commit()


# What a column shows of what was measured.
Show = Callable[[int, dict[str, Any]], str]


def memory(name: str) -> Show:
    return lambda _, found: f"{found[name]:.0f} MB" if found[name] else "unknown"


MEMORY: dict[str, Show] = {"memory, suite": memory("memory"), "memory, server": memory("server's memory")}


@dataclass(frozen=True)
class Growth:
    """A measurement for several sizes, the columns of its table, and what of it is drawn."""

    sizes: tuple[int, ...]
    measure: Callable[[int], dict[str, Any]]
    columns: dict[str, Show]
    title: str
    x: str
    y: str
    curves: dict[str, Callable[[dict[str, Any]], float]]

    def found(self) -> list[dict[str, Any]]:
        """What was measured for each size."""
        return [self._at(size) for size in self.sizes]

    def _at(self, size: int) -> dict[str, Any]:
        found = self.measure(size)
        print(f"{size:,} {self.x}: {', '.join(self._cells(size, found))}", flush=True)
        return found

    def _cells(self, size: int, found: dict[str, Any]) -> list[str]:
        return [show(size, found) for show in self.columns.values()]

    def table(self, found: list[dict[str, Any]]) -> str:
        rows = [[f"{size:,}", *self._cells(size, each)] for size, each in zip(self.sizes, found, strict=True)]
        return document.table([[self.x, *self.columns], *rows])

    def panel(self, found: list[dict[str, Any]]) -> Panel:
        curves = {label: [value(each) for each in found] for label, value in self.curves.items()}
        return Panel(self.title, self.x, self.y, self.sizes, curves)


GROWTHS = (
    Growth(
        sizes=SESSIONS,
        measure=deletion,
        columns={
            "the server answers after": lambda _, found: f"{found['server']:.2f} s",
            "of that a session": lambda size, found: f"{found['server'] / size * 1e6:.0f} µs",
            "the suite needs besides": lambda _, found: f"{found['suite']:.3f} s",
            "a session": lambda size, found: f"{found['suite'] / size * 1e6:.0f} µs",
            **MEMORY,
        },
        title="One request",
        x="sessions in one request",
        y="seconds",
        curves={"the server": lambda found: found["server"], "the suite": lambda found: found["suite"]},
    ),
    Growth(
        sizes=CLIENTS,
        measure=crowd,
        columns={
            "sessions a second": lambda _, found: f"{SESSIONS_OF_ALL / found['seconds']:,.0f}",
            "a deletion, median": lambda _, found: f"{found['median'] * 1000:.1f} ms",
            "99th percentile": lambda _, found: f"{found['99th'] * 1000:.1f} ms",
            **MEMORY,
        },
        title="At once",
        x="clients",
        y="milliseconds of a deletion",
        curves={
            "99th percentile": lambda found: found["99th"] * 1000,
            "median": lambda found: found["median"] * 1000,
        },
    ),
    Growth(
        sizes=ASSISTANTS,
        measure=neighbours,
        columns={
            "a session": lambda _, found: f"{found['seconds'] * 1000:.1f} ms",
            "a run of one scenario": lambda _, found: f"{found['run']:.1f} s",
            **MEMORY,
        },
        title="Among others",
        x="other assistants",
        y="milliseconds of a session",
        curves={"created, listed, deleted": lambda found: found["seconds"] * 1000},
    ),
)


def main() -> int:
    argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__).parse_args()
    try:
        found = [growth.found() for growth in GROWTHS]
    except Unmeasured as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Nothing was written down.", file=sys.stderr)
        return 130
    pairs = list(zip(GROWTHS, found, strict=True))
    tables = "\n\n".join(growth.table(each) for growth, each in pairs)
    print(f"\n{tables}\n")
    document.write("growth", tables)
    for file in PICTURES:
        draw([growth.panel(each) for growth, each in pairs], file)
    print("\n".join(str(file.relative_to(ROOT)) for file in (document.FILE, *PICTURES)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
