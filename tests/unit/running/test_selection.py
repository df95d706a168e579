"""Which scenarios run, how they are repeated, and how long they may take."""

import shlex
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from behave.configuration import Configuration
from behave.parser import parse_feature

from acceptance.behave_adapter import scenario_id, scenarios_of
from acceptance.contract.releases import Release
from acceptance.errors import CannotRun
from acceptance.reports.results import Verdict
from acceptance.running.preparation import REQUESTS_OF_A_SCENARIO, announce_costs
from acceptance.running.selection import command_for, select
from acceptance.running.settings import Settings
from acceptance.stories import MAX_STEPS, MAX_STORY_REQUESTS, TYPICAL_STORY_REQUESTS

FEATURE = """
Feature: Speaking
  Rule: Say one thing
    @SAY-1
    Scenario: Always
      When it is said
    @SAY-2 @from-0.25
    Scenario: Later
      When it is said
    @SAY-3 @tenants @teams
    Scenario: Together
      When it is said
    @SAY-4 @huge
    Scenario: At length
      When it is said
    @SAY-5 @huge @from-0.25
    Scenario: Later, and at length
      When it is said
    @SAY-6 @explore
    Scenario: At random
      When it is said
"""


class Selecting:
    """The selection from that feature with these options of behave, and what is reported of it."""

    def __init__(self, *options: str) -> None:
        self._config = Configuration([*options, "--no-junit"], load_config=False, tag_expression_protocol="strict")
        self.feature = parse_feature(FEATURE)
        self.left_out: list[tuple[object, ...]] = []
        self.reports: Any = SimpleNamespace(
            add_unrun=lambda scenario, *told: self.left_out.append((scenario_id(scenario), *told))
        )

    def apply(self, release: str, **impossible: str) -> list[str]:
        """Return the ids of the scenarios that run."""
        chosen = select([self.feature], self._config, Release.named(release), self.reports, impossible)
        return [scenario_id(each) for each in chosen]


OF_OTHERS = ("Say one thing", Verdict.NOT_APPLICABLE, "it is for other releases: from 0.25 on")

# option: (the scenarios that run, those of other releases, how many were not selected)
CHOSEN: dict[str, tuple[list[str], list[str], int]] = {
    "": (["SAY-1", "SAY-3"], ["SAY-2"], 2),
    "--tags=@SAY-1": (["SAY-1"], [], 3),
    "--tags=@SAY-1 or @SAY-2": (["SAY-1"], ["SAY-2"], 3),
    "--tags=@huge": (["SAY-4"], ["SAY-5"], 3),
    "--tags=@SAY-6": (["SAY-6"], [], 3),
    "--tags=not @huge": (["SAY-1", "SAY-3"], ["SAY-2"], 2),
    "--name=Always": (["SAY-1"], [], 3),
}


@pytest.mark.parametrize(
    ("option", "running", "others", "not_selected"), [(each, *what) for each, what in CHOSEN.items()]
)
def test_scenarios_run_if_selected_and_for_the_release(
    option: str, running: list[str], others: list[str], not_selected: int
) -> None:
    selecting = Selecting(*filter(None, [option]))
    assert selecting.apply("0.20.5") == running
    assert selecting.left_out == [(id, *OF_OTHERS) for id in others]
    assert (selecting.reports.scenarios, selecting.reports.not_selected) == (len(running), not_selected)
    assert selecting.reports.features_not_named > 0


def test_scenarios_that_cannot_run_are_skipped_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    selecting = Selecting()
    told = {"tenants": "there is one key", "teams": "they send e-mails"}
    assert selecting.apply("0.27", **told) == ["SAY-1", "SAY-2"]
    reasons = {scenario_id(each): each.skip_reason for each, _ in scenarios_of(selecting.feature) if each.skip_reason}
    assert reasons == {"SAY-3": "not run: there is one key"}
    assert capsys.readouterr().out == "not run: 1 scenario with @tenants, because there is one key\n"


@pytest.mark.parametrize("option", ["--tags=@SAY-9", "--tags=@SAY-2", "--tags=@tenants", "--name=Never"])
def test_an_empty_selection_is_an_error(option: str) -> None:
    with pytest.raises(CannotRun, match="No scenario is selected"):
        Selecting(option).apply("0.20.5", tenants="there is one key")


# Commands.


def command(location: str = "features/odd.feature:7", url: str | None = None, *tags: str, **more: Any) -> str:
    tags = ("ODD-1", *tags)
    scenario = SimpleNamespace(location=location, tags=tags, effective_tags=tags)
    return command_for(scenario, "0.20.5", Settings(url=url, stories=7, seed=4711, **more))


USUAL = "features/odd.feature:7 -D release=0.20.5"

# the program that was started: how its command begins and ends
PROGRAMS = {
    "/usr/bin/behave": ("/usr/bin/behave ", ""),
    "/a/behave/__main__.py": ("behave ", ""),
    "/a/acceptance/__main__.py": ('make acceptance ARGS="', '"'),
    "/a/other/__main__.py": ("behave ", ""),
}


@pytest.mark.parametrize(("program", "around"), PROGRAMS.items())
def test_a_scenario_is_repeated_in_the_way_the_run_was_started(
    monkeypatch: pytest.MonkeyPatch, program: str, around: tuple[str, str]
) -> None:
    monkeypatch.setattr(sys, "argv", [program, "--tags=@ODD-1"])
    assert command() == USUAL.join(around)


@pytest.mark.parametrize("program", ["behave", "acceptance/__main__.py"])
def test_a_command_is_quoted_for_the_shell(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "argv", [program])
    arguments = shlex.split(command("features/two words.feature", "http://b:2/a b&c"))
    if arguments[0] == "make":
        arguments = shlex.split(arguments[-1].removeprefix("ARGS="))
    assert arguments[-5:] == ["features/two words.feature", "-D", "release=0.20.5", "-D", "url=http://b:2/a b&c"]


@pytest.mark.parametrize("setting", ["insecure", "shared_tenant"])
def test_a_repeated_run_accepts_the_risks_that_this_one_does(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(sys, "argv", ["behave"])
    assert command(**{setting: "yes"}) == f"behave {USUAL} -D {setting}=yes"


@pytest.mark.parametrize(
    ("tag", "options"), {"huge": "--tags=@ODD-1", "explore": "--tags=@ODD-1 -D stories=7 -D seed=4711"}.items()
)
def test_a_scenario_on_request_is_requested_again(monkeypatch: pytest.MonkeyPatch, tag: str, options: str) -> None:
    monkeypatch.setattr(sys, "argv", ["behave"])
    assert command("features/odd.feature:7", None, tag) == f"behave {USUAL} {options}"


# Costs.


def announced(capsys: pytest.CaptureFixture[str], count: int, *tags: str, seconds: float = 0.0, **settings: int) -> str:
    scenarios = [SimpleNamespace(effective_tags=tags)] * count
    announce_costs(scenarios, Settings(**settings), seconds)
    return capsys.readouterr().out


@pytest.mark.parametrize(("stories", "words"), {1: "1 story", 1_000: "1,000 stories"}.items())
def test_random_stories_are_announced_with_their_cost(
    stories: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert announced(capsys, 2, stories=stories) == ""
    usual, most = stories * TYPICAL_STORY_REQUESTS, stories * MAX_STORY_REQUESTS
    assert announced(capsys, 1, "explore", stories=stories, seed=4711) == (
        f"exploring: {words} of up to {MAX_STEPS} steps, seed 4711: some {usual:,} requests and at most {most:,}; "
        "one that fails is shortened for up to 30 s (RAGFLOW_SHRINK (or -D shrink=...))\n"
    )


# (scenarios at a time, seconds of an answer): minutes
DURATIONS = {
    (1, 0.0): 0.0,
    (1, 0.001): 0.0,
    (1, 0.5): 100 * REQUESTS_OF_A_SCENARIO * 0.5 / 60,
    (4, 0.5): 100 * REQUESTS_OF_A_SCENARIO * 0.5 / 4 / 60,
}


@pytest.mark.parametrize(("parallel", "seconds", "minutes"), [(*run, minutes) for run, minutes in DURATIONS.items()])
def test_a_long_run_is_announced(
    parallel: int, seconds: float, minutes: float, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"an answer takes {seconds:.2f} s here, so this run may take some {minutes:.0f} minutes\n"
    assert announced(capsys, 100, seconds=seconds, parallel=parallel) == (words if minutes else "")


def test_random_stories_make_a_run_long(capsys: pytest.CaptureFixture[str]) -> None:
    minutes = (REQUESTS_OF_A_SCENARIO + 100 * TYPICAL_STORY_REQUESTS) / 60
    assert f"may take some {minutes:.0f} minutes" in announced(capsys, 1, "explore", seconds=1.0)
