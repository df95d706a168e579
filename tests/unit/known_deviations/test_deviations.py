from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.contract.releases import Release
from acceptance.errors import NoAnswer, UnusableListing
from acceptance.known_deviations.deviations import SEVERITIES, Deviation, Deviations, KnownDeviation, read
from acceptance.reports.results import Verdict
from tests.support.recordings import RELEASES

FILE = """
[[deviation]]
scenario = "ODD-1"
releases = "until-0.23 not-0.22.1"
instead = ["the deletion succeeds", "no sessions remain"]
why = "Everything is deleted."
seen = "in 0.18.0"
severity = "high"
issue = "https://example.org/issue"

[[deviation]]
scenario = "ODD-2"
releases = "from-0.18"
rows = { what = ["a null", "two nulls"], where = ["first"] }
instead = ["the list holds <what>, <where>"]
why = "A null is something."
seen = "in 0.18.0"
severity = "low"

[[deviation]]
scenario = "CONCURRENT-2"
releases = "until-0.24"
instead = ["no sessions remain"]
why = "Two are told that they succeeded."
seen = "in 0.18.0"
severity = "medium"
at_times = true
"""
KNOWN = AssertionError("gone, and should still be there: s1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "known-deviations.toml"
    file.write_text(FILE)
    return file


def deviations(file: Path, release: str = "0.18.0") -> Deviations:
    return Deviations(Release.named(release), file)


def step(status: Status, step_type: str = "then", error: Exception | None = None) -> Any:
    return SimpleNamespace(status=status, step_type=step_type, exception=error)


def failed(step_type: str = "then") -> Any:
    return step(Status.failed, step_type, AssertionError("Expected: safe\n     but: gone: s1"))


class Scenario(SimpleNamespace):
    """What of behave's scenario is looked at and changed."""

    def __init__(self, id: str = "ODD-1", *steps: Any, **cells: str) -> None:
        row = SimpleNamespace(headings=list(cells), cells=list(cells.values())) if cells else None
        super().__init__(tags=["smoke", id], all_steps=list(steps), _row=row, continue_after_failed_step=False)
        self.skipped_because: str | None = None

    def skip(self, reason: str) -> None:
        self.skipped_because = reason


class Steps:
    """What of behave's registry of steps is asked for, and which of them were run."""

    def __init__(self, **raising: Exception) -> None:
        self.run: list[str] = []
        self._raising = raising

    def find_match(self, step: Any) -> Any:
        assert step.step_type == "then"
        if step.name == "nobody has written this":
            return None
        return SimpleNamespace(run=lambda _context: self._take(step.name))

    def _take(self, name: str) -> None:
        self.run.append(name)
        if name in self._raising:
            raise self._raising[name]


def judge(known: Deviations, scenario: Scenario, step: Any, steps: Steps | None = None) -> Steps:
    """Judge the step, and give back which steps were run for that."""
    steps = steps or Steps()
    known.judge(SimpleNamespace(scenario=scenario, _runner=SimpleNamespace(step_registry=steps)), step)
    return steps


# What is excused.


@pytest.mark.parametrize(
    ("release", "known"),
    {"0.18.0": True, "0.22.0": True, "0.22.1": False, "0.23.1": True, "0.24.0": False, "0.23.0-go": True}.items(),
)
def test_a_known_deviation_is_excused_in_its_releases(file: Path, release: str, known: bool) -> None:
    broken = failed()
    scenario = Scenario("ODD-1", broken)
    judge(deviations(file, release), scenario, broken)
    assert broken.status == (Status.skipped if known else Status.failed)
    assert (scenario.skipped_because is not None) is known


def test_it_is_excused_where_every_step_of_what_is_known_holds(file: Path) -> None:
    broken = failed()
    scenario = Scenario("ODD-1", step(Status.passed, "when"), broken, step(Status.untested))
    assert judge(deviations(file), scenario, broken).run == ["the deletion succeeds", "no sessions remain"]
    assert broken.status == Status.skipped


def test_what_is_known_is_told(file: Path) -> None:
    broken = failed()
    scenario = Scenario("ODD-1", broken)
    judge(deviations(file), scenario, broken)
    assert scenario.skipped_because == (
        "known deviation (high): instead, the deletion succeeds; no sessions remain. Everything is deleted. "
        "Seen: in 0.18.0. https://example.org/issue"
    )


def test_what_is_known_is_kept_part_by_part(file: Path) -> None:
    broken = failed()
    scenario = Scenario("ODD-2", broken, what="a null", where="first")
    judge(deviations(file), scenario, broken)
    assert scenario.known_deviation == KnownDeviation(
        "low", ("the list holds a null, first",), "A null is something.", "in 0.18.0"
    )


def test_what_happens_at_times_and_where_it_is_spoken_of_is_kept_as_well(file: Path) -> None:
    at_times, spoken_of = failed(), failed()
    for id, broken in (("CONCURRENT-2", at_times), ("ODD-1", spoken_of)):
        scenario = Scenario(id, broken)
        judge(deviations(file), scenario, broken)
        known = scenario.known_deviation
        assert (known.at_times, bool(known.issue)) == (id == "CONCURRENT-2", id == "ODD-1")


@pytest.mark.parametrize("wrong", ["the deletion succeeds", "no sessions remain"])
def test_what_is_not_as_it_is_known_is_a_failure(file: Path, wrong: str) -> None:
    broken = failed()
    scenario = Scenario("ODD-1", broken)
    difference = UnusableListing("Expected: nothing\n     but: there: s2")
    steps = judge(deviations(file), scenario, broken, Steps(**{wrong: difference}))
    assert steps.run[-1] == wrong
    assert broken.status == Status.failed
    assert scenario.skipped_because is None
    assert scenario.continue_after_failed_step
    [note] = broken.exception.__notes__
    assert note.startswith("This is not the known deviation (high): instead, the deletion succeeds")
    assert note.endswith("\n  Expected: nothing\n       but: there: s2")
    assert "safe" in str(broken.exception)


@pytest.mark.parametrize("error", [NoAnswer("the line is dead"), KeyError("lost"), ValueError("the scenario says")])
@pytest.mark.parametrize("where", ["the deletion succeeds", "no sessions remain"])
def test_an_error_in_finding_out_is_an_error(file: Path, error: Exception, where: str) -> None:
    broken = failed()
    scenario = Scenario("ODD-1", broken)
    judge(deviations(file), scenario, broken, Steps(**{where: error}))
    assert (broken.status, broken.exception) == (Status.error, error)
    assert scenario.skipped_because is None
    assert not scenario.continue_after_failed_step


def test_a_step_that_nobody_has_written_is_an_error(file: Path) -> None:
    file.write_text(FILE.replace("no sessions remain", "nobody has written this"))
    broken = failed()
    scenario = Scenario("ODD-1", broken)
    judge(deviations(file), scenario, broken)
    assert broken.status == Status.error
    assert "known-deviations.toml" in str(broken.exception)
    assert "nobody has written this" in str(broken.exception)
    assert scenario.skipped_because is None


def test_only_the_first_that_does_not_hold_is_compared(file: Path) -> None:
    first, second = failed(), failed()
    scenario = Scenario("ODD-1", first, step(Status.passed), second)
    judge(deviations(file), scenario, first, Steps(**{"the deletion succeeds": KNOWN}))
    assert judge(deviations(file), scenario, second).run == []
    assert (first.status, second.status) == (Status.failed, Status.failed)
    assert not hasattr(second.exception, "__notes__")
    assert scenario.skipped_because is None
    assert scenario.continue_after_failed_step


# what teaches nothing about the rule: the step
NOTHING_LEARNT: dict[str, Callable[[], Any]] = {
    "a Given that failed": lambda: failed("given"),
    "a When that failed": lambda: failed("when"),
    "an error": lambda: step(Status.error, "then", NoAnswer("the line is dead")),
    "an error in a When": lambda: step(Status.error, "when", NoAnswer("the line is dead")),
    "an undefined step": lambda: step(Status.undefined),
}


@pytest.mark.parametrize("made", NOTHING_LEARNT.values(), ids=NOTHING_LEARNT)
@pytest.mark.parametrize("id", ["ODD-1", "ODD-9"])
def test_nothing_else_is_excused_and_it_ends_the_scenario(file: Path, made: Callable[[], Any], id: str) -> None:
    other = made()
    status = other.status
    scenario = Scenario(id, other)
    # As if a Then had failed before.
    scenario.continue_after_failed_step = True
    assert judge(deviations(file), scenario, other).run == []
    assert other.status == status
    assert scenario.skipped_because is None
    assert not scenario.continue_after_failed_step


def test_where_nothing_is_known_the_other_thens_are_looked_at_as_well(file: Path) -> None:
    broken = failed()
    scenario = Scenario("ODD-9", broken)
    assert judge(deviations(file), scenario, broken).run == []
    assert broken.status == Status.failed
    assert not hasattr(broken.exception, "__notes__")
    assert scenario.continue_after_failed_step


def test_a_known_deviation_at_times_is_excused_like_any_other(file: Path) -> None:
    broken = failed()
    judge(deviations(file), Scenario("CONCURRENT-2", broken), broken)
    assert broken.status == Status.skipped


# The rows of an outline.

# the cells of a row: whether the entry is for it
ROWS: list[tuple[dict[str, str], bool]] = [
    ({"what": "a null", "where": "first"}, True),
    ({"what": "two nulls", "where": "first"}, True),
    ({"where": "first", "what": "a null", "more": "x"}, True),
    ({"what": "a null", "where": "last"}, False),
    ({"what": "a text", "where": "first"}, False),
    ({"what": "a null"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("cells", "known"), ROWS)
def test_an_entry_may_be_for_some_rows_only(file: Path, cells: dict[str, str], known: bool) -> None:
    broken = failed()
    scenario = Scenario("ODD-2", broken, **cells)
    steps = judge(deviations(file), scenario, broken)
    assert (broken.status == Status.skipped) is known
    assert bool(steps.run) is known


def test_what_is_known_speaks_of_the_cells_of_the_row(file: Path) -> None:
    broken = failed()
    scenario = Scenario("ODD-2", broken, what="two nulls", where="first")
    assert judge(deviations(file), scenario, broken).run == ["the list holds two nulls, first"]
    assert "instead, the list holds two nulls, first. A null" in str(scenario.skipped_because)


def test_an_entry_without_rows_is_for_every_row(file: Path) -> None:
    broken = failed()
    judge(deviations(file), Scenario("ODD-1", broken, what="anything"), broken)
    assert broken.status == Status.skipped


def test_a_column_that_there_is_not_stays_as_it_is_written() -> None:
    deviation = Deviation("ODD-1", "from-0.18", ["<what> and <who>"], "why.", "seen", "low")
    assert deviation.for_row({"what": "this"}).instead == ("this and <who>",)


# What holds again.


def test_a_rule_that_holds_again_is_told(file: Path) -> None:
    last = step(Status.passed)
    judge(deviations(file), Scenario("ODD-1", step(Status.passed), last), last)
    assert last.status == Status.failed
    assert "ODD-1 for until-0.23 not-0.22.1 from known-deviations.toml" in str(last.exception)


def test_a_row_that_holds_again_is_told(file: Path) -> None:
    last = step(Status.passed)
    judge(deviations(file), Scenario("ODD-2", last, what="a null", where="first"), last)
    assert "ODD-2" in str(last.exception)


@pytest.mark.parametrize(
    ("scenario", "release"),
    [
        (Scenario("ODD-1", step(Status.passed), step(Status.skipped)), "0.18.0"),
        (Scenario("ODD-1", failed(), step(Status.passed)), "0.18.0"),
        (Scenario("ODD-1", step(Status.passed), step(Status.error)), "0.18.0"),
        (Scenario("ODD-1", step(Status.passed), step(Status.untested)), "0.18.0"),
        (Scenario("ODD-1", step(Status.passed)), "0.24.0"),
        (Scenario("ODD-9", step(Status.passed)), "0.18.0"),
        (Scenario("ODD-2", step(Status.passed), what="a text", where="first"), "0.18.0"),
        (Scenario("CONCURRENT-2", step(Status.passed)), "0.18.0"),
    ],
    ids=["known", "failed", "an error", "interrupted", "of another release", "another", "another row", "at times"],
)
def test_nothing_else_is_told_to_hold_again(file: Path, scenario: Scenario, release: str) -> None:
    last = scenario.all_steps[-1]
    before = last.status
    judge(deviations(file, release), scenario, last)
    assert last.status == before
    assert last.exception is None


def test_a_rule_is_not_told_to_hold_before_its_last_step(file: Path) -> None:
    first = step(Status.passed)
    judge(deviations(file), Scenario("ODD-1", first, step(Status.untested)), first)
    assert first.status == Status.passed


# a release: what is said of all of them
IN_SHORT = {
    "0.18.0": "known deviations of this release: 3, 1 of them serious (severity high)",
    "0.22.1": "known deviations of this release: 2, 0 of them serious (severity high)",
    "0.25.6": "known deviations of this release: 1, 0 of them serious (severity high)",
}


@pytest.mark.parametrize(("release", "told"), IN_SHORT.items())
def test_all_of_a_release_are_told_in_short(file: Path, release: str, told: str) -> None:
    assert deviations(file, release).in_short == told


def test_a_scenario_with_several_entries_is_counted_once(file: Path) -> None:
    file.write_text(FILE + FILE)
    assert deviations(file).in_short == IN_SHORT["0.18.0"]


# The list of the project.


@pytest.mark.parametrize("deviation", read(), ids=lambda deviation: f"{deviation.scenario} {deviation.releases}")
def test_every_entry_is_complete(deviation: Deviation) -> None:
    assert deviation.why.endswith(".")
    assert deviation.seen
    assert deviation.instead
    assert deviation.severity in SEVERITIES
    assert any(deviation.covers_release(Release.named(release)) for release in RELEASES)


def test_a_deviation_has_a_verdict_of_its_own() -> None:
    assert Verdict.DEVIATES.value == "known deviation"
