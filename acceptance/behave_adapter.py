"""The only module that uses undocumented parts of behave 1.3.3.

`tests/unit/test_behave_adapter.py` names what changed if another version of behave lacks one of them.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from behave.model import Rule, ScenarioOutline, Step
from behave.parser import parse_feature, parse_file

from acceptance.paths import FEATURES


@cache
def read_features(folder: Path = FEATURES) -> tuple[Any, ...]:
    """Return the features of a folder, sorted by file name. Callers must not change them."""
    return tuple(parse_file(str(file)) for file in sorted(folder.glob("*.feature")))


def read_scenarios(folder: Path = FEATURES) -> list[Any]:
    """Return every scenario of a folder, and every row of an outline."""
    return [scenario for feature in read_features(folder) for scenario, _ in scenarios_of(feature)]


def parse_steps(scenario: str) -> list[Step]:
    """Return the steps of a scenario written in Gherkin."""
    feature = parse_feature(f"Feature: one\n{scenario}")
    assert feature
    return list(feature.scenarios[0].steps)


def scenario_id(scenario: Any) -> str:
    """Return the tag that ends in a hyphen and a number, like ``PARTIAL-1``."""
    return next((str(tag) for tag in scenario.tags if tag.rpartition("-")[2].isdecimal()), "")


def scenarios_of(item: Any, rule: str = "") -> Iterator[tuple[Any, str]]:
    """Yield each scenario of a feature or rule, and each row of an outline, with the name of its rule."""
    if isinstance(item, ScenarioOutline):
        yield from ((row, rule) for row in item.scenarios)
    elif not hasattr(item, "run_items"):
        yield item, rule
    else:
        for each in item.run_items:
            yield from scenarios_of(each, item.name if isinstance(item, Rule) else "")


def remove_scenarios(container: Any, is_unwanted: Callable[[Any], bool]) -> list[tuple[Any, str]]:
    """Remove scenarios from a feature or rule. Return each with the name of its rule.

    Rules and outlines without a scenario are removed too: reports would show them empty.
    """
    removed = [each for each in scenarios_of(container) if is_unwanted(each[0])]
    for item in container.run_items:
        if isinstance(item, Rule):
            remove_scenarios(item, is_unwanted)
        elif isinstance(item, ScenarioOutline):
            item.scenarios[:] = [row for row in item.scenarios if not is_unwanted(row)]
    container.run_items[:] = [
        item for item in container.run_items if not all(is_unwanted(scenario) for scenario, _ in scenarios_of(item))
    ]
    return removed


def cells_of(scenario: Any) -> dict[str, str]:
    """Return the cells of an outline's row by column; none for any other scenario."""
    row = scenario._row
    return dict(zip(row.headings, row.cells, strict=True)) if row else {}


def step_of(text: str, kind: str = "then", file: str = "") -> Step:
    """Return a step that behave can look up; ``kind`` is given, when or then."""
    return Step(file, 0, kind.capitalize(), kind, text)


def run_step(registry: Any, step: Step, context: Any) -> None:
    """Run a step without hooks. Raise its exception unchanged, or LookupError if the step is not defined.

    behave's ``execute_steps`` turns every exception into an AssertionError.
    """
    match = registry.find_match(step)
    if match is None:
        raise LookupError(f"{step.filename} uses a step that is not defined: {step.name}")
    match.run(context)


def runner_of(context: Any) -> Any:
    """Return behave's runner; its ``step_registry``, and its ``features`` and ``formatters``, which may be changed."""
    return context._runner
