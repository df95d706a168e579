"""The picture that the README and the pages open with: what is sent, and what becomes of the sessions.

Release by release it is made from the features and the known deviations: of every scenario with the tag
``@picture``, the first request. For one run it is made from what happened in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from acceptance.behave_adapter import cells_of, read_scenarios, scenario_id
from acceptance.contract.contract import contract_of, known_releases, lines
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import Deviation, read
from acceptance.reports.rendering import OUTCOMES
from acceptance.reports.results import Result, Verdict

ALL_GONE, NOT_TRIED = "all gone", "not tried"

# What a Then says: what it means for five sessions, of which the first was asked for.
FATES = {
    "no sessions remain": ALL_GONE,
    "all 5 sessions remain": "safe",
    "sessions 2, 3, 4 and 5 remain": "as asked",
}


@dataclass(frozen=True)
class Sent:
    """A request, and what it is declared as where that is said. ``step`` is the step in which it is sent."""

    step: str
    request: str
    declared_as: str = ""


@dataclass(frozen=True)
class Picture:
    """The columns are releases in words; a row has what is sent, and what becomes of the sessions in each column."""

    columns: Sequence[str]
    rows: Sequence[tuple[Sent, Sequence[str]]]

    def as_markdown(self) -> str:
        table = [["sent", *self.columns], ["---"] * (len(self.columns) + 1)]
        for sent, fates in self.rows:
            declared = f", declared as {sent.declared_as}" if sent.declared_as else ""
            in_bold = [f"**{fate}**" if fate == ALL_GONE else fate for fate in fates]
            table.append([f"`{sent.request}`{declared}", *in_bold])
        return "\n".join(f"| {' | '.join(row)} |" for row in table)


@cache
def picture() -> Picture:
    """That of all releases, as they are known; lines of contracts that do the same in every row share a column."""
    deviations = read()
    scenarios = read_scenarios()
    shown = [scenario for scenario in scenarios if "picture" in scenario.effective_tags]
    firsts = {scenario_id(scenario): scenario for scenario in reversed(shown)}
    sent = [_sent(scenario) for scenario in reversed(firsts.values())]
    fates = {
        contract_of(release).line: [_fate(each.step, release, scenarios, deviations) for each in sent]
        for release in known_releases()
    }
    columns = [[line for line, _ in same] for _, same in groupby(fates.items(), key=lambda each: each[1])]
    return Picture(
        [_in_words(column, is_last=column is columns[-1]) for column in columns],
        [(each, [fates[column[0]][number] for column in columns]) for number, each in enumerate(sent)],
    )


def _sent(scenario: Any) -> Sent:
    cells = cells_of(scenario)
    return Sent(_step(scenario), cells["request"], cells.get("declared as", ""))


def _step(scenario: Any) -> str:
    """The step in which something is sent; empty where nothing is."""
    return next((str(step.name) for step in scenario.steps if step.step_type == "when"), "")


def _fate(step: str, release: Release, scenarios: Sequence[Any], deviations: Sequence[Deviation]) -> str:
    """What the scenarios with this request say of its sessions, or what is known to happen instead."""
    for scenario in scenarios:
        if _step(scenario) == step and release in Range.of_tags(scenario.effective_tags):
            known = [each for each in deviations if each.covers_scenario(scenario) and each.covers_release(release)]
            if fate := _said_by(known[0].instead if known else (step.name for step in scenario.steps)):
                return fate
    return "?"


def fate_of(sent: Sent, results: Iterable[Result]) -> str:
    """What became of the sessions in a run; where the rule neither held nor broke in a known way, its verdict."""
    for result in results:
        steps = [step.text.partition(" ")[2] for step in result.steps]
        if sent.step in steps:
            if result.verdict not in (Verdict.PASSED, Verdict.DEVIATES):
                return OUTCOMES[result.verdict][1]
            if fate := _said_by(result.known.instead if result.known else steps):
                return fate
    return NOT_TRIED


def _said_by(steps: Iterable[str]) -> str:
    return next((FATES[step] for step in steps if step in FATES), "")


def _in_words(column: Sequence[str], *, is_last: bool) -> str:
    """The releases of some lines: ``0.18 to 0.22.0``, ``0.25 and later``."""
    first, last = lines()[column[0]].first, lines()[column[-1]].last
    if is_last:
        return f"{first} and later"
    return first if first == last else f"{first} to {last}"
