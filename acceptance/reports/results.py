"""The results of a run: one model, from behave's, that every report is made of."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from behave.model_type import Status

from acceptance.errors import NoAnswer, PreparationFailed
from acceptance.rules.scenarios import scenario_id, scenarios_of


class Verdict(Enum):
    PASSED = "passed"
    FAILED = "failed"  # the target breaks the rule
    ERROR = "error"  # nothing was learnt about the rule
    DEVIATES = "known deviation"  # the target breaks the rule, as it is known to
    NOT_RUN = "not run"  # the run ended before


@dataclass(frozen=True)
class Result:
    """One scenario. ``text`` says why where it did not pass; ``seconds`` are those of its steps."""

    id: str
    name: str
    rule: str
    location: str
    verdict: Verdict
    seconds: float
    step: str
    text: str

    @property
    def headline(self) -> str:
        """The failing step and the first difference, in one line."""
        difference = re.search(r"^ *(?:but|Shape): *(.+)", self.text, re.MULTILINE)
        lines = [line for line in self.text.splitlines() if not line.startswith(("Rule:", "Repeat:", "Traceback"))]
        # Of a traceback, the last line says what happened.
        cause = difference[1] if difference else lines[-1 if "Traceback" in self.text else 0] if lines else ""
        return ": ".join(filter(None, (self.step, cause.strip())))


def selected_scenarios(feature: Any, config: Any) -> list[tuple[Any, str]]:
    """The scenarios of a feature that were to run, each with the name of its rule."""
    return [
        (scenario, rule)
        for scenario, rule in scenarios_of(feature)
        if scenario.skip_reason or scenario.should_run(config)
    ]


def results_of(feature: Any, config: Any) -> list[Result]:
    """The results of a feature, without the scenarios that were not selected."""
    return [result_of(scenario, rule) for scenario, rule in selected_scenarios(feature, config)]


def result_of(scenario: Any, rule: str = "") -> Result:
    bad = next((step for step in scenario.all_steps if step.status.has_failed()), None)
    texts = [_of_step(bad) if bad else None, scenario.error_message, scenario.skip_reason]
    return Result(
        id=scenario_id(scenario),
        name=scenario.name,
        rule=rule,
        location=str(scenario.location),
        # A broken rule is the news, even if the cleaning up behind it has failed too.
        verdict=_verdict((bad or scenario).status, scenario.exception),
        seconds=scenario.duration,
        step=f"{bad.keyword} {bad.name}" if bad else "",
        text=_told("\n".join(_plain(text) for text in texts if text), rule, str(scenario.location)),
    )


def _of_step(step: Any) -> str:
    """Why a step did not pass; without the traceback where the suite itself says what happened."""
    if isinstance(step.exception, NoAnswer | PreparationFailed):
        return str(step.exception)
    return str(step.error_message)


def _verdict(status: Status, error: Exception | None) -> Verdict:
    if status.is_passed():
        return Verdict.PASSED
    if status == Status.failed or (status == Status.hook_error and isinstance(error, AssertionError)):
        return Verdict.FAILED
    if status == Status.skipped:
        return Verdict.DEVIATES
    return Verdict.NOT_RUN if status == Status.untested else Verdict.ERROR


def _told(text: str, rule: str, location: str) -> str:
    """The text, which names the rule and says how to repeat the scenario, whoever raised it."""
    if not text or text.startswith(("Rule:", "known deviation")):
        return text
    return f"Rule:     {rule}\nRepeat:   behave {location}\n{text}"


def _plain(text: str) -> str:
    """The text without behave's own words in front."""
    for words in ("ASSERT FAILED: ", "HOOK-ERROR in after_scenario: ", "AssertionError: "):
        text = text.removeprefix(words)
    return text.strip()
