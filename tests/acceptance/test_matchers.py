import json
from types import SimpleNamespace

import pytest
from hamcrest import assert_that
from packaging.version import Version

from acceptance.contract.contract import Complaints, Expected, Outcome, contract_of
from acceptance.contract.selection import Selection
from acceptance.judging.differences import differences
from acceptance.judging.evidence import evidence
from acceptance.judging.matchers import all_answer, answers, are_exactly
from acceptance.ragflow.client import Answer, Content, Credentials, Json
from acceptance.ragflow.description import SHOWN, describe_exchange, shortened
from acceptance.sandbox.workspace import Exchange, Session
from tests.acceptance.examples import answer

CONTRACT = contract_of(Version("0.18"))
KEY = "ragflow-0123456789abcdef"


def of(body: Expected, status: int = 200) -> Outcome:
    return Outcome("the outcome", status, body)


def listed(*unknown: str, repeated: tuple[str, ...] = ()) -> Expected:
    return {"data": {"errors": Complaints(unknown, repeated)}}


def joined(*unknown: str, repeated: tuple[str, ...] = ()) -> Expected:
    return {"message": Complaints(unknown, repeated, joined=True)}


def said(*complaints: str) -> Json:
    return {"data": {"errors": list(complaints)}}


# what is the same: (expected, answered)
SAME: dict[str, tuple[Expected, Json]] = {
    "nothing but a code": ({"code": 0}, {"code": 0}),
    "fields in another order": ({"code": 0, "data": True}, {"data": True, "code": 0}),
    "null": ({"data": None}, {"data": None}),
    "an empty object": ({"data": {}}, {"data": {}}),
    "unknown ones in any order": (listed("no a", "no b", "no c"), said("no c", "no a", "no b")),
    "repeated ones behind the unknown ones": (
        listed("no a", "no b", repeated=("2 c", "2 d")),
        said("no b", "no a", "2 c", "2 d"),
    ),
    "joined ones in any order": (joined("no a", "no b"), {"message": "no b; no a"}),
    "an id with the separator in it": (joined("no a; b", "no c"), {"message": "no c; no a; b"}),
    "only ids with the separator in them": (joined("no ; ", "no ; ; "), {"message": "no ; ; ; no ; "}),
    "an id that looks like a complaint": (listed("no a; no b"), said("no a; no b")),
}

# what differs: (expected, answered, where it differs, what the line has to say)
DIFFERENT: dict[str, tuple[Expected, Json, str, tuple[str, ...]]] = {
    "a missing field": ({"code": 0, "message": "m"}, {"code": 0}, "message", ('"m"', "not there")),
    "an additional field": ({"code": 0}, {"code": 0, "message": "m"}, "message", ("nothing", '"m"')),
    "a missing field further in": (
        {"data": {"success_count": 5}},
        {"data": {}},
        "data.success_count",
        ("5", "not there"),
    ),
    "0 and false": ({"data": 0}, {"data": False}, "data", ("0", "false")),
    "1 and true": ({"data": 1}, {"data": True}, "data", ("1", "true")),
    "false and 0": ({"data": False}, {"data": 0}, "data", ("false", "0")),
    "5 and 5.0": ({"data": 5}, {"data": 5.0}, "data", ("5", "5.0")),
    "5 and text": ({"data": 5}, {"data": "5"}, "data", ("5", '"5"')),
    "null and nothing": ({"data": None}, {}, "data", ("null", "not there")),
    "nothing and null": ({}, {"data": None}, "data", ("nothing", "null")),
    "null and false": ({"data": None}, {"data": False}, "data", ("null", "false")),
    "null and an empty object": ({"data": None}, {"data": {}}, "data", ("null", "{}")),
    "another message": ({"message": "one"}, {"message": "another"}, "message", ('"one"', '"another"')),
    "another code": ({"code": 102}, {"code": 109}, "code", ("102", "109")),
    "a message in other letters": ({"message": "No"}, {"message": "no"}, "message", ('"No"', '"no"')),
    "a list in the place of the whole": ({"code": 0}, [], "body", ('{"code": 0}', "[]")),
    "null in the place of the whole": ({"code": 0}, None, "body", ('{"code": 0}', "null")),
    "a complaint that is missing": (listed("no a", "no b"), said("no a"), "data.errors", ("does not say", "no b")),
    "a complaint that was added": (listed("no a"), said("no a", "no b"), "data.errors", ("besides", "no b")),
    "the same complaint twice": (listed("no a"), said("no a", "no a"), "data.errors", ("besides", "no a")),
    "repeated ones in another order": (
        listed("no a", repeated=("2 b", "2 c")),
        said("no a", "2 c", "2 b"),
        "data.errors",
        ("order",),
    ),
    "repeated ones before the unknown ones": (
        listed("no a", repeated=("2 b",)),
        said("2 b", "no a"),
        "data.errors",
        ("last", "2 b"),
    ),
    "complaints that are no list": (listed("no a"), {"data": {"errors": "no a"}}, "data.errors", ('"no a"',)),
    "complaints that are no texts": (listed("no a"), {"data": {"errors": [1]}}, "data.errors", ("no a", "[1]")),
    "a missing one of joined complaints": (
        joined("no a", "no b"),
        {"message": "no b"},
        "message",
        ("does not say", "no a"),
    ),
    "an added one of joined complaints": (
        joined("no a"),
        {"message": "no a; no b"},
        "message",
        ("besides", "no b"),
    ),
    "joined complaints that are no text": (joined("no a"), {"message": None}, "message", ("no a", "null")),
}


@pytest.mark.parametrize(("expected", "actual"), SAME.values(), ids=SAME)
def test_what_is_the_same_matches(expected: Expected, actual: Json) -> None:
    assert list(differences(of(expected), answer(actual))) == []
    assert_that(answer(actual), answers(of(expected)))


@pytest.mark.parametrize(("expected", "actual", "where", "words"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_is_told_in_a_line(expected: Expected, actual: Json, where: str, words: tuple[str, ...]) -> None:
    [line] = differences(of(expected), answer(actual))
    assert line.startswith(f"{where}: ")
    for word in words:
        assert word in line
    assert "\n" not in line


def test_another_status_is_told() -> None:
    assert list(differences(of({"code": 0}, status=200), answer({"code": 0}, status=401))) == [
        "status: expected 200, was 401"
    ]


def test_an_answer_that_is_not_json_is_told() -> None:
    [line] = differences(of({"code": 0}), answer(text="<html>Bad Gateway</html>"))
    assert line.startswith("body: ")
    assert "<html>Bad Gateway</html>" in line


def test_every_difference_has_its_own_line() -> None:
    expected = {"code": 0, "data": {"success_count": 5, "errors": Complaints(("no a",), ())}}
    actual: Json = {"code": 102, "data": {"success_count": 4, "errors": []}, "message": "m"}
    lines = list(differences(of(expected), answer(actual, status=500)))
    assert [line.partition(":")[0] for line in lines] == [
        "status",
        "code",
        "data.errors",
        "data.success_count",
        "message",
    ]


def failure(actual: object, matcher: object, reason: str = "") -> str:
    with pytest.raises(AssertionError) as failed:
        assert_that(actual, matcher, reason)
    return str(failed.value)


def as_context(*answered: Answer) -> SimpleNamespace:
    """What of behave's context a failure is told from."""
    return SimpleNamespace(
        rule=SimpleNamespace(keyword="Rule", name="Nobody deletes without an API key"),
        scenario=SimpleNamespace(location="features/authorization.feature:11"),
        exchanges=[SimpleNamespace(answer=one) for one in answered],
    )


def test_a_failure_tells_the_whole_story() -> None:
    content = Content.json({"ids": ["s1"]})
    answered = answer({"code": 109, "message": "no"}, credentials=Credentials.of("the key", KEY), content=content)
    text = failure(answered, answers(of({"code": 0})), evidence(as_context(answered)))
    for part in (
        "Nobody deletes without an API key",
        "behave features/authorization.feature:11",
        "DELETE /api/v1/chats/c1/sessions with the key, as application/json",
        '{"ids": ["s1"]}',
        '{"code": 109, "message": "no"}',
        "the outcome",
        '{"code": 0}',
        "code: expected 0, was 109",
        'message: expected nothing, was "no"',
    ):
        assert part in text
    assert KEY not in text


def test_a_scenario_without_a_rule_is_told_with_its_feature() -> None:
    context = as_context()
    context.rule = None
    context.feature = SimpleNamespace(keyword="Feature", name="Choosing sessions")
    assert "Choosing sessions" in evidence(context)


def test_a_long_story_is_shortened() -> None:
    ids = [f"{number:032}" for number in range(1000)]
    content = Content.json({"ids": ids})
    answered = answer({"data": {"errors": ids}}, content=content)
    text = failure(answered, answers(of(listed(*(f"no {id}" for id in ids)))), evidence(as_context(answered)))
    assert len(text) < 10 * SHOWN
    assert ids[0] in text
    assert ids[-1] in text


def test_what_is_left_out_is_counted() -> None:
    assert shortened("short") == "short"
    assert shortened("a" * 600 + "b" * 600, limit=10) == "aaaaa …1,190 characters… bbbbb"


def test_an_exchange_shows_what_was_sent_and_what_came_back() -> None:
    answered = answer({"code": 0}, status=200, content=Content(b"\xff not text", "text/plain"))
    shown = describe_exchange(answered)
    assert "DELETE /api/v1/chats/c1/sessions with no API key, as text/plain" in shown
    assert "\\xff not text" in shown
    assert '{"code": 0}' in shown


# Several answers at once.


def exchange(named: str, present: str, body: Json) -> Exchange:
    return Exchange(Selection.of(named, present), answer(body))


def test_every_answer_has_to_be_the_one_that_follows() -> None:
    unknown: Json = {"code": 102, "message": "The chat doesn't own the session x"}
    assert_that([exchange("a", "ab", {"code": 0}), exchange("x", "ab", unknown)], all_answer(CONTRACT))


def test_the_answers_that_differ_are_counted_and_some_are_shown() -> None:
    exchanges = [exchange("a", "a", {"code": code}) for code in (0, 100, 0, 101, 102, 103, 104)]
    text = failure(exchanges, all_answer(CONTRACT))
    assert "5 answers differ" in text
    assert "code: expected 0, was 100" in text
    assert "expected 0, was 104" not in text


# Sessions.

MONDAY, TUESDAY, FRIDAY = (Session(f"id-{name}", name) for name in ("monday", "tuesday", "friday"))


@pytest.mark.parametrize("there", [(MONDAY, TUESDAY), (TUESDAY, MONDAY)])
def test_sessions_may_come_in_any_order(there: tuple[Session, ...]) -> None:
    assert_that(there, are_exactly([MONDAY, TUESDAY]))


# what is wrong: (expected, there, gone, left)
WRONG_SESSIONS = {
    "one is gone": ([MONDAY, TUESDAY], [MONDAY], ["id-tuesday"], []),
    "one is left": ([], [FRIDAY], [], ["id-friday"]),
    "the wrong one": ([MONDAY], [TUESDAY], ["id-monday"], ["id-tuesday"]),
    "another one of the same name": ([MONDAY], [Session("id-other", "monday")], ["id-monday"], ["id-other"]),
    "one twice": ([MONDAY], [MONDAY, MONDAY], [], ["id-monday"]),
    "all are gone": ([MONDAY, TUESDAY], [], ["id-monday", "id-tuesday"], []),
}


@pytest.mark.parametrize(("expected", "there", "gone", "left"), WRONG_SESSIONS.values(), ids=WRONG_SESSIONS)
def test_sessions_that_are_gone_or_left_are_told_by_id(
    expected: list[Session], there: list[Session], gone: list[str], left: list[str]
) -> None:
    mismatch = failure(there, are_exactly(expected)).partition("but: ")[2]
    lines = [line.strip() for line in mismatch.splitlines() if line.strip()]
    told = {"gone": gone, "there": left}
    assert [line.partition(",")[0] for line in lines] == [word for word, ids in told.items() if ids]
    for line in lines:
        for id in told[line.partition(",")[0]]:
            assert f"({id})" in line


def test_a_session_that_has_another_name_is_told() -> None:
    assert "renamed" in failure([Session(MONDAY.id, "renamed")], are_exactly([MONDAY]))


def test_no_sessions_are_called_so() -> None:
    assert "no sessions" in failure([MONDAY], are_exactly([])).partition("but: ")[0]


def test_differences_do_not_depend_on_how_json_was_written() -> None:
    spaced = answer(json.loads('{ "code" : 0 }'))
    assert list(differences(of({"code": 0}), spaced)) == []
