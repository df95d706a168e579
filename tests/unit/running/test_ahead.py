"""Scenarios that run ahead of their turn, with behave's own runner."""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from behave.configuration import Configuration
from behave.model_type import Status
from behave.parser import parse_feature
from behave.runner import ModelRunner

from acceptance import interruption
from acceptance.behave_adapter import scenarios_of
from acceptance.ragflow.gate import Gate
from acceptance.running import ahead
from acceptance.running.ahead import Ahead, Told
from tests.support.runs import wait_until

# Seconds after which somebody waits in vain.
LIMIT = 10.0

FEATURE = """
Feature: Some scenarios
  Background:
    Given nothing

  Scenario: one
    When it is done
  Scenario Outline: row <row>
    When it is done
    Then <row> is seen
    Examples:
      | row   |
      | two   |
      | three |
  @alone
  Scenario: four
    When it is done
  Rule: a rule
    @long
    Scenario: five
      When it is done
    Scenario: six
      When it is done
"""
NAMES = ["one", "row two", "row three", "four", "five", "six"]

Does = Callable[[Any], None]


class Steps:
    """All steps there may be, in the place of behave's registry: ``does`` is what a When does."""

    def __init__(self, does: Does) -> None:
        self._does = does

    def find_match(self, step: Any) -> Any:
        run = self._does if step.step_type == "when" else lambda _: None
        return SimpleNamespace(run=run, location=None, arguments=[])


class Sandbox:
    def __init__(self, at_a_time: int = 1) -> None:
        self.others: list[Sandbox] = []
        self.at_a_time = at_a_time

    def beside(self, at_a_time: int) -> "Sandbox":
        self.others.append(Sandbox(at_a_time))
        return self.others[-1]


class Run:
    """A run of the feature above, in which every When does that; ``many`` scenarios at a time, 1: without threads."""

    def __init__(self, does: Does, many: int, *options: str, gate: Gate | None = None) -> None:
        silent = ("--no-capture", "--no-capture-stderr", "--no-logcapture")
        config = Configuration([*silent, *options], load_config=False, scenario_outline_annotation_schema="{name}")
        config.reporters = []
        feature = parse_feature(FEATURE, filename="some.feature")
        self.scenarios = [scenario for scenario, _ in scenarios_of(feature)]
        self.sandbox = Sandbox()
        self.runner = ModelRunner(config, [feature], Steps(does))
        self.formatter = Told()
        self.runner.formatters = [self.formatter]
        self.ahead = Ahead(self.scenarios, many, gate or Gate()) if many > 1 else None
        self.runner.hooks = {"before_all": self._begin, "after_all": self._end}
        self.failed = self.runner.run()

    def _begin(self, context: Any) -> None:
        context.sandbox, context.common, context.ahead = self.sandbox, "common", self.ahead

    def _end(self, _: Any) -> None:
        if self.ahead:
            self.ahead.close()

    @property
    def told(self) -> list[str]:
        """What the formatter was told, in order."""
        return [f"{call} {getattr(each[0], 'name', '') if each else ''}" for call, each in self.formatter._calls]

    @property
    def statuses(self) -> list[Status]:
        return [scenario.status for scenario in self.scenarios]


def nothing(_: Any) -> None:
    """A When that is done."""


def test_formatters_are_told_what_they_are_told_of_one_after_the_other() -> None:
    one_by_one, together = Run(nothing, 1), Run(nothing, 4)
    assert together.told == one_by_one.told
    assert [each.removeprefix("scenario ") for each in together.told if each.startswith("scenario ")] == NAMES
    assert (together.failed, together.statuses) == (False, [Status.passed] * 6)


def test_so_many_run_at_a_time() -> None:
    """Everybody waits for the others."""
    meeting = threading.Barrier(5)

    def meet(context: Any) -> None:
        if context.scenario.name != "four":
            meeting.wait(LIMIT)

    run = Run(meet, 5)
    assert run.statuses == [Status.passed] * 6


def test_no_more_than_so_many_run_at_a_time() -> None:
    meeting, met = threading.Barrier(3), []

    def meet(_: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(0.1))

    Run(meet, 2)
    assert met == []


def test_behind_one_that_only_has_to_be_removed_another_begins() -> None:
    """Three meet where two may run at a time."""
    meeting = threading.Barrier(3)

    def meet(context: Any) -> None:
        if context.scenario.name in ("five", "one", "row two"):
            if context.scenario.name == "five":
                context.ahead.leave(context.scenario)
            meeting.wait(LIMIT)

    run = Run(meet, 2)
    assert run.statuses == [Status.passed] * 6


def test_what_is_being_removed_is_waited_for_by_who_runs_alone() -> None:
    gate, begun = Gate(), []
    is_removed, ended = threading.Event(), []

    def do(context: Any) -> None:
        begun.append(context.scenario.name)
        if begun.count("one") == 2:
            ended.append(is_removed.is_set())
        elif context.scenario.name == "one":
            gate.narrow(0.0)
            raise RuntimeError("429")
        if context.scenario.name == "six":
            context.ahead.leave(context.scenario)
            # Time for whoever should not be there.
            threading.Event().wait(0.05)
            is_removed.set()

    Run(do, 2, gate=gate)
    assert ended == [True]


def test_who_runs_alone_goes_first_and_meets_nobody() -> None:
    begun, ended = [], []

    def do(context: Any) -> None:
        begun.append(context.scenario.name)
        if context.scenario.name == "four":
            # Time for whoever should not be there.
            threading.Event().wait(0.05)
            ended.extend(begun)

    Run(do, 5)
    assert ended == ["four"]


def test_what_takes_longest_begins_first_behind_that() -> None:
    begun = []
    meeting = threading.Barrier(2)

    def do(context: Any) -> None:
        begun.append(context.scenario.name)
        if context.scenario.name in ("five", "one"):
            meeting.wait(LIMIT)

    Run(do, 2)
    assert begun[0] == "four"
    assert set(begun[1:3]) == {"five", "one"}


def test_each_scenario_has_a_sandbox_and_a_context_of_its_own() -> None:
    meeting = threading.Barrier(5)
    found = []

    def do(context: Any) -> None:
        assert "mine" not in context
        context.mine = context.scenario.name
        if context.scenario.name != "four":
            meeting.wait(LIMIT)
            found.append(context.sandbox)
        assert (context.mine, context.common) == (context.scenario.name, "common")

    run = Run(do, 5)
    assert run.statuses == [Status.passed] * 6
    assert len({id(sandbox) for sandbox in found}) == 5
    assert all(sandbox in run.sandbox.others and sandbox.at_a_time == 5 for sandbox in found)


def test_no_more_requests_are_under_way_than_some_for_each_that_runs() -> None:
    gate, widths = Gate(), {}

    def do(context: Any) -> None:
        widths[context.scenario.name] = gate.width

    Run(do, 2, gate=gate)
    assert widths.pop("four") is None
    assert set(widths.values()) == {2 * ahead.REQUESTS}


def test_one_that_fails_is_told_in_its_turn() -> None:
    def fail(context: Any) -> None:
        assert context.scenario.name != "row three", "it does not hold"

    one_by_one, together = Run(fail, 1), Run(fail, 4)
    assert together.told == one_by_one.told
    assert together.statuses == one_by_one.statuses
    assert (together.failed, together.statuses[2]) == (True, Status.failed)


@pytest.mark.parametrize("options", [(), ("--stop",)])
def test_where_the_run_is_to_end_nothing_more_begins(options: tuple[str, ...]) -> None:
    begun = []

    def end(context: Any) -> None:
        begun.append(context.scenario.name)
        if context.scenario.name == "four":
            context.abort(reason="it was enough")

    run = Run(end, 3, *options)
    assert begun == ["four"]
    assert run.failed
    assert run.statuses == [Status.untested] * 3 + [Status.passed] + [Status.untested] * 2


def test_nothing_is_reported_before_what_runs_has_come_to_rest() -> None:
    ended = []
    here = threading.Event()

    def do(context: Any) -> None:
        if context.scenario.name == "five":
            here.set()
            wait_until(lambda: context.aborted, LIMIT)
            ended.append("five")
        if context.scenario.name == "one":
            here.wait(LIMIT)
            context.abort(reason="it was enough")

    run = Run(do, 2)
    assert ended == ["five"]
    assert run.statuses[0] == run.statuses[4] == Status.passed


def test_what_never_comes_to_rest_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "REMOVAL_TIMEOUT", 0.1)
    enough = threading.Event()

    def do(context: Any) -> None:
        if context.scenario.name == "five":
            enough.wait(LIMIT)
        if context.scenario.name == "one":
            context.abort(reason="it was enough")

    run = Run(do, 2)
    assert not enough.is_set()
    assert (run.failed, run.statuses[0], run.statuses[4]) == (True, Status.passed, Status.untested)
    enough.set()


def test_what_has_to_be_finished_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "REMOVAL_TIMEOUT", 0.01)
    here, looks = threading.Event(), []

    def do(context: Any) -> None:
        if context.scenario.name == "five":
            here.set()
            wait_until(lambda: len(looks) > 2, LIMIT)
        if context.scenario.name == "one":
            here.wait(LIMIT)
            context.abort(reason="it was enough")

    def look() -> bool:
        looks.append(True)
        return True

    monkeypatch.setattr(interruption, "somebody_else_holds", look)
    run = Run(do, 2)
    assert run.statuses[4] == Status.passed


def test_with_stop_nothing_more_begins_behind_the_turn_of_one_that_fails() -> None:
    def fail(context: Any) -> None:
        assert context.scenario.name != "one", "it does not hold"

    run = Run(fail, 2, "--stop")
    assert run.failed
    assert "scenario row two" not in run.told


# A server that says that it is too much.


@pytest.mark.parametrize(("times", "status", "runs"), [(0, "passed", 1), (1, "passed", 2), (2, "error", 2)])
def test_what_taught_nothing_then_runs_once_more_and_alone(times: int, status: str, runs: int) -> None:
    gate, names, left = Gate(), [], iter(range(times))

    def do(context: Any) -> None:
        names.append(context.scenario.name)
        if context.scenario.name == "row two" and next(left, None) is not None:
            gate.narrow(0.0)
            raise RuntimeError("429")

    run = Run(do, 2, gate=gate)
    assert names.count("row two") == runs
    assert names[-1] == "row two" or runs == 1
    assert gate.width == (1 if runs == 2 else 2 * ahead.REQUESTS)
    assert run.statuses[1].name == status
    # The row is still known, and it is told once.
    assert run.scenarios[1]._row.cells == ["two"]
    assert run.told.count("scenario row two") == 1
    assert run.failed is (status != "passed")


def test_a_rule_that_does_not_hold_is_not_tried_again() -> None:
    gate, names = Gate(), []

    def do(context: Any) -> None:
        names.append(context.scenario.name)
        gate.narrow(0.0)
        assert context.scenario.name != "one", "it does not hold"

    run = Run(do, 2, gate=gate)
    assert names.count("one") == 1
    assert run.statuses[0] == Status.failed


def test_an_error_of_a_server_that_is_not_busy_is_not_tried_again() -> None:
    names = []

    def do(context: Any) -> None:
        names.append(context.scenario.name)
        raise RuntimeError("502")

    run = Run(do, 2)
    assert sorted(names) == sorted(NAMES)
    assert run.statuses == [Status.error] * 6
