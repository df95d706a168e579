"""JUnit files for CI: ``TESTS-<feature>.xml`` for each feature, and ``TESTS-run.xml`` for the run itself.

behave's own files lose the rules, their duration, and the message of a failure outside a step.
"""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import behave
from junitparser import Attr, Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from acceptance import VERSION
from acceptance.paths import FEATURES
from acceptance.ragflow.printable import printable
from acceptance.reports.rendering import write_whole
from acceptance.reports.results import NOT_FINISHED, Result, RunResult, Verdict

# The property of each file that says who wrote it.
NAME = "ragflow-session-deletion-specification"
MARKER = f'<property name="specification" value="{NAME} '.encode()


class Case(TestCase):
    status = Attr()


@dataclass(frozen=True)
class JUnitFiles:
    """The JUnit files in a folder. ``as_behave`` chooses the layout of behave's own files, which some editors read.

    In that layout a file is one suite, a class name is ``<file>.<feature>``, and a case has the name of its scenario.
    """

    folder: Path
    as_behave: bool = False

    def file(self, name: str) -> Path:
        return self.folder / f"TESTS-{name}.xml"

    def remove_earlier(self) -> None:
        """Remove the files of an earlier run: a feature that does not run this time must not keep its file."""
        for file in self.folder.glob("TESTS-*.xml"):
            if file.is_file() and self._is_own(file):
                file.unlink()

    def write_feature(self, name: str, title: str, results: Iterable[Result], run: RunResult) -> None:
        suite = f"{name}.{title}" if self.as_behave else title
        self._write(name, suite, [self._case(result, suite, run) for result in results], run)

    def write_run(self, run: RunResult) -> None:
        """Report how the run ended as a case of its own, so that CI sees problems outside of scenarios."""
        case = Case("the run", classname="The run")
        case.status = "failed" if run.problem else "passed"
        case.result = [Error(run.problem, "ended")] if run.problem else []
        self._write("run", "The run", [case], run)

    def _is_own(self, file: Path) -> bool:
        """Whether this specification wrote the file. Release 1.0.0 wrote no marker."""
        unmarked = {self.file(name) for name in ("run", *(feature.stem for feature in FEATURES.glob("*.feature")))}
        content = file.read_bytes()
        return MARKER in content or (file in unmarked and b"<testsuites>" in content)

    def _write(self, name: str, title: str, cases: Iterable[Case], run: RunResult) -> None:
        suite = TestSuite(printable(title))
        suite.timestamp = datetime.now(UTC).isoformat(timespec="seconds")
        suite.hostname = platform.node()
        for key, value in _properties(run).items():
            suite.add_property(key, printable(value))
        suite.add_testcases([*cases])
        write = suite.write
        if not self.as_behave:
            xml = JUnitXml()
            xml.add_testsuite(suite)
            write = xml.write
        write_whole(self.file(name), lambda part: write(str(part), pretty=True))

    def _case(self, result: Result, suite: str, run: RunResult) -> Case:
        # Jenkins reads the text before the last dot as the package, and the rest as the class.
        classname = ".".join(part.replace(".", "_") for part in (suite, result.rule) if part)
        case = Case(
            printable(result.name if self.as_behave else f"{result.id} {result.name}".strip()),
            classname=printable(suite if self.as_behave else classname),
            time=round(result.seconds, 3),
        )
        case.status = self._status(result)
        case.system_out = result.repeat
        if result.verdict in (Verdict.FAILED, Verdict.ERROR):
            kind = Failure if result.verdict is Verdict.FAILED else Error
            failure = kind(result.headline, result.verdict.value)
            failure.text = result.text
            case.result = [failure]
        elif result.verdict is not Verdict.PASSED:
            # While the run goes on, only a failed hook keeps a scenario from running.
            reason = "a hook before it failed" if run.stop_reason in ("", NOT_FINISHED) else run.stop_reason
            case.result = [Skipped(result.headline or f"not run: {reason}", result.verdict.value)]
        return case

    def _status(self, result: Result) -> str:
        """Return behave's word. Editors that read behave's layout know no status ``error``."""
        if result.verdict is Verdict.ERROR:
            return "failed" if self.as_behave else "error"
        if result.verdict in (Verdict.PASSED, Verdict.FAILED):
            return str(result.verdict.value)
        return "skipped" if result.headline else "untested"


def _properties(run: RunResult) -> dict[str, str]:
    versions = {"specification": f"{NAME} {VERSION}", "behave": behave.__version__, "python": platform.python_version()}
    if run.target is None:
        return versions
    target = {name: getattr(run.target, name) for name in ("release", "known_by", "contract", "database")}
    differences = {"differences": "; ".join(run.target.differences)} if run.target.differences else {}
    return versions | {"target": run.target.description} | target | differences
