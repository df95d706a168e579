from pathlib import Path
from types import SimpleNamespace

import pytest
from behave.model_type import Status
from packaging.version import Version

from acceptance.reports.results import Verdict
from acceptance.rules.deviations import Deviations, read
from tests.acceptance.recorded import RELEASES

FILE = """
[[deviation]]
scenario = "ODD-1"
releases = ["<0.22.1", "==0.23.*"]
what = "Everything is deleted."
seen = "in 0.18.0"
severity = "high"
shows = ["gone, and should still be there", "session 1"]

[[deviation]]
scenario = "CONCURRENT-2"
releases = ["<0.24"]
what = "Two are told that they succeeded."
seen = "in 0.18.0"
severity = "medium"
shows = ["more than one"]
at_times = true
"""
KNOWN = AssertionError("gone, and should still be there: session 1 (s1)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "known-deviations.toml"
    file.write_text(FILE)
    return file


class Scenario(SimpleNamespace):
    """What of behave's scenario is looked at and changed."""

    def __init__(self, id: str, *statuses: Status) -> None:
        super().__init__(tags=["smoke", id], all_steps=[SimpleNamespace(status=status) for status in statuses])
        self.skipped_because: str | None = None

    def skip(self, reason: str) -> None:
        self.skipped_because = reason


def excused(deviations: Deviations, error: Exception, *, id: str = "ODD-1", status: Status = Status.failed) -> bool:
    scenario, step = Scenario(id), SimpleNamespace(status=status, exception=error)
    deviations.excuse(scenario, step)
    assert (step.status == Status.skipped) == (scenario.skipped_because is not None)
    return scenario.skipped_because is not None


@pytest.mark.parametrize(
    ("release", "known"), {"0.18": True, "0.22.0": True, "0.22.1": False, "0.23.1": True, "0.24": False}.items()
)
def test_a_known_deviation_is_excused_in_its_releases(file: Path, release: str, known: bool) -> None:
    assert excused(Deviations(Version(release), file), KNOWN) is known


def test_what_is_known_is_told(file: Path) -> None:
    scenario = Scenario("ODD-1")
    Deviations(Version("0.18"), file).excuse(scenario, SimpleNamespace(status=Status.failed, exception=KNOWN))
    for words in ("high", "Everything is deleted.", "in 0.18.0"):
        assert words in str(scenario.skipped_because)


# what happens otherwise than it is known
OTHERWISE = {
    "another failure": {"error": AssertionError("code: expected 0, was 100")},
    "half of the failure": {"error": AssertionError("gone, and should still be there: session 2 (s2)")},
    "an error of the suite": {"error": KNOWN, "status": Status.error},
    "no failure": {"error": KNOWN, "status": Status.passed},
    "another scenario": {"error": KNOWN, "id": "ODD-2"},
}


@pytest.mark.parametrize("otherwise", OTHERWISE.values(), ids=OTHERWISE)
def test_nothing_else_is_excused(file: Path, otherwise: dict[str, object]) -> None:
    assert not excused(Deviations(Version("0.18"), file), **otherwise)


def test_a_rule_that_holds_again_is_told(file: Path) -> None:
    with pytest.raises(AssertionError, match=r"ODD-1.*known-deviations\.toml"):
        Deviations(Version("0.18"), file).check_still_there(Scenario("ODD-1", Status.passed, Status.passed))


@pytest.mark.parametrize(
    ("scenario", "release"),
    [
        (Scenario("ODD-1", Status.passed, Status.skipped), "0.18"),
        (Scenario("ODD-1", Status.passed, Status.failed), "0.18"),
        (Scenario("ODD-1", Status.passed), "0.24"),
        (Scenario("ODD-2", Status.passed), "0.18"),
        (Scenario("CONCURRENT-2", Status.passed), "0.18"),
    ],
    ids=["known", "failed", "of another release", "another scenario", "at times"],
)
def test_nothing_else_is_told_to_hold_again(file: Path, scenario: Scenario, release: str) -> None:
    Deviations(Version(release), file).check_still_there(scenario)


# The list of the project.


def test_every_entry_is_complete() -> None:
    for deviation in read():
        assert deviation.what.endswith(".")
        assert deviation.seen


def test_no_scenario_has_two_entries_for_a_release() -> None:
    for release in map(Version, RELEASES):
        scenarios = [deviation.scenario for deviation in read() if deviation.is_of(release)]
        assert len(scenarios) == len(set(scenarios))


def test_a_deviation_has_a_verdict_of_its_own() -> None:
    assert Verdict.DEVIATES.value == "known deviation"
