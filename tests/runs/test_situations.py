"""Every situation of docs/errors.md is brought about, and the run does what the table says."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.runs.situations import answers, broken_projects, failing_servers, gateways, harm, interrupting, starting
from tests.runs.situations.catalogue import SITUATIONS, Observed, Workplace
from tests.support.runs import run_program
from tests.support.servers import Embedded

TABLE = ROOT / "docs" / "errors.md"
# Importing a module registers its situations.
MODULES = (answers, broken_projects, failing_servers, gateways, harm, interrupting, starting)


class Row:
    """A row of the table. Its last cell names the situation and, after a colon, the observation."""

    def __init__(self, line: str) -> None:
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        self.title, self.status, self.results, self.run, self.left, test = cells
        self.test, _, self.part = test.strip("`").partition(": ")

    def mismatches(self, observed: Observed) -> Iterator[str]:
        """Each difference, with ``…`` in the table for any text."""
        pairs = {
            "exit status": (self.status, str(observed.finished.status)),
            "results": (self.results, observed.results),
            "the run": (self.run, observed.case_of_the_run),
            "left behind": (self.left, observed.left_behind),
        }
        for name, (expected, seen) in pairs.items():
            if not re.fullmatch(re.escape(expected).replace("…", ".*"), seen):
                yield f"{name}: {seen}, not {expected}"
        yield from observed.violations()


# The second table names ordinary tests.
WHOLE_RUNS, OTHERS = TABLE.read_text("utf-8").split("## What needs no whole run to prove")


def read_rows() -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for line in re.findall(r"^\| .*`.* \|$", WHOLE_RUNS, re.MULTILINE):
        row = Row(line)
        found[row.test].append(row)
    return found


ROWS = read_rows()


def test_the_table_lists_exactly_the_tested_situations() -> None:
    assert sorted(ROWS) == sorted(SITUATIONS)
    lines = [line for line in WHOLE_RUNS.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + sum(map(len, ROWS.values()))


def test_the_second_table_names_tests_that_exist() -> None:
    rows = [line for line in OTHERS.splitlines() if line.startswith("|")][2:]
    named = re.findall(r"`(tests/\S+)::(\w+)` \|$", OTHERS, re.MULTILINE)
    assert len(named) == len(rows)
    assert [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")] == []


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_run_does_what_the_table_says(name: str, tmp_path: Path, embedded: Embedded) -> None:
    workplace = Workplace(tmp_path, embedded)
    try:
        seen = SITUATIONS[name](workplace)
    finally:
        workplace.clean()
    observed = {"": seen} if isinstance(seen, Observed) else seen
    assert [row.part for row in ROWS[name]] == list(observed)
    for row in ROWS[name]:
        finished = observed[row.part].finished
        assert list(row.mismatches(observed[row.part])) == [], f"{row.title}\n{finished.out}\n{finished.err}"


def test_ten_randomly_interrupted_runs_leave_nothing_behind() -> None:
    ended = run_program([sys.executable, "-m", "tests.runs.interruptions", "--runs", "10"])
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.startswith("10 runs interrupted ")
