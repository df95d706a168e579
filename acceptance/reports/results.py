"""The result of a run: the one model that every report is made from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from acceptance.known_deviations.deviations import SEVERITIES, KnownDeviation
from acceptance.ragflow.description import shorten

NOT_FINISHED = "the run has not finished"


class Verdict(Enum):
    """The outcome of a scenario or a rule; the worst comes first."""

    FAILED = "failed"  # the target breaks the rule
    ERROR = "error"  # the scenario was inconclusive
    NOT_RUN = "not run"  # the run stopped earlier, or a setting is missing
    DEVIATES = "known deviation"  # the target breaks the rule in a documented way
    PASSED = "passed"
    NOT_APPLICABLE = "does not apply"  # the scenario is for other releases


@dataclass(frozen=True)
class Step:
    """A step with its keyword, like ``Given an assistant``; ``seconds`` is 0 if it did not run."""

    text: str
    verdict: Verdict
    seconds: float


@dataclass(frozen=True)
class RequestTiming:
    """When a request of a scenario was sent, by whom, and how it was answered.

    ``began`` and ``ended`` count seconds from the first request of the scenario, ``person`` counts from 1.
    """

    began: float
    ended: float
    person: int
    succeeded: bool
    answer: str


@dataclass(frozen=True)
class Result:
    """The result of one scenario.

    ``repeat`` is the command that runs it again, ``seconds`` the duration of its steps. ``text`` explains a scenario
    that did not pass; ``headline`` is its first failed step and the first difference, in one line. ``exchanges`` holds
    the last requests and answers. ``answer`` is the last answer without random parts, to compare two runs.
    """

    id: str
    name: str
    rule: str
    location: str
    verdict: Verdict
    feature: str = ""
    repeat: str = ""
    seconds: float = 0.0
    headline: str = ""
    text: str = ""
    known: KnownDeviation | None = None
    steps: tuple[Step, ...] = ()
    exchanges: tuple[str, ...] = ()
    timings: tuple[RequestTiming, ...] = ()
    answer: str = ""

    @property
    def is_concurrent(self) -> bool:
        """Whether several people sent its requests."""
        return len({each.person for each in self.timings}) > 1

    @property
    def place(self) -> tuple[str, int]:
        """File and line; sorting by it gives the order of the features."""
        file, _, line = self.location.rpartition(":")
        return file, int(line) if line.isdecimal() else 0


@dataclass(frozen=True)
class RuleResult:
    """A rule with all its scenarios. It holds if every scenario that applies passed."""

    feature: str
    name: str
    scenarios: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        return min((each.verdict for each in self.scenarios), key=list(Verdict).index)

    @property
    def severity(self) -> str:
        """The highest severity of its known deviations; empty if it has none."""
        known = {each.known.severity for each in self.scenarios if each.known}
        return min(known, key=SEVERITIES.index, default="")


@dataclass(frozen=True)
class Target:
    """The RAGFlow under test. ``known_by`` says where its release number comes from; ``database`` what it stores.

    ``differences`` lists the answers to the detection that this release does not give.
    """

    description: str
    release: str
    known_by: str
    contract: str
    database: str = ""
    differences: tuple[str, ...] = ()


@dataclass
class Ending:
    """How the run ended. ``reason`` says why it did not finish, ``leftovers`` what remains on the server."""

    reason: str = NOT_FINISHED
    leftovers: str = ""

    def mark_finished(self) -> None:
        """Record that the run finished, unless a failure is already recorded."""
        if self.reason == NOT_FINISHED:
            self.reason = ""

    def mark_failed(self, reason: str) -> None:
        """Record why the run stopped. The first reason counts."""
        if self.reason in ("", NOT_FINISHED):
            self.reason = reason

    @property
    def problem(self) -> str:
        return "; ".join(filter(None, (self.reason, self.leftovers)))


@dataclass(frozen=True)
class RunResult:
    """The result of a whole run.

    ``began`` is in ISO 8601. ``stop_reason`` says why the run did not finish, ``leftovers`` what remains on the server.
    ``target`` is None if no RAGFlow was reached. ``introductions`` holds the text below each feature's title.
    ``not_selected`` counts scenarios that the command line excluded, ``features_not_named`` the feature files.
    """

    began: str
    seconds: float
    stop_reason: str = ""
    leftovers: str = ""
    target: Target | None = None
    introductions: dict[str, str] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    not_selected: int = 0
    features_not_named: int = 0

    @cached_property
    def rules(self) -> list[RuleResult]:
        """Every rule, in the order of the features."""
        rules: dict[tuple[str, str], list[Result]] = {}
        for result in sorted(self.results, key=lambda each: each.place):
            rules.setdefault((result.feature, result.rule), []).append(result)
        return [RuleResult(*name, tuple(results)) for name, results in rules.items()]

    @property
    def counts(self) -> Counter[Verdict]:
        return Counter(each.verdict for each in self.results)

    @property
    def rule_counts(self) -> Counter[Verdict]:
        return Counter(each.verdict for each in self.rules)

    @property
    def losing_data(self) -> int:
        """The number of rules with a known deviation of high severity."""
        return sum(each.verdict is Verdict.DEVIATES and each.severity == "high" for each in self.rules)

    def known_by_severity(self) -> Iterator[tuple[str, list[tuple[Result, KnownDeviation]]]]:
        """Each severity, the highest first, with the known deviations that occurred."""
        known = [(each, each.known) for each in self.results if each.known]
        for severity in SEVERITIES:
            if found := [each for each in known if each[1].severity == severity]:
                yield severity, found

    @property
    def problem(self) -> str:
        """Why the run did not finish, and what remains on the server; empty if all is well."""
        return Ending(self.stop_reason, self.leftovers).problem

    @property
    def answer(self) -> str:
        """The answer to "may we ship this?" in one line."""
        rules, known = self.rule_counts, self.rule_counts[Verdict.DEVIATES]
        parts = [
            f"{rules[Verdict.PASSED]} of {len(self.rules) - rules[Verdict.NOT_APPLICABLE]} rules hold",
            f"{rules[Verdict.FAILED]} {'does' if rules[Verdict.FAILED] == 1 else 'do'} not",
            f"{known} {'has' if known == 1 else 'have'} known deviations, {self.losing_data} of high severity",
        ]
        unclear = {"inconclusive": rules[Verdict.ERROR], "not fully checked": rules[Verdict.NOT_RUN]}
        if any(unclear.values()):
            parts.append(", ".join(f"{count} {words}" for words, count in unclear.items() if count))
        counts = "; ".join(parts) if rules else "No rule was checked"
        problem = " ".join(self.problem.split())
        sentence = shorten(problem, 300).rstrip(".")
        return f"{counts}." + (f" {sentence[:1].upper()}{sentence[1:]}." if sentence else "")


def plural(count: int, what: str) -> str:
    """``1 scenario``, ``2 scenarios``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
