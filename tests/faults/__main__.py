"""`python -m tests.faults`: try every fault on every release it is for, and publish which scenarios noticed it.

Each is tried with the scenarios that are for it, and these all have to fail. With `--all` the whole specification is
run, which shows what else turns red, and takes a while: on Ctrl-C, what has been found out by then is kept, and
`--all --continue` does the rest. Names of faults leave out the other faults. What was found out stands in
tests/faults/matrix.json, and for people in docs/faults.md.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from acceptance import interruption
from acceptance.interruption import Interruption
from acceptance.paths import ROOT
from acceptance.reports.files import write_whole
from acceptance.threads import side_by_side
from tests.faults import matrix, published
from tests.faults.all import FAULTS, trials
from tests.faults.catalogue import Fault
from tests.faults.matrix import NOTHING, Noticed, id_of, noticed
from tests.faults.trial import WHOLE, Trial, tags_of, try_out

WORKERS = 2

# What a run of `--all` that was interrupted had tried, one trial a line.
TRIED = ROOT / "reports" / "faults-tried.txt"


@dataclass
class Book:
    """What is known of every fault, written down after each trial: an hour is not lost to its last minute."""

    whole: bool
    known: dict[tuple[str, str], Noticed] = field(default_factory=matrix.read)
    entered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, fault: Fault, release: str, trial: Trial) -> Noticed:
        tried = (fault.name, release)
        with self._lock:
            self.entered += 1
            self.known[tried] = noticed(fault, trial, self.known.get(tried, NOTHING), whole=self.whole)
            there = {(fault.name, release) for fault, release in trials()}
            matrix.write({tried: entry for tried, entry in self.known.items() if tried in there})
            if self.whole:
                with TRIED.open("a", encoding="utf-8") as file:
                    file.write(f"{' '.join(tried)}\n")
            return self.known[tried]


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="the faults to try (default: all of them)")
    options.add_argument("--all", action="store_true", help="run all scenarios, not only those that are to notice it")
    options.add_argument("--report", action="store_true", help="try nothing, and write docs/faults.md anew")
    options.add_argument(
        "--continue", dest="go_on", action="store_true", help="with --all: only what an interrupted run has not tried"
    )
    chosen = options.parse_args()
    if chosen.report:
        publish()
        return 0
    unknown = set(chosen.names) - FAULTS.keys()
    if unknown:
        options.error(f"there is no fault {', '.join(sorted(unknown))}")
    asked = [(fault, release) for fault, release in trials() if not chosen.names or fault.name in chosen.names]
    if chosen.all:
        asked = left_over(asked) if chosen.go_on else asked
        if not chosen.go_on:
            TRIED.unlink(missing_ok=True)
    try:
        with Interruption(lambda _: None):
            return try_all(asked, Book(chosen.all))
    except KeyboardInterrupt:
        again = " ".join(["--all --continue", *chosen.names])
        rest = f" The rest: make faults ARGS='{again}'" if chosen.all else ""
        print(f"Interrupted. What has been found out is kept.{rest}", file=sys.stderr)
        return 1


def left_over(asked: Sequence[tuple[Fault, str]]) -> list[tuple[Fault, str]]:
    """What an interrupted run has not tried."""
    tried = TRIED.read_text("utf-8").splitlines() if TRIED.exists() else []
    return [(fault, release) for fault, release in asked if f"{fault.name} {release}" not in tried]


def try_all(asked: Sequence[tuple[Fault, str]], book: Book) -> int:
    """Try them, and publish what is known then. 1 where a fault was not noticed as it should be, 0 otherwise."""
    releases = sorted({release for _, release in asked})
    if not all(side_by_side(is_in_order, releases, workers=WORKERS, title="")):
        return 1
    with interruption.held(), tqdm(total=len(asked), unit="trial", disable=None) as progress:
        try:
            found = side_by_side(partial(try_one, book, progress), asked, workers=WORKERS, title="")
        finally:
            publish()
    TRIED.unlink(missing_ok=True)
    missed = [each for each in found if each.trouble]
    print(f"{len({fault.name for fault, _ in asked})} faults, {len(asked)} trials: {len(found) - len(missed)} noticed")
    print("tests/faults/matrix.json, docs/faults.md")
    return 1 if missed else 0


def publish() -> None:
    write_whole(published.FILE, lambda part: part.write_text(published.document(), "utf-8"))


def is_in_order(release: str) -> bool:
    """Whether the specification holds for a server without a fault; only then does a failure mean anything."""
    trial = carry_out(None, release, WHOLE)
    if trial.status:
        print(f"{release}, without a fault: the specification does not hold.\n{trial.out}", file=sys.stderr)
    return not trial.status


def try_one(book: Book, progress: "tqdm[Any]", asked: tuple[Fault, str]) -> Noticed:
    """Try a fault on a release, write down what came of it, and say it."""
    fault, release = asked
    trial = carry_out(fault, release, f"{WHOLE} or {tags_of(fault)}" if book.whole else tags_of(fault))
    found = book.enter(fault, release, trial)
    by, too = (", ".join(dict.fromkeys(map(id_of, each))) for each in (found.by, found.too or ()))
    also = f" and {too}" if book.whole and too else ""
    number = f"{book.entered}/{progress.total}"
    progress.write(
        f"{number:>7} | {fault.name:55} | {release} | {found.trouble or 'noticed'} | by {by or 'none'}{also}"
    )
    progress.update()
    return found


def carry_out(fault: Fault | None, release: str, tags: str) -> Trial:
    """The trial. KeyboardInterrupt where all are to end: Ctrl-C has ended its run and its server as well."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return try_out(fault, release, Path(folder), tags)
    finally:
        if interruption.is_requested():
            raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
