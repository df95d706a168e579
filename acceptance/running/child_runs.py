"""Runs of the specification, each a process of its own, for whoever compares what they found."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from acceptance import interruption
from acceptance.contract.contract import is_newer, read_release
from acceptance.errors import CannotRun
from acceptance.interruption import Interruption
from acceptance.paths import ROOT
from acceptance.reports import github_summary
from acceptance.reports.record import read
from acceptance.reports.results import RunResult
from acceptance.terminal import print_error
from acceptance.threads import run_in_threads

UNFINISHED = "The runs are still removing what they have created. Ctrl-C once more ends this at once, but not them."


class NotRun(Exception):
    """One of the runs did not come about; the text is the sentence that it ended with."""


@dataclass(frozen=True)
class Side:
    """What is run against: a release or an address. ``prefix`` is FROM or TO, where there are such sides.

    The keys of an address come from FROM_API_KEY, FROM_OTHER_API_KEY and so on, or else from the variables of
    every run.
    """

    name: str
    prefix: str = ""

    def check(self) -> None:
        """NotRun where this is neither an address nor a known release."""
        try:
            if not self.is_address and is_newer(read_release(self.name)):
                raise NotRun(f"{self}: that release is newer than every one that is known.")
        except CannotRun as reason:
            raise NotRun(f"{self}: {reason}") from None

    @property
    def is_address(self) -> bool:
        return "://" in self.name

    @property
    def chosen(self) -> list[str]:
        """The options that choose it."""
        return ["-D", f"url={self.name}" if self.is_address else f"release={self.name}"]

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables of its run, made from those of this process."""
        # The run is a part of the job, which has its page already.
        kept = {
            name: value
            for name, value in variables.items()
            if not name.startswith("RAGFLOW_") and name != github_summary.VARIABLE
        }
        if self.is_address:
            for key in ("API_KEY", "OTHER_API_KEY"):
                own = variables.get(f"{self.prefix}_{key}")
                kept[f"RAGFLOW_{key}"] = own or variables.get(f"RAGFLOW_{key}", "")
        return kept

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}".strip()


class _Runs:
    """The runs that have begun, so that they can be ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: list[subprocess.Popen[str]] = []

    def begin(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Begin one; KeyboardInterrupt where all are to end."""
        with self._lock:
            if interruption.is_requested():
                raise KeyboardInterrupt
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # Ctrl-C goes to every process of the terminal's group; these are told by this one.
                start_new_session=True,
            )
            self._begun.append(process)
        # The end of all may have been asked for while it was begun.
        if interruption.is_requested():
            process.terminate()
        return process

    def end(self, _reason: str) -> None:
        """End them all; each cleans up behind itself, and whoever waits for it goes on waiting."""
        for process in self._begun:
            process.terminate()


@dataclass(frozen=True)
class Runner:
    """Runs the specification. ``folder`` is where its runs write their own reports."""

    _runs: _Runs
    folder: Path

    def run(self, sides: Sequence[Side], arguments: Sequence[str] = (), *, workers: int = 2) -> list[RunResult]:
        """Run against each of them, so many at a time; ``arguments`` are for behave.

        A terminal sees how far it is. What the user has to know of a run is said. Raises NotRun.
        """
        for side in sides:
            side.check()
        with interruption.held(), tqdm(total=len(sides), unit="run", disable=None, leave=False) as progress:

            def run(side: Side) -> RunResult:
                result = self._run(side, arguments)
                progress.update()
                return result

            results = run_in_threads(run, sides, workers=workers, title="")
        for side, result in zip(sides, results, strict=True):
            for trouble in filter(None, (result.trouble, result.left)):
                print_error(f"{side}: {trouble}")
        return results

    def _run(self, side: Side, arguments: Sequence[str]) -> RunResult:
        reports = self.folder / (side.prefix or side.name)
        record = self.folder / f"{reports.name}.json"
        process = self._runs.begin(
            [
                *(sys.executable, "-m", "acceptance", *arguments, *side.chosen),
                *("--junit-directory", str(reports), "-D", f"record={record}"),
            ],
            side.environment(os.environ),
        )
        out, err = process.communicate()
        if not record.exists():
            if interruption.is_requested():
                raise KeyboardInterrupt
            raise NotRun(f"{side}: {_sentence((err or out).strip().splitlines())}")
        return read(record)


def _sentence(said: Sequence[str]) -> str:
    """The sentence with which a run says that it cannot be; where it says none, the last of its lines."""
    sentences = [line for line in said if line.startswith("The specification cannot run.")]
    return next(iter([*sentences, *reversed(said)]), "The run said nothing.")


def as_command(what: str, do: Callable[[Runner], int]) -> int:
    """Do something with runs, and give back its exit status: 1, behind a sentence, where it does not come about.

    ``what`` begins the sentence. Ctrl-C, SIGTERM and SIGHUP end all runs, and this waits until they have cleaned up.
    """
    runs = _Runs()
    try:
        with Interruption(runs.end, lambda: UNFINISHED), tempfile.TemporaryDirectory() as folder:
            return do(Runner(runs, Path(folder)))
    except NotRun as trouble:
        print_error(f"{what} cannot be made. {trouble}")
    except OSError as trouble:
        print_error(f"{what} cannot be written. {trouble}")
    except KeyboardInterrupt:
        print_error(f"{what} was interrupted.")
    return 1
