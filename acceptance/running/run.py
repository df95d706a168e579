"""The life of a run: how it ends, whatever happens, and what it says then."""

import atexit
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

from behave.model_type import Status

from acceptance import interruption
from acceptance.behave_adapter import scenario_id
from acceptance.errors import (
    CannotRun,
    Inconclusive,
    LeftBehind,
    OthersMissing,
    RuleBroken,
    TenantWiped,
    UnusableListing,
)
from acceptance.interruption import Interruption
from acceptance.paths import ROOT
from acceptance.reports import reports_of
from acceptance.running.leftovers import removal_hint
from acceptance.running.parallel import ParallelScenarios
from acceptance.running.settings import Settings
from acceptance.running.target import Target, guard_for
from acceptance.running.valid_keys import ValidKeys
from acceptance.running.worker import Ended, Parent
from acceptance.sandbox.removal import REMOVAL_TIMEOUT
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_error, print_line

# The run ends after this many requests in a row without an answer.
UNANSWERED = 3


class Run(ExitStack):
    """Holds what has to be closed at the end of the run. An interrupt ends the run, but its cleanup goes on.

    The last hook closes it, or else the end of the process. ``workers`` run scenarios of a parallel run; a
    worker has a ``parent``.
    """

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.reports = reports_of(context.config)
        self.parent: Parent | None = None
        self.workers: ParallelScenarios | None = None
        self._context = context
        self._sandbox: Sandbox | None = None
        self._removal_hint = ""
        self.valid_keys: ValidKeys | None = None
        self.enter_context(Interruption(self.end, self._unfinished, self._end_at_once))
        atexit.register(self._close_at_exit)
        sys.excepthook = self._end_with_one_line
        if isinstance(sys.stdout, io.TextIOWrapper):
            # An ASCII terminal shows other characters escaped.
            sys.stdout.reconfigure(errors="backslashreplace")
        context.on_cleanup_error = self._report_cleanup_error
        # Without behave.ini, behave would capture what hooks print for the user.
        context.config.capture_hooks = False
        self.reports.check()
        if any("allure" in name.lower() for name in context.config.format or ()):
            print_line("warning: Allure's formatter drops every scenario inside a Rule; docs/ci.md names other reports")
        if context.config.default_format != "specification":
            print_line(f"behave.ini was not read, so JUnit files and rules are missing: start behave in {ROOT}")

    @contextmanager
    def open_sandbox(self, target: Target, settings: Settings) -> Iterator[Sandbox]:
        """Open a sandbox, and empty it at the end of the run, after the workers.

        Raise LeftBehind if that fails, and TenantWiped or OthersMissing if more than that has disappeared.
        """
        guard = guard_for(target, settings)
        sandbox = self._sandbox = Sandbox(target.ragflow, guard, interruption.held, settings.worker)
        self._removal_hint = removal_hint(settings, sandbox.run)
        hint = self._removal_hint and f"\n  {self._removal_hint}"
        try:
            yield sandbox
        finally:
            try:
                sandbox.kept += self.workers.kept if self.workers else []
                sandbox.clear_all(target.owners if self.workers else ())
            except (TenantWiped, OthersMissing) as trouble:
                self.reports.ending.leftovers = str(trouble)
                print_line(f"\nERROR: {trouble}")
                raise
            except (Inconclusive, UnusableListing) as trouble:
                self.reports.ending.leftovers = f"left behind, or could not be verified: {trouble}"
                print_line(f"\n{self.reports.ending.leftovers}{hint}")
                raise
            finally:
                retries = sandbox.ragflow.server.retries + (self.workers.retries if self.workers else 0)
                if retries:
                    limit = throttle.summary if (throttle := sandbox.ragflow.server.throttle) else ""
                    print_line(f"\nretries after the server said that it was busy: {retries}{limit}")
                if self.parent:
                    reason = self.reports.ending.reason if self._context.aborted else ""
                    self.parent.send(Ended(reason, sandbox.kept, retries))
            kept = "".join(f"\n  kept for inspection: assistant '{name}'" for name in sandbox.kept)
            print_line(f"\nleft behind: {len(sandbox.kept)}{kept}{hint if kept else ''}")

    def end(self, reason: str, scenario: Any = None) -> None:
        """End the run in this scenario, or the current one: no further scenario runs, and everything is removed."""
        scenario = scenario or getattr(self._context, "scenario", None)
        place = f", in {scenario_id(scenario)} {scenario.name}" if scenario else ""
        self.end_because(f"the run ended: {reason}{place}")

    def end_because(self, sentence: str) -> None:
        self.reports.ending.mark_failed(sentence)
        self._context.abort(reason=sentence.removeprefix("the run ended: "))
        if self.workers:
            self.workers.terminate()

    def check_tenant(self, context: Any, step: Any) -> None:
        """After a failed step, end the run if the tenant was wiped, or if every call rejects its key now."""
        if isinstance(step.exception, LeftBehind):
            self.end("an assistant or a guest could not be removed", context.scenario)
        elif step.status.has_failed():
            try:
                if self.valid_keys and step.exception and (error := self.valid_keys.explain(step.exception)):
                    step.status, step.exception = Status.error, error
                    self.end(str(error).partition("\n")[0], context.scenario)
                    return
                context.sandbox.check_bystander(context.sender.last_request)
            except TenantWiped as trouble:
                step.status, step.exception = Status.error, trouble
                self.end("all assistants of the tenant are gone", context.scenario)
            except (Inconclusive, RuleBroken):
                # The failure of the step matters more.
                pass

    def check_connection(self, context: Any) -> None:
        """End the run after some requests in a row without an answer."""
        unanswered = context.target.ragflow.server.unanswered
        if unanswered >= UNANSWERED and not context.aborted:
            self.end(f"no answer to the last {unanswered} requests", context.scenario)

    def clear_scenario(self, context: Any) -> None:
        """Remove what a scenario created, or keep it for inspection if a step failed and the user wants that."""
        if self.valid_keys:
            self.valid_keys.forget()
        steps = context.scenario.all_steps
        failed = next((step for step in steps if step.status.has_failed() and step.exception), None)
        if failed and context.keep_failed and (kept := context.sandbox.keep()):
            names = ", ".join(f"assistant '{name}'" for name in kept)
            failed.exception.add_note(f"Kept for inspection: {names}. {self._removal_hint}".rstrip())
        try:
            context.sandbox.clear()
        except LeftBehind:
            # Each further scenario would leave its assistants, too.
            self.end("an assistant or a guest could not be removed", context.scenario)
            raise

    def _unfinished(self) -> str:
        count = len(self._sandbox.entered) if self._sandbox else 0
        others = ", and those of the workers" if self.workers else ""
        seconds = 2 * REMOVAL_TIMEOUT * max(1, count)
        return (
            f"The run is still removing what it created (assistants: {count}{others}). A silent server may delay that "
            f"by up to {seconds:.0f} s. Press Ctrl-C once more to end the run at once and leave them on the server."
        )

    def _end_at_once(self) -> str:
        left = (self._sandbox.left if self._sandbox else []) + (self.workers.kill() if self.workers else [])
        names = ", ".join(f"'{name}'" for name in left)
        self.reports.ending.leftovers = f"may be left behind: {names}" if names else ""
        self.reports.ending.mark_failed("ended by a third Ctrl-C")
        self.reports.write_state()
        return f"Ended at once. May be left behind: {names}. {self._removal_hint}" if names else "Ended at once."

    def _report_cleanup_error(self, context: Any, cleanup: Callable[[], None], error: Exception) -> None:
        """Report an error for which behave shows no scenario."""
        self.reports.ending.mark_failed(f"cleaning up failed: {type(error).__name__}: {error}")
        context.print_cleanup_error(context, cleanup, error)

    def close(self) -> None:
        try:
            with interruption.held():
                super().close()
        finally:
            self.reports.ending.mark_finished()

    def _close_at_exit(self) -> None:
        """Close a run that broke off. Its errors have been printed."""
        try:
            self.close()
        except (Inconclusive, UnusableListing, KeyboardInterrupt):
            pass
        finally:
            self.reports.write_state()

    def _end_with_one_line(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, CannotRun):
            print_error(f"\nThe specification cannot run. {error}")
            self.reports.ending.mark_failed(str(error))
            self.reports.write_state()
        else:
            sys.__excepthook__(kind, error, trace)
