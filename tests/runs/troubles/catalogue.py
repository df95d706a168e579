"""How a trouble is provoked, and what is seen of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.paths import ROOT
from tests.support.runs import ACCEPTANCE, LIMIT, Case, Finished, Running, environment, run, started
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

# Octets that the reports of a run of some scenarios need; a long answer would not fit in.
SMALL = 150_000

STALE = "TESTS-of_an_earlier_run.xml"
STALE_PAGE = "the page of an earlier run"
GREEN = (
    '<testsuites><testsuite name="earlier"><testcase name="EARLIER-1 green" classname="a"/></testsuite></testsuites>'
)

# What the page says where a run did not end as it should.
BROKEN_OFF = "<h1>The run did not come to its end</h1>"

React = Callable[[Seen], Reply | Misconduct | None]


@dataclass(frozen=True)
class Observed:
    """A run that has ended, and the assistants that were on the server then.

    ``traces`` says that the trouble is in Python code of the project, of which the traceback is shown; ``stale``
    that the reports of an earlier run stay, because the run is none, or nobody can know where they are.
    """

    finished: Finished
    left: Sequence[str] = ()
    traces: bool = False
    stale: bool = False
    # Whether it could say nothing more.
    is_silent: bool = False
    # Of the scenarios of the run, those that the trouble is about; None: all.
    about: str | None = None

    @property
    def cases(self) -> list[Case]:
        cases = [case for case in self.finished.cases if case.id != "EARLIER-1"]
        if self.about is None:
            return cases
        chosen = [case for case in cases if self.about in case.name or self.about in case.classname]
        assert chosen, f"{self.about} is not in the reports"
        return chosen

    @property
    def verdicts(self) -> str:
        """``none``, or each verdict that was seen, sorted."""
        return ", ".join(sorted({verdict_of(case) for case in self.cases})) or "none"

    @property
    def said_of_the_run(self) -> str:
        if not any(file.name == "TESTS-run.xml" for file in self.finished.files):
            return "no report"
        case = self.finished.ending
        return "completed" if case.verdict == "passed" else f"{case.verdict}: {' '.join(case.text.split())}"

    @property
    def is_left(self) -> str:
        if self.left:
            return f"{len(self.left)}, and named" if not self.is_silent else f"{len(self.left)}"
        return "nothing, but nobody can tell" if "nobody can tell" in self.finished.out else "nothing"

    def troubles(self) -> Iterator[str]:
        """What no run may do, whatever happens to it."""
        finished, said = self.finished, self.finished.out + self.finished.err
        if "Traceback" in said and not self.traces:
            yield "it shows a traceback"
        if any(key in finished.everything for key in (OWN_KEY, OTHER_KEY)):
            yield "it shows a key"
        if sum(file.stat().st_size for file in finished.files) > SMALL or len(said) > SMALL:
            yield "it writes more than anybody reads"
        if any(file.name == STALE for file in finished.files) is not self.stale:
            yield "it leaves the reports of an earlier run" if not self.stale else "it took the earlier reports away"
        if (finished.page == STALE_PAGE) is not self.stale:
            yield "it leaves the page of an earlier run" if not self.stale else "it took the earlier page away"
        said_of_the_run, seen = self.said_of_the_run, {verdict_of(case) for case in finished.cases}
        well = said_of_the_run == "completed" and not {"error", "failure", "not run"} & seen
        if said_of_the_run != "no report" and (finished.status == 0) is not well:
            yield f"it ends with {finished.status}, which is not what it has found"
        if said_of_the_run != "no report" and (BROKEN_OFF in finished.page) is (said_of_the_run == "completed"):
            yield "its page says something else of the run than JUnit"
        if self.left and "left behind: 0" in finished.out:
            yield "it says that nothing is left behind"
        for name in self.left:
            if name not in said and not self.is_silent:
                yield f"it does not name {name} on the terminal"


def without_reports(ended: "subprocess.CompletedProcess[str]", reports: Path) -> Finished:
    """What is known of a program that writes no reports of its own."""
    return Finished(ended.returncode, ended.stdout, ended.stderr, 0.0, reports)


def verdict_of(case: Case) -> str:
    if case.verdict != "skipped":
        return case.verdict
    return "not run" if "not run" in case.text else "deviates"


@dataclass
class Place:
    """Where a trouble is provoked: a folder of its own, and a server on which nothing is."""

    folder: Path
    embedded: Embedded
    _reports: list[Path] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        return self.embedded.settings

    def reports(self) -> Path:
        """A new folder for reports, in which an earlier run was green."""
        folder = self.folder / f"reports-{len(self._reports) + 1}"
        folder.mkdir()
        (folder / STALE).write_text(GREEN, "utf-8")
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
        """A run against the server, or with these settings in the place of its own."""
        chosen = self.settings if settings is None else settings
        return run(self.reports(), *options, settings=chosen, root=root, program=program)

    def observe(self, *options: str, traces: bool = False, stale: bool = False, **way: object) -> Observed:
        finished = self.run(*options, **way)  # type: ignore[arg-type]
        return Observed(finished, self.embedded.assistants(), traces, stale)

    @contextmanager
    def between(self, react: React) -> Iterator[dict[str, str]]:
        """The settings of a run that meets ``react`` first, and the server where that has nothing to say."""
        with StandIn(lambda seen: react(seen) or forwarded(self.embedded.url, seen)) as between:
            yield {**self.settings, "RAGFLOW_URL": between.url}

    def observe_between(self, react: React, *options: str, **way: object) -> Observed:
        with self.between(react) as settings:
            return self.observe(*options, settings=settings, **way)  # type: ignore[arg-type]

    @contextmanager
    def started(
        self, *options: str, settings: Mapping[str, str] | None = None, program: Sequence[str] = ACCEPTANCE
    ) -> Iterator[Running]:
        with started(
            self.reports(), *options, settings=self.settings if settings is None else settings, program=program
        ) as running:
            yield running

    def sweep(self, *options: str) -> str:
        """What sweeping says, which has to succeed."""
        ended = subprocess.run(
            [sys.executable, "-m", "acceptance.sweep", *options],
            cwd=ROOT,
            env=environment(self.settings),
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
        return ended.stdout

    def clean(self) -> None:
        """Take away what is on the server, for whoever comes next."""
        for owner in (self.embedded.own, self.embedded.other):
            body = owner.list_assistants().body
            assert isinstance(body, dict)
            items = body["data"]
            assert isinstance(items, list)
            if items:
                owner.delete_assistants([str(item["id"]) for item in items if isinstance(item, dict)])


Provoke = Callable[[Place], Observed | Mapping[str, Observed]]

TROUBLES: dict[str, Provoke] = {}


def trouble(provoke: Provoke) -> Provoke:
    """Enter it by the name of its function. It gives what was seen, or that of each trouble in it by its name."""
    name = provoke.__name__.replace("_", "-")
    assert name not in TROUBLES, name
    TROUBLES[name] = provoke
    return provoke
