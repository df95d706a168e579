"""Telling stories: to an embedded server, and to one with somebody in the way who answers where he likes to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.errors import AllGone, NoAnswer
from acceptance.exploring.cost import ATTEMPTS, REQUESTS_OF_A_STORY, STEPS
from acceptance.exploring.explorer import Explorer
from acceptance.exploring.model import Action, Model
from acceptance.exploring.story import Stage, Story, steps_of
from acceptance.exploring.vocabulary import vocabulary_of
from acceptance.sandbox.sandbox import Sandbox
from tests.acceptance.embedded_process import Embedded
from tests.acceptance.sandboxes import Tamper, in_the_way, of_scenarios, untouched
from tests.acceptance.stand_in import Misconduct, Reply, Seen, StandIn, json_reply
from tests.specification.vocabulary import steps_of_the_features

RELEASE = Release.named("0.20.5")


class Told(Explorer):
    """One that keeps what was done in its stories."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.stages: list[Stage] = []
        super().__init__(
            lambda: self.stage_on(sandbox), steps_of_the_features(), vocabulary_of(RELEASE), kinds=["mine"]
        )

    def stage_on(self, sandbox: Sandbox) -> Stage:
        self.stages.append(Stage(sandbox, contract_of(RELEASE), SimpleNamespace(other=None)))
        return self.stages[-1]


@contextmanager
def exploring(embedded: Embedded, tamper: Tamper = untouched) -> Iterator[tuple[Told, StandIn]]:
    with in_the_way(embedded, tamper) as (sandbox, between):
        yield Told(sandbox), between


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done in the stories that are told."""
    texts: list[str] = []
    tell = Story.tell
    monkeypatch.setattr(Story, "tell", lambda self, action: (texts.append(action.text), tell(self, action))[1])
    return texts


def left_out(seen: Seen) -> Reply | None:
    """Say of a deletion of several sessions that it has succeeded, and leave it out."""
    several = seen.method == "DELETE" and "/sessions" in seen.path and b'", "' in seen.body
    return json_reply({"code": 0}) if several else None


# Which stories are told.


def test_a_seed_tells_the_same_stories_again(embedded: Embedded, told: list[str]) -> None:
    by_seed = []
    for seed in (1, 1, 2):
        with exploring(embedded) as (explorer, _):
            assert explorer.explore(3, seed) is None
        by_seed.append(told.copy())
        told.clear()
    first, again, other = by_seed
    assert first == again
    assert first != other
    assert len(first) > 2 * STEPS


def test_no_more_is_told_and_asked_than_was_said(embedded: Embedded) -> None:
    with exploring(embedded) as (explorer, between):
        assert explorer.explore(8, seed=1) is None
        assert len(explorer.stages) == 8
        assert len(between.seen) <= 8 * REQUESTS_OF_A_STORY
        assert of_scenarios(embedded) == []


# One that fails.


def test_a_failure_is_told_in_the_few_steps_that_it_takes(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        assert "does not go as the rules have it. This is what is needed of it:" in found.text
        assert [step.step_type for step in found.failure.steps] == ["given", "when", "then", "then"]
        assert found.failure.broken.name in (
            "no sessions remain",
            "the deletion succeeds",
            "the answer says: 2 deleted",
        )
        assert str(found.failure.difference).strip().startswith("Expected:")
        assert [exchange.answer.body for exchange in found.exchanges] == [{"code": 0}]
        assert len(explorer.stages) <= 20 + ATTEMPTS + 1


def test_what_is_told_can_be_read_back(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        (scenario,) = re.findall(
            r"^    Scenario: Found by exploring \(seed 1\)\n(?:      .*\n)+", found.text, re.MULTILINE
        )
        assert [(step.step_type, step.name) for step in steps_of(scenario)] == [
            (step.step_type, step.name) for step in found.failure.steps
        ]


def test_no_shorter_story_is_looked_for_where_nobody_wants_one(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1, attempts=0)
        assert found
        number = int(re.findall(r"Story (\d+) of 20", found.text)[0])
        # And the one in which it is told once more.
        assert len(explorer.stages) == number + 1


def test_a_failure_that_does_not_come_back_is_told_as_it_was_first_met(embedded: Embedded) -> None:
    times = iter([json_reply({"code": 0})])

    def tamper(seen: Seen) -> Reply | None:
        return next(times, None) if seen.method == "DELETE" and b"invalid_id" in seen.body else None

    with exploring(embedded, tamper) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        assert "but told once more it did. This is how it was first met:" in found.text
        assert {"code": 0} in [exchange.answer.body for exchange in found.exchanges]


# What is no failure of a rule.


def test_where_nobody_answers_nothing_is_tried_again(embedded: Embedded) -> None:
    answers = iter(range(60))

    def tamper(_: Seen) -> Misconduct | None:
        return None if next(answers, None) is not None or is_over else Misconduct.BREAK_OFF

    is_over: list[bool] = []
    with exploring(embedded, tamper) as (explorer, _):
        with pytest.raises(NoAnswer):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 3
        is_over.append(True)


def test_whoever_deletes_all_assistants_is_not_asked_again(embedded: Embedded) -> None:
    is_over: list[bool] = []

    def tamper(seen: Seen) -> Reply | None:
        if "bystander" in seen.path and not is_over:
            return json_reply({"code": 102, "message": "The chat doesn't exist"})
        return left_out(seen)

    with exploring(embedded, tamper) as (explorer, _):
        with pytest.raises(AllGone):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 6
        is_over.append(True)


def test_an_error_of_the_specification_is_none_of_the_server(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("the moon is full")

    monkeypatch.setattr(Model, "create", fail)
    with exploring(embedded) as (explorer, _):
        with pytest.raises(LookupError, match="the moon is full"):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 4


@pytest.mark.parametrize("looking_for_less", [False, True])
def test_an_interrupt_leaves_nothing_behind(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch, looking_for_less: bool
) -> None:
    done: list[Action] = []
    tell = Story.tell

    def told(story: Story, action: Action) -> None:
        if explorer._failures if looking_for_less else len(done) == 5:
            raise KeyboardInterrupt
        done.append(action)
        tell(story, action)

    monkeypatch.setattr(Story, "tell", told)
    with exploring(embedded, left_out) as (explorer, _):
        if looking_for_less:
            found = explorer.explore(20, seed=1)
            assert found
            assert "the run was ended. This is how it was first met:" in found.text
        else:
            with pytest.raises(KeyboardInterrupt):
                explorer.explore(20, seed=1)
        assert done
        assert of_scenarios(embedded) == []
