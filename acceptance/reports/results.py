"""What is known of a run when it has ended: one model, that every report is made of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import groupby

from acceptance.known_deviations.deviations import SEVERITIES, KnownDeviation
from acceptance.ragflow.description import shortened


class Verdict(Enum):
    """What became of a scenario, or of a rule; the worst comes first."""

    FAILED = "failed"  # the target breaks the rule
    ERROR = "error"  # nothing was learnt about the rule
    NOT_RUN = "not run"  # the run ended before, or lacked something
    DEVIATES = "known deviation"  # the target breaks the rule, as it is known to
    PASSED = "passed"
    NOT_APPLICABLE = "does not apply"  # the rule is for other releases

    @classmethod
    def worst(cls, verdicts: Iterable["Verdict"]) -> "Verdict":
        return min(verdicts, key=list(cls).index)


@dataclass(frozen=True)
class Step:
    """A step as it is written, with its word in front; ``seconds`` are 0 where it was not run."""

    text: str
    verdict: Verdict
    seconds: float


@dataclass(frozen=True)
class Asked:
    """A request of a scenario: who asked when, and what they were told.

    ``began`` are the seconds since the first request of the scenario, ``person`` counts from 1. ``sessions`` is how
    many were to be deleted, and ``succeeded`` whether the answer says that something was.
    """

    began: float
    seconds: float
    person: int
    sessions: int
    succeeded: bool
    told: str


@dataclass(frozen=True)
class Result:
    """One scenario. ``seconds`` are those of its steps, ``repeat`` is the command that runs it again.

    ``text`` says why where it did not pass, and ``headline`` in one line: the first step that failed and its
    first difference. ``exchanges`` are the last ones, as they are shown; ``answer`` is the last answer without what
    is left to chance, for whoever compares runs.
    """

    id: str
    name: str
    rule: str
    location: str
    repeat: str
    verdict: Verdict
    seconds: float
    headline: str
    text: str
    feature: str = ""
    known: KnownDeviation | None = None
    steps: tuple[Step, ...] = ()
    exchanges: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    answer: str = ""

    @property
    def is_serious(self) -> bool:
        """Whether it is a known deviation by which data is lost."""
        return self.known is not None and self.known.severity == "high"

    @property
    def place(self) -> tuple[str, int]:
        """File and line: by them, results are in the order of the features."""
        file, _, line = self.location.rpartition(":")
        return file, int(line) if line.isdecimal() else 0


@dataclass(frozen=True)
class RuleResult:
    """A rule with all its scenarios: it holds only if each of them does that applies."""

    feature: str
    name: str
    scenarios: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        return Verdict.worst(each.verdict for each in self.scenarios)

    @property
    def is_serious(self) -> bool:
        return self.verdict is Verdict.DEVIATES and any(each.is_serious for each in self.scenarios)

    @property
    def severity(self) -> str:
        """The worst of its known deviations; empty where it has none."""
        known = {each.known.severity for each in self.scenarios if each.known}
        return next((severity for severity in SEVERITIES if severity in known), "")

    @property
    def applicable(self) -> int:
        return sum(each.verdict is not Verdict.NOT_APPLICABLE for each in self.scenarios)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.scenarios)

    @property
    def by_id(self) -> list[tuple[str, list[Result]]]:
        """Its scenarios, with the rows of an outline under the id that they share."""
        return [(id, list(results)) for id, results in groupby(self.scenarios, key=lambda each: each.id)]


@dataclass(frozen=True)
class Feature:
    """A feature as it is introduced."""

    name: str
    description: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """The RAGFlow of a run: what it is, its release, how that is known, and the contract that it is held to."""

    description: str
    release: str
    known_by: str
    contract: str


@dataclass(frozen=True)
class RunResult:
    """A whole run. ``trouble`` says why it did not come to its end, ``left`` what is still on the server.

    ``target`` is None where none was reached. ``began`` is a moment in ISO 8601. ``not_selected`` counts the scenarios
    that nobody asked for, ``features_not_named`` the feature files that were not.
    """

    began: str
    seconds: float
    trouble: str
    left: str
    target: Target | None = None
    features: tuple[Feature, ...] = ()
    results: tuple[Result, ...] = ()
    not_selected: int = 0
    features_not_named: int = 0

    def differs_from(self, earlier: "RunResult | None") -> bool:
        """Whether it says more than an earlier account of the same run, but for the time that has passed since."""
        return earlier is None or replace(self, seconds=0) != replace(earlier, seconds=0)

    @cached_property
    def rules(self) -> list[RuleResult]:
        """Every rule, in the order of the features."""
        return rules_of(self.results)

    @property
    def counts(self) -> Counter[Verdict]:
        """How many scenarios have each verdict."""
        return Counter(each.verdict for each in self.results)

    @property
    def rule_counts(self) -> Counter[Verdict]:
        """How many rules have each verdict."""
        return Counter(each.verdict for each in self.rules)

    @property
    def serious(self) -> int:
        """How many rules break in a way that is known, and by which data is lost."""
        return sum(each.is_serious for each in self.rules)

    @property
    def answer(self) -> str:
        """In one line: what holds, what does not, and what is seriously wrong although it is known."""
        told = "; ".join(filter(None, (self.trouble, self.left)))
        trouble = shortened(" ".join(told.split()), 300).rstrip(".")
        counted = "; ".join(self._counted())
        return f"{counted}." + (f" {trouble[:1].upper()}{trouble[1:]}." if trouble else "")

    def _counted(self) -> Iterator[str]:
        rules = self.rule_counts
        if not rules:
            yield "No rule was looked at"
            return
        yield f"{rules[Verdict.PASSED]} of {len(self.rules) - rules[Verdict.NOT_APPLICABLE]} rules hold"
        yield f"{rules[Verdict.FAILED]} do not"
        yield f"{rules[Verdict.DEVIATES]} break in a known way, {self.serious} of them seriously (severity high)"
        if rules[Verdict.ERROR]:
            yield f"nothing was learnt about {rules[Verdict.ERROR]}"
        if rules[Verdict.NOT_RUN]:
            yield f"{rules[Verdict.NOT_RUN]} were not looked at to the end"


def rules_of(results: Sequence[Result]) -> list[RuleResult]:
    """The rules of these results, in the order of the features."""
    rules: dict[tuple[str, str], list[Result]] = {}
    for result in sorted(results, key=lambda each: each.place):
        rules.setdefault((result.feature, result.rule), []).append(result)
    return [RuleResult(feature, name, tuple(results)) for (feature, name), results in rules.items()]


def plural(count: int, what: str) -> str:
    """``1 scenario``, ``2 scenarios``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
