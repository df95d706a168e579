"""Any answer of a server is accepted, or raises NoAnswer or NotRAGFlow, within the time limits."""

import gzip
import time
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acceptance.errors import NoAnswer, NotRAGFlow
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY, Content
from tests.unit.stand_in import Reply, StandIn

texts = st.sampled_from([b"", b"{}", b'{"code": 0}', b'{"code": "0"}', b"[1]", b"null", b"NaN", b"<h1>It works!</h1>"])
bodies = st.one_of(texts, st.binary(max_size=200), texts.map(gzip.compress))
paths = ["/api/v1/elsewhere", "elsewhere", "?", "#"]
locations = st.sampled_from([*paths, "//elsewhere.example/", "http://elsewhere.example", "http://[", "http:"])
headers = st.fixed_dictionaries(
    # On a connection that stays open, the client would wait for the missing part of an answer.
    {"Connection": st.just("close")},
    optional={
        "Content-Type": st.sampled_from(["application/json", "text/html", "", "nonsense; charset=\xff"]),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "identity", "gzip, gzip", "nonsense"]),
        "Content-Length": st.sampled_from(["0", "1", "10", "10000", "-1", "many", "1, 2"]),
        "Location": locations,
        "Retry-After": st.just("0"),
    },
)
statuses = st.one_of(st.integers(100, 599), st.sampled_from([100, 200, 204, 302, 304, 308, 429, 499, 500, 503]))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_answer_is_accepted_or_raises_an_error(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    reply = Reply()

    @settings(
        max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(status=statuses, body=bodies, headers=headers)
    def check(status: int, body: bytes, headers: Mapping[str, str]) -> None:
        nonlocal reply
        reply = Reply(status, body, headers)
        server.seen.clear()
        ragflow, began = RAGFlow(server.url, NO_KEY, read_timeout=1.0), time.monotonic()
        with suppress(NoAnswer, NotRAGFlow):
            answer = ragflow.list_assistants() if method == "GET" else ragflow.delete_sessions("c1", Content())
            assert answer.status == status
        assert time.monotonic() - began < 5
        is_retried = method == "GET" and status == 503 and headers.get("Content-Length") != "1, 2"
        assert len(server.seen) == (6 if is_retried else 1)

    with StandIn(lambda _: reply) as server:
        check()
