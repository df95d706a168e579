"""The result of a scenario, made of what behave says of it."""

import traceback
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.contract.selection import Selection
from acceptance.errors import LeftBehind, NoAnswer, UnusableListing
from acceptance.known_deviations.deviations import KnownDeviation
from acceptance.ragflow.messages import Content, Credentials
from acceptance.reports.from_behave import EXCHANGES, LENGTH, LENGTH_PASSED, left_out, result_of, results_of, was_run
from acceptance.reports.results import Step, Verdict
from acceptance.sandbox.sender import Exchange
from tests.unit.examples import answer

KEY = "ragflow-0123456789abcdef"
ONE = "11" * 16
UNKNOWN = "ff" * 16
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
    return SimpleNamespace(
        name=name,
        keyword=keyword,
        step_type=kind,
        status=status,
        exception=error,
        error_message=trace,
        duration=0.0 if status in (Status.untested, Status.skipped) else 0.5,
    )


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
            "feature": SimpleNamespace(name="Authorization"),
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
    told = scenario(step(), wrong, status=Status.failed, exchanges=[exchanged], display_names={ONE: "session 1"})
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


KNOWN = KnownDeviation("high", ("no sessions remain",), "Everything is deleted.", "in 0.20.5")


def deviating(known: KnownDeviation = KNOWN, **more: Any) -> Any:
    """A scenario in which what is known has happened, as it is left behind: the step that was broken, and the rest."""
    broken = step("all 5 sessions remain", Status.skipped, AssertionError("gone: s1"))
    asked, rest = (
        step("I delete session 1", keyword="When"),
        step("nothing else happens", Status.untested, keyword="And"),
    )
    return scenario(asked, broken, rest, status=Status.skipped, skip_reason=str(known), known_deviation=known, **more)


def test_a_known_deviation_says_what_is_known() -> None:
    result = result_of(deviating())
    assert (result.verdict, result.known, result.text) == (Verdict.DEVIATES, KNOWN, str(KNOWN))
    assert result.is_serious


@pytest.mark.parametrize("severity", ["medium", "low"])
def test_a_known_deviation_is_serious_only_where_data_is_lost(severity: str) -> None:
    assert not result_of(deviating(replace(KNOWN, severity=severity))).is_serious


def test_a_failure_is_no_known_deviation_whatever_was_known_of_it() -> None:
    words = failed("it holds", AssertionError("known deviation (high)"))
    result = result_of(scenario(words, status=Status.failed, known_deviation=KNOWN))
    assert (result.known, result.is_serious) == (None, False)


def test_what_cannot_run_is_no_known_deviation() -> None:
    why = "not run: there is no second key"
    told = scenario(step(status=Status.skipped), status=Status.skipped, skip_reason=why)
    result = result_of(told)
    assert (result.verdict, result.known, result.headline, result.text) == (Verdict.NOT_RUN, None, why, why)


def test_a_step_that_is_not_defined_says_so() -> None:
    told = scenario(step("nobody has written this", Status.undefined, keyword="When"), status=Status.error)
    assert result_of(told).headline == "When nobody has written this: this step is not defined"


def test_a_scenario_is_repeated_as_this_run_was_started() -> None:
    result = result_of(scenario(failed("it holds", AssertionError("no")), repeat="make acceptance ARGS='a'"))
    assert result.repeat == "make acceptance ARGS='a'"
    assert "Repeat:   make acceptance ARGS='a'" in result.text


# Its steps.


def test_a_step_is_told_as_it_is_written_with_what_became_of_it() -> None:
    broken = failed("it holds", AssertionError("no"), keyword="And")
    silent = step("I ask", Status.error, NoAnswer("the line is dead"), keyword="When")
    told = scenario(step("all is well", keyword="Given"), broken, silent, step("more", Status.untested, keyword="But"))
    assert result_of(told).steps == (
        Step("Given all is well", Verdict.PASSED, 0.5),
        Step("And it holds", Verdict.FAILED, 0.5),
        Step("When I ask", Verdict.ERROR, 0.5),
        Step("But more", Verdict.NOT_RUN, 0.0),
    )


def test_the_step_that_breaks_in_a_known_way_deviates_and_those_behind_it_are_not_run() -> None:
    verdicts = [each.verdict for each in result_of(deviating()).steps]
    assert verdicts == [Verdict.PASSED, Verdict.DEVIATES, Verdict.NOT_RUN]


# how the steps of a scenario ended: whether anything of it was run
RUN: list[tuple[list[Status], Status, bool]] = [
    ([Status.passed], Status.passed, True),
    ([Status.passed, Status.untested], Status.untested, True),
    ([Status.undefined], Status.error, True),
    ([Status.untested], Status.hook_error, True),
    ([Status.untested, Status.untested], Status.untested, False),
    ([Status.skipped], Status.skipped, False),
]


@pytest.mark.parametrize(("steps", "status", "expected"), RUN)
def test_a_scenario_was_run_where_anything_of_it_was(steps: list[Status], status: Status, expected: bool) -> None:
    assert was_run(scenario(*(step(status=each) for each in steps), status=status)) is expected


# What was asked in it.


def exchanged(body: Any = None, *, ids: tuple[str, ...] = (ONE,), **more: Any) -> Exchange:
    """A deletion of these sessions, all of which are there but for UNKNOWN."""
    asker = {"asker": more.pop("asker")} if "asker" in more else {}
    answered = replace(answer({"code": 0} if body is None else body), **more)
    return Exchange(Selection.of(ids, {*ids} - {UNKNOWN}), answered, **asker)


@pytest.mark.parametrize(("status", "length"), [(Status.passed, LENGTH_PASSED), (Status.failed, LENGTH)])
def test_of_what_was_asked_the_last_is_kept_and_in_short(status: Status, length: int) -> None:
    asked = [exchanged({"message": f"{number} {ONE} {'x' * 2_000}"}) for number in range(EXCHANGES + 2)]
    told = scenario(step(status=status), status=status, exchanges=asked, display_names={ONE: "session 1"})
    kept = result_of(told).exchanges
    assert len(kept) == EXCHANGES
    for number, text in enumerate(kept, start=2):
        assert f'{{"message": "{number} session 1 xxx' in text
        assert " characters… " in text
        assert length < len(text) < length + 300


def test_those_who_asked_are_numbered_in_the_order_in_which_they_did() -> None:
    asked = [
        exchanged(asker=70, began=12.0, seconds=0.5),
        exchanged(asker=30, began=10.0, seconds=3.0),
        exchanged(asker=70, began=11.0, seconds=0.25),
        exchanged(asker=50, began=11.5, seconds=0.125),
    ]
    told = [(each.person, each.began, each.seconds) for each in result_of(scenario(step(), exchanges=asked)).asked]
    assert told == [(1, 0.0, 3.0), (2, 1.0, 0.25), (3, 1.5, 0.125), (2, 2.0, 0.5)]


def test_of_those_who_asked_it_is_told_for_how_many_sessions_and_what_they_heard() -> None:
    refused = exchanged({"code": 102, "message": f"no {ONE}"}, ids=(ONE, "22" * 16, UNKNOWN))
    text = f"<p>{'x' * 500}"
    page = exchanged("", ids=(UNKNOWN,), text=text, is_json=False)
    told = result_of(scenario(step(), exchanges=[exchanged(), refused, page], display_names={ONE: "session 1"})).asked
    assert [(each.sessions, each.succeeded) for each in told] == [(1, True), (2, False), (0, False)]
    assert [each.told for each in told[:2]] == ['{"code": 0}', '{"code": 102, "message": "no session 1"}']
    assert len(told[2].told) < 150


# The last answer, for whoever compares runs.


# what is answered: how it is kept
LAST = {
    "an id": ({"code": 102, "message": f"no {ONE}"}, '200 {"code": 102, "message": "no <id>"}'),
    "an id with something behind it": ({"message": f"no {ONE.upper()}x"}, '200 {"message": "no <id>x"}'),
    "times": (
        {"create_date": "Wed, 25 Nov 2026 02:11:38 GMT", "update_time": 1795572698679},
        '200 {"create_date": <time>, "update_time": <time>}',
    ),
    "another order": ({"message": "b; a", "data": ["d", "c"]}, '200 {"data": ["c", "d"], "message": "a; b"}'),
}


@pytest.mark.parametrize(("body", "kept"), LAST.values(), ids=LAST)
def test_the_last_answer_is_kept_without_what_is_left_to_chance(body: Any, kept: str) -> None:
    assert result_of(scenario(step(), exchanges=[exchanged(), exchanged(body)])).answer == kept


def test_of_several_who_asked_at_the_same_time_no_answer_is_kept() -> None:
    assert result_of(scenario(step(), exchanges=[exchanged()] * 3)).answer == ""
    assert result_of(scenario(step())).answer == ""


# What does not run here.


def test_what_is_left_out_has_a_result_with_its_reason() -> None:
    told = scenario(feature=SimpleNamespace(name="Authorization"))
    result = left_out(told, RULE, Verdict.NOT_APPLICABLE, "it is for other releases: from 0.25 on")
    assert (result.id, result.name, result.rule, result.feature) == ("AUTH-1", "No key", RULE, "Authorization")
    assert (result.location, result.verdict) == ("features/authorization.feature:11", Verdict.NOT_APPLICABLE)
    assert (result.text, result.steps, result.repeat) == ("it is for other releases: from 0.25 on", (), "")


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
    of_feature = {"feature": SimpleNamespace(name="Speaking"), "should_run": lambda _config: False}
    chosen, excused, other = (scenario(name=name, **of_feature) for name in ("a", "b", "c"))
    chosen.should_run = lambda config: config == "the configuration"
    excused.skip_reason, excused.status = "known deviation (low)", Status.skipped
    feature = container("Feature", "Speaking", chosen, excused, other)
    found = results_of(feature, "the configuration")
    assert [(each.name, each.feature) for each in found] == [("a", "Speaking"), ("b", "Speaking")]
