from dataclasses import replace
from typing import Any

import pytest
from hamcrest import assert_that

from acceptance.contract.contract import Expected, Outcome, SessionErrors, TextPattern, Wildcard, contract_of
from acceptance.contract.releases import Release
from acceptance.contract.selection import Selection
from acceptance.matchers.answers import (
    has_no_extras,
    has_outcome,
    has_status,
    is_no_unexpected_error,
    is_refusal,
    is_refusal_without,
    lists_all_of,
    lists_as_created,
    lists_first_one_of,
    reports_no_deletion,
    shows_no_internal_details,
)
from acceptance.matchers.differences import differences
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import Session
from acceptance.ragflow.messages import NO_KEY, Answer, Json
from acceptance.ragflow.secrets import REDACTED
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sender import Exchange
from tests.unit.examples import answer, assert_matches, failure


def listed(*unknown: str, repeated: tuple[str, ...] = ()) -> Expected:
    return {"errors": SessionErrors(unknown, repeated)}


def joined(*unknown: str, repeated: tuple[str, ...] = ()) -> Expected:
    return {"message": SessionErrors(unknown, repeated, joined=True)}


# Pairs of an expected and an actual body.
EQUAL: list[tuple[Expected, Json]] = [
    ({"code": 0, "data": True}, {"data": True, "code": 0}),
    (listed("no a", "no b", "no c"), {"errors": ["no c", "no a", "no b"]}),
    (listed("no a", "no b", repeated=("2 c", "2 d")), {"errors": ["no b", "no a", "2 c", "2 d"]}),
    (joined("no a", "no b"), {"message": "no b; no a"}),
    # An id may contain the separator.
    (joined("no a; b", "no c"), {"message": "no c; no a; b"}),
    (joined("no ; ", "no ; ; "), {"message": "no ; ; ; no ; "}),
    (listed("no a; no b"), {"errors": ["no a; no b"]}),
    ({"data": [{"id": Wildcard.ANYTHING}]}, {"data": [{"id": {"of": [1, False]}}]}),
    ({"id": Wildcard.ANYTHING}, {"id": None}),
    ({"message": TextPattern("a '<anything>' (b)")}, {"message": "a 'c\nd' (b)"}),
]

AT_THE_END = "errors: expected at the end, in the order of the request"

# an expected body, an actual body, the difference
DIFFERENT: list[tuple[Expected, Json, str]] = [
    ({"code": 0, "message": "m"}, {"code": 0}, 'message: expected "m", was not there'),
    ({"code": 0}, {"code": 0, "message": "m"}, 'message: expected nothing, was "m"'),
    ({"data": {"success_count": 5}}, {"data": {}}, "data.success_count: expected 5, was not there"),
    ({"data": 0}, {"data": False}, "data: expected 0, was false"),
    ({"data": True}, {"data": 1}, "data: expected true, was 1"),
    ({"data": 5}, {"data": 5.0}, "data: expected 5, was 5.0"),
    ({}, {"data": None}, "data: expected nothing, was null"),
    ({"message": "No"}, {"message": "no"}, 'message: expected "No", was "no"'),
    ({"code": 0}, [], 'body: expected {"code": 0}, was []'),
    ({"data": [{"id": 1}, {"id": 2}]}, {"data": [{"id": 1}, {"id": 3}]}, "data[1].id: expected 2, was 3"),
    (listed("no a", "no b"), {"errors": ["no a"]}, 'errors: missing ["no b"]'),
    (listed("no a"), {"errors": ["no a", "no a"]}, 'errors: unexpected ["no a"]'),
    (listed("no a", repeated=("b", "c")), {"errors": ["no a", "c", "b"]}, f'{AT_THE_END}, ["b", "c"]'),
    (listed("no a", repeated=("b",)), {"errors": ["b", "no a"]}, f'{AT_THE_END}, ["b"]'),
    (listed("no a"), {"errors": "no a"}, 'errors: expected ["no a"], was "no a"'),
    (listed("no a"), {"errors": [1]}, 'errors: expected ["no a"], was [1]'),
    (joined("no a", "no b"), {"message": "no b"}, 'message: missing ["no a"]'),
    (joined("no a"), {"message": "no a; no b"}, 'message: unexpected ["no b"]'),
    (joined("no a"), {"message": None}, 'message: expected ["no a"], was null'),
    ({"id": TextPattern("a<anything>b")}, {"id": "a"}, 'id: expected "a<anything>b", was "a"'),
    ({"id": TextPattern("a<anything>")}, {"id": 1}, 'id: expected "a<anything>", was 1'),
    ({"id": Wildcard.ANYTHING}, {}, 'id: expected "<anything>", was not there'),
    ({}, {"\x1b\n": "\u202e"}, r'\x1b\n: expected nothing, was "\u202e"'),
]


@pytest.mark.parametrize(("expected", "actual"), EQUAL)
def test_equal_bodies_match(expected: Expected, actual: Json) -> None:
    assert_that(answer(actual), has_outcome(Outcome("an outcome", 200, expected)))


@pytest.mark.parametrize(("expected", "actual", "difference"), DIFFERENT, ids=[each[2] for each in DIFFERENT])
def test_a_difference_is_one_line(expected: Expected, actual: Json, difference: str) -> None:
    assert list(differences(Outcome("an outcome", 200, expected), answer(actual))) == [difference]


def test_an_alternative_matches_too() -> None:
    outcome = Outcome("x", 200, {"code": 100}, (Outcome("x", 401, {"code": 401}),))
    for code, status, problem in ((100, 200, ""), (401, 401, ""), (401, 200, "code: expected 100, was 401")):
        assert_matches(answer({"code": code}, status), has_outcome(outcome), problem)
    assert str(has_outcome(outcome)) == 'x: 200 {"code": 100}, or 401 {"code": 401}'


def test_every_difference_is_reported() -> None:
    outcome = Outcome("a part is deleted", 200, {"code": 0, "data": {"count": 5, "errors": SessionErrors(("a",), ())}})
    actual = answer({"code": 102, "data": {"count": 4, "errors": []}, "message": "m"}, status=500)
    assert failure(actual, has_outcome(outcome)).splitlines() == [
        "",
        'Expected: a part is deleted: 200 {"code": 0, "data": {"count": 5, "errors": ["a"]}}',
        "     but: status: expected 200, was 500",
        "          code: expected 0, was 102",
        "          data.count: expected 5, was 4",
        '          data.errors: missing ["a"]',
        '          message: expected nothing, was "m"',
    ]


NOT_JSON = answer(text="<html>Bad Gateway</html>")
NO_REFUSAL = "code: expected an error code, was"

# an answer, a matcher, the problem
ANSWERS: list[tuple[Answer, Any, str]] = [
    (NOT_JSON, has_outcome(Outcome("x", 200, {})), "body: expected JSON, was '<html>Bad Gateway</html>'"),
    (answer({"code": 401}, 401), has_status(401), ""),
    (answer({"code": 401}), has_status(401), "status: expected 401, was 200"),
    *((answer({"code": code}), is_no_unexpected_error(), "") for code in (0, 102)),
    *((answer({"code": code}), is_no_unexpected_error(), f"code {code}") for code in (100, 401)),
    (NOT_JSON, is_no_unexpected_error(), "code null"),
    *((answer(body), is_refusal(), "") for body in ({"code": 102}, {"code": "no"})),
    *((answer(body), is_refusal(), NO_REFUSAL) for body in ({"code": 0}, {"code": None}, {}, [], "no", None)),
]


@pytest.mark.parametrize(("answered", "matcher", "problem"), ANSWERS)
def test_the_status_and_the_code(answered: Answer, matcher: Any, problem: str) -> None:
    assert_matches(answered, matcher, problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"code": 102, "message": "on monday and tuesday"}, ""),
        ({"code": 102, "data": [{"id": "id-monday"}]}, "shown, and should not be: id-monday"),
        ({"code": 102, "message": "You don't own the session id-tuesday"}, "shown, and should not be: id-tuesday"),
        ({"code": 102, "data": {"name": "monday"}}, "shown, and should not be: id-monday"),
        ({"code": 0, "data": [{"id": "id-monday"}]}, NO_REFUSAL),
        ({"code": 0, "data": [{"id": "id-monday"}]}, "shown, and should not be: id-monday"),
    ],
)
def test_a_refusal_shows_no_session(body: Json, problem: str) -> None:
    sessions = [Session(f"id-{name}", name) for name in ("monday", "tuesday")]
    assert_matches(answer(body), is_refusal_without(sessions), problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        *((body, "") for body in ({"code": 102, "message": "no"}, {"code": 0, "data": {"success_count": 0}}, [])),
        ({"code": 0}, "everything listed is deleted"),
        ({"code": 0, "data": {"success_count": 1, "errors": []}}, "the answer reports 1 deleted sessions"),
        ({"code": 102, "data": {"success_count": 2}}, "the answer reports 2 deleted sessions"),
    ],
)
def test_an_answer_reports_a_deletion(body: Json, problem: str) -> None:
    exchange = Exchange(Selection.of("a", "a"), answer(body))
    assert_matches(exchange, reports_no_deletion(CONTRACT), problem)


INTERNAL_DETAILS = (
    "AttributeError(\"'str' object has no attribute 'get'\")",
    *("peewee.OperationalException(1064)", "<class 'list'>", "Traceback (most recent call last)"),
    *("SELECT id FROM conversation", "INSERT INTO conversation", "near LIMIT 1"),
)
CONTRACT = contract_of(Release.named("0.18"))
HARMLESS = ("", "Error in the list", "no limit", "select one", "an exception (rare)", "<NotFound '404: Not Found'>")


@pytest.mark.parametrize("message", [*INTERNAL_DETAILS, *HARMLESS])
def test_an_answer_shows_internal_details(message: str) -> None:
    problem = "shows internal details" if message in INTERNAL_DETAILS else ""
    assert_matches(answer({"message": message}), shows_no_internal_details(CONTRACT), problem)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cookies": ("session=1; Path=/",)}, "the answer sets a cookie: session=1"),
        ({"text": f'{{"message": "Bearer {REDACTED}"}}'}, "the answer contains an API key"),
        ({"headers": {"X-By": REDACTED}}, f"a header contains an API key: X-By: {REDACTED}"),
        ({"headers": {f"X-{REDACTED}": "1"}}, "a header contains an API key"),
        # The cookies of a gateway appear only among the headers.
        ({"headers": {"Set-Cookie": f"AWSALB={REDACTED}"}}, "a header contains an API key"),
        ({"headers": {"X-Error": "KeyError('ids')"}}, "a header shows internal details: X-Error: KeyError('ids')"),
        ({"headers": {"X-Error": "<NotFound '404: Not Found'>"}}, "a header shows internal details: X-Error"),
        ({"headers": {"Vary": "Cookie", "Server": "nginx/1.27 (Ubuntu)", "Set-Cookie": "AWSALB=1"}}, ""),
    ],
)
def test_an_answer_carries_no_cookie_no_key_and_no_internal_details(changes: dict[str, Any], problem: str) -> None:
    assert_matches(replace(answer({"code": 0}), **changes), has_no_extras(CONTRACT), problem)


A, B = (Assistant(id, f"name of {id}", RAGFlow("http://ragflow:9380", NO_KEY)) for id in ("a", "b"))
REFUSED: Json = {"code": 102, "message": "The chat doesn't exist"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"code": 0, "data": [{"id": "b"}, {"id": "x"}]}, ""),
        ({"code": 0, "data": {"chats": [{"id": "a"}], "total": 1}}, ""),
        ({"code": 0, "data": [{"id": "x", "name": "mine"}, {"id": "a"}]}, 'the first assistant is "mine": nothing was'),
        ({"code": 0, "data": []}, "the first assistant is null"),
        (REFUSED, "the first assistant is null"),
    ],
)
def test_only_an_assistant_of_the_scenario_may_be_emptied(body: Json, problem: str) -> None:
    assert_matches(answer(body), lists_first_one_of([A, B]), problem)


def test_assistants_that_are_not_listed_are_reported() -> None:
    assert_matches(answer({"code": 0, "data": [{"id": "b"}, {"id": "a"}]}), lists_all_of([A, B]), "")
    assert_matches(answer(REFUSED), lists_all_of([A, B]), "not listed: a\n          not listed: b")


CREATED: dict[str, Json] = {"id": "s", "name": "n", "messages": [{"content": "Hi!"}], "create_date": "1"}


@pytest.mark.parametrize(
    ("listed", "renamed", "problem"),
    [
        ({}, {}, ""),
        ({"create_date": "2", "messages": [{"content": "Hi!", "reference": []}]}, {}, ""),
        ({"messages": [{"content": ""}]}, {}, 'messages[0].content: expected "Hi!", was ""'),
        ({"dialog_id": "a"}, {}, 'dialog_id: expected nothing, was "a"'),
        ({}, {"name": "title"}, 'title: expected "n", was not there'),
        ({"id": "t"}, {}, 'id: expected "s", was not there'),
    ],
)
def test_a_listed_session_has_the_fields_of_the_created_one(
    listed: dict[str, Json], renamed: dict[str, str], problem: str
) -> None:
    created = answer({"code": 0, "data": CREATED})
    assert_matches(answer({"code": 0, "data": [CREATED | listed]}), lists_as_created(created, renamed), problem)
