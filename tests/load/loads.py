"""Loads, each with processes of its own: Locust changes a process that it is loaded in."""

import csv
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.support.runs import started_process
from tests.unit.stand_in import Seen

# Seconds after which a load is taken for one that hangs.
LIMIT = 60.0

LOCUST = (sys.executable, "-m", "locust", "-f", "load/locustfile.py", "--headless", "--only-summary")


@dataclass(frozen=True)
class Ended:
    """A load that has ended, with what it has written to its folder."""

    status: int
    out: str
    err: str
    reports: Path

    @property
    def everything(self) -> str:
        return f"{self.out}\n{self.err}"

    @property
    def verdict(self) -> str:
        """The last line."""
        return self.out.strip().splitlines()[-1]

    def counted(self, column: str) -> Counter[str]:
        """What Locust has counted in that column, by the names of the requests."""
        rows = self._rows("stats")
        return +Counter({row["Name"]: int(row[column]) for row in rows if row["Name"] != "Aggregated"})

    @property
    def failures(self) -> Counter[str]:
        """How often each failure has occurred, by the name of the request and its own."""
        return Counter({f"{row['Name']}: {row['Error']}": int(row["Occurrences"]) for row in self._rows("failures")})

    def _rows(self, kind: str) -> list[dict[str, str]]:
        with (self.reports / f"load_{kind}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def started(
    *options: str, settings: Mapping[str, str] | None = None
) -> "AbstractContextManager[subprocess.Popen[str]]":
    """Locust with these options and settings, which is over when the block is."""
    return started_process([*LOCUST, *options], settings or {})


def end(process: "subprocess.Popen[str]", reports: Path) -> Ended:
    """Wait for its end."""
    out, err = process.communicate(timeout=LIMIT)
    return Ended(process.returncode, out, err, reports)


def wait_for_lines(process: "subprocess.Popen[str]", *parts: str) -> str:
    """What it writes on standard error until each of these has stood in one of its lines."""
    missing, lines = set(parts), []
    give_up = threading.Timer(LIMIT, process.kill)
    give_up.start()
    assert process.stderr
    for line in process.stderr:
        lines.append(line)
        missing = {part for part in missing if part not in line}
        if not missing:
            break
    give_up.cancel()
    assert not missing, "".join(lines)
    return "".join(lines)


def options_for(reports: Path, *options: str) -> list[str]:
    """Five people for two seconds, where the options say nothing else, and what is written."""
    written = ["--html", str(reports / "load.html"), "--csv", str(reports / "load")]
    return ["--users", "5", "--spawn-rate", "5", "--run-time", "2s", *written, *options]


def run(reports: Path, *options: str, settings: Mapping[str, str] | None = None) -> Ended:
    with started(*options_for(reports, *options), settings=settings) as process:
        return end(process, reports)


def name_of(seen: Seen) -> str:
    """What a request is called in the statistics."""
    verbs = {"POST": "create", "GET": "list", "DELETE": "delete"}
    things = "sessions" if "/sessions" in seen.path else "assistants"
    return f"{verbs[seen.method]} {things.removesuffix('s') if seen.method == 'POST' else things}"
