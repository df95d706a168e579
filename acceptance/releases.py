"""Run the specification as every release and write what that shows: ``make releases``.

It runs against the embedded server, once for all releases that behave alike. The documents are ``docs/releases.md`` and
``docs/switching-to-go.md``.
"""

import argparse
import os
import re
import sys

from acceptance.paths import ROOT
from acceptance.reports.documents import documents
from acceptance.reports.overview import columns
from acceptance.reports.release_table import answer_to_switch, is_as_documented, release_table
from acceptance.reports.rendering import write_text
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.terminal import print_error, print_line, print_progress

DOCUMENT = ROOT / "docs" / "releases.md"
SWITCH = ROOT / "docs" / "switching-to-go.md"

# The place of the comparison in its document.
COMPARISON = re.compile(r"(?<=<!-- comparison -->\n).*?(?=<!-- end of the comparison -->)", re.DOTALL)


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
    answer = COMPARISON.sub(lambda _: f"\n{answer_to_switch(runs)}\n", SWITCH.read_text("utf-8"))
    for file, text in {DOCUMENT: release_table(runs), SWITCH: answer, **documents()}.items():
        write_text(file, text)
        print_line(f"written: {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
