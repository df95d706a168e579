"""A runner for behave that reports what no hook sees: a run that fails before the first hook, or in the last."""

import sys
from pathlib import Path
from typing import Any

from behave.configuration import Configuration
from behave.reporter.junit import JUnitReporter
from behave.runner import Runner

from acceptance.errors import CannotRun
from acceptance.reports import reports_of


class SpecificationRunner(Runner):  # type: ignore[misc]  # behave has no type information
    """Reports in JUnit how the run ended, whatever happens."""

    def run(self) -> bool:
        reports = reports_of(self.config)
        try:
            return bool(super().run())
        except CannotRun:
            # The exception hook of the run reports it.
            raise
        except BaseException as error:
            reports.ending.mark_failed(f"{type(error).__name__}: {error}")
            raise
        finally:
            reports.write_state()

    def run_hook(self, hook_name: str, *args: Any) -> bool:
        """Run a hook, and note an error in one that belongs to no feature."""
        passed = bool(super().run_hook(hook_name, *args))
        if not passed and hook_name in ("before_all", "after_all"):
            reports_of(self.config).ending.mark_failed(f"the hook {hook_name} failed; the terminal says why")
        return passed


def begin() -> None:
    """Replace the reports of an earlier run before anything can fail without a report.

    ``environment.py`` calls it when behave reads it, which is before behave reads the features. ``make acceptance``
    has done so already. The command line of another program that starts behave does not describe the run: there the
    first hook does it.
    """
    program = Path(sys.argv[0])
    if program.stem != "behave" and program.parts[-2:] != ("behave", "__main__.py"):
        return
    config = Configuration(sys.argv[1:])
    reports_of(config)
    if config.dry_run:
        # A dry run calls no hook that could remove behave's own reporter.
        JUnitReporter.feature = lambda *_: None
