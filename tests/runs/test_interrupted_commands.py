"""A signal to a command with several runs ends them all, and leaves nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from acceptance.paths import ROOT
from acceptance.releases import DOCUMENT
from tests.support.environment import clean_environment
from tests.support.runs import TIMEOUT, children_of, has_ended, wait_until

# The number of runs that start at once.
RUNS = 2 if (os.cpu_count() or 1) > 1 else 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["compare", "0.20", "0.24"], "The comparison was interrupted."),
        (["releases"], "The table of the releases was interrupted."),
    ],
    ids=["compare", "releases"],
)
def test_a_signal_ends_all_runs_and_leaves_nothing(
    command: list[str], sentence: str, number: signal.Signals, tmp_path: Path
) -> None:
    documented = DOCUMENT.read_bytes()
    with subprocess.Popen(
        [sys.executable, "-m", f"acceptance.{command[0]}", *command[1:]],
        cwd=ROOT,
        env=clean_environment({"TMPDIR": str(tmp_path)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # The last step of a start is the server.
        wait_until(lambda: len(servers_of(process.pid)) >= RUNS)
        begun = [*children_of(process.pid), *servers_of(process.pid)]
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert out == ""
    assert err.splitlines()[-1] == sentence
    assert "Traceback" not in err
    assert all(map(has_ended, begun))
    assert list(tmp_path.iterdir()) == []
    assert DOCUMENT.read_bytes() == documented


def servers_of(pid: int) -> list[psutil.Process]:
    return [server for run in children_of(pid) for server in children_of(run.pid)]
