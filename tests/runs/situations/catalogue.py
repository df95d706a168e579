"""How a situation is registered, brought about and observed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.paths import ROOT
from tests.support.runs import ACCEPTANCE, Case, Finished, Running, run, run_program, started, unprintable
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, spare_bystanders

# Bytes that the reports of a few scenarios need; a report with a long answer would be larger.
SMALL = 150_000

STALE = "TESTS-earlier_run.xml"
STALE_XML = (
    '<testsuites><testsuite name="earlier"><properties>'
    '<property name="specification" value="ragflow-session-deletion-specification 1.1.0"/></properties>'
    '<testcase name="EARLIER-1 green" classname="a"/></testsuite></testsuites>'
)
# The file of another project.
FOREIGN = "TESTS-foreign.xml"
FOREIGN_XML = '<testsuite name="foreign"/>'
STALE_PAGE = "the page of an earlier run"

# The title of the page of a run that did not finish.
UNFINISHED = "<h1>The run did not finish</h1>"
UNVERIFIED = "could not be verified"

React = Callable[[Seen], Reply | Misconduct | None]


@dataclass(frozen=True)
class Observed:
    """A finished run, and the names of the assistants that were on the server afterwards.

    ``has_traceback``: the situation is a mistake in Python code of the project, so a traceback is expected.
    ``keeps_stale``: the reports of an earlier run remain, because this one could not know where they are.
    ``was_killed``: the run had no chance to name what it left behind.
    ``about``: the situation concerns only scenarios whose name or class contains this.
    """

    finished: Finished
    left: Sequence[str] = ()
    has_traceback: bool = False
    keeps_stale: bool = False
    was_killed: bool = False
    about: str = ""

    @property
    def cases(self) -> list[Case]:
        cases = [case for case in self.finished.cases if case.id != "EARLIER-1"]
        chosen = [case for case in cases if self.about in case.name or self.about in case.classname]
        assert chosen or not self.about, f"{self.about} is not in the reports"
        return chosen

    @property
    def results(self) -> str:
        """``none``, or every verdict that occurred, sorted."""
        return ", ".join(sorted({result_of(case) for case in self.cases})) or "none"

    @property
    def case_of_the_run(self) -> str:
        if not any(file.name == "TESTS-run.xml" for file in self.finished.files):
            return "no report"
        case = self.finished.ending
        return "completed" if case.verdict == "passed" else f"{case.verdict}: {' '.join(case.text.split())}"

    @property
    def left_behind(self) -> str:
        if self.left:
            return f"{len(self.left)}" if self.was_killed else f"{len(self.left)}, named"
        return "nothing, unverified" if UNVERIFIED in self.finished.out else "nothing"

    def violations(self) -> Iterator[str]:
        """What no run may do, in any situation."""
        finished, printed = self.finished, self.finished.out + self.finished.err
        if "Traceback" in printed and not self.has_traceback:
            yield "it shows a traceback"
        if any(key in finished.everything for key in (OWN_KEY, OTHER_KEY)):
            yield "it shows a key"
        if unprintable(finished.everything):
            yield f"it shows text that terminals or CI servers execute: {unprintable(finished.everything)}"
        if max(len(printed), sum(file.stat().st_size for file in finished.files)) > SMALL:
            yield "its output is too long to read"
        if finished.files and not (finished.reports / FOREIGN).exists():
            yield "it removes the JUnit file of another project"
        if any(file.name == STALE for file in finished.files) is not self.keeps_stale:
            yield f"it {'removes' if self.keeps_stale else 'keeps'} the JUnit files of an earlier run"
        if (finished.page == STALE_PAGE) is not self.keeps_stale:
            yield f"it {'removes' if self.keeps_stale else 'keeps'} the page of an earlier run"
        if self.left and "left behind: 0" in finished.out:
            yield "it claims that nothing is left behind"
        for name in self.left:
            # A run that cannot list its assistants names them by their common prefix.
            prefix = f"'session-deletion-specification {re.split('[ -]', name.split(' ', 1)[1])[0]} …'"
            if name not in printed and prefix not in printed and not self.was_killed:
                yield f"it does not name {name} on the terminal"
        if self.case_of_the_run != "no report":
            yield from self._contradictions()

    def _contradictions(self) -> Iterator[str]:
        is_complete = self.case_of_the_run == "completed"
        is_good = is_complete and not {"error", "failure", "not run"} & set(map(result_of, self.finished.cases))
        if (self.finished.status == 0) is not is_good:
            yield f"its exit status {self.finished.status} contradicts its reports"
        if (UNFINISHED in self.finished.page) is is_complete:
            yield "its page contradicts JUnit"


def alike(observations: Sequence[Observed]) -> Observed:
    """Check that all have the same outcome, and return the first."""
    first, *others = observations
    for each in others:
        assert (each.finished.status, each.results, each.left_behind) == (
            first.finished.status,
            first.results,
            first.left_behind,
        ), each.finished.out
        assert list(each.violations()) == []
    return first


def result_of(case: Case) -> str:
    if case.verdict != "skipped":
        return case.verdict
    return "not run" if "not run" in case.text else "known deviation"


@dataclass
class Workplace:
    """A folder and a clean server for one situation."""

    folder: Path
    embedded: Embedded
    _reports: list[Path] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        return self.embedded.settings

    def reports(self) -> Path:
        """Create a folder for reports that contains those of an earlier, green run."""
        folder = self.folder / f"reports-{len(self._reports) + 1}"
        folder.mkdir()
        (folder / STALE).write_text(STALE_XML, "utf-8")
        (folder / FOREIGN).write_text(FOREIGN_XML, "utf-8")
        (folder / "specification.html").write_text(STALE_PAGE, "utf-8")
        self._reports.append(folder)
        return folder

    def run(
        self,
        *options: str,
        settings: Mapping[str, str] | None = None,
        root: Path = ROOT,
        program: Sequence[str] = ACCEPTANCE,
    ) -> Finished:
        """Run against the server, or with these settings instead."""
        chosen = self.settings if settings is None else settings
        return run(self.reports(), *options, settings=chosen, root=root, program=program)

    def observe(
        self,
        *options: str,
        settings: Mapping[str, str] | None = None,
        root: Path = ROOT,
        program: Sequence[str] = ACCEPTANCE,
        has_traceback: bool = False,
        keeps_stale: bool = False,
    ) -> Observed:
        finished = self.run(*options, settings=settings, root=root, program=program)
        return Observed(finished, self.embedded.assistants(), has_traceback, keeps_stale)

    @contextmanager
    def gateway(self, react: React) -> Iterator[dict[str, str]]:
        """The settings of a run behind a gateway, which forwards every request that ``react`` does not answer."""
        tamper = spare_bystanders(react)
        with StandIn(lambda seen: tamper(seen) or forwarded(self.embedded.url, seen)) as gateway:
            yield {**self.settings, "RAGFLOW_URL": gateway.url}

    def observe_behind(
        self, react: React, *options: str, root: Path = ROOT, program: Sequence[str] = ACCEPTANCE
    ) -> Observed:
        with self.gateway(react) as settings:
            return self.observe(*options, settings=settings, root=root, program=program)

    @contextmanager
    def started(self, *options: str, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
        chosen = self.settings if settings is None else settings
        with started(self.reports(), *options, settings=chosen, program=ACCEPTANCE) as running:
            yield running

    def sweep(self, *options: str) -> str:
        """Run the sweep, which must succeed, and return what it prints."""
        ended = run_program([ACCEPTANCE[0], "-m", "acceptance.sweep", *options], self.settings)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
        return ended.stdout

    def clean(self) -> None:
        """Delete all assistants, so that the next situation finds a clean server."""
        for owner in (self.embedded.own, self.embedded.other):
            body = owner.list_assistants().body
            assert isinstance(body, dict)
            items = body["data"]
            assert isinstance(items, list)
            if items:
                owner.delete_assistants([str(item["id"]) for item in items if isinstance(item, dict)])


Provoke = Callable[[Workplace], Observed | Mapping[str, Observed]]

SITUATIONS: dict[str, Provoke] = {}


def situation(provoke: Provoke) -> Provoke:
    """Register a function under its name. It returns what was observed, or several observations by name."""
    name = provoke.__name__.replace("_", "-")
    assert name not in SITUATIONS, name
    SITUATIONS[name] = provoke
    return provoke
