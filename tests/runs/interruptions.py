"""Runs that are ended at random moments by Ctrl-C, SIGTERM and SIGHUP: ``python -m tests.runs.interruptions``.

A run that has begun cleans up behind it, and tells in JUnit what ended it. The moments come from a seed.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree

from tqdm import tqdm

from tests.support.runs import ACCEPTANCE, LIMIT, Finished, run, started, wait_until
from tests.support.servers import Embedded, running

SELECTED = "--tags=@CHOICE-1 or @CONCURRENT-2 or @ODD-15"

AT_ONCE = 2

# What a run is ended by, and how often in proportion.
ENDINGS = {
    (signal.SIGINT,): 3,
    (signal.SIGINT, signal.SIGINT): 2,
    (signal.SIGTERM,): 3,
    (signal.SIGHUP,): 2,
}

# The part of the runs that is ended while Python may still be starting.
EARLY = 0.1

# Seconds within which a run has to end, whose server answers.
SOON = 15.0

# Seconds between the first Ctrl-C and the second, at most.
BETWEEN = 0.3


@dataclass(frozen=True)
class Attempt:
    """``moment`` is in seconds since the run has begun, or ``early`` since its process was started.

    ``pause`` is in seconds until the second signal.
    """

    number: int
    early: bool
    moment: float
    signals: tuple[signal.Signals, ...]
    pause: float

    def __str__(self) -> str:
        names = " and ".join(each.name for each in self.signals)
        return f"run {self.number}: {names}, {self.moment:.3f} s after its {'start' if self.early else 'first moment'}"


@dataclass(frozen=True)
class Outcome:
    """When the run was ended, in a word, and what is wrong; ``said`` is all it said."""

    attempt: Attempt
    when: str
    troubles: tuple[str, ...]
    said: str


def attempts(count: int, seed: int, seconds: float) -> list[Attempt]:
    """So many, over the length of a run that takes so many seconds; the same for the same seed."""
    chance = random.Random(seed)
    kinds, weights = list(ENDINGS), list(ENDINGS.values())
    return [
        Attempt(
            number,
            chance.random() < EARLY,
            chance.uniform(0, seconds),
            chance.choices(kinds, weights)[0],
            chance.uniform(0, BETWEEN),
        )
        for number in range(1, count + 1)
    ]


def has_ended(process: "subprocess.Popen[str]", within: float) -> bool:
    """Whether it ends within so many seconds."""
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def is_complete(finished: Finished) -> bool:
    """Whether the signal came when everything was done: every scenario was run, and what was created is removed."""
    return (
        finished.status == 0
        and finished.ending.verdict == "passed"
        and not any(case.text.startswith("not run") for case in finished.cases)
        and "left behind: 0" in finished.out
    )


def end(attempt: Attempt, server: Embedded, reports: Path, *options: str) -> Outcome:
    """Start a run against the server, end it, and look at what it leaves and says."""
    with started(reports, SELECTED, *options, settings=server.settings, program=ACCEPTANCE) as running:
        begun = reports / "TESTS-run.xml"
        if not attempt.early:
            wait_until(lambda: begun.exists() or not running.is_alive())
        ended_before = has_ended(running.process, attempt.moment)
        had_begun = begun.exists()
        for number in attempt.signals:
            if not has_ended(running.process, 0):
                running.process.send_signal(number)
            if number is not attempt.signals[-1]:
                has_ended(running.process, attempt.pause)
        ending_since = time.monotonic()
        finished = running.end()
        seconds = time.monotonic() - ending_since
    had_ended = ended_before or is_complete(finished)
    when = "had ended" if had_ended else "was going on" if had_begun else "had not begun"
    troubles = [*troubles_of(finished, server.assistants(), when)]
    if seconds > SOON:
        troubles.append(f"it takes {seconds:.0f} s to end")
    return Outcome(attempt, when, tuple(troubles), f"{finished.status}\n{finished.everything}")


def troubles_of(finished: Finished, left: list[str], when: str) -> Iterator[str]:
    if left:
        yield f"{len(left)} assistants are left"
    if (finished.status == 0) and when != "had ended":
        yield "the exit status is 0"
    # Before the first line of the project is run, Python itself says that it was interrupted.
    if "Traceback" in finished.out + finished.err and when != "had not begun":
        yield "it shows a traceback"
    if when == "had not begun" and not finished.files:
        return
    try:
        ending = finished.ending
    except ElementTree.ParseError as trouble:
        yield f"one of its reports is no XML: {trouble}"
        return
    # The answer to everything is the last line of a run that has come to its end.
    has_come_to_its_end = "rules hold" in finished.out and "The run ended" not in finished.out
    if ending.verdict != ("passed" if has_come_to_its_end else "error"):
        yield f"JUnit says {ending.verdict} of the run"
    if "interrupted by" in finished.err and "interrupted by" not in ending.text:
        yield f"JUnit does not say what ended it, but: {ending.text.strip()}"


def undisturbed(server: Embedded, reports: Path, *options: str) -> float:
    """How long a run takes that nobody ends, in seconds."""
    finished = run(reports, SELECTED, *options, settings=server.settings, program=ACCEPTANCE)
    assert finished.status == 0, finished.everything
    return finished.seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="make interruptions", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="scenarios at a time; 1")
    chosen = parser.parse_args()
    options = ("-D", f"parallel={chosen.parallel}")
    servers: SimpleQueue[Embedded] = SimpleQueue()
    with tempfile.TemporaryDirectory() as name, running() as one, running() as other:
        folder = Path(name)
        seconds = undisturbed(one, folder / "undisturbed", *options)
        for server in (one, other):
            servers.put(server)

        def attempt_on_a_free_server(attempt: Attempt) -> Outcome:
            server = servers.get(timeout=LIMIT)
            try:
                return end(attempt, server, folder / str(attempt.number), *options)
            finally:
                servers.put(server)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            attempted = pool.map(attempt_on_a_free_server, attempts(chosen.runs, chosen.seed, seconds))
            outcomes = list(tqdm(attempted, total=chosen.runs, unit=" runs", disable=None))
    return tell(outcomes)


def tell(outcomes: list[Outcome]) -> int:
    """Each trouble, and in the last line how many there were. The exit status."""
    bad = [outcome for outcome in outcomes if outcome.troubles]
    for outcome in bad:
        print(f"{outcome.attempt}, which {outcome.when}: {'; '.join(outcome.troubles)}\n{outcome.said}\n")
    times = Counter(outcome.when for outcome in outcomes)
    when = ", ".join(f"{count} that {word}" for word, count in sorted(times.items()))
    print(f"{len(outcomes)} runs ended ({when}): {len(bad)} with a trouble")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
