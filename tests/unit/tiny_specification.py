"""Tiny specifications for the tests of the reports, each run by behave in a folder of its own."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from acceptance.paths import ROOT
from tests.support.runs import run_program

ENVIRONMENT = """
from pathlib import Path
from acceptance.contract.releases import Release
from acceptance.reports import reports_of
from acceptance.reports.results import Target
from acceptance.known_deviations.deviations import Deviations

def before_all(context):
    reports = reports_of(context.config)
    differences = ("asked: A, but 0.18 answers: B",)
    reports.target = Target(
        "the embedded RAGFlow", "0.20.5", "as the server was started", "0.18", "stores emoji", differences
    )
    context.ending = reports.ending
    context.deviations = Deviations(Release.named("0.20.5"), "utf8mb3", Path(__file__).with_name("known.toml"))

def before_scenario(context, scenario):
    scenario.exchanges, scenario.display_names = [], {"4711": "session 1"}

def after_step(context, step):
    context.deviations.check_step(context, step)

def after_scenario(context, scenario):
    if "cleanup_fails" in scenario.tags:
        raise RuntimeError("the cleanup failed")

def after_all(context):
    context.ending.mark_finished()
"""

KNOWN = """
[[deviation]]
scenario = "KNOWN-1"
releases = "until-0.24"
rows = { value = ["wrong"] }
instead = ["nothing happens", "<value> is shown"]
why = "It is always wrong."
seen = "in 0.20.5"
severity = "high"

[[deviation]]
scenario = "KNOWN-2"
releases = "until-0.24"
instead = ["nothing happens", "right is returned", "other is returned"]
why = "It is always other."
seen = "in 0.20.5"
severity = "low"
"""

STEPS = r"""
import threading
from behave import given, step
from hamcrest import assert_that, equal_to

@given("a step that passes")
def passes(context):
    threading.Event().wait(0.02)

@step("nothing happens")
def nothing(context):
    pass

@step("{value} is shown")
def shown(context, value):
    pass

@step("{value} is returned")
def returned(context, value):
    assert_that(value, equal_to("right"))

@step("characters that XML does not allow are returned")
def strange(context):
    strange = "a\x00b\x08c\ud800d\ufffee\x1b[31m \x9b \u202e <&> \U0001f600 ä ]]>"
    raise AssertionError(f"Expected: right\n     but: was {strange}\n::warning::{strange}")

@step("the connection breaks")
def breaks(context):
    raise OSError("connection refused")

@step("the run is aborted")
def aborted(context):
    context.ending.mark_failed("the run ended: aborted")
    context.abort(reason="aborted")
"""

PASSING = """
Feature: Passing
  @PASS-1
  Scenario: It passes
    Given a step that passes
"""


def verdict(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag != "system-out"), "passed")


@dataclass(frozen=True)
class FinishedRun:
    status: int
    out: str
    err: str
    reports: Path

    def suite(self, name: str) -> ElementTree.Element:
        [suite] = ElementTree.parse(self.reports / f"TESTS-{name}.xml").iter("testsuite")
        return suite

    def case(self, id: str) -> ElementTree.Element:
        """The last test case with this id."""
        cases = [case for file in self.files() for case in ElementTree.parse(self.reports / file).iter("testcase")]
        return next(case for case in reversed(cases) if case.get("name", "").startswith(f"{id} "))

    @property
    def page(self) -> str:
        return (self.reports / "specification.html").read_text("utf-8")

    def files(self) -> list[str]:
        return sorted(file.name for file in self.reports.glob("*.xml"))

    @property
    def run(self) -> tuple[str, str]:
        """The verdict of the run itself, and its message."""
        [case] = self.suite("run").iter("testcase")
        assert (case.get("name"), case.get("classname")) == ("the run", "The run")
        return verdict(case), "".join(child.get("message", "") for child in case)


def behave(folder: Path, *options: str, **variables: str) -> FinishedRun:
    """Run the specification in the folder."""
    settings = {"PYTHONPATH": str(ROOT), **variables}
    process = run_program([sys.executable, "-m", "behave", *options], settings, folder)
    return FinishedRun(process.returncode, process.stdout, process.stderr, folder / "reports")


def write_specification(
    folder: Path, features: Mapping[str, str], environment: str = ENVIRONMENT, steps: str = STEPS
) -> Path:
    """Write a specification with these features to the folder, and return the folder."""
    files = {f"{name}.feature": text for name, text in features.items()}
    files |= {"environment.py": environment, "known.toml": KNOWN, "steps/steps.py": steps}
    (folder / "features" / "steps").mkdir(parents=True)
    for name, text in files.items():
        (folder / "features" / name).write_text(text, "utf-8")
    # The real behave.ini, so that the tests run what users run.
    shutil.copy(ROOT / "behave.ini", folder)
    return folder
