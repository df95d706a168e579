"""Run the specification as every release and write ``docs/releases.md``: ``make releases``.

It runs against the embedded server, once for all releases that behave alike.
"""

import argparse
import os
import sys

from acceptance.paths import ROOT
from acceptance.reports.documents import documents
from acceptance.reports.overview import columns
from acceptance.reports.release_table import is_as_documented, release_table
from acceptance.reports.rendering import write_text
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.terminal import print_error, print_line, print_progress

DOCUMENT = ROOT / "docs" / "releases.md"


def main() -> int:
    argparse.ArgumentParser(prog="make releases", description=__doc__).parse_args()
    return as_command("The table of the releases", _run_and_write)


def _run_and_write(runner: Runner) -> int:
    sides = [Side(str(release)) for release in columns().values()]
    print_progress(f"running the specification as {', '.join(map(str, sides))} ...")
    runs = runner.run(sides, workers=os.cpu_count() or 1)
    failed = [str(side) for side, run in zip(sides, runs, strict=True) if not is_as_documented(run)]
    if failed:
        print_error(
            f"These releases do not behave as documented: {', '.join(failed)}. No document was changed. "
            f'See the failures with: make acceptance ARGS="-D release={failed[0]}"'
        )
        return 1
    for file, text in {DOCUMENT: release_table(runs), **documents()}.items():
        write_text(file, text)
        print_line(f"written: {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
