"""The only module that knows behave's model from the inside: features, scenarios, rows and steps.

It reads attributes that behave 1.3.3 does not publish. `tests/unit/test_behave_adapter.py` says which, and names what
changed when another version of behave lacks one.
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
    """Return the features of a folder, by file name, as behave reads them. Callers must not change them."""
    return tuple(parse_file(str(file)) for file in sorted(folder.glob("*.feature")))


def read_scenarios(folder: Path = FEATURES) -> list[Any]:
    """Return every scenario of the features of a folder; each row of an outline is one."""
    return [scenario for feature in read_features(folder) for scenario, _ in scenarios_of(feature)]


def parse_steps(scenario: str) -> list[Step]:
    """Return the steps of a scenario written in Gherkin."""
    feature = parse_feature(f"Feature: one\n{scenario}")
    assert feature
    return list(feature.scenarios[0].steps)


def scenario_id(scenario: Any) -> str:
    """The tag that names a scenario, like ``PARTIAL-1``: the one that ends in a hyphen and a number."""
    return next((str(tag) for tag in scenario.tags if tag.rpartition("-")[2].isdecimal()), "")


def scenarios_of(container: Any) -> Iterator[tuple[Any, str]]:
    """Each scenario of a feature or rule, a row of an outline being one, and the name of its rule."""
    for item in container.run_items:
        if isinstance(item, Rule):
            yield from ((scenario, item.name) for scenario, _ in scenarios_of(item))
        elif isinstance(item, ScenarioOutline):
            yield from ((scenario, "") for scenario in item.scenarios)
        else:
            yield item, ""


def remove_scenarios(container: Any, does: Callable[[Any], bool], rule: str = "") -> list[tuple[Any, str]]:
    """Take every scenario that does so out of a feature or rule; each is given back with the name of its rule.

    What is left without a scenario goes too: a report shows nothing of it.
    """
    taken: list[tuple[Any, str]] = []
    kept = []
    for item in container.run_items:
        if isinstance(item, Rule):
            taken += remove_scenarios(item, does, item.name)
            is_left = bool(item.run_items)
        else:
            scenarios = item.scenarios if isinstance(item, ScenarioOutline) else [item]
            going = [scenario for scenario in scenarios if does(scenario)]
            taken += [(scenario, rule) for scenario in going]
            is_left = len(going) < len(scenarios)
            if isinstance(item, ScenarioOutline):
                # To behave, two rows of the same name are equal.
                item.scenarios[:] = [scenario for scenario in scenarios if not any(scenario is one for one in going)]
        if is_left:
            kept.append(item)
    container.run_items[:] = kept
    return taken


def cells_of(scenario: Any) -> dict[str, str]:
    """Return the cells of an outline's row by column; empty for a scenario that is not a row."""
    row = scenario._row
    return dict(zip(row.headings, row.cells, strict=True)) if row else {}


def step_of(text: str, kind: str = "then", file: str = "") -> Step:
    """Return a step that behave can look up; ``kind`` is given, when or then."""
    return Step(file, 0, kind.capitalize(), kind, text)


def run_step(registry: Any, step: Step, context: Any) -> None:
    """Run a step without its hooks, so that its exception arrives unchanged. LookupError if the step is not defined.

    behave's own ``execute_steps`` turns every exception into an AssertionError.
    """
    match = registry.find_match(step)
    if match is None:
        raise LookupError(f"{step.filename} uses a step that is not defined: {step.name}")
    match.run(context)


def step_registry_of(context: Any) -> Any:
    """Return the step definitions of the run."""
    return context._runner.step_registry


def features_of(context: Any) -> list[Any]:
    """Return the features that are about to run; removing one from the list keeps it from running."""
    features: list[Any] = context._runner.features
    return features
