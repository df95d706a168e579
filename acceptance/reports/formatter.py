"""The terminal output of a run: each rule, and the verdicts of its scenarios."""

import sys
from textwrap import indent
from typing import Any

from behave.formatter.base import Formatter
from tqdm import tqdm

from acceptance.behave_adapter import scenarios_of
from acceptance.reports import read_setting, reports_of
from acceptance.reports.from_behave import result_of
from acceptance.reports.results import Result, Verdict, plural
from acceptance.terminal import discard_stdout

# The word for a verdict, and its ANSI colour: green, red, yellow or grey.
MARKS = {
    Verdict.PASSED: ("passed", 32),
    Verdict.FAILED: ("FAILED", 31),
    Verdict.ERROR: ("ERROR", 31),
    Verdict.DEVIATES: ("deviates", 33),
    Verdict.NOT_RUN: ("not run", 90),
}


class SpecificationFormatter(Formatter):  # type: ignore[misc]  # behave has no type information
    """Print features, rules and scenarios, and the full report of each failure.

    On a terminal, a rule whose scenarios all passed is one line. Elsewhere, every scenario is a line.
    """

    name = "specification"
    description = "Each rule, and whether it holds"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._is_coloured = bool(config.has_colored_mode(self.stream))
        self._is_short = (read_setting(config, "show") or ("rules" if self.stream.isatty() else "scenarios")) == "rules"
        self._scenario: Any = None
        self._rule, self._indent = "", "  "
        self._scenarios_of_rule: list[Any] = []
        # In short output: the title of a rule and its scenarios, until one of them does not pass.
        self._held: list[str] = []
        self._bar: Any = None

    def feature(self, feature: Any) -> None:
        self._rule, self._indent = "", "  "
        self._write(f"\n{feature.name}\n")

    def rule(self, rule: Any) -> None:
        self.eof()
        self._rule, self._indent = rule.name, "    "
        self._scenarios_of_rule = [scenario for scenario, _ in scenarios_of(rule)]
        title = f"  {rule.name}\n"
        if self._is_short:
            self._held = [title]
        else:
            self._write(title)

    def scenario(self, scenario: Any) -> None:
        self._finish_scenario()
        self._scenario = scenario

    def eof(self) -> None:
        """Print the rest of a rule. behave calls this at the end of a feature."""
        self._finish_scenario()
        # behave does not call formatters for scenarios that are skipped before the run.
        for scenario in self._scenarios_of_rule:
            if scenario.should_skip and not hasattr(scenario, "known_deviation"):
                self._print_result(result_of(scenario, self._rule))
        if len(self._held) > 1:
            count = plural(len(self._held) - 1, "scenario")
            self._write(f"  {self._mark(Verdict.PASSED)} {self._rule} ({count})\n")
        self._scenarios_of_rule, self._held = [], []

    def _finish_scenario(self) -> None:
        """Print the last scenario: behave reports the start of a scenario, but not its end."""
        if self._scenario is None:
            return
        result = result_of(self._scenario, self._rule)
        self._scenario = None
        if self._bar is None:
            # On a terminal, from the fifth second on.
            total = reports_of(self.config).scenarios
            self._bar = tqdm(total=total, unit=" scenarios", file=sys.__stderr__, disable=None, leave=False, delay=5)
        self._bar.update()
        self._print_result(result)

    def _print_result(self, result: Result) -> None:
        text = f"{self._indent}{self._mark(result.verdict)} {result.id:14} {result.name}\n"
        if result.verdict in (Verdict.FAILED, Verdict.ERROR):
            text += f"\n{indent(result.text, f'{self._indent}    ')}\n\n"
        if self._held and result.verdict is Verdict.PASSED:
            self._held.append(text)
        else:
            self._write("".join([*self._held, text]))
            self._held = []

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        super().close()

    def _mark(self, verdict: Verdict) -> str:
        word, colour = MARKS[verdict]
        return f"\x1b[{colour}m{word:8}\x1b[0m" if self._is_coloured else f"{word:8}"

    def _write(self, text: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            discard_stdout()
            reports_of(self.config).ending.mark_failed("the run ended: standard output was closed")
            # behave treats it as an interrupt: it runs no further scenario, and the cleanup runs.
            raise KeyboardInterrupt from None
