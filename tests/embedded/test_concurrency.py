"""Many clients at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import pytest

from tests.embedded.server_process import Client, Servers, running

RELEASES = ["0.18.0", "0.22.1", "0.27.0"]


@pytest.fixture
def many(servers: Servers) -> Iterator[Callable[[str, int], list[Client]]]:
    """More clients of the server of a release, each with a connection of its own."""
    clients: list[Client] = []

    def connect(release: str, count: int) -> list[Client]:
        clients.extend(Client(servers(release).port) for _ in range(count))
        return clients

    yield connect
    for client in clients:
        client.close()


def at_once(clients: list[Client], act: Callable[[Client], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(act, clients))


@pytest.mark.parametrize("release", RELEASES)
def test_sessions_created_at_once_are_all_there(
    servers: Servers, many: Callable[[str, int], list[Client]], release: str
) -> None:
    chat = servers(release).new_assistant(f"created at once {time.time_ns()}")
    created = at_once(many(release, 12), lambda client: [client.new_session(chat) for _ in range(8)])
    listed = servers(release).session_ids(chat)
    assert listed is not None
    assert sorted(listed) == sorted(chain.from_iterable(created))


@pytest.mark.parametrize("release", RELEASES)
def test_different_sessions_deleted_at_once_are_all_gone(
    servers: Servers, many: Callable[[str, int], list[Client]], release: str
) -> None:
    chat = servers(release).new_assistant(f"deleted at once {time.time_ns()}")
    kept, *ids = [servers(release).new_session(chat) for _ in range(41)]

    def delete(client: Client) -> list[int]:
        return [client.call("DELETE", f"/chats/{chat}/sessions", {"ids": [ids.pop()]})["code"] for _ in range(5)]

    assert at_once(many(release, 8), delete) == [[0] * 5] * 8
    assert servers(release).session_ids(chat) == [kept]


def successes(client: Client, clients: list[Client]) -> int:
    """How many of several clients who delete the same session at once are told that they did."""
    chat = client.new_assistant(f"contested {time.time_ns()}")
    session = client.new_session(chat)
    answers = at_once(clients, lambda one: one.call("DELETE", f"/chats/{chat}/sessions", {"ids": [session]}))
    assert client.session_ids(chat) == []
    assert {answer["code"] for answer in answers} <= {0, 102}
    return sum(answer["code"] == 0 for answer in answers)


@pytest.mark.parametrize("release", ["0.22.1", "0.27.0"])
def test_exactly_one_of_several_deletes_the_same_session(
    servers: Servers, many: Callable[[str, int], list[Client]], release: str
) -> None:
    clients = many(release, 8)
    assert [successes(servers(release), clients) for _ in range(20)] == [1] * 20


def test_at_least_one_of_several_deletes_the_same_session_in_a_release_that_looks_first(
    servers: Servers, many: Callable[[str, int], list[Client]]
) -> None:
    clients = many("0.18.0", 8)
    assert all(successes(servers("0.18.0"), clients) >= 1 for _ in range(20))


def test_more_connections_than_threads_are_all_served(
    servers: Servers, many: Callable[[str, int], list[Client]]
) -> None:
    chat = servers("0.18.0").new_assistant(f"many connections {time.time_ns()}")
    assert at_once(many("0.18.0", 150), lambda client: client.session_ids(chat)) == [[]] * 150


def test_a_thousand_sessions_go_in_one_request_at_once() -> None:
    with running("0.20") as client:
        chat = client.new_assistant("a large assistant")
        ids = [client.new_session(chat) for _ in range(2000)]
        page = client.call("GET", f"/chats/{chat}/sessions?page_size=2000")["data"]
        assert [session["id"] for session in reversed(page)] == ids
        started = time.monotonic()
        assert client.call("DELETE", f"/chats/{chat}/sessions", {"ids": ids[:1000]}) == {"code": 0}
        assert time.monotonic() - started < 1
        assert client.call("DELETE", f"/chats/{chat}/sessions", {}) == {"code": 0}
        assert client.session_ids(chat) == []
