"""The terminal output of a run: short on a terminal, complete elsewhere."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.support.environment import clean_environment
from tests.unit.tiny_specification import behave, write_specification

FEATURE = """
Feature: Values
  Rule: Every scenario passes
    @VALUE-2
    Scenario: One
      When right is returned
    @VALUE-3
    Scenario: Two
      When right is returned

  Rule: One scenario fails
    @VALUE-4
    Scenario: Before
      When right is returned
    @VALUE-5
    Scenario: Failing
      When wrong is returned
    @VALUE-6
    Scenario: After
      When right is returned
"""

FULL = [
    "Values",
    "  Every scenario passes",
    "    passed   VALUE-2        One",
    "    passed   VALUE-3        Two",
    "  One scenario fails",
    "    passed   VALUE-4        Before",
    "    FAILED   VALUE-5        Failing",
    "    passed   VALUE-6        After",
]
SHORT = ["Values", "  passed   Every scenario passes (2 scenarios)", *FULL[4:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_specification(tmp_path_factory.mktemp("specification"), {"a": FEATURE})


def rules_and_scenarios(output: str) -> list[str]:
    """The lines with features, rules and scenarios, without the reports of failures."""
    lines = output.replace("\r", "").partition(" scenarios: ")[0].splitlines()[1:-1]
    return [line for line in lines if line and not line.startswith("      ")]


def on_a_terminal(folder: Path, *options: str) -> str:
    """The output of a run on a terminal without colours."""
    own, of_the_run = pty.openpty()
    command = [sys.executable, "-m", "behave", "--no-junit", "--no-color", *options]
    environment = clean_environment({"COLUMNS": "300", "PYTHONPATH": str(ROOT)})
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=of_the_run, stderr=of_the_run):
        os.close(of_the_run)
        output = b""
        # Reading fails when the run has closed its side.
        with suppress(OSError), os.fdopen(own, "rb", buffering=0) as terminal:
            while piece := terminal.read(65_536):
                output += piece
    return output.decode()


def test_a_terminal_shows_one_line_for_a_passed_rule(folder: Path) -> None:
    assert rules_and_scenarios(on_a_terminal(folder)) == SHORT
    assert rules_and_scenarios(on_a_terminal(folder, "-D", "show=scenarios")) == FULL


def test_a_file_shows_every_scenario_and_the_report_of_a_failure(folder: Path) -> None:
    output = behave(folder).out
    assert rules_and_scenarios(output) == FULL
    assert "\n        Rule:     One scenario fails\n        Repeat:   behave features/a.feature:16\n" in output


def test_the_option_overrides_the_environment_variable(folder: Path) -> None:
    assert rules_and_scenarios(behave(folder, RAGFLOW_SHOW="rules").out) == SHORT
    assert rules_and_scenarios(behave(folder, "-D", "show=scenarios", RAGFLOW_SHOW="rules").out) == FULL
