"""The specification notices a fault in the server: by the scenarios that are for it, and by nothing else than a rule.

Here stands every fifth, and those at which a known deviation or an id could hide a loss; `make faults` tries all.
"""

import re
from pathlib import Path

import pytest

from tests.faults.all import FAULTS, trials
from tests.faults.catalogue import BOTH, Fault
from tests.faults.trial import WHOLE, tags_of, try_out

FEATURES = Path(__file__).parents[2] / "features"
HIDDEN = (
    "unreadable-request-empties-another-assistant",
    "list-in-a-wrong-field-empties-another-assistant",
    "list-in-a-wrong-field-deletes-all-and-is-refused",
    "null-empties-another-assistant",
    "session-in-capitals-is-called-unknown-and-deleted",
    "end-of-a-session-is-enough",
    "end-of-an-assistant-is-enough",
)
ALWAYS = [(FAULTS[name], "0.20") for name in HIDDEN]
SOME = [*ALWAYS, *(trial for trial in list(trials())[::5] if trial not in ALWAYS)]


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
