"""`python -m tests.faults`: check that the specification detects every fault.

Each fault is tried on each of its releases. The scenarios that detect it must fail.
"""

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from tests.faults import document
from tests.faults.all import FAULTS, PAIRS
from tests.faults.fault import ALL, Fault
from tests.faults.trial import SEED, WHOLE, Trial, tags_of, try_fault

Pair = tuple[Fault | None, str]
Result = TypeVar("Result")

AT_ONCE = 2
INTERRUPTED = 130

# Set by Ctrl-C: no further trial begins.
stopped = threading.Event()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="the faults to try (default: all)")
    parser.add_argument("--all", action="store_true", help="run the whole specification for each fault")
    parser.add_argument("--seeds", type=int, metavar="N", help="count how many of N seeds detect faults of sequences")
    parser.add_argument("--document", action="store_true", help="only write docs/faults.md")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - FAULTS.keys():
        parser.error(f"unknown fault: {', '.join(sorted(unknown))}")
    if chosen.document:
        document.write()
        return 0
    pairs = [(fault, release) for fault, release in PAIRS if not chosen.names or fault.name in chosen.names]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    status = count_seeds(pairs, chosen.seeds) if chosen.seeds else try_all(pairs, is_whole=chosen.all)
    if status == INTERRUPTED:
        print("Interrupted: not every trial was made.", file=sys.stderr)
    return status


def try_all(pairs: Sequence[tuple[Fault, str]], is_whole: bool) -> int:
    """Try the faults, and the intact servers if all faults are selected. Return 1 if a fault was not detected."""
    intact: list[Pair] = [(None, release) for release in ALL.split()] if len(pairs) == len(PAIRS) else []

    def check(pair: Pair) -> bool:
        fault, release = pair
        tags = WHOLE if fault is None else f"{WHOLE} or {tags_of(fault)}" if is_whole else tags_of(fault)
        trial = carry_out(fault, release, tags)
        if stopped.is_set():
            return False
        expected = fault.detected_by if fault else ()
        problems = trial.problems(expected)
        others = trial.with_verdict("failed").difference(expected) if is_whole and fault else ()
        if problems or others:
            also = [f"also failed: {', '.join(sorted(others))}"] if others else []
            tqdm.write(f"{fault.name if fault else 'intact'} {release}: {'; '.join([*problems, *also])}")
        return not problems

    passed = in_parallel(check, [*intact, *pairs])
    if stopped.is_set():
        return INTERRUPTED
    print(f"{len(passed)} trials: {sum(passed)} as expected, {len(passed) - sum(passed)} not")
    return 0 if all(passed) else 1


def count_seeds(pairs: Iterable[tuple[Fault, str]], seeds: int) -> int:
    """Print for each fault of a sequence and release how many seeds detect it."""
    sequences = [(fault, release) for fault, release in pairs if "EXPLORE-1" in fault.detected_by]
    trials = [(fault, release, seed) for fault, release in sequences for seed in range(1, seeds + 1)]

    def check(trial: tuple[Fault, str, int]) -> bool:
        fault, release, seed = trial
        return "EXPLORE-1" in carry_out(fault, release, "@EXPLORE-1", seed).with_verdict("failed")

    detected = in_parallel(check, trials)
    if stopped.is_set():
        return INTERRUPTED
    for number, (fault, release) in enumerate(sequences):
        print(f"{fault.name} {release}: {sum(detected[number * seeds : (number + 1) * seeds])} of {seeds}")
    return 0


def carry_out(fault: Fault | None, release: str, tags: str, seed: int = SEED) -> Trial:
    try:
        with tempfile.TemporaryDirectory() as folder:
            return try_fault(fault, release, Path(folder), tags, seed)
    except Exception as error:
        # Ctrl-C in a terminal ends the server and the run of a trial too.
        return Trial(1, f"{type(error).__name__}: {error}")


def in_parallel(call: Callable[..., Result], items: Sequence[object]) -> list[Result]:
    """Call for each item, with a progress bar on a terminal. Ctrl-C leaves out the items that have not begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool, tqdm(total=len(items), unit="trial", disable=None) as progress:

        def call_unless_stopped(item: object) -> list[Result]:
            results = [] if stopped.is_set() else [call(item)]
            progress.update()
            return results

        return [result for results in pool.map(call_unless_stopped, items) for result in results]


if __name__ == "__main__":
    sys.exit(main())
