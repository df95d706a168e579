import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from acceptance.errors import NoAnswer, WrongShape
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY, Answer, Content, Credentials
from acceptance.ragflow.messages import REDACTED as REDACTED_KEY
from tests.acceptance.stand_in import Misconduct, Reply, Seen, StandIn, json_reply

KEY = "ragflow-0123456789abcdef"
SOMEBODY = Credentials.of("somebody", KEY)
# A time limit for what must not come to it.
LONG = 5.0

CALLS: dict[str, Callable[[RAGFlow], Answer]] = {
    "POST /api/v1/chats": lambda ragflow: ragflow.create_assistant("a"),
    "GET /api/v1/chats": lambda ragflow: ragflow.list_assistants(),
    "DELETE /api/v1/chats": lambda ragflow: ragflow.delete_assistants(["c1"]),
    "POST /api/v1/chats/c1/sessions": lambda ragflow: ragflow.create_session("c1", "s"),
    "GET /api/v1/chats/c1/sessions": lambda ragflow: ragflow.list_sessions("c1"),
    "PUT /api/v1/chats/c1/sessions/s1": lambda ragflow: ragflow.update_session("c1", "s1", "s"),
    "DELETE /api/v1/chats/c1/sessions": lambda ragflow: ragflow.delete_sessions("c1", Content()),
    "PATCH /api/v1/chats/c1/sessions": lambda ragflow: ragflow.call("PATCH", "/chats/c1/sessions", Content(b"{}")),
    "GET /api/v1/nowhere": lambda ragflow: ragflow.get("/nowhere"),
}
every_call = pytest.mark.parametrize(("expected", "call"), CALLS.items(), ids=CALLS)


def ragflow(server: StandIn, credentials: Credentials = SOMEBODY, read_limit: float = LONG) -> RAGFlow:
    return RAGFlow(server.url, credentials, read_limit=read_limit)


def fine(_: Seen) -> Reply:
    return json_reply({"code": 0})


@every_call
def test_a_call_is_one_request(expected: str, call: Callable[[RAGFlow], Answer]) -> None:
    with StandIn(fine) as server:
        answer = call(ragflow(server))
    assert server.calls() == [expected]
    assert (answer.status, answer.body, answer.is_json) == (200, {"code": 0}, True)
    assert f"{answer.request.method} {answer.request.path}" == expected


@every_call
def test_a_call_is_one_request_even_if_the_connection_breaks(expected: str, call: Callable[[RAGFlow], Answer]) -> None:
    with StandIn(lambda _: Misconduct.BREAK_OFF) as server, pytest.raises(NoAnswer, match="broke off"):
        call(ragflow(server))
    assert server.calls() == [expected]


@every_call
def test_a_call_is_one_request_even_on_a_connection_that_was_used_before(
    expected: str, call: Callable[[RAGFlow], Answer]
) -> None:
    replies = iter([json_reply({"code": 0}), Misconduct.BREAK_OFF, json_reply({"code": 0})])
    with StandIn(lambda _: next(replies)) as server:
        client = ragflow(server)
        client.list_assistants()
        with pytest.raises(NoAnswer):
            call(client)
    assert server.calls() == ["GET /api/v1/chats", expected]


@every_call
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(expected: str, call: Callable[[RAGFlow], Answer], status: int) -> None:
    with StandIn(lambda _: Reply(status, headers={"Location": "/elsewhere"})) as server:
        answer = call(ragflow(server))
    assert server.calls() == [expected]
    assert (answer.status, answer.location) == (status, "/elsewhere")


def test_no_cookie_is_sent_back() -> None:
    with StandIn(lambda _: json_reply({"code": 0}, **{"Set-Cookie": "session=1; Path=/"})) as server:
        client = ragflow(server)
        client.list_assistants()
        client.list_assistants()
    assert [seen.headers.get("Cookie") for seen in server.seen] == [None, None]


def test_a_server_that_is_silent_gives_no_answer() -> None:
    with (
        StandIn(lambda _: Misconduct.SILENCE) as server,
        pytest.raises(NoAnswer, match=r"GET /api/v1/chats.*time limit"),
    ):
        ragflow(server, read_limit=0.1).list_assistants()
    assert len(server.seen) == 1


def test_a_limit_of_time_is_handed_on() -> None:
    with StandIn(lambda _: Misconduct.SILENCE) as server, pytest.raises(NoAnswer):
        ragflow(server, read_limit=0.1).as_(NO_KEY).list_assistants()


def test_nobody_there_gives_no_answer() -> None:
    with StandIn(fine) as server:
        pass
    with pytest.raises(NoAnswer, match="refused"):
        ragflow(server).list_assistants()


# who is asking: the header that is sent
AUTHORIZATIONS = {
    "a key": (SOMEBODY, f"Bearer {KEY}"),
    "no key": (NO_KEY, None),
    "nothing in the header": (Credentials("nothing", ""), ""),
    "a scheme without a key": (Credentials("a scheme", "Bearer"), "Bearer"),
    "another scheme": (Credentials("basic", f"Basic {KEY}"), f"Basic {KEY}"),
    "words that belong to nothing": (Credentials("words", "a  b c"), "a  b c"),
}


@pytest.mark.parametrize(("credentials", "header"), AUTHORIZATIONS.values(), ids=AUTHORIZATIONS)
def test_the_header_says_who_is_asking_to_the_letter(credentials: Credentials, header: str | None) -> None:
    with StandIn(fine) as server:
        ragflow(server).as_(credentials).list_assistants()
    assert server.seen[0].headers.get("Authorization") == header


@pytest.fixture
def tempting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password for every machine in ``.netrc``."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\ndefault login user password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))


@pytest.mark.usefixtures("tempting")
@pytest.mark.parametrize("credentials", [NO_KEY, SOMEBODY])
def test_no_password_is_looked_up(credentials: Credentials) -> None:
    with StandIn(fine) as server:
        ragflow(server, credentials).list_assistants()
    assert server.seen[0].headers.get("Authorization") == credentials.header


def test_a_proxy_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn(fine) as proxy, StandIn(fine) as server:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(variable, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        ragflow(server).list_assistants()
    assert (len(proxy.seen), len(server.seen)) == (0, 1)


def test_credentials_do_not_show_the_key() -> None:
    assert KEY not in repr(SOMEBODY)
    assert "somebody" in repr(SOMEBODY)


# an assistant's id: how it stands in the address
QUOTED = {
    "c1": "c1",
    "": "",
    "a b": "a%20b",
    "a/b": "a%2Fb",
    "a?b#c": "a%3Fb%23c",
    "100%": "100%25",
    "%2F": "%252F",
    "' OR '1'='1": "%27%20OR%20%271%27%3D%271",
    "héllo": "h%C3%A9llo",
}


@pytest.mark.parametrize(("id", "quoted"), QUOTED.items())
def test_an_assistant_id_is_one_part_of_the_address(id: str, quoted: str) -> None:
    with StandIn(fine) as server:
        client = ragflow(server)
        client.delete_sessions(id, Content())
        client.list_sessions(id)
        client.create_session(id, "s")
    assert [seen.path for seen in server.seen] == [f"/api/v1/chats/{quoted}/sessions"] * 3


def test_a_listing_carries_its_parameters() -> None:
    with StandIn(fine) as server:
        client = ragflow(server)
        client.list_sessions("c1", page=2, page_size=100, name="a&b")
        client.list_assistants(name="a b")
    assert [seen.path for seen in server.seen] == [
        "/api/v1/chats/c1/sessions?page=2&page_size=100&name=a%26b",
        "/api/v1/chats?name=a+b",
    ]


# a body: (what is sent, its type)
BODIES = {
    "ids": (Content.json({"ids": ["a", "b"]}), b'{"ids": ["a", "b"]}', "application/json"),
    "text as JSON": (Content.json("not json"), b'"not json"', "application/json"),
    "nothing, as JSON": (Content(), b"", "application/json"),
    "nothing at all": (Content(None, None), b"", None),
    "anything": (Content(b"\x00\xff{", "text/plain"), b"\x00\xff{", "text/plain"),
    "bytes without a type": (Content(b"{}", None), b"{}", None),
}


@pytest.mark.parametrize(("content", "data", "kind"), BODIES.values(), ids=BODIES)
def test_a_body_is_sent_as_it_is(content: Content, data: bytes, kind: str | None) -> None:
    with StandIn(fine) as server:
        ragflow(server).delete_sessions("c1", content)
    [seen] = server.seen
    assert (seen.body, seen.headers.get("Content-Type")) == (data, kind)


# a deletion: its address
ADDRESSES = {
    "/api/v1/chats/c1/sessions": {},
    "/api/v1/chats/c1/sessions/": {"slash": True},
    "/api/v1/chats/c1/sessions?ids=a&ids=b%20c": {"query": "ids=a&ids=b c"},
    "/api/v1/chats/c1/sessions/?delete_all=true": {"query": "delete_all=true", "slash": True},
}


@pytest.mark.parametrize(("address", "wanted"), ADDRESSES.items(), ids=ADDRESSES)
def test_a_deletion_has_the_address_that_is_wanted(address: str, wanted: dict[str, Any]) -> None:
    with StandIn(fine) as server:
        ragflow(server).delete_sessions("c1", Content(), **wanted)
    assert [seen.path for seen in server.seen] == [address]


def test_a_redirect_of_a_deletion_is_followed_where_that_is_wanted() -> None:
    replies = iter([Reply(307, headers={"Location": "/elsewhere"}), json_reply({"code": 0})])
    with StandIn(lambda _: next(replies)) as server:
        answer = ragflow(server).delete_sessions("c1", Content.json({"ids": ["a"]}), follow=True)
    assert server.calls() == ["DELETE /api/v1/chats/c1/sessions", "DELETE /elsewhere"]
    assert (answer.status, answer.body, answer.location) == (200, {"code": 0}, None)


def test_any_other_call_is_sent_to_the_letter() -> None:
    with StandIn(fine) as server:
        ragflow(server).call("PUT", "/chats/c1/sessions?a=1", Content(b"{", "text/plain"))
    [seen] = server.seen
    assert (seen.method, seen.path, seen.body) == ("PUT", "/api/v1/chats/c1/sessions?a=1", b"{")
    assert seen.headers["Content-Type"] == "text/plain"


# Who looks at an answer.


def test_every_answer_is_looked_at_before_anybody_else_sees_it() -> None:
    looked_at: list[Answer] = []
    with StandIn(fine) as server:
        client = RAGFlow(server.url, SOMEBODY, check=looked_at.append)
        answers = [client.list_assistants(), client.as_(NO_KEY).list_sessions("c1")]
    assert looked_at == answers


def test_what_is_found_wrong_with_an_answer_is_told() -> None:
    def check(answer: Answer) -> None:
        raise WrongShape(answer.text)

    with StandIn(fine) as server, pytest.raises(WrongShape, match='"code": 0'):
        RAGFlow(server.url, SOMEBODY, check=check).list_assistants()


def test_somebody_else_may_look_at_the_answers() -> None:
    mine: list[Answer] = []
    others: list[Answer] = []
    with StandIn(fine) as server:
        client = RAGFlow(server.url, SOMEBODY, check=mine.append)
        client.checked_by(others.append, LONG).list_assistants()
        client.list_sessions("c1")
    assert [[answer.request.path for answer in each] for each in (others, mine)] == [
        ["/api/v1/chats"],
        ["/api/v1/chats/c1/sessions"],
    ]


# A key that is sent back.

ODD_KEY = 'ragflow-"0123"-\\-ä'

# what is said: (with whose key, what is shown of it)
REDACTED = {
    f"Bearer {KEY}": (SOMEBODY, f"Bearer {REDACTED_KEY}"),
    f"{KEY}{KEY} {KEY[:-1]}": (SOMEBODY, f"{REDACTED_KEY}{REDACTED_KEY} {KEY[:-1]}"),
    "nothing of it": (SOMEBODY, "nothing of it"),
    ODD_KEY: (Credentials.of("odd", ODD_KEY), REDACTED_KEY),
    json.dumps({"key": ODD_KEY}): (Credentials.of("odd", ODD_KEY), f'{{"key": "{REDACTED_KEY}"}}'),
    "one two three": (Credentials("several", "one two", ("three", "two")), f"one two {REDACTED_KEY}"),
    "abcd": (Credentials.of("short", "abcd"), "abcd"),
    "abcde": (Credentials.of("long enough", "abcde"), REDACTED_KEY),
    "no key": (NO_KEY, "no key"),
}


@pytest.mark.parametrize(("said", "credentials", "shown"), [(said, *what) for said, what in REDACTED.items()])
def test_a_key_that_is_sent_back_is_not_shown(said: str, credentials: Credentials, shown: str) -> None:
    assert credentials.redacted(said) == shown


def test_a_key_is_gone_from_an_answer() -> None:
    with StandIn(lambda _: json_reply({"key": KEY}, 302, Location=f"/login?key={KEY}")) as server:
        answer = ragflow(server).list_assistants()
    assert answer.body == {"key": REDACTED_KEY}
    assert answer.location == f"/login?key={REDACTED_KEY}"
    assert KEY not in f"{answer.text} {answer}"


# an answer that is no JSON
NOT_JSON = {
    "a page": b"<html><h1>It works!</h1></html>",
    "nothing": b"",
    "half of it": b'{"code": 0',
    "bytes": b"\xff\xfe\xfa\x00",
    "too deep": b"[" * 100_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain; charset=nonsense"])
def test_an_answer_need_not_be_json(body: bytes, kind: str) -> None:
    with StandIn(lambda _: Reply(502, body, {"Content-Type": kind})) as server:
        answer = ragflow(server).list_assistants()
    assert (answer.status, answer.is_json, answer.body) == (502, False, None)
    assert isinstance(answer.text, str)


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_any_json_is_an_answer(value: object) -> None:
    with StandIn(lambda _: json_reply(value)) as server:
        answer = ragflow(server).list_assistants()
    assert answer.is_json
    assert type(answer.body) is type(value)
    assert answer.body == value


def test_an_empty_list_of_assistants_is_never_sent() -> None:
    with StandIn(fine) as server, pytest.raises(ValueError, match="empty"):
        ragflow(server).delete_assistants([])
    assert server.seen == []


def test_several_threads_may_ask_at_once() -> None:
    threads = 8
    together = threading.Barrier(threads, timeout=LONG)

    def reaction(seen: Seen) -> Reply:
        together.wait()
        return json_reply(seen.path)

    with StandIn(reaction) as server, ThreadPoolExecutor(threads) as pool:
        client = ragflow(server)
        ids = [f"c{number}" for number in range(3 * threads)]
        answers = list(pool.map(client.list_sessions, ids))
    assert [answer.body for answer in answers] == [f"/api/v1/chats/{id}/sessions" for id in ids]
    assert len(server.seen) == len(ids)
