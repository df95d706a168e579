from collections.abc import Iterator

import pytest

from tests.support.servers import Embedded, running


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    """An embedded server for one test, which may leave something on it."""
    with running() as server:
        yield server
