"""A run as data: what is written is what is read."""

from pathlib import Path

import msgspec
import pytest

from acceptance.reports import record
from acceptance.reports.results import Feature, RunResult, Step, Verdict
from tests.unit.made_up import asked, result, results, run_of
from tests.unit.tiny_specification import SILENCE, behave, specification

STEP = Step("Given all is well", Verdict.PASSED, 0.1)
RUNS = {
    "one of nothing": run_of(target=None, trouble="there is no server"),
    "one of every verdict": run_of(*results(*Verdict), features=(Feature("a", ("b", "c")),), not_selected=3),
    "one in which much was asked": run_of(
        result(
            steps=(STEP,), exchanges=("Request: a", "Request: b"), asked=(asked(), asked(1.0, person=2)), answer="200"
        ),
        left="left behind: ä \0 \U0001f600 <b>",
        features_not_named=2,
    ),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_what_is_written_is_what_is_read(run: RunResult, tmp_path: Path) -> None:
    record.write(run, tmp_path / "run.json")
    read = record.read(tmp_path / "run.json")
    assert read == run
    assert (read.rules, read.answer) == (run.rules, run.answer)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"began": 1}', "null"])
def test_what_is_no_run_is_not_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(msgspec.DecodeError):
        record.read(tmp_path / "run.json")


def test_a_run_is_recorded_where_that_is_asked_for(tmp_path: Path) -> None:
    ended = behave(specification(tmp_path, {"a": SILENCE}), "-D", "record=run.json")
    run = record.read(tmp_path / "run.json")
    assert (ended.status, run.trouble) == (0, "")
    [recorded] = run.results
    assert (recorded.id, recorded.feature, recorded.verdict) == ("SILENCE-1", "Silence", Verdict.PASSED)
    assert [each.text for each in recorded.steps] == ["Given all is well", "Then the run is told not to have ended"]
    assert ended.out.splitlines()[-1] == run.answer
