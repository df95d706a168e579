"""A Markdown summary for the page of a GitHub Actions job."""

import os
from collections.abc import Iterator
from pathlib import Path

from acceptance.reports.rendering import code, plain
from acceptance.reports.results import RunResult, Verdict
from acceptance.terminal import print_line

# GitHub sets it to the file that it shows on the page of the job.
VARIABLE = "GITHUB_STEP_SUMMARY"

# The most failures that are listed: GitHub limits a summary to 1 MB.
MAX_LISTED = 20


def append_summary(run: RunResult) -> None:
    """Append the summary to the file that CI names; do nothing without one."""
    if file := os.environ.get(VARIABLE):
        try:
            with Path(file).open("a", encoding="utf-8") as page:
                page.writelines(f"{line}\n" for line in as_markdown(run))
        except OSError as error:
            print_line(f"cannot write the job summary ({VARIABLE}): {error}")


def as_markdown(run: RunResult) -> Iterator[str]:
    """The answer, the failures, and the known deviations by severity, line by line."""
    yield from ("## Session deletion in RAGFlow", "", f"**{plain(run.answer)}**", "")
    if run.target:
        release = f"release {plain(run.target.release)} ({plain(run.target.known_by)})"
        yield f"{plain(run.target.description)}, {release}, {run.seconds:.1f} s"
        if run.target.differences:
            yield from ("", "### Answers that differ from this release", "")
            yield from (f"- {plain(each)}" for each in run.target.differences)
    for verdict, title in ((Verdict.FAILED, "Failures"), (Verdict.ERROR, "Inconclusive scenarios")):
        if failures := [each for each in run.results if each.verdict is verdict]:
            yield from ("", f"### {title}", "")
            yield from (f"- {each.id} {plain(each.name)}: {code(each.headline)}" for each in failures[:MAX_LISTED])
            if len(failures) > MAX_LISTED:
                yield f"- and {len(failures) - MAX_LISTED} more"
    for severity, found in run.known_by_severity():
        yield from ("", f"### Known deviations, severity {severity}", "")
        lines = (
            f"- {each.id} {plain(each.rule)}. Instead: {plain('; '.join(known.instead))}"
            f"{known.frequency and f' ({known.frequency})'}"
            for each, known in found
        )
        yield from dict.fromkeys(lines)
    yield ""
