"""Tiny specifications, each in a folder of its own, run by behave as the real one is."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from acceptance.paths import ROOT
from acceptance.reports.github_summary import VARIABLE

BEHAVE_INI = """
[behave]
paths = features
default_format = specification
tag_expression_protocol = strict
scenario_outline_annotation_schema = {name}
show_skipped = false
junit = true
junit_directory = reports
capture_hooks = false
logging_clear_handlers = true

[behave.formatters]
specification = acceptance.reports.formatter:SpecificationFormatter
"""

ENVIRONMENT = """
from pathlib import Path
from acceptance.contract.releases import Release
from acceptance.reports import reports_of
from acceptance.known_deviations.deviations import Deviations

def before_all(context):
    context.ending = reports_of(context.config).ending
    context.deviations = Deviations(Release.named("0.20.5"), Path(__file__).with_name("known.toml"))

def before_scenario(context, scenario):
    scenario.exchanges, scenario.display_names = [], {"4711": "session 1"}

def after_step(context, step):
    context.deviations.judge(context, step)

def after_scenario(context, scenario):
    if "messy" in scenario.tags:
        raise RuntimeError("something is left behind")

def before_feature(context, feature):
    if "shut" in feature.tags:
        raise RuntimeError("the feature is shut")

def after_feature(context, feature):
    if "littered" in feature.tags:
        raise RuntimeError("the feature is littered")

def before_rule(context, rule):
    if "shut" in rule.tags:
        raise RuntimeError("the rule is shut")

def after_rule(context, rule):
    if "littered" in rule.tags:
        raise RuntimeError("the rule is littered")

def after_all(context):
    context.ending.completed()
"""

KNOWN = """
[[deviation]]
scenario = "KNOWN-1"
releases = "until-0.24"
rows = { word = ["war"] }
instead = ["rain is heard", "<word> is heard"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "high"

[[deviation]]
scenario = "KNOWN-2"
releases = "until-0.24"
instead = ["rain is heard", "nobody hears peace"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "low"

[[deviation]]
scenario = "KNOWN-3"
releases = "until-0.24"
instead = ["rain is heard", "there is no answer"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "low"

[[deviation]]
scenario = "KNOWN-4"
releases = "until-0.24"
instead = ["rain is heard"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "low"

[[deviation]]
scenario = "KNOWN-5"
releases = "from-0.25"
instead = ["rain is heard"]
why = "It will be so."
seen = "in 0.25.0"
severity = "low"

[[deviation]]
scenario = "KNOWN-6"
releases = "until-0.24"
instead = ["nobody has written this"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "low"
"""

STEPS = r"""
import threading
from pathlib import Path
from behave import given, step
from hamcrest import assert_that, contains_string, equal_to
from acceptance.errors import NoAnswer

@given("all is well")
def well(context):
    threading.Event().wait(0.02)

@step("all is as it should be")
def nothing_wrong(context):
    pass

@step("{text} is said")
def said(context, text):
    assert_that(text, equal_to("peace"), "Rule:     Say nothing else")

@step("strange things are said")
def strange(context):
    assert_that("a\x00b\x08c\ud800d\ufffee <&> \U0001f600 ä", equal_to("peace"))

@step("nobody answers")
def nobody(context):
    raise OSError("the line is dead")

@step("{text} is heard")
def heard(context, text):
    pass

@step("nobody hears {text}")
def not_heard(context, text):
    assert_that(text, equal_to("silence"), "heard")

@step("there is no answer")
def no_answer(context):
    raise NoAnswer("the line is silent")

@step("everything is stopped")
def stopped(context):
    context.ending.broken_by("the run ended: it was enough")
    context.abort(reason="enough")

@step("the run is told not to have ended")
def not_ended(context):
    told = (Path(context.config.junit_directory) / "TESTS-run.xml").read_text()
    assert_that(told, contains_string("it has not ended"))
"""

SILENCE = """
Feature: Silence
  @SILENCE-1
  Scenario: Nothing
    Given all is well
    Then the run is told not to have ended
"""


def verdict(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag != "system-out"), "passed")


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str
    reports: Path

    def suite(self, name: str) -> ElementTree.Element:
        [suite] = ElementTree.parse(self.reports / f"TESTS-{name}.xml").iter("testsuite")
        return suite

    def case(self, id: str) -> ElementTree.Element:
        """The test case of this id; the last, where it has several."""
        cases = [case for file in self.files() for case in ElementTree.parse(self.reports / file).iter("testcase")]
        return next(case for case in reversed(cases) if case.get("name", "").startswith(f"{id} "))

    @property
    def page(self) -> str:
        return (self.reports / "specification.html").read_text("utf-8")

    def files(self) -> list[str]:
        return sorted(file.name for file in self.reports.glob("*.xml"))

    @property
    def run(self) -> tuple[str, str]:
        """What is told of the run itself: the verdict, and why."""
        [case] = self.suite("run").iter("testcase")
        assert (case.get("name"), case.get("classname")) == ("the run", "The run")
        return verdict(case), "".join(child.get("message", "") for child in case)


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process, but with no settings and no job page of CI but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAGFLOW_", VARIABLE))}
    return {**kept, "PYTHONPATH": str(ROOT), **environment}


def behave(folder: Path, *options: str, program: str = "behave", **environment: str) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", program, *options],
        cwd=folder,
        env=surroundings(environment),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr, folder / "reports")


def specification(folder: Path, features: Mapping[str, str], environment: str = ENVIRONMENT) -> Path:
    """A tiny specification in that folder."""
    (folder / "features" / "steps").mkdir(parents=True)
    (folder / "behave.ini").write_text(BEHAVE_INI)
    (folder / "features" / "environment.py").write_text(environment)
    (folder / "features" / "known.toml").write_text(KNOWN)
    (folder / "features" / "steps" / "steps.py").write_text(STEPS, "utf-8")
    for name, text in features.items():
        (folder / "features" / f"{name}.feature").write_text(text)
    return folder
