from pathlib import Path

import pytest

from tests.support.runs import copy_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    return copy_project(tmp_path / "project")
