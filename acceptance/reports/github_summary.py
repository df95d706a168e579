"""A summary in Markdown for the page of a CI job, where CI names a file for it."""

import os
from collections.abc import Iterator
from pathlib import Path

from acceptance.known_deviations.deviations import SEVERITIES
from acceptance.reports.markdown import code, plain
from acceptance.reports.results import Result, RunResult, Verdict
from acceptance.terminal import print_line

VARIABLE = "GITHUB_STEP_SUMMARY"

# Troubles that are told; a job page holds 1 MB, and nobody reads the fiftieth.
FIRST = 20


def tell(run: RunResult) -> None:
    """Add it to what other steps of the job have said. Nothing where nobody asks for it."""
    if file := os.environ.get(VARIABLE):
        try:
            with Path(file).open("a", encoding="utf-8") as page:
                page.writelines(f"{line}\n" for line in as_markdown(run))
        except OSError as trouble:
            print_line(f"no summary for the page of the job, {VARIABLE}: {trouble}")


def as_markdown(run: RunResult) -> Iterator[str]:
    """The answer, what does not hold, and the known deviations by how serious they are."""
    yield "## Session deletion in RAGFlow"
    yield from ("", f"**{plain(run.answer)}**", "")
    if run.target:
        yield f"{plain(run.target.description)}, release {run.target.release}, {run.seconds:.1f} s"
    for verdict, title in ((Verdict.FAILED, "What does not hold"), (Verdict.ERROR, "Where nothing was learnt")):
        troubles = [_trouble(each) for each in run.results if each.verdict is verdict]
        more = [f"- and {len(troubles) - FIRST} more"] if len(troubles) > FIRST else []
        yield from _section(title, [*troubles[:FIRST], *more])
    for severity in SEVERITIES:
        known = [each for each in run.results if each.known and each.known.severity == severity]
        yield from _section(f"Known deviations, severity {severity}", list(dict.fromkeys(map(_known, known))))
    yield ""


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"### {title}", "", *lines)


def _trouble(result: Result) -> str:
    return f"- {result.id} {plain(result.name)}: {code(result.headline)}"


def _known(result: Result) -> str:
    instead = "; ".join(result.known.instead) if result.known else ""
    return f"- {result.id} {plain(result.rule)}. Instead: {plain(instead)}"
