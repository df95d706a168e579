import pytest

from acceptance.contract.selection import Selection
from acceptance.matchers.evidence import FIRST_IDS, LAST_EXCHANGES, evidence, replace_ids_by_names
from acceptance.ragflow.description import describe_exchange, describe_request, indented, shortened
from acceptance.ragflow.messages import Answer, Content, Credentials, Json, Request
from acceptance.sandbox.sender import Exchange
from tests.unit.examples import answer

KEY = "ragflow-0123456789abcdef"
SOMEBODY = Credentials.of("the key", KEY)
ONE, TWO, MINE = "11" * 16, "22" * 16, "aa" * 16
KNOWN = {ONE: "session 1", TWO: "session 2 of the other assistant", MINE: "the assistant"}

# what is said: what people read
TOLD = {
    "": "",
    f"gone: {ONE}, {TWO}": "gone: session 1, session 2 of the other assistant",
    f'{{"ids": ["{ONE}"]}}': '{"ids": ["session 1"]}',
    f"/chats/{MINE}/sessions": f"/chats/{MINE}/sessions",
    "no id at all": "no id at all",
    f"{'33' * 16} is nobody's": f"{'33' * 16} is nobody's",
    f"{ONE[:16]} is a half": f"{ONE[:16]} is a half",
    f"{ONE}x and x{ONE} are more": f"{ONE}x and x{ONE} are more",
    MINE.upper(): MINE.upper(),
    f"{ONE}_{ONE}": "session 1_session 1",
}


@pytest.mark.parametrize(("said", "told"), TOLD.items(), ids=TOLD)
def test_an_id_is_told_by_the_name_that_people_know(said: str, told: str) -> None:
    assert replace_ids_by_names(said, KNOWN) == told


def test_a_name_is_not_read_again() -> None:
    assert replace_ids_by_names("a b", {"a": "b", "b": "c"}) == "b c"


def exchange(body: Json, sent: Json = None) -> Exchange:
    return Exchange(Selection.of((), ()), answer(body, credentials=SOMEBODY, content=Content.json(sent)))


def test_the_evidence_is_what_was_sent_and_what_came_back() -> None:
    told = evidence([exchange({"message": f"no {TWO}"}, {"ids": [ONE, "nobody"]})], KNOWN)
    assert told.splitlines() == [
        "Request:  DELETE /api/v1/chats/c1/sessions with the key, as application/json",
        '          {"ids": ["session 1", "nobody"]}',
        "Answer:   200 after 0.01 s",
        '          {"message": "no session 2 of the other assistant"}',
        'Curl:     curl -g -X DELETE -H "Authorization: Bearer $RAGFLOW_API_KEY" '
        f'-H \'Content-Type: application/json\' --data-raw \'{{"ids": ["{ONE}", "nobody"]}}\' '
        '"$RAGFLOW_URL"/api/v1/chats/c1/sessions',
        f"Ids:      session 1 {ONE}, session 2 of the other assistant {TWO}",
    ]
    assert KEY not in told


def test_the_last_exchanges_are_told_in_their_order() -> None:
    told = evidence([exchange(f"answer {number}") for number in range(1, 6)], {})
    assert told.count("Request:") == LAST_EXCHANGES
    assert [word in told for word in ("answer 3", "answer 4", "answer 5")] == [False, True, True]
    assert told.index("answer 4") < told.index("answer 5")
    assert "Ids:" not in told


def test_without_an_exchange_there_is_no_evidence() -> None:
    assert evidence([], KNOWN) == ""


def test_only_the_last_request_is_told_as_a_command() -> None:
    told = evidence([exchange("a", {"ids": [ONE]}), exchange("b", {"ids": [TWO]})], KNOWN)
    [command] = [line for line in told.splitlines() if line.startswith("Curl:")]
    assert TWO in command
    assert ONE not in command


def test_what_cannot_be_told_as_a_command_is_told_without_one() -> None:
    told = evidence([exchange("a", {"ids": [ONE] * 1000})], KNOWN)
    assert "Request:" in told
    assert "Curl:" not in told


def test_an_id_in_the_address_has_a_name_too() -> None:
    request = Request("DELETE", f"/api/v1/chats/{MINE}/sessions", Credentials("no key"))
    asked = Exchange(Selection.of((), ()), Answer(request, 200, "{}", 0.0))
    assert f"Ids:      the assistant {MINE}" in evidence([asked], KNOWN)


def test_of_many_ids_the_first_are_told() -> None:
    known = {f"{number:032}": f"session {number}" for number in range(1, 11)}
    told = evidence([exchange({"code": 0}, {"ids": [*known, *known]})], known).splitlines()[-1]
    assert told.count("session") == FIRST_IDS
    assert told.endswith(f"session {FIRST_IDS} {FIRST_IDS:032} and 4 more")


def test_long_evidence_is_shortened() -> None:
    known = {f"{number:032}": f"session {number}" for number in range(1000)}
    told = evidence([exchange({"data": {"errors": [*known]}}, {"ids": [*known]})], known)
    assert len(told) < 3000
    assert "session 0" in told
    assert "session 999" in told


def test_names_make_room_before_anything_is_left_out() -> None:
    known = {f"{number:032}": f"s{number}" for number in range(30)}
    assert "characters…" not in evidence([exchange({"code": 0}, {"ids": [*known]})], known)


# How an exchange is described.


def test_an_exchange_shows_what_was_sent_and_what_came_back() -> None:
    answered = answer({"code": 0}, status=200, content=Content(b"\xff not text", "text/plain"))
    shown = describe_exchange(answered)
    assert "DELETE /api/v1/chats/c1/sessions with no API key, as text/plain" in shown
    assert "\\xff not text" in shown
    assert '{"code": 0}' in shown


def test_an_exchange_without_content_shows_none() -> None:
    assert describe_exchange(answer({"code": 0}, content=Content(None, None))).splitlines()[:2] == [
        "Request:  DELETE /api/v1/chats/c1/sessions with no API key",
        "Answer:   200 after 0.01 s",
    ]


def test_a_redirect_shows_where_it_leads() -> None:
    request = Request("GET", "/api/v1/chats", Credentials("somebody"))
    assert "Answer:   302 to /login after" in describe_exchange(Answer(request, 302, "", 0.0, location="/login"))


def test_it_is_told_how_often_a_server_was_busy() -> None:
    request = Request("GET", "/api/v1/chats", Credentials("somebody"))
    told = describe_exchange(Answer(request, 200, "", 0.5, busy=2))
    assert "Answer:   200 after 0.50 s, and 2 before it that said to ask again" in told


def test_a_request_is_told_in_one_line() -> None:
    request = Request("DELETE", "/api/v1/chats", SOMEBODY, Content.json({"ids": ["a"]}))
    assert describe_request(request) == 'DELETE /api/v1/chats with the key, as application/json {"ids": ["a"]}'
    assert describe_request(Request("GET", "/api/v1/chats", SOMEBODY)) == "GET /api/v1/chats with the key"


def test_what_is_left_out_is_counted() -> None:
    assert shortened("short") == "short"
    assert shortened("a" * 600 + "b" * 600, limit=10) == "aaaaa …1,190 characters… bbbbb"


def test_lines_stand_under_one_another() -> None:
    assert indented("one\ntwo") == "one\n          two"
