"""The last lines of a run: how many rules hold, and how long it took."""

import time
from collections import Counter
from typing import Any

from behave.reporter.base import Reporter

from acceptance.reports.announcer import announce
from acceptance.reports.ending import Ending
from acceptance.reports.results import Result, Verdict, results_of


class Summary(Reporter):  # type: ignore[misc]  # behave has no type information
    """Takes the place of behave's own, which adds up no time inside rules."""

    def __init__(self, config: Any, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending
        self._began = time.monotonic()
        self._results: list[Result] = []

    def feature(self, feature: Any) -> None:
        self._results += results_of(feature, self.config)

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


def _counted(verdict: Verdict, count: int) -> str:
    return f"{count} {verdict.value}" + ("s" if verdict is Verdict.DEVIATES and count > 1 else "")
