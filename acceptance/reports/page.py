"""``specification.html``: what holds, for people who never open a terminal."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from acceptance.known_deviations.deviations import SEVERITIES, SEVERITY_MEANINGS, KnownDeviation
from acceptance.reports.charts import Timeline, by_number_of_sessions, timeline
from acceptance.reports.files import write_whole
from acceptance.reports.picture import ALL_GONE, NOT_TRIED, Picture, fate_of, picture
from acceptance.reports.rendering import fill_in, slug
from acceptance.reports.results import Result, RuleResult, RunResult, Verdict

Thing = TypeVar("Thing", bound=Hashable)

# What is known of a rule, each with the scenarios in which it was seen.
Deviations = list[tuple[KnownDeviation, list[Result]]]


class Page:
    """The page in that folder, beside JUnit's files."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "specification.html"

    def write(self, run: RunResult) -> None:
        text = as_html(run)
        write_whole(self.file, lambda file: file.write_text(text, "utf-8"))

    def lacks(self, places: Iterable[str]) -> list[str]:
        """Those of the scenarios that were run, by file and line, of which it shows nothing."""
        shown = re.findall(r' data-place="([^"]+)"', self.file.read_text("utf-8"))
        return sorted(set(places).difference(map(unescape, shown)))


def as_html(run: RunResult) -> str:
    """The whole page."""
    return fill_in(
        "specification.html",
        run=run,
        headline=headline(run),
        features=list(_by_feature(run.rules)),
        descriptions={feature.name: feature.description for feature in run.features},
        addresses=addresses(run.results),
        rule_addresses=rule_addresses(run.rules),
        deviations=deviations(run.rules),
        meanings=SEVERITY_MEANINGS,
        picture=_picture(run),
        all_gone=ALL_GONE,
        timelines=dict(_timelines(run.results)),
        chart=by_number_of_sessions(run.results),
    )


def headline(run: RunResult) -> str:
    """The answer in a few words."""
    rules = run.rule_counts
    if run.trouble:
        return "The run did not come to its end"
    if rules[Verdict.FAILED]:
        return "1 rule does not hold" if rules[Verdict.FAILED] == 1 else f"{rules[Verdict.FAILED]} rules do not hold"
    if rules[Verdict.ERROR]:
        return f"Nothing was learnt about {rules[Verdict.ERROR]} of the rules"
    if run.serious:
        return "Nothing new is broken, but data can be lost in known ways"
    if rules[Verdict.DEVIATES]:
        return "Nothing is broken but what is known"
    return "Every rule that was looked at holds"


def addresses(results: Iterable[Result]) -> dict[str, str]:
    """The address of each scenario on the page, by its place: its id, and for further rows of it a number.

    The first is one that applies, if there is such a one.
    """
    in_order = sorted(results, key=lambda each: (each.verdict is Verdict.NOT_APPLICABLE, each.place))
    return _numbered((result.location, result.id or "around") for result in in_order)


def rule_addresses(rules: Iterable[RuleResult]) -> dict[RuleResult, str]:
    """The address of each rule on the page: its words."""
    return _numbered((rule, f"rule-{slug(rule.name or rule.feature)}") for rule in rules)


def _numbered(names: Iterable[tuple[Thing, str]]) -> dict[Thing, str]:
    """The names, told apart by a number where several things have the same."""
    numbered: dict[Thing, str] = {}
    seen: Counter[str] = Counter()
    for thing, name in names:
        seen[name] += 1
        numbered[thing] = name if seen[name] == 1 else f"{name}.{seen[name]}"
    return numbered


def deviations(rules: Sequence[RuleResult]) -> dict[str, list[tuple[RuleResult, Deviations]]]:
    """The known deviations that were seen, rule by rule, under their severity; the worst come first."""
    found = {severity: [(rule, _deviations(rule, severity)) for rule in rules] for severity in SEVERITIES}
    found = {severity: [(rule, known) for rule, known in each if known] for severity, each in found.items()}
    return {severity: each for severity, each in found.items() if each}


def _deviations(rule: RuleResult, severity: str) -> Deviations:
    seen: dict[KnownDeviation, list[Result]] = {}
    for result in rule.scenarios:
        if result.known and result.known.severity == severity:
            seen.setdefault(result.known, []).append(result)
    return list(seen.items())


def _picture(run: RunResult) -> Picture | None:
    """That of all releases, with a column for this run in front; None where the run has tried nothing of it."""
    if not run.results:
        # Nor is there one where a feature cannot be read.
        return None
    known = picture()
    own = [fate_of(sent, run.results) for sent, _ in known.rows]
    if set(own) <= {NOT_TRIED}:
        return None
    rows = [(sent, [fate, *fates]) for fate, (sent, fates) in zip(own, known.rows, strict=True)]
    return Picture(["this run", *known.columns], rows)


def _by_feature(rules: Sequence[RuleResult]) -> Iterator[tuple[str, list[RuleResult]]]:
    for name, rules_of_feature in groupby(rules, key=lambda rule: rule.feature):
        yield name, list(rules_of_feature)


def _timelines(results: Sequence[Result]) -> Iterator[tuple[str, Timeline]]:
    """Of each scenario in which people asked at the same time, by its place."""
    for result in results:
        if len({each.person for each in result.asked}) > 1:
            yield result.location, timeline(result.asked)
