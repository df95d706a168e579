"""Runs of the specification in processes of their own: to compare what they find, or as workers of one run."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

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


class ChildRuns:
    """Child processes that run the specification and end together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], **options: Any) -> "subprocess.Popen[str]":
        """Start a run with these arguments of behave, settings as environment variables, and options of Popen.

        The environment holds the keys: other users may see the command line. Raise KeyboardInterrupt after an
        interrupt.
        """
        # The settings and the page of the job are those of this process.
        own = ("RAGFLOW_", github_summary.VARIABLE)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        with self._lock:
            if interruption.is_requested():
                raise KeyboardInterrupt
            process = subprocess.Popen(
                [sys.executable, "-m", "acceptance", *arguments],
                env={**inherited, "PYTHONPATH": path, **variables},
                stdout=subprocess.PIPE,
                text=True,
                # The terminal sends Ctrl-C to its whole process group; this process passes it on instead.
                start_new_session=True,
                **options,
            )
            self._processes.append(process)
        # The signal may have arrived while the process started.
        if interruption.is_requested():
            process.terminate()
        return process

    def terminate(self) -> None:
        """Ask all runs to end. Each removes what it created first."""
        for process in self._processes:
            process.terminate()

    def kill(self) -> None:
        """End all runs at once."""
        for process in self._processes:
            process.kill()


def reason_in(output: str) -> str:
    """Return the sentence with which a run says why it cannot run, or else the last line of its output."""
    lines = output.strip().splitlines() or ["The run printed nothing."]
    return next((line for line in lines if line.startswith("The specification cannot run.")), lines[-1])


@dataclass(frozen=True)
class Side:
    """A release or an address to run against. ``prefix`` is FROM or TO in a comparison.

    The keys of an address are FROM_API_KEY, FROM_OTHER_API_KEY and so on, its other settings FROM_SHARED_TENANT,
    FROM_INSECURE and FROM_RATE; the variables of a usual run are defaults.
    """

    name: str
    prefix: str = ""

    @property
    def is_address(self) -> bool:
        return "://" in self.name

    @property
    def variables(self) -> dict[str, str]:
        """The settings of an address as environment variables of a run."""
        return {
            f"RAGFLOW_{key}": os.environ.get(f"{self.prefix}_{key}") or os.environ.get(f"RAGFLOW_{key}", "")
            for key in ("API_KEY", "OTHER_API_KEY", "SHARED_TENANT", "INSECURE", "RATE")
            if self.is_address
        }

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}".strip()


class Runner(ChildRuns):
    """Runs the specification against several sides. ``folder`` holds the reports of the runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def run(self, sides: Sequence[Side], arguments: Sequence[str] = (), *, workers: int = 2) -> list[RunResult]:
        """Run against each side with these arguments of behave, ``workers`` runs at a time. Print their troubles.

        Raise CannotRun if a side is not valid or its run does not start.
        """
        for side in sides:
            try:
                if not side.is_address and is_newer(read_release(side.name)):
                    raise CannotRun("this release is newer than all known releases.")
            except CannotRun as reason:
                raise CannotRun(f"{side}: {reason}") from None
        run = self._run if workers > 1 else self._run_alone
        results = run_in_threads(partial(run, arguments), sides, workers=workers, title="")
        for side, result in zip(sides, results, strict=True):
            for trouble in filter(None, (result.stop_reason, result.leftovers)):
                print_error(f"{side}: {trouble}")
        return results

    def _run_alone(self, arguments: Sequence[str], side: Side) -> RunResult:
        """Run in the main thread. An interrupt has to wait until the run has removed what it created."""
        with interruption.held():
            return self._run(arguments, side)

    def _run(self, arguments: Sequence[str], side: Side) -> RunResult:
        reports = self._folder / (side.prefix or side.name)
        record = self._folder / f"{reports.name}.json"
        setting = f"url={side.name}" if side.is_address else f"release={side.name}"
        options = ["-D", setting, "--junit-directory", str(reports), "-D", f"record={record}"]
        process = self.start(
            [*arguments, *options], side.variables, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        out, err = process.communicate()
        if record.exists():
            return read(record)
        if interruption.is_requested():
            raise KeyboardInterrupt
        raise CannotRun(f"{side}: {reason_in(err.strip() or out)}")


def as_command(what: str, do: Callable[[Runner], int]) -> int:
    """Call ``do`` and return its exit status, or 1 after a sentence that says why ``what`` was not finished.

    Ctrl-C, SIGTERM and SIGHUP end all child runs; this waits until they have cleaned up.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            runner = Runner(Path(folder))
            hint = "The runs are still cleaning up. Press Ctrl-C once more to end this command at once, but not them."
            with Interruption(lambda _: runner.terminate(), lambda: hint):
                return do(runner)
    except CannotRun as trouble:
        print_error(f"{what} cannot be made. {trouble}")
    except OSError as trouble:
        print_error(f"{what} cannot be written. {trouble}")
    except KeyboardInterrupt:
        print_error(f"{what} was interrupted.")
    return 1
