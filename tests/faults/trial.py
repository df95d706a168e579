"""A fault, a release, and what the specification says to a server with the one that behaves as the other."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.embedded_process import running
from tests.faults.catalogue import Fault
from tests.specification.runs import Case, run

# What the whole of the specification leaves out here: it takes long, and a fault that only shows there says so.
WHOLE = "(not @scale and not @huge)"


@dataclass(frozen=True)
class Trial:
    """What a run came to. `left` are the assistants that it left on the server."""

    status: int
    out: str
    cases: list[Case]
    left: list[str]

    @property
    def noticed_by(self) -> list[str]:
        """The scenarios that failed, each once, in the order of the run."""
        return self._with("failure")

    def trouble(self, expected: Collection[str]) -> str:
        """What is wrong with the way in which these scenarios noticed a fault; empty where nothing is."""
        errors, others = self._with("error"), self._with("passed", "skipped")
        wrong = {
            "broken off:": [id for id in errors if id in expected],
            "not noticed by": [id for id in others if id in expected and id not in [*self.noticed_by, *errors]],
            "left behind:": self.left,
        }
        lines = [f"{what} {', '.join(which)}" for what, which in wrong.items() if which]
        if self.status != 1 or not set(expected).intersection(self.noticed_by):
            lines.append(f"not noticed (status {self.status})")
        return "; ".join(lines)

    def _with(self, *verdicts: str) -> list[str]:
        return list(dict.fromkeys(case.id for case in self.cases if case.verdict in verdicts))


def try_out(fault: Fault | None, release: str, folder: Path, tags: str) -> Trial:
    """Run the scenarios of these tags against a server with that fault, or with none."""
    program = ("-m", "tests.faults.serve", fault.name) if fault else ("-m", "embedded_ragflow")
    with running(release, program) as server:
        finished = run(folder, f"--tags={tags}", settings={**server.settings, "RAGFLOW_RELEASE": release})
        return Trial(finished.status, finished.out + finished.err, finished.cases, server.assistants())


def tags_of(fault: Fault) -> str:
    """The tags of the scenarios that are to notice it."""
    return " or ".join(f"@{id}" for id in fault.noticed_by)
