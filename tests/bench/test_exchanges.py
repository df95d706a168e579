"""Requests are recorded and sent again as they were."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from acceptance.paths import ROOT
from tests.bench import exchanges
from tests.bench.exchanges import CHOSEN_ID, Exchange, OtherAnswer, replay, shifts
from tests.support.runs import environment
from tests.support.servers import OWN_KEY, running

SERVER = ("-m", "tests.bench.serve")
CHAT = "a" * 32


def exchange(path: str, thread: str = "MainThread", method: str = "GET", **others: object) -> Exchange:
    known = {"headers": {"Authorization": f"Bearer {OWN_KEY}"}, "body": b"", "status": 200, "length": "20"}
    return Exchange(method=method, path=path, thread=thread, **{**known, **others})


def test_a_pool_is_done_before_the_next_begins() -> None:
    sent = [
        exchange("/1"),
        exchange("/2", "Pool-0_0"),
        exchange("/3", "Pool-0_1"),
        exchange("/4", "Pool-0_0"),
        exchange("/5", "Pool-1_0"),
        exchange("/6"),
    ]
    paths = [[[each.path for each in share] for share in shares] for shares in shifts(sent)]
    assert paths == [[["/1"]], [["/2", "/4"], ["/3"]], [["/5"]], [["/6"]]]


def test_an_exchange_is_read_as_it_was_written() -> None:
    sent = [exchange("/", body=b'{"ids": ["\xff"]}', length=None)]
    assert exchanges.read(exchanges.written(sent)) == sent


def test_what_is_created_has_the_id_that_was_chosen() -> None:
    headers = {"Authorization": f"Bearer {OWN_KEY}", "Content-Type": "application/json", CHOSEN_ID: CHAT}
    body = b'{"name": "an assistant", "dataset_ids": []}'
    with running("0.20", SERVER) as server:
        created = requests.post(f"{server.url}/api/v1/chats", body, headers=headers).json()
        assert created["data"]["id"] == CHAT
        assert server.own.list_sessions(CHAT).body == {"code": 0, "data": []}


def test_an_answer_that_is_another_one_is_noticed() -> None:
    listed = exchange(f"/api/v1/chats/{CHAT}/sessions")
    with running("0.20", SERVER) as server, pytest.raises(OtherAnswer, match="was answered otherwise than in the run"):
        replay(server.url, [listed])


def test_the_requests_of_a_run_are_recorded_and_can_be_sent_again(tmp_path: Path) -> None:
    file = tmp_path / "requests"
    command = [sys.executable, "-m", "tests.bench.inside", "record", str(file), "--tags=@CHOICE-1", "--no-junit"]
    with running("0.20", SERVER) as server:
        done = subprocess.run(command, cwd=ROOT, env=environment(server.settings), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    recorded = exchanges.read(file.read_bytes())
    assert sum(each.method == "POST" and each.path.endswith("/sessions") for each in recorded) >= 5
    with running("0.20", SERVER) as server:
        assert replay(server.url, recorded) > 0
        assert server.assistants() == []
