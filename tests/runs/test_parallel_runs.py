"""Parallel runs of real features report the same as single runs. Unit tests cover what goes wrong in workers."""

import re
from pathlib import Path

import pytest

from acceptance.reports import record
from acceptance.reports.results import RunResult
from tests.support.runs import Finished, run

# Known deviations, scenarios that run alone, and others before and after them.
SELECTED = "--tags=@CHOICE-* or @CONCURRENT-3 or @CONCURRENT-4 or @DUPLICATE-* or @ISOLATION-1* or @INSIDE-1 or @teams"


def output(finished: Finished) -> str:
    """The terminal output without times, ids and folders."""
    return re.sub(r"Took .*|details: .*|[0-9a-f]{32}", "", finished.out)


def outcomes(result: RunResult) -> list[tuple[object, ...]]:
    """The results without what depends on time."""
    return [(one.id, one.name, one.verdict, one.headline, one.answer, one.known) for one in result.results]


@pytest.mark.parametrize("release", ["0.20", "0.27"])
def test_a_parallel_run_reports_the_same_as_a_single_run(tmp_path: Path, release: str) -> None:
    runs, records = {}, {}
    for parallel in (1, 8):
        file = tmp_path / f"{parallel}.json"
        options = (SELECTED, "-D", f"release={release}", "-D", f"parallel={parallel}", "-D", f"record={file}")
        runs[parallel] = run(tmp_path / f"reports-{parallel}", *options)
        records[parallel] = record.read(file)
    single, parallel_run = runs[1], runs[8]
    assert (single.status, parallel_run.status) == (0, 0)
    assert outcomes(records[8]) == outcomes(records[1])
    assert output(parallel_run) == output(single)
    assert "left behind: 0" in parallel_run.out
    assert [(case.name, case.verdict, case.text) for case in parallel_run.cases] == [
        (case.name, case.verdict, case.text) for case in single.cases
    ]
