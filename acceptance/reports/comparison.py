"""The comparison of two runs: which rules change, dangers first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import dropwhile

from acceptance.ragflow.description import shorten
from acceptance.reports.rendering import LABELS, code, fill_in, plain
from acceptance.reports.results import Result, Verdict, plural


class Change(Enum):
    """A kind of change, in the order of the report. A danger is a known deviation of high severity."""

    FAILS = "failures"
    NEW_DANGER = "new dangers"
    DANGER_REMOVED = "dangers removed"
    NEW_DEVIATION = "other new deviations"
    DEVIATION_REMOVED = "other deviations removed"
    BEHAVES = "changed behaviour"
    NOT_COMPARED = "not compared"
    REWORDED = "reworded answers"
    NONE = "no change"

    @property
    def is_noticeable(self) -> bool:
        """Whether users notice it without reading every word of an answer."""
        return self not in (Change.REWORDED, Change.NONE)


@dataclass(frozen=True)
class State:
    """A scenario in one of the runs: its verdict, the severity of a known deviation, and what happens.

    ``details`` uses the words of the features, or is the last answer if only the answers differ.
    """

    verdict: Verdict
    severity: str = ""
    details: str = ""


@dataclass(frozen=True)
class Detail:
    """Scenarios of a rule, as pairs of id and name, that change from one state to another."""

    scenarios: Sequence[tuple[str, str]]
    before: State
    after: State


@dataclass(frozen=True)
class RuleChange:
    """A change of a rule. A rule that changes in several ways has several of them."""

    feature: str
    rule: str
    details: Sequence[Detail]


Changes = dict[Change, list[RuleChange]]


@dataclass(frozen=True)
class Comparison:
    """The comparison of two runs: their names, the changes, and what went wrong in the runs themselves."""

    before: str
    after: str
    changes: Changes
    problems: Sequence[str] = ()

    @property
    def has_failed(self) -> bool:
        return bool(self.problems) or Change.FAILS in self.changes

    def as_markdown(self) -> str:
        lines = [f"# From {plain(self.before)} to {plain(self.after)}", ""]
        lines += [f"- {plain(problem)}" for problem in self.problems]
        lines += [f"- {change.value}: {plural(len(rules), 'rule')}" for change, rules in self.changes.items()]
        for change, rules in self.changes.items():
            if change is not Change.NONE:
                lines += ["", f"## {change.value.capitalize()}", ""]
                for each in rules:
                    lines.append(f"- **{plain(each.rule)}** ({plain(each.feature)})")
                    for detail in each.details:
                        lines.append(f"  - {plain('; '.join(map(' '.join, detail.scenarios)))}")
                        lines.append(f"    - before: {_state_as_markdown(detail.before, change)}")
                        lines.append(f"    - after: {_state_as_markdown(detail.after, change)}")
        return "\n".join(lines) + "\n"

    def as_html(self) -> str:
        return fill_in("comparison.html", comparison=self, Change=Change)


def _state_as_markdown(state: State, change: Change) -> str:
    label = f"{LABELS[state.verdict].text}{f', severity {state.severity}' if state.severity else ''}"
    details = code(state.details) if change is Change.REWORDED else plain(state.details)
    return f"{label}{'. ' if state.severity else ': '}{details}" if state.details else label


def compare(before: Sequence[Result], after: Sequence[Result]) -> Changes:
    """Return the rules by their change, in the order of the features. A scenario that does not apply is missing."""
    in_order = dict.fromkeys(map(_key, sorted([*before, *after], key=lambda each: each.place)))
    old, new = (
        {_key(each): each for each in side if each.verdict is not Verdict.NOT_APPLICABLE} for side in (before, after)
    )
    # Each rule by its changes, and each of these by the states before and after.
    rules: dict[tuple[str, str], dict[Change, dict[tuple[State, State], list[tuple[str, str]]]]] = {}
    for key in in_order:
        if key in old or key in new:
            feature, rule, id, name = key
            change = _change(old.get(key), new.get(key))
            states = _state(old.get(key), change), _state(new.get(key), change)
            rules.setdefault((feature, rule), {}).setdefault(change, {}).setdefault(states, []).append((id, name))
    changes: Changes = {change: [] for change in Change}
    for (feature, rule), found in rules.items():
        for change in found.keys() - {Change.NONE} or found:
            details = [] if change is Change.NONE else [Detail(ids, *states) for states, ids in found[change].items()]
            changes[change].append(RuleChange(feature, rule, details))
    return {change: affected for change, affected in changes.items() if affected}


def _key(result: Result) -> tuple[str, str, str, str]:
    return result.feature, result.rule, result.id, result.name


def _change(before: Result | None, after: Result | None) -> Change:
    verdicts = {each.verdict for each in (before, after) if each}
    old, new = (each.known if each else None for each in (before, after))
    was_danger, is_danger = (known is not None and known.severity == "high" for known in (old, new))
    if verdicts & {Verdict.FAILED, Verdict.ERROR}:
        return Change.FAILS
    if Verdict.NOT_RUN in verdicts:
        return Change.NOT_COMPARED
    if was_danger != is_danger:
        return Change.NEW_DANGER if is_danger else Change.DANGER_REMOVED
    if bool(old) != bool(new):
        return Change.NEW_DEVIATION if new else Change.DEVIATION_REMOVED
    if before is None or after is None or (old and new and old.instead != new.instead):
        return Change.BEHAVES
    # The answer, too, depends on whether an intermittent deviation occurred.
    differs_by_chance = old and new and old.occurred != new.occurred
    return Change.NONE if before.answer == after.answer or differs_by_chance else Change.REWORDED


def _state(result: Result | None, change: Change) -> State:
    if result is None:
        return State(Verdict.NOT_APPLICABLE)
    details = shorten(result.answer, 600) if change is Change.REWORDED else _words(result)
    return State(result.verdict, result.known.severity if result.known else "", details)


def _words(result: Result) -> str:
    """Return what happens: the known deviation, the failure, or else the Then steps."""
    if result.known:
        when = "At times" if result.known.at_times else "Instead"
        return f"{when}: {'; '.join(result.known.instead)}. {result.known.why}"
    if result.verdict is not Verdict.PASSED:
        return result.headline.removeprefix("not run: ")
    thens = dropwhile(lambda step: not step.text.startswith("Then "), result.steps)
    return "; ".join(step.text.partition(" ")[2] for step in thens)
