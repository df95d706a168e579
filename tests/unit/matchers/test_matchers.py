import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hamcrest import assert_that

from acceptance.contract.contract import Anything, Complaints, Expected, Outcome, contract_of
from acceptance.contract.releases import Release
from acceptance.contract.selection import Selection
from acceptance.matchers.differences import differences
from acceptance.matchers.matchers import (
    MANY_SESSIONS,
    all_answer,
    answers,
    are_at_least,
    are_exactly,
    are_in_the_lists_of_their_users,
    are_true_together,
    has_clean_headers,
    has_status,
    is_as,
    is_in_no_list,
    is_refused,
    is_refused_without,
    reports_no_deletion,
    shows_no_inside,
    succeed_in_each_round,
    succeed_once_a_round,
    tell_deleted_or_unknown,
)
from acceptance.ragflow.listings import Session
from acceptance.ragflow.messages import REDACTED, Json
from acceptance.sandbox.sender import Exchange
from acceptance.sandbox.snapshot import Snapshot
from tests.unit.examples import answer

CONTRACT = contract_of(Release.named("0.18"))


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
    "anything": ({"id": Anything.ANYTHING}, {"id": "0a"}),
    "anything at all": ({"data": [{"id": Anything.ANYTHING}]}, {"data": [{"id": {"of": [1, False]}}]}),
    "anything, be it null": ({"id": Anything.ANYTHING}, {"id": None}),
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
    "anything that is missing": (
        {"data": {"id": Anything.ANYTHING}},
        {"data": {}},
        "data.id",
        ("<anything>", "not there"),
    ),
    "null around anything": ({"data": {"id": Anything.ANYTHING}}, {"data": None}, "data", ('{"id": "<anything>"}',)),
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


def failure(actual: object, matcher: object) -> str:
    with pytest.raises(AssertionError) as failed:
        assert_that(actual, matcher)
    return str(failed.value)


def test_a_failure_tells_what_was_expected_and_what_differs() -> None:
    text = failure(answer({"code": 109, "message": "no"}), answers(of({"code": 0})))
    for part in ('the outcome, which is 200 {"code": 0}', "code: expected 0, was 109", 'expected nothing, was "no"'):
        assert part in text


# Of an answer, one thing only.


def test_an_answer_has_a_status() -> None:
    assert_that(answer(status=401), has_status(401))
    assert "status: expected 401, was 200" in failure(answer({"code": 401}), has_status(401))


@pytest.mark.parametrize("body", [{"code": 102}, {"code": "no"}, {"code": 100, "data": None}])
def test_any_other_code_than_a_success_is_a_refusal(body: Json) -> None:
    assert_that(answer(body), is_refused())


@pytest.mark.parametrize("body", [{"code": 0}, {"code": None}, {}, [], "no", None])
def test_without_such_a_code_it_is_none(body: Json) -> None:
    assert "code: expected one of a refusal, was" in failure(answer(body), is_refused())


@pytest.mark.parametrize(
    "body", [{"code": 102, "message": "no"}, {"code": 0, "data": {"success_count": 0}}, {"code": 0, "data": True}, []]
)
def test_an_answer_may_report_no_deletion(body: Json) -> None:
    assert_that(exchange("a", "a", body), reports_no_deletion(CONTRACT))


# what reports a deletion: (the answer, what is told)
REPORTS: dict[str, tuple[Json, str]] = {
    "a success": ({"code": 0}, "everything that was listed is deleted"),
    "a number": ({"code": 0, "data": {"success_count": 1, "errors": []}}, "1 sessions are deleted"),
    "a number in a refusal": ({"code": 102, "data": {"success_count": 2}}, "2 sessions are deleted"),
}


@pytest.mark.parametrize(("body", "told"), REPORTS.values(), ids=REPORTS)
def test_a_deletion_that_is_reported_is_told(body: Json, told: str) -> None:
    assert told in failure(exchange("a", "a", body), reports_no_deletion(CONTRACT))


# what only the inside knows of
INSIDES = (
    "AttributeError(\"'str' object has no attribute 'get'\")",
    "peewee.OperationalException(1064)",
    "<class 'list'>",
    "Traceback (most recent call last)",
    "SELECT id FROM conversation",
    "near LIMIT 1",
)


@pytest.mark.parametrize("message", INSIDES)
def test_the_inside_of_ragflow_is_told_where_it_is_shown(message: str) -> None:
    assert "shows the inside of RAGFlow" in failure(answer({"message": message}), shows_no_inside())


@pytest.mark.parametrize("message", ["", "Error in the list", "no limit", "select one", "an exception (rare)"])
def test_words_that_people_use_are_no_inside(message: str) -> None:
    assert_that(answer({"message": message}), shows_no_inside())


# what comes with an answer: (the header, its value, what is told)
COMPANIONS = (
    ("Set-Cookie", "session=1; Path=/", "a cookie comes with the answer: Set-Cookie: session=1"),
    ("set-cookie", "a=b", "a cookie comes with the answer"),
    ("X-Asked-By", f"Bearer {REDACTED}", f"the API key comes with the answer: X-Asked-By: Bearer {REDACTED}"),
    (
        "X-Error",
        "KeyError('ids')",
        "something of the inside of RAGFlow comes with the answer: X-Error: KeyError('ids')",
    ),
    ("X-Query", "SELECT id FROM conversation", "something of the inside of RAGFlow comes with the answer"),
)


@pytest.mark.parametrize(("name", "value", "told"), COMPANIONS)
def test_what_comes_with_an_answer_is_told(name: str, value: str, told: str) -> None:
    headers = {"Content-Type": "application/json", name: value, "Server": "nginx"}
    text = failure(replace(answer({"code": 0}), headers=headers), has_clean_headers())
    assert told in text
    assert "nginx" not in text


def test_what_every_server_sends_may_come_with_an_answer() -> None:
    headers = {
        "Content-Type": "application/json",
        "Content-Length": "10",
        "Server": "nginx/1.27 (Ubuntu)",
        "Date": "Sun, 22 Nov 2026 12:04:42 GMT",
        "Access-Control-Allow-Origin": "*",
        "Vary": "Cookie",
    }
    assert_that(replace(answer({"code": 0}), headers=headers), has_clean_headers())


# Several answers at once.


def exchange(listed: str, present: str, body: Json) -> Exchange:
    return Exchange(Selection.of(listed, present), answer(body))


def unknown(*ids: str) -> Json:
    return {"code": 102, "message": "; ".join(f"The chat doesn't own the session {id}" for id in ids)}


def partly(deleted: int, *ids: str) -> Json:
    errors: list[Json] = [f"The chat doesn't own the session {id}" for id in ids]
    return {"code": 0, "data": {"errors": errors, "success_count": deleted}}


def test_every_answer_has_to_be_the_one_that_follows() -> None:
    assert_that([exchange("a", "ab", {"code": 0}), exchange("x", "ab", unknown("x"))], all_answer(CONTRACT))


def test_the_answers_that_differ_are_counted_and_some_are_shown() -> None:
    exchanges = [exchange("a", "a", {"code": code}) for code in (0, 100, 0, 101, 102, 103, 104)]
    text = failure(exchanges, all_answer(CONTRACT))
    assert "5 answers differ" in text
    assert "code: expected 0, was 100" in text
    assert "expected 0, was 104" not in text


# what people hear who delete the sessions a and b at the same time
TRUE_TOGETHER: dict[str, list[Exchange]] = {
    "the first has it all": [exchange("ab", "ab", {"code": 0}), exchange("ab", "ab", unknown("a", "b"))],
    "each has one": [exchange("ab", "ab", partly(1, "b")), exchange("ab", "ab", partly(1, "a"))],
    "both have both": [exchange("ab", "ab", {"code": 0}), exchange("ab", "ab", {"code": 0})],
    "lists that overlap": [exchange("a", "ab", {"code": 0}), exchange("ab", "ab", partly(1, "a"))],
}

# what cannot be true: (the answers, what is told)
UNTRUE_TOGETHER: dict[str, tuple[list[Exchange], str]] = {
    "nobody had one": ([exchange("ab", "ab", partly(1, "b")), exchange("ab", "ab", partly(1, "b"))], '["b"]'),
    "nobody had any": ([exchange("ab", "ab", unknown("a", "b"))] * 2, '["a", "b"]'),
    "a wrong number": ([exchange("ab", "ab", {"code": 0}), exchange("ab", "ab", partly(2, "a"))], "success_count"),
    "another answer": ([exchange("ab", "ab", {"code": 0}), exchange("ab", "ab", {"code": 100})], "was 100"),
}


@pytest.mark.parametrize("exchanges", TRUE_TOGETHER.values(), ids=TRUE_TOGETHER)
def test_answers_may_be_true_together(exchanges: list[Exchange]) -> None:
    assert_that(exchanges, are_true_together(CONTRACT))


@pytest.mark.parametrize(("exchanges", "told"), UNTRUE_TOGETHER.values(), ids=UNTRUE_TOGETHER)
def test_answers_that_cannot_be_true_together_are_told(exchanges: list[Exchange], told: str) -> None:
    assert told in failure(exchanges, are_true_together(CONTRACT))


WON, LOST, ODD = (exchange("a", "a", body) for body in ({"code": 0}, unknown("a"), {"code": 100}))

# two rounds: (what is told by: one success in each, at least one in each, deleted or unknown)
ROUNDS: dict[str, tuple[Sequence[Sequence[Exchange]], Sequence[str]]] = {
    "one in each": ([[WON, LOST], [LOST, WON]], ("", "", "")),
    "two in the second": ([[WON, LOST], [WON, WON]], ("round 2: more than one", "", "")),
    "none in the first": ([[LOST, LOST], [WON, LOST]], ("round 1: nobody", "round 1: nobody", "")),
    "an odd answer": ([[WON, ODD], [LOST, WON]], ("", "", "1 answers differ")),
    "no success but an odd answer": ([[ODD, LOST], [WON, LOST]], ("round 1: nobody", "round 1: nobody", "neither")),
}


@pytest.mark.parametrize(("rounds", "told"), ROUNDS.values(), ids=ROUNDS)
def test_in_rounds_one_is_told_that_it_succeeded(rounds: Sequence[Sequence[Exchange]], told: Sequence[str]) -> None:
    for matcher, words in zip(
        (succeed_once_a_round, succeed_in_each_round, tell_deleted_or_unknown), told, strict=True
    ):
        if words:
            assert words in failure(rounds, matcher(CONTRACT))
        else:
            assert_that(rounds, matcher(CONTRACT))


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
            assert id in line.partition(": ")[2].split(", ")


def test_a_session_that_has_another_name_is_told() -> None:
    text = failure([Session(MONDAY.id, "Sunday")], are_exactly([MONDAY]))
    assert "renamed: id-monday is now called 'Sunday'" in text
    assert "gone" not in text


def test_no_sessions_are_called_so() -> None:
    assert "no sessions" in failure([MONDAY], are_exactly([])).partition("but: ")[0]


def test_of_very_many_sessions_the_first_are_told() -> None:
    many = [Session(f"id-{number}", f"session {number}") for number in range(1000)]
    text = failure([], are_exactly(many)).partition("but: ")[2]
    assert f"id-{MANY_SESSIONS - 1} and 980 more" in text
    assert f"id-{MANY_SESSIONS}," not in text


@pytest.mark.parametrize("there", [[MONDAY, TUESDAY], [FRIDAY, TUESDAY, MONDAY]])
def test_others_than_these_may_be_there(there: list[Session]) -> None:
    assert_that(there, are_at_least([MONDAY, TUESDAY]))


@pytest.mark.parametrize("there", [[], [FRIDAY], [TUESDAY], [Session(MONDAY.id, "Sunday"), TUESDAY]])
def test_these_have_to_be_there(there: list[Session]) -> None:
    assert "gone, and should still be there: id-monday" in failure(there, are_at_least([MONDAY, TUESDAY]))


# of the sessions 1 and 2 of Anna, 3 of Bert and 4 of nobody
OF_USERS = [Session(f"id-{n}", f"session {n}", user) for n, user in enumerate(("Anna", "Anna", "Bert", ""), start=1)]
FIRST, SECOND, THIRD, NOBODYS = OF_USERS


@pytest.mark.parametrize(
    "lists",
    [
        {"Anna": [FIRST, SECOND], "Bert": [THIRD]},
        {"Anna": [SECOND, FIRST], "Bert": [Session(THIRD.id, THIRD.name)], "Carl": []},
        {},
    ],
)
def test_every_user_has_a_list_of_the_users_own_sessions(lists: Mapping[str, Sequence[Session]]) -> None:
    assert_that(lists, are_in_the_lists_of_their_users(OF_USERS))


# what is wrong: (the list of Anna, what is told of it)
WRONG_LISTS = {
    "one is gone": ([FIRST], "gone, and should still be there: id-2"),
    "one of another user": ([FIRST, SECOND, THIRD], "there, and should not be: id-3"),
    "one of nobody": ([FIRST, SECOND, NOBODYS], "there, and should not be: id-4"),
    "one twice": ([FIRST, SECOND, SECOND], "there, and should not be: id-2"),
    "another name": ([FIRST, Session(SECOND.id, "Sunday")], "renamed: id-2 is now called 'Sunday'"),
}


@pytest.mark.parametrize(("there", "told"), WRONG_LISTS.values(), ids=WRONG_LISTS)
def test_what_is_wrong_with_the_list_of_a_user_is_told_with_the_user(there: list[Session], told: str) -> None:
    text = failure({"Bert": [THIRD], "Anna": there}, are_in_the_lists_of_their_users(OF_USERS))
    assert f"in the list of the user 'Anna': {told}" in text
    assert "'Bert'" not in text


def test_in_the_list_of_a_user_whose_sessions_are_all_gone_nothing_may_stand() -> None:
    matcher = are_in_the_lists_of_their_users([THIRD])
    assert_that({"Anna": [], "Bert": [THIRD]}, matcher)
    assert "the user 'Anna': there, and should not be: id-1" in failure({"Anna": [FIRST]}, matcher)


# an answer in which sessions stand: (the answer, which of them is told)
SHOWN: dict[str, tuple[Json, str]] = {
    "a list": ({"code": 102, "data": [{"id": "id-monday", "name": "monday"}]}, "id-monday"),
    "an id in a refusal": ({"code": 102, "message": "You don't own the session id-tuesday"}, "id-tuesday"),
    "a name alone": ({"code": 102, "data": {"name": "friday"}}, "id-friday"),
}


@pytest.mark.parametrize(("body", "told"), SHOWN.values(), ids=SHOWN)
def test_a_session_that_an_answer_shows_is_told(body: Json, told: str) -> None:
    text = failure(answer(body), is_refused_without([MONDAY, TUESDAY, FRIDAY]))
    assert text.endswith(f"shown, and should not be: {told}\n")


@pytest.mark.parametrize("message", ["You don't own the assistant", "on monday, tuesday and friday", "no"])
def test_an_answer_may_show_no_session(message: str) -> None:
    assert_that(answer({"code": 102, "message": message}), is_refused_without([MONDAY, TUESDAY, FRIDAY]))


def test_what_shows_no_session_but_is_no_refusal_is_told() -> None:
    text = failure(answer({"code": 0, "data": [{"id": "id-monday"}]}), is_refused_without([MONDAY]))
    assert "code: expected one of a refusal, was 0" in text
    assert "shown, and should not be: id-monday" in text


def test_a_list_in_which_a_session_stands_is_told() -> None:
    assert_that([], is_in_no_list())
    assert "in the list with name=a behind the address" in failure(["name=a"], is_in_no_list())


def test_everything_has_to_be_as_it_was() -> None:
    noted = Snapshot({"a1": {"id": "a1"}}, {"a1": [{"id": "s1", "name": "one"}]})
    assert_that(Snapshot(dict(noted.assistants), dict(noted.sessions)), is_as(noted))
    assert "s1: was" in failure(Snapshot(noted.assistants, {"a1": []}), is_as(noted))


def test_differences_do_not_depend_on_how_json_was_written() -> None:
    spaced = answer(json.loads('{ "code" : 0 }'))
    assert list(differences(of({"code": 0}), spaced)) == []
