"""Whatever a server answers, it is an answer of RAGFlow's, or nothing is learnt from it."""

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acceptance.errors import Inconclusive, NoAnswer, NotRAGFlow
from acceptance.ragflow.client import GATEWAY_STATUSES, RAGFlow
from acceptance.ragflow.messages import Answer, Content, Credentials
from tests.unit.stand_in import Reply, Seen, StandIn

KEY = "ragflow-0123456789abcdef"
# Seconds: how long a server may be silent, and how long a request may take at the most.
READ_TIMEOUT = 1.0
LIMIT = 5.0

WHO_READS: dict[str, Callable[[RAGFlow], Answer]] = {
    "GET": lambda ragflow: ragflow.list_assistants(),
    "POST": lambda ragflow: ragflow.create_session("c1", "s"),
    "DELETE": lambda ragflow: ragflow.delete_sessions("c1", Content.json({"ids": ["a"]})),
}


@dataclass
class Server:
    """What a stand-in answers next, and what it was asked."""

    stand_in: StandIn
    reply: Reply = field(default_factory=Reply)

    def answer(self, _: Seen) -> Reply:
        return self.reply


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patched:
        # Whoever asks again waits before it, which would only take time here.
        patched.setattr("urllib3.util.retry.time.sleep", lambda _: None)
        server = Server(StandIn(lambda seen: server.answer(seen)))
        with server.stand_in:
            yield server


texts = st.sampled_from([b"", b"{}", b'{"code": 0}', b'{"code": "0"}', b"[1]", b"null", b"NaN", b"<h1>It works!</h1>"])
bodies = st.one_of(texts, st.binary(max_size=200), texts.map(gzip.compress))
places = st.sampled_from(
    [
        "/api/v1/elsewhere",
        "elsewhere",
        "?",
        "#",
        "//elsewhere.example/",
        "http://elsewhere.example",
        "http://[",
        "http:",
    ]
)
headers = st.fixed_dictionaries(
    # A connection that is used again would have to be silent where something is missing.
    {"Connection": st.just("close")},
    optional={
        "Content-Type": st.sampled_from(["application/json", "text/html", "", "nonsense; charset=\xff"]),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "identity", "gzip, gzip", "nonsense"]),
        "Content-Length": st.sampled_from(["0", "1", "10", "10000", "-1", "many", "1, 2"]),
        "Location": places,
        "Retry-After": st.just("0"),
    },
)
# The statuses that are told apart are not left to chance.
statuses = st.one_of(st.integers(100, 599), st.sampled_from([100, 200, 204, 302, 304, 308, 429, 499, 500, 503]))


def is_readable(reply: Reply) -> bool | None:
    """Whether the whole of an answer arrives, as it was sent; None where that is not looked at here."""
    length, packed = reply.headers.get("Content-Length"), reply.headers.get("Content-Encoding")
    if reply.status < 200 or (reply.status in (204, 304) and (length or packed)):
        return None
    if length == "1, 2" or (length == "10000" and packed is None):
        return False
    if packed == "gzip" and length is None and reply.body[1:] and not reply.body.startswith(b"\x1f\x8b"):
        return False
    if length or packed:
        return None
    return reply.headers.get("Location") != "http://["


def has_ragflow_form(reply: Reply, url: str) -> bool:
    """Whether an answer that arrives as it was sent may be RAGFlow's own."""
    if reply.status in GATEWAY_STATUSES:
        return False
    place = reply.headers.get("Location")
    if place:
        return urlsplit(place).netloc in ("", urlsplit(url).netloc)
    return reply.status >= 500 or reply.status == 204 or (reply.status != 304 and is_json(reply.body))


def is_json(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        return False
    return True


def asked(method: str, url: str) -> Answer | Inconclusive:
    """What comes of a request, and in time."""
    ragflow = RAGFlow(url, Credentials.of("somebody", KEY), read_timeout=READ_TIMEOUT)
    began = time.monotonic()
    try:
        return WHO_READS[method](ragflow)
    except Inconclusive as trouble:
        return trouble
    finally:
        assert time.monotonic() - began < LIMIT
        assert ragflow.unanswered <= 1


@pytest.mark.parametrize("method", WHO_READS)
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(status=statuses, body=bodies, headers=headers)
def test_an_answer_is_ragflows_or_nothing_is_learnt(
    server: Server, method: str, status: int, body: bytes, headers: Mapping[str, str]
) -> None:
    server.reply = Reply(status, body, headers)
    before = len(server.stand_in.seen)
    came = asked(method, server.stand_in.url)
    times = len(server.stand_in.seen) - before
    assert isinstance(came, Answer | NoAnswer | NotRAGFlow)
    if isinstance(came, Answer):
        assert came.status == status
        assert came.status not in GATEWAY_STATUSES
        assert came.is_json or status >= 500 or status == 204 or came.location
    readable = is_readable(server.reply)
    if readable is not None:
        assert isinstance(came, NoAnswer) is not readable
        if readable:
            assert isinstance(came, Answer) is has_ragflow_form(server.reply, server.stand_in.url)
    # Only what is read is asked for again.
    assert times == (6 if method == "GET" and status in (429, 503) and came_to_its_headers(headers) else 1)


def came_to_its_headers(headers: Mapping[str, str]) -> bool:
    """Whether the headers of an answer can be read."""
    return headers.get("Content-Length") != "1, 2"
