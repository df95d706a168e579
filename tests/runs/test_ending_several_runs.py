"""Whoever ends a command that has several runs ends them all, and nothing of them stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from acceptance.releases import DOCUMENT
from tests.support.runs import LIMIT, children_of, environment, is_process, wait_until

# So many runs are begun at once.
SIDES = 2 if (os.cpu_count() or 1) > 1 else 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["compare", "0.20", "0.24"], "The comparison was interrupted."),
        (["releases"], "The table of the releases was interrupted."),
    ],
    ids=["compare", "releases"],
)
def test_all_runs_are_ended_and_nothing_stays(
    command: list[str], sentence: str, number: signal.Signals, tmp_path: Path
) -> None:
    documented = DOCUMENT.read_bytes()
    with subprocess.Popen(
        [sys.executable, "-m", f"acceptance.{command[0]}", *command[1:]],
        cwd=ROOT,
        env=environment({"TMPDIR": str(tmp_path)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # A run has begun when it has started its server.
        wait_until(lambda: len(servers_of(process.pid)) >= SIDES)
        begun = [*children_of(process.pid), *servers_of(process.pid)]
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert out == ""
    assert err.splitlines()[-1] == sentence
    assert "Traceback" not in err
    assert [pid for pid in begun if is_process(pid)] == []
    assert list(tmp_path.iterdir()) == []
    assert DOCUMENT.read_bytes() == documented


def servers_of(pid: int) -> list[int]:
    return [server for run in children_of(pid) for server in children_of(run)]
