"""RAGFlow's own Python client against every line that it works with."""

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.embedded.server_process import KEY_A, KEY_B, running

DRIVER = Path(__file__).parent / "sdk_driver.py"

# Each client with the releases that it is for.
CLIENTS = {
    "0.22.1": ("0.18.0", "0.20.1", "0.20.5", "0.22.0", "0.22.1", "0.23.0", "0.23.1", "0.24.0"),
    "0.27.3": ("0.25.0", "0.25.1", "0.25.6", "0.26.4", "0.27.0"),
}

# From the version of the client to the Python of an environment that has it.
Pythons = Callable[[str], str]


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> Pythons:
    return cache(lambda version: environment(tmp_path_factory.mktemp("environment"), f"ragflow-sdk=={version}"))


def environment(folder: Path, requirement: str) -> str:
    """A new environment with that package, whichever Python it asks for; returns its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet")
    subprocess.run([*pip, "--ignore-requires-python", requirement], check=True)
    return python


def run_in(python: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([python, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("version", CLIENTS)
def test_ragflows_own_client_works(pythons: Pythons, version: str) -> None:
    for release in CLIENTS[version]:
        with running(release) as client:
            finished = run_in(pythons(version), str(DRIVER), release, client.base, KEY_A, KEY_B)
        assert (finished.returncode, finished.stderr) == (0, ""), release


def test_the_example_of_the_document_works(pythons: Pythons) -> None:
    text = (ROOT / "docs" / "embedded-server.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(from ragflow_sdk .*?)```", text, re.DOTALL)
    with running("0.27.0") as client:
        call = f"test_sessions_are_cleared_out({client.base!r})"
        finished = run_in(pythons("0.27.3"), "-c", f"{example.replace('KEY_A', KEY_A)}\n{call}")
    assert (finished.returncode, finished.stderr) == (0, "")
