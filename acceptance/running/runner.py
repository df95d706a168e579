"""behave's runner, for what no hook sees: a run that breaks off before its first hook, or in its last."""

import sys
from pathlib import Path
from typing import Any

from behave.configuration import Configuration
from behave.reporter.junit import JUnitReporter
from behave.runner import Runner

from acceptance.errors import CannotRun
from acceptance.reports import reports_of


class SpecificationRunner(Runner):  # type: ignore[misc]  # behave has no type information
    """Tells in JUnit how the run ended, from its first moment on and whatever happens."""

    def run(self) -> bool:
        reports = reports_of(self.config)
        try:
            return bool(super().run())
        except CannotRun:
            # Told by whoever began the run.
            raise
        except BaseException as error:
            reports.ending.broken_by(f"{type(error).__name__}: {error}")
            raise
        finally:
            reports.tell_ending()

    def run_hook(self, hook_name: str, *args: Any) -> bool:
        """Run a hook, and remember that something went wrong in one that belongs to no feature."""
        passed = bool(super().run_hook(hook_name, *args))
        if not passed and hook_name in ("before_all", "after_all"):
            reports_of(self.config).ending.broken_by(f"the hook {hook_name} failed; the terminal says why")
        return passed


def begin() -> None:
    """Tell that the run has not ended, before anything can go wrong that ``behave`` itself does not tell.

    It is called where ``environment.py`` is read: then behave has not yet looked at the features. ``make acceptance``
    has told it already. The command line of another program, which starts behave by itself, says nothing of the run:
    there the first hook tells it.
    """
    program = Path(sys.argv[0])
    if program.stem != "behave" and program.parts[-2:] != ("behave", "__main__.py"):
        return
    config = Configuration(sys.argv[1:])
    reports_of(config)
    if config.dry_run:
        # No hook is called then that could take behave's own reporter away.
        JUnitReporter.feature = lambda *_: None
