"""What is shown of the rules: on a terminal in short, and to whoever reads it later in full."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.tiny_specification import behave, specification, surroundings

FEATURE = """
Feature: Speaking
  @SAY-1
  Scenario: Outside of every rule
    Given all is well

  Rule: Say nothing else
    @SAY-2
    Scenario: Peace
      When peace is said
    @SAY-3
    Scenario: Peace once more
      When peace is said

  Rule: Say it again
    @SAY-4
    Scenario: Peace again
      When peace is said
    @SAY-5
    Scenario: War
      When war is said
    @SAY-6
    Scenario: And peace
      When peace is said

  Rule: What is known is shown
    @KNOWN-1
    Scenario Outline: It is known of <word>
      When rain is heard
      Then <word> is said
      Examples:
        | word |
        | war  |

  Rule: Say it once
    @SAY-7
    Scenario: Peace at last
      When peace is said
"""

OUTSIDE = ["Speaking", "  passed   SAY-1          Outside of every rule"]
IN_FULL = [
    *OUTSIDE,
    "  Say nothing else",
    "    passed   SAY-2          Peace",
    "    passed   SAY-3          Peace once more",
    "  Say it again",
    "    passed   SAY-4          Peace again",
    "    FAILED   SAY-5          War",
    "    passed   SAY-6          And peace",
    "  What is known is shown",
    "    deviates KNOWN-1        It is known of war",
    "  Say it once",
    "    passed   SAY-7          Peace at last",
]
IN_SHORT = [
    *OUTSIDE,
    "  passed   Say nothing else (2 scenarios)",
    "  Say it again",
    *IN_FULL[6:9],
    "  What is known is shown",
    IN_FULL[10],
    "  passed   Say it once (1 scenario)",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return specification(tmp_path_factory.mktemp("specification"), {"a": FEATURE})


def shown(said: str) -> list[str]:
    """Features, rules and scenarios as they are shown, without colours, and without what is told of a failure."""
    plain = said.replace("\r", "").partition("left behind")[0].partition(" scenarios: ")[0]
    lines = [line for line in plain.splitlines()[1:-1] if line and not line.startswith("      ")]
    return [line for line in lines if line]


def on_a_terminal(folder: Path, *options: str, **environment: str) -> str:
    """What a run says on a terminal that knows no colours."""
    own, of_the_run = pty.openpty()
    command = [sys.executable, "-m", "behave", "--no-junit", "--no-color", *options]
    surroundings_of_it = surroundings({"COLUMNS": "300", **environment})
    with subprocess.Popen(command, cwd=folder, env=surroundings_of_it, stdout=of_the_run, stderr=of_the_run):
        os.close(of_the_run)
        said = b""
        while piece := _read(own):
            said += piece
    os.close(own)
    return said.decode()


def _read(terminal: int) -> bytes:
    """The next of what is said there; nothing where nobody is left to say anything."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def test_on_a_terminal_a_rule_of_which_every_scenario_has_passed_is_one_line(folder: Path) -> None:
    assert shown(on_a_terminal(folder)) == IN_SHORT


def test_whoever_reads_it_later_has_every_scenario(folder: Path) -> None:
    assert shown(behave(folder, "--no-junit").out) == IN_FULL


@pytest.mark.parametrize("option", ["show=scenarios", "show=rules"])
def test_what_is_asked_for_is_shown_everywhere(folder: Path, option: str) -> None:
    expected = IN_SHORT if option == "show=rules" else IN_FULL
    assert shown(on_a_terminal(folder, "-D", option)) == expected
    assert shown(behave(folder, "--no-junit", "-D", option).out) == expected


def test_what_is_to_be_shown_may_also_be_set(folder: Path) -> None:
    assert shown(behave(folder, "--no-junit", RAGFLOW_SHOW="rules").out) == IN_SHORT
    assert shown(on_a_terminal(folder, RAGFLOW_SHOW="scenarios")) == IN_FULL
    assert shown(behave(folder, "--no-junit", "-D", "show=scenarios", RAGFLOW_SHOW="rules").out) == IN_FULL


@pytest.mark.parametrize("show", ["rules", "scenarios"])
def test_a_failure_is_told_in_full_whatever_is_shown(folder: Path, show: str) -> None:
    said = behave(folder, "--no-junit", "-D", f"show={show}").out
    assert said.count("        Rule:     Say it again\n") == 1
    assert said.count("        When war is said\n") == 1
