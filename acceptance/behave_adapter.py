"""The scenarios of behave's model: found, named, and taken out where they do not apply."""

from collections.abc import Callable, Iterator
from typing import Any

from behave.model import Rule, ScenarioOutline


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


def take_out(container: Any, does: Callable[[Any], bool], rule: str = "") -> list[tuple[Any, str]]:
    """Take every scenario that does so out of a feature or rule; each is given back with the name of its rule.

    What is left without a scenario goes too: a report shows nothing of it.
    """
    taken: list[tuple[Any, str]] = []
    kept = []
    for item in container.run_items:
        if isinstance(item, Rule):
            taken += take_out(item, does, item.name)
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
    """The cells of a row of an outline by their columns; none for a scenario that is no row."""
    row = scenario._row  # behave 1.3.3 has no public way to it
    return dict(zip(row.headings, row.cells, strict=True)) if row else {}
