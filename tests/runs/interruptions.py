"""Interrupt runs at random moments with Ctrl-C, SIGTERM and SIGHUP: ``python -m tests.runs.interruptions``.

An interrupted run cleans up, and says in JUnit what interrupted it. The moments follow from a seed.
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

from tests.support.runs import ACCEPTANCE, TIMEOUT, Finished, run, started, wait_until
from tests.support.servers import Embedded, embedded_server

SELECTED = "--tags=@CHOICE-1 or @CONCURRENT-2 or @ODD-15"

RUNS_AT_A_TIME = 2

# Signals that interrupt a run, with their relative frequency.
SIGNALS = {
    (signal.SIGINT,): 3,
    (signal.SIGINT, signal.SIGINT): 2,
    (signal.SIGTERM,): 3,
    (signal.SIGHUP,): 2,
}

# The share of runs that are interrupted while Python may still be starting.
EARLY = 0.1

# Seconds after which an interrupted run must have ended.
END_TIMEOUT = 60.0

# Maximum seconds between two signals.
MAX_PAUSE = 0.3


@dataclass(frozen=True)
class Attempt:
    """When and how to interrupt one run.

    ``moment``: seconds after the first report file or, if ``early``, after the start of the process.
    ``pause``: seconds until the second signal.
    """

    number: int
    early: bool
    moment: float
    signals: tuple[signal.Signals, ...]
    pause: float

    def __str__(self) -> str:
        names = " and ".join(each.name for each in self.signals)
        return f"run {self.number}: {names}, {self.moment:.3f} s after its {'start' if self.early else 'first report'}"


@dataclass(frozen=True)
class Outcome:
    """The state in which the run was interrupted, what is wrong, and its whole output."""

    attempt: Attempt
    state: str
    problems: tuple[str, ...]
    output: str


def attempts(count: int, seed: int, seconds: float) -> list[Attempt]:
    """Return random interruptions of a run that takes so many seconds; the same ones for the same seed."""
    chance = random.Random(seed)
    kinds, weights = list(SIGNALS), list(SIGNALS.values())
    return [
        Attempt(
            number,
            chance.random() < EARLY,
            chance.uniform(0, seconds),
            chance.choices(kinds, weights)[0],
            chance.uniform(0, MAX_PAUSE),
        )
        for number in range(1, count + 1)
    ]


def has_exited(process: "subprocess.Popen[str]", seconds: float) -> bool:
    """Whether the process exits within so many seconds."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def is_complete(finished: Finished) -> bool:
    """Whether the signal came too late: every scenario had run, and everything was removed."""
    return (
        finished.status == 0
        and finished.ending.verdict == "passed"
        and not any(case.text.startswith("not run") for case in finished.cases)
        and "left behind: 0" in finished.out
    )


def interrupt(attempt: Attempt, server: Embedded, reports: Path, *options: str) -> Outcome:
    """Start a run against the server, interrupt it, and check what it leaves and says."""
    with started(reports, SELECTED, *options, settings=server.settings, program=ACCEPTANCE) as running:
        first_report = reports / "TESTS-run.xml"
        if not attempt.early:
            wait_until(lambda: first_report.exists() or not running.is_alive())
        has_finished = has_exited(running.process, attempt.moment)
        had_started = first_report.exists()
        for number in attempt.signals:
            if not has_exited(running.process, 0):
                running.process.send_signal(number)
            if number is not attempt.signals[-1]:
                has_exited(running.process, attempt.pause)
        has_ended_in_time = has_exited(running.process, END_TIMEOUT)
        finished = running.end()
    if has_finished or is_complete(finished):
        state = "after its end"
    else:
        state = "in progress" if had_started else "before its start"
    problems = list(problems_of(finished, server.assistants(), state))
    if not has_ended_in_time:
        problems.append(f"it needs more than {END_TIMEOUT:.0f} s to end")
    return Outcome(attempt, state, tuple(problems), f"{finished.status}\n{finished.everything}")


def problems_of(finished: Finished, left: list[str], state: str) -> Iterator[str]:
    if left:
        yield f"it leaves {len(left)} assistants behind"
    if finished.status == 0 and state != "after its end":
        yield "its exit status is 0"
    # Before the first line of the project runs, Python itself reports the interrupt.
    if "Traceback" in finished.out + finished.err and state != "before its start":
        yield "it shows a traceback"
    if state == "before its start" and not finished.files:
        return
    try:
        ending = finished.ending
    except ElementTree.ParseError as error:
        yield f"a report is not valid XML: {error}"
        return
    # The answer is the last line of a run that has finished.
    has_answer = "rules hold" in finished.out and "The run ended" not in finished.out
    if ending.verdict != ("passed" if has_answer else "error"):
        yield f"JUnit reports the run as {ending.verdict}"
    if "interrupted by" in finished.err and "interrupted by" not in ending.text:
        yield f"JUnit does not name the interrupt, but: {ending.text.strip()}"


def duration(server: Embedded, reports: Path, *options: str) -> float:
    """Return the seconds that an uninterrupted run takes."""
    started_at = time.monotonic()
    finished = run(reports, SELECTED, *options, settings=server.settings, program=ACCEPTANCE)
    assert finished.status == 0, finished.everything
    return time.monotonic() - started_at


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.runs.interruptions", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="workers of each run; default: 1")
    chosen = parser.parse_args()
    options = ("-D", f"parallel={chosen.parallel}")
    servers: SimpleQueue[Embedded] = SimpleQueue()
    with tempfile.TemporaryDirectory() as name, embedded_server() as one, embedded_server() as other:
        folder = Path(name)
        seconds = duration(one, folder / "uninterrupted", *options)
        for server in (one, other):
            servers.put(server)

        def interrupt_on_free_server(attempt: Attempt) -> Outcome:
            server = servers.get(timeout=TIMEOUT)
            try:
                return interrupt(attempt, server, folder / str(attempt.number), *options)
            finally:
                servers.put(server)

        with ThreadPoolExecutor(RUNS_AT_A_TIME) as pool:
            outcomes = pool.map(interrupt_on_free_server, attempts(chosen.runs, chosen.seed, seconds))
            return report(list(tqdm(outcomes, total=chosen.runs, unit=" runs", disable=None)))


def report(outcomes: list[Outcome]) -> int:
    """Print every problem, then one line of totals. Return the exit status."""
    bad = [outcome for outcome in outcomes if outcome.problems]
    for outcome in bad:
        print(f"{outcome.attempt}, {outcome.state}: {'; '.join(outcome.problems)}\n{outcome.output}\n")
    counts = Counter(outcome.state for outcome in outcomes)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    print(f"{len(outcomes)} runs interrupted ({states}): {len(bad)} with problems")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
