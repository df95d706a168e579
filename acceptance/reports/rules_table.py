"""The table that leads from each rule to its scenarios, the releases they are for, and those that break it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from behave.model import Rule, ScenarioOutline

from acceptance.behave_adapter import scenario_id
from acceptance.contract.releases import Range
from acceptance.known_deviations.deviations import Deviation


def rules_table(features: Sequence[Any], deviations: Sequence[Deviation]) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(features, deviations)) + "\n"


def _lines(features: Sequence[Any], deviations: Sequence[Deviation]) -> Iterator[str]:
    yield "# The rules, and the scenarios that check them"
    yield ""
    yield "Written by `make docs` from the feature files; a test sees to it that it is up to date. Releases are written"
    yield "as in the tags: `from-0.24` and `until-0.24` take every patch of 0.24 in, `not-0.22.1` leaves that one out."
    for feature in features:
        yield from ("", f"## {feature.name}", "", f"`features/{Path(feature.filename).name}`", "")
        yield from ("| rule | scenarios | releases | known to be broken by |", "|---|---|---|---|")
        for rule in (item for item in feature.run_items if isinstance(item, Rule)):
            for number, scenario in enumerate(rule.run_items):
                id = scenario_id(scenario)
                broken = dict.fromkeys(each.releases for each in deviations if each.scenario == id)
                cells = ("" if number else rule.name, _named(id, scenario), _releases(scenario), "; ".join(broken))
                yield f"| {' | '.join(cells)} |"
    yield from ("", "## What has no scenario", "")
    yield "Sessions in which messages were exchanged: an answer in a session needs a language model, and the"
    yield "specification does without one."


def _named(id: str, scenario: Any) -> str:
    """A scenario with its id; Markdown would take the placeholders of an outline for HTML."""
    return f"@{id} {scenario.name.replace('<', '*').replace('>', '*')}"


def _releases(scenario: Any) -> str:
    """The releases that it is for, with the number of rows where it is an outline."""
    if not isinstance(scenario, ScenarioOutline):
        return str(Range.of_tags(scenario.effective_tags))
    ranges = Counter(Range.of_tags(row.effective_tags) for row in scenario.scenarios)
    return "; ".join(f"{releases} ({rows} row{'s' if rows > 1 else ''})" for releases, rows in ranges.items())
