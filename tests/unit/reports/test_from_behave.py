"""The result of a scenario, converted from behave's model."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.contract.selection import Selection
from acceptance.errors import LeftBehind, NoAnswer, UnusableListing
from acceptance.ragflow.messages import Content, Credentials
from acceptance.reports.from_behave import LENGTH, LENGTH_PASSED, MAX_EXCHANGES, result_of
from acceptance.reports.results import Step, Verdict
from acceptance.sandbox.sender import Exchange
from tests.unit.example_runs import KNOWN
from tests.unit.examples import answer

ONE = "11" * 16
RULE = "A deletion needs an API key"


def step(
    name: str = "it holds", status: Status = Status.passed, error: Exception | None = None, keyword: str = "Then"
) -> Any:
    """A step as behave leaves it."""
    kind = "then" if keyword == "And" else keyword.lower()
    seconds = 0.0 if status in (Status.untested, Status.skipped) else 0.5
    return SimpleNamespace(
        name=name, keyword=keyword, step_type=kind, status=status, exception=error, error_message="", duration=seconds
    )


def scenario(*steps: Any, status: Status = Status.passed, **more: Any) -> Any:
    values = {
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
    }
    return SimpleNamespace(**{**values, **more})


def exchange(body: Any = None, *, asker: int = 0, **more: Any) -> Exchange:
    """A deletion of an existing session."""
    answered = replace(answer({"code": 0} if body is None else body), **more)
    return Exchange(Selection.of([ONE], {ONE}), answered, asker=asker)


def test_a_failure_shows_how_to_repeat_it_the_exchange_and_the_difference() -> None:
    credentials = Credentials.bearer("the key", "ragflow-0123456789abcdef")
    exchanged = Exchange(
        Selection.of([ONE], ()), answer({"code": 109}, credentials=credentials, content=Content.json({"ids": [ONE]}))
    )
    error = AssertionError(f"\nExpected: much\n     but: gone: {ONE}\n")
    broken = scenario(
        step(),
        step("all 5 sessions remain", Status.failed, error),
        status=Status.failed,
        exchanges=[exchanged],
        display_names={ONE: "session 1"},
        repeat="make acceptance ARGS='a'",
    )
    result = result_of(broken, RULE)
    assert (result.verdict, result.repeat) == (Verdict.FAILED, "make acceptance ARGS='a'")
    assert result.headline == "Then all 5 sessions remain: gone: session 1"
    assert result.text.splitlines() == [
        f"Rule:     {RULE}",
        "Repeat:   make acceptance ARGS='a'",
        "Request:  DELETE /api/v1/chats/c1/sessions with the key, as application/json",
        'Body:     {"ids": ["session 1"]}',
        "Answer:   200 after 0.01 s",
        'Body:     {"code": 109}',
        'Curl:     curl -g -X DELETE -H "Authorization: Bearer $RAGFLOW_API_KEY" '
        f"-H 'Content-Type: application/json' --data-raw '{{\"ids\": [\"{ONE}\"]}}' "
        "http://ragflow:9380/api/v1/chats/c1/sessions",
        f"Ids:      session 1 {ONE}",
        "Then all 5 sessions remain",
        "Expected: much",
        "     but: gone: session 1",
    ]


@pytest.mark.parametrize(
    ("error", "has_traceback", "headline"),
    [
        (NoAnswer("GET /chats got no answer: refused"), False, "When I ask: GET /chats got no answer: refused"),
        (UnusableListing("page 2 repeats s1"), False, "When I ask: page 2 repeats s1"),
        (KeyError("lost"), True, "When I ask: KeyError: 'lost'"),
    ],
    ids=str,
)
def test_only_an_unexpected_error_has_a_traceback(error: Exception, has_traceback: bool, headline: str) -> None:
    with pytest.raises(type(error)):
        raise error
    result = result_of(scenario(step("I ask", Status.error, error, keyword="When"), status=Status.error))
    assert ("Traceback" in result.text) is has_traceback
    assert result.headline == headline


@pytest.mark.parametrize(
    ("status", "error", "steps", "verdict"),
    [
        (Status.error, None, [Status.undefined], Verdict.ERROR),
        (Status.skipped, None, [Status.skipped], Verdict.NOT_RUN),
        (Status.untested, None, [Status.passed, Status.untested], Verdict.NOT_RUN),
        (Status.hook_error, OSError("a"), [Status.untested], Verdict.ERROR),
        (Status.hook_error, AssertionError("a"), [Status.passed], Verdict.FAILED),
        (Status.hook_error, LeftBehind("a"), [Status.failed], Verdict.FAILED),
    ],
)
def test_a_scenario_has_a_verdict(
    status: Status, error: Exception | None, steps: list[Status], verdict: Verdict
) -> None:
    finished = scenario(*(step(status=each) for each in steps), status=status, exception=error)
    assert result_of(finished).verdict is verdict


def test_a_known_deviation_marks_the_step_that_broke_the_rule() -> None:
    deviating = scenario(
        step("I delete session 1", keyword="When"),
        step("all 5 sessions remain", Status.skipped, AssertionError("gone: s1")),
        step("nothing else happens", Status.untested, keyword="And"),
        status=Status.skipped,
        skip_reason=str(KNOWN),
        known_deviation=KNOWN,
    )
    result = result_of(deviating)
    assert (result.verdict, result.known, result.text) == (Verdict.DEVIATES, KNOWN, str(KNOWN))
    assert result.steps == (
        Step("When I delete session 1", Verdict.PASSED, 0.5),
        Step("Then all 5 sessions remain", Verdict.DEVIATES, 0.0),
        Step("And nothing else happens", Verdict.NOT_RUN, 0.0),
    )


@pytest.mark.parametrize(("status", "length"), [(Status.passed, LENGTH_PASSED), (Status.failed, LENGTH)])
def test_the_last_exchanges_are_kept_and_shortened(status: Status, length: int) -> None:
    exchanges = [exchange({"message": f"{number} {ONE} {'x' * 2_000}"}) for number in range(MAX_EXCHANGES + 2)]
    finished = scenario(step(status=status), status=status, exchanges=exchanges, display_names={ONE: "session 1"})
    kept = result_of(finished).exchanges
    assert len(kept) == MAX_EXCHANGES
    for number, text in enumerate(kept, start=2):
        assert f'{{"message": "{number} session 1 xxx' in text
        assert length < len(text) < length + 300


def test_a_timing_has_the_person_in_the_order_of_their_first_request_and_the_answer() -> None:
    exchanges = [
        exchange(asker=70, began=12.0, seconds=0.5),
        exchange({"code": 102, "message": f"no {ONE}"}, asker=30, began=10.0, seconds=3.0),
        exchange("", asker=70, began=11.0, seconds=0.25, text=f"<p>{'x' * 500}", is_json=False),
    ]
    timings = result_of(scenario(step(), exchanges=exchanges, display_names={ONE: "session 1"})).timings
    assert [(each.person, each.began, each.ended, each.succeeded) for each in timings] == [
        (1, 0.0, 3.0, False),
        (2, 1.0, 1.25, False),
        (2, 2.0, 2.5, True),
    ]
    assert timings[0].answer == '{"code": 102, "message": "no session 1"}'
    assert len(timings[1].answer) < 150


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"code": 102, "message": f"no {ONE}"}, '200 {"code": 102, "message": "no <id>"}'),
        ({"message": f"no {ONE.upper()}x"}, '200 {"message": "no <id>x"}'),
        (
            {"create_date": "Wed, 25 Nov 2026 02:11:38 GMT", "update_time": 1795572698679},
            '200 {"create_date": "<time>", "update_time": "<time>"}',
        ),
        ({"update_date": "2026-11-28T16:59:10Z"}, '200 {"update_date": "<time>Z"}'),
        ({"data": "VALUES (1795918572371, '2026-11-29 02:16:12')"}, """200 {"data": "VALUES (<time>, '<time>')"}"""),
        ({"data": "string 'a1b2c3...'"}, """200 {"data": "string '<id>...'"}"""),
        ({"message": "b; a", "data": ["d", "c"]}, '200 {"data": ["c", "d"], "message": "a; b"}'),
    ],
)
def test_the_last_answer_is_kept_without_random_parts(body: Any, kept: str) -> None:
    assert result_of(scenario(step(), exchanges=[exchange(), exchange(body)])).answer == kept


def test_no_answer_of_concurrent_requests_is_kept() -> None:
    assert result_of(scenario(step(), exchanges=[exchange()] * 3)).answer == ""
    assert result_of(scenario(step())).answer == ""
