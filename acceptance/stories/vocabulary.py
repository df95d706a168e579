"""What the features know of: names, users, keys and requests, and what follows in a release. No list of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acceptance.behave_adapter import cells_of, read_scenarios
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import FILE, Deviations

# What a scenario begins with whose request may as well be sent in the middle of a story.
USUAL = {"an assistant with 5 sessions", "another assistant with 2 sessions"}
EMPTIED = "all 5 sessions have been deleted"

# A whole request, and the steps that tell all that becomes of it: the answer, and what is left of 5 sessions.
REQUEST = re.compile(r"I send(?: as \S+| with the query \S+)?: (?P<sent>.*)")
ANSWER = re.compile(r"the deletion succeeds|there was nothing to delete|the request is (refused|answered): .+")
LEFT = {"all 5 sessions remain": (), "sessions 2, 3, 4 and 5 remain": (1,), "no sessions remain": (1, 2, 3, 4, 5)}

UNAUTHORIZED = re.compile(r"I try to delete all 5 sessions, authorized by: (?P<authorization>.*)")

# What takes long says nothing more in a story than where it stands: a character 10,000 times and more.
LONG = re.compile(r"\{\d{5,}\}")

# The scenarios that tell of a list in which one session is unknown and one is repeated.
SOME_UNKNOWN, ALL_UNKNOWN = "DUPLICATE-4", "DUPLICATE-5"


@dataclass(frozen=True)
class Request:
    """A request of the features: the step that sends it, the step about its answer, and what it deletes.

    ``deletes`` are the numbers of 5 sessions; ``of_emptied`` where it is sent to an assistant that had some.
    """

    text: str
    answer: str
    deletes: tuple[int, ...]
    of_emptied: bool

    @property
    def speaks_of_another(self) -> bool:
        """Whether it names something of another assistant."""
        return "OTHER-" in self.text

    def about(self, number: int) -> str:
        """The step, with this session in the place of session 1."""
        return re.sub(r"(?<!OTHER-)\bSESSION-1\b", f"SESSION-{number}", self.text)


@dataclass(frozen=True)
class Vocabulary:
    """What stories are told with. ``refusals`` are authorizations, each with the step about its answer.

    ``hides_repeated`` are the scenarios of which the release is known to leave out what was repeated.
    """

    requests: tuple[Request, ...]
    refusals: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    users: tuple[str, ...]
    hides_repeated: frozenset[str]


def vocabulary_of(release: Release, features: Path = FILE.parent) -> Vocabulary:
    """The vocabulary of a release, with its known deviations in the place of what the features say."""
    scenarios = read_scenarios(features)
    of_release = [scenario for scenario in scenarios if release in Range.of_tags(scenario.effective_tags)]
    deviations = Deviations(release, features / FILE.name)
    told = [row for scenario in scenarios for row in (cells_of(scenario), *_tables(scenario))]
    known = {deviation.scenario for scenario in of_release if (deviation := deviations.of(scenario))}
    return Vocabulary(
        requests=tuple(dict.fromkeys(_requests(of_release, deviations))),
        refusals=tuple(dict.fromkeys(_refusals(of_release))),
        names=tuple(dict.fromkeys(said["name"] for said in told if "name" in said)),
        users=tuple(dict.fromkeys(said["user"] for said in told if "user" in said)),
        hides_repeated=frozenset(known & {SOME_UNKNOWN, ALL_UNKNOWN}),
    )


def _requests(scenarios: list[Any], deviations: Deviations) -> Iterator[Request]:
    for scenario in scenarios:
        givens, whens, thens = _steps(scenario)
        deviation = deviations.of(scenario)
        if deviation:
            thens = list(deviation.for_row(cells_of(scenario)).instead)
        answers = [text for text in thens if ANSWER.fullmatch(text)]
        left = [text for text in thens if text in LEFT]
        sent = REQUEST.fullmatch(whens[0]) if len(whens) == 1 else None
        is_determined = len(answers) == len(left) == 1 and not (deviation and deviation.at_times)
        if sent and is_determined and not LONG.search(sent["sent"]) and set(givens) <= {*USUAL, EMPTIED}:
            yield Request(whens[0], answers[0], LEFT[left[0]], EMPTIED in givens)


def _refusals(scenarios: list[Any]) -> Iterator[tuple[str, str]]:
    for scenario in scenarios:
        _, whens, thens = _steps(scenario)
        said = UNAUTHORIZED.fullmatch(whens[0]) if len(whens) == 1 else None
        answers = [text for text in thens if ANSWER.fullmatch(text)]
        if said and answers and not LONG.search(said["authorization"]):
            yield said["authorization"], answers[0]


def _steps(scenario: Any) -> tuple[list[str], list[str], list[str]]:
    """The Givens, the Whens and the Thens."""
    steps = list(scenario.all_steps)
    given, when, then = ([step.name for step in steps if step.step_type == kind] for kind in ("given", "when", "then"))
    return given, when, then


def _tables(scenario: Any) -> Iterator[dict[str, str]]:
    """The rows of the tables in its steps."""
    for step in scenario.all_steps:
        yield from (row.as_dict() for row in step.table or ())
