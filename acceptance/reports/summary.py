"""The last lines of a run: what was seen, and the answer to "may we ship this?"."""

from collections import Counter
from pathlib import Path

from acceptance.known_deviations.deviations import SEVERITIES
from acceptance.reports.results import Result, RunResult, Verdict, plural
from acceptance.terminal import print_line

IN_ORDER = (Verdict.PASSED, Verdict.FAILED, Verdict.ERROR, Verdict.DEVIATES, Verdict.NOT_RUN)


def tell(run: RunResult, page: Path | None) -> None:
    """Say it; ``page`` is where the details are."""
    told = ", ".join(_counted(verdict, run.counts[verdict]) for verdict in IN_ORDER if run.counts[verdict])
    count = sum(run.counts[verdict] for verdict in IN_ORDER)
    print_line(f"\n{plural(count, 'scenario')}: {told}. Took {run.seconds:.1f} s.")
    for severity in SEVERITIES:
        _tell_known(severity, [result for result in run.results if result.known and result.known.severity == severity])
    for result in run.results:
        if result.verdict in (Verdict.FAILED, Verdict.ERROR):
            print_line(f"  {result.verdict.value:7} {result.id}  {result.name}  ({result.location})")
    if page:
        print_line(f"details: {page}")
    print_line(f"\n{run.answer}")


def _tell_known(severity: str, results: list[Result]) -> None:
    """A line for each known deviation: what happens instead of what the rule says."""
    lines = Counter((result.id, "; ".join(result.known.instead)) for result in results if result.known)
    if lines:
        print_line(f"known deviations, severity {severity}:")
    for (id, instead), times in lines.items():
        print_line(f"  {id:14} {instead}{f' ({times} scenarios)' if times > 1 else ''}")


def _counted(verdict: Verdict, count: int) -> str:
    return f"{count} {verdict.value}" + ("s" if verdict is Verdict.DEVIATES and count > 1 else "")
