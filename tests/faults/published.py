"""What is published of the faults, for people: each with the scenarios that notice it, and the other way round.

It follows from the faults, the features and the matrix, and says nothing that they do not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from acceptance.behave_adapter import scenario_id
from acceptance.contract.contract import read_release
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import Deviation
from acceptance.known_deviations.deviations import read as known_deviations
from acceptance.paths import ROOT
from acceptance.ragflow.description import shortened
from acceptance.reports.markdown import code, plain
from acceptance.reports.results import plural
from acceptance.reports.settled import scenarios as scenarios_of_the_features
from tests.faults import matrix
from tests.faults.all import TOPICS, trials
from tests.faults.catalogue import BOTH, FAULTS, Fault
from tests.faults.matrix import Matrix, Noticed, id_of
from tests.faults.trial import LEFT_OUT, SEED, STORIES, called

FILE = ROOT / "docs" / "faults.md"

# So many are told by name where there are more.
FEW = 4

# Characters of a reason.
LONG = 160

INTRODUCTION = f"""\
# Which scenario notices which fault

A scenario that cannot fail proves nothing. So mistakes that a developer makes are put into the embedded server, one
at a time, and the specification is run against it. Here stands which scenarios turned red, and **why**: the step that
failed, and the first thing that differed. And the other way round: which faults each scenario notices.

A fault is for a scenario, and is tried on the releases in which that is to notice it. What else turns red was looked
at in the whole specification, without the scenarios of size (`@scale`, `@huge`) and without the stories (EXPLORE-1,
EXPLORE-2) unless the fault is for one of them: what a few stories notice besides is chance, and says nothing of a rule.
A known deviation is not red: it turns red where the server breaks the rule in yet another way.

A fault that is for EXPLORE-1 shows only in an order of steps, or in a number of sessions, that few written scenarios
have or none: where one notices it, it stands with it. It is tried with {STORIES} stories of the seed {SEED}, always
the same, so that its reason comes again with `-D stories={STORIES} -D seed={SEED}`. With other seeds, other stories
notice it.

Written by `make faults`, from `tests/faults/`. `make faults ARGS=--all` tries every fault with the whole specification,
and takes an hour on two cores. `make test` tries an eighth of the faults, and holds them to the reasons that stand
here.
"""


@cache
def release_named(name: str) -> Release:
    return read_release(name)


@dataclass(frozen=True)
class Scenario:
    """A scenario, or a row of an outline, with the faults that turn it red: first those that are for it."""

    model: Any
    noticed: tuple[str, ...]

    @property
    def id(self) -> str:
        return scenario_id(self.model)

    @property
    def name(self) -> str:
        # Behind the name of a row, behave puts its number where it is not told otherwise.
        return str(self.model.name).partition(" -- @")[0]

    @property
    def called(self) -> str:
        return called(self.id, self.name)

    @cached_property
    def releases(self) -> Range:
        return Range.of_tags(self.model.effective_tags)

    def is_for(self, release: str) -> bool:
        return release_named(release) in self.releases

    def __str__(self) -> str:
        return f"{self.id} *{plain(self.name)}*"


def document() -> str:
    """The whole page, in Markdown."""
    return as_markdown(matrix.read(), list(trials()), known_deviations())


def scenarios(known: Matrix) -> list[Scenario]:
    """Every scenario of the features, in their order."""
    red: dict[tuple[str, str], list[str]] = defaultdict(list)
    for own in (True, False):
        for (name, release), entry in known.items():
            for each in entry.by if own else entry.too or ():
                red[each, release].append(name)
    found = []
    for model in scenarios_of_the_features().values():
        scenario = Scenario(model, ())
        noticed = [
            name for release in releases(known) if scenario.is_for(release) for name in red[scenario.called, release]
        ]
        first = [name for name in noticed if scenario.id in FAULTS[name].noticed_by]
        found.append(Scenario(model, tuple(dict.fromkeys([*first, *noticed]))))
    return found


def releases(known: Matrix) -> list[str]:
    """Those on which faults were tried."""
    return sorted({release for _, release in known})


def as_markdown(known: Matrix, tried: Sequence[tuple[Fault, str]], deviations: Sequence[Deviation]) -> str:
    every = scenarios(known)
    return "\n".join(
        [
            INTRODUCTION,
            *_totals(known, tried, every),
            *_not_noticed(known, tried),
            *_never_red(every, deviations),
            *_by_topic(known, every),
            *_by_scenario(every),
        ]
    )


def not_noticed(known: Matrix, tried: Sequence[tuple[Fault, str]]) -> dict[tuple[str, str], list[str]]:
    """The faults that were not noticed as they should be, by their names and what is wrong, with the releases."""
    missed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fault, release in tried:
        entry = known.get((fault.name, release))
        if entry and entry.trouble:
            missed[fault.name, entry.trouble].append(release)
    return missed


def not_tried(known: Matrix, tried: Sequence[tuple[Fault, str]]) -> list[tuple[str, str]]:
    """The trials of which nothing is known."""
    return [(fault.name, release) for fault, release in tried if (fault.name, release) not in known]


def _totals(known: Matrix, tried: Sequence[tuple[Fault, str]], every: Sequence[Scenario]) -> Iterator[str]:
    noticed = sum(bool(entry and not entry.trouble) for entry in (known.get((each.name, of)) for each, of in tried))
    reds = sum(bool(scenario.noticed) for scenario in every)
    faults = len({fault.name for fault, _ in tried})
    yield f"- {plural(faults, 'fault')} in {plural(len(tried), 'trial')}, a trial being a fault and a release:"
    yield f"  noticed in {noticed} of them by the scenarios that are for the fault"
    yield f"- {plural(len(every), 'scenario')}, a row of an outline being one: {reds} turned red by a fault"


def _not_noticed(known: Matrix, tried: Sequence[tuple[Fault, str]]) -> Iterator[str]:
    yield from ("", "## Noticed by nobody", "")
    missed = not_noticed(known, tried)
    if not missed:
        yield "None: every fault that was tried was noticed, by the scenarios that are for it."
    for (name, trouble), of in missed.items():
        yield f"- {code(name)} in {' and '.join(of)}: {plain(trouble)}. {plain(FAULTS[name].what)}"
    missing = list(dict.fromkeys(code(name) for name, _ in not_tried(known, tried)))
    if missing:
        yield f"\nNot tried yet: {', '.join(missing)}."
    narrow = sum(entry.too is None for entry in known.values())
    if narrow:
        wide = len(known) - narrow
        yield f"\nWith the whole specification {wide} of {plural(len(known), 'trial')} were made so far; in the others,"
        yield "only the scenarios that are for the fault were run."


def never_red(every: Iterable[Scenario]) -> list[Scenario]:
    return [scenario for scenario in every if not scenario.noticed]


def _never_red(every: Sequence[Scenario], deviations: Sequence[Deviation]) -> Iterator[str]:
    yield from ("", "## Scenarios that no fault has turned red", "")
    missing = never_red(every)
    if not missing:
        yield "None: every scenario, and every row of an outline, has shown that it can fail."
    for scenario in missing:
        yield f"- {scenario}, {scenario.releases.in_words}{''.join(_remarks(scenario, deviations))}"


def _remarks(scenario: Scenario, deviations: Sequence[Deviation]) -> Iterator[str]:
    """Why no fault may have turned it red yet."""
    if set(LEFT_OUT).intersection(scenario.model.effective_tags):
        yield "; it is run only with a fault that is for it"
    applying = [release for release in BOTH if scenario.is_for(release)]
    if not applying:
        yield f"; it is neither for {' nor for '.join(BOTH)}, on which most faults are tried"
    if applying and all(_deviates(scenario, release, deviations) for release in applying):
        yield f"; known to be broken in {' and '.join(applying)}, it turns red only where it is broken in another way"


def _deviates(scenario: Scenario, release: str, deviations: Sequence[Deviation]) -> bool:
    return any(each.is_of(release_named(release)) and each.is_for(scenario.model) for each in deviations)


def _by_topic(known: Matrix, every: Sequence[Scenario]) -> Iterator[str]:
    yield from ("", "## Each fault")
    order = {scenario.called: number for number, scenario in reversed(list(enumerate(every)))}
    for topic in TOPICS:
        yield from ("", f"### {str(topic.__doc__).partition(':')[0]}")
        for fault in FAULTS.values():
            if fault.apply.__module__ == topic.__name__:
                entries = {
                    release: known[fault.name, release] for release in fault.releases if (fault.name, release) in known
                }
                yield from ("", f"{code(fault.name)} ({', '.join(fault.releases)}): {plain(fault.what)}", "")
                yield from _by_its_own(fault, entries, order)
                yield _by_others(entries)


def _by_its_own(fault: Fault, entries: dict[str, Noticed], order: dict[str, int]) -> Iterator[str]:
    """For each scenario that is for it, the first row that turned red, and why; releases together that say the same."""
    for id in fault.noticed_by:
        told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for release, entry in entries.items():
            rows = sorted((row for row in entry.by if id_of(row) == id), key=lambda row: order.get(row, 0))
            if rows:
                step, difference = entry.by[rows[0]]
                more = f" and {plural(len(rows) - 1, 'other row')}" if len(rows) > 1 else ""
                name = f"- {id} *{plain(rows[0].removeprefix(id).strip())}*{more}"
                told[": ".join(filter(None, (name, plain(step))))][code(shortened(difference, LONG))].append(release)
        for name, reasons in told.items():
            yield f"{name}: {' · '.join(_of(releases, fault, reason) for reason, releases in reasons.items())}"


def _of(releases: Sequence[str], fault: Fault, reason: str) -> str:
    return reason if len(releases) == len(fault.releases) else f"{reason} ({', '.join(releases)})"


def _by_others(entries: dict[str, Noticed]) -> str:
    if not entries or any(entry.too is None for entry in entries.values()):
        return "- others: not looked at yet"
    others = sorted({id_of(each) for entry in entries.values() for each in entry.too or ()}, key=_by_number)
    return f"- others: {_shortened(others) or 'none'}"


def _by_number(id: str) -> tuple[str, int]:
    topic, _, number = id.rpartition("-")
    return topic, int(number)


def _by_scenario(every: Sequence[Scenario]) -> Iterator[str]:
    yield from ("", "## Each scenario", "", "The faults that turn it red; first those that are for it.")
    for feature, of_feature in groupby(every, key=lambda scenario: scenario.model.feature.name):
        yield from ("", f"### {feature}", "")
        for scenario in of_feature:
            yield f"- {scenario}: {_shortened([code(name) for name in scenario.noticed]) or 'none'}"
    yield ""


def _shortened(words: Sequence[str]) -> str:
    more = len(words) - FEW
    return ", ".join(words) if more <= 1 else f"{', '.join(words[:FEW])} and {more} more"
