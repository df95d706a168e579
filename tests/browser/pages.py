"""Opens a report in a browser without network, and collects every request and error of the page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# The host rules keep the browser itself from sending requests.
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]

SCREEN: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 640}
# A4 with margins of 1 cm.
PAPER: ViewportSize = {"width": 718, "height": 1047}

# Milliseconds until the page is loaded or an element is found.
TIMEOUT = 10_000

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# axe-core checks the target size of WCAG 2.2 AA on request only.
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# axe-core cannot judge the contrast below a sticky element.
NO_STICKY_ELEMENTS = "* { position: static !important; }"


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it in CI, where every test must run."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} CI needs it.", pytrace=False)
    pytest.skip(reason)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start the browser that CHROMIUM names, or else the first one on the PATH."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    path = next(filter(None, map(shutil.which, names)), None)
    if not path:
        unavailable(f"No browser found. Install one of {', '.join(NAMES)}, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Opens pages; ``problems`` collects their requests, errors and dialogs."""

    def __init__(self, browser: Browser) -> None:
        self.problems: list[str] = []
        self._browser = browser

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
        """Open a file; ``at`` is appended to its address."""
        address = file.resolve().as_uri()
        context = self._browser.new_context(
            color_scheme="dark" if dark else "light",
            viewport=PHONE if phone else PAPER if print else SCREEN,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=javascript,
            service_workers="block",
        )
        context.set_default_timeout(TIMEOUT)

        def check_request(route: Route) -> None:
            if urldefrag(route.request.url).url == address:
                route.continue_()
            else:
                self.problems.append(f"request: {route.request.method} {route.request.url}")
                route.abort()

        context.route("**/*", check_request)
        context.on("console", lambda message: self.problems.append(f"console {message.type}: {message.text}"))
        context.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))
        page = context.new_page()
        if print:
            page.emulate_media(media="print")
        page.goto(address + at)
        return page

    def close(self) -> None:
        """Close all pages, and fail if one of them had a problem."""
        for context in self._browser.contexts:
            context.close()
        problems, self.problems = self.problems, []
        assert not problems, "The page has problems:\n" + "\n".join(problems)


def check_accessibility(page: Page) -> None:
    """Fail with everything that axe-core finds on the page, and if the page is wider than the window."""
    if not AXE.is_file():
        unavailable("axe-core is missing; `make test` installs it with npm.")
    page.add_style_tag(content=NO_STICKY_ELEMENTS)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("options => axe.run(document, options).then(({violations}) => violations)", AXE_OPTIONS)
    problems = [f"{rule['help']}: {node['html']}\n{node['failureSummary']}" for rule in found for node in rule["nodes"]]
    assert not problems, "The page is not accessible:\n" + "\n".join(problems)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than its window"
