"""The cases of the source document, as they are measured."""

import shlex
import sys

import pytest

from tests.bench import __main__ as bench
from tests.bench import source
from tests.support.servers import running


def test_the_scenarios_are_those_of_the_table() -> None:
    assert {"AUTH-1", "PARTIAL-1", "BULK-1", "CHOICE-5"} <= set(source.scenarios())


def test_the_module_leaves_nothing_behind() -> None:
    with running(source.RELEASE) as server:
        assert source.Module(server.url).run() > 0
        assert server.assistants() == []


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("--module 'no-such-program'", "no-such-program cannot be measured"),
        ("--module false", "false did not succeed."),
    ],
)
def test_a_module_that_cannot_be_run_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, sentence: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "source", "--pairs", "1", *shlex.split(command)])
    monkeypatch.setattr(bench, "_run", lambda *_: 1.0)
    assert bench.main() == 1
    assert sentence in capsys.readouterr().err
