"""A run stored as JSON with ``-D record=FILE``, to compare it with another run."""

from pathlib import Path

import msgspec

from acceptance.reports.results import RunResult


def write(run: RunResult, file: Path) -> None:
    file.write_bytes(msgspec.json.encode(run))


def read(file: Path) -> RunResult:
    """Return a stored run. Raises msgspec.DecodeError if the file does not hold one."""
    return msgspec.json.decode(file.read_bytes(), type=RunResult)
