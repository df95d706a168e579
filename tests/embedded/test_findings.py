"""The commands in docs/findings.md print what the page says, and leave nothing on the server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from acceptance.contract.releases import Release
from acceptance.known_deviations.deviations import Deviation, read
from acceptance.reports.findings import actual, commands, first_and_last
from tests.support.environment import clean_environment
from tests.support.servers import Embedded, embedded_server

DEVIATIONS = [each for each in read() if each.report]
CASES = [(each, release) for each in DEVIATIONS for release in first_and_last(each)]


@pytest.fixture(scope="module")
def server_of() -> Iterator[Callable[[Release], Embedded]]:
    """Returns the server of a release, which is started on first use."""
    with ExitStack() as stack:
        yield cache(lambda release: stack.enter_context(embedded_server(str(release))))


@pytest.mark.skipif(not (shutil.which("curl") or os.environ.get("CI")), reason="curl is missing")
@pytest.mark.parametrize(("deviation", "release"), CASES, ids=lambda each: getattr(each, "finding", str(each)))
def test_the_commands_of_a_finding_print_what_it_says(
    deviation: Deviation, release: Release, server_of: Callable[[Release], Embedded]
) -> None:
    server = server_of(release)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = clean_environment({**server.settings, "PATH": path, "no_proxy": "*"})
    command = ["bash", "-uc", commands(deviation)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (ran.stdout.split(), ran.stderr) == (actual(deviation, release).split(), "")
    assert [name for name in server.assistants() if f" {deviation.finding} " in name] == []


def test_every_deviation_that_matters_and_was_seen_on_a_real_server_has_a_finding() -> None:
    expected = [each for each in read() if each.severity != "low" and "inferred" not in each.seen]
    assert expected == DEVIATIONS
    assert len({each.finding for each in DEVIATIONS}) == len(DEVIATIONS)
