"""Whole runs in which the list of known deviations is not that of the project."""

import shutil
from pathlib import Path

import pytest

from tests.specification.runs import ROOT, Finished, run

ENTRY = """
[[deviation]]
scenario = "{scenario}"
releases = [">=0.18"]
what = "What happens instead."
seen = "nowhere"
severity = "low"
shows = ["{shows}"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what a run needs."""
    for name in ("features", "acceptance", "embedded_ragflow"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "behave.ini", tmp_path)
    return tmp_path


def run_with(project: Path, tags: str, *, without: str = "", more: str = "") -> Finished:
    """Run the copy: without the entry of one scenario, and with a further entry."""
    file = project / "features" / "known-deviations.toml"
    entries = file.read_text("utf-8").split("[[deviation]]")
    kept = [entry for entry in entries if not without or f'"{without}"' not in entry]
    file.write_text("[[deviation]]".join(kept) + more, "utf-8")
    return run(project / "reports", f"--tags={tags}", root=project)


def test_a_rule_that_holds_against_its_entry_turns_the_run_red(project: Path) -> None:
    finished = run_with(project, "@CHOICE-1", more=ENTRY.format(scenario="CHOICE-1", shows="there"))
    (case,) = finished.cases
    assert finished.status == 1
    assert case.verdict == "failure"
    assert "Remove the entry of CHOICE-1 for >=0.18 from known-deviations.toml" in case.text


def test_a_deviation_without_its_entry_turns_the_run_red(project: Path) -> None:
    finished = run_with(project, "@ODD-4", without="ODD-4")
    assert finished.status == 1
    assert [case.verdict for case in finished.cases] == ["failure"]


def test_a_failure_that_looks_otherwise_is_not_excused(project: Path) -> None:
    finished = run_with(project, "@ODD-4", without="ODD-4", more=ENTRY.format(scenario="ODD-4", shows="moon"))
    assert finished.status == 1
    assert [case.verdict for case in finished.cases] == ["failure"]


def test_a_known_deviation_is_told_and_leaves_the_run_green(project: Path) -> None:
    finished = run_with(project, "@ODD-4")
    (case,) = finished.cases
    assert finished.status == 0
    assert case.verdict == "skipped"
    assert case.text.startswith("known deviation (high): An explicit nothing")
    assert "1 known deviation." in finished.out
