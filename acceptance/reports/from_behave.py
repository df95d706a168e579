"""From behave's model to the one of the reports."""

import json
import re
import traceback
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import scenario_id, scenarios_of
from acceptance.errors import Inconclusive
from acceptance.known_deviations.deviations import KnownDeviation
from acceptance.matchers.evidence import evidence, replace_ids_by_names
from acceptance.ragflow.description import describe_exchange, shortened
from acceptance.ragflow.messages import Json
from acceptance.reports.results import Asked, Result, Step, Verdict
from acceptance.sandbox.sender import Exchange

# In an answer: an id of RAGFlow's or a half of one, also in capitals and with something behind it; and a time.
ID = re.compile(r"[0-9a-f]{16,32}", re.IGNORECASE)
TIME = re.compile(r'("(?:create|update)_(?:date|time)": )("[^"]*"|\d+)')

# More answers than these come from people who act at the same time: what each of them hears is left to chance.
FEW = 2

# Exchanges that are kept of a scenario, and characters of each: of one that passed, and of any other.
EXCHANGES, LENGTH_PASSED, LENGTH = 4, 200, 600


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
    around = [_around(part, feature.name) for part in (feature, *feature.rules) if part.error_message]
    return scenarios + around


def _around(container: Any, feature: str) -> Result:
    text = _plain(container.error_message)
    return Result(
        id="",
        name=f"around the scenarios of the {container.keyword.lower()}",
        rule=container.name if container.keyword == "Rule" else "",
        location=str(container.location),
        repeat="",
        verdict=Verdict.ERROR,
        seconds=0.0,
        headline=_headline("", text),
        text=text,
        feature=feature,
    )


def was_run(scenario: Any) -> bool:
    """Whether anything of the scenario was run, as behave says."""
    statuses = {step.status for step in scenario.all_steps} - {Status.untested, Status.skipped}
    return bool(statuses) or bool(scenario.status.has_failed())


def left_out(scenario: Any, rule: str, verdict: Verdict, reason: str) -> Result:
    """The result of a scenario that does not run here."""
    return Result(
        id=scenario_id(scenario),
        name=scenario.name,
        rule=rule,
        location=str(scenario.location),
        repeat="",
        verdict=verdict,
        seconds=0.0,
        headline=reason,
        text=reason,
        feature=scenario.feature.name,
    )


def result_of(scenario: Any, rule: str = "") -> Result:
    """What has become of a scenario that has ended; worked out once, however many ask for it."""
    if not hasattr(scenario, "result"):
        scenario.result = _result_of(scenario, rule)
    result: Result = scenario.result
    return result


def _result_of(scenario: Any, rule: str) -> Result:
    bad = [step for step in scenario.all_steps if step.status.has_failed()]
    display_names = getattr(scenario, "display_names", {})
    exchanges = getattr(scenario, "exchanges", ())
    # Each trouble has the step in which it was met; what went wrong behind the scenario has none.
    met = [(_name_of(step), _trouble_of(step)) for step in bad] + [("", _plain(scenario.error_message or ""))]
    troubles = [
        (replace_ids_by_names(step, display_names), replace_ids_by_names(text, display_names))
        for step, text in met
        if step or text
    ]
    reason = scenario.skip_reason or ""
    # A broken rule is the news, even if the cleaning up behind it has failed too.
    verdict = _verdict((bad or [scenario])[0].status, scenario)
    return Result(
        id=scenario_id(scenario),
        name=scenario.name,
        rule=rule,
        location=str(scenario.location),
        repeat=_repeat(scenario),
        verdict=verdict,
        seconds=scenario.duration,
        headline=_headline(*troubles[0]) if troubles else reason,
        text=_story(scenario, rule, troubles) if troubles else reason,
        feature=scenario.feature.name,
        known=_known(scenario) if verdict is Verdict.DEVIATES else None,
        steps=tuple(_step(step) for step in scenario.all_steps),
        exchanges=_exchanges(exchanges, display_names, LENGTH_PASSED if verdict is Verdict.PASSED else LENGTH),
        asked=tuple(_asked(exchanges, display_names)),
        answer=_last_answer(exchanges),
    )


def _repeat(scenario: Any) -> str:
    """The command that runs it again, as this run was started."""
    return str(getattr(scenario, "repeat", f"behave {scenario.location}"))


def _known(scenario: Any) -> KnownDeviation | None:
    known: KnownDeviation | None = getattr(scenario, "known_deviation", None)
    return known


def _step(step: Any) -> Step:
    # The step behind which a known deviation was seen is skipped, as what follows it, but it has been run.
    deviates = step.status == Status.skipped and step.exception is not None
    verdict = Verdict.DEVIATES if deviates else _verdict_of(step.status)
    return Step(f"{step.keyword} {step.name}", verdict, step.duration)


def _exchanges(exchanges: Sequence[Exchange], display_names: dict[str, str], length: int) -> tuple[str, ...]:
    reworded = partial(replace_ids_by_names, display_names=display_names)
    return tuple(describe_exchange(each.answer, reworded, length) for each in exchanges[-EXCHANGES:])


def _asked(exchanges: Iterable[Exchange], display_names: dict[str, str]) -> Iterable[Asked]:
    in_order = sorted(exchanges, key=lambda each: each.answer.began)
    people: dict[int, int] = {}
    for each in in_order:
        answer = each.answer
        yield Asked(
            began=answer.began - in_order[0].answer.began,
            seconds=answer.seconds,
            person=people.setdefault(each.asker, len(people) + 1),
            sessions=len(each.selection.deleted),
            succeeded=isinstance(answer.body, dict) and answer.body.get("code") == 0,
            told=shortened(replace_ids_by_names(answer.text.strip(), display_names), 100),
        )


def _last_answer(exchanges: Sequence[Exchange]) -> str:
    if not 0 < len(exchanges) <= FEW:
        return ""
    answer = exchanges[-1].answer
    body = json.dumps(_in_order(answer.body), ensure_ascii=False, sort_keys=True) if answer.is_json else "no JSON"
    return f"{answer.status} " + TIME.sub(r"\1<time>", ID.sub("<id>", body))


def _in_order(body: Json) -> Json:
    """The body with what RAGFlow leaves to chance put in order: errors, and the parts of a message."""
    if isinstance(body, dict):
        return {name: _in_order(value) for name, value in body.items()}
    if isinstance(body, list):
        return sorted((_in_order(item) for item in body), key=str)
    return "; ".join(sorted(body.split("; "))) if isinstance(body, str) else body


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
        evidence(getattr(scenario, "exchanges", ()), getattr(scenario, "display_names", {})),
        *(part for trouble in troubles for part in trouble),
    ]
    return "\n".join(filter(None, parts))


def _trouble_of(step: Any) -> str:
    """Why a step did not pass; without the traceback where the suite itself says what happened."""
    if isinstance(step.exception, AssertionError | Inconclusive):
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
    if status == Status.hook_error and isinstance(scenario.exception, AssertionError):
        return Verdict.FAILED
    if status == Status.skipped and _known(scenario):
        return Verdict.DEVIATES
    return _verdict_of(status)


def _verdict_of(status: Status) -> Verdict:
    if status.is_passed():
        return Verdict.PASSED
    if status == Status.failed:
        return Verdict.FAILED
    return Verdict.NOT_RUN if status in (Status.untested, Status.skipped) else Verdict.ERROR


def _plain(text: str) -> str:
    """The text without behave's own words in front."""
    for words in ("ASSERT FAILED: ", "HOOK-ERROR in after_scenario: ", "AssertionError: "):
        text = text.removeprefix(words)
    return text.strip()
