"""What a run tells: on the terminal, in JUnit files, and to the comparison."""

from typing import Any

from behave.reporter.junit import JUnitReporter
from behave.reporter.summary import SummaryReporter

from acceptance.reports.ending import Ending
from acceptance.reports.junit import JUnitReport
from acceptance.reports.record import Record
from acceptance.reports.summary import Summary


class Reports:
    """The reporters of a run. From now on it is told that it has not ended; what earlier runs told is gone."""

    def __init__(self, config: Any) -> None:
        self.ending = Ending()
        # How many scenarios are to run, as soon as that is known.
        self.scenarios = 0
        self.junit: JUnitReport | None = None
        for place, reporter in enumerate(config.reporters):
            if isinstance(reporter, JUnitReporter) and not config.dry_run:
                config.reporters[place] = self.junit = JUnitReport(config, self.ending)
            elif isinstance(reporter, SummaryReporter):
                config.reporters[place] = Summary(config, self.ending)
        # A run that does nothing learns nothing.
        config.reporters[:] = [one for one in config.reporters if not isinstance(one, JUnitReporter)]
        if "record" in config.userdata:
            config.reporters.append(Record(config))

    def tell_ending(self) -> None:
        """Tell it where behave does not come to the end of its reporters."""
        if self.junit:
            self.junit.tell_ending()


def reports_of(config: Any) -> Reports:
    """The reports of the run of this configuration, made where there are none yet."""
    if not hasattr(config, "reports_of_specification"):
        config.reports_of_specification = Reports(config)
    reports: Reports = config.reports_of_specification
    return reports
