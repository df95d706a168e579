from collections.abc import Iterator

import pytest

from acceptance.sandbox.sandbox import Sandbox
from tests.support.servers import Embedded
from tests.unit.sandboxes import temporary_sandbox


@pytest.fixture
def sandbox(embedded: Embedded) -> Iterator[Sandbox]:
    """A sandbox on the embedded server, of which nothing is left behind."""
    with temporary_sandbox(embedded.own) as sandbox:
        yield sandbox
    assert embedded.assistants() == []
