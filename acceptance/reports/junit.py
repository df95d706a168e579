"""JUnit files, one a feature: what CI keeps.

behave's own lose the rules and their time, and the text of whatever fails outside a step.
"""

import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from behave.reporter.base import Reporter
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from acceptance.reports.ending import NOT_ENDED, Ending
from acceptance.reports.results import Result, Verdict, results_of

# Characters that XML 1.0 cannot hold.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnitReport(Reporter):  # type: ignore[misc]  # behave has no type information
    """Writes ``TESTS-<feature>.xml`` into behave's ``junit_directory``, and ``TESTS-run.xml`` about the run itself."""

    def __init__(self, config: Any, ending: Ending) -> None:
        super().__init__(config)
        self._folder = Path(config.junit_directory)
        self._ending = ending
        # A file of an earlier run would speak for a feature that this one does not run.
        for earlier in self._folder.glob("TESTS-*.xml"):
            earlier.unlink()
        self.tell_ending()

    def feature(self, feature: Any) -> None:
        name = Path(feature.location.relpath(self.config.base_dir)).with_suffix("")
        cases = [_case(result, feature.name, self._ending) for result in results_of(feature, self.config)]
        if cases:
            self._write(".".join(name.parts), feature.name, cases)

    def end(self) -> None:
        # The last hook closes the run; where that has not happened, it has failed.
        if self._ending.reason == NOT_ENDED:
            self._ending.broken_by("its last hook failed; the terminal says why")
        self.tell_ending()

    def tell_ending(self) -> None:
        """Say in a case of its own how the run ended: without one, CI would not see what no scenario shows."""
        case = TestCase("the run", classname="The run")
        if self._ending.trouble:
            case.result = [Error(_legal(self._ending.trouble), "ended")]
        self._write("run", "The run", [case])

    def _write(self, name: str, title: str, cases: list[TestCase]) -> None:
        suite = TestSuite(_legal(title))
        suite.timestamp = datetime.now(UTC).isoformat(timespec="seconds")
        suite.hostname = platform.node()
        suite.add_testcases(cases)
        xml = JUnitXml()
        xml.add_testsuite(suite)
        self._folder.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: the process may be ended at any moment.
        written = self._folder / f"TESTS-{name}.part"
        xml.write(str(written), pretty=True)
        written.replace(written.with_suffix(".xml"))


def _case(result: Result, feature: str, ending: Ending) -> TestCase:
    case = TestCase(
        _legal(" ".join(filter(None, (result.id, result.name)))),
        # Jenkins takes what stands before the last dot for a package, and what stands behind it for a class.
        classname=_legal(".".join(part.replace(".", "_") for part in (feature, result.rule) if part)),
        time=round(result.seconds, 3),
    )
    case.system_out = result.repeat
    if result.verdict in (Verdict.FAILED, Verdict.ERROR):
        kind = Failure if result.verdict is Verdict.FAILED else Error
        trouble = kind(_legal(result.headline), result.verdict.value)
        trouble.text = _legal(result.text)
        case.result = [trouble]
    elif result.verdict is not Verdict.PASSED:
        # The run goes on, so it is what was to go before this scenario that failed.
        reason = "what goes before it failed" if ending.reason == NOT_ENDED else ending.reason
        case.result = [Skipped(_legal(result.headline or f"not run: {reason}"))]
    return case


def _legal(text: str) -> str:
    return NOT_IN_XML.sub(lambda found: ascii(found.group())[1:-1], text)
