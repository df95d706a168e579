"""Can we switch? Compare two runs: ``make compare FROM=0.27 TO=0.27-go``, or with the addresses of two deployments.

The answer is a page for people (``reports/comparison.html``) and the same in Markdown, on the terminal and in
``reports/comparison.md``, for a pull request or a ticket. Two addresses are also compared by how long calls take.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from acceptance.errors import CannotRun, Inconclusive, RuleBroken
from acceptance.paths import REPORTS
from acceptance.reports.changes import Change, Row, compare
from acceptance.reports.comparison import Comparison, rows_of_times
from acceptance.reports.rendering import write_text
from acceptance.reports.results import RunResult
from acceptance.running.call_times import measure
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.running.settings import Settings
from acceptance.terminal import print_error, print_line, print_progress


def main() -> int:
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("before", help="a release like 0.24, or the address of a RAGFlow")
    parser.add_argument("after", help="the same")
    names, arguments = parser.parse_known_args()
    sides = [Side(names.before, "FROM"), Side(names.after, "TO")]
    return as_command("The comparison", lambda runner: _run_and_write(runner, sides, arguments))


def _run_and_write(runner: Runner, sides: Sequence[Side], arguments: Sequence[str]) -> int:
    print_progress(f"running the specification against {sides[0].name} and {sides[1].name} ...")
    # Two servers may share a database and a tenant, which some scenarios need for themselves.
    runs = runner.run(sides, arguments, workers=1 if any(side.is_address for side in sides) else 2)
    problems = [f"{side}: {run.problem}" for side, run in zip(sides, runs, strict=True) if run.problem]
    changes = compare(*(run.results for run in runs))
    if all(side.is_address for side in sides) and not problems:
        try:
            changes[Change.TIMES] = _times(sides)
        except (CannotRun, Inconclusive, RuleBroken) as trouble:
            print_error(str(trouble))
            problems.append(f"how long calls take: {trouble}")
    before, after = map(_title, sides, runs)
    comparison = Comparison(before, after, changes, problems)
    write_text(REPORTS / "comparison.md", comparison.as_markdown())
    write_text(REPORTS / "comparison.html", comparison.as_html())
    print_line(comparison.as_markdown().rstrip("\n"))
    return int(comparison.has_failed)


def _times(sides: Sequence[Side]) -> list[Row]:
    print_progress("measuring how long calls take ...")
    # Standard output holds the result only.
    with redirect_stdout(sys.stderr):
        return rows_of_times(*measure([Settings.read(side.variables, {"url": side.name}) for side in sides]))


def _title(side: Side, run: RunResult) -> str:
    """Return the name of a side; behind an address, the release that was found there."""
    return f"{side.name} ({run.target.release})" if side.is_address and run.target else side.name


if __name__ == "__main__":
    sys.exit(main())
