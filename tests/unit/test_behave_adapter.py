"""The undocumented parts of behave that the project relies on. A failure names what changed."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import behave
import pytest
from behave.configuration import Configuration
from behave.parser import parse_feature
from behave.runner import Context, ModelRunner
from behave.step_registry import StepRegistry

from acceptance.behave_adapter import (
    cells_of,
    remove_scenarios,
    run_step,
    runner_of,
    scenario_id,
    scenarios_of,
    step_of,
)

FEATURE = """
Feature: Talk
  @SAY-1
  Scenario: Alone
    When it is said

  Rule: Say one thing
    @smoke @SAY-2
    Scenario: In a rule
      When it is said

    @SAY-3
    Scenario Outline: The <what>
      When <what> is said

      @until-0.24
      Examples: one
        | what  | whom |
        | peace | Anna |
        | war   | Otto |

      @from-0.25
      Examples: another
        | what  | whom |
        | peace | Anna |

  Rule: Say another
    @SAY-4
    Scenario: In another rule
      When it is said
"""
ALONE, SECOND, FOURTH = ("SAY-1", ""), ("SAY-2", "Say one thing"), ("SAY-4", "Say another")
ROW = ("SAY-3", "Say one thing")


@pytest.fixture
def feature() -> Any:
    return parse_feature(FEATURE)


@pytest.fixture
def runner() -> ModelRunner:
    return ModelRunner(Configuration("", load_config=False), features=[])


def ids(scenarios: Any) -> list[tuple[str, str]]:
    return [(scenario_id(scenario), rule) for scenario, rule in scenarios]


def test_behave_has_the_attributes_that_the_project_uses(feature: Any, runner: ModelRunner) -> None:
    alone, rule, _ = feature.run_items
    used = [
        (feature, "run_items", "removes the scenarios of a feature from"),
        (rule, "run_items", "removes the scenarios of a rule from"),
        (rule.run_items[1], "scenarios", "removes the rows of an outline from"),
        (alone, "_row", "reads the cells of an outline's row from"),
        (alone, "continue_after_failed_step", "continues after a failed Then step with"),
        (Context(runner), "_runner", "reaches the runner through"),
        *((runner, attribute, "gives hooks") for attribute in ("step_registry", "features", "formatters")),
        (StepRegistry(), "find_match", "finds the definition of a step with"),
    ]
    for owner, attribute, purpose in used:
        name = type(owner).__name__
        message = f"behave {behave.__version__}: {name} has no attribute {attribute}; the project {purpose} it"
        assert hasattr(owner, attribute), message
    assert runner_of(Context(runner)).features is runner.features


@pytest.mark.parametrize("error", [ValueError("wrong"), AssertionError("false")])
def test_a_step_raises_its_own_exception(error: Exception) -> None:
    def step(_context: Any) -> None:
        raise error

    registry = StepRegistry()
    registry.add_step_definition("then", "it holds", step)
    with pytest.raises(type(error)) as raised:
        run_step(registry, step_of("it holds"), SimpleNamespace(use_with_user_mode=nullcontext))
    assert raised.value is error
    with pytest.raises(LookupError, match=r"a\.toml uses a step that is not defined: the moon is full"):
        run_step(registry, step_of("the moon is full", file="a.toml"), None)


def test_every_row_of_an_outline_is_a_scenario_with_cells(feature: Any) -> None:
    assert ids(scenarios_of(feature)) == [ALONE, SECOND, ROW, ROW, ROW, FOURTH]
    peace, war = {"what": "peace", "whom": "Anna"}, {"what": "war", "whom": "Otto"}
    assert [cells_of(scenario) for scenario, _ in scenarios_of(feature)] == [{}, {}, peace, war, peace, {}]


def test_the_id_of_a_scenario_is_the_tag_that_ends_in_a_number() -> None:
    tags = (["smoke", "from-0.25", "SAY-12"], ["not-0.27-go", "SAY-x"])
    assert [scenario_id(SimpleNamespace(tags=each)) for each in tags] == ["SAY-12", ""]


@pytest.mark.parametrize(
    ("tag", "removed", "left"),
    [
        ("SAY-3", [ROW] * 3, [ALONE, SECOND, FOURTH]),
        # Two rows have the same name: only the one with the tag goes.
        ("from-0.25", [ROW], [ALONE, SECOND, ROW, ROW, FOURTH]),
        ("SAY-4", [FOURTH], [ALONE, SECOND, ROW, ROW, ROW]),
        ("nothing", [], [ALONE, SECOND, ROW, ROW, ROW, FOURTH]),
    ],
)
def test_scenarios_are_removed_with_empty_rules_and_outlines(feature: Any, tag: str, removed: Any, left: Any) -> None:
    assert ids(remove_scenarios(feature, lambda scenario: tag in scenario.effective_tags)) == removed
    assert ids(scenarios_of(feature)) == left
    assert all(tag not in scenario.effective_tags for scenario, _ in scenarios_of(feature))
    assert all(getattr(item, "run_items", [item]) for item in feature.run_items)
    remove_scenarios(feature, lambda _: True)
    assert feature.run_items == []
