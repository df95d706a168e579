"""Requests of many clients at the same time."""

from functools import partial
from itertools import chain

import pytest

from tests.embedded.client import Client, at_once
from tests.embedded.tables import GO, NUMBERS, on


@on("0.18.0", "0.27.0")
def test_simultaneous_creations_and_deletions_are_not_lost(client: Client) -> None:
    chat = client.new_assistant(f"simultaneous {next(NUMBERS)}")
    created = [*chain(*at_once(client, 12, lambda each: [each.new_session(chat) for _ in range(8)]))]
    assert sorted(client.session_ids(chat) or ()) == sorted(created)
    kept, *ids = created

    def delete(each: Client) -> list[int]:
        return [each.call("DELETE", f"/chats/{chat}/sessions", {"ids": [ids.pop()]})["code"] for _ in range(19)]

    assert at_once(client, 5, delete) == [[0] * 19] * 5
    assert client.session_ids(chat) == [kept]


@pytest.mark.parametrize(
    ("release", "allowed"), [("0.18.0", range(1, 9)), ("0.22.1", [1]), ("0.27.0", [1]), (GO, range(1, 9))]
)
def test_one_of_several_deletions_of_the_same_session_succeeds_from_0_22_1(client: Client, allowed: list[int]) -> None:
    # Until 0.22.0, and on the Go server, RAGFlow looks first and deletes afterwards: several deletions may succeed.
    chat = client.new_assistant(f"contested {next(NUMBERS)}")
    for _ in range(20):
        sent = {"ids": [client.new_session(chat)]}
        delete = partial(Client.call, method="DELETE", path=f"/chats/{chat}/sessions", payload=sent)
        codes = [answer["code"] for answer in at_once(client, 8, delete)]
        assert client.session_ids(chat) == []
        assert set(codes) <= {0, 102}
        assert codes.count(0) in allowed
