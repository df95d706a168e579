"""``docs/releases.md``: which rule holds in which release, and what each upgrade changes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from acceptance.known_deviations.deviations import SEVERITY_MEANINGS
from acceptance.reports.changes import compare
from acceptance.reports.comparison import Comparison
from acceptance.reports.overview import columns, overview
from acceptance.reports.rendering import LABELS, plain
from acceptance.reports.results import RuleResult, RunResult, Verdict

# The verdicts of a run without a surprise.
EXPECTED = {Verdict.PASSED, Verdict.DEVIATES, Verdict.NOT_APPLICABLE}
AT_TIMES = ", at times"

INTRODUCTION = """\
# Which rule holds in which release

`make releases` writes this page: it runs the specification against the embedded server as the last release of each
column. `make test` checks the page against every release that was recorded from a real RAGFlow. As in RAGFlow's default
configuration, the database does not store emoji.

## Requests and their effect on the five sessions of an assistant

SESSION-1 stands for the id of the first session.
"""

LEGEND = """
**all gone**: all five sessions were deleted · safe: none was · as asked: session 1 was · —: no rule for these releases.

## Rules
"""


def release_table(runs: Sequence[RunResult]) -> str:
    """Return the page for runs of the whole specification, one for each column.

    It does not depend on the duration or the wording of answers.
    """
    return "\n".join(_lines(runs)) + "\n"


def answer_to_switch(runs: Sequence[RunResult]) -> str:
    """Return the comparison of the newest Go server with the Python server of its release, as Markdown."""
    run_of = dict(zip(columns().values(), runs, strict=True))
    after = [release for release in run_of if release.variant == "go"][-1]
    before = next(release for release in run_of if release.version == after.version and not release.variant)
    changes = compare(run_of[before].results, run_of[after].results)
    return Comparison(str(before), str(after), changes).as_markdown()


def _lines(runs: Sequence[RunResult]) -> Iterator[str]:
    yield INTRODUCTION
    yield overview()
    yield LEGEND
    yield from (f"- {label.sign} {label.text}" for verdict, label in LABELS.items() if verdict in EXPECTED)
    yield f"- Severity: {'; '.join(f'{severity}: {meaning}' for severity, meaning in SEVERITY_MEANINGS.items())}."
    yield "- at times: the deviation does not occur in every run."
    yield from ("", f"| rule | {' | '.join(columns())} |", f"|{'---|' * (len(runs) + 1)}")
    # A run that stopped early lacks some rules.
    found = [cells_of_run(run) for run in runs]
    rows = {rule: [each.get(rule, _cell(Verdict.NOT_RUN)) for each in found] for each in found for rule in each}
    counts = [Counter(cell.removesuffix(AT_TIMES) for cell in column) for column in zip(*rows.values(), strict=True)]
    for cell in (_cell(verdict, severity) for verdict in LABELS for severity in (*SEVERITY_MEANINGS, "")):
        if any(cell in count for count in counts):
            yield f"| number of rules: {cell} | {' | '.join(str(count[cell]) for count in counts)} |"
    for feature, rules in groupby(rows, key=lambda name: name[0]):
        yield f"| **{plain(feature)}** |{' |' * len(runs)}"
        yield from (f"| {plain(rule[1])} | {' | '.join(rows[rule])} |" for rule in rules)
    yield from ("", "## What each upgrade changes", "")
    yield "`make compare FROM=0.24 TO=0.25` shows each scenario before and after, and reworded answers."
    for (one, before), (other, after) in pairwise(zip(columns(), runs, strict=True)):
        yield from ("", f"### From {one.rpartition(' ')[2]} to {other.partition(' ')[0]}")
        yield from list(_changes(before, after)) or ["", "No change that users notice."]


def _changes(before: RunResult, after: RunResult) -> Iterator[str]:
    for change, rows in compare(before.results, after.results).items():
        if change.is_noticeable:
            yield from ("", f"{change.title}:", "")
            ids: dict[str, set[str]] = {}
            for row in rows:
                ids.setdefault(row.rule, set()).update(row.ids)
            yield from (
                f"- {plain(rule)} ({', '.join(sorted(of_rule, key=lambda id: (len(id), id)))})"
                for rule, of_rule in ids.items()
            )


def cells_of_run(run: RunResult) -> dict[tuple[str, str], str]:
    """Return the cell of each rule by feature and name, as Markdown: ``✓``, ``**≠ high**``, ``≠ medium, at times``."""
    return {(rule.feature, rule.name): _cell_of(rule) for rule in run.rules}


def _cell_of(rule: RuleResult) -> str:
    if rule.verdict is not Verdict.DEVIATES:
        return _cell(rule.verdict)
    is_always = any(each.known and not each.known.at_times for each in rule.scenarios)
    return _cell(rule.verdict, rule.severity) + ("" if is_always else AT_TIMES)


def _cell(verdict: Verdict, severity: str = "") -> str:
    text = f"{LABELS[verdict].sign} {severity}".strip()
    return f"**{text}**" if severity == "high" else text


def is_as_documented(run: RunResult) -> bool:
    """Whether the run finished without leftovers, and every rule held or deviated as documented."""
    return bool(run.results) and not (run.stop_reason or run.leftovers or run.counts.keys() - EXPECTED)
