"""How failures show requests and answers."""

import re
from dataclasses import replace

import pytest

from acceptance.contract.selection import Selection
from acceptance.matchers.failure_details import MAX_EXCHANGES, MAX_IDS, failure_details, replace_ids_by_names
from acceptance.ragflow.description import describe_exchange, describe_request, indent, shorten
from acceptance.ragflow.messages import Answer, Content, Credentials, Json, Request
from acceptance.sandbox.sender import Exchange
from tests.unit.examples import answer

KEY = "ragflow-0123456789abcdef"
WITH_KEY = Credentials.bearer("the key", KEY)
ONE, TWO, ASSISTANT = "11" * 16, "22" * 16, "aa" * 16
NAMES = {ONE: "session 1", TWO: "session 2 of the other assistant", ASSISTANT: "the assistant"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"gone: {ONE}, {TWO}", "gone: session 1, session 2 of the other assistant"),
        (f'{{"ids": ["{ONE}"]}}', '{"ids": ["session 1"]}'),
        (f"{ONE}_{ONE}", "session 1_session 1"),
        *((text, text) for text in ("", "no id", f"/chats/{ASSISTANT}/sessions", "33" * 16, ONE[:16], f"x{ONE}")),
    ],
)
def test_ids_are_replaced_by_names(text: str, shown: str) -> None:
    assert replace_ids_by_names(text, NAMES) == shown
    earlier = f"a session of an earlier scenario ({ONE})"
    assert replace_ids_by_names(ONE, {ONE: earlier}) == earlier
    assert "Ids:" not in failure_details([exchange({"ids": [ONE]})], {ONE: earlier})
    assert replace_ids_by_names("a b", {"a": "b", "b": "c"}) == "b c"


def exchange(body: Json, sent: Json = None) -> Exchange:
    return Exchange(Selection.of((), ()), answer(body, credentials=WITH_KEY, content=Content.json(sent)))


def test_the_details_show_the_request_the_answer_a_command_and_the_ids() -> None:
    assert failure_details([exchange({"message": f"no {TWO}"}, {"ids": [ONE, "x"]})], NAMES).splitlines() == [
        "Request:  DELETE /api/v1/chats/c1/sessions with the key, as application/json",
        'Body:     {"ids": ["session 1", "x"]}',
        "Answer:   200 after 0.01 s",
        'Body:     {"message": "no session 2 of the other assistant"}',
        'Curl:     curl -g -X DELETE -H "Authorization: Bearer $RAGFLOW_API_KEY" '
        f'-H \'Content-Type: application/json\' --data-raw \'{{"ids": ["{ONE}", "x"]}}\' '
        "http://ragflow:9380/api/v1/chats/c1/sessions",
        f"Ids:      session 1 {ONE}, session 2 of the other assistant {TWO}",
    ]


def test_the_details_show_the_last_exchanges_and_one_command() -> None:
    assert failure_details([], NAMES) == ""
    details = failure_details([exchange(f"answer {number}", {"ids": [f"x{number}"]}) for number in range(1, 6)], {})
    assert details.count("Request:") == MAX_EXCHANGES
    assert details.index("answer 4") < details.index("answer 5")
    [command] = [line for line in details.splitlines() if line.startswith("Curl:")]
    assert "x5" in command
    assert "Ids:" not in details


def test_long_details_are_shortened() -> None:
    names = {f"{number:032}": f"session {number}" for number in range(1000)}
    details = failure_details([exchange({"errors": [*names]}, {"ids": [*names]})], names)
    assert len(details) < 3000
    assert "session 999" in details
    assert re.search(rf", session {MAX_IDS - 1} 0*{MAX_IDS - 1} and \d+ more$", details)
    assert "Curl:" not in details
    # Names are shorter than ids, so the text is shortened after they are replaced.
    short = {id: f"s{number}" for number, id in enumerate(list(names)[:30])}
    assert "characters…" not in failure_details([exchange({"code": 0}, {"ids": [*short]})], short)


def test_an_exchange_and_a_request_are_described() -> None:
    content = Content(b"\xff not text", "text/plain")
    assert describe_exchange(answer({"code": 0}, content=content)).splitlines() == [
        "Request:  DELETE /api/v1/chats/c1/sessions with no API key, as text/plain",
        "Body:     \\xff not text",
        "Answer:   200 after 0.01 s",
        'Body:     {"code": 0}',
    ]
    request = Request("GET", f"/api/v1/chats/{ASSISTANT}", WITH_KEY)
    redirect = Answer(request, 302, "", 0.5, location="/login", retries=2)
    assert "Answer:   302 to /login after 0.50 s and 2 retries" in describe_exchange(redirect)
    details = failure_details([Exchange(Selection.of((), ()), redirect)], NAMES)
    assert details.endswith(f"Ids:      the assistant {ASSISTANT}")
    assert describe_request(request) == f"GET /api/v1/chats/{ASSISTANT} with the key"
    request = Request("DELETE", "/api/v1/chats", WITH_KEY, Content.json({"ids": ["a"]}))
    assert describe_request(request) == 'DELETE /api/v1/chats with the key, as application/json {"ids": ["a"]}'


def test_the_details_show_how_to_start_the_embedded_server_again() -> None:
    answered = exchange({}).answer
    address = replace(answered.request.address, start_command="python -m embedded_ragflow --port 1")
    again = replace(answered, request=replace(answered.request, address=address))
    details = failure_details([Exchange(Selection.of((), ()), again)], NAMES)
    assert "\nStart:    python -m embedded_ragflow --port 1  # the server of this run ends with it" in details


def test_text_of_a_server_starts_no_line_and_runs_no_command() -> None:
    evil = answer(text="\x1b[2J\n::error::a\r##[b]\u202e")
    described = describe_exchange(replace(evil, location="/a\x1b", request=replace(evil.request, path="/\u2028")))
    assert described.splitlines() == [
        "Request:  DELETE /\\u2028 with no API key",
        "Answer:   200 to /a\\x1b after 0.01 s",
        "Body:     \\x1b[2J\\n::error::a\\r#\\#[b]\\u202e",
    ]


def test_texts_are_shortened_and_indented() -> None:
    assert shorten("short") == "short"
    assert shorten("a" * 600 + "b" * 600, limit=10) == "aaaaa …1,190 characters… bbbbb"
    assert indent("one\ntwo") == "one\n          two"
