"""Reports of a run, all made from one model (``results.py``): terminal, JUnit files, page, job summary, JSON."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from behave.reporter.base import Reporter
from behave.reporter.junit import JUnitReporter
from behave.reporter.summary import SummaryReporter

from acceptance.behave_adapter import scenario_id
from acceptance.reports import junit, record
from acceptance.reports.from_behave import results_of
from acceptance.reports.github_summary import append_summary
from acceptance.reports.page import render_page
from acceptance.reports.rendering import write_text
from acceptance.reports.results import NOT_FINISHED, Ending, Result, RunResult, Target, Verdict
from acceptance.reports.summary import print_summary


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
        own = [each for each in config.reporters if isinstance(each, JUnitReporter | SummaryReporter)]
        config.reporters[:] = [self, *(each for each in config.reporters if each not in own)]
        self._prints_summary = any(isinstance(each, SummaryReporter) for each in own)
        writes_files = not config.dry_run and any(isinstance(each, JUnitReporter) for each in own)
        self._folder = Path(config.junit_directory) if writes_files else None
        self._page = self._folder / "specification.html" if self._folder else None
        if self._folder:
            # A feature that does not run this time must not keep its file from an earlier run.
            for earlier in self._folder.glob("TESTS-*.xml"):
                earlier.unlink()
        self.write_state()

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
        if self._folder and results:
            name = ".".join(Path(feature.location.relpath(self.config.base_dir)).with_suffix("").parts)
            junit.write_feature(self._folder, name, feature.name, results, self.ending)

    def end(self) -> None:
        """Write the final reports. behave calls this last."""
        # The last hook marks the run as finished, unless it fails.
        if self._folder and self.ending.reason == NOT_FINISHED:
            self.ending.mark_failed("its last hook failed; see the terminal")
        self.write_state()
        run = self.result
        if self._prints_summary:
            print_summary(run, self._page)
        append_summary(run)
        if "record" in self.config.userdata:
            record.write(run, Path(self.config.userdata["record"]))

    def write_state(self) -> None:
        """Write how the run ended, or that it has not finished, even if behave never reaches ``end``."""
        run = self.result
        state = replace(run, seconds=0)
        if self._folder and self._page and state != self._written:
            junit.write_run(self._folder, self.ending)
            write_text(self._page, render_page(run))
            self._written = state

    @property
    def result(self) -> RunResult:
        """The results so far."""
        return RunResult(
            began=self._began.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._clock,
            stop_reason=self.ending.reason,
            leftovers=self.ending.leftovers,
            target=self.target,
            introductions=dict(self._introductions),
            results=tuple(self._results),
            not_selected=self.not_selected,
            features_not_named=self.features_not_named,
        )


def reports_of(config: Any) -> Reports:
    """Return the reports of the run with this configuration; create them on the first call."""
    if not hasattr(config, "reports_of_specification"):
        config.reports_of_specification = Reports(config)
    reports: Reports = config.reports_of_specification
    return reports
