from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Pages, started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Pages]:
    """Opens pages; fails at the end of the test if one of them got into trouble."""
    pages = Pages(browser)
    yield pages
    pages.close()
