"""What a run tells: tiny specifications, run by behave as the real one is."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.tiny_specification import ENVIRONMENT, SILENCE, Ended, behave, specification, verdict

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

AROUND = """
Feature: Around. And about

  @littered
  Rule: This one. Is littered
    @AROUND-1
    Scenario: In a rule that is littered
      Given all is well
  @shut
  Rule: This one is shut
    @AROUND-2
    Scenario: In a rule that is shut
      Given all is well
"""

SHUT = """
@shut
Feature: A feature that is shut
  @AROUND-3
  Scenario: In a feature that is shut
    Given all is well
"""

LITTERED = """
@littered
Feature: A feature that is littered
  @AROUND-4
  Scenario: In a feature that is littered
    Given all is well
"""

FEATURES = {"1_speaking": FEATURE, "2_silence": SILENCE, "3_known": DEVIATIONS, "4_ending": ENDING}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return specification(tmp_path_factory.mktemp("specification"), FEATURES)


@pytest.fixture(scope="module")
def ended(folder: Path) -> Ended:
    return behave(folder)


# scenario: (its verdict in a JUnit file, what it has to say)
VERDICTS = {
    "SAY-1": ("passed", ""),
    "SAY-2": ("failure", "'war'"),
    "SAY-3": ("failure", "'war'"),
    "SAY-4": ("failure", "peace"),
    "SAY-5": ("error", "the line is dead"),
    "SAY-6": ("error", "nobody has written this: this step is not defined"),
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
    "END-2": ("skipped", "not run: the run ended: it was enough"),
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
    assert ended.files() == [f"TESTS-{name}.xml" for name in [*FEATURES, "run"]]


def test_a_case_is_called_by_its_id_and_name_and_belongs_to_a_rule(ended: Ended) -> None:
    cases = [(case.get("name"), case.get("classname")) for case in ended.suite("1_speaking").iter("testcase")]
    assert cases[:4] == [
        ("SAY-1 Peace", "Speaking & listening.Say nothing else"),
        ("SAY-2 War", "Speaking & listening.Say nothing else"),
        ("SAY-3 The peace of Anna", "Speaking & listening.Say nothing else"),
        ("SAY-3 The war of Otto", "Speaking & listening.Say nothing else"),
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
    told = "known deviation (high): instead, rain is heard; war is heard. It has always been so. Seen: in 0.20.5."
    skipped = [case.find("skipped") for case in ended.suite("3_known").iter("testcase")]
    assert [each.get("message") for each in skipped if each is not None] == [told]
    assert "known deviations, severity high:\n  KNOWN-1        rain is heard; war is heard\n" in ended.out


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


def test_the_last_line_is_the_answer(ended: Ended) -> None:
    assert ended.out.splitlines()[-1] == (
        "1 of 6 rules hold; 4 do not; 0 break in a known way, 0 of them seriously (severity high); "
        "1 were not looked at to the end. The run ended: it was enough."
    )


def test_the_reports_are_those_of_the_last_run_only(folder: Path, ended: Ended) -> None:
    assert len(ended.files()) > 1
    # In a folder of its own: the others still have to be read.
    options = ("--junit-directory", str(folder / "later"))
    assert behave(folder, *options, "--tags=@SAY-1").status == 0
    later = Ended(0, "", "", folder / "later")
    assert later.files() == ["TESTS-1_speaking.xml", "TESTS-run.xml"]
    assert [case.get("name") for case in later.suite("1_speaking").iter("testcase")] == ["SAY-1 Peace"]
    assert behave(folder, *options, "--tags=@SILENCE-1").status == 0
    assert later.files() == ["TESTS-2_silence.xml", "TESTS-run.xml"]


def test_an_error_begins_with_the_step_and_the_cause(ended: Ended) -> None:
    error = ended.case("SAY-5").find("error")
    assert error is not None
    assert "the line is dead" in error.get("message", "")


def test_a_file_says_when_and_where_it_was_written(ended: Ended) -> None:
    for name in [*FEATURES, "run"]:
        suite = ended.suite(name)
        written = datetime.fromisoformat(suite.get("timestamp", ""))
        assert timedelta(0) <= datetime.now(UTC) - written < timedelta(hours=1)
        assert suite.get("hostname") == platform.node()


# How the run ended.


def test_a_run_that_ended_before_its_end_says_why(ended: Ended) -> None:
    assert ended.run == ("error", "the run ended: it was enough")


def test_a_run_that_came_to_its_end_passes(folder: Path) -> None:
    options = ("--tags=@SILENCE-1", "--junit-directory", str(folder / "complete"))
    complete = behave(folder, *options)
    assert complete.status == 0
    assert Ended(0, "", "", folder / "complete").run == ("passed", "")
    assert complete.out.splitlines()[-1] == (
        "1 of 1 rules hold; 0 do not; 0 break in a known way, 0 of them seriously (severity high)."
    )


def test_a_rule_that_breaks_in_a_known_way_is_counted_with_how_serious_it_is(folder: Path) -> None:
    known = behave(folder, "--name=It is known of war", "--no-junit")
    assert known.status == 0
    assert known.out.splitlines()[-1] == (
        "0 of 1 rules hold; 0 do not; 1 break in a known way, 1 of them seriously (severity high)."
    )


# what is wrong with a specification: (the environment, its features, what is told of the run)
BROKEN: dict[str, tuple[str, Mapping[str, str], str]] = {
    "the environment cannot be read": ("raise OSError('no room')", {"a": SILENCE}, "OSError: no room"),
    "a feature cannot be read": (ENVIRONMENT, {"a": f"{SILENCE}    Nonsense"}, "Nonsense"),
    "its beginning fails": (
        "def before_all(context):\n    raise OSError('no room')",
        {"a": SILENCE},
        "the hook before_all failed",
    ),
    "its end fails": (
        ENVIRONMENT.replace("context.ending.completed()", "raise OSError('no room')"),
        {"a": SILENCE},
        "the hook after_all failed",
    ),
    "it cannot run": (
        "from acceptance.errors import CannotRun\ndef before_all(context):\n    raise CannotRun('There is no server.')",
        {"a": SILENCE},
        "it has not ended",
    ),
    "it breaks off": (
        ENVIRONMENT.replace("context.ending.completed()", "raise SystemError('enough')").replace(
            "def after_all", "def after_none"
        ),
        {"a": SILENCE},
        "its last hook failed",
    ),
}


@pytest.mark.parametrize(("environment", "features", "told"), BROKEN.values(), ids=BROKEN)
def test_a_run_that_breaks_off_says_so_whatever_happens(
    tmp_path: Path, environment: str, features: Mapping[str, str], told: str
) -> None:
    ended = behave(specification(tmp_path, features, environment), program="acceptance")
    word, why = ended.run
    assert word == "error"
    assert told in why


@pytest.mark.parametrize("options", [["--tags=("], ["--nonsense"], ["--format=nonsense"]])
def test_options_that_cannot_be_read_end_it_with_a_word(folder: Path, options: list[str]) -> None:
    ended = behave(folder, *options, "--junit-directory", str(folder / "options"), program="acceptance")
    assert ended.status != 0
    assert ended.err
    assert "Traceback" not in ended.out + ended.err


# What goes wrong around scenarios.


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    features = {"1_around": AROUND, "2_shut": SHUT, "3_littered": LITTERED}
    return behave(specification(tmp_path_factory.mktemp("around"), features))


# file: its cases, each with its class, its verdict and what it says
AROUND_CASES = {
    "1_around": [
        ("AROUND-1 In a rule that is littered", "Around_ And about.This one_ Is littered", "passed", ""),
        (
            "AROUND-2 In a rule that is shut",
            "Around_ And about.This one is shut",
            "skipped",
            "not run: what goes before it failed",
        ),
        (
            "around the scenarios of the rule",
            "Around_ And about.This one_ Is littered",
            "error",
            "HOOK-ERROR in after_rule: RuntimeError: the rule is littered",
        ),
        (
            "around the scenarios of the rule",
            "Around_ And about.This one is shut",
            "error",
            "HOOK-ERROR in before_rule: RuntimeError: the rule is shut",
        ),
    ],
    "2_shut": [
        (
            "AROUND-3 In a feature that is shut",
            "A feature that is shut",
            "skipped",
            "not run: what goes before it failed",
        ),
        (
            "around the scenarios of the feature",
            "A feature that is shut",
            "error",
            "HOOK-ERROR in before_feature: RuntimeError: the feature is shut",
        ),
    ],
    "3_littered": [
        ("AROUND-4 In a feature that is littered", "A feature that is littered", "passed", ""),
        (
            "around the scenarios of the feature",
            "A feature that is littered",
            "error",
            "HOOK-ERROR in after_feature: RuntimeError: the feature is littered",
        ),
    ],
}


@pytest.mark.parametrize(("file", "cases"), AROUND_CASES.items())
def test_what_goes_wrong_around_scenarios_is_a_case_of_its_own(
    around: Ended, file: str, cases: list[tuple[str, str, str, str]]
) -> None:
    assert [
        (
            case.get("name"),
            case.get("classname"),
            verdict(case),
            "".join(child.get("message", "") for child in case),
        )
        for case in around.suite(file).iter("testcase")
    ] == cases
    assert around.status != 0


def test_what_goes_wrong_around_scenarios_is_in_the_answer(around: Ended) -> None:
    assert around.out.splitlines()[-1] == (
        "0 of 4 rules hold; 0 do not; 0 break in a known way, 0 of them seriously (severity high); "
        "nothing was learnt about 4."
    )


# What is not run.


@pytest.mark.parametrize("program", ["behave", "acceptance"])
def test_a_dry_run_writes_nothing(folder: Path, program: str) -> None:
    dry = folder / f"dry {program}"
    dry.mkdir()
    (dry / "TESTS-earlier.xml").write_text("<earlier/>")
    ended = behave(folder, "--dry-run", "--junit-directory", str(dry), program=program)
    assert "SAY-1          Peace" in ended.out
    assert [file.name for file in dry.iterdir()] == ["TESTS-earlier.xml"]


def test_what_is_skipped_is_shown_as_not_run(folder: Path) -> None:
    shown = behave(folder, "--show-skipped", "--tags=@SAY-1", "--no-junit").out
    assert "passed   SAY-1          Peace" in shown
    assert "not run  SAY-2          War" in shown
    assert "not run  KNOWN-1" in shown
    assert "deviates" not in shown
