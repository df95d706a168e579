"""Whole runs of the specification, each a process of its own with its own folder for reports."""

import os
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

from acceptance.paths import ROOT
from acceptance.reports.github_summary import VARIABLE

OF_THE_RUN = "the run"
# Seconds after which a run is taken for one that hangs.
LIMIT = 120.0


@dataclass(frozen=True)
class Case:
    """A test case of a JUnit file. ``verdict`` is passed, failure, error or skipped; ``text`` is all it says."""

    name: str
    classname: str
    verdict: str
    text: str

    @property
    def id(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def rule(self) -> str:
        """The rule that it is an example of; in a class name no dot is left."""
        return self.classname.partition(".")[2].replace("_", ".")


@dataclass(frozen=True)
class Finished:
    """What is known of a run when it has ended."""

    status: int
    out: str
    err: str
    seconds: float
    reports: Path

    @property
    def cases(self) -> list[Case]:
        """Those of the scenarios."""
        return [case for case in self._all_cases if case.name != OF_THE_RUN]

    @property
    def ending(self) -> Case:
        """The case that says how the run ended."""
        [case] = [case for case in self._all_cases if case.name == OF_THE_RUN]
        return case

    @property
    def _all_cases(self) -> list[Case]:
        return [_case(element) for file in self.files for element in ElementTree.parse(file).iter("testcase")]

    @property
    def files(self) -> list[Path]:
        return sorted(self.reports.rglob("*.xml"))

    @property
    def page(self) -> str:
        """The page for people; empty where there is none."""
        file = self.reports / "specification.html"
        return file.read_text("utf-8") if file.exists() else ""

    @property
    def everything(self) -> str:
        """All that the run has said anywhere."""
        written = [file for file in self.reports.rglob("*") if file.is_file()]
        return "\n".join([self.out, self.err, *(file.read_text("utf-8", "replace") for file in written)])


def _case(element: ElementTree.Element) -> Case:
    found = next((child for child in element if child.tag in ("failure", "error", "skipped")), None)
    text = "\n".join([found.get("message", ""), found.text or ""]) if found is not None else ""
    return Case(element.get("name", ""), element.get("classname", ""), "passed" if found is None else found.tag, text)


# What is started in the usual case, and what `make acceptance` starts.
BEHAVE = (sys.executable, "-m", "behave")
ACCEPTANCE = (sys.executable, "-m", "acceptance")


def command(reports: Path, *options: str, program: Sequence[str] = BEHAVE) -> list[str]:
    return [*program, "--junit-directory", str(reports), *options]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process, but with no other settings than these, and no job page of CI."""
    others = ("RAGFLOW_", "LOCUST_", VARIABLE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


def run(
    reports: Path,
    *options: str,
    settings: Mapping[str, str] | None = None,
    root: Path = ROOT,
    program: Sequence[str] = BEHAVE,
) -> Finished:
    """Run the specification with these options of behave, to its end; ``root`` is where it is started."""
    began = time.monotonic()
    ended = subprocess.run(
        command(reports, *options, program=program),
        cwd=root,
        env=environment(settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    return Finished(ended.returncode, ended.stdout, ended.stderr, time.monotonic() - began, reports)


def copy_project(folder: Path) -> Path:
    """Copy what a run needs into that folder, which is a new one."""
    for name in ("features", "acceptance", "embedded_ragflow"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "behave.ini", folder)
    return folder


def patch(file: Path, old: str, new: str) -> None:
    """Put something else in the place of what stands in the file, and stands there once."""
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old} in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


@dataclass
class Running:
    """A run that has not ended yet. ``lines`` grows as the run writes to its standard output."""

    process: "subprocess.Popen[str]"
    reports: Path
    lines: list[str] = field(default_factory=list)

    def wait_for_line(self, pattern: str) -> None:
        """Wait until a line was written in which the pattern is found."""
        wait_until(lambda: any(re.search(pattern, line) for line in list(self.lines)) or not self.is_alive())
        assert any(re.search(pattern, line) for line in self.lines), "".join(self.lines)

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The processes that the run has started and not ended."""
        return children_of(self.process.pid)

    def end(self) -> Finished:
        """Wait for the end of the run."""
        self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        assert self.process.stderr is not None
        return Finished(self.process.returncode, "".join(self.lines), self.process.stderr.read(), 0.0, self.reports)

    def __post_init__(self) -> None:
        def read() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.lines.append(line)

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()


@contextmanager
def started(
    reports: Path, *options: str, settings: Mapping[str, str] | None = None, program: Sequence[str] = BEHAVE
) -> Iterator[Running]:
    """A run of the specification, which is over when the block is."""
    with started_process(command(reports, *options, program=program), settings or {}) as process:
        yield Running(process, reports)


@contextmanager
def started_process(arguments: Sequence[str], settings: Mapping[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """Any process of the project, which is over when the block is."""
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool], limit: float = 30.0) -> None:
    """Wait for the condition, and no longer than the limit in seconds."""
    pause = threading.Event()
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.01)


def children_of(parent: int) -> list[int]:
    """The processes that this one has started and not ended."""
    return [pid for pid in _processes() if _parent(pid) == parent]


def is_process(pid: int) -> bool:
    """Whether this process still runs; one that has ended and was not yet waited for does not."""
    return _stat(pid)[:1] not in ([], ["Z"])


def _processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _parent(pid: int) -> int | None:
    stat = _stat(pid)
    return int(stat[1]) if stat else None


def _stat(pid: int) -> list[str]:
    """State, parent and so on of a process; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
