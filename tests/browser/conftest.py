from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Pages, started_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Pages]:
    """Opens pages, and fails at the end of the test if one of them had a problem."""
    pages = Pages(browser)
    yield pages
    pages.close()
