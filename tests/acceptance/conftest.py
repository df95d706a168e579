from collections.abc import Iterator

import pytest

from acceptance.sandbox.sandbox import Sandbox
from tests.acceptance.embedded_process import Embedded
from tests.acceptance.sandboxes import sandbox_on


@pytest.fixture
def sandbox(embedded: Embedded) -> Iterator[Sandbox]:
    """A sandbox on the embedded server, of which nothing is left behind."""
    sandbox = sandbox_on(embedded.own)
    yield sandbox
    sandbox.clear()
    assert embedded.assistants() == []
