"""A load in one process: alone, as the master of workers, or as one of these."""

import atexit
import csv
import os
import sys
import threading
from argparse import Namespace
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import gevent
from locust import runners
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_CLEANUP, STATE_INIT, STATE_MISSING, MasterRunner, WorkerRunner
from locust.stats import PERCENTILES_TO_REPORT, StatsCSV

from acceptance.contract.contract import contract_of, read_release
from acceptance.errors import CannotRun, Inconclusive, UnusableListing
from acceptance.interruption import EXIT_CTRL_C, SIGNALS
from acceptance.running.detection import choose_release
from acceptance.running.run import SWEEP
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import open_target
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_error, print_line
from load import verdict
from load.people import Person, World

# Seconds without a sign of life after which a worker is taken for lost. Locust has three, which are soon over on a
# machine that has much to do.
runners.HEARTBEAT_LIVENESS = 15

# Seconds in which whoever is in the middle of something can finish it; and in which a worker has to end.
FINISHING = 70.0
ENDING = FINISHING + 20.0


class Load:
    """What has to be there for a load, and what has to be done behind it.

    The master, or who is alone, finds out the release, and sees to it that nothing is left behind: the assistants of
    the workers carry its prefix too.
    """

    def __init__(self, environment: Environment) -> None:
        """CannotRun, with one sentence, where there is no target."""
        assert environment.runner
        self._environment, self._runner = environment, environment.runner
        self._options: Namespace = environment.parsed_options or Namespace()
        self._is_worker = isinstance(self._runner, WorkerRunner)
        self._workers: set[str] = set()
        self._lost = ""
        self._is_interrupted = False
        self._ending = threading.Lock()
        settings = Settings.read(os.environ, {})
        if settings.url is None and isinstance(self._runner, MasterRunner | WorkerRunner):
            raise CannotRun(f"Workers need a RAGFlow that all of them reach: {name_of('url')} is not set.")
        with ExitStack() as stack:
            self._target = stack.enter_context(open_target(settings))
            self._sandbox = Sandbox(self._target.ragflow, nullcontext)
            if not self._is_worker:
                self._find_out()
            self._stack = stack.pop_all()

    def _find_out(self) -> None:
        try:
            release, _ = choose_release(self._target, self._sandbox)
        except BaseException:
            print_line(self._clear() or "left behind: 0")
            raise
        # Locust hands its options, and so these, to every worker.
        self._options.run_id, self._options.release = self._sandbox.run, str(release)
        self._environment.host = f"{self._target.description}, release {release}, contract {contract_of(release).line}"

    def begin(self) -> None:
        """People are about to come, to this process or to the workers."""
        if isinstance(self._runner, MasterRunner):
            self._workers = set(self._runner.clients)
            return
        if isinstance(self._runner, WorkerRunner):
            run = f"{self._options.run_id} {self._runner.worker_index}"
            self._sandbox = Sandbox(self._target.ragflow, nullcontext, run)
        Person.world = World.of(self._target, read_release(self._options.release), self._sandbox)

    def wait_for_workers(self) -> None:
        """Let the workers end, each with its last figures: the master itself waits for half a second only."""
        if not isinstance(self._runner, MasterRunner):
            return
        runner, asked = self._runner, _reachable(self._runner)
        for worker in asked:
            runner.server.send_to_client(Message("quit", None, worker))
        with gevent.Timeout(ENDING, False):
            while asked & _reachable(runner):
                gevent.sleep(0.1)
        if lost := len(self._workers - asked.difference(runner.clients)):
            self._lost = f"workers that did not say how they ended: {lost}"

    def end(self) -> None:
        """Remove what is left, and come to the verdict; who comes second waits for the first."""
        with self._ending:
            if self._environment.process_exit_code is not None:
                return
            if self._runner.state == STATE_CLEANUP:
                # Its time was over before, and whoever is asked to go twice complains.
                self._runner.greenlet.join()
            else:
                self._runner.quit()
            left = [] if self._is_worker else [self._lost, self._clear()]
            self._stack.close()
            self._broken = list(verdict.broken(self._runner, self._options, "; ".join(filter(None, left))))
            # A worker has handed its figures to the master, and knows nothing.
            self._environment.process_exit_code = int(bool(self._broken) and not self._is_worker)

    def _clear(self) -> str:
        """Remove everything of this run. What is left in a sentence; empty where that is nothing."""
        try:
            self._sandbox.clear_all()
        except (Inconclusive, UnusableListing) as trouble:
            return f"left behind, or nobody can tell: {trouble}; remove it with: {SWEEP}"
        return ""

    def interrupt(self) -> None:
        """The first time everybody finishes what they are at, and all is removed; the second time it ends at once."""
        if self._is_interrupted:
            print_error(f"Ended at once. May be left behind: '{self._sandbox.prefix} …'. Remove it with: {SWEEP}")
            os._exit(EXIT_CTRL_C)
        self._is_interrupted = True
        print_error("Ending, and cleaning up. Ctrl-C once more ends it at once.")
        is_waiting_for_workers = isinstance(self._runner, MasterRunner) and self._runner.state == STATE_INIT
        self.end()
        if is_waiting_for_workers:
            # Locust itself would go on with that.
            self.tell()
            sys.exit(self._environment.process_exit_code)

    def tell(self) -> None:
        """The last line, and the last figures: Locust itself leaves those of the last second out of its CSV."""
        if not self._is_worker:
            print_line(f"\n{verdict.sentence(self._runner, self._broken)}")
            if self._options.csv_prefix:
                atexit.register(_write, self._environment, self._options.csv_prefix)


def _reachable(master: MasterRunner) -> set[str]:
    """The workers that the master hears of."""
    return {each.id for each in master.clients.all if each.state != STATE_MISSING}


def _write(environment: Environment, prefix: str) -> None:
    figures = StatsCSV(environment, PERCENTILES_TO_REPORT)
    for name, write in (("stats", figures.requests_csv), ("failures", figures.failures_csv)):
        with Path(f"{prefix}_{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write(csv.writer(file))


def prepare(environment: Environment, **_: Any) -> None:
    """Prepare the load of this process, and see to its end."""
    try:
        load = Load(environment)
    except (CannotRun, KeyboardInterrupt) as reason:
        print_error(f"The load cannot run. {str(reason) or 'It was interrupted.'}")
        sys.exit(1)
    # Else Python raises it in whoever is just being served.
    for number in SIGNALS:
        gevent.signal_handler(number, load.interrupt)
    environment.stop_timeout = environment.stop_timeout or FINISHING
    environment.events.test_start.add_listener(lambda **_: load.begin())
    environment.events.test_stop.add_listener(lambda **_: load.wait_for_workers())
    environment.events.quitting.add_listener(lambda **_: load.end())
    environment.events.quit.add_listener(lambda **_: load.tell())
    if environment.host:
        print_line(environment.host)
