"""A run as data, for whoever compares it with another one: ``-D record=FILE``."""

from pathlib import Path

import msgspec

from acceptance.reports.results import RunResult


def write(run: RunResult, file: Path) -> None:
    file.write_bytes(msgspec.json.encode(run))


def read(file: Path) -> RunResult:
    """What a run has written. msgspec.DecodeError where that is not one."""
    return msgspec.json.decode(file.read_bytes(), type=RunResult)
