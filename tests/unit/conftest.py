from collections.abc import Iterator

import pytest

from acceptance.sandbox.sandbox import Sandbox
from tests.support.servers import Embedded
from tests.unit.sandboxes import swept


@pytest.fixture
def sandbox(embedded: Embedded) -> Iterator[Sandbox]:
    """A sandbox on the embedded server, of which nothing is left behind."""
    with swept(embedded.own) as sandbox:
        yield sandbox
    assert embedded.assistants() == []
