import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acceptance.errors import NoAnswer
from acceptance.ragflow.client import NO_KEY, Answer, Content, Credentials, RAGFlow
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
    "DELETE /api/v1/chats/c1/sessions": lambda ragflow: ragflow.delete_sessions("c1", Content()),
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
        client.list_assistants("a b")
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


# whether a body names sessions, so that it can do nothing to all of an assistant's
NAMING = {
    b'{"ids": ["a"]}': True,
    b'{"ids": ["a", "b"], "delete_all": false}': True,
    b'{"ids": []}': False,
    b'{"ids": null}': False,
    b'{"ids": "a"}': False,
    b'{"ids": [1]}': False,
    b'{"ids": ["a", null]}': False,
    b"{}": False,
    b'["a"]': False,
    b'"ids"': False,
    b"null": False,
    b'{"ids": ["a"]': False,
    b"\xff": False,
    b"": False,
}


@pytest.mark.parametrize(("data", "names"), NAMING.items())
def test_only_a_list_of_sessions_names_sessions(data: bytes, names: bool) -> None:
    assert Content(data).names_sessions is names


def test_without_a_body_no_sessions_are_named() -> None:
    assert not Content().names_sessions


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
