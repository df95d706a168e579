"""docs/troubles.md says what a run does in every trouble; here each is provoked, and it does so."""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.runs.troubles.all import TROUBLES
from tests.runs.troubles.catalogue import Observed, Place
from tests.support.runs import LIMIT
from tests.support.servers import Embedded

TABLE = ROOT / "docs" / "troubles.md"


class Row:
    """A line of the table: its last cell names what provokes it, and which part of that."""

    def __init__(self, line: str) -> None:
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        self.what, self.status, self.verdicts, self.run, self.left, test = cells
        self.test, _, self.part = test.strip("`").partition(": ")

    def mismatches(self, observed: Observed) -> Iterator[str]:
        said = (
            ("the exit status is", self.status, str(observed.finished.status)),
            ("the verdicts are", self.verdicts, observed.verdicts),
            ("said of the run is", self.run, observed.said_of_the_run),
            ("left is", self.left, observed.is_left),
        )
        for words, expected, seen in said:
            if not re.fullmatch(re.escape(expected).replace("…", ".*"), seen):
                yield f"{words} {seen}, not {expected}"
        yield from observed.troubles()


def rows() -> Mapping[str, list[Row]]:
    """The rows of the table, by what provokes them."""
    found: dict[str, list[Row]] = defaultdict(list)
    for line in re.findall(r"^\| .*`.* \|$", TABLE.read_text("utf-8"), re.MULTILINE):
        row = Row(line)
        found[row.test].append(row)
    return found


ROWS = rows()


def test_what_is_provoked_is_in_the_table_and_nothing_else_is() -> None:
    assert ROWS.keys() == TROUBLES.keys()
    table = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]
    assert len(table) == 2 + sum(map(len, ROWS.values()))


@pytest.mark.parametrize("name", TROUBLES)
def test_a_run_does_what_the_table_says(name: str, tmp_path: Path, embedded: Embedded) -> None:
    place = Place(tmp_path, embedded)
    try:
        seen = TROUBLES[name](place)
    finally:
        place.clean()
    observed = {"": seen} if isinstance(seen, Observed) else seen
    assert [row.part for row in ROWS[name]] == list(observed)
    for row in ROWS[name]:
        run = observed[row.part]
        assert list(row.mismatches(run)) == [], f"{row.what}\n{run.finished.out}\n{run.finished.err}"


def test_ten_runs_that_are_ended_at_random_moments_leave_nothing() -> None:
    command = [sys.executable, "-m", "tests.runs.interruptions", "--runs", "10"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT)
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.startswith("10 runs ended ")
