from collections.abc import Iterator

import pytest

from tests.support.servers import Embedded, running


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """An embedded server with two tenants, for whoever leaves it as it was."""
    with running() as server:
        yield server
