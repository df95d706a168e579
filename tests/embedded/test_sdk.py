"""RAGFlow's own Python client against every line that it works with."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded.server_process import KEY_A, KEY_B, running

DRIVER = Path(__file__).parent / "sdk_driver.py"

# Each client with the releases that it is for.
CLIENTS = {
    "0.22.1": ("0.18.0", "0.20.1", "0.20.5", "0.22.0", "0.22.1", "0.23.0", "0.23.1", "0.24.0"),
    "0.27.3": ("0.25.0", "0.25.1", "0.25.6", "0.26.4", "0.27.0"),
}


@pytest.mark.parametrize("version", CLIENTS)
def test_ragflows_own_client_works(tmp_path: Path, version: str) -> None:
    python = environment(tmp_path / "environment", f"ragflow-sdk=={version}")
    for release in CLIENTS[version]:
        with running(release) as client:
            command = [python, str(DRIVER), release, client.base, KEY_A, KEY_B]
            finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (finished.returncode, finished.stderr) == (0, ""), release


def environment(folder: Path, requirement: str) -> str:
    """A new environment with that package, whichever Python it asks for; returns its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet")
    subprocess.run([*pip, "--ignore-requires-python", requirement], check=True)
    return python
