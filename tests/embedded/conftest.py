from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.embedded.server_process import Servers, running


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A server of each release, started when it is first needed."""
    with ExitStack() as stack:
        yield cache(lambda release: stack.enter_context(running(release)))
