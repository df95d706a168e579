"""What changes from one run to another: the same requests and what they do, dangers first."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from acceptance.matchers.sessions import GONE
from acceptance.ragflow.description import shorten
from acceptance.reports.results import Result, Verdict

# A Then step that most scenarios have. If it holds, it says nothing about a change.
OTHERS_REMAIN = "both sessions of the other assistant remain"

# The usual Given steps. Others are part of what is compared.
USUAL_GIVEN = re.compile(r"an(other)? assistant with \d sessions(, created one after the other)?")

# Letters of an answer, of which only the parts that changed are shown.
MAX_ANSWER = 200


class Change(Enum):
    """A kind of change, in the order of the report. A danger is a known deviation of high severity, or a failure that
    lost sessions.
    """

    FAILS = "does not hold, or is inconclusive"
    NOT_COMPARED = "not compared"
    NEW_DANGER = "can now delete more than it names"
    DANGER_REMOVED = "no longer deletes more than it names"
    CLIENT = "calls of RAGFlow's own Python client"
    DELETES_MORE = "deletes more than before, but only what it names"
    DELETES_LESS = "deletes less than before"
    NEW_DEVIATION = "other new deviations"
    DEVIATION_REMOVED = "other deviations removed"
    BEHAVES = "other changes"
    SAME_DANGER = "deletes more than it names, as before"
    REWORDED = "reworded answers"
    TIMES = "how long calls take"
    ONE_SIDE = "sent to one of the two only"
    NONE = "no change"

    @property
    def title(self) -> str:
        return f"{self.value[0].upper()}{self.value[1:]}"

    @property
    def is_noticeable(self) -> bool:
        """Whether users notice it without reading every word of an answer."""
        return self not in (Change.SAME_DANGER, Change.REWORDED, Change.NONE)


@dataclass(frozen=True)
class State:
    """What happens on one side: in words of the features, as an answer, or as a duration.

    ``verdict`` is None if the row is not about a scenario. ``why`` explains a known deviation.
    """

    details: str
    verdict: Verdict | None = None
    severity: str = ""
    why: str = ""


# What a call of RAGFlow's own client does where nothing breaks it.
WORKS = State("works")
NOT_SENT = State("not sent")


class Sent(NamedTuple):
    """A request or call as in the When steps, and the situation as in unusual Given steps."""

    request: str
    situation: str = ""


@dataclass
class Row:
    """What both sides are sent, and what happens there before and after.

    ``sent`` holds what was sent, in the order of the features; it is empty if the rule says enough.
    """

    before: State
    after: State
    feature: str = ""
    rule: str = ""
    sent: dict[Sent, None] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)


Changes = dict[Change, list[Row]]

# The results of one request; None: the scenario does not apply to that side, and no other sends the request.
_Pair = tuple[Result | None, Result | None]


def compare(before: Sequence[Result], after: Sequence[Result]) -> Changes:
    """Return the rows of each change, in the order of the features. Scenarios with the same change share a row."""
    rows: dict[object, Row] = {}
    changes: Changes = {change: [] for change in Change}
    for pair in sorted(_pairs(before, after), key=lambda each: _one(each).place):
        for change, what, states in _changes(pair):
            # A reworded answer is often the same for several rules.
            where = ("", "") if change is Change.REWORDED else (_one(pair).feature, _one(pair).rule)
            # Numbers, like those of deleted sessions, do not tell wordings apart.
            alike = re.sub(r"\d+", "", str(states)) if change is Change.REWORDED else change is Change.NONE or states
            if (change, where, alike) not in rows:
                changes[change].append(rows.setdefault((change, where, alike), Row(*states, *where)))
            row = rows[change, where, alike]
            row.sent |= {what: None} if what else {}
            row.ids |= dict.fromkeys(each.id for each in pair if each)
    return {change: found for change, found in changes.items() if found}


def _pairs(before: Sequence[Result], after: Sequence[Result]) -> Iterator[_Pair]:
    """Yield each scenario with itself, or else with a scenario of the other side that sends the same request.

    Rules for some releases state the outcomes of one request in several scenarios.
    """
    old, new = (
        {_key(each): each for each in side if each.verdict is not Verdict.NOT_APPLICABLE} for side in (before, after)
    )
    yield from ((old[key], new[key]) for key in old if key in new)
    missing, added = ([side[key] for key in side if key not in other] for side, other in ((old, new), (new, old)))
    for each in missing:
        other = _same_request(each, [*added, *new.values()])
        yield each, other
        added = [one for one in added if one is not other]
    yield from ((_same_request(each, [*old.values()]), each) for each in added)


def _same_request(result: Result, others: Sequence[Result]) -> Result | None:
    """Return the first of the others that sends the same request in the same situation."""
    request = _request(result)
    return next((each for each in others if request and _request(each) == request), None)


def _one(pair: _Pair) -> Result:
    return next(each for each in reversed(pair) if each)


def _request(result: Result) -> tuple[str, ...]:
    """Return each Given and When, without other assistants, and in one wording.

    "Try to" only says how the request ends, and JSON is the usual content type.
    """
    steps = _steps(result)
    givens = (step for step in steps["Given"] if "nother assistant" not in step)
    whens = (re.sub(r" (try to|tries to|as application/json)\b", "", step) for step in steps["When"])
    return (*givens, *whens) if steps["When"] else ()


def _key(result: Result) -> tuple[str, str, str, str]:
    return result.feature, result.rule, result.id, result.name


def _steps(result: Result) -> dict[str, list[str]]:
    """Return the steps by Given, When and Then. And stands for the word before it."""
    steps: dict[str, list[str]] = {"Given": [], "When": [], "Then": []}
    kind = "Given"
    for step in result.steps:
        word, _, text = step.text.partition(" ")
        kind = word if word in steps else kind
        steps[kind].append(text)
    return steps


def _changes(pair: _Pair) -> Iterator[tuple[Change, Sent | None, tuple[State, State]]]:
    """Yield each change of a request, what was sent, and what happens on both sides."""
    old, new = pair
    change = _change(old, new)
    if change is Change.REWORDED and old and new:
        before, after = map(State, _differing_parts(old.answer, new.answer))
        yield change, None, (before, after)
    else:
        steps = _steps(_one(pair))
        situation = "; ".join(step for step in steps["Given"] if not USUAL_GIVEN.fullmatch(step))
        sent = Sent("; ".join(steps["When"]) or _one(pair).name, situation)
        says_enough = change in (Change.NOT_COMPARED, Change.NONE)
        yield change, None if says_enough else sent, (_state(old), _state(new))
    if old and new:
        broken, repaired = (each.known.client if each.known else {} for each in (new, old))
        yield from (
            (Change.CLIENT, Sent(call), (WORKS, State(broken[call]))) for call in broken if call not in repaired
        )
        yield from (
            (Change.CLIENT, Sent(call), (State(repaired[call]), WORKS)) for call in repaired if call not in broken
        )


def _change(old: Result | None, new: Result | None) -> Change:
    verdicts = {each.verdict for each in (old, new) if each}
    was_danger, is_danger = _is_danger(old), _is_danger(new)
    if verdicts & {Verdict.FAILED, Verdict.ERROR}:
        return Change.NEW_DANGER if is_danger and not was_danger else Change.FAILS
    if Verdict.NOT_RUN in verdicts:
        return Change.NOT_COMPARED
    if was_danger != is_danger:
        return Change.NEW_DANGER if is_danger else Change.DANGER_REMOVED
    if old is None or new is None:
        return Change.ONE_SIDE
    if is_danger:
        return Change.SAME_DANGER
    less, more = sorted((_deletes(old), _deletes(new)))
    if 0 <= less < more:
        return Change.DELETES_MORE if more == _deletes(new) else Change.DELETES_LESS
    if bool(old.known) != bool(new.known):
        return Change.NEW_DEVIATION if new.known else Change.DEVIATION_REMOVED
    if _outcome(old) != _outcome(new):
        return Change.BEHAVES
    # The answer, too, depends on whether an intermittent deviation occurred.
    differs_by_chance = old.known and new.known and old.known.occurred != new.known.occurred
    return Change.NONE if old.answer == new.answer or differs_by_chance else Change.REWORDED


def _is_danger(result: Result | None) -> bool:
    if result is None:
        return False
    if result.verdict is Verdict.FAILED:
        return GONE in result.text
    return bool(result.known and result.known.severity == "high")


def _deletes(result: Result) -> int:
    """Return 2 if no session remains, 0 if all remain, otherwise 1; -1 if the outcome does not say."""
    words = f"; {_outcome(result)};"
    if " remain" not in words:
        return -1
    return 2 if "; no sessions remain;" in words else 0 if re.search("; (all|both) [^;]*remain;", words) else 1


def _outcome(result: Result) -> str:
    """Return what happens: the known deviation, the failure, or else the Then steps."""
    if not result.known and result.verdict is not Verdict.PASSED:
        return result.headline.removeprefix("not run: ")
    steps = result.known.instead if result.known else _steps(result)["Then"]
    return "; ".join([step for step in steps if step != OTHERS_REMAIN] or steps)


def _state(result: Result | None) -> State:
    if result is None:
        return NOT_SENT
    known = result.known
    if known is None:
        return State(_outcome(result), result.verdict)
    at_times = "at times: " if known.at_times else ""
    return State(f"{at_times}{_outcome(result)}", result.verdict, known.severity, known.why)


def _differing_parts(before: str, after: str) -> list[str]:
    """Return the fields of two answers that differ: ``status 401, message "..."``."""
    sides = [dict.fromkeys(_fields(each)) for each in (before, after)]
    others = reversed(sides)
    differing = [[each for each in side if each not in other] for side, other in zip(sides, others, strict=True)]
    return [shorten(", ".join(each), MAX_ANSWER) or "without them" for each in differing]


def _fields(answer: str) -> Iterator[str]:
    """Yield the values of an answer with their place, like ``data[].name "session 1"``."""

    def walk(value: object, place: str) -> Iterator[str]:
        if isinstance(value, dict) and value:
            for name, item in value.items():
                yield from walk(item, f"{place}.{name}")
        elif isinstance(value, list) and value:
            for item in value:
                yield from walk(item, f"{place}[]")
        else:
            yield f"{place.removeprefix('.')} {json.dumps(value, ensure_ascii=False)}"

    status, _, body = answer.partition(" ")
    yield f"status {status}"
    try:
        yield from walk(json.loads(body), "")
    except ValueError:
        yield body
