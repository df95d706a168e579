"""The specification notices a fault in the server: by the scenarios that are for it, and by nothing else than a rule.

Here stands every fifth; `make faults` tries all of them.
"""

import re
from pathlib import Path

import pytest

from .all import FAULTS, trials
from .catalogue import BOTH, Fault
from .trial import WHOLE, tags_of, try_out

FEATURES = Path(__file__).parents[2] / "features"
SOME = list(trials())[::5]


@pytest.mark.parametrize("release", BOTH)
def test_a_server_without_a_fault_is_found_in_order(tmp_path: Path, release: str) -> None:
    trial = try_out(None, release, tmp_path, WHOLE)
    assert (trial.status, trial.noticed_by, trial.left) == (0, [], []), trial.out


@pytest.mark.parametrize(("fault", "release"), SOME, ids=[f"{fault.name}-{release}" for fault, release in SOME])
def test_a_fault_is_noticed(tmp_path: Path, fault: Fault, release: str) -> None:
    trial = try_out(fault, release, tmp_path, tags_of(fault))
    assert trial.trouble(fault.noticed_by) == "", trial.out


def test_every_fault_names_scenarios_that_there_are() -> None:
    there = set(re.findall(r"@([A-Z]+-\d+)", "".join(file.read_text("utf-8") for file in FEATURES.glob("*.feature"))))
    assert {id for fault in FAULTS.values() for id in fault.noticed_by} <= there
