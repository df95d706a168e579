"""Scenarios that worker processes run, reported by behave in the order of the features.

behave 1.3.3 runs one scenario after another. In a parallel run each scenario's ``run`` waits for the worker's result
instead, so hooks, formatters and reporters see what they see in any run.
"""

import json
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
from behave.matchers import NoMatch
from behave.model import Scenario
from behave.model_type import Status

from acceptance import interruption
from acceptance.running.child_runs import ChildRuns, reason_in
from acceptance.running.settings import Settings
from acceptance.running.worker import Ended, ScenarioFinished
from acceptance.sandbox.inventory import PREFIX

# The tag of scenarios that depend on time, or on what else happens on the server.
ALONE = "alone"

# How many usual scenarios take as long as one with this tag, roughly.
WEIGHTS = {"scale": 8, "long": 16}

# Seconds between two checks whether the run has to end.
POLL_INTERVAL = 0.1


class Worker(threading.Thread):
    """A run of some scenarios in a process. The thread puts its lines of JSON into a queue, and an empty one last."""

    def __init__(
        self,
        id: str,
        locations: Sequence[str],
        start: Callable[..., "subprocess.Popen[str]"],
        queue: "SimpleQueue[tuple[Worker, str]]",
    ) -> None:
        """``start`` starts a process with these arguments of behave."""
        super().__init__(daemon=True)
        self.id, self.locations, self._queue = id, locations, queue
        self.has_ended = False
        # A pipe that nobody reads would block the worker when it is full.
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115  # read after the worker ends
        arguments = [*locations, "-D", f"worker={id}", "--no-junit", "--no-summary"]
        self.process = start(arguments, stdin=subprocess.PIPE, stderr=self._errors)
        self.start()

    def run(self) -> None:
        for line in self.process.stdout or ():
            # behave names its runner in front of the first message; a killed worker may leave half a line.
            if line.startswith("{") and line.endswith("\n"):
                self._queue.put((self, line))
        self.process.wait()
        self._queue.put((self, ""))

    @property
    def last_words(self) -> str:
        """How the process has ended, and why, if it said so."""
        if (status := self.process.wait()) < 0:
            return f"({signal.Signals(-status).name})"
        self._errors.seek(0)
        return f"(exit status {status}): {reason_in(self._errors.read())}"


class ParallelScenarios:
    """Runs the scenarios with ``@alone`` in this process, then all others in workers.

    ``kept`` names the assistants that workers keep for inspection; ``retries`` counts their retries.
    """

    def __init__(
        self,
        scenarios: Sequence[Any],
        count: int,
        *,
        run: str,
        settings: Settings,
        end: Callable[[str], None],
        command_for: Callable[[Any], str],
    ) -> None:
        """Take over these scenarios, for ``count`` workers with these settings. ``run`` is the id of the run.

        ``end`` ends the run for a reason; ``command_for`` returns the command that repeats a scenario.
        """
        self.kept: list[str] = []
        self.retries = 0
        self._alone = [each for each in scenarios if ALONE in each.effective_tags]
        self._others = {str(each.location): each for each in scenarios if ALONE not in each.effective_tags}
        self._count, self._run, self._end, self._command_for = count, run, end, command_for
        self._child_runs = ChildRuns()
        files = () if settings.throttle is None else (settings.throttle,)
        self._start = partial(self._child_runs.start, variables=settings.variables, pass_fds=files)
        self._workers: list[Worker] = []
        self._queue: SimpleQueue[tuple[Worker, str]] = SimpleQueue()
        # Locations, because to behave two rows of the same name are equal.
        self._finished: set[str] = set()
        self._has_begun = self._is_ending = False
        for scenario in scenarios:
            scenario.run = partial(self._take_turn, scenario)

    def _take_turn(self, scenario: Any, runner: Any) -> bool:
        """Stand in for the scenario's own ``run``. Return whether it failed or the run has to end."""
        if not self._has_begun:
            self._begin(runner)
        location = str(scenario.location)
        if location not in self._finished and not runner.aborted:
            self._wait_for(location, runner)
        if location in self._finished:
            _show(scenario, runner)
        return bool(scenario.status.has_failed() or runner.aborted)

    def _begin(self, runner: Any) -> None:
        """Run the scenarios with ``@alone``; the workers start in the meantime."""
        self._has_begun = True
        with interruption.held():
            for number, share in enumerate(share_out([*self._others.values()], self._count), start=1):
                locations = [str(scenario.location) for scenario in share]
                self._workers.append(Worker(f"{self._run}-{number}", locations, self._start, self._queue))
        formatters, runner.formatters = runner.formatters, []
        try:
            for scenario in self._alone:
                if not runner.aborted:
                    self._finished.add(str(scenario.location))
                    Scenario.run(scenario, runner)
        finally:
            runner.formatters = formatters
        if not runner.aborted:
            for worker in self._workers:
                # A line on its standard input lets it begin.
                with suppress(BrokenPipeError):
                    print(file=worker.process.stdin, flush=True)

    def _wait_for(self, location: str, runner: Any) -> None:
        [worker] = [each for each in self._workers if location in each.locations]
        # A signal has ended the run before its KeyboardInterrupt arrives here.
        with suppress(KeyboardInterrupt), interruption.held():
            while not (location in self._finished or worker.has_ended or runner.aborted):
                self._receive()
        if runner.aborted:
            # The reports need what the workers have found.
            self.close()
        elif location not in self._finished:
            self._finished.add(location)
            scenario = self._others[location]
            scenario.repeat = self._command_for(scenario)
            scenario.set_status(Status.error)
            what = "the worker of this scenario ended before it reported a result"
            scenario.error_message = f"{what} {worker.last_words}"

    def _receive(self) -> None:
        """Process a message of any worker, if one arrives soon."""
        try:
            worker, line = self._queue.get(timeout=POLL_INTERVAL)
        except Empty:
            return
        if not line:
            worker.has_ended = True
            return
        match msgspec.convert(json.loads(line), type=ScenarioFinished | Ended):
            case ScenarioFinished() as finished:
                self._restore(self._others[finished.location], finished)
            case Ended(reason, kept, retries):
                self.kept += kept
                self.retries += retries
                if reason and not self._is_ending:
                    self._end(reason)

    def _restore(self, scenario: Any, finished: ScenarioFinished) -> None:
        """Give a scenario the state that it has in its worker, as far as behave and the reports look at it."""
        self._finished.add(finished.location)
        for step, (status, seconds, error) in zip(scenario.all_steps, finished.steps, strict=True):
            step.status, step.duration, step.error_message = Status[status], seconds, error
        scenario.set_status(Status[finished.status])
        scenario.error_message = finished.error
        # The worker was started by another command, against a server that may end with this run.
        command = self._command_for(scenario)
        text = finished.result.text.replace(finished.result.repeat, command)
        scenario.result = replace(finished.result, repeat=command, text=text)

    def terminate(self) -> None:
        """Tell all workers to clean up and end. A signal handler may call it."""
        self._is_ending = True
        self._child_runs.terminate()

    def kill(self) -> list[str]:
        """End all workers at once. Return how the names of what they may leave begin."""
        failed = [f"{PREFIX} {each.id} ..." for each in self._workers if each.process.poll() != 0]
        self._child_runs.kill()
        return failed

    def close(self) -> None:
        """End the workers that have not run all their scenarios, and wait until all have cleaned up."""
        if any(not each.has_ended and not self._finished.issuperset(each.locations) for each in self._workers):
            self.terminate()
        for worker in self._workers:
            worker.join()
        while not self._queue.empty():
            self._receive()


def share_out(scenarios: Sequence[Any], count: int) -> list[list[Any]]:
    """Divide scenarios into at most that many shares of similar length, each in the order of the features."""
    shares: list[list[int]] = [[] for _ in range(min(count, len(scenarios)))]
    weights = [max([1, *(WEIGHTS.get(tag, 1) for tag in each.effective_tags)]) for each in scenarios]
    for number in sorted(range(len(scenarios)), key=lambda number: -weights[number]):
        min(shares, key=lambda share: sum(weights[each] for each in share)).append(number)
    return [[scenarios[number] for number in sorted(share)] for share in shares]


def _show(scenario: Any, runner: Any) -> None:
    """Call the formatters as behave does when it runs the scenario."""
    for formatter in runner.formatters:
        formatter.scenario(scenario)
        for step in scenario.all_steps:
            formatter.step(step)
        for step in scenario.all_steps:
            # A step with a known deviation has run, but its status is skipped, like that of the steps after it.
            if step.duration or step.status not in (Status.untested, Status.skipped):
                formatter.match(runner.step_registry.find_match(step) or NoMatch())
                formatter.result(step)
