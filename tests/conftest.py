"""What the tests of the client and of whole runs share. It is found wherever pytest is started."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# The project's packages, and the helpers of the tests.
sys.path[:0] = [str(TESTS.parent), str(TESTS / "acceptance")]

from embedded_process import Embedded, running  # noqa: E402


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """An embedded server with two tenants, for whoever leaves it as it was."""
    with running() as server:
        yield server
