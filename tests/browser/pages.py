"""A page of ours, opened in a browser that keeps everything from it but its own file, and tells what went wrong."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Route,
    ViewportSize,
    WebSocketRoute,
    sync_playwright,
)

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# No name and no address is ever found, so that nothing leaves, not even what the browser does by itself.
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]

SCREEN: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 640}
# A4 within margins of 1 cm.
PAPER: ViewportSize = {"width": 718, "height": 1047}

# Milliseconds for a page to be loaded, and for an element to be there.
PATIENCE = 10_000


def unavailable(what: str) -> NoReturn:
    """Leave the test out, but not where everything has to be tested."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} It has to be there where CI is set.", pytrace=False)
    pytest.skip(what)


def executable() -> str:
    """The browser that CHROMIUM names, or else the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else NAMES:
        if found := shutil.which(name):
            return found
    if named:
        pytest.fail(f"There is no browser at {named}, which CHROMIUM names.", pytrace=False)
    unavailable(f"There is no browser: none of {', '.join(NAMES)} is on the PATH, and CHROMIUM names none.")


@contextmanager
def started() -> Iterator[Browser]:
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Opens pages, and gathers in ``troubles`` what no page of ours may do."""

    def __init__(self, browser: Browser) -> None:
        self.troubles: list[str] = []
        self._browser = browser
        self._opened: list[BrowserContext] = []

    def __call__(
        self,
        file: Path,
        *,
        at: str = "",
        dark: bool = False,
        phone: bool = False,
        print: bool = False,
        javascript: bool = True,
    ) -> Page:
        """The page of the file, loaded; ``at`` is what follows the name of the file in the address."""
        address = file.resolve().as_uri()
        context = self._browser.new_context(
            color_scheme="dark" if dark else "light",
            viewport=PHONE if phone else PAPER if print else SCREEN,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=javascript,
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE)
        self._opened.append(context)
        self._watch(context, address)
        page = context.new_page()
        if print:
            page.emulate_media(media="print")
        page.goto(address + at)
        return page

    def close(self) -> None:
        """Close what was opened, and fail where there was trouble."""
        for context in self._opened:
            context.close()
        self._opened.clear()
        troubles, self.troubles = self.troubles, []
        if troubles:
            pytest.fail("The page got into trouble:\n" + "\n".join(troubles), pytrace=False)

    def _watch(self, context: BrowserContext, address: str) -> None:
        def request(route: Route) -> None:
            url = route.request.url
            if urldefrag(url).url.partition("?")[0] == address:
                route.continue_()
            else:
                self.troubles.append(f"request: {route.request.method} {url}")
                route.abort()

        def socket(route: WebSocketRoute) -> None:
            self.troubles.append(f"request: {route.url}")
            route.close()

        def console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning", "assert"}:
                self.troubles.append(f"console {message.type}: {message.text}")

        def dialog(shown: Dialog) -> None:
            self.troubles.append(f"dialog: {shown.type} {shown.message}")
            shown.dismiss()

        context.route("**/*", request)
        context.route_web_socket("**/*", socket)
        context.on("console", console)
        context.on("dialog", dialog)
        context.on("weberror", lambda error: self.troubles.append(f"uncaught: {error.error}"))
