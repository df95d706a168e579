"""The results of a run: one model, from behave's, that every report is made of."""

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from behave.model_type import Status

from acceptance.errors import NothingLearnt
from acceptance.judging.telling import evidence, told_by_name
from acceptance.rules.scenarios import scenario_id, scenarios_of


class Verdict(Enum):
    PASSED = "passed"
    FAILED = "failed"  # the target breaks the rule
    ERROR = "error"  # nothing was learnt about the rule
    DEVIATES = "known deviation"  # the target breaks the rule, as it is known to
    NOT_RUN = "not run"  # the run ended before


@dataclass(frozen=True)
class Result:
    """One scenario. ``seconds`` are those of its steps, ``repeat`` is the command that runs it again.

    ``text`` says why where it did not pass, and ``headline`` in one line: the first step that failed and its
    first difference.
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

    @property
    def is_serious(self) -> bool:
        """Whether it is a known deviation by which data is lost."""
        return self.verdict is Verdict.DEVIATES and self.text.startswith("known deviation (high)")


def selected_scenarios(feature: Any, config: Any) -> list[tuple[Any, str]]:
    """The scenarios of a feature that were to run, each with the name of its rule."""
    return [
        (scenario, rule)
        for scenario, rule in scenarios_of(feature)
        if scenario.skip_reason or scenario.should_run(config)
    ]


def results_of(feature: Any, config: Any) -> list[Result]:
    """The results of a feature, without the scenarios that were not selected.

    What went wrong before or behind its scenarios, or those of a rule, is a result of its own.
    """
    scenarios = [result_of(scenario, rule) for scenario, rule in selected_scenarios(feature, config)]
    return scenarios + [_around(container) for container in (feature, *feature.rules) if container.error_message]


def _around(container: Any) -> Result:
    text = _plain(container.error_message)
    name = f"around the scenarios of the {container.keyword.lower()}"
    rule = container.name if container.keyword == "Rule" else ""
    return Result("", name, rule, str(container.location), "", Verdict.ERROR, 0.0, _headline("", text), text)


def result_of(scenario: Any, rule: str = "") -> Result:
    bad = [step for step in scenario.all_steps if step.status.has_failed()]
    known_as = getattr(scenario, "known_as", {})
    # Each trouble has the step in which it was met; what went wrong behind the scenario has none.
    met = [(_name_of(step), _trouble_of(step)) for step in bad] + [("", _plain(scenario.error_message or ""))]
    troubles = [(told_by_name(step, known_as), told_by_name(text, known_as)) for step, text in met if step or text]
    reason = scenario.skip_reason or ""
    return Result(
        id=scenario_id(scenario),
        name=scenario.name,
        rule=rule,
        location=str(scenario.location),
        repeat=_repeat(scenario),
        # A broken rule is the news, even if the cleaning up behind it has failed too.
        verdict=_verdict((bad or [scenario])[0].status, scenario),
        seconds=scenario.duration,
        headline=_headline(*troubles[0]) if troubles else reason,
        text=_story(scenario, rule, troubles) if troubles else reason,
    )


def _repeat(scenario: Any) -> str:
    """The command that runs it again, as this run was started."""
    return str(getattr(scenario, "repeat", f"behave {scenario.location}"))


def _headline(step: str, trouble: str) -> str:
    difference = re.search(r"^ *(?:but|Shape): *(.+)", trouble, re.MULTILINE)
    lines = trouble.splitlines() or [""]
    # Of a traceback, the last line says what happened.
    cause = difference[1] if difference else lines[-1 if lines[0].startswith("Traceback") else 0]
    return ": ".join(filter(None, (step, cause.strip())))


def _story(scenario: Any, rule: str, troubles: Sequence[tuple[str, str]]) -> str:
    """The rule, how to repeat the scenario, what was asked and answered, and what went wrong."""
    parts = [
        f"Rule:     {rule}" if rule else "",
        f"Repeat:   {_repeat(scenario)}",
        evidence(getattr(scenario, "exchanges", ()), getattr(scenario, "known_as", {})),
        *(part for trouble in troubles for part in trouble),
    ]
    return "\n".join(filter(None, parts))


def _trouble_of(step: Any) -> str:
    """Why a step did not pass; without the traceback where the suite itself says what happened."""
    if isinstance(step.exception, AssertionError | NothingLearnt):
        return "\n".join([str(step.exception).strip("\n"), *getattr(step.exception, "__notes__", ())])
    if step.status == Status.undefined:
        return "this step is not defined"
    if isinstance(step.exception, Exception):
        return "".join(traceback.format_exception(step.exception)).strip()
    return _plain(step.error_message or "")


def _name_of(step: Any) -> str:
    """The step with its own word in front; an And may be told without what it goes on from."""
    return f"{step.step_type.capitalize()} {step.name}"


def _verdict(status: Status, scenario: Any) -> Verdict:
    if status.is_passed():
        return Verdict.PASSED
    if status == Status.failed or (status == Status.hook_error and isinstance(scenario.exception, AssertionError)):
        return Verdict.FAILED
    if status == Status.skipped and scenario.skip_reason:
        return Verdict.DEVIATES
    return Verdict.NOT_RUN if status in (Status.untested, Status.skipped) else Verdict.ERROR


def _plain(text: str) -> str:
    """The text without behave's own words in front."""
    for words in ("ASSERT FAILED: ", "HOOK-ERROR in after_scenario: ", "AssertionError: "):
        text = text.removeprefix(words)
    return text.strip()
