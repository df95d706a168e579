"""The result of a scenario, made of what behave says of it."""

import traceback
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.contract.selection import Selection
from acceptance.errors import LeftBehind, NoAnswer, UnusableListing
from acceptance.ragflow.messages import Content, Credentials
from acceptance.reports.results import Verdict, result_of, results_of
from acceptance.sandbox.sender import Exchange
from tests.acceptance.examples import answer

KEY = "ragflow-0123456789abcdef"
ONE = "11" * 16
RULE = "Nobody deletes without an API key"


def step(
    name: str = "all is well", status: Status = Status.passed, error: Exception | None = None, keyword: str = "Then"
) -> Any:
    """A step, with the error that was raised in it and its traceback, as behave keeps it."""
    trace = ""
    try:
        if error:
            raise error
    except Exception:
        trace = traceback.format_exc()
    kind = "then" if keyword == "And" else keyword.lower()
    return SimpleNamespace(name=name, step_type=kind, status=status, exception=error, error_message=trace)


def scenario(*steps: Any, status: Status = Status.passed, **more: Any) -> Any:
    return SimpleNamespace(
        **{
            "name": "No key",
            "tags": ["smoke", "AUTH-1"],
            "location": "features/authorization.feature:11",
            "all_steps": steps,
            "status": status,
            "duration": 1.5,
            "exception": None,
            "error_message": None,
            "skip_reason": None,
            **more,
        }
    )


def failed(name: str, error: Exception, **more: Any) -> Any:
    return step(name, Status.failed, error, **more)


def test_a_scenario_that_passes_says_nothing() -> None:
    result = result_of(scenario(step()), RULE)
    assert (result.id, result.name, result.rule, result.seconds) == ("AUTH-1", "No key", RULE, 1.5)
    assert (result.verdict, result.text, result.headline) == (Verdict.PASSED, "", "")


def test_a_failure_tells_the_whole_story() -> None:
    exchanged = Exchange(
        Selection.of([ONE], ()),
        answer({"code": 109}, credentials=Credentials.of("the key", KEY), content=Content.json({"ids": [ONE]})),
    )
    wrong = failed("all 5 sessions remain", AssertionError(f"\nExpected: much\n     but: gone: {ONE}\n"))
    told = scenario(step(), wrong, status=Status.failed, exchanges=[exchanged], known_as={ONE: "session 1"})
    result = result_of(told, RULE)
    assert result.verdict is Verdict.FAILED
    assert result.headline == "Then all 5 sessions remain: gone: session 1"
    assert result.text.splitlines() == [
        f"Rule:     {RULE}",
        "Repeat:   behave features/authorization.feature:11",
        "Request:  DELETE /api/v1/chats/c1/sessions with the key, as application/json",
        '          {"ids": ["session 1"]}',
        "Answer:   200 after 0.01 s",
        '          {"code": 109}',
        'Curl:     curl -g -X DELETE -H "Authorization: Bearer $RAGFLOW_API_KEY" '
        f"-H 'Content-Type: application/json' --data-raw '{{\"ids\": [\"{ONE}\"]}}' "
        '"$RAGFLOW_URL"/api/v1/chats/c1/sessions',
        f"Ids:      session 1 {ONE}",
        "Then all 5 sessions remain",
        "Expected: much",
        "     but: gone: session 1",
    ]


def test_a_scenario_without_a_rule_is_told_without_one() -> None:
    text = result_of(scenario(failed("it holds", AssertionError("no")), status=Status.failed)).text
    assert text.startswith("Repeat:   behave features/")


def test_every_step_that_failed_is_told_and_the_first_is_the_headline() -> None:
    result = result_of(
        scenario(
            failed("the deletion succeeds", AssertionError("Expected: a\n     but: code: expected 0, was 102")),
            step("nothing else happens", keyword="And"),
            failed("no sessions remain", AssertionError("Expected: b\n     but: there: s1"), keyword="And"),
            status=Status.failed,
        )
    )
    assert result.headline == "Then the deletion succeeds: code: expected 0, was 102"
    assert "Then the deletion succeeds\nExpected: a" in result.text
    assert "Then no sessions remain\nExpected: b" in result.text
    assert "nothing else happens" not in result.text


def test_what_is_noted_beside_a_failure_is_told() -> None:
    error = AssertionError("Expected: a\n     but: b")
    error.add_note("This is not the known deviation")
    result = result_of(scenario(failed("it holds", error), status=Status.failed))
    assert "     but: b\nThis is not the known deviation" in result.text
    assert result.headline == "Then it holds: b"


# an error: (whether its traceback is told, the headline)
ERRORS = {
    NoAnswer("GET /chats got no answer: refused"): (False, "When I ask: GET /chats got no answer: refused"),
    LeftBehind("assistant 'a': is there"): (False, "When I ask: assistant 'a': is there"),
    UnusableListing("page 2 repeats s1"): (False, "When I ask: page 2 repeats s1"),
    AssertionError("no"): (False, "When I ask: no"),
    KeyError("lost"): (True, "When I ask: KeyError: 'lost'"),
}


@pytest.mark.parametrize(("error", "traced", "headline"), [(error, *told) for error, told in ERRORS.items()], ids=str)
def test_only_an_error_that_nobody_foresaw_is_told_with_its_traceback(
    error: Exception, traced: bool, headline: str
) -> None:
    result = result_of(scenario(step("I ask", Status.error, error, keyword="When"), status=Status.error))
    assert ("Traceback" in result.text) is traced
    assert result.headline == headline


# how behave ended: (of the scenario: its status and error, of its steps, the verdict)
VERDICTS: dict[str, tuple[Status, Exception | None, list[Status], Verdict]] = {
    "passed": (Status.passed, None, [Status.passed], Verdict.PASSED),
    "failed": (Status.failed, None, [Status.passed, Status.failed], Verdict.FAILED),
    "an error": (Status.error, None, [Status.error], Verdict.ERROR),
    "undefined": (Status.error, None, [Status.undefined], Verdict.ERROR),
    "an error behind a failure": (Status.error, None, [Status.failed, Status.error], Verdict.FAILED),
    "skipped without a reason": (Status.skipped, None, [Status.skipped], Verdict.NOT_RUN),
    "broken off": (Status.untested, None, [Status.passed, Status.untested], Verdict.NOT_RUN),
    "never begun": (Status.untested, None, [Status.untested], Verdict.NOT_RUN),
    "left behind": (Status.hook_error, LeftBehind("a"), [Status.passed], Verdict.ERROR),
    "a rule that holds now": (Status.hook_error, AssertionError("a"), [Status.passed], Verdict.FAILED),
    "left behind a failure": (Status.hook_error, LeftBehind("a"), [Status.failed], Verdict.FAILED),
}


@pytest.mark.parametrize(("status", "error", "steps", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_a_scenario_has_a_verdict(
    status: Status, error: Exception | None, steps: list[Status], verdict: Verdict
) -> None:
    told = scenario(*(step(status=each) for each in steps), status=status, exception=error)
    assert result_of(told).verdict is verdict


def test_what_went_wrong_behind_a_scenario_is_told_in_plain_words() -> None:
    words = "HOOK-ERROR in after_scenario: AssertionError: this rule holds now"
    told = scenario(step(), status=Status.hook_error, exception=AssertionError(), error_message=words)
    assert result_of(told, RULE).headline == "this rule holds now"


def test_a_known_deviation_says_what_is_known() -> None:
    told = scenario(step(status=Status.skipped), status=Status.skipped, skip_reason="known deviation (low)")
    assert (result_of(told).verdict, result_of(told).text) == (Verdict.DEVIATES, "known deviation (low)")


# why a scenario was skipped: whether it is serious
SERIOUS = {
    "known deviation (high): everything is deleted": True,
    "known deviation (medium): it is not a known deviation (high)": False,
    "known deviation (low): a word": False,
    None: False,
}


@pytest.mark.parametrize(("reason", "serious"), SERIOUS.items())
def test_a_known_deviation_is_serious_where_data_is_lost(reason: str | None, serious: bool) -> None:
    assert result_of(scenario(status=Status.skipped, skip_reason=reason)).is_serious is serious


def test_what_fails_in_words_of_a_known_deviation_is_none() -> None:
    told = scenario(failed("it holds", AssertionError("known deviation (high)")), status=Status.failed)
    assert not result_of(told).is_serious


def test_a_step_that_is_not_defined_says_so() -> None:
    told = scenario(step("nobody has written this", Status.undefined, keyword="When"), status=Status.error)
    assert result_of(told).headline == "When nobody has written this: this step is not defined"


def test_a_scenario_is_repeated_as_this_run_was_started() -> None:
    result = result_of(scenario(failed("it holds", AssertionError("no")), repeat="make acceptance ARGS='a'"))
    assert result.repeat == "make acceptance ARGS='a'"
    assert "Repeat:   make acceptance ARGS='a'" in result.text


# The results of a feature.


def container(keyword: str, name: str, *items: Any, error: str | None = None) -> Any:
    """A feature of these rules or scenarios, or a rule of which only its own trouble matters."""
    rules = [item for item in items if hasattr(item, "rules")]
    scenarios = [item for item in items if item not in rules]
    return SimpleNamespace(
        keyword=keyword, name=name, run_items=scenarios, rules=rules, error_message=error, location="a.feature:3"
    )


def test_what_goes_wrong_around_scenarios_is_a_result_of_its_own() -> None:
    broken = container("Rule", "Be quiet", error="HOOK-ERROR in before_rule: OSError: it is loud")
    feature = container(
        "Feature", "Speaking", container("Rule", "Speak"), broken, error="HOOK-ERROR in after_feature: no"
    )
    around = results_of(feature, config=None)
    assert [(each.name, each.rule, each.verdict, each.headline) for each in around] == [
        ("around the scenarios of the feature", "", Verdict.ERROR, "HOOK-ERROR in after_feature: no"),
        (
            "around the scenarios of the rule",
            "Be quiet",
            Verdict.ERROR,
            "HOOK-ERROR in before_rule: OSError: it is loud",
        ),
    ]
    assert {(each.id, each.location, each.repeat, each.seconds) for each in around} == {("", "a.feature:3", "", 0.0)}


def test_only_what_was_selected_has_a_result() -> None:
    chosen, excused, other = (scenario(name=name, should_run=lambda _config: False) for name in ("a", "b", "c"))
    chosen.should_run = lambda config: config == "the configuration"
    excused.skip_reason, excused.status = "known deviation (low)", Status.skipped
    feature = container("Feature", "Speaking", chosen, excused, other)
    assert [each.name for each in results_of(feature, "the configuration")] == ["a", "b"]
