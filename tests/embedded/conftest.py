from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.embedded.client import Client, serve
from tests.embedded.tables import Assistant


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[..., Client]]:
    """Returns a client of the server of a release, with these options, which is started on first use."""
    with ExitStack() as stack:
        yield cache(lambda release, *options: stack.enter_context(serve(release, *options)))


@pytest.fixture
def client(servers: Callable[..., Client], release: str) -> Client:
    client = servers(release)
    client.close()  # The server drops connections that are idle for two minutes.
    return client


@pytest.fixture
def assistant(client: Client) -> Iterator[Assistant]:
    assistant = Assistant(client)
    yield assistant
    client.call("DELETE", "/chats", {"ids": [assistant.id]})
