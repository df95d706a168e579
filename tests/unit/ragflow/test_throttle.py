"""A rate limit slows the run down, and fails no request that it can wait for."""

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from acceptance.errors import Inconclusive, NotRAGFlow
from acceptance.ragflow import throttle as module
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.throttle import Throttle
from acceptance.sandbox import races
from acceptance.sandbox.sandbox import Sandbox
from tests.unit.ragflow.test_client import CALLS, OK, client, replying
from tests.unit.sandboxes import new_sender
from tests.unit.stand_in import Reply, StandIn


class Clock:
    """A monotonic clock that only sleeping moves forward."""

    def __init__(self) -> None:
        self.now, self.pauses = 1_000.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr("acceptance.ragflow.client.time", clock)
    return clock


def throttled(server: StandIn, rate: int | None = None) -> RAGFlow:
    ragflow = client(server)
    ragflow.server.throttle = Throttle(rate)
    return ragflow


def busy(**headers: str) -> Reply:
    return Reply(
        429, b'{"message": "API rate limit exceeded"}', {name.replace("_", "-"): headers[name] for name in headers}
    )


@pytest.mark.parametrize("call", CALLS)
def test_every_request_is_repeated_because_a_rate_limit_has_not_executed_it(call: str, clock: Clock) -> None:
    with replying(busy(Retry_After="3"), busy()) as server:
        ragflow = throttled(server)
        answer = CALLS[call](ragflow)
        assert (answer.status, answer.retries, ragflow.server.retries) == (200, 2, 2)
    assert server.calls() == [call] * 3
    assert [round(pause, 3) for pause in clock.pauses if pause] == [3, 1]


@pytest.mark.parametrize(
    ("value", "waited"),
    [
        ("0", 0.5),
        ("1.5", 1.5),
        ("3600", 30),
        ("soon", 0.5),
        ("-1", 0.5),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 30),
    ],
)
def test_the_server_says_how_long_to_wait(value: str, waited: float, clock: Clock) -> None:
    with replying(busy(retry_after=value)) as server:
        throttled(server).list_assistants()
    assert round(sum(clock.pauses), 3) == waited


def test_a_request_waits_two_minutes_at_most(clock: Clock) -> None:
    with replying(then=busy()) as server:
        ragflow = throttled(server)
        with pytest.raises(NotRAGFlow, match=r"429 comes from a rate limit(?s:.)*retries"):
            ragflow.list_assistants()
        assert ragflow.server.retries == len(server.seen) - 1
    assert 120 <= sum(clock.pauses) < 150


def test_a_load_test_does_not_adapt(clock: Clock) -> None:
    with replying(busy()) as server, pytest.raises(NotRAGFlow, match="429"):
        throttled(server).with_listener(lambda *_: None).list_assistants()
    assert (len(server.seen), clock.pauses) == (1, [])


class Bucket:
    """A rate limiter: so many requests a second, and so many at once. ``refused`` counts the others."""

    def __init__(self, clock: Clock, rate: float, size: float) -> None:
        self.clock, self.rate, self.size = clock, rate, size
        self.tokens, self.at, self.refused = size, clock.now, 0

    def __call__(self, _: Any) -> Reply:
        self.tokens = min(self.size, self.tokens + (self.clock.now - self.at) * self.rate)
        self.at = self.clock.now
        if self.tokens < 1:
            self.refused += 1
            return busy(Retry_After="1")
        self.tokens -= 1
        # What the request itself takes.
        self.clock.now += 0.003
        return OK


@pytest.mark.parametrize(("rate", "size"), [(10, 10), (10, 1), (2, 20)])
def test_the_limit_is_learned_and_kept(rate: float, size: float, clock: Clock) -> None:
    bucket = Bucket(clock, rate, size)
    with StandIn(bucket) as server:
        ragflow = throttled(server)
        for _ in range(80):
            ragflow.list_assistants()
        learning, began = bucket.refused, clock.now
        for _ in range(80):
            ragflow.list_assistants()
    assert 0 < learning < 12
    assert bucket.refused - learning <= 1
    assert rate / 3 <= 80 / (clock.now - began) <= rate


def test_the_user_sets_a_limit(clock: Clock) -> None:
    starts: list[float] = []
    with StandIn(lambda _: starts.append(clock.now) or OK) as server:
        ragflow = throttled(server, rate=4)
        for _ in range(5):
            ragflow.list_assistants()
        assert ragflow.server.throttle.summary == "; throttled to 4.0 requests a second"
    assert [round(late - early, 3) for early, late in pairwise(starts)] == [0.25] * 4


def test_processes_share_a_schedule(clock: Clock) -> None:
    parent = Throttle()
    worker = Throttle(file=os.dup(parent.file))
    parent.accept()
    clock.now += 1
    parent.reject(clock.now, 2.0, 0)
    began = clock.now
    for each in (worker, parent, worker):
        each.wait()
    assert round(clock.now - began, 3) == round(2 + 2 / 0.9, 3)
    assert worker.summary == parent.summary == "; throttled to 0.9 requests a second"


def test_without_a_limit_nothing_waits(clock: Clock) -> None:
    throttle = Throttle()
    for _ in range(3):
        throttle.wait()
        throttle.wait_for_group(8)
        throttle.accept()
    assert (clock.pauses, throttle.summary) == ([], "")


def test_a_group_waits_until_the_server_accepts_all_of_it(clock: Clock) -> None:
    throttle = Throttle(rate=10)
    throttle.wait_for_group(8)
    began = clock.now
    for _ in range(8):
        throttle.join_group(8)
        throttle.wait()
    assert (round(began - 1_000, 3), clock.now) == (0.8, began)
    throttle.wait()
    assert round(clock.now - began, 3) == 0.8


TOO_MANY = "sends 3 requests at the same time, and the rate limit allows fewer"


def test_a_group_larger_than_the_limit_is_an_error(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    sandbox.ragflow.server.throttle = Throttle(rate=2)
    with pytest.raises(Inconclusive, match=TOO_MANY):
        races.delete_in_rounds(new_sender(sandbox), assistant, people=3)
    sandbox.ragflow.server.throttle = None


def test_a_rejected_request_of_a_group_is_not_repeated() -> None:
    with replying(then=busy(Retry_After="1")) as server:
        ragflow = throttled(server)
        ragflow.server.throttle.join_group(3)
        with pytest.raises(Inconclusive, match=TOO_MANY):
            ragflow.delete_assistants(["a"])
    assert len(server.seen) == 1
