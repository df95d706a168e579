"""JUnit files for CI: ``TESTS-<feature>.xml`` for each feature, and ``TESTS-run.xml`` for the run itself.

behave's own files lose the rules, their duration, and the message of a failure outside a step.
"""

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from acceptance.reports.rendering import write_whole
from acceptance.reports.results import NOT_FINISHED, Ending, Result, Verdict

NOT_ALLOWED_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_feature(folder: Path, name: str, title: str, results: Sequence[Result], ending: Ending) -> None:
    _write(folder / f"TESTS-{name}.xml", title, [_case(result, title, ending) for result in results])


def write_run(folder: Path, ending: Ending) -> None:
    """Report how the run ended as a case of its own, so that CI sees problems outside of scenarios."""
    case = TestCase("the run", classname="The run")
    if ending.problem:
        case.result = [Error(_legal(ending.problem), "ended")]
    _write(folder / "TESTS-run.xml", "The run", [case])


def _write(file: Path, title: str, cases: list[TestCase]) -> None:
    suite = TestSuite(_legal(title))
    suite.timestamp = datetime.now(UTC).isoformat(timespec="seconds")
    suite.hostname = platform.node()
    suite.add_testcases(cases)
    xml = JUnitXml()
    xml.add_testsuite(suite)
    write_whole(file, lambda part: xml.write(str(part), pretty=True))


def _case(result: Result, feature: str, ending: Ending) -> TestCase:
    case = TestCase(
        _legal(f"{result.id} {result.name}".strip()),
        # Jenkins reads the text before the last dot as the package, and the rest as the class.
        classname=_legal(".".join(part.replace(".", "_") for part in (feature, result.rule) if part)),
        time=round(result.seconds, 3),
    )
    case.system_out = result.repeat
    if result.verdict in (Verdict.FAILED, Verdict.ERROR):
        kind = Failure if result.verdict is Verdict.FAILED else Error
        failure = kind(_legal(result.headline), result.verdict.value)
        failure.text = _legal(result.text)
        case.result = [failure]
    elif result.verdict is not Verdict.PASSED:
        # While the run goes on, only a failed hook keeps a scenario from running.
        reason = "a hook before it failed" if ending.reason == NOT_FINISHED else ending.reason
        case.result = [Skipped(_legal(result.headline or f"not run: {reason}"))]
    return case


def _legal(text: str) -> str:
    return NOT_ALLOWED_IN_XML.sub(lambda found: ascii(found.group())[1:-1], text)
