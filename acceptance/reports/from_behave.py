"""Conversion from behave's model to the model of the reports."""

import json
import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import scenario_id, scenarios_of
from acceptance.errors import Inconclusive
from acceptance.matchers.failure_details import failure_details, replace_ids_by_names
from acceptance.ragflow.description import describe_exchange, shorten
from acceptance.ragflow.messages import Json
from acceptance.ragflow.printable import printable
from acceptance.reports.results import RequestTiming, Result, Step, Verdict
from acceptance.sandbox.sender import Exchange

# Random parts of an answer: RAGFlow's ids, half an id, also in capitals or with a suffix, and the start of one that
# MySQL quotes; and times, also in a statement of SQL.
ID = re.compile(r"[0-9a-f]{16,32}|[0-9a-f]{6}(?=\.\.\.')", re.IGNORECASE)
# Dates in UTC end in Z on the Go server only.
DATE = re.compile(r'(?<=_(?:date|time)": )(?:"[^"]*?(Z?)"|\d+)')
TIME = re.compile(r"\b\d{13}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
# A letter that RAGFlow reads as an id.
LETTER = re.compile(r"(?:(?<=session )|(?<=session ids: ))[0-9a-f]$")

# A scenario with more exchanges has concurrent requests, whose answers are random.
MAX_COMPARED_EXCHANGES = 2

# The exchanges that are kept of a scenario, and their length: if the scenario passed, and otherwise.
MAX_EXCHANGES, LENGTH_PASSED, LENGTH = 4, 200, 600


def selected_scenarios(feature: Any, config: Any) -> list[tuple[Any, str]]:
    """Return the scenarios of a feature that the command line selects, each with the name of its rule."""
    return [each for each in scenarios_of(feature) if each[0].skip_reason or each[0].should_run(config)]


def results_of(feature: Any, config: Any) -> list[Result]:
    """Return the results of the selected scenarios, and one more for each failed hook of the feature or a rule."""
    scenarios = [result_of(scenario, rule) for scenario, rule in selected_scenarios(feature, config)]
    return scenarios + [_hook_error(part, feature.name) for part in (feature, *feature.rules) if part.error_message]


def _hook_error(container: Any, feature: str) -> Result:
    name = f"hooks of the {container.keyword.lower()}"
    rule = container.name if container.keyword == "Rule" else ""
    text = _without_prefix(container.error_message)
    location = str(container.location)
    return _printable(Result("", name, rule, location, Verdict.ERROR, feature, headline=_headline("", text), text=text))


def result_of(scenario: Any, rule: str = "") -> Result:
    """Return the result of a finished scenario. It is stored in ``scenario.result`` and computed once."""
    if not hasattr(scenario, "result"):
        scenario.result = _printable(_result_of(scenario, rule))
    result: Result = scenario.result
    return result


def _result_of(scenario: Any, rule: str) -> Result:
    failed = [step for step in scenario.all_steps if step.status.has_failed()]
    reworded = partial(replace_ids_by_names, display_names=getattr(scenario, "display_names", {}))
    exchanges = getattr(scenario, "exchanges", ())
    # Each failed step and its message. Given, When or Then replace And: the step before it is not shown.
    failures = [(reworded(f"{each.step_type.capitalize()} {each.name}"), reworded(_message(each))) for each in failed]
    if error := reworded(_without_prefix(scenario.error_message or "")):
        failures.append(("", error))
    reason = scenario.skip_reason or ""
    verdict = _verdict(scenario, failed)
    repeat = str(getattr(scenario, "repeat", f"behave {scenario.location}"))
    length = LENGTH_PASSED if verdict is Verdict.PASSED else LENGTH
    return Result(
        id=scenario_id(scenario),
        name=scenario.name,
        rule=rule,
        location=str(scenario.location),
        repeat=repeat,
        verdict=verdict,
        seconds=scenario.duration,
        headline=_headline(*failures[0]) if failures else reason,
        text=_failure_report(scenario, rule, repeat, failures) if failures else reason,
        feature=scenario.feature.name,
        known=scenario.known_deviation if verdict is Verdict.DEVIATES else None,
        steps=tuple(_step(step) for step in scenario.all_steps),
        exchanges=tuple(describe_exchange(each.answer, reworded, length) for each in exchanges[-MAX_EXCHANGES:]),
        timings=tuple(_timings(exchanges, reworded)),
        answer=_last_answer(exchanges),
    )


def _printable(result: Result) -> Result:
    """Escape what terminals, browsers and CI servers must not interpret in text that may come from a server."""
    lines = partial(printable, keep_newlines=True)
    return replace(
        result,
        headline=printable(result.headline),
        text=lines(result.text),
        exchanges=tuple(map(lines, result.exchanges)),
        timings=tuple(replace(each, answer=printable(each.answer)) for each in result.timings),
        answer=printable(result.answer),
    )


def _step(step: Any) -> Step:
    # A step with a known deviation ran, but is marked as skipped like the steps after it. Only it has an exception.
    deviates = step.status == Status.skipped and step.exception is not None
    verdict = Verdict.DEVIATES if deviates else _verdict_of_status(step.status)
    return Step(f"{step.keyword} {step.name}", verdict, step.duration)


def _timings(exchanges: Iterable[Exchange], reworded: Callable[[str], str]) -> Iterable[RequestTiming]:
    in_order = sorted(exchanges, key=lambda each: each.answer.began)
    people: dict[int, int] = {}
    for each in in_order:
        answer = each.answer
        began = answer.began - in_order[0].answer.began
        yield RequestTiming(
            began=began,
            ended=began + answer.seconds,
            person=people.setdefault(each.asker, len(people) + 1),
            succeeded=isinstance(answer.body, dict) and answer.body.get("code") == 0,
            answer=shorten(reworded(answer.text.strip()), 100),
        )


def _last_answer(exchanges: Sequence[Exchange]) -> str:
    is_concurrent = len({each.asker for each in exchanges}) > 1
    if is_concurrent or not 0 < len(exchanges) <= MAX_COMPARED_EXCHANGES:
        return ""
    answer = exchanges[-1].answer
    body = json.dumps(_sorted(answer.body), ensure_ascii=False, sort_keys=True) if answer.is_json else "no JSON"
    return f"{answer.status} " + TIME.sub("<time>", DATE.sub(r'"<time>\1"', ID.sub("<id>", body)))


def _sorted(body: Json) -> Json:
    """Sort what RAGFlow returns in random order: errors, and the parts of a message.

    RAGFlow may read a text as a list of letters. Which letters an id has differs from run to run.
    """
    if isinstance(body, dict):
        return {name: _sorted(value) for name, value in body.items()}
    if isinstance(body, list):
        return sorted((_sorted(item) for item in body), key=str)
    if not isinstance(body, str):
        return body
    return "; ".join(sorted({LETTER.sub("<letter>", part) for part in body.split("; ")}))


def _headline(step: str, message: str) -> str:
    difference = re.search(r"^ *(?:but|Shape): *(.+)", message, re.MULTILINE)
    lines = message.splitlines() or [""]
    # The last line of a traceback holds the error.
    cause = difference[1] if difference else lines[-1 if lines[0].startswith("Traceback") else 0]
    return ": ".join(filter(None, (step, cause.strip())))


def _failure_report(scenario: Any, rule: str, repeat: str, failures: Sequence[tuple[str, str]]) -> str:
    """Return the rule, the command to repeat, requests and answers, and each failed step with its message."""
    details = failure_details(getattr(scenario, "exchanges", ()), getattr(scenario, "display_names", {}))
    parts = (f"Rule:     {rule}" if rule else "", f"Repeat:   {repeat}", details, *chain.from_iterable(failures))
    return "\n".join(filter(None, parts))


def _message(step: Any) -> str:
    """Return why a step failed, with a traceback only for an unexpected error."""
    if isinstance(step.exception, AssertionError | Inconclusive):
        return "\n".join([str(step.exception).strip("\n"), *getattr(step.exception, "__notes__", ())])
    if step.status == Status.undefined:
        return "this step is not defined"
    if isinstance(step.exception, Exception):
        return "".join(traceback.format_exception(step.exception)).strip()
    return _without_prefix(step.error_message or "")


def _verdict(scenario: Any, failed: Sequence[Any]) -> Verdict:
    # A failed step outweighs an error in the cleanup after it.
    status = failed[0].status if failed else scenario.status
    if status == Status.hook_error and isinstance(scenario.exception, AssertionError):
        return Verdict.FAILED
    # All steps pass if an intermittent deviation did not occur.
    if status in (Status.skipped, Status.passed) and hasattr(scenario, "known_deviation"):
        return Verdict.DEVIATES
    return _verdict_of_status(status)


def _verdict_of_status(status: Status) -> Verdict:
    if status in (Status.untested, Status.skipped):
        return Verdict.NOT_RUN
    return {Status.passed: Verdict.PASSED, Status.failed: Verdict.FAILED}.get(status, Verdict.ERROR)


def _without_prefix(text: str) -> str:
    """Return a message without the words that behave puts in front."""
    for words in ("ASSERT FAILED: ", "HOOK-ERROR in after_scenario: ", "AssertionError: "):
        text = text.removeprefix(words)
    return text.strip()
