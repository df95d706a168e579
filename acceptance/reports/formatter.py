"""What a run shows on the terminal: the rules, and under each whether it holds."""

import os
import sys
from typing import Any

from behave.formatter.base import Formatter
from tqdm import tqdm

from acceptance.behave_adapter import scenarios_of
from acceptance.reports import reports_of
from acceptance.reports.from_behave import result_of
from acceptance.reports.results import Result, Verdict, plural
from acceptance.terminal import discard_stdout

GREEN, RED, YELLOW, GREY = 32, 31, 33, 90
MARKS = {
    Verdict.PASSED: ("passed", GREEN),
    Verdict.FAILED: ("FAILED", RED),
    Verdict.ERROR: ("ERROR", RED),
    Verdict.DEVIATES: ("deviates", YELLOW),
    Verdict.NOT_RUN: ("not run", GREY),
}


class SpecificationFormatter(Formatter):  # type: ignore[misc]  # behave has no type information
    """Features, rules and scenarios, and for a scenario that does not pass the whole story.

    Where somebody looks on, a rule of which every scenario has passed is one line; a file has every scenario.
    """

    name = "specification"
    description = "The rules, and whether each holds"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._coloured = bool(config.has_colored_mode(self.stream))
        chosen = (config.userdata.get("show") or os.environ.get("RAGFLOW_SHOW") or "").strip()
        shown = chosen or ("rules" if self.stream.isatty() else "scenarios")
        self._in_short = shown == "rules"
        self._scenario: Any = None
        self._indent = "  "
        self._rule = ""
        self._scenarios_of_rule: list[Any] = []
        # Of the rule that is one line as long as nothing else happens in it: the scenarios that have passed, and
        # whether something else has happened.
        self._passed: list[Result] = []
        self._is_told = False
        self._bar: Any = None

    def feature(self, feature: Any) -> None:
        self._indent = "  "
        self._rule = ""
        self._write(f"\n{feature.name}\n")

    def rule(self, rule: Any) -> None:
        self._finish_rule()
        self._indent = "    "
        self._rule = rule.name
        self._scenarios_of_rule = [scenario for scenario, _ in scenarios_of(rule)]
        if not self._in_short:
            self._write(f"  {rule.name}\n")

    def scenario(self, scenario: Any) -> None:
        self._finish_scenario()
        self._scenario = scenario

    def eof(self) -> None:
        self._finish_rule()

    def _finish_rule(self) -> None:
        self._finish_scenario()
        # behave does not speak of what was skipped before the run began.
        for scenario in self._scenarios_of_rule:
            if scenario.should_skip and not hasattr(scenario, "known_deviation"):
                self._show_result(result_of(scenario, self._rule))
        self._scenarios_of_rule = []
        if self._passed:
            count = plural(len(self._passed), "scenario")
            self._write(f"  {self._mark(Verdict.PASSED)} {self._rule} ({count})\n")
        self._passed, self._is_told = [], False

    def _finish_scenario(self) -> None:
        """Show the scenario that has just ended; behave says when one begins, not when it ends."""
        if self._scenario is None:
            return
        result = result_of(self._scenario, self._rule)
        self._scenario = None
        self._advance()
        self._show_result(result)

    def _show_result(self, result: Result) -> None:
        if self._in_short and self._rule:
            self._show_in_short(result)
        else:
            self._show(result)

    def _show_in_short(self, result: Result) -> None:
        if result.verdict is Verdict.PASSED and not self._is_told:
            self._passed.append(result)
            return
        if not self._is_told:
            self._is_told = True
            self._write(f"  {self._rule}\n")
        for each in [*self._passed, result]:
            self._show(each)
        self._passed = []

    def _show(self, result: Result) -> None:
        self._write(f"{self._indent}{self._mark(result.verdict)} {result.id:14} {result.name}\n")
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

    def _mark(self, verdict: Verdict) -> str:
        word, colour = MARKS[verdict]
        return f"\x1b[{colour}m{word:8}\x1b[0m" if self._coloured else f"{word:8}"

    def _write(self, text: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            discard_stdout()
            reports_of(self.config).ending.broken_by("the run ended: nobody reads what it says")
            # behave takes it for an interrupt: no further scenario runs, and everything is removed.
            raise KeyboardInterrupt from None
