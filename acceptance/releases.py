"""What holds in which release, and what each upgrade changes: ``python -m acceptance.releases``.

The specification is run against the embedded server, once for all releases that behave alike. That writes a page,
and the documents that show releases side by side.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from acceptance.compare import NOTICED, Change, Compared, by_change, compare, sections
from acceptance.contract.contract import contract_of, known_releases, lines
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import SEVERITY_MEANINGS, Deviation, read
from acceptance.paths import REPORTS, ROOT
from acceptance.reports.documents import documents
from acceptance.reports.files import write_whole
from acceptance.reports.picture import ALL_GONE, picture
from acceptance.reports.rendering import OUTCOMES, fill_in
from acceptance.reports.results import RuleResult, RunResult, Verdict
from acceptance.reports.settled import scenarios, settled
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.terminal import print_error, print_line

PAGE = REPORTS / "releases.html"
DOCUMENT = ROOT / "docs" / "releases.md"

# The name of a rule, with that of its feature in front.
Rule = tuple[str, str]

# What a run of the embedded server may come to.
EXPECTED = {Verdict.PASSED, Verdict.DEVIATES, Verdict.NOT_APPLICABLE}


@dataclass(frozen=True)
class Column:
    """Releases that behave alike, from the first to the last, as they are written; ``release`` stands for them."""

    first: str
    last: str
    release: Release

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Cell:
    """What became of a rule. ``severity`` is that of the worst known deviation, which may happen at times only."""

    verdict: Verdict
    severity: str = ""
    at_times: bool = False

    @classmethod
    def of(cls, rule: RuleResult) -> "Cell":
        if rule.verdict is not Verdict.DEVIATES:
            return cls(rule.verdict)
        known = [each.known for each in rule.scenarios if each.known]
        return cls(rule.verdict, rule.severity, all(each.at_times for each in known))

    def __str__(self) -> str:
        """It in Markdown: ``✓``, ``**≠ high**``, ``≠ medium, at times``."""
        said = " ".join(filter(None, (OUTCOMES[self.verdict][0], self.severity)))
        said = f"**{said}**" if self.severity == "high" else said
        return f"{said}, at times" if self.at_times else said


# What a run that broke off has not come to.
NOT_RUN = Cell(Verdict.NOT_RUN)


@dataclass(frozen=True)
class Upgrade:
    """What changes from the last release of a column to the first of the next."""

    before: str
    after: str
    changes: tuple[Compared, ...]


@dataclass(frozen=True)
class Table:
    """Rules by releases: for each rule, a cell in each column."""

    columns: Sequence[Column]
    rows: dict[Rule, list[Cell]]
    upgrades: Sequence[Upgrade]

    @property
    def by_feature(self) -> Iterator[tuple[str, list[tuple[str, list[Cell]]]]]:
        for feature, rows in groupby(self.rows.items(), key=lambda row: row[0][0]):
            yield feature, [(rule, cells) for (_, rule), cells in rows]

    @property
    def counts(self) -> list[tuple[Cell, list[int]]]:
        """How many rules of each column come to what, in the order of the outcomes."""
        each = [
            Counter(Cell(cells[number].verdict, cells[number].severity) for cells in self.rows.values())
            for number in range(len(self.columns))
        ]
        order = [Cell(verdict, severity) for verdict in OUTCOMES for severity in (*SEVERITY_MEANINGS, "")]
        return [(cell, [count[cell] for count in each]) for cell in order if any(count[cell] for count in each)]


def columns(deviations: Sequence[Deviation]) -> list[Column]:
    """The releases of each contract line; more than one column of a line in which not all do the same."""
    alike = groupby(known_releases(), key=lambda each: (contract_of(each).line, _does(each, deviations)))
    return [_column(list(releases)) for _, releases in alike]


def _does(release: Release, deviations: Sequence[Deviation]) -> tuple[list[Deviation], list[str]]:
    """What a release is known for: its deviations, and the scenarios that are for it, by their place."""
    applying = [place for place, each in scenarios().items() if release in Range.of_tags(each.effective_tags)]
    return [each for each in deviations if each.covers_release(release)], applying


def _column(releases: Sequence[Release]) -> Column:
    line = contract_of(releases[0]).line
    of_line = [each for each in known_releases() if contract_of(each).line == line]
    last = lines()[line].last if releases[-1] == of_line[-1] else _minor(releases[-1])
    within = last if len(releases) == 1 else _minor(releases[0])
    first = lines()[line].first if releases[0] == of_line[0] else within
    return Column(first, last, releases[-1])


def _minor(release: Release) -> str:
    return f"{release.version.major}.{release.version.minor}"


def column_of(run: RunResult, deviations: Sequence[Deviation]) -> dict[Rule, Cell]:
    """What became of each rule; what happens at times only is told from the list of deviations."""
    return {(rule.feature, rule.name): Cell.of(rule) for rule in settled(run, deviations).rules}


def table_of(runs: Sequence[RunResult], deviations: Sequence[Deviation]) -> Table:
    """The table of runs of the whole specification, one for each column."""
    cells = [column_of(run, deviations) for run in runs]
    rules = [settled(run, deviations).rules for run in runs]
    of_releases = columns(deviations)
    upgrades = [
        Upgrade(one.last, other.first, tuple(compare(before, after)))
        for (one, before), (other, after) in pairwise(zip(of_releases, rules, strict=True))
    ]
    rows = dict.fromkeys(rule for column in cells for rule in column)
    return Table(of_releases, {rule: [column.get(rule, NOT_RUN) for column in cells] for rule in rows}, upgrades)


def as_markdown(table: Table) -> str:
    """The document. It says nothing that another run of the same releases would say otherwise."""
    return "\n".join(_lines(table)) + "\n"


INTRODUCTION = """\
# What holds in which release

Written by `make releases`, which runs the specification against the embedded server as the last release of each column.
`make test` runs it against each release that was recorded from a real RAGFlow, and holds this document to that.

## What became of the five sessions of an assistant

SESSION-1 stands for the id of the first.
"""

LEGEND = """
**all gone**: every session of the assistant was deleted · safe: none was · as asked: session 1 was.

## Rule by rule
"""


def _lines(table: Table) -> Iterator[str]:
    yield INTRODUCTION
    yield picture().as_markdown()
    yield LEGEND
    yield from (f"- {line}" for line in _legend())
    yield from ("", *_table("rules in all", table, [(str(cell), list(map(str, each))) for cell, each in table.counts]))
    for feature, rows in table.by_feature:
        yield from ("", f"### {feature}", "")
        yield from _table("rule", table, [(rule, list(map(str, cells))) for rule, cells in rows])
    yield from ("", "## What each upgrade changes", "", "What is only worded differently is left out.")
    for upgrade in table.upgrades:
        yield from ("", f"### From {upgrade.before} to {upgrade.after}")
        noticed = list(sections(upgrade.changes, "####", NOTICED))
        yield from noticed or ("", "Nothing, but for the wording of answers.")


def _legend() -> Iterator[str]:
    for verdict, (sign, words, *_) in OUTCOMES.items():
        if verdict in EXPECTED:
            yield f"{sign} {words}"
    meanings = "; ".join(f"{severity}: {meaning}" for severity, meaning in SEVERITY_MEANINGS.items())
    yield f"Beside a known deviation stands how serious it is. {meanings}."
    yield "At times: it happens not every time, and is shown as it is known."


def _table(what: str, table: Table, rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    yield f"| {' | '.join([what, *map(str, table.columns)])} |"
    yield f"|{'---|' * (len(table.columns) + 1)}"
    yield from (f"| {' | '.join([name, *cells])} |" for name, cells in rows)


def as_html(table: Table) -> str:
    """The page; it also has what is only worded differently."""
    return fill_in(
        "releases.html",
        table=table,
        upgrades=[(upgrade, by_change(upgrade.changes)) for upgrade in table.upgrades],
        Change=Change,
        meanings=SEVERITY_MEANINGS,
        picture=picture(),
        all_gone=ALL_GONE,
    )


def main() -> int:
    argparse.ArgumentParser(prog="make releases", description=__doc__).parse_args()
    return as_command("The table of the releases", _run_and_write)


def _run_and_write(runner: Runner) -> int:
    deviations = read()
    sides = [Side(str(column.release)) for column in columns(deviations)]
    print_error(f"running the specification as {', '.join(map(str, sides))} ...")
    runs = runner.run(sides, workers=os.cpu_count() or 1)
    table = table_of(runs, deviations)
    _write(PAGE, as_html(table))
    bad = [str(side) for side, run in zip(sides, runs, strict=True) if not is_green(run)]
    if bad:
        print_error(
            f"Not every rule does as it is known to, in: {', '.join(bad)}. {PAGE} says more; no document is renewed."
        )
        return 1
    for file, text in {DOCUMENT: as_markdown(table), **documents()}.items():
        _write(file, text)
        print_line(f"written: {file.relative_to(ROOT)}")
    return 0


def is_green(run: RunResult) -> bool:
    """Whether it came to its end, left nothing, and every rule did as it is known to."""
    return bool(run.results) and not (run.trouble or run.left or run.counts.keys() - EXPECTED)


def _write(file: Path, text: str) -> None:
    write_whole(file, lambda part: part.write_text(text, "utf-8"))


if __name__ == "__main__":
    sys.exit(main())
