"""What a run tells: on the terminal, in JUnit files, and to the comparison."""

from typing import Any

from behave.reporter.junit import JUnitReporter
from behave.reporter.summary import SummaryReporter

from acceptance.reports.junit import JUnitReport
from acceptance.reports.record import Record
from acceptance.reports.summary import Summary


def install(config: Any) -> JUnitReport | None:
    """Put the project's reporters in the place of behave's. The one for JUnit, where one was asked for."""
    junit = None
    for place, reporter in enumerate(config.reporters):
        if isinstance(reporter, JUnitReporter):
            config.reporters[place] = junit = JUnitReport(config)
        elif isinstance(reporter, SummaryReporter):
            config.reporters[place] = Summary(config)
    if "record" in config.userdata:
        config.reporters.append(Record(config))
    return junit
