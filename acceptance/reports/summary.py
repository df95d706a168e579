"""The last lines of a run: how many rules hold, and how long it took."""

import sys
import time
from collections import Counter
from typing import Any

from behave.reporter.base import Reporter

from acceptance.reports.results import Result, Verdict, results_of


class Summary(Reporter):  # type: ignore[misc]  # behave has no type information
    """Takes the place of behave's own, which adds up no time inside rules."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._began = time.monotonic()
        self._results: list[Result] = []

    def feature(self, feature: Any) -> None:
        self._results += results_of(feature, self.config)

    def end(self) -> None:
        counts = Counter(result.verdict for result in self._results)
        told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
        seconds = time.monotonic() - self._began
        print(f"\n{len(self._results)} scenarios: {told}. Took {seconds:.1f} s.", file=sys.stdout)
        for result in self._results:
            if result.verdict in (Verdict.FAILED, Verdict.ERROR):
                print(f"  {result.verdict.value:7} {result.id}  {result.name}  ({result.location})")
