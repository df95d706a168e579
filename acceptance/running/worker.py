"""The worker's side of a parallel run: it waits for the start, and reports each scenario as one line of JSON."""

import json
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from behave.model import Scenario

from acceptance.behave_adapter import scenarios_of
from acceptance.reports.from_behave import result_of
from acceptance.reports.results import Result


class ScenarioFinished(msgspec.Struct, tag="scenario"):
    """The result of a scenario. A status is behave's name for it; steps are (status, seconds, error)."""

    location: str
    status: str
    error: str | None
    steps: list[tuple[str, float, str | None]]
    result: Result


class Ended(msgspec.Struct, tag="ended"):
    """The last message: why the worker stopped early, the assistants that it keeps, and the number of retries."""

    reason: str
    kept: list[str]
    retries: int


class Parent:
    """The parent of this worker, which closes standard input when it dies: that ends the run.

    Standard output is reserved for messages. Whatever else the run prints goes to standard error.
    """

    def __init__(self) -> None:
        """Wait for a line on standard input."""
        self._channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        os.read(0, 1)
        threading.Thread(target=self._wait_for_death, daemon=True).start()

    def _wait_for_death(self) -> None:
        # A thread that reads sys.stdin would hold its lock when Python exits.
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def report(self, features: Sequence[Any]) -> None:
        """Send the result of each scenario as soon as behave has run it."""
        for feature in features:
            for scenario, rule in scenarios_of(feature):
                scenario.run = partial(self._run, scenario, rule)

    def _run(self, scenario: Any, rule: str, runner: Any) -> bool:
        is_selected = scenario.should_run(runner.config)
        try:
            return bool(Scenario.run(scenario, runner))
        finally:
            if is_selected:
                steps = [(step.status.name, step.duration, step.error_message) for step in scenario.all_steps]
                status, error = scenario.status.name, scenario.error_message
                self.send(ScenarioFinished(str(scenario.location), status, error, steps, result_of(scenario, rule)))

    def send(self, message: ScenarioFinished | Ended) -> None:
        # Without a parent the worker still cleans up.
        with suppress(BrokenPipeError):
            # json escapes lone surrogates, which msgspec refuses.
            print(json.dumps(msgspec.to_builtins(message)), file=self._channel, flush=True)
