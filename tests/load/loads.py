"""Load tests as child processes, because Locust patches the process that imports it."""

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.support.runs import TIMEOUT, started_process
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

REFUSED = json_reply({"code": 102, "message": "no"})

LOCUST = (sys.executable, "-m", "locust", "-f", "load/locustfile.py", "--headless", "--only-summary")

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Ended:
    """A load test that has ended."""

    status: int
    out: str
    err: str
    reports: Path

    @property
    def verdict(self) -> str:
        """The last line."""
        return self.out.strip().splitlines()[-1]

    def counts(self, column: str) -> Counter[str]:
        """Return this column of Locust's statistics, by call."""
        rows = csv.DictReader((self.reports / "load_stats.csv").read_text("utf-8").splitlines())
        return +Counter({row["Name"]: int(row[column]) for row in rows if row["Name"] != "Aggregated"})


def started(reports: Path, *options: str, settings: Mapping[str, str] | None = None) -> AbstractContextManager[Process]:
    """Start a load test: five users for two seconds, unless the options say otherwise."""
    reported = ("--html", str(reports / "load.html"), "--csv", str(reports / "load"))
    usual = ("--users", "5", "--spawn-rate", "5", "--run-time", "2s")
    return started_process([*LOCUST, *reported, *usual, *options], settings or {})


def end(process: Process, reports: Path) -> Ended:
    """Wait until the load test has ended."""
    out, err = process.communicate(timeout=TIMEOUT)
    return Ended(process.returncode, out, err, reports)


def run(reports: Path, *options: str, settings: Mapping[str, str] | None = None) -> Ended:
    with started(reports, *options, settings=settings) as process:
        return end(process, reports)


def call_name(seen: Seen) -> str:
    """Return the name of this request in the statistics."""
    things = "session" if "/sessions" in seen.path else "assistant"
    return {"POST": f"create {things}", "GET": f"list {things}s", "DELETE": f"delete {things}s"}[seen.method]


def proxy(url: str, tamper: Callable[[Seen], Reply | Misconduct | None]) -> StandIn:
    """Create a proxy for the server at this address. ``tamper`` may return another answer to a request."""
    return StandIn(lambda seen: tamper(seen) or forwarded(url, seen))
