"""What a run tells: on the terminal, in JUnit files, on a page, and to whoever compares runs."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from behave.reporter.base import Reporter
from behave.reporter.junit import JUnitReporter
from behave.reporter.summary import SummaryReporter

from acceptance.reports import github_summary, summary
from acceptance.reports.ending import NOT_ENDED, Ending
from acceptance.reports.from_behave import left_out, results_of, was_run
from acceptance.reports.junit import JUnitFiles
from acceptance.reports.page import Page
from acceptance.reports.results import Feature, Result, RunResult, Target, Verdict


class Reports(Reporter):  # type: ignore[misc]  # behave has no type information
    """The one reporter of a run. From now on the run is told not to have ended; what earlier ones told is gone."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.ending = Ending()
        self.target: Target | None = None
        # How many scenarios are to run, and how many nobody asked for, as soon as that is known.
        self.scenarios = 0
        self.not_selected = 0
        self.features_not_named = 0
        self._began = datetime.now(UTC)
        self._clock = time.monotonic()
        self._features: dict[str, Feature] = {}
        self._results: list[Result] = []
        # Where the scenarios are that were run, as behave says it.
        self._ran: set[str] = set()
        self._told: RunResult | None = None
        own = [each for each in config.reporters if isinstance(each, JUnitReporter | SummaryReporter)]
        # A run that does nothing learns nothing.
        writes = not config.dry_run and any(isinstance(each, JUnitReporter) for each in own)
        folder = Path(config.junit_directory)
        self._junit = JUnitFiles(folder) if writes else None
        self._page = Page(folder) if writes else None
        self._sums_up = any(isinstance(each, SummaryReporter) for each in own)
        config.reporters[:] = [self, *(each for each in config.reporters if each not in own)]
        self.tell_ending()

    def leave_out(self, scenario: Any, rule: str, verdict: Verdict, reason: str) -> None:
        """Tell of a scenario that does not run here, and that behave does not know of any more."""
        self._introduce(scenario.feature)
        self._results.append(left_out(scenario, rule, verdict, reason))

    def feature(self, feature: Any) -> None:
        """behave calls it behind each feature, and for each that was not run as well."""
        results = results_of(feature, self.config)
        self._introduce(feature)
        self._results += results
        self._ran |= {str(scenario.location) for scenario in feature.walk_scenarios() if was_run(scenario)}
        if self._junit:
            name = Path(feature.location.relpath(self.config.base_dir)).with_suffix("")
            self._junit.write_feature(".".join(name.parts), feature.name, results, self.ending)

    def end(self) -> None:
        """behave calls it when everything else has ended. Where the page lacks something, the run has failed."""
        # The last hook closes the run; where that has not happened, it has failed.
        if self._junit and self.ending.reason == NOT_ENDED:
            self.ending.broken_by("its last hook failed; the terminal says why")
        self.tell_ending()
        missing = self._page.lacks(self._ran) if self._page else []
        if missing:
            self.ending.broken_by(f"the page lacks what was run: {', '.join(missing)}")
            self.tell_ending()
        run = self.result
        if self._sums_up:
            summary.tell(run, self._page.file if self._page else None)
        github_summary.tell(run)
        if "record" in self.config.userdata:
            # Nobody else needs what it is written with.
            from acceptance.reports import record

            record.write(run, Path(self.config.userdata["record"]))
        if missing:
            raise SystemExit(1)

    def tell_ending(self) -> None:
        """Tell how the run has ended, also where behave does not come to the end of its reporters."""
        run = self.result
        if run.differs_from(self._told):
            if self._junit:
                self._junit.write_run(self.ending)
            if self._page:
                self._page.write(run)
            self._told = run

    @property
    def result(self) -> RunResult:
        """The run as it is known now."""
        return RunResult(
            began=self._began.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._clock,
            trouble=self.ending.reason,
            left=self.ending.left,
            target=self.target,
            features=tuple(self._features.values()),
            results=tuple(self._results),
            not_selected=self.not_selected,
            features_not_named=self.features_not_named,
        )

    def _introduce(self, feature: Any) -> None:
        self._features[feature.name] = Feature(feature.name, tuple(feature.description))


def reports_of(config: Any) -> Reports:
    """The reports of the run of this configuration, made where there are none yet."""
    if not hasattr(config, "reports_of_specification"):
        config.reports_of_specification = Reports(config)
    reports: Reports = config.reports_of_specification
    return reports
