from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from .server_process import Servers, running


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A server of each release, started when it is first needed."""
    with ExitStack() as stack:
        yield cache(lambda release: stack.enter_context(running(release)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pytest-xdist run all tests of a release in one place, so that one server of it is enough."""
    for item in items:
        release = getattr(item, "callspec", None) and item.callspec.params.get("release")  # type: ignore[attr-defined]
        if isinstance(release, str):
            item.add_marker(pytest.mark.xdist_group(release))
