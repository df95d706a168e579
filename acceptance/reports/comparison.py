"""What changes for somebody who goes from one RAGFlow to another: rule by rule.

``python -m acceptance.reports.comparison 0.24 0.27``, or with the addresses of two deployments.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import FrameType

from acceptance.concurrency.interruption import SIGNALS
from acceptance.concurrency.parallel import side_by_side
from acceptance.contract.contract import is_newer, read_release
from acceptance.errors import CannotRun
from acceptance.reports.announcer import announce, refuse
from acceptance.reports.record import Recorded, read
from acceptance.reports.results import Verdict

ROOT = Path(__file__).parents[2]
FILE = ROOT / "reports" / "comparison.md"

# The runs of this comparison.
_running: list["subprocess.Popen[str]"] = []


class Change(IntEnum):
    """What becomes of a rule; of several things that happen to its scenarios, the one that is told."""

    SAME = 0
    WORDED = 1
    BEHAVES = 2
    GONE = 3
    NEW = 4
    FAILS = 5

    def __str__(self) -> str:
        return {
            Change.SAME: "same",
            Change.WORDED: "differently worded",
            Change.BEHAVES: "behaves differently",
            Change.GONE: "deviation gone",
            Change.NEW: "new deviation",
            Change.FAILS: "fails",
        }[self]


@dataclass(frozen=True)
class Compared:
    """A rule on both sides: what becomes of it, and the details, a line each."""

    feature: str
    rule: str
    change: Change
    details: tuple[str, ...]


class CannotCompare(Exception):
    """One of the runs did not come about; the text is the sentence that it ended with."""


def compare(before: Sequence[Recorded], after: Sequence[Recorded]) -> list[Compared]:
    """Each rule of one of the runs or of both, in the order of the features."""
    rules = dict.fromkeys((each.feature, each.rule) for each in (*before, *after))
    return [
        _compare_rule(feature, rule, _by_name(before, feature, rule), _by_name(after, feature, rule))
        for feature, rule in sorted(rules, key=lambda key: key[0])
    ]


def _by_name(run: Sequence[Recorded], feature: str, rule: str) -> dict[tuple[str, str], Recorded]:
    return {(each.id, each.name): each for each in run if (each.feature, each.rule) == (feature, rule)}


def _compare_rule(
    feature: str, rule: str, before: Mapping[tuple[str, str], Recorded], after: Mapping[tuple[str, str], Recorded]
) -> Compared:
    keys = dict.fromkeys([*before, *after])
    changes = [(id, _compare_scenario(before.get((id, name)), after.get((id, name)))) for id, name in keys]
    worst = max(change for _, (change, _) in changes)
    scenarios: dict[str, list[str]] = {}
    for id, (change, detail) in changes:
        if change is not Change.SAME:
            scenarios.setdefault(detail, []).append(id)
    details = tuple(f"{', '.join(dict.fromkeys(ids))}: {detail}" for detail, ids in scenarios.items())
    return Compared(feature, rule, worst, details)


def _compare_scenario(before: Recorded | None, after: Recorded | None) -> tuple[Change, str]:
    if before is None or after is None:
        only, place = (after, "after") if before is None else (before, "before")
        assert only is not None
        return Change.BEHAVES, f"only {place}: {only.name}"
    verdicts = (before.verdict, after.verdict)
    for each, place in ((before, "before"), (after, "after")):
        if each.verdict not in (Verdict.PASSED, Verdict.DEVIATES):
            return Change.FAILS, f"{each.verdict.value} {place}: {each.text.partition(chr(10))[0]}"
    if verdicts == (Verdict.DEVIATES, Verdict.PASSED):
        return Change.GONE, f"no longer: {before.text}"
    if verdicts == (Verdict.PASSED, Verdict.DEVIATES):
        return Change.NEW, f"{after.text}"
    if before.answer != after.answer:
        return Change.WORDED, f"`{before.answer}` becomes `{after.answer}`"
    return Change.SAME, ""


def check(side: str, name: str) -> None:
    """CannotCompare where this is neither an address nor a known release."""
    try:
        if "://" not in name and is_newer(read_release(name)):
            raise CannotCompare(f"{side} {name}: that release is newer than every one that is known.")
    except CannotRun as reason:
        raise CannotCompare(f"{side} {name}: {reason}") from None


def run(side: str, name: str, folder: Path, arguments: Sequence[str]) -> list[Recorded]:
    """Run the specification against a release or an address, and give back what it recorded.

    ``side`` is FROM or TO: the keys of an address come from FROM_API_KEY, FROM_OTHER_API_KEY and so on,
    or else from the variables of every run. Raises CannotCompare.
    """
    file = folder / f"{side}.json"
    environment = {key: value for key, value in os.environ.items() if key not in ("RAGFLOW_URL", "RAGFLOW_RELEASE")}
    if "://" in name:
        chosen = ["-D", f"url={name}"]
        for key in ("API_KEY", "OTHER_API_KEY"):
            value = os.environ.get(f"{side}_{key}") or os.environ.get(f"RAGFLOW_{key}", "")
            environment[f"RAGFLOW_{key}"] = value
    else:
        chosen = ["-D", f"release={name}"]
        environment = {key: value for key, value in environment.items() if not key.startswith("RAGFLOW_")}
    command = [sys.executable, "-m", "behave", "--junit-directory", str(folder / side), "-D", f"record={file}"]
    process = subprocess.Popen(
        [*command, *chosen, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _running.append(process)
    out, err = process.communicate()
    for line in out.splitlines():
        if line.startswith("left behind") and line != "left behind: 0":
            refuse(f"{side} {name}: {line}")
    if not file.exists():
        raise CannotCompare(f"{side} {name}: {(err or out).strip()}")
    return read(file)


def as_markdown(before: str, after: str, rules: Sequence[Compared]) -> Iterator[str]:
    """The report, line by line."""
    yield f"# From {before} to {after}"
    yield ""
    for change in sorted(Change, reverse=True):
        count = sum(rule.change is change for rule in rules)
        if count:
            yield f"- {change}: {count} rules" if count > 1 else f"- {change}: 1 rule"
    feature = ""
    for rule in rules:
        if rule.feature != feature:
            feature = rule.feature
            yield from ("", f"## {feature}", "")
        yield f"- **{rule.change}**: {rule.rule}"
        yield from (f"  - {detail}" for detail in rule.details)


def _end_runs(_number: int, _frame: FrameType | None) -> None:
    """Whoever ends the comparison ends its runs, which clean up behind them."""
    for process in _running:
        process.terminate()
    raise KeyboardInterrupt


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, _end_runs)
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("before", help="a release like 0.24, or the address of a RAGFlow")
    parser.add_argument("after", help="likewise")
    names, arguments = parser.parse_known_args()
    sides = (("FROM", names.before), ("TO", names.after))
    try:
        for side, name in sides:
            check(side, name)
        return _compare_and_report(sides, arguments)
    except CannotCompare as trouble:
        refuse(f"The comparison cannot be made. {trouble}")
    except KeyboardInterrupt:
        refuse("The comparison was interrupted.")
    return 1


def _compare_and_report(sides: Sequence[tuple[str, str]], arguments: Sequence[str]) -> int:
    (_, from_name), (_, to_name) = sides
    refuse(f"running the specification against {from_name} and {to_name} ...")
    with tempfile.TemporaryDirectory() as folder:
        before, after = side_by_side(
            lambda side: run(*side, Path(folder), arguments), sides, workers=len(sides), title=""
        )
    rules = compare(before, after)
    report = "\n".join(as_markdown(from_name, to_name, rules)) + "\n"
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(report, "utf-8")
    announce(report.rstrip("\n"))
    return int(any(rule.change is Change.FAILS for rule in rules))


if __name__ == "__main__":
    sys.exit(main())
