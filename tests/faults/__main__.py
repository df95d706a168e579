"""`python -m tests.faults`: try every fault on every release it is for, and print which scenarios noticed it.

The scenarios that are to notice it all have to fail. `--whole` runs the whole specification, and so shows which others
do as well; it takes four times as long. Names of faults leave out the other faults.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from tests.faults.all import FAULTS, trials
from tests.faults.catalogue import Fault
from tests.faults.trial import WHOLE, Trial, tags_of, try_out

WORKERS = 2


@dataclass(frozen=True)
class Row:
    fault: Fault
    release: str
    trial: Trial

    @property
    def trouble(self) -> str:
        return self.trial.trouble(self.fault.noticed_by)

    def __str__(self) -> str:
        noticed = [id for id in self.trial.noticed_by if id in self.fault.noticed_by]
        others = [id for id in self.trial.noticed_by if id not in self.fault.noticed_by]
        return " | ".join(
            [
                f"{self.fault.name:55}",
                self.release,
                self.trouble or "noticed",
                "by " + (", ".join(noticed) or "none") + (f" and {', '.join(others)}" if others else ""),
            ]
        )


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="the faults to try (default: all)")
    options.add_argument("--whole", action="store_true", help="run all scenarios, not only those that are to notice it")
    chosen = options.parse_args()
    unknown = set(chosen.names) - FAULTS.keys()
    if unknown:
        options.error(f"there is no fault {', '.join(sorted(unknown))}")
    asked = [(fault, release) for fault, release in trials() if not chosen.names or fault.name in chosen.names]
    if not all(is_in_order(release) for release in sorted({release for _, release in asked})):
        return 1
    rows = []
    with ThreadPoolExecutor(WORKERS) as pool:
        results = pool.map(lambda one: row(*one, whole=chosen.whole), asked)
        for each in tqdm(results, total=len(asked), unit=" faults", file=sys.stderr):
            tqdm.write(str(each), file=sys.stdout)
            rows.append(each)
    missed = [each for each in rows if each.trouble]
    print(f"{len({each.fault.name for each in rows})} faults, {len(rows)} trials: {len(rows) - len(missed)} noticed")
    return 1 if missed else 0


def is_in_order(release: str) -> bool:
    """Whether the specification holds for a server without a fault; only then does a failure mean anything."""
    with tempfile.TemporaryDirectory() as folder:
        trial = try_out(None, release, Path(folder), WHOLE)
    if trial.status:
        print(f"{release}, without a fault: the specification does not hold.\n{trial.out}", file=sys.stderr)
    return not trial.status


def row(fault: Fault, release: str, *, whole: bool) -> Row:
    tags = f"{WHOLE} or {tags_of(fault)}" if whole else tags_of(fault)
    with tempfile.TemporaryDirectory() as folder:
        return Row(fault, release, try_out(fault, release, Path(folder), tags))


if __name__ == "__main__":
    sys.exit(main())
