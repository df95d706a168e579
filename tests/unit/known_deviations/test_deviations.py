"""What the hooks make of a step that fails, or passes, although a deviation is known."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.contract.releases import Release
from acceptance.errors import NoAnswer, UnusableListing
from acceptance.known_deviations.deviations import Deviations, KnownDeviation

ENTRY = """
[[deviation]]
scenario = "{id}"
releases = "{releases}"
instead = ["the deletion succeeds", "the list holds <what>"]
why = "Why."
seen = "in 0.18.0"
severity = "{severity}"
{more}
"""
ENTRIES = [
    ENTRY.format(id="ODD-1", releases="until-0.23 not-0.22.1", severity="high", more='issue = "https://a.example"'),
    ENTRY.format(id="ODD-2", releases="from-0.18", severity="low", more='rows = { what = ["a", "b"], where = ["c"] }'),
    ENTRY.format(id="ODD-3", releases="until-0.24", severity="medium", more="at_times = true"),
]
KNOWN = KnownDeviation("high", ("the deletion succeeds", "the list holds a"), "Why.", "in 0.18.0", "https://a.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "known-deviations.toml"
    file.write_text("".join(ENTRIES))
    return file


def step(status: str, step_type: str = "then", error: Exception | None = None) -> Any:
    return SimpleNamespace(status=Status[status], step_type=step_type, exception=error)


def failed(step_type: str = "then") -> Any:
    return step("failed", step_type, AssertionError("Expected: safe\n     but: gone: s1"))


class Scenario(SimpleNamespace):
    """A fake of behave's scenario, and of its context."""

    def __init__(self, id: str, *steps: Any, error: Exception | None = None, **cells: str) -> None:
        """``error`` is raised by the last step of a deviation."""
        row = SimpleNamespace(headings=list(cells or {"what": ""}), cells=list((cells or {"what": "a"}).values()))
        super().__init__(tags=["smoke", id], all_steps=list(steps), _row=row, continue_after_failed_step=True)
        self.scenario, self.error = self, error
        self._runner = SimpleNamespace(step_registry=self)
        self.known_deviation: KnownDeviation | None = None
        self.skip_reason, self.run = "", list[str]()

    def skip(self, reason: str) -> None:
        self.skip_reason = reason

    def find_match(self, step: Any) -> Any:
        return SimpleNamespace(run=lambda _context: self._run(step.name))

    def _run(self, name: str) -> None:
        self.run.append(name)
        if self.error and "list" in name:
            raise self.error


def check(file: Path, scenario: Scenario, step: Any = None, release: str = "0.18.0", charset: str = "utf8mb3") -> Any:
    step = step or scenario.all_steps[-1]
    Deviations(Release.named(release), charset, file).check_step(scenario, step)
    return step


def test_a_failure_that_is_known_is_skipped_with_the_deviation(file: Path) -> None:
    scenario = Scenario("ODD-1", step("passed", "when"), failed(), step("untested"))
    assert check(file, scenario, scenario.all_steps[1]).status == Status.skipped
    assert (scenario.run, scenario.known_deviation) == (list(KNOWN.instead), KNOWN)
    assert scenario.skip_reason == str(KNOWN)
    assert str(KNOWN) == (
        "known deviation (high): instead, the deletion succeeds; the list holds a. Why. Seen: in 0.18.0. "
        "https://a.example"
    )


@pytest.mark.parametrize(
    ("id", "release", "cells", "is_known"),
    [
        ("ODD-1", "0.22.1", {}, False),
        ("ODD-1", "0.23.0-go", {"what": "anything"}, True),
        ("ODD-1", "0.24.0", {}, False),
        ("ODD-2", "0.18.0", {"where": "c", "what": "a", "more": "x"}, True),
        ("ODD-2", "0.18.0", {"what": "a", "where": "x"}, False),
        ("ODD-2", "0.18.0", {"what": "a"}, False),
        ("ODD-3", "0.18.0", {}, True),
        ("ODD-9", "0.18.0", {}, False),
    ],
)
def test_an_entry_applies_to_its_releases_and_rows(
    file: Path, id: str, release: str, cells: dict[str, str], is_known: bool
) -> None:
    scenario = Scenario(id, failed(), **cells)
    broken = check(file, scenario, release=release)
    assert broken.status == (Status.skipped if is_known else Status.failed)
    assert bool(scenario.run) is is_known
    assert hasattr(broken.exception, "__notes__") is False
    assert scenario.continue_after_failed_step
    # The same entry makes a scenario fail whose rule holds.
    holding = check(file, Scenario(id, step("passed"), step("passed"), **cells), release=release)
    assert holding.status == (Status.failed if is_known and id != "ODD-3" else Status.passed)
    if holding.exception:
        assert f"Remove the entry of {id} for" in str(holding.exception)
        assert "known-deviations.toml" in str(holding.exception)


@pytest.mark.parametrize(("charset", "verdicts"), [("utf8mb3", "skipped failed"), ("utf8mb4", "failed passed")])
def test_an_entry_applies_to_its_character_set(file: Path, charset: str, verdicts: str) -> None:
    file.write_text(ENTRY.format(id="ODD-4", releases="from-0.18", severity="low", more='charset = "utf8mb3"'))
    found = [check(file, Scenario("ODD-4", each), charset=charset) for each in (failed(), step("passed"))]
    assert [each.status.name for each in found] == verdicts.split()
    assert ("for from-0.18, utf8mb3 from" in str(found[1].exception)) is (charset == "utf8mb3")


def test_an_intermittent_deviation_is_known_whether_or_not_it_occurs(file: Path) -> None:
    absent, occurred, failing = (
        Scenario("ODD-3", step("passed")),
        Scenario("ODD-3", failed()),
        Scenario("ODD-3", failed(), error=AssertionError("something else")),
    )
    statuses = [check(file, each).status.name for each in (absent, occurred, failing)]
    assert statuses == ["passed", "skipped", "failed"]
    begins = [each.skip_reason.partition(", the deletion")[0] for each in (absent, occurred)]
    assert begins == [
        "known deviation (medium; intermittent; it did not occur in this run): at times, instead",
        "known deviation (medium; intermittent): instead",
    ]
    assert absent.known_deviation == replace(occurred.known_deviation, occurred=False)
    assert failing.known_deviation is None


def test_another_failure_names_the_known_deviation(file: Path) -> None:
    scenario = Scenario("ODD-1", failed(), failed(), error=UnusableListing("Expected: nothing\n     but: there: s2"))
    first, second = scenario.all_steps
    second.status = Status.untested
    check(file, scenario, first)
    assert (first.status, scenario.skip_reason, scenario.continue_after_failed_step) == (Status.failed, "", True)
    [note] = first.exception.__notes__
    details = "  Of it, this does not hold: the list holds a\n  Expected: nothing\n       but: there: s2"
    assert note == f"This is not the {KNOWN}\n{details}"
    second.status = Status.failed
    check(file, scenario, second)
    # Only the first failure is compared with the deviation.
    assert scenario.run == list(KNOWN.instead)
    assert not hasattr(second.exception, "__notes__")


@pytest.mark.parametrize("error", [NoAnswer("the connection broke off"), KeyError("lost")])
def test_an_error_in_the_steps_of_a_deviation_is_an_error(file: Path, error: Exception) -> None:
    scenario = Scenario("ODD-1", failed(), error=error)
    broken = check(file, scenario)
    assert (broken.status, broken.exception, scenario.skip_reason) == (Status.error, error, "")
    assert not scenario.continue_after_failed_step


@pytest.mark.parametrize("other", [failed("given"), failed("when"), step("error"), step("undefined"), step("skipped")])
@pytest.mark.parametrize("id", ["ODD-1", "ODD-9"])
def test_a_step_that_says_nothing_about_the_rule_ends_the_scenario(file: Path, other: Any, id: str) -> None:
    status, scenario = other.status, Scenario(id, other)
    assert check(file, scenario).status == status
    assert (scenario.run, scenario.skip_reason, scenario.continue_after_failed_step) == ([], "", False)


def test_a_rule_holds_only_after_the_last_step_and_without_a_failure(file: Path) -> None:
    first = step("passed")
    assert check(file, Scenario("ODD-1", first, step("untested")), first).status == Status.passed
    assert check(file, Scenario("ODD-1", failed(), step("passed"))).status == Status.passed


def test_the_summary_counts_scenarios(file: Path) -> None:
    file.write_text("".join(ENTRIES * 2))
    for release, counts in {"0.18.0": "3, 1", "0.22.1": "2, 0"}.items():
        summary = Deviations(Release.named(release), "utf8mb3", file).summary
        assert summary == f"known deviations of this release: {counts} of high severity"
