"""Scenarios that run side by side, ahead of their turn, and are told in their turn.

behave 1.3.3 runs one after the other (it keeps ``--jobs`` for runners of others), and it is left to do that: in the
place of a scenario's own run it waits for the one that was run ahead, so that hooks, formatters and reporters find what
they always find. Threads are enough, as the time goes into waiting for the server.
"""

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from copy import copy
from functools import partial
from types import SimpleNamespace
from typing import Any

from behave.capture import CaptureController
from behave.model import Scenario
from behave.model_type import Status

from acceptance import interruption
from acceptance.ragflow.gate import Gate
from acceptance.sandbox.sandbox import REMOVAL_TIMEOUT

# The tag of what depends on time, or on who else is there: it runs alone.
ALONE = "alone"

# The tags of what takes longest, and so begins first of those that do not run alone.
LONG = {"scale", "long"}

# Requests of a scenario that may be under way at once, on average.
REQUESTS = 4

# Seconds between two looks whether the run is to end.
GLANCE = 0.1

# What is printed and logged belongs to the process: nobody can tell which scenario has said it.
NOTHING = SimpleNamespace(capture_stdout=False, capture_stderr=False, capture_log=False)


class Told:
    """A formatter that keeps what it is told, to tell it on in its turn."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, call: str) -> Callable[..., None]:
        return lambda *arguments: self._calls.append((call, arguments))

    def tell(self, formatters: Sequence[Any]) -> None:
        for call, arguments in self._calls:
            for formatter in formatters:
                getattr(formatter, call)(*arguments)


class Ahead:
    """Runs so many scenarios at a time; those that run alone go first.

    What only has to be removed behind a scenario does not keep the next from its beginning. No more requests are under
    way than REQUESTS for each that runs. It begins when the turn of the first has come. A scenario that taught nothing,
    while the server said that all this is too much, is run once more, alone and with one request at a time.
    """

    def __init__(self, scenarios: Sequence[Any], many: int, gate: Gate) -> None:
        self._many, self._gate = many, gate
        self._waiting = deque(sorted(scenarios, key=_place))
        # By identity: to behave, two rows of the same name are equal.
        self._running: dict[int, Any] = {}
        self._leaving: set[int] = set()
        self._again: set[int] = set()
        self._told: dict[int, Future[Told]] = {id(scenario): Future() for scenario in scenarios}
        self._changed = threading.Condition()
        self._has_begun = self._is_over = False
        for scenario in scenarios:
            scenario.run = partial(self._take_turn, scenario)

    def close(self) -> None:
        """Begin nothing more, and wait for the end of what runs.

        What a silent server keeps from its end is not waited for, unless it is something that has to be finished.
        """
        with self._changed:
            self._is_over = True
            self._forget_waiting()
            while not self._changed.wait_for(lambda: not self._running, REMOVAL_TIMEOUT):
                if not interruption.somebody_else_holds():
                    self._running.clear()

    def leave(self, scenario: Any) -> None:
        """Nothing more is done in the scenario but to remove what it has created: another may begin."""
        with self._changed:
            self._leaving.add(id(scenario))
            self._changed.notify_all()

    def _take_turn(self, scenario: Any, runner: Any) -> bool:
        """In the place of the scenario's own run: whether it has failed, or the run is to end."""
        if not self._has_begun:
            self._begin(runner)
        told = self._told[id(scenario)]
        try:
            while not runner.aborted and not told.done():
                wait([told], GLANCE)
            if runner.aborted:
                # Nobody reports on what is not at its end.
                self.close()
            if told.done() and not told.cancelled():
                told.result().tell(runner.formatters)
        except BaseException:
            self.close()
            raise
        return bool(scenario.status.has_failed() or runner.aborted)

    def _begin(self, runner: Any) -> None:
        self._has_begun = True
        # Without a handler, Python itself writes what is logged to the terminal.
        logging.getLogger().addHandler(logging.NullHandler())
        for _ in range(2 * self._many):
            threading.Thread(target=self._work, args=(_beside(runner, self._many),), daemon=True).start()

    def _work(self, own: Any) -> None:
        """Run one scenario after the other, by a runner of this thread's own."""
        interruption.ask_from_now_on(lambda: own.aborted)
        while scenario := self._next(own):
            told = Told()
            own.formatters = [told]
            refusals = self._gate.refusals
            try:
                Scenario.run(scenario, own)
                if self._gate.refusals > refusals and _taught_nothing(scenario) and id(scenario) not in self._again:
                    self._put_back(scenario)
                else:
                    self._told[id(scenario)].set_result(told)
            except BaseException as error:
                self._told[id(scenario)].set_exception(error)
            finally:
                with self._changed:
                    self._running.pop(id(scenario), None)
                    self._leaving.discard(id(scenario))
                    self._changed.notify_all()

    def _next(self, own: Any) -> Any:
        """The next scenario, as soon as it may begin; None where there is none, or the run is to end."""
        with self._changed:
            self._changed.wait_for(self._may_go_on)
            if own.aborted or self._is_over:
                self._forget_waiting()
            if not self._waiting:
                return None
            scenario = self._waiting.popleft()
            self._running[id(scenario)] = scenario
            if ALONE not in scenario.effective_tags:
                self._gate.limit(1 if id(scenario) in self._again else self._many * REQUESTS)
            return scenario

    def _may_go_on(self) -> bool:
        """Whether the next may begin, or nothing more can come: what runs may have to run again."""
        if not self._running:
            return True
        if len(self._running) - len(self._leaving) >= self._many:
            return False
        return bool(self._waiting) and not any(map(self._is_alone, [self._waiting[0], *self._running.values()]))

    def _is_alone(self, scenario: Any) -> bool:
        return ALONE in scenario.effective_tags or id(scenario) in self._again

    def _put_back(self, scenario: Any) -> None:
        row = scenario._row  # behave 1.3.3 forgets it with what has happened
        scenario.reset()
        scenario._row = row
        with self._changed:
            self._again.add(id(scenario))
            self._waiting.append(scenario)

    def _forget_waiting(self) -> None:
        for scenario in self._waiting:
            self._told[id(scenario)].cancel()
        self._waiting.clear()


def _place(scenario: Any) -> tuple[bool, bool]:
    """What is smaller begins earlier; what is equal in the order of the features."""
    return ALONE not in scenario.effective_tags, LONG.isdisjoint(scenario.effective_tags)


def _taught_nothing(scenario: Any) -> bool:
    return bool(scenario.status.has_failed()) and scenario.status != Status.failed


def _beside(runner: Any, at_a_time: int) -> Any:
    """A runner for one scenario after the other in a thread of its own, with what the run's hooks have prepared."""
    own = copy(runner)
    own.capture_controller = CaptureController(NOTHING)
    context = own.context = copy(runner.context)
    context._runner = weakref.proxy(own)
    context._stack = [{"@cleanups": [], "sandbox": runner.context.sandbox.beside(at_a_time)}, context._root]
    return own
