import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.errors import CannotRun
from acceptance.ragflow.messages import Address
from acceptance.running import target
from acceptance.running.settings import Settings
from acceptance.running.target import open_target
from tests.support.runs import wait_until
from tests.unit.stand_in import Misconduct, StandIn

# A server that prints more than a pipe holds before it stops.
TALKATIVE = """
import pathlib, signal, sys
print("listening on http://127.0.0.1:1", flush=True)
print("x" * 1_000_000, flush=True)
print("y" * 1_000_000, file=sys.stderr, flush=True)
sys.stdout.buffer.write(b"\\xff" * 1_000_000)
sys.stdout.flush()
pathlib.Path("printed").touch()
signal.pause()
"""


def test_the_output_of_the_embedded_server_does_not_block_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "embedded_ragflow.py").write_text(TALKATIVE)
    monkeypatch.setattr(target, "ROOT", tmp_path)
    with open_target(Settings(release="0.20")):
        wait_until((tmp_path / "printed").exists)


def test_an_embedded_server_that_does_not_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "embedded_ragflow.py").write_text("raise SystemExit('no room.')")
    monkeypatch.setattr(target, "ROOT", tmp_path)
    with pytest.raises(CannotRun, match=r"^The embedded server did not start: no room\.$"), open_target(Settings()):
        pass


def test_the_embedded_server_can_be_started_again_at_its_address() -> None:
    with open_target(Settings(release="0.27", charset="utf8mb4")) as opened:
        address: Address = opened.ragflow.list_assistants().request.address
    port = re.escape(address.url.rpartition(":")[2])
    keys = r'--api-key "\$RAGFLOW_API_KEY" --api-key "\$RAGFLOW_OTHER_API_KEY"'
    options = rf"--release 0\.27\.0 --charset utf8mb4 --port {port} {keys}"
    assert re.fullmatch(f"python -m embedded_ragflow {options}", address.start_command)


@pytest.fixture
def silent() -> Iterator[Settings]:
    with StandIn(lambda _: Misconduct.SILENCE) as server:
        yield Settings(url=server.url, api_key="ragflow-0123456789abcdef")


def test_a_slow_first_answer_is_announced_and_can_be_interrupted(
    silent: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = threading.Event()

    def print_line(line: str) -> None:
        assert line == f"waiting for the first answer of {silent.url}, for at most 30 s"
        printed.set()
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(target, "GREETING_NOTE", 0)
    monkeypatch.setattr(target, "print_line", print_line)
    with pytest.raises(KeyboardInterrupt), open_target(silent):
        pass
    assert printed.is_set()
