"""How answers are read, and which of them are not RAGFlow's."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress

import pytest

from acceptance.errors import NoAdminServer, NoAnswer, NotRAGFlow
from acceptance.ragflow import responses
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY, Content
from tests.unit.ragflow.test_client import CALLS, KEY, WITH_KEY, client, replying
from tests.unit.stand_in import Misconduct, Reply


@pytest.mark.parametrize(
    ("data", "body", "is_utf8"),
    [
        *((json.dumps(value).encode(), value, True) for value in (None, False, 0, "", [], {}, "x")),
        ('"שיחה 会话 🗑️ é"'.encode(), "שיחה 会话 🗑️ é", True),
        ('"\ufffd"'.encode(), "\ufffd", True),
        (b'"\\ufffd"', "\ufffd", True),
        (b'"\\ud83d \\uDC00 \\ud83c\\udfb2"', "\\ud83d \\udc00 🎲", True),
        ('"é"'.encode("latin-1"), "\ufffd", False),
        ('"é"'.encode()[:2] + b'"', "\ufffd", False),
        ('"\ufffd'.encode() + b'\xff"', "\ufffd\ufffd", False),
        ('"é"'.encode("utf-16"), "é", False),
        ('"é"'.encode("utf-8-sig"), "é", False),
    ],
)
def test_any_json_is_an_answer_and_only_valid_utf_8_counts_as_utf_8(data: bytes, body: object, is_utf8: bool) -> None:
    with replying(Reply(200, data, {"Content-Type": "application/json"})) as server:
        answer = client(server).list_assistants()
    assert (answer.is_json, type(answer.body), answer.body, answer.is_utf8) == (True, type(body), body, is_utf8)


NOT_JSON = {
    "a page": b"<html><h1>It works!</h1></html>",
    "nothing": b"",
    "half of it": b'{"code": 0',
    "binary data": b"\xff\xfe\xfa\x00",
    "too deep": b"[" * 100_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("status", [200, 302, 404, 499, 500, 599])
def test_only_a_server_error_may_be_any_text(body: bytes, status: int) -> None:
    with replying(Reply(status, body, {"Content-Type": "text/plain; charset=nonsense"})) as server:
        if status < 500:
            with pytest.raises(NotRAGFlow, match=f"it is not JSON(?s:.)*Answer:   {status} after"):
                client(server).list_assistants()
            return
        answer = client(server).list_assistants()
    assert (answer.status, answer.type, answer.is_json, answer.body) == (status, "text/plain", False, None)


def test_an_answer_without_content_may_be_from_ragflow() -> None:
    with replying(Reply(204)) as server:
        answer = client(server).delete_sessions("c1", Content())
    assert (answer.status, answer.text, answer.is_json) == (204, "", False)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which the client would have waited."""
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    return pauses


GATEWAYS = {429: "a rate limit", 502: "cannot reach RAGFlow", 503: "overloaded", 504: "timed out"}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("status", "source"), GATEWAYS.items())
def test_a_gateway_is_not_ragflow_and_only_reads_are_retried(
    call: str, status: int, source: str, pauses: list[float]
) -> None:
    reply = Reply(status, b'{"code": 0}', {"Content-Type": "application/json"})
    with (
        replying(then=reply) as server,
        pytest.raises(NotRAGFlow, match=f"not from RAGFlow: status {status} comes from .*{source}") as error,
    ):
        CALLS[call](client(server))
    is_retried = call.startswith("GET") and status == 503
    assert server.calls() == [call] * (6 if is_retried else 1)
    assert ("and 5 retries" in str(error.value), sum(pauses) > 0) == (is_retried, is_retried)
    assert sum(pauses) < 60
    assert f"Request:  {call} with a key" in str(error.value)
    assert '{"code": 0}' in str(error.value)
    assert KEY not in str(error.value)


@pytest.mark.parametrize("call", CALLS)
def test_a_go_server_without_its_admin_server_is_not_busy(call: str, pauses: list[float]) -> None:
    body = b'{"code":401,"data":"No","message":"server license Post \\"http://0.0.0.0:9381\\": connection refused"}'
    with (
        replying(then=Reply(503, body, {"Content-Type": "application/json; charset=utf-8"})) as server,
        pytest.raises(NoAdminServer, match="admin server is not running"),
    ):
        CALLS[call](client(server))
    assert (server.calls(), pauses) == ([call], [])


@pytest.mark.parametrize("times", [0, 1, 5])
def test_a_read_is_retried_while_the_server_is_busy(times: int, pauses: list[float]) -> None:
    with replying(*[Reply(503)] * times) as server:
        ragflow = client(server)
        answer = ragflow.acting_as(NO_KEY).list_sessions("c1")
        assert ragflow.list_sessions("c1").retries == 0
    assert (answer.status, answer.retries, ragflow.server.retries) == (200, times, times)
    assert len(server.seen) == times + 2
    assert sum(pauses) < 30


# how long a server asks for: how long the client waits
@pytest.mark.parametrize(
    ("method", "status", "requested", "waited"),
    [
        ("GET", 503, "0", []),
        ("GET", 503, "3", [3]),
        ("GET", 503, "3600", [10]),
        *(("GET", status, "1", []) for status in (413, 500, 502, 504)),
        *(("DELETE", status, "1", []) for status in (413, 503)),
    ],
)
def test_only_a_busy_server_makes_a_read_wait_up_to_a_limit(
    method: str, status: int, requested: str, waited: list[float], pauses: list[float]
) -> None:
    with replying(Reply(status, headers={"Retry-After": requested})) as server, suppress(NotRAGFlow):
        client(server).call(method, "/chats")
    is_retried = method == "GET" and status == 503
    assert (len(server.seen), pauses) == (2 if is_retried else 1, waited)


CUT = {"Content-Length": "99", "Connection": "close"}
CHUNKED = {"Transfer-Encoding": "chunked", "Connection": "close"}

# an answer: the reason why it cannot be read
UNREADABLE: dict[str, tuple[Reply | Misconduct, str]] = {
    "a body that is cut": (Reply(200, b'{"code": 0}', CUT), "broke off"),
    "a redirect that is cut": (Reply(302, b"{", {"Location": "/a", **CUT}), "broke off"),
    "a chunk that is cut": (Reply(200, b"99\r\n{", CHUNKED), "broke off"),
    "not compressed": (Reply(200, b'{"code": 0}', {"Content-Encoding": "gzip"}), "cannot be decompressed"),
    "compressed too often": (Reply(200, b"{}", {"Content-Encoding": ",".join(["gzip"] * 99)}), "decompressed"),
    "two lengths": (Reply(200, b"{}", {"Content-Length": "2, 3"}), "malformed header"),
    "a malformed URL": (Reply(302, b"{}", {"Location": "http://[::1"}), "is malformed"),
    "nothing": (Misconduct.SILENCE, "timeout"),
}


@pytest.mark.parametrize(("reply", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_answer_is_no_answer(reply: Reply | Misconduct, reason: str) -> None:
    with replying(then=reply) as server, pytest.raises(NoAnswer, match=f"GET /api/v1/chats got no answer: .*{reason}"):
        # Other credentials have the same timeout.
        client(server, read_timeout=0.2).acting_as(NO_KEY).list_assistants()
    assert len(server.seen) == 1


def test_compressed_and_chunked_answers_are_read() -> None:
    compressed = Reply(200, gzip.compress(b'{"code": 0}'), {"Content-Encoding": "gzip"})
    chunked = Reply(200, b'9\r\n{"code": \r\n2\r\n0}\r\n0\r\n\r\n', {"Transfer-Encoding": "chunked"})
    with replying(compressed, chunked) as server:
        ragflow = client(server)
        assert [ragflow.list_assistants().body, ragflow.list_assistants().body] == [{"code": 0}, {"code": 0}]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "compressed"])
def test_an_answer_that_is_too_long_is_not_read(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "MAX_BYTES", 1024**2)
    headers = {"Content-Encoding": "gzip"} if pack is gzip.compress else {}
    longest, too_long = (Reply(200, pack(b" " * length + b"1"), headers) for length in (1024**2 - 1, 1024**2))
    with replying(longest, too_long) as server:
        assert client(server).list_assistants().body == 1
        with pytest.raises(NoAnswer, match="longer than 1 MB"):
            client(server).list_assistants()


def test_an_answer_that_never_ends_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "READ_TIMEOUT", 0.3)
    with replying(Misconduct.DROPS) as server, pytest.raises(NoAnswer, match="still arriving after 0 s"):
        client(server).list_assistants()


def test_a_missing_server_and_missing_https_are_explained() -> None:
    with replying() as server, pytest.raises(NoAnswer, match="does not speak HTTPS"):
        RAGFlow(server.url.replace("http", "https"), WITH_KEY).list_assistants()
    with pytest.raises(NoAnswer, match="refused"):
        client(server).list_assistants()
