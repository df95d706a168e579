"""The overview in the README, ``docs/releases.md`` and the page: which request deletes what, release by release.

It comes from the features and the known deviations: a row is the first request of a scenario with the tag ``@picture``.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from acceptance.behave_adapter import cells_of, read_scenarios, scenario_id
from acceptance.contract.contract import contract_of, known_releases, lines
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import Deviation, read
from acceptance.reports.rendering import LABELS
from acceptance.reports.results import Result, Verdict

ALL_GONE, NOT_SENT, NO_RULE = "all gone", "not sent", "—"

# A Then step, and its meaning if session 1 of 5 was requested.
OUTCOMES = {
    "no sessions remain": ALL_GONE,
    "all 5 sessions remain": "safe",
    "sessions 2, 3, 4 and 5 remain": "as asked",
}


class Row(NamedTuple):
    """A request, its When step, its content type if that is stated, and the outcome in each column."""

    step: str
    request: str
    declared_as: str
    outcomes: list[str]


@cache
def columns() -> dict[str, Release]:
    """Return a title for each contract line, like ``0.18 to 0.22.0``, with the last release of the line."""
    last_releases = {contract_of(release).line: release for release in known_releases()}
    ranges = {line: lines()[line] for line in last_releases}
    return {
        each.first if each.first == each.last else f"{each.first} to {each.last}": last_releases[line]
        for line, each in ranges.items()
    }


def overview() -> str:
    """Return the overview of all known releases as a table in Markdown."""
    table = [["sent", *columns()], ["---"] * (len(columns()) + 1)]
    for row in _rows():
        sent = f"`{row.request}`{row.declared_as and f', declared as {row.declared_as}'}"
        table.append([sent, *(f"**{each}**" if each == ALL_GONE else each for each in row.outcomes)])
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def overview_with_run(results: Sequence[Result]) -> list[Row]:
    """Return the overview with the outcomes of a run in front; empty if the run sent none of the requests."""
    if not results:
        # A feature may be unreadable, and then the overview is, too.
        return []
    rows = [row._replace(outcomes=[_outcome_in_run(row.step, results), *row.outcomes]) for row in _rows()]
    return rows if any(row.outcomes[0] != NOT_SENT for row in rows) else []


@cache
def _rows() -> list[Row]:
    deviations, scenarios, rows = read(), read_scenarios(), {}
    for scenario in scenarios:
        if "picture" in scenario.effective_tags and scenario_id(scenario) not in rows:
            cells, step = cells_of(scenario), _when_step(scenario)
            outcomes = [_outcome(step, release, scenarios, deviations) for release in columns().values()]
            rows[scenario_id(scenario)] = Row(step, cells["request"], cells.get("declared as", ""), outcomes)
    return list(rows.values())


def _outcome_in_run(step: str, results: Sequence[Result]) -> str:
    for result in results:
        steps = [each.text.partition(" ")[2] for each in result.steps]
        if step in steps:
            if result.verdict not in (Verdict.PASSED, Verdict.DEVIATES):
                return LABELS[result.verdict].text
            if outcome := _stated(result.known.instead if result.known and result.known.occurred else steps):
                return outcome
    return NOT_SENT


def _outcome(step: str, release: Release, scenarios: Iterable[Any], deviations: Sequence[Deviation]) -> str:
    """Return the outcome that the scenarios with this step, or their known deviations, state for a release."""
    for scenario in scenarios:
        if _when_step(scenario) == step and release in Range.from_tags(scenario.effective_tags):
            known = [each for each in deviations if each.covers_scenario(scenario) and each.covers_release(release)]
            steps = known[0].instead if known else [step.name for step in scenario.steps]
            if outcome := _stated(steps):
                return outcome
    return NO_RULE


def _stated(steps: Iterable[str]) -> str:
    return next((OUTCOMES[step] for step in steps if step in OUTCOMES), "")


def _when_step(scenario: Any) -> str:
    """Return the first When step; empty if there is none."""
    return next((str(step.name) for step in scenario.steps if step.step_type == "when"), "")
