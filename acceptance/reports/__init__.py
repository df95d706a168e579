"""Reports of a run, all made from one model (``results.py``): terminal, JUnit files, page, job summary, JSON."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from behave.reporter.base import Reporter
from behave.reporter.junit import JUnitReporter
from behave.reporter.summary import SummaryReporter

from acceptance.behave_adapter import scenario_id
from acceptance.errors import CannotRun
from acceptance.ragflow.printable import printable
from acceptance.reports import record
from acceptance.reports.from_behave import results_of
from acceptance.reports.github_summary import append_summary
from acceptance.reports.junit import JUnitFiles
from acceptance.reports.page import render_page
from acceptance.reports.rendering import write_text
from acceptance.reports.results import NOT_FINISHED, Ending, Result, RunResult, Target, Verdict
from acceptance.reports.summary import print_summary
from acceptance.terminal import print_error


class Reports(Reporter):  # type: ignore[misc]  # behave has no type information
    """The only reporter of a run.

    It replaces behave's own reporters, deletes the reports of earlier runs, and reports the run as unfinished at first.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.ending = Ending()
        self.target: Target | None = None
        # The numbers of scenarios that will run, and of scenarios and files that the command line excludes.
        self.scenarios = self.not_selected = self.features_not_named = 0
        self._began = datetime.now(UTC)
        self._clock = time.monotonic()
        self._introductions: dict[str, str] = {}
        self._results: list[Result] = []
        self._written: RunResult | None = None
        # The title and the results of each feature by the name of its JUnit file.
        self._features: dict[str, tuple[str, list[Result]]] = {}
        # Why a report could not be written.
        self._trouble = ""
        own = [each for each in config.reporters if isinstance(each, JUnitReporter | SummaryReporter)]
        config.reporters[:] = [self, *(each for each in config.reporters if each not in own)]
        self._prints_summary = any(isinstance(each, SummaryReporter) for each in own)
        self._writes_files = not config.dry_run and any(isinstance(each, JUnitReporter) for each in own)
        folder, layout = Path(config.junit_directory), read_setting(config, "junit")
        self._junit = JUnitFiles(folder, as_behave=layout == "behave")
        self._page = folder / "specification.html"
        self._write(self._junit.remove_earlier)
        self.write_state()

    def check(self) -> None:
        """Raise CannotRun if the reports cannot be written."""
        if self._trouble:
            raise CannotRun(self._trouble)

    def add_unrun(self, scenario: Any, rule: str, verdict: Verdict, reason: str) -> None:
        """Report a scenario that was removed from behave's features."""
        self._introductions[scenario.feature.name] = "\n".join(scenario.feature.description)
        of_scenario = (scenario_id(scenario), scenario.name, rule, str(scenario.location), verdict)
        self._results.append(Result(*of_scenario, scenario.feature.name, headline=reason, text=reason))

    def feature(self, feature: Any) -> None:
        """Report a feature. behave calls this after each feature, even if it did not run."""
        results = results_of(feature, self.config)
        self._introductions[feature.name] = "\n".join(feature.description)
        self._results += results
        if self._junit.as_behave:
            # Editors look for every scenario of the file.
            results = [each for each in self._results if each.place[0] == feature.filename]
        if results:
            name = ".".join(Path(feature.location.relpath(self.config.base_dir)).with_suffix("").parts)
            self._features[name] = (feature.name, results)
            self._write(lambda: self._junit.write_feature(name, feature.name, results, self.result))

    def end(self) -> None:
        """Write the final reports. behave calls this last."""
        # The last hook marks the run as finished, unless it fails.
        if self._writes_files and self.ending.reason == NOT_FINISHED:
            self.ending.mark_failed("its last hook failed; see the terminal")
        self._complete_files()
        run = self.result
        if self._prints_summary:
            print_summary(run, self._page if self._writes_files and not self._trouble else None)
        append_summary(run)
        if "record" in self.config.userdata:
            record.write(run, Path(self.config.userdata["record"]))
        if self._trouble:
            print_error(self._trouble)
            # behave does not ask reporters for the exit status.
            raise SystemExit(1)

    def write_state(self) -> None:
        """Write how the run ended, or that it has not finished, even if behave never reaches ``end``."""
        self._write(self._write_state)

    def _write_state(self) -> None:
        run = self.result
        state = replace(run, seconds=0)
        if state != self._written:
            self._junit.write_run(run)
            write_text(self._page, render_page(run))
            self._written = state

    def _complete_files(self) -> None:
        """Write the final state, and again what could not be written or was removed during the run."""
        self._trouble = ""
        for name, (title, results) in self._features.items():
            if not self._junit.file(name).exists():
                self._write(partial(self._junit.write_feature, name, title, results, self.result))
        self.write_state()
        if self._trouble:
            self.ending.mark_failed(self._trouble)
            self.write_state()

    def _write(self, write: Callable[[], None]) -> None:
        """Write reports, if the run has any. It goes on if that fails."""
        if self._writes_files:
            try:
                write()
            except OSError as error:
                reason = error.strerror or error
                self._trouble = (
                    f"The report folder '{self._junit.folder}' is not writable ({reason}); "
                    "name another one with --junit-directory."
                )

    @property
    def result(self) -> RunResult:
        """The results so far."""
        return RunResult(
            began=self._began.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._clock,
            stop_reason=printable(self.ending.reason, keep_newlines=True),
            leftovers=printable(self.ending.leftovers, keep_newlines=True),
            target=self.target,
            introductions=dict(self._introductions),
            results=tuple(self._results),
            not_selected=self.not_selected,
            features_not_named=self.features_not_named,
        )


def read_setting(config: Any, name: str) -> str:
    """Return a setting of formatters and reporters, which exist before the settings are checked."""
    return str(config.userdata.get(name) or os.environ.get(f"RAGFLOW_{name.upper()}") or "").strip()


def reports_of(config: Any) -> Reports:
    """Return the reports of the run with this configuration; create them on the first call."""
    if not hasattr(config, "reports_of_specification"):
        config.reports_of_specification = Reports(config)
    reports: Reports = config.reports_of_specification
    return reports
