"""The slow network hands on what it is given, later."""

import subprocess
import sys
import time

import pytest

from acceptance.errors import NoAnswer
from acceptance.paths import ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply


def react(seen: Seen) -> Reply | Misconduct:
    return Misconduct.BREAK_OFF if "broken" in seen.path else json_reply({"code": 0, "data": seen.body.decode() * 3})


def test_it_hands_on_both_ways_and_takes_its_time() -> None:
    long = "x" * 300_000
    with (
        StandIn(react) as server,
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.delay", server.url.removeprefix("http://"), "--ms", "50"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as network,
    ):
        assert network.stdout is not None
        assert network.stdin is not None
        slow = RAGFlow(network.stdout.readline().split()[-1], NO_KEY)
        began = time.monotonic()
        answer = slow.create_assistant(long)
        assert time.monotonic() - began >= 0.1
        assert long in str(answer.body)
        with pytest.raises(NoAnswer, match="broke off"):
            slow.get("/broken")
        network.stdin.close()
        assert network.wait(10) == 0
