"""The reports of whole runs of tiny specifications: JUnit files, terminal, page.

``tests/runs/troubles`` has the reports of runs that break.
"""

import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path

import behave as library
import pytest

from acceptance import VERSION
from tests.support.runs import unprintable
from tests.unit.html_tree import with_class
from tests.unit.tiny_specification import PASSING, FinishedRun, behave, verdict, write_specification

VALUES = """
Feature: Values. And answers
  Background:
    Given a step that passes

  Rule: The value is right
    @VALUE-1
    Scenario: Right
      When right is returned
    @VALUE-2
    Scenario Outline: The <value> value
      When <value> is returned
      Then nothing happens
      Examples:
        | value |
        | right |
        | wrong |

  Rule: Every problem is reported
    @VALUE-3
    Scenario: "Strange" <characters>
      When characters that XML does not allow are returned
    @VALUE-4
    Scenario: Broken connection
      When the connection breaks
    @VALUE-6 @cleanup_fails
    Scenario: Failing cleanup
      When right is returned
    @VALUE-7
    Scenario: Several failures and an error
      When nothing happens
      Then wrong is returned
      And right is returned
      And 4711 is returned
      And the connection breaks
      And more is returned
"""

KNOWN = """
Feature: Known deviations
  @KNOWN-1
  Scenario Outline: Returning <value>
    When nothing happens
    Then <value> is returned
    Examples:
      | value |
      | wrong |
      | worse |
  @KNOWN-2
  Scenario: Another deviation
    When nothing happens
    Then wrong is returned
"""

ABORTED = """
Feature: Aborted
  @ABORT-1
  Scenario: The last one
    When the run is aborted
  @ABORT-2
  Scenario: One that never starts
    When right is returned
"""

FEATURES = {"1_values": VALUES, "2_passing": PASSING, "3_known": KNOWN, "4_aborted": ABORTED}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    return behave(write_specification(tmp_path_factory.mktemp("specification"), FEATURES))


@pytest.mark.parametrize(
    ("id", "expected", "texts"),
    [
        ("VALUE-1", "passed", []),
        ("VALUE-2", "failure", ["When wrong is returned: was 'wrong'", "Rule:     The value is right"]),
        ("VALUE-3", "failure", ["<&>", "ä"]),
        ("VALUE-4", "error", ["When the connection breaks: OSError: connection refused", "Traceback"]),
        ("VALUE-6", "error", ["the cleanup failed"]),
        (
            "VALUE-7",
            "failure",
            ["Then wrong is returned: was 'wrong'", "Then session 1 is returned", "Then the connection breaks"],
        ),
        ("PASS-1", "passed", []),
        ("KNOWN-1", "failure", ["was 'worse'"]),
        ("KNOWN-2", "failure", ["This is not the known deviation (low): instead, nothing happens", "was 'other'"]),
        ("ABORT-2", "skipped", ["not run: the run ended: aborted"]),
    ],
)
def test_a_case_has_its_verdict_and_message(run: FinishedRun, id: str, expected: str, texts: list[str]) -> None:
    case = run.case(id)
    assert verdict(case) == expected
    assert case.get("status") == {"failure": "failed", "skipped": "untested"}.get(expected, expected)
    message = "\n".join([*(child.get("message", "") for child in case), *(child.text or "" for child in case)])
    assert [text for text in texts if text not in message] == []
    assert not any(forbidden in message for forbidden in ("\x00", "\x08", "\ufffe", "more is returned", "4711"))


def test_a_known_deviation_is_skipped_with_the_values_of_its_row(run: FinishedRun) -> None:
    message = "known deviation (high): instead, nothing happens; wrong is shown. It is always wrong. Seen: in 0.20.5."
    cases = [case for case in run.suite("3_known").iter("testcase") if verdict(case) == "skipped"]
    described = [
        (case.get("status"), each.get("type"), each.get("message")) for case in cases for each in case.iter("skipped")
    ]
    assert described == [("skipped", "known deviation", message)]
    assert "known deviations, severity high:\n  KNOWN-1        nothing happens; wrong is shown\n" in run.out


def test_there_is_a_file_for_each_feature_and_one_for_the_run(run: FinishedRun) -> None:
    assert run.files() == [f"TESTS-{name}.xml" for name in [*FEATURES, "run"]]
    assert run.run == ("error", "the run ended: aborted")


def test_a_file_has_names_counts_and_durations(run: FinishedRun) -> None:
    suite = run.suite("1_values")
    attributes = [suite.get(name) for name in ("name", "hostname", "tests", "failures", "errors", "skipped")]
    assert attributes == ["Values. And answers", platform.node(), "7", "3", "2", "0"]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(suite.get("timestamp", ""))) < timedelta(hours=1)
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties == {
        "specification": f"ragflow-session-deletion-specification {VERSION}",
        "behave": library.__version__,
        "python": platform.python_version(),
        **{"target": "the embedded RAGFlow", "release": "0.20.5", "known_by": "as the server was started"},
        **{"contract": "0.18", "database": "stores emoji", "differences": "asked: A, but 0.18 answers: B"},
    }
    first, second, *_ = cases = list(suite.iter("testcase"))
    assert (first.get("name"), first.get("classname")) == ("VALUE-1 Right", "Values_ And answers.The value is right")
    assert second.get("name") == "VALUE-2 The right value"
    assert all(0.02 <= float(case.get("time", 0)) < 10 for case in cases)
    assert "behave features/1_values.feature:8" in first.findtext("system-out", "")


def test_the_terminal_ends_with_the_counts_and_the_answer(run: FinishedRun) -> None:
    assert "13 scenarios: 4 passed, 5 failed, 2 error, 1 known deviation, 1 not run. Took " in run.out
    assert "release 0.20.5: as the server was started\n  asked: A, but 0.18 answers: B\n" in run.out
    assert '  failed  VALUE-3  "Strange" <characters>  (features/1_values.feature:' in run.out
    assert f"details: {Path('reports') / 'specification.html'}\n" in run.out
    assert run.out.endswith("of high severity; 1 not fully checked. The run ended: aborted.\n")
    assert run.status != 0


def test_the_page_shows_what_ran_and_what_did_not(run: FinishedRun) -> None:
    outcomes = {each.get("id"): each.get("data-outcome") for each in with_class(run.page, "scenario")}
    assert (len(outcomes), outcomes["ABORT-1"], outcomes["ABORT-2"]) == (13, "holds", "not-run")


def test_each_run_replaces_the_reports_of_the_last(tmp_path: Path) -> None:
    folder = write_specification(tmp_path, FEATURES)
    for tag, file in (("VALUE-1", "1_values"), ("PASS-1", "2_passing")):
        run = behave(folder, f"--tags=@{tag}")
        assert run.files() == [f"TESTS-{file}.xml", "TESTS-run.xml"]
        assert [case.get("name", "").split()[0] for case in run.suite(file).iter("testcase")] == [tag]
        assert (run.status, run.run) == (0, ("passed", ""))
        assert len(with_class(run.page, "scenario")) == 1


def test_files_of_others_stay_and_those_of_an_older_version_go(tmp_path: Path) -> None:
    folder = write_specification(tmp_path, {"a": PASSING})
    (folder / "reports").mkdir()
    earlier = {"run": "<testsuites>", "listing": "<testsuites>"}
    others = {"isolation": '<testsuite name="of another project with a feature of this name">', "other": "<testsuites>"}
    for name, text in (earlier | others).items():
        (folder / "reports" / f"TESTS-{name}.xml").write_text(text, "utf-8")
    run = behave(folder)
    assert run.files() == [f"TESTS-{name}.xml" for name in ("a", *others, "run")]
    assert run.run == ("passed", "")


def test_a_file_in_the_layout_of_behave_has_what_editors_look_for(tmp_path: Path) -> None:
    """Behave VSC knows only these statuses, and reads ``system-out`` and the text of a failure."""
    run = behave(write_specification(tmp_path, FEATURES), RAGFLOW_JUNIT="behave")
    suite = run.suite("1_values")
    assert (suite.tag, suite.get("name")) == ("testsuite", "1_values.Values. And answers")
    cases = list(suite.iter("testcase"))
    assert {case.get("classname") for case in cases} == {"1_values.Values. And answers"}
    assert [(case.get("name"), case.get("status")) for case in cases[:5]] == [
        ("Right", "passed"),
        ("The right value", "passed"),
        ("The wrong value", "failed"),
        ('"Strange" <characters>', "failed"),
        ("Broken connection", "failed"),
    ]
    assert all(case.find("system-out") is not None for case in cases)
    assert next(run.suite("3_known").iter("testcase")).get("status") == "skipped"
    assert [case.get("status") for case in run.suite("4_aborted").iter("testcase")] == ["passed", "untested"]


def test_text_of_a_server_is_escaped_in_every_report(run: FinishedRun) -> None:
    for text in (run.out, run.err, *(file.read_text("utf-8") for file in run.reports.iterdir())):
        assert unprintable(text) == []


def test_no_file_is_written_without_junit(tmp_path: Path) -> None:
    run = behave(write_specification(tmp_path, {"a": PASSING}), "--no-junit")
    assert "PASS-1         It passes" in run.out
    assert not run.reports.exists()
    assert "details:" not in run.out
