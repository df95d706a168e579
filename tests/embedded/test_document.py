"""What docs/embedded-server.md says is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from embedded_ragflow.history import RELEASES

TEXT = (ROOT / "docs" / "embedded-server.md").read_text("utf-8")
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_each_call_is_listed_with_the_first_release_that_has_it() -> None:
    listed = {
        call: "0.18" if since == "all" else since.removeprefix("from ").removesuffix(".0")
        for calls, since in re.findall(r"^\| (`[A-Z]+ /chats.*?) \| (.*?) \|$", TEXT, re.MULTILINE)
        for call in re.findall(r"`(.*?)`", calls)
    }
    first = {call: release.since for release in reversed(RELEASES) for call in release.calls}
    assert listed == first


def test_each_release_that_was_recorded_is_listed_with_its_exchanges() -> None:
    files = sorted((ROOT / "tests" / "recordings").glob("*.jsonl"))
    recorded = [(file.stem.removeprefix("ragflow-"), str(len(file.read_text().splitlines()))) for file in files]
    assert re.findall(r"^\| (0[\d.]+) \| (\d+) \| 0 \|$", TEXT, re.MULTILINE) == recorded


@pytest.mark.parametrize("how_it_ends", ["pass", "raise RuntimeError"])
def test_the_fixture_starts_a_server_and_ends_it(tmp_path: Path, how_it_ends: str) -> None:
    test = (
        "import requests\n\n\ndef test_it(ragflow):\n"
        "    sent = {'headers': {'Authorization': 'Bearer KEY_A'}, 'json': {'name': 'support'}}\n"
        "    assert requests.post(f'{ragflow}/api/v1/chats', **sent).json()['code'] == 0\n"
        f"    {how_it_ends}\n"
    )
    (tmp_path / "conftest.py").write_text(CODE[0], "utf-8")
    (tmp_path / "test_client.py").write_text(test, "utf-8")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == (0 if how_it_ends == "pass" else 1), finished.stdout
    assert f"1 {'passed' if how_it_ends == 'pass' else 'failed'}" in finished.stdout
