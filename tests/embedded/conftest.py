from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.embedded.server_process import Client, Servers, running
from tests.embedded.tables import Assistant


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A server of each release, started when it is first needed."""
    with ExitStack() as stack:
        yield cache(lambda release: stack.enter_context(running(release)))


@pytest.fixture
def client(servers: Servers, release: str) -> Client:
    return servers(release)


@pytest.fixture
def assistant(client: Client) -> Iterator[Assistant]:
    assistant = Assistant(client)
    yield assistant
    client.call("DELETE", "/chats", {"ids": [assistant.id]})
