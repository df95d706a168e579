"""What a run tells: tiny specifications, run by behave as the real one is."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.acceptance.embedded_process import ROOT

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
specification = acceptance.reports.console:SpecificationFormatter
"""

ENVIRONMENT = """
from pathlib import Path
from acceptance import reports
from acceptance.contract.releases import Release
from acceptance.rules.deviations import Deviations

def before_all(context):
    reports.install(context.config)
    context.deviations = Deviations(Release.named("0.20.5"), Path(__file__).with_name("known.toml"))

def before_scenario(context, scenario):
    scenario.exchanges, scenario.known_as = [], {"4711": "session 1"}

def after_step(context, step):
    context.deviations.judge(context, step)

def after_scenario(context, scenario):
    if "messy" in scenario.tags:
        raise RuntimeError("something is left behind")
"""

KNOWN = """
[[deviation]]
scenario = "KNOWN-1"
releases = "until-0.24"
rows = { word = ["war"] }
instead = ["rain is heard", "<word> is heard"]
why = "It has always been so."
seen = "in 0.20.5"
severity = "low"

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
from behave import given, step
from hamcrest import assert_that, equal_to
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
    context.abort(reason="enough")
"""

FEATURE = """
Feature: Speaking & listening
  Background:
    Given all is well

  Rule: Say nothing else
    @SAY-1
    Scenario: Peace
      When peace is said
    @SAY-2
    Scenario: War
      When war is said
      Then all is as it should be
    @SAY-3
    Scenario Outline: The <what> of <whom>
      When <what> is said
      Examples:
        | what  | whom |
        | peace | Anna |
        | war   | Otto |

  Rule: Strange things can be told
    @SAY-4
    Scenario: "Strange" <things>
      When strange things are said

  Rule: An answer is needed
    @SAY-5
    Scenario: Nobody answers
      When nobody answers
    @SAY-6
    Scenario: Nobody knows what to do
      When nobody has written this
    @SAY-7 @messy
    Scenario: It goes well, but not afterwards
      When peace is said
    @SAY-9
    Scenario: Several things are wrong
      When rain is heard
      Then war is said
      And peace is said
      And 4711 is said
      But nobody hears thunder
    @SAY-10
    Scenario: Two things are wrong, and an error between them
      When rain is heard
      Then war is said
      And nobody answers
      And thunder is said
    @SAY-11
    Scenario: What goes before is wrong
      Given war is said
      When thunder is said
      Then rain is said
"""

DEVIATIONS = """
Feature: What is known
  @KNOWN-1
  Scenario Outline: It is known of <word>
    When rain is heard
    Then <word> is said
    And thunder is said
    Examples:
      | word  |
      | war   |
      | storm |
  @KNOWN-2
  Scenario: It is not as it is known
    When rain is heard
    Then war is said
    And thunder is said
  @KNOWN-3
  Scenario: It cannot be found out
    When rain is heard
    Then war is said
    And thunder is said
  @KNOWN-4
  Scenario: It holds now
    When rain is heard
    Then peace is said
  @KNOWN-5
  Scenario: It is of another release
    When rain is heard
    Then war is said
  @KNOWN-6
  Scenario: It is known in a step that there is not
    When rain is heard
    Then war is said
    And thunder is said
"""

ENDING = """
Feature: Coming to an end
  @END-1
  Scenario: The last one
    When everything is stopped
  @END-2
  Scenario: One that never begins
    When peace is said
"""

SILENCE = """
Feature: Silence
  @SILENCE-1
  Scenario: Nothing
    Given all is well
"""

FEATURES = {"1_speaking": FEATURE, "2_silence": SILENCE, "3_known": DEVIATIONS, "4_ending": ENDING}


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    reports: Path

    def suite(self, name: str) -> ElementTree.Element:
        [suite] = ElementTree.parse(self.reports / f"TESTS-{name}.xml").iter("testsuite")
        return suite

    def case(self, id: str) -> ElementTree.Element:
        """The test case of this id; the last, where it has several."""
        cases = [case for file in self.files() for case in ElementTree.parse(self.reports / file).iter("testcase")]
        return next(case for case in reversed(cases) if case.get("name", "").startswith(f"{id} "))

    def files(self) -> list[str]:
        return sorted(file.name for file in self.reports.glob("*.xml"))


def behave(folder: Path, *options: str) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "behave", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ended(ended.returncode, ended.stdout, folder / "reports")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("specification")
    (folder / "features" / "steps").mkdir(parents=True)
    (folder / "behave.ini").write_text(BEHAVE_INI)
    (folder / "features" / "environment.py").write_text(ENVIRONMENT)
    (folder / "features" / "known.toml").write_text(KNOWN)
    (folder / "features" / "steps" / "steps.py").write_text(STEPS, "utf-8")
    for name, text in FEATURES.items():
        (folder / "features" / f"{name}.feature").write_text(text)
    return folder


@pytest.fixture(scope="module")
def ended(folder: Path) -> Ended:
    return behave(folder)


def verdict(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag != "system-out"), "passed")


# scenario: (its verdict in a JUnit file, what it has to say)
VERDICTS = {
    "SAY-1": ("passed", ""),
    "SAY-2": ("failure", "'war'"),
    "SAY-3": ("failure", "'war'"),
    "SAY-4": ("failure", "peace"),
    "SAY-5": ("error", "the line is dead"),
    "SAY-6": ("error", "nobody has written this"),
    "SAY-7": ("error", "something is left behind"),
    "SAY-9": ("failure", "'war'"),
    "SAY-10": ("failure", "the line is dead"),
    "SAY-11": ("failure", "'war'"),
    "SILENCE-1": ("passed", ""),
    "KNOWN-1": ("failure", "'storm'"),
    "KNOWN-2": ("failure", "'war'"),
    "KNOWN-3": ("error", "the line is silent"),
    "KNOWN-4": ("failure", "This rule holds now"),
    "KNOWN-5": ("failure", "'war'"),
    "KNOWN-6": ("error", ""),
    "END-2": ("skipped", ""),
}


@pytest.mark.parametrize(("id", "expected", "text"), [(id, *told) for id, told in VERDICTS.items()])
def test_every_scenario_has_its_verdict(ended: Ended, id: str, expected: str, text: str) -> None:
    case = ended.case(id)
    assert verdict(case) == expected
    told = [*(child.get("message", "") for child in case), *(child.text or "" for child in case)]
    assert text in "\n".join(told)


def test_a_file_counts_its_verdicts(ended: Ended) -> None:
    suite = ended.suite("1_speaking")
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")}
    assert counts == {
        "name": "Speaking & listening",
        "tests": "11",
        "failures": "6",
        "errors": "3",
        "skipped": "0",
    }


def test_there_is_a_file_for_each_feature(ended: Ended) -> None:
    assert ended.files() == [f"TESTS-{name}.xml" for name in FEATURES]


def test_a_case_is_called_by_its_id_and_name_and_belongs_to_a_rule(ended: Ended) -> None:
    cases = [(case.get("name"), case.get("classname")) for case in ended.suite("1_speaking").iter("testcase")]
    assert cases[:4] == [
        ("SAY-1 Peace", "Speaking & listening: Say nothing else"),
        ("SAY-2 War", "Speaking & listening: Say nothing else"),
        ("SAY-3 The peace of Anna", "Speaking & listening: Say nothing else"),
        ("SAY-3 The war of Otto", "Speaking & listening: Say nothing else"),
    ]
    assert ended.case("SILENCE-1").get("classname") == "Silence"


def test_times_are_those_of_the_steps(ended: Ended) -> None:
    suite = ended.suite("1_speaking")
    times = [float(case.get("time", 0)) for case in suite.iter("testcase")]
    assert all(0.02 <= time < 10 for time in times)
    assert float(suite.get("time", 0)) == pytest.approx(sum(times), abs=0.01)


def test_characters_that_xml_cannot_hold_are_written_out(ended: Ended) -> None:
    told = ended.case("SAY-4").findtext("failure", "")
    assert "<&>" in told
    assert "ä" in told
    assert not any(forbidden in told for forbidden in "\x00\x08\ufffe")


def test_a_failure_begins_with_the_step_and_what_differs(ended: Ended) -> None:
    failure = ended.case("SAY-2").find("failure")
    assert failure is not None
    assert failure.get("message") == "When war is said: was 'war'"
    assert "Rule:     Say nothing else" in (failure.text or "")


# scenario: (its headline, what else is told, what is not)
STORIES = {
    "SAY-9": (
        "Then war is said: was 'war'",
        ["Then war is said", "Then session 1 is said", "was 'session 1'", "Then nobody hears thunder", "was 'thunder'"],
        ["Then peace is said", "4711"],
    ),
    "SAY-10": ("Then war is said: was 'war'", ["Then nobody answers", "the line is dead"], ["thunder"]),
    "SAY-11": ("Given war is said: was 'war'", [], ["thunder", "rain is said"]),
    "KNOWN-2": (
        "Then war is said: was 'war'",
        ["This is not the known deviation (low): instead, rain is heard", "was 'peace'", "Then thunder is said"],
        [],
    ),
    "KNOWN-3": ("Then war is said: the line is silent", [], ["thunder", "'war'"]),
    "KNOWN-5": ("Then war is said: was 'war'", [], ["known deviation"]),
    "KNOWN-6": (
        "Then war is said: LookupError: known-deviations.toml speaks of a step that is not defined: "
        "nobody has written this",
        [],
        ["thunder", "'war'"],
    ),
}


@pytest.mark.parametrize(
    ("id", "headline", "told", "untold"),
    [(id, *story) for id, story in STORIES.items()],
)
def test_a_story_tells_every_step_that_failed(
    ended: Ended, id: str, headline: str, told: list[str], untold: list[str]
) -> None:
    [trouble] = [child for child in ended.case(id) if child.tag != "system-out"]
    assert trouble.get("message") == headline
    text = trouble.text or ""
    assert all(words in text for words in told)
    assert not any(words in text for words in untold)


def test_a_known_deviation_is_told_in_the_words_of_its_row(ended: Ended) -> None:
    told = "known deviation (low): instead, rain is heard; war is heard. It has always been so. Seen: in 0.20.5."
    skipped = [case.find("skipped") for case in ended.suite("3_known").iter("testcase")]
    assert [each.get("message") for each in skipped if each is not None] == [told]
    assert f"KNOWN-1        {told}" in ended.out


def test_a_case_says_how_to_repeat_it(ended: Ended) -> None:
    assert "behave features/2_silence.feature:4" in ended.case("SILENCE-1").findtext("system-out", "")


def test_the_terminal_shows_rules_and_verdicts(ended: Ended) -> None:
    for line in (
        "Speaking & listening",
        "  Say nothing else",
        "SAY-1          Peace",
        "SAY-3          The war of Otto",
        "      When war is said",
        "Silence",
    ):
        assert f"{line}\n" in ended.out
    assert "the line is dead" in ended.out
    assert "21 scenarios: 4 passed, 10 failed, 5 error, 1 known deviation, 1 not run" in ended.out
    assert ended.status != 0


def test_the_reports_are_those_of_the_last_run_only(folder: Path, ended: Ended) -> None:
    assert len(ended.files()) > 1
    # In a folder of its own: the others still have to be read.
    options = ("--junit-directory", str(folder / "later"))
    assert behave(folder, *options, "--tags=@SAY-1").status == 0
    later = Ended(0, "", folder / "later")
    assert later.files() == ["TESTS-1_speaking.xml"]
    assert [case.get("name") for case in later.suite("1_speaking").iter("testcase")] == ["SAY-1 Peace"]
    assert behave(folder, *options, "--tags=@SILENCE-1").status == 0
    assert later.files() == ["TESTS-2_silence.xml"]


def test_an_error_begins_with_the_step_and_the_cause(ended: Ended) -> None:
    error = ended.case("SAY-5").find("error")
    assert error is not None
    assert "the line is dead" in error.get("message", "")
