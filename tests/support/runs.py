"""Run the specification as a process of its own, each run with its own folder for reports."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import psutil

from acceptance.paths import ROOT
from tests.support.environment import clean_environment

# Seconds after which a process counts as hanging.
TIMEOUT = 180.0

# What users start: plain behave, and make acceptance.
BEHAVE = (sys.executable, "-m", "behave")
ACCEPTANCE = (sys.executable, "-m", "acceptance")

CASE_OF_THE_RUN = "the run"


@dataclass(frozen=True)
class Case:
    """A test case of a JUnit file; ``verdict`` is passed, failure, error or skipped."""

    name: str
    classname: str
    verdict: str
    text: str

    @classmethod
    def of(cls, element: ElementTree.Element) -> "Case":
        found = next((child for child in element if child.tag in ("failure", "error", "skipped")), None)
        text = "\n".join([found.get("message", ""), found.text or ""]) if found is not None else ""
        verdict = "passed" if found is None else found.tag
        return cls(element.get("name", ""), element.get("classname", ""), verdict, text)

    @property
    def id(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def rule(self) -> str:
        """The title of its rule; JUnit class names contain no dots, so they become underscores."""
        return self.classname.partition(".")[2].replace("_", ".")


@dataclass(frozen=True)
class Finished:
    """A run that has ended."""

    status: int
    out: str
    err: str
    reports: Path

    @property
    def files(self) -> list[Path]:
        return sorted(self.reports.rglob("*.xml"))

    @property
    def cases(self) -> list[Case]:
        """The cases of scenarios."""
        return [case for case in self._all_cases if case.name != CASE_OF_THE_RUN]

    @property
    def ending(self) -> Case:
        """The case that says how the run itself ended."""
        [case] = [case for case in self._all_cases if case.name == CASE_OF_THE_RUN]
        return case

    @property
    def _all_cases(self) -> list[Case]:
        return [Case.of(element) for file in self.files for element in ElementTree.parse(file).iter("testcase")]

    @property
    def page(self) -> str:
        """The text of specification.html; empty if there is none."""
        file = self.reports / "specification.html"
        return file.read_text("utf-8") if file.exists() else ""

    @property
    def everything(self) -> str:
        """All that the run printed and wrote."""
        written = [file for file in self.reports.rglob("*") if file.is_file()]
        return "\n".join([self.out, self.err, *(file.read_text("utf-8", "replace") for file in written)])


def run_program(
    arguments: Sequence[str], settings: Mapping[str, str] | None = None, root: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """Run a program of the project to its end."""
    return subprocess.run(
        arguments,
        cwd=root,
        env=clean_environment(settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def run(
    reports: Path,
    *options: str,
    settings: Mapping[str, str] | None = None,
    root: Path = ROOT,
    program: Sequence[str] = BEHAVE,
) -> Finished:
    """Run the specification with these options of behave to its end; ``root`` is the working directory."""
    ended = run_program([*program, "--junit-directory", str(reports), *options], settings, root)
    return Finished(ended.returncode, ended.stdout, ended.stderr, reports)


@dataclass
class Running:
    """A run in progress. ``lines`` grows while the run writes to its standard output."""

    process: "subprocess.Popen[str]"
    reports: Path
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        def read() -> None:
            assert self.process.stdout is not None
            self.lines.extend(iter(self.process.stdout.readline, ""))

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()

    def wait_for_line(self, pattern: str) -> None:
        """Wait until the run writes a line that matches the pattern."""
        wait_until(lambda: any(re.search(pattern, line) for line in list(self.lines)) or not self.is_alive())
        assert any(re.search(pattern, line) for line in self.lines), "".join(self.lines)

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[psutil.Process]:
        """The processes that the run has started and not ended."""
        return children_of(self.process.pid)

    def end(self) -> Finished:
        """Wait until the run has ended."""
        self.process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        assert self.process.stderr is not None
        return Finished(self.process.returncode, "".join(self.lines), self.process.stderr.read(), self.reports)


@contextmanager
def started(
    reports: Path, *options: str, settings: Mapping[str, str] | None = None, program: Sequence[str] = BEHAVE
) -> Iterator[Running]:
    """A run of the specification that is killed at the end of the block if it is still in progress."""
    with started_process([*program, "--junit-directory", str(reports), *options], settings or {}) as process:
        yield Running(process, reports)


@contextmanager
def started_process(arguments: Sequence[str], settings: Mapping[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """Any program of the project; it is killed at the end of the block if it is still in progress."""
    with subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=clean_environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def copy_project(folder: Path) -> Path:
    """Copy what a run needs into a new folder."""
    for name in ("features", "acceptance", "embedded_ragflow"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "behave.ini", folder)
    return folder


def unprintable(text: str) -> list[str]:
    """Return the characters of an output that a terminal may execute, and the workflow commands for CI servers."""
    characters = [each for each in "".join(re.split("[\n\t]", text)) if not each.isprintable()]
    return characters + re.findall(r"^\s*::.*", text, re.MULTILINE)


def patch(file: Path, old: str, new: str) -> None:
    """Replace a text that the file contains exactly once."""
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old} in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


def wait_until(condition: Callable[[], bool], timeout: float = 60.0) -> None:
    """Wait for the condition, at most so many seconds."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"the condition did not become true within {timeout:.0f} s"
        pause.wait(0.01)


def children_of(parent: int) -> list[psutil.Process]:
    """The processes that this one has started and not ended."""
    try:
        return psutil.Process(parent).children()
    except psutil.NoSuchProcess:
        return []


def has_ended(process: psutil.Process) -> bool:
    """Whether the process has ended, whether or not its parent has noticed."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
