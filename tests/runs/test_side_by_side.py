"""Scenarios that run side by side: what is told of them is what is told where one runs after the other."""

import re
from pathlib import Path

import pytest

from acceptance.reports import record
from acceptance.reports.results import RunResult
from tests.support.runs import Finished, run

# Some that deviate and some that run alone; there are others before and behind them.
SELECTED = "--tags=@CHOICE-* or @CONCURRENT-3 or @CONCURRENT-4 or @DUPLICATE-* or @ISOLATION-1* or @INSIDE-1"


def told(finished: Finished) -> str:
    """What stands on the terminal, but for times, ids and the folder."""
    return re.sub(r"Took .*|details: .*|[0-9a-f]{32}", "", finished.out)


def outcomes(result: RunResult) -> list[tuple[object, ...]]:
    """Of each scenario, in order, what does not depend on the time that it took."""
    return [(one.id, one.name, one.verdict, one.headline, one.answer, one.known) for one in result.results]


@pytest.mark.parametrize("release", ["0.20", "0.27"])
def test_the_same_is_told(tmp_path: Path, release: str) -> None:
    runs, records = {}, {}
    for parallel in (1, 8):
        file = tmp_path / f"{parallel}.json"
        options = (SELECTED, "-D", f"release={release}", "-D", f"parallel={parallel}", "-D", f"record={file}")
        runs[parallel] = run(tmp_path / f"reports-{parallel}", *options)
        records[parallel] = record.read(file)
    one, eight = runs[1], runs[8]
    assert (one.status, eight.status) == (0, 0)
    assert outcomes(records[8]) == outcomes(records[1])
    assert told(eight) == told(one)
    assert "left behind: 0" in eight.out
    assert [(case.name, case.verdict, case.text) for case in eight.cases] == [
        (case.name, case.verdict, case.text) for case in one.cases
    ]


def test_other_formatters_are_told_the_same(tmp_path: Path) -> None:
    said = {
        parallel: run(tmp_path, "--tags=@CHOICE-*", "-f", "plain", "--no-timings", "-D", f"parallel={parallel}").out
        for parallel in (1, 4)
    }
    assert "Scenario: One session" in said[4]
    assert re.sub("Took .*", "", said[4]) == re.sub("Took .*", "", said[1])


@pytest.mark.parametrize("parallel", ["0", "-1", "x", "1000"])
def test_what_is_no_such_number_is_refused(tmp_path: Path, parallel: str) -> None:
    refused = run(tmp_path, "--tags=@CHOICE-1", settings={"RAGFLOW_PARALLEL": parallel})
    sentence = f"RAGFLOW_PARALLEL (or -D parallel=...) is '{parallel}'. It has to be a whole number, from 1 to 64."
    assert refused.status == 1
    assert refused.err.strip() == f"The specification cannot run. {sentence}"
    assert "Traceback" not in refused.out
