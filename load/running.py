"""Setup and teardown of the load test in one process: a single process, a master or a worker."""

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
from gevent.event import Event
from locust import runners
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_CLEANUP, STATE_INIT, STATE_MISSING, MasterRunner, WorkerRunner
from locust.stats import PERCENTILES_TO_REPORT, StatsCSV

from acceptance.contract.contract import contract_of, read_release
from acceptance.errors import CannotRun, Inconclusive, OthersMissing, TenantWiped, UnusableListing
from acceptance.interruption import EXIT_CTRL_C, SIGNALS
from acceptance.running.detection import choose_release
from acceptance.running.leftovers import removal_hint
from acceptance.running.settings import Settings
from acceptance.running.target import guard_for, open_target
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_error, print_line
from load import verdict
from load.users import StoryUser, World

# Seconds without a heartbeat until a worker counts as lost. Locust's 3 seconds are too short for a busy machine.
runners.HEARTBEAT_LIVENESS = 15

# Seconds for users to complete their actions, and for workers to stop.
USER_STOP_TIMEOUT = 70.0
WORKER_STOP_TIMEOUT = USER_STOP_TIMEOUT + 20.0


class LoadTest:
    """The target, the sandbox and the verdict of a load test.

    The master (or a single process) detects the release and cleans up at the end. Its prefix also covers the
    assistants of the workers.
    """

    def __init__(self, environment: Environment) -> None:
        """Open the target. Raises CannotRun."""
        assert environment.runner
        self._environment, self._runner = environment, environment.runner
        self._options: Namespace = environment.parsed_options or Namespace()
        self._is_worker = isinstance(self._runner, WorkerRunner)
        self._workers: set[str] = set()
        self._lost_workers = ""
        self._is_interrupted = False
        self._stopping = threading.Lock()
        settings = Settings.read(os.environ, {})
        if settings.url is None and isinstance(self._runner, MasterRunner | WorkerRunner):
            raise CannotRun("RAGFLOW_URL is not set. A master and its workers need the address of one RAGFlow.")
        with ExitStack() as stack:
            self._target = stack.enter_context(open_target(settings))
            self._guard = guard_for(self._target, settings)
            self._sandbox = Sandbox(self._target.ragflow, self._guard, nullcontext)
            self._removal_hint = removal_hint(settings, self._sandbox.run)
            if self._is_worker:
                # Its proxy may be another than the master's.
                self._sandbox.create_bystander()
                self._sandbox.clear_all()
            else:
                self._detect_release()
            self._target_stack = stack.pop_all()

    def _detect_release(self) -> None:
        try:
            release = choose_release(self._target, self._sandbox).release
        except BaseException:
            print_line(self._clean_up() or "left behind: 0")
            raise
        # Locust sends its options to every worker.
        self._options.run_id, self._options.release = self._sandbox.run, str(release)
        self._environment.host = f"{self._target.description}, release {release}, contract {contract_of(release).line}"

    def start(self) -> None:
        """Prepare what the users of this process share."""
        if isinstance(self._runner, MasterRunner):
            self._workers = set(self._runner.clients)
            return
        if isinstance(self._runner, WorkerRunner):
            run = f"{self._options.run_id} {self._runner.worker_index}"
            self._sandbox = Sandbox(self._target.ragflow, self._guard, nullcontext, run)
        StoryUser.world = World.of(self._target, read_release(self._options.release), self._sandbox)

    def wait_for_workers(self) -> None:
        """Wait until all workers have sent their last figures. Locust's master waits for half a second only."""
        if not isinstance(self._runner, MasterRunner):
            return
        runner, asked = self._runner, _reachable(self._runner)
        for worker in asked:
            runner.server.send_to_client(Message("quit", None, worker))
        with gevent.Timeout(WORKER_STOP_TIMEOUT, False):
            while asked & _reachable(runner):
                gevent.sleep(0.1)
        if lost := len(self._workers - asked.difference(runner.clients)):
            self._lost_workers = f"workers without a final report: {lost}"

    def stop(self) -> None:
        """Stop the users, clean up and decide the verdict. A second call waits for the first."""
        with self._stopping:
            if self._environment.process_exit_code is not None:
                return
            if self._runner.state == STATE_CLEANUP:
                # Locust is already stopping, and logs an error if it is asked to stop twice.
                self._runner.greenlet.join()
            else:
                self._runner.quit()
            problems = [] if self._is_worker else [self._lost_workers, self._clean_up()]
            self._target_stack.close()
            self._problems = list(verdict.find_problems(self._runner, self._options, [*filter(None, problems)]))
            # The master has the figures of all workers, and decides.
            self._environment.process_exit_code = int(bool(self._problems) and not self._is_worker)

    def _clean_up(self) -> str:
        """Remove all that this run created. Return what is left, or an empty string."""
        try:
            self._sandbox.clear_all()
        except (TenantWiped, OthersMissing) as error:
            return " ".join(str(error).split())
        except (Inconclusive, UnusableListing) as error:
            # The text may contain an answer of several lines, and the verdict is one line.
            text = " ".join(str(error).split())
            return f"left behind, or could not be verified: {text}. {self._removal_hint}"
        return ""

    def interrupt(self) -> None:
        """Stop and clean up on the first signal; exit immediately on the second."""
        if self._is_interrupted:
            left = f"May be left behind: '{self._sandbox.prefix} …'. {self._removal_hint}"
            print_error(f"Stopped without cleanup. {left}")
            os._exit(EXIT_CTRL_C)
        self._is_interrupted = True
        print_error("Stopping and cleaning up. Press Ctrl-C again to stop immediately.")
        is_waiting_for_workers = isinstance(self._runner, MasterRunner) and self._runner.state == STATE_INIT
        self.stop()
        if is_waiting_for_workers:
            # Otherwise Locust continues to wait.
            self.print_verdict()
            sys.exit(self._environment.process_exit_code)

    def print_verdict(self) -> None:
        """Print the last line, and write the final CSV files: Locust's own lack the last second."""
        if not self._is_worker:
            print_line(f"\n{verdict.verdict_line(self._runner, self._problems)}")
            if self._options.csv_prefix:
                atexit.register(_write_csv, self._environment, self._options.csv_prefix)


def _reachable(master: MasterRunner) -> set[str]:
    """Return the ids of the workers that still send heartbeats."""
    return {each.id for each in master.clients.all if each.state != STATE_MISSING}


def _write_csv(environment: Environment, prefix: str) -> None:
    figures = StatsCSV(environment, PERCENTILES_TO_REPORT)
    for name, write in (("stats", figures.requests_csv), ("failures", figures.failures_csv)):
        with Path(f"{prefix}_{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write(csv.writer(file))


def prepare(environment: Environment, **_: Any) -> None:
    """Set up the load test of this process, and register its teardown."""
    is_set_up = Event()

    def start(**_: Any) -> None:
        # A master may start a worker that is still being set up.
        is_set_up.wait()
        test.start()

    environment.events.test_start.add_listener(start)
    try:
        test = LoadTest(environment)
    except (CannotRun, KeyboardInterrupt) as reason:
        print_error(f"The load test cannot run. {str(reason) or 'It was interrupted.'}")
        sys.exit(1)
    # A plain signal handler would raise an exception inside a user's request.
    for number in SIGNALS:
        gevent.signal_handler(number, test.interrupt)
    environment.stop_timeout = environment.stop_timeout or USER_STOP_TIMEOUT
    environment.events.test_stop.add_listener(lambda **_: test.wait_for_workers())
    environment.events.quitting.add_listener(lambda **_: test.stop())
    environment.events.quit.add_listener(lambda **_: test.print_verdict())
    if environment.host:
        print_line(environment.host)
    is_set_up.set()
