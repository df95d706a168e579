"""A fault, a release, and what the specification says to a server with the one that behaves as the other."""

import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from acceptance.reports import record
from acceptance.reports.results import Result, Verdict
from tests.faults.catalogue import Fault
from tests.support.runs import LIMIT, run
from tests.support.servers import running

# What the whole of the specification leaves out here: it takes long, and a fault that only shows there says so. And the
# stories: what a few of them notice besides is chance, and says nothing of a rule; and of a fault that only an order of
# steps shows, the written scenarios have to show that they do not notice it.
LEFT_OUT = ("scale", "huge", "explore", "EXPLORE-2")
WHOLE = f"({' and '.join(f'not @{tag}' for tag in LEFT_OUT)})"

# Which stories a trial tells where they are asked for: always the same, so that the published reason comes again.
STORIES, SEED = 100, 5

Replacements = tuple[tuple[re.Pattern[str], str], ...]

# What every trial tells otherwise, and what stands for it.
CHANCE: Replacements = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}", re.IGNORECASE), "<id>"),
    (re.compile(r"127\.0\.0\.1:\d+|localhost:\d+"), "<address>"),
    (re.compile(r"\w{3}, \d{2} \w{3} \d{4} [\d:]{8}( GMT)?|\d{4}-\d\d-\d\d[T ][\d:.]{8,}"), "<time>"),
    (re.compile(r"(?<!\d)1[6-9]\d{8}(\d{3})?(?!\d)"), "<time>"),
    (re.compile(r"\d+\.\d+ s\b"), "<time>"),
)

# What names sessions and counts them: which, in which order, and how many.
SESSIONS: Replacements = (
    (re.compile(r"\[[^\]]*(session|invalid_id)[^\]]*\]"), "[*]"),
    (re.compile(r"(new )?session \d+( of the other assistant)?|invalid_id\w*|<id>"), "*"),
    (re.compile(r"\d+(?= answers differ| of \d+$| more\b)|(?<=round )\d+"), "*"),
    (re.compile(r"([^,;: ]?[^,;:]*\*'?)([,;] \1)+"), r"\1"),
    (re.compile(r"\* and \* more"), "*"),
)


class Reason(NamedTuple):
    """Why a scenario failed: the step, none where it was behind the last one, and the first thing that differed."""

    step: str
    difference: str

    def is_like(self, other: "Reason") -> bool:
        """Whether both tell the same, but for which sessions and how many: those may be left to chance."""
        return _without(SESSIONS, self) == _without(SESSIONS, other)


@dataclass(frozen=True)
class Trial:
    """What a run came to. `left` are the assistants that it left on the server."""

    status: int
    out: str
    results: tuple[Result, ...]
    left: list[str]

    @property
    def red(self) -> dict[str, Reason]:
        """What failed, by its name, in the order of the run, and why."""
        failed = [each for each in self.results if each.verdict is Verdict.FAILED]
        return {called(each.id, each.name): reason_of(each) for each in failed}

    def trouble(self, expected: Collection[str]) -> str:
        """What is wrong with the way in which these scenarios noticed a fault; empty where nothing is."""
        if not self.results:
            return f"the run did not come about: {(self.out.strip().splitlines() or ['it said nothing'])[-1]}"
        noticed, errors = self._with(Verdict.FAILED), self._with(Verdict.ERROR)
        others = self._with(Verdict.PASSED, Verdict.DEVIATES, Verdict.NOT_RUN)
        wrong = {
            "broken off:": [id for id in errors if id in expected],
            "not noticed by": [id for id in others if id in expected and id not in [*noticed, *errors]],
            "left behind:": self.left,
        }
        lines = [f"{what} {', '.join(which)}" for what, which in wrong.items() if which]
        if self.status != 1 or not set(expected).intersection(noticed):
            lines.append(f"not noticed (status {self.status})")
        return "; ".join(lines)

    def _with(self, *verdicts: Verdict) -> list[str]:
        return list(dict.fromkeys(each.id for each in self.results if each.verdict in verdicts))


def called(id: str, name: str) -> str:
    """How a scenario is told from all others of a release, a row of an outline being one."""
    return f"{id} {name}"


def reason_of(result: Result) -> Reason:
    """Why it failed, with nothing in it that every trial tells otherwise. Its headline holds both."""
    failed = next((each.text for each in result.steps if each.verdict is Verdict.FAILED), "")
    # The headline has another word in front of the step where that is told as And.
    before, step, difference = result.headline.partition(failed.partition(" ")[2] or "\0")
    reason = Reason(before + step, difference.removeprefix(": ")) if step else Reason("", before)
    return _without(CHANCE, reason)


def _without(words: Replacements, reason: Reason) -> Reason:
    step, difference = reason
    for pattern, instead in words:
        step, difference = pattern.sub(instead, step), pattern.sub(instead, difference)
    return Reason(step, difference)


def try_out(fault: Fault | None, release: str, folder: Path, tags: str) -> Trial:
    """Run the scenarios of these tags against a server with that fault, or with none."""
    program = ("-m", "tests.faults.serve", fault.name) if fault else ("-m", "embedded_ragflow")
    file = folder / "run.json"
    stories = ("-D", f"stories={STORIES}", "-D", f"seed={SEED}")
    options = (f"--tags={tags}", "--no-junit", "-D", f"record={file}", *stories)
    with running(release, program) as server:
        try:
            finished = run(folder, *options, settings={**server.settings, "RAGFLOW_RELEASE": release})
        except subprocess.TimeoutExpired:
            return Trial(1, f"it had not ended after {LIMIT:g} s", (), [])
        results = record.read(file).results if file.exists() else ()
        return Trial(finished.status, finished.out + finished.err, results, server.assistants())


def tags_of(fault: Fault) -> str:
    """The tags of the scenarios that are to notice it."""
    return " or ".join(f"@{id}" for id in fault.noticed_by)
