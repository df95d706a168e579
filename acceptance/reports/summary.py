"""The last lines of a run on the terminal, down to the answer to "may we ship this?"."""

from collections import Counter
from pathlib import Path

from acceptance.reports.results import RunResult, Verdict, plural
from acceptance.terminal import print_line

VERDICTS = (Verdict.PASSED, Verdict.FAILED, Verdict.ERROR, Verdict.DEVIATES, Verdict.NOT_RUN)


def print_summary(run: RunResult, page: Path | None) -> None:
    """Print counts, how the server differs, known deviations, failures, the path of the page, and the answer."""
    counts = {verdict: run.counts[verdict] for verdict in VERDICTS if run.counts[verdict]}
    words = [
        f"{count} {verdict.value}{'s' if verdict is Verdict.DEVIATES and count > 1 else ''}"
        for verdict, count in counts.items()
    ]
    print_line(f"\n{plural(sum(counts.values()), 'scenario')}: {', '.join(words)}. Took {run.seconds:.1f} s.")
    if run.target and run.target.differences:
        print_line("\n  ".join([f"release {run.target.release}: {run.target.known_by}", *run.target.differences]))
    for severity, found in run.known_by_severity():
        print_line(f"known deviations, severity {severity}:")
        lines = Counter(
            f"  {result.id:14} {'; '.join(known.instead)}{known.frequency and f' ({known.frequency})'}"
            for result, known in found
        )
        for line, times in lines.items():
            print_line(f"{line}{f' ({times} scenarios)' if times > 1 else ''}")
    for result in run.results:
        if result.verdict in (Verdict.FAILED, Verdict.ERROR):
            print_line(f"  {result.verdict.value:7} {result.id}  {result.name}  ({result.location})")
    if page:
        print_line(f"details: {page}")
    print_line(f"\n{run.answer}")
