"""Compare two runs of the specification: ``make compare FROM=0.24 TO=0.27``, or with the addresses of two deployments.

The result is a page for people (``reports/comparison.html``) and the same in Markdown, on the terminal and in
``reports/comparison.md``, for a pull request or a ticket.
"""

import argparse
import sys
from collections.abc import Sequence

from acceptance.paths import REPORTS
from acceptance.reports.comparison import Comparison, compare
from acceptance.reports.rendering import write_text
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.terminal import print_line, print_progress


def main() -> int:
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("before", help="a release like 0.24, or the address of a RAGFlow")
    parser.add_argument("after", help="the same")
    names, arguments = parser.parse_known_args()
    sides = [Side(names.before, "FROM"), Side(names.after, "TO")]
    return as_command("The comparison", lambda runner: _run_and_write(runner, sides, arguments))


def _run_and_write(runner: Runner, sides: Sequence[Side], arguments: Sequence[str]) -> int:
    before, after = (side.name for side in sides)
    print_progress(f"running the specification against {before} and {after} ...")
    runs = runner.run(sides, arguments)
    changes = compare(*(run.results for run in runs))
    problems = [
        f"{side}: {problem}"
        for side, run in zip(sides, runs, strict=True)
        for problem in filter(None, (run.stop_reason, run.leftovers))
    ]
    comparison = Comparison(before, after, changes, problems)
    write_text(REPORTS / "comparison.md", comparison.as_markdown())
    write_text(REPORTS / "comparison.html", comparison.as_html())
    print_line(comparison.as_markdown().rstrip("\n"))
    return int(comparison.has_failed)


if __name__ == "__main__":
    sys.exit(main())
