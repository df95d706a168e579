"""A trial: a run of the specification against a server with a fault, or without one."""

import json
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fault import Fault
from tests.support.runs import TIMEOUT, run
from tests.support.servers import embedded_server

# The whole specification, but without the scenarios that take long and the random stories.
LEFT_OUT = ("scale", "huge", "explore", "EXPLORE-2")
WHOLE = f"({' and '.join(f'not @{tag}' for tag in LEFT_OUT)})"

# The random stories are the same in each trial.
STORIES, SEED = 100, 5


@dataclass(frozen=True)
class Trial:
    """The result of a run: each scenario's id and verdict, and the assistants that the run left on the server."""

    status: int
    output: str
    results: tuple[tuple[str, str], ...] = ()
    leftovers: tuple[str, ...] = ()

    def with_verdict(self, verdict: str) -> set[str]:
        """Return the ids of the scenarios that have this verdict in at least one row."""
        return {id for id, found in self.results if found == verdict}

    def problems(self, expected: Collection[str]) -> list[str]:
        """Return why the trial does not prove that the expected scenarios fail; without any, that no scenario does."""
        if not self.results:
            return [f"no results: {(self.output.strip().splitlines() or ['no output'])[-1]}"]
        failed, errors = self.with_verdict("failed"), self.with_verdict("error")
        applying = {id for id, _ in self.results}
        found = {
            "ended with an error": errors & set(expected or applying),
            "not detected by": applying & set(expected) - failed - errors,
            "failed without a fault": set() if expected else failed,
            "left on the server": set(self.leftovers),
        }
        if self.status != bool(expected):
            found["wrong exit status"] = {str(self.status)}
        if expected and applying.isdisjoint(expected):
            found["not for this release"] = set(expected)
        return [f"{problem}: {', '.join(sorted(which))}" for problem, which in found.items() if which]


def try_fault(fault: Fault | None, release: str, folder: Path, tags: str, seed: int = SEED) -> Trial:
    """Run the scenarios with these tags against a server of that release, with that fault or without one."""
    program = ("-m", "tests.faults.serve", fault.name) if fault else ("-m", "embedded_ragflow")
    record = folder / "run.json"
    stories = ("-D", f"stories={STORIES}", "-D", f"seed={seed}", "-D", "shrink=0")
    options = (f"--tags={tags}", "--no-junit", "-D", f"record={record}", *stories)
    release, _, charset = release.partition("/")
    charset_option = ("--charset", charset) if charset else ()
    with embedded_server(release, *charset_option, program=program) as server:
        try:
            settings = {**server.settings, "RAGFLOW_RELEASE": release}
            finished = run(folder, *options, settings=settings, program=(sys.executable, "-m", "tests.faults.run"))
        except subprocess.TimeoutExpired:
            return Trial(1, f"the run did not end within {TIMEOUT:g} s")
        results = json.loads(record.read_text("utf-8"))["results"] if record.exists() else ()
        applying = tuple((each["id"], each["verdict"]) for each in results if each["verdict"] != "does not apply")
        return Trial(finished.status, finished.out + finished.err, applying, tuple(server.assistants()))


def tags_of(fault: Fault) -> str:
    """Return the tags of the scenarios that must detect the fault."""
    return " or ".join(f"@{id}" for id in fault.detected_by)
