"""What the client sends, and how it counts and reports its requests."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from acceptance.errors import Inconclusive, NoAnswer, NotRAGFlow, WrongShape
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY, Answer, Content, Credentials
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply

KEY = "ragflow-0123456789abcdef"
WITH_KEY = Credentials.bearer("a key", KEY)
OK = json_reply({"code": 0})

Call = Callable[[RAGFlow], Answer]

CALLS: dict[str, Call] = {
    "POST /api/v1/chats": lambda ragflow: ragflow.create_assistant("a"),
    "GET /api/v1/chats": lambda ragflow: ragflow.list_assistants(),
    "DELETE /api/v1/chats": lambda ragflow: ragflow.delete_assistants(["c1"]),
    "POST /api/v1/chats/c1/sessions": lambda ragflow: ragflow.create_session("c1", "s"),
    "GET /api/v1/chats/c1/sessions": lambda ragflow: ragflow.list_sessions("c1"),
    "PUT /api/v1/chats/c1/sessions/s1": lambda ragflow: ragflow.rename_session("c1", "s1", "s", "PUT"),
    "DELETE /api/v1/chats/c1/sessions": lambda ragflow: ragflow.delete_sessions("c1", Content()),
    "PATCH /api/v1/chats/c1/sessions": lambda ragflow: ragflow.call("PATCH", "/chats/c1/sessions", Content(b"{}")),
    "GET /api/v1/nowhere": lambda ragflow: ragflow.call("GET", "/nowhere"),
}
every_call = pytest.mark.parametrize(("expected", "call"), CALLS.items(), ids=CALLS)

# a path: the call that requests it
PATHS: dict[str, Call] = {
    "chats?name=a+b": lambda ragflow: ragflow.list_assistants(name="a b"),
    "chats/c1/sessions?page=2&name=a%26b": lambda ragflow: ragflow.list_sessions("c1", page=2, name="a&b"),
    "chats/c1/sessions/": lambda ragflow: ragflow.delete_sessions("c1", Content(), slash=True),
    "chats/c1/sessions?ids=a&ids=b%20c": lambda ragflow: ragflow.delete_sessions("c1", Content(), "ids=a&ids=b c"),
    "chats/c1/sessions/?a=1": lambda ragflow: ragflow.delete_sessions("c1", Content(), "a=1", slash=True),
    "chats/c1/sessions?a=1": lambda ragflow: ragflow.call("PUT", "/chats/c1/sessions?a=1", Content()),
    "chats//sessions": lambda ragflow: ragflow.delete_sessions("", Content()),
    "chats/a%2Fb/sessions": lambda ragflow: ragflow.list_sessions("a/b"),
    "chats/a%3Fb%23c/sessions": lambda ragflow: ragflow.create_session("a?b#c", "s"),
    "chats/%252F/sessions": lambda ragflow: ragflow.delete_sessions("%2F", Content()),
    "chats/%27%20OR%20%27h%C3%A9%27/sessions": lambda ragflow: ragflow.delete_sessions("' OR 'hé'", Content()),
}

# a body and a content type: the call that sends them
BODIES: list[tuple[bytes, str | None, Call]] = [
    (b'{"ids": ["a"]}', "application/json", lambda each: each.delete_sessions("c1", Content.json({"ids": ["a"]}))),
    (b"", "application/json", lambda each: each.delete_sessions("c1", Content())),
    (b"", None, lambda each: each.delete_sessions("c1", Content(None, None))),
    (b"\x00\xff{", "text/plain", lambda each: each.delete_sessions("c1", Content(b"\x00\xff{", "text/plain"))),
    (b"{}", None, lambda each: each.delete_sessions("c1", Content(b"{}", None))),
    (b'{"name": "s", "user_id": "u"}', "application/json", lambda each: each.create_session("c1", "s", "u")),
    (b'{"name": "s"}', "application/json", lambda each: each.create_session("c1", "s")),
    (b"{}", "application/json", lambda each: each.create_session("c1", None)),
    (b'{"name": "", "user_id": ""}', "application/json", lambda each: each.create_session("c1", "", "")),
]


def client(server: StandIn, credentials: Credentials = WITH_KEY, read_timeout: float = 5.0) -> RAGFlow:
    return RAGFlow(server.url, credentials, read_timeout=read_timeout)


def replying(*replies: Reply | Misconduct, then: Reply | Misconduct = OK) -> StandIn:
    """A server that gives these answers in this order, and afterwards always the last one."""
    remaining = iter(replies)
    return StandIn(lambda _: next(remaining, then))


@every_call
def test_a_call_is_one_request(expected: str, call: Call) -> None:
    with replying() as server:
        answer = call(client(server))
    assert server.calls() == [expected]
    assert (answer.status, answer.body, answer.is_json) == (200, {"code": 0}, True)
    assert f"{answer.request.method} {answer.request.path}" == expected


@every_call
def test_a_call_is_not_repeated_after_a_broken_connection(expected: str, call: Call) -> None:
    with replying(OK, then=Misconduct.BREAK_OFF) as server:
        ragflow = client(server)
        ragflow.list_assistants()
        # First on a connection that was used before, then on a new one.
        for _ in range(2):
            with pytest.raises(NoAnswer, match="broke off"):
                call(ragflow)
    assert server.calls() == ["GET /api/v1/chats", expected, expected]


@every_call
@pytest.mark.parametrize("status", [301, 307])
def test_redirects_are_not_followed(expected: str, call: Call, status: int) -> None:
    with replying(Reply(status, headers={"Location": "/elsewhere"})) as server:
        answer = call(client(server))
    assert server.calls() == [expected]
    assert (answer.status, answer.location) == (status, "/elsewhere")


def test_cookies_are_not_sent_back() -> None:
    with replying(json_reply({"code": 0}, **{"Set-Cookie": "session=1; Path=/"})) as server:
        ragflow = client(server)
        ragflow.list_assistants()
        ragflow.list_assistants()
    assert [seen.headers.get("Cookie") for seen in server.seen] == [None, None]


@pytest.mark.parametrize("header", [None, "", "Bearer", f"Bearer {KEY}", f"Basic {KEY}", "a  b c"])
def test_the_authorization_header_is_sent_as_given(
    header: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login user password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with replying() as server:
        client(server).acting_as(Credentials("x", header)).list_assistants()
    assert server.seen[0].headers.get("Authorization") == header


def test_proxies_do_not_apply_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with replying() as proxy, replying() as server:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(variable, proxy.url)
        for variable in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(variable, raising=False)
        client(server).list_assistants()
    assert (len(proxy.seen), len(server.seen)) == (0, 1)


@pytest.mark.parametrize(("path", "call"), PATHS.items(), ids=PATHS)
def test_the_path_is_quoted_and_holds_the_query(path: str, call: Call) -> None:
    with replying() as server:
        call(client(server))
    assert [seen.path for seen in server.seen] == [f"/api/v1/{path}"]


@pytest.mark.parametrize(("body", "content_type", "call"), BODIES)
def test_the_body_is_sent_as_given(body: bytes, content_type: str | None, call: Call) -> None:
    with replying() as server:
        call(client(server))
    assert (server.seen[0].body, server.seen[0].headers.get("Content-Type")) == (body, content_type)


def test_an_empty_list_of_assistants_is_never_sent() -> None:
    with replying() as server, pytest.raises(ValueError, match="empty"):
        client(server).delete_assistants([])
    assert server.seen == []


def test_several_threads_can_send_at_once() -> None:
    threads = 8
    barrier = threading.Barrier(threads, timeout=5)

    def reaction(seen: Seen) -> Reply:
        barrier.wait()
        return json_reply(seen.path)

    with StandIn(reaction) as server, ThreadPoolExecutor(threads) as pool:
        ids = [f"c{number}" for number in range(3 * threads)]
        answers = list(pool.map(client(server).list_sessions, ids))
    assert [answer.body for answer in answers] == [f"/api/v1/chats/{id}/sessions" for id in ids]


@pytest.mark.parametrize("place", ["/api/v1/elsewhere", "/api/v1/elsewhere/?a=1&b=%20"])
@pytest.mark.parametrize("has_host", [True, False])
@pytest.mark.parametrize(("base", "shown"), [("", ""), ("/base", "/base"), ("/base", "")])
def test_a_redirect_is_followed_once_with_the_same_request(place: str, has_host: bool, base: str, shown: str) -> None:
    location = shown + place
    with StandIn(lambda _: Reply(308, headers={"Location": (server.url if has_host else "") + location})) as server:
        ragflow = RAGFlow(server.url + base, WITH_KEY)
        answer = ragflow.delete_sessions("c1", Content(b'{"ids": []}', "text/plain"), follow=True)
    assert answer.status == 308
    assert [seen.path for seen in server.seen] == [f"{base}/api/v1/chats/c1/sessions", base + place]
    for seen in server.seen:
        assert (seen.method, seen.body, seen.headers["Content-Type"]) == ("DELETE", b'{"ids": []}', "text/plain")
        assert seen.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("host", ["http://127.0.0.1", "https://127.0.0.1:443", "//127.0.0.1"])
def test_a_server_behind_a_proxy_does_not_know_its_scheme_and_port(host: str) -> None:
    with replying(Reply(308, headers={"Location": f"{host}/api/v1/elsewhere"})) as server:
        assert client(server).delete_sessions("c1", Content(), follow=True).status == 200
    assert server.seen[1].path == "/api/v1/elsewhere"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://elsewhere.example/api/v1/chats", "redirects to another host, elsewhere.example"),
        ("//elsewhere.example/api/v1/chats", "redirects to another host, elsewhere.example"),
        ("https://127.0.0.1:1/api/v1/chats", "redirects to another host, 127.0.0.1:1"),
        ("/login", "redirects out of RAGFlow's API"),
        ("https://127.0.0.1/login", "redirects out of RAGFlow's API"),
    ],
)
def test_a_redirect_away_from_the_api_is_not_followed(place: str, reason: str) -> None:
    with replying(Reply(307, headers={"Location": place})) as server, pytest.raises(NotRAGFlow, match=reason):
        client(server).delete_sessions("c1", Content(), follow=True)
    assert len(server.seen) == 1


def test_every_answer_of_ragflow_is_checked_first() -> None:
    checked: list[Answer] = []

    def fail(answer: Answer) -> None:
        raise WrongShape(answer.text)

    with replying(OK, OK, OK, Reply(502)) as server:
        ragflow = RAGFlow(server.url, WITH_KEY, check=checked.append)
        assert checked == [ragflow.list_assistants(), ragflow.acting_as(NO_KEY).list_sessions("c1")]
        failing = ragflow.with_check(fail, 5)
        with pytest.raises(WrongShape, match='"code": 0'):
            failing.list_assistants()
        with pytest.raises(NotRAGFlow):
            failing.list_assistants()


def test_consecutive_requests_without_an_answer_are_counted_for_all_clients_of_a_server() -> None:
    replies = [*[Misconduct.BREAK_OFF] * 3, OK, Misconduct.BREAK_OFF, Reply(502), Misconduct.BREAK_OFF]
    counts = []
    with replying(*replies) as server:
        ragflow = client(server)
        clients = [ragflow, ragflow.acting_as(NO_KEY), ragflow.with_check(lambda _: None, 5)] * 3
        for each, _ in zip(clients, replies, strict=False):
            with suppress(Inconclusive):
                each.list_assistants()
            counts.append(ragflow.server.unanswered)
    assert counts == [1, 2, 3, 0, 1, 0, 1]


def test_the_listener_receives_every_request_answered_or_not() -> None:
    received: list[tuple[str, float]] = []
    with replying(OK, Misconduct.BREAK_OFF, Reply(502)) as server:
        ragflow = client(server).with_listener(lambda request, seconds: received.append((request.path, seconds)))
        for path in ("/first", "/second", "/third"):
            with suppress(Inconclusive):
                ragflow.acting_as(NO_KEY).call("GET", path)
    assert [path for path, _ in received] == ["/api/v1/first", "/api/v1/second", "/api/v1/third"]
    assert all(seconds > 0 for _, seconds in received)
