"""How many requests are under way at once, and what becomes of that where it is too much."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acceptance import interruption
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.gate import Gate
from acceptance.ragflow.messages import NO_KEY
from tests.support.runs import wait_until
from tests.unit.stand_in import Reply, Seen, StandIn, json_reply


class Crowd:
    """People who are behind a gate until they may leave, and how many of them are there."""

    def __init__(self, gate: Gate, people: int) -> None:
        self._gate = gate
        self.leave = threading.Semaphore(0)
        self.inside = self.been_inside = 0
        self._count = threading.Lock()
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(people)]
        for thread in self._threads:
            thread.start()

    def _visit(self) -> None:
        with self._gate.passing():
            with self._count:
                self.inside += 1
                self.been_inside += 1
            self.leave.acquire()
            with self._count:
                self.inside -= 1

    def waits_with(self, inside: int) -> None:
        """Wait until so many are inside."""
        wait_until(lambda: self.inside == inside)

    def go_home(self) -> None:
        self.leave.release(len(self._threads))
        for thread in self._threads:
            thread.join(10)
        assert self.inside == 0


@contextmanager
def crowd(gate: Gate, people: int) -> Iterator[Crowd]:
    visitors = Crowd(gate, people)
    try:
        yield visitors
    finally:
        visitors.go_home()


def test_a_gate_without_a_limit_lets_everybody_pass() -> None:
    with crowd(Gate(), 20) as visitors:
        visitors.waits_with(20)


def test_one_with_a_limit_lets_so_many_pass_at_a_time() -> None:
    gate = Gate()
    gate.limit(3)
    most = []
    with crowd(gate, 10) as visitors:
        for left in range(1, 8):
            wait_until(lambda left=left: visitors.been_inside == 2 + left)
            most.append(visitors.inside)
            visitors.leave.release()
    assert max(most) == 3


@pytest.mark.parametrize(("width", "left"), [(8, 4), (3, 1), (1, 1)])
def test_who_hears_that_it_is_too_much_halves_it(width: int, left: int) -> None:
    gate = Gate()
    gate.limit(width)
    gate.narrow(time.monotonic())
    assert (gate.width, gate.refusals) == (left, 1)


def test_those_who_were_under_way_by_then_say_nothing_new() -> None:
    gate = Gate()
    gate.limit(8)
    began = time.monotonic()
    for _ in range(8):
        gate.narrow(began)
    assert (gate.width, gate.refusals) == (4, 8)
    gate.narrow(time.monotonic())
    assert gate.width == 2


def test_it_never_becomes_wider_again() -> None:
    gate = Gate()
    gate.limit(8)
    gate.narrow(time.monotonic())
    gate.limit(8)
    assert gate.width == 4


def test_where_there_is_no_limit_there_is_nothing_to_narrow() -> None:
    gate = Gate()
    gate.narrow(time.monotonic())
    assert (gate.width, gate.refusals) == (None, 1)


def test_whoever_asks_for_much_keeps_nobody_out() -> None:
    """Who comes first is let in first."""
    gate = Gate()
    gate.limit(1)
    order = []

    def come(name: str) -> None:
        with gate.passing():
            order.append(name)

    names = [str(number) for number in range(5)]
    with gate.passing():
        threads = []
        for number, name in enumerate(names, start=1):
            threads.append(threading.Thread(target=come, args=(name,), daemon=True))
            threads[-1].start()
            wait_until(lambda number=number: len(gate._queue) == number)
    for thread in threads:
        thread.join(10)
    assert order == names


def test_all_requests_of_one_server_pass_one_gate() -> None:
    arrived, leave = [], threading.Event()

    def react(seen: Seen) -> Reply:
        arrived.append(seen)
        leave.wait(10)
        return json_reply({"code": 0, "data": []})

    with StandIn(react) as server:
        own = RAGFlow(server.url, NO_KEY)
        own.gate.limit(2)
        clients = [own, own.acting_as(NO_KEY), own.with_check(lambda _: None, 5)] * 2
        threads = [threading.Thread(target=client.list_assistants, daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(arrived) == 2 and len(own.gate._queue) == len(clients) - 2)
        leave.set()
        for thread in threads:
            thread.join(10)
    assert len(arrived) == len(clients)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("call", ["read", "create"])
def test_a_server_that_is_busy_narrows_it(status: int, call: str) -> None:
    answers = iter([Reply(status, headers={"Retry-After": "0"})])
    with StandIn(lambda _: next(answers, json_reply({"code": 0, "data": []}))) as server:
        ragflow = RAGFlow(server.url, NO_KEY)
        ragflow.gate.limit(8)
        if call == "read":
            ragflow.list_assistants()
        else:
            with pytest.raises(Exception, match=str(status)):
                ragflow.create_assistant("mine")
    assert ragflow.gate.width == 4


def test_whoever_comes_to_the_gate_is_told_that_the_run_ends() -> None:
    told = []

    def come() -> None:
        interruption.ask_from_now_on(lambda: True)
        with pytest.raises(KeyboardInterrupt), Gate().passing():
            told.append("has passed")
        told.append("is told")

    thread = threading.Thread(target=come, daemon=True)
    thread.start()
    thread.join(10)
    assert told == ["is told"]
