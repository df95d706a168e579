"""What the mutants say about the specification: a page for the browser, and a summary for the documentation."""

import datetime
import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from tests.mutation.results import Fate, Mutant, mutants_of

# Of the mutants that are not equivalent, so many have to be noticed.
MARK = 0.97
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
td, th { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } code { font-size: 85% }
.survived, .unknown { background: #fdd } .equivalent { background: #eee }
"""


def write(sessions: Mapping[str, Path], root: Path) -> int:
    """Write both, and say where. 1 where the mark is missed, or a mutant could not be run; 0 otherwise."""
    mutants = {line: mutants_of(line, session) for line, session in sessions.items()}
    (root / "reports" / "mutation.html").write_text(page(mutants), "utf-8")
    (root / "docs" / "mutation.md").write_text(summary(mutants), "utf-8")
    for line, all_of_line in mutants.items():
        print(f"line {line}: {score_in_words(all_of_line)}")
    print("reports/mutation.html, docs/mutation.md")
    good = all(score(each) >= MARK and not of(each, Fate.UNKNOWN) for each in mutants.values())
    return 0 if good else 1


def of(mutants: list[Mutant], *fates: Fate) -> list[Mutant]:
    return [mutant for mutant in mutants if mutant.fate in fates]


def score(mutants: list[Mutant]) -> float:
    """The part of the mutants that are not equivalent that was noticed, from 0 to 1."""
    noticed = len(of(mutants, Fate.NOTICED, Fate.HANGS))
    return noticed / max(1, len(mutants) - len(of(mutants, Fate.EQUIVALENT)))


def score_in_words(mutants: list[Mutant]) -> str:
    noticed, equivalent = len(of(mutants, Fate.NOTICED, Fate.HANGS)), len(of(mutants, Fate.EQUIVALENT))
    return (
        f"{score(mutants):.1%} ({noticed} of {len(mutants) - equivalent} noticed; {equivalent} others are equivalent)"
    )


def summary(mutants: Mapping[str, list[Mutant]]) -> str:
    return "\n".join([*_introduction(), *(text for line, each in mutants.items() for text in _of_line(line, each))])


def _introduction() -> Iterator[str]:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    yield f"""# What the specification notices, measured by mutants

A mutant is the embedded server with one small change: a comparison turned round, a number one higher, a condition
denied. The specification is run against each, and has to fail. What it does not notice is listed below.

Run on {datetime.date.today():%d %B %Y} with `make mutation`, which is `python -m tests.mutation`: cosmic-ray with
`behave` as its test command, without the scenarios of size (`@scale`, `@huge`). {machine}.

The mutants are made in what the specification speaks of: who asks, whose it is, what is asked for, deleting, listing
and answering. Not in the scope are the storage (`database.py`), the start of the server, creating and renaming, the
calls that are about assistants only, pages and orders of a list that are out of the ordinary, what the release of the
line has replaced, and annotations. Which functions that are stands in `tests/mutation/line-*.toml`. This page is
written by the run; the reasons are from `tests/mutation/equivalent.toml`.
"""


def _of_line(line: str, mutants: list[Mutant]) -> Iterator[str]:
    yield f"## Line {line}: {score_in_words(mutants)}\n"
    yield "| module | mutants | noticed | by never answering | equivalent | not noticed |"
    yield "|---|---|---|---|---|---|"
    for module in sorted({mutant.module for mutant in mutants}):
        yield _counts(f"`{module}`", [mutant for mutant in mutants if mutant.module == module])
    yield _counts("**together**", mutants) + "\n"
    yield from _survivors("Not noticed", of(mutants, Fate.SURVIVED))
    yield from _survivors("Not run", of(mutants, Fate.UNKNOWN))
    yield from _equivalent(of(mutants, Fate.EQUIVALENT))


def _counts(name: str, mutants: list[Mutant]) -> str:
    fates = Counter(mutant.fate for mutant in mutants)
    others = fates[Fate.SURVIVED] + fates[Fate.UNKNOWN]
    return (
        f"| {name} | {len(mutants)} | {fates[Fate.NOTICED] + fates[Fate.HANGS]} | {fates[Fate.HANGS]} "
        f"| {fates[Fate.EQUIVALENT]} | {others} |"
    )


def _survivors(title: str, mutants: list[Mutant]) -> Iterator[str]:
    if mutants:
        yield f"### {title}\n"
    for mutant in mutants:
        yield f"- `{mutant.module}`, {mutant.place}: `{mutant.was}` became `{mutant.becomes}`."
    if mutants:
        yield ""


def _equivalent(mutants: list[Mutant]) -> Iterator[str]:
    """Each reason once, with the lines that it is about."""
    lines: dict[str, dict[str, None]] = {}
    for mutant in mutants:
        lines.setdefault(mutant.reason, {})[f"`{mutant.module}`: `{mutant.was}`"] = None
    if lines:
        yield "### Equivalent: no answer can tell them apart\n"
    for reason, places in lines.items():
        yield f"- {reason} ({'; '.join(places)})"
    if lines:
        yield ""


def page(mutants: Mapping[str, list[Mutant]]) -> str:
    tables = "".join(
        f"<h2>Line {line}: {escape(score_in_words(each))}</h2>"
        "<table><tr><th>where</th><th>was</th><th>became</th><th></th></tr>"
        f"{''.join(_row(mutant) for mutant in sorted(each, key=lambda one: one.fate is not Fate.SURVIVED))}</table>"
        for line, each in mutants.items()
    )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>What the specification notices</title>'
        f"<style>{STYLE}</style><h1>What the specification notices, measured by mutants</h1>{tables}</html>\n"
    )


def _row(mutant: Mutant) -> str:
    told = mutant.reason or (f"by {mutant.noticed_by}" if mutant.noticed_by else "")
    return (
        f'<tr class="{mutant.fate.value}"><td>{escape(mutant.module)}<br>{escape(mutant.place)}</td>'
        f"<td><code>{escape(mutant.was)}</code></td><td><code>{escape(mutant.becomes)}</code></td>"
        f"<td>{mutant.fate.value} {escape(told)}</td></tr>"
    )
