import gzip
import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from acceptance.errors import Inconclusive, NoAnswer, NotRAGFlow, WrongShape
from acceptance.ragflow import client as clients
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY, Answer, Content, Credentials
from acceptance.ragflow.messages import REDACTED as REDACTED_KEY
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply

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


def ragflow(server: StandIn, credentials: Credentials = SOMEBODY, read_timeout: float = LONG) -> RAGFlow:
    return RAGFlow(server.url, credentials, read_timeout=read_timeout)


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
        ragflow(server, read_timeout=0.1).list_assistants()
    assert len(server.seen) == 1


def test_a_limit_of_time_is_handed_on() -> None:
    with StandIn(lambda _: Misconduct.SILENCE) as server, pytest.raises(NoAnswer):
        ragflow(server, read_timeout=0.1).acting_as(NO_KEY).list_assistants()


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
        ragflow(server).acting_as(credentials).list_assistants()
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


# a session that is to be created, by its name and its user: what is sent
CREATIONS: dict[str, tuple[tuple[str | None, str | None], object]] = {
    "a name": (("s", None), {"name": "s"}),
    "a name and a user": (("s", "u"), {"name": "s", "user_id": "u"}),
    "a user": ((None, "u"), {"user_id": "u"}),
    "neither": ((None, None), {}),
    # What is empty is sent: RAGFlow has something to say about it.
    "an empty name and an empty user": (("", ""), {"name": "", "user_id": ""}),
}


@pytest.mark.parametrize(("who", "sent"), CREATIONS.values(), ids=CREATIONS)
def test_a_session_is_created_with_the_name_and_the_user_that_are_said(
    who: tuple[str | None, str | None], sent: object
) -> None:
    with StandIn(fine) as server:
        ragflow(server).create_session("c1", *who)
    assert json.loads(server.seen[0].body) == sent


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


# where a redirect leads, behind the address of the server: the address that is asked
REDIRECTS = {
    "/api/v1/elsewhere": "/api/v1/elsewhere",
    "/api/v1/elsewhere/?a=1&b=%20": "/api/v1/elsewhere/?a=1&b=%20",
    "/api/v1/elsewhere#top": "/api/v1/elsewhere",
}


@pytest.mark.parametrize(("place", "path"), REDIRECTS.items())
@pytest.mark.parametrize("with_host", [True, False])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_deletion_is_followed_where_that_is_wanted(
    place: str, path: str, with_host: bool, status: int
) -> None:
    def reaction(seen: Seen) -> Reply:
        if seen.path == path:
            return json_reply({"code": 0})
        return Reply(status, headers={"Location": (server.url if with_host else "") + place})

    with StandIn(reaction) as server:
        answer = ragflow(server).delete_sessions("c1", Content(b'{"ids": []}', "text/plain"), follow=True)
    assert [seen.path for seen in server.seen] == ["/api/v1/chats/c1/sessions", path]
    for seen in server.seen:
        assert (seen.method, seen.body, seen.headers["Content-Type"]) == ("DELETE", b'{"ids": []}', "text/plain")
        assert seen.headers["Authorization"] == f"Bearer {KEY}"
    assert (answer.status, answer.body, answer.location) == (200, {"code": 0}, None)


def test_a_server_below_an_address_is_followed_there() -> None:
    replies = iter([Reply(308, headers={"Location": "/below/api/v1/elsewhere"}), json_reply({"code": 0})])
    with StandIn(lambda _: next(replies)) as server:
        client = RAGFlow(f"{server.url}/below", SOMEBODY, read_timeout=LONG)
        client.delete_sessions("c1", Content(), follow=True)
    assert [seen.path for seen in server.seen] == ["/below/api/v1/chats/c1/sessions", "/below/api/v1/elsewhere"]


def test_a_redirect_is_followed_once() -> None:
    with StandIn(lambda _: Reply(308, headers={"Location": "/api/v1/elsewhere"})) as server:
        answer = ragflow(server).delete_sessions("c1", Content(), follow=True)
    assert len(server.seen) == 2
    assert (answer.status, answer.location) == (308, "/api/v1/elsewhere")


@pytest.mark.parametrize("place", ["http://elsewhere.example", "//elsewhere.example", "https://127.0.0.1"])
@pytest.mark.parametrize("follow", [True, False])
def test_nobody_is_followed_to_another_host(place: str, follow: bool) -> None:
    with (
        StandIn(lambda _: Reply(307, headers={"Location": f"{place}/api/v1/chats/c1/sessions"})) as server,
        pytest.raises(NotRAGFlow, match=r"redirects to another host, \S*(elsewhere\.example|127\.0\.0\.1)\."),
    ):
        ragflow(server).delete_sessions("c1", Content(), follow=follow)
    assert len(server.seen) == 1


def test_the_text_of_a_redirect_is_read_as_any_other() -> None:
    with StandIn(lambda _: json_reply({"code": 0}, 302, Location="/api/v1/elsewhere")) as server:
        answer = ragflow(server).list_assistants()
    assert (answer.text, answer.body) == ('{"code": 0}', {"code": 0})


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
        answers = [client.list_assistants(), client.acting_as(NO_KEY).list_sessions("c1")]
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
        client.with_check(others.append, LONG).list_assistants()
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


def test_a_key_is_gone_from_the_headers_of_an_answer() -> None:
    headers = {"X-Asked-By": f"Bearer {KEY}", "Set-Cookie": f"key={KEY}; Path=/", "X-Plain": "plain"}
    with StandIn(lambda _: json_reply({"code": 0}, **headers)) as server:
        answer = ragflow(server).list_assistants()
    assert {name: answer.headers[name] for name in headers} == {
        "X-Asked-By": f"Bearer {REDACTED_KEY}",
        "Set-Cookie": f"key={REDACTED_KEY}; Path=/",
        "X-Plain": "plain",
    }
    assert KEY not in str(answer)


# Whether it is text.

# what is sent: (the bytes, what is read, whether it is UTF-8)
TEXTS = {
    "ASCII": (b'"x"', "x", True),
    "letters of every alphabet": ('"שיחה 会话 🗑️ é"'.encode(), "שיחה 会话 🗑️ é", True),
    "the letter that stands for none": ('"\ufffd"'.encode(), "\ufffd", True),
    "the same, as an escape": (b'"\\ufffd"', "\ufffd", True),
    "half a character, as an escape": (b'"\\ud83d"', "\ud83d", True),
    "Latin-1": ('"é"'.encode("latin-1"), "\ufffd", False),
    "half a character": ('"é"'.encode()[:2] + b'"', "\ufffd", False),
    "a byte that belongs to nothing, beside the letter that stands for none": (
        '"\ufffd'.encode() + b'\xff"',
        "\ufffd\ufffd",
        False,
    ),
    "UTF-16": ('"é"'.encode("utf-16"), "é", False),
    "UTF-8 behind the mark of an order of bytes": ('"é"'.encode("utf-8-sig"), "é", False),
}


@pytest.mark.parametrize(("sent", "read", "is_text"), TEXTS.values(), ids=TEXTS)
def test_what_is_not_utf_8_is_told_from_what_only_looks_like_it(sent: bytes, read: str, is_text: bool) -> None:
    with StandIn(lambda _: Reply(200, sent, {"Content-Type": "application/json"})) as server:
        answer = ragflow(server).list_assistants()
    assert (answer.body, answer.is_text) == (read, is_text)


# Whose answer it is.

# an answer that is no JSON
NOT_JSON = {
    "a page": b"<html><h1>It works!</h1></html>",
    "nothing": b"",
    "half of it": b'{"code": 0',
    "bytes": b"\xff\xfe\xfa\x00",
    "too deep": b"[" * 100_000,
}
every_answer_that_is_no_json = pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)


@every_answer_that_is_no_json
@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain; charset=nonsense"])
@pytest.mark.parametrize("status", [500, 501, 505, 599])
def test_an_answer_of_a_server_that_fails_need_not_be_json(body: bytes, kind: str, status: int) -> None:
    with StandIn(lambda _: Reply(status, body, {"Content-Type": kind})) as server:
        answer = ragflow(server).list_assistants()
    assert (answer.status, answer.is_json, answer.body) == (status, False, None)
    assert isinstance(answer.text, str)
    assert answer.type == kind.partition(";")[0]


@every_answer_that_is_no_json
@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 404, 405, 499])
def test_below_500_what_is_no_json_is_not_ragflows(body: bytes, status: int) -> None:
    with StandIn(lambda _: Reply(status, body)) as server, pytest.raises(NotRAGFlow, match="it is no JSON") as trouble:
        ragflow(server).list_assistants()
    assert f"Answer:   {status} after" in str(trouble.value)


def test_what_has_no_content_by_its_status_is_ragflows() -> None:
    with StandIn(lambda _: Reply(204)) as server:
        answer = ragflow(server).delete_sessions("c1", Content())
    assert (answer.status, answer.text, answer.is_json) == (204, "", False)


GATEWAY_STATUSES = {
    429: "whoever limits the number of requests",
    502: "a gateway that reached no RAGFlow",
    503: "a server that is busy",
    504: "a gateway that waited for RAGFlow in vain",
}


@every_call
@pytest.mark.parametrize(("status", "who"), GATEWAY_STATUSES.items())
@pytest.mark.parametrize("body", [b"<h1>Wait</h1>", b'{"code": 0}'], ids=["a page", "JSON"])
@pytest.mark.usefixtures("pauses")
def test_a_gateway_is_not_ragflow(
    expected: str, call: Callable[[RAGFlow], Answer], status: int, who: str, body: bytes
) -> None:
    with (
        StandIn(lambda _: Reply(status, body, {"Content-Type": "application/json"})) as server,
        pytest.raises(NotRAGFlow, match=f"not RAGFlow's: {status} is said by {who}") as trouble,
    ):
        call(ragflow(server))
    assert f"Request:  {expected} with somebody" in str(trouble.value)
    assert body.decode() in str(trouble.value)
    assert KEY not in str(trouble.value)


def test_nobody_looks_at_what_is_not_ragflows() -> None:
    looked_at: list[Answer] = []
    with StandIn(lambda _: Reply(502)) as server, pytest.raises(NotRAGFlow):
        RAGFlow(server.url, SOMEBODY, check=looked_at.append).list_assistants()
    assert looked_at == []


# Whoever is busy.


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which the client would have waited."""
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    return pauses


class Busy:
    """A server that says so many times that it is busy."""

    def __init__(self, times: int, status: int = 503, **headers: str) -> None:
        self._replies = iter([Reply(status, b"<h1>Later</h1>", headers)] * times)

    def __call__(self, seen: Seen) -> Reply:
        return next(self._replies, fine(seen))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("times", [0, 1, 3, 5])
def test_whoever_is_busy_is_asked_again_for_what_is_read(status: int, times: int, pauses: list[float]) -> None:
    with StandIn(Busy(times, status)) as server:
        client = ragflow(server)
        answer = client.list_sessions("c1")
        assert client.list_sessions("c1").busy == 0
    assert (answer.status, answer.busy) == (200, times)
    assert server.calls() == ["GET /api/v1/chats/c1/sessions"] * (times + 2)
    assert sum(pauses) < 30


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_is_busy_is_not_asked_for_ever(status: int, pauses: list[float]) -> None:
    with StandIn(Busy(99, status)) as server, pytest.raises(NotRAGFlow, match=f"{status}.*(?s:.)*5 before it"):
        ragflow(server).get("/nowhere")
    assert len(server.seen) == 6
    assert sum(pauses) < 60


# how long a server wants to be left alone: how long it is
PAUSES = {"0": None, "3": 3, "3600": 10}


@pytest.mark.parametrize(("wanted", "kept"), PAUSES.items())
def test_a_server_is_left_alone_as_long_as_it_wants_up_to_a_limit(
    wanted: str, kept: float | None, pauses: list[float]
) -> None:
    with StandIn(Busy(1, 429, **{"Retry-After": wanted})) as server:
        assert ragflow(server).list_assistants().busy == 1
    assert pauses == ([] if kept is None else [kept])


@pytest.mark.parametrize(("expected", "call"), [each for each in CALLS.items() if not each[0].startswith("GET")])
@pytest.mark.parametrize("status", [429, 503])
def test_whoever_is_busy_is_not_asked_again_for_what_changes_something(
    expected: str, call: Callable[[RAGFlow], Answer], status: int, pauses: list[float]
) -> None:
    with StandIn(Busy(99, status, **{"Retry-After": "0"})) as server, pytest.raises(NotRAGFlow):
        call(ragflow(server))
    assert server.calls() == [expected]
    assert pauses == []


@pytest.mark.parametrize("status", [413, 500, 502, 504])
def test_nobody_else_is_asked_again(status: int, pauses: list[float]) -> None:
    with StandIn(Busy(99, status, **{"Retry-After": "1"})) as server, suppress(NotRAGFlow):
        ragflow(server).list_assistants()
    assert len(server.seen) == 1
    assert pauses == []


@pytest.mark.usefixtures("pauses")
def test_it_is_counted_how_often_a_server_was_busy() -> None:
    with StandIn(Busy(3)) as server:
        client = ragflow(server)
        client.acting_as(NO_KEY).list_assistants()
        client.with_check(lambda _: None, LONG).list_assistants()
    assert (client.busy, client.acting_as(NO_KEY).busy) == (3, 3)


# What cannot be read.


def packed(data: bytes) -> Reply:
    return Reply(200, data, {"Content-Encoding": "gzip"})


# an answer that cannot be read to its end: (the answer, what is said of it)
UNREADABLE = {
    "less than it says": (Reply(200, b'{"code": 0}', {"Content-Length": "99", "Connection": "close"}), "broke off"),
    "a page of a gateway, cut": (Reply(502, b"<h1>", {"Content-Length": "99", "Connection": "close"}), "broke off"),
    "a redirect, cut": (
        Reply(302, b"{", {"Location": "/a", "Content-Length": "99", "Connection": "close"}),
        "broke off",
    ),
    "a chunk that is cut": (
        Reply(200, b"99\r\n{", {"Transfer-Encoding": "chunked", "Connection": "close"}),
        "broke off",
    ),
    "no chunk at all": (Reply(200, b"{}\r\n", {"Transfer-Encoding": "chunked", "Connection": "close"}), "broke off"),
    "packed, and is not": (packed(b'{"code": 0}'), "packed in a way that cannot be read"),
    "packed too often": (
        Reply(200, b"{}", {"Content-Encoding": ",".join(["gzip"] * 99)}),
        "packed in a way that cannot be read",
    ),
    "a redirect, wrongly packed": (
        Reply(302, b"{}", {"Location": "/a", "Content-Encoding": "gzip"}),
        "packed in a way that cannot be read",
    ),
    "two lengths": (Reply(200, b"{}", {"Content-Length": "2, 3"}), "one of its headers cannot be read"),
    "an address that is none": (Reply(302, b"{}", {"Location": "http://[::1"}), "the one that it leads to, cannot be"),
    "an address that is none, for nothing": (
        Reply(201, b"{}", {"Location": "http://[::1"}),
        "the one that it leads to, cannot be",
    ),
}


@pytest.mark.parametrize(("reply", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_is_none(reply: Reply, told: str) -> None:
    with StandIn(lambda _: reply) as server, pytest.raises(NoAnswer, match=f"got no answer: .*{told}"):
        ragflow(server).list_assistants()
    assert len(server.seen) == 1


def test_what_is_packed_is_unpacked() -> None:
    with StandIn(lambda _: packed(gzip.compress(b'{"code": 0}'))) as server:
        assert ragflow(server).list_assistants().body == {"code": 0}


def test_an_answer_in_chunks_is_read_to_its_end() -> None:
    chunks = b'9\r\n{"code": \r\n2\r\n0}\r\n0\r\n\r\n'
    with StandIn(lambda _: Reply(200, chunks, {"Transfer-Encoding": "chunked"})) as server:
        assert ragflow(server).list_assistants().body == {"code": 0}


@pytest.mark.parametrize("status", [200, 302, 500, 502])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["as it is", "packed"])
def test_an_answer_that_is_too_long_is_not_read_to_its_end(
    status: int, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "LONGEST", 1024**2)
    headers = {"Location": "/a"} if status == 302 else {}
    if pack is gzip.compress:
        headers["Content-Encoding"] = "gzip"
    with (
        StandIn(lambda _: Reply(status, pack(b" " * 1024**2 + b"1"), headers)) as server,
        pytest.raises(NoAnswer, match="longer than 1 MB"),
    ):
        ragflow(server).list_assistants()


def test_an_answer_may_be_as_long_as_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "LONGEST", 100_000)
    with StandIn(lambda _: Reply(200, b" " * 99_999 + b"1")) as server:
        assert ragflow(server).list_assistants().body == 1


def test_an_answer_that_comes_in_drops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "READ_TIMEOUT", 0.3)
    with StandIn(lambda _: Misconduct.DROPS) as server, pytest.raises(NoAnswer, match="still arriving after 0 s"):
        ragflow(server).list_assistants()


def test_a_certificate_that_nobody_trusts_is_told_with_the_way_out(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with StandIn(fine, tls) as server, pytest.raises(NoAnswer, match="not trusted; REQUESTS_CA_BUNDLE names"):
        ragflow(server).list_assistants()
    assert server.seen == []


def test_a_server_that_does_not_speak_https_is_told() -> None:
    with StandIn(fine) as server, pytest.raises(NoAnswer, match="does not speak HTTPS"):
        RAGFlow(server.url.replace("http", "https"), SOMEBODY).list_assistants()


# How many requests in a row got no answer.


def test_requests_without_an_answer_are_counted_in_a_row_whoever_asks() -> None:
    replies: list[Reply | Misconduct] = [
        *[Misconduct.BREAK_OFF] * 3,
        json_reply({"code": 0}),
        Misconduct.BREAK_OFF,
        packed(b"junk"),
        Reply(502),
        Misconduct.BREAK_OFF,
    ]
    given = iter(replies)
    with StandIn(lambda _: next(given)) as server:
        client = ragflow(server)
        people = [client, client.acting_as(NO_KEY), client.with_check(lambda _: None, LONG)] * 3
        counts = []
        for person, _ in zip(people, replies, strict=False):
            with suppress(Inconclusive):
                person.list_assistants()
            assert len({each.unanswered for each in people}) == 1
            counts.append(client.unanswered)
    assert counts == [1, 2, 3, 0, 1, 2, 0, 1]


def test_another_server_is_counted_for_itself() -> None:
    with StandIn(lambda _: Misconduct.BREAK_OFF) as server:
        mine, others = ragflow(server), ragflow(server)
        with pytest.raises(NoAnswer):
            mine.list_assistants()
    assert (mine.unanswered, others.unanswered) == (1, 0)


def test_somebody_is_told_of_each_request_answered_or_not() -> None:
    told: list[tuple[str, float]] = []
    replies = iter([json_reply({"code": 0}), Misconduct.BREAK_OFF, Reply(502, b"Bad Gateway")])
    with StandIn(lambda _: next(replies)) as server:
        client = ragflow(server).with_listener(lambda request, seconds: told.append((request.path, seconds)))
        client.acting_as(NO_KEY).get("/first")
        for path in ("/second", "/third"):
            with pytest.raises(Inconclusive):
                client.get(path)
    assert [path for path, _ in told] == ["/api/v1/first", "/api/v1/second", "/api/v1/third"]
    assert all(seconds > 0 for _, seconds in told)


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
