"""What changes for somebody who goes from one RAGFlow to another: rule by rule, and dangers first.

``python -m acceptance.compare 0.24 0.27``, or with the addresses of two deployments.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from acceptance.known_deviations.deviations import read
from acceptance.paths import REPORTS
from acceptance.ragflow.description import shortened
from acceptance.reports.files import write_whole
from acceptance.reports.markdown import code, plain
from acceptance.reports.rendering import OUTCOMES, fill_in
from acceptance.reports.results import Result, RuleResult, RunResult, Verdict, plural
from acceptance.reports.settled import settled
from acceptance.running.child_runs import Runner, Side, as_command
from acceptance.terminal import print_error, print_line

# Characters of an answer that are shown.
ANSWER = 600


class Change(Enum):
    """What becomes of a rule, in the order in which it is told."""

    FAILS = "fails"
    COMES = "dangers that come"
    GOES = "dangers that go"
    NEW = "other new deviations"
    GONE = "other deviations that are gone"
    BEHAVES = "behaves differently"
    UNKNOWN = "not compared"
    WORDED = "differently worded"
    SAME = "the same"


# What somebody notices who does not read every answer.
NOTICED = (Change.FAILS, Change.COMES, Change.GOES, Change.NEW, Change.GONE, Change.BEHAVES, Change.UNKNOWN)


@dataclass(frozen=True)
class State:
    """A scenario on one side: its verdict and what happens, in the words of the features.

    ``severity`` is that of a known deviation, ``answer`` the last answer where that is what differs.
    """

    verdict: Verdict
    words: str = ""
    severity: str = ""
    answer: str = ""

    def __str__(self) -> str:
        """It in Markdown."""
        said = f"{OUTCOMES[self.verdict][1]}{f', severity {self.severity}' if self.severity else ''}"
        shown = code(self.answer) if self.answer else plain(self.words)
        return f"{said}{'. ' if self.severity else ': '}{shown}" if shown else said


@dataclass(frozen=True)
class Detail:
    """The scenarios of a rule that change from one state to another; each has its id and its name."""

    scenarios: tuple[tuple[str, str], ...]
    before: State
    after: State

    @property
    def by_id(self) -> list[tuple[str, list[str]]]:
        """The ids, each with the names that share it."""
        return [(id, [name for _, name in same]) for id, same in groupby(self.scenarios, key=lambda each: each[0])]


@dataclass(frozen=True)
class Compared:
    """A change of a rule. One that changes in several ways has several of them; one that is the same has no detail."""

    feature: str
    rule: str
    change: Change
    details: tuple[Detail, ...] = ()


def compare(before: Sequence[RuleResult], after: Sequence[RuleResult]) -> list[Compared]:
    """Each change of each rule; dangers come first, and within a change the order is that of the features.

    A scenario that does not apply on a side counts as not there.
    """
    sides = [{(rule.feature, rule.name): rule for rule in side} for side in (before, after)]
    found = {**sides[1], **sides[0]}
    in_order = sorted(found, key=lambda key: min(each.place for each in found[key].scenarios))
    changes = [change for key in in_order for change in _changes(*key, *(_applying(side.get(key)) for side in sides))]
    return sorted(changes, key=lambda each: list(Change).index(each.change))


# The scenarios of a rule that apply, by id and name.
Applying = dict[tuple[str, str], Result]


def _applying(rule: RuleResult | None) -> Applying:
    scenarios = rule.scenarios if rule else ()
    return {(each.id, each.name): each for each in scenarios if each.verdict is not Verdict.NOT_APPLICABLE}


def _changes(feature: str, rule: str, before: Applying, after: Applying) -> Iterator[Compared]:
    details: dict[Change, dict[tuple[State, State], list[tuple[str, str]]]] = {}
    for key in dict.fromkeys([*before, *after]):
        sides = (before.get(key), after.get(key))
        change = _change(*sides)
        details.setdefault(change, {}).setdefault((_state(sides[0], change), _state(sides[1], change)), []).append(key)
    same = details.pop(Change.SAME, None)
    for change, scenarios in details.items():
        told = tuple(Detail(tuple(keys), *states) for states, keys in scenarios.items())
        yield Compared(feature, rule, change, told)
    if same and not details:
        yield Compared(feature, rule, Change.SAME)


def _change(before: Result | None, after: Result | None) -> Change:
    sides = (before, after)
    verdicts = {each.verdict for each in sides if each}
    known = [each.known if each else None for each in sides]
    serious = [each is not None and each.is_serious for each in sides]
    if verdicts & {Verdict.FAILED, Verdict.ERROR}:
        return Change.FAILS
    if Verdict.NOT_RUN in verdicts:
        return Change.UNKNOWN
    if serious[0] != serious[1]:
        return Change.COMES if serious[1] else Change.GOES
    if (known[0] is None) != (known[1] is None):
        return Change.NEW if known[1] else Change.GONE
    if before is None or after is None or (known[0] and known[1] and known[0].instead != known[1].instead):
        return Change.BEHAVES
    return Change.SAME if before.answer == after.answer else Change.WORDED


def _state(result: Result | None, change: Change) -> State:
    if result is None:
        return State(Verdict.NOT_APPLICABLE)
    severity = result.known.severity if result.known else ""
    if change is Change.WORDED:
        return State(result.verdict, "", severity, shortened(result.answer, ANSWER))
    return State(result.verdict, _words(result), severity)


def _words(result: Result) -> str:
    """What happens: what the Thens say, or what is known to happen instead, or what went wrong."""
    if result.known:
        when = "At times" if result.known.at_times else "Instead"
        return f"{when}: {'; '.join(result.known.instead)}. {result.known.why}"
    if result.verdict is not Verdict.PASSED:
        return result.headline.removeprefix("not run: ")
    steps = [step.text.partition(" ") for step in result.steps]
    first = next((number for number, (word, _, _) in enumerate(steps) if word == "Then"), len(steps))
    return "; ".join(said for _, _, said in steps[first:])


def as_markdown(before: str, after: str, rules: Sequence[Compared], troubles: Iterable[str] = ()) -> Iterator[str]:
    """The report, line by line; ``troubles`` are those of the runs themselves."""
    yield f"# From {plain(before)} to {plain(after)}"
    yield ""
    yield from (f"- {plain(trouble)}" for trouble in troubles)
    for change, changed in by_change(rules):
        yield f"- {change.value}: {plural(len(changed), 'rule')}"
    yield from sections(rules, "##", tuple(Change))


def sections(rules: Sequence[Compared], heading: str, told: Sequence[Change]) -> Iterator[str]:
    """A section for each of these changes that there is, in Markdown; ``heading`` is like ``##``."""
    for change, changed in by_change(rules):
        if change in told and change is not Change.SAME:
            yield from ("", f"{heading} {change.value.capitalize()}", "")
            for each in changed:
                yield f"- **{plain(each.rule)}** ({plain(each.feature)})"
                for detail in each.details:
                    yield f"  - {_scenarios(detail)}"
                    yield f"    - before: {detail.before}"
                    yield f"    - after: {detail.after}"


def _scenarios(detail: Detail) -> str:
    return "; ".join(f"{id} {'; '.join(map(plain, names))}" for id, names in detail.by_id)


def by_change(rules: Sequence[Compared]) -> list[tuple[Change, list[Compared]]]:
    return [(change, list(changed)) for change, changed in groupby(rules, key=lambda each: each.change)]


def as_html(before: str, after: str, rules: Sequence[Compared], troubles: Sequence[str] = ()) -> str:
    """The same as a page."""
    return fill_in(
        "comparison.html", before=before, after=after, changes=by_change(rules), troubles=troubles, Change=Change
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("before", help="a release like 0.24, or the address of a RAGFlow")
    parser.add_argument("after", help="likewise")
    names, arguments = parser.parse_known_args()
    sides = [Side(names.before, "FROM"), Side(names.after, "TO")]
    return as_command("The comparison", lambda runner: _compare_and_report(runner, sides, arguments))


def _compare_and_report(runner: Runner, sides: Sequence[Side], arguments: Sequence[str]) -> int:
    before, after = (side.name for side in sides)
    print_error(f"running the specification against {before} and {after} ...")
    runs = runner.run(sides, arguments)
    rules = compare(*(settled(run, read()).rules for run in runs))
    troubles = [f"{side}: {trouble}" for side, run in zip(sides, runs, strict=True) for trouble in _troubles(run)]
    report = "\n".join(as_markdown(before, after, rules, troubles)) + "\n"
    page = as_html(before, after, rules, troubles)
    write_whole(REPORTS / "comparison.md", lambda file: file.write_text(report, "utf-8"))
    write_whole(REPORTS / "comparison.html", lambda file: file.write_text(page, "utf-8"))
    print_line(report.rstrip("\n"))
    return int(bool(troubles) or any(rule.change is Change.FAILS for rule in rules))


def _troubles(run: RunResult) -> list[str]:
    return [trouble for trouble in (run.trouble, run.left) if trouble]


if __name__ == "__main__":
    sys.exit(main())
