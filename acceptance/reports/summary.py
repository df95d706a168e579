"""The last lines of a run: what was seen, and the answer to "may we ship this?"."""

import time
from collections import Counter
from typing import Any

from behave.reporter.base import Reporter

from acceptance.ragflow.description import shortened
from acceptance.reports.announcer import announce
from acceptance.reports.ending import Ending
from acceptance.reports.results import Result, Verdict, results_of

# A rule has the worst verdict of its scenarios.
WORST_FIRST = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN, Verdict.DEVIATES, Verdict.PASSED)


class Summary(Reporter):  # type: ignore[misc]  # behave has no type information
    """Takes the place of behave's own, which adds up no time inside rules."""

    def __init__(self, config: Any, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending
        self._began = time.monotonic()
        self._results: list[Result] = []
        self._rules: dict[tuple[str, str], list[Result]] = {}

    def feature(self, feature: Any) -> None:
        results = results_of(feature, self.config)
        self._results += results
        for result in results:
            self._rules.setdefault((feature.name, result.rule), []).append(result)

    def end(self) -> None:
        counts = Counter(result.verdict for result in self._results)
        told = ", ".join(_counted(verdict, counts[verdict]) for verdict in Verdict if counts[verdict])
        seconds = time.monotonic() - self._began
        scenarios = "1 scenario" if len(self._results) == 1 else f"{len(self._results)} scenarios"
        announce(f"\n{scenarios}: {told}. Took {seconds:.1f} s.")
        deviations = Counter((result.id, result.text) for result in self._results if result.verdict is Verdict.DEVIATES)
        for (id, text), times in deviations.items():
            announce(f"  {id:14} {text}{f' ({times} scenarios)' if times > 1 else ''}")
        for result in self._results:
            if result.verdict in (Verdict.FAILED, Verdict.ERROR):
                announce(f"  {result.verdict.value:7} {result.id}  {result.name}  ({result.location})")
        announce(f"\n{self._answer()}")

    def _answer(self) -> str:
        """In one line: what holds, what does not, and what is seriously wrong although it is known."""
        rules = Counter(_worst(results) for results in self._rules.values())
        known = [results for results in self._rules.values() if _worst(results) is Verdict.DEVIATES]
        serious = sum(any(result.is_serious for result in results) for results in known)
        parts = [
            f"{rules[Verdict.PASSED]} of {len(self._rules)} rules hold",
            f"{rules[Verdict.FAILED]} do not",
            f"{rules[Verdict.DEVIATES]} break in a known way, {serious} of them seriously (severity high)",
            f"nothing was learnt about {rules[Verdict.ERROR]}" if rules[Verdict.ERROR] else "",
            f"{rules[Verdict.NOT_RUN]} were not looked at to the end" if rules[Verdict.NOT_RUN] else "",
        ]
        trouble = shortened(" ".join(self._ending.trouble.split()), 300)
        return "; ".join(filter(None, parts)) + "." + (f" {trouble[:1].upper()}{trouble[1:]}." if trouble else "")


def _worst(results: list[Result]) -> Verdict:
    return min((result.verdict for result in results), key=WORST_FIRST.index)


def _counted(verdict: Verdict, count: int) -> str:
    return f"{count} {verdict.value}" + ("s" if verdict is Verdict.DEVIATES and count > 1 else "")
