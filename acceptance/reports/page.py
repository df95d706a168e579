"""``specification.html``: the results of a run for people who do not use a terminal."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from acceptance.known_deviations.deviations import SEVERITY_MEANINGS, KnownDeviation
from acceptance.reports.overview import columns, overview_with_run
from acceptance.reports.rendering import fill_in, slug
from acceptance.reports.results import Result, RunResult, Verdict


def render_page(run: RunResult) -> str:
    deviations: dict[str, dict[tuple[str, str, KnownDeviation], list[Result]]] = {}
    for severity, found in run.known_by_severity():
        by_rule = deviations[severity] = {}
        for result, known in found:
            by_rule.setdefault((result.feature, result.rule, known), []).append(result)
    return fill_in(
        "specification.html",
        run=run,
        headline=headline(run),
        features=[(name, list(rules)) for name, rules in groupby(run.rules, key=lambda rule: rule.feature)],
        addresses=addresses(run.results),
        rule_address=lambda feature, rule: f"rule-{slug(f'{feature} {rule}')}",
        deviations=deviations,
        meanings=SEVERITY_MEANINGS,
        columns=["this run", *columns()],
        overview=overview_with_run(run.results),
    )


def headline(run: RunResult) -> str:
    """Return the answer in a few words."""
    rules = run.rule_counts
    if run.stop_reason:
        return "The run did not finish"
    if count := rules[Verdict.FAILED]:
        return "1 rule does not hold" if count == 1 else f"{count} rules do not hold"
    if count := rules[Verdict.ERROR]:
        return "1 rule is inconclusive" if count == 1 else f"{count} rules are inconclusive"
    if run.losing_data:
        return "No new failures, but known deviations lose data"
    return "No failures, only known deviations" if rules[Verdict.DEVIATES] else "Every checked rule holds"


def addresses(results: Iterable[Result]) -> dict[str, str]:
    """Return the anchor of each scenario by its location: its id, and a number from the second row of an outline on.

    The plain id leads to a row that applies to this release, if there is one.
    """
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for result in sorted(results, key=lambda each: (each.verdict is Verdict.NOT_APPLICABLE, each.place)):
        name = result.id or "hook"
        seen[name] += 1
        found[result.location] = name if seen[name] == 1 else f"{name}.{seen[name]}"
    return found
