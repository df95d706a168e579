"""The specification detects faults in the server: the listed scenarios fail.

These tests try an eighth of the faults; `python -m tests.faults` tries all, and an intact server, as
`tests/runs/test_every_release.py` does.
"""

import signal
import sys
from pathlib import Path

import pytest

from acceptance.behave_adapter import read_scenarios, scenario_id
from tests.faults import __main__ as command
from tests.faults import document
from tests.faults.all import FAULTS, PAIRS
from tests.faults.fault import Fault
from tests.faults.trial import Trial, tags_of, try_fault
from tests.support.runs import children_of, started_process, wait_until

# These scenarios take ten times as long as others. tests/runs/test_exploring.py tries faults with EXPLORE-1.
SLOW = {"EXPLORE-1", "BULK-2"}
EIGHTH = [(fault, release) for fault, release in PAIRS if SLOW.isdisjoint(fault.detected_by)][::8]
FAULT = FAULTS["nothing-is-deleted"]


@pytest.mark.parametrize(("fault", "release"), EIGHTH, ids=[f"{fault.name}-{release}" for fault, release in EIGHTH])
def test_the_listed_scenarios_detect_the_fault(tmp_path: Path, fault: Fault, release: str) -> None:
    trial = try_fault(fault, release, tmp_path, tags_of(fault))
    assert trial.problems(fault.detected_by) == [], trial.output


def test_every_listed_scenario_exists_and_every_scenario_is_listed() -> None:
    listed = {id for fault in FAULTS.values() for id in (*fault.detected_by, *fault.sometimes)}
    assert listed == {scenario_id(scenario) for scenario in read_scenarios()}


def test_every_fault_has_a_scenario_that_must_fail() -> None:
    assert [fault.name for fault in FAULTS.values() if not fault.detected_by or not fault.sentence] == []


def test_the_document_is_up_to_date() -> None:
    assert document.FILE.read_text("utf-8") == document.document(), "renew it: python -m tests.faults --document"


@pytest.mark.parametrize(
    ("trial", "problem"),
    [
        (Trial(0, "", (("CHOICE-1", "passed"),)), "not detected by: CHOICE-1; wrong exit status: 0"),
        (Trial(1, "", (("CHOICE-1", "error"),)), "ended with an error: CHOICE-1"),
        (Trial(1, "", (("CHOICE-1", "failed"),), ("chat",)), "left on the server: chat"),
        (Trial(1, "", (("CHOICE-9", "failed"),)), "not for this release: CHOICE-1"),
        (Trial(1, "no server"), "no results: no server"),
    ],
)
def test_an_undetected_fault_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trial: Trial, problem: str
) -> None:
    monkeypatch.setattr(command, "try_fault", lambda *_: trial)
    assert command.try_all([(FAULT, "0.20")], is_whole=False) == 1
    assert problem in capsys.readouterr().out


def test_ctrl_c_ends_the_command_with_one_sentence() -> None:
    with started_process([sys.executable, "-m", "tests.faults", FAULT.name], {}) as process:
        wait_until(lambda: children_of(process.pid) != [])
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert (process.returncode, error.splitlines()[-1:]) == (130, ["Interrupted: not every trial was made."])
