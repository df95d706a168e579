"""A run from its first hook to its last, with what behave's hooks do not give: an end with one line."""

import atexit
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

from acceptance import reports
from acceptance.concurrency.interruption import Interruption
from acceptance.errors import CannotRun
from acceptance.ragflow.client import RAGFlow
from acceptance.reports.announcer import announce, refuse
from acceptance.reports.results import results_of
from acceptance.rules.scenarios import keep_scenarios
from acceptance.sandbox.sandbox import Sandbox


class Run(ExitStack):
    """Everything that has to be closed when the run ends. Interrupts end the run, but not its closing.

    It is closed by the last hook, and where that is never reached, at the end of the process.
    """

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.interruption = self.enter_context(Interruption(lambda reason: context.abort(reason=reason)))
        self._junit = reports.install(context.config)
        atexit.register(self.close)
        sys.excepthook = self._end_with_one_line
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that knows only ASCII is no reason to stop.
            sys.stdout.reconfigure(errors="backslashreplace")
        # behave 1.3.3 has no public way from a hook to the features that are about to run.
        self._features = context._runner.features
        self._config = context.config

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """What goes wrong inside ends the run at once, expected or not: behave would go on without a word to JUnit."""
        try:
            yield
        except Exception as trouble:
            raise CannotRun(f"{type(trouble).__name__}: {trouble}") from trouble

    @contextmanager
    def sandbox_on(self, ragflow: RAGFlow) -> Iterator[Sandbox]:
        """What the run creates there; removed again at its end, which says so. LeftBehind where something remains."""
        sandbox = Sandbox(ragflow, self.interruption.held)
        try:
            yield sandbox
        finally:
            sandbox.clear_all()
            announce("\nleft behind: 0")

    def keep_scenarios(self, applies: Callable[[Any], bool]) -> int:
        """Run only the scenarios that apply, and say how many others there were. CannotRun where none is left.

        behave itself takes a run without a scenario for a success.
        """
        left_out = sum(keep_scenarios(feature, applies) for feature in self._features)
        self._features[:] = [feature for feature in self._features if feature.run_items]
        if not any(results_of(feature, self._config) for feature in self._features):
            raise CannotRun("No scenario is selected. Check the tags, names and paths on the command line.")
        return left_out

    def asks_for(self, tag: str) -> bool:
        """Whether the tag is spoken of on the command line."""
        return tag in self._config.tag_expression.to_string()

    def leave_out(self, tag: str, reason: str) -> None:
        """Run without the scenarios of this tag, and say so in a line."""
        left_out = self.keep_scenarios(lambda scenario: tag not in scenario.effective_tags)
        if left_out:
            announce(f"left out: {left_out} scenarios with @{tag}, because {reason}")

    def close(self) -> None:
        with self.interruption.held():
            super().close()

    def _end_with_one_line(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, CannotRun):
            refuse(f"\nThe specification cannot run. {error}")
            if self._junit:
                self._junit.cannot_run(str(error))
        else:
            sys.__excepthook__(kind, error, trace)
