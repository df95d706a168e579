import signal
from collections.abc import Iterator

import pytest

from tests.support.servers import Embedded, embedded_server

# A shell that starts the tests in the background makes them ignore Ctrl-C, and their child processes too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """An embedded server with two tenants. A test must leave it as it found it."""
    with embedded_server() as server:
        yield server
