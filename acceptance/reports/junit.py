"""JUnit files, one a feature: what CI keeps.

behave's own lose the rules and their time, and the text of whatever fails outside a step.
"""

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from acceptance.reports.ending import NOT_ENDED, Ending
from acceptance.reports.files import write_whole
from acceptance.reports.results import Result, Verdict

# Characters that XML 1.0 cannot hold.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnitFiles:
    """``TESTS-<feature>.xml`` in that folder, and ``TESTS-run.xml`` about the run itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A file of an earlier run would speak for a feature that this one does not run.
        for earlier in folder.glob("TESTS-*.xml"):
            earlier.unlink()

    def write_feature(self, file: str, title: str, results: Sequence[Result], ending: Ending) -> None:
        if results:
            self._write(file, title, [_case(result, title, ending) for result in results])

    def write_run(self, ending: Ending) -> None:
        """Say in a case of its own how the run ended: without one, CI would not see what no scenario shows."""
        case = TestCase("the run", classname="The run")
        if ending.trouble:
            case.result = [Error(_legal(ending.trouble), "ended")]
        self._write("run", "The run", [case])

    def _write(self, name: str, title: str, cases: list[TestCase]) -> None:
        suite = TestSuite(_legal(title))
        suite.timestamp = datetime.now(UTC).isoformat(timespec="seconds")
        suite.hostname = platform.node()
        suite.add_testcases(cases)
        xml = JUnitXml()
        xml.add_testsuite(suite)
        write_whole(self._folder / f"TESTS-{name}.xml", lambda file: xml.write(str(file), pretty=True))


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
