"""What a run shows on the terminal: the rules, and under each whether it holds."""

import sys
from typing import Any

from behave.formatter.base import Formatter
from tqdm import tqdm

from acceptance.reports import reports_of
from acceptance.reports.announcer import nobody_reads
from acceptance.reports.results import Verdict, result_of

GREEN, RED, YELLOW, GREY = 32, 31, 33, 90
MARKS = {
    Verdict.PASSED: ("passed", GREEN),
    Verdict.FAILED: ("FAILED", RED),
    Verdict.ERROR: ("ERROR", RED),
    Verdict.DEVIATES: ("deviates", YELLOW),
    Verdict.NOT_RUN: ("not run", GREY),
}


class SpecificationFormatter(Formatter):  # type: ignore[misc]  # behave has no type information
    """Features, rules and scenarios, and for a scenario that does not pass the whole story."""

    name = "specification"
    description = "The rules, and whether each holds"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._coloured = bool(config.has_colored_mode(self.stream))
        self._scenario: Any = None
        self._indent = "  "
        self._rule = ""
        self._bar: Any = None

    def feature(self, feature: Any) -> None:
        self._indent = "  "
        self._rule = ""
        self._write(f"\n{feature.name}\n")

    def rule(self, rule: Any) -> None:
        self._finish()
        self._indent = "    "
        self._rule = rule.name
        self._write(f"  {rule.name}\n")

    def scenario(self, scenario: Any) -> None:
        self._finish()
        self._scenario = scenario

    def eof(self) -> None:
        self._finish()

    def _finish(self) -> None:
        """Show the scenario that has just ended; behave says when one begins, not when it ends."""
        if self._scenario is None:
            return
        result = result_of(self._scenario, self._rule)
        self._scenario = None
        self._advance()
        word, colour = MARKS[result.verdict]
        self._write(f"{self._indent}{self._in_colour(colour, f'{word:8}')} {result.id:14} {result.name}\n")
        if result.verdict in (Verdict.FAILED, Verdict.ERROR):
            story = "".join(f"{self._indent}    {line}\n" for line in result.text.splitlines())
            self._write(f"\n{story}\n")

    def _advance(self) -> None:
        """Show on a terminal how far the run is, where it takes longer than some seconds."""
        if self._bar is None:
            total = reports_of(self.config).scenarios
            self._bar = tqdm(total=total, unit=" scenarios", file=sys.__stderr__, disable=None, leave=False, delay=5)
        self._bar.update()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        super().close()

    def _in_colour(self, colour: int, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text

    def _write(self, text: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            nobody_reads()
            reports_of(self.config).ending.broken_by("the run ended: nobody reads what it says")
            # behave takes it for an interrupt: no further scenario runs, and everything is removed.
            raise KeyboardInterrupt from None
