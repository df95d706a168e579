"""What axe-core has against a page, as it is shown at that moment."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import unavailable

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

OPTIONS = {
    "resultTypes": ["violations"],
    # WCAG 2.2 AA, which axe-core leaves out unless it is asked for.
    "rules": {"target-size": {"enabled": True}},
}

RUN = "options => axe.run(document, options).then(({violations}) => violations)"

# Beneath something that stays where it is, axe-core cannot judge the contrast.
NOTHING_IN_FRONT = "* { position: static !important; }"


def violations(page: Page) -> list[str]:
    """What axe-core finds in the page; it would never answer in a page that was opened without JavaScript."""
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "axe-core needs a page with JavaScript"
    if not AXE.is_file():
        unavailable("There is no axe-core: `make test` installs it where npm is there.")
    page.add_style_tag(content=NOTHING_IN_FRONT)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [_line(rule) for rule in page.evaluate(RUN, OPTIONS)]


def must_be_accessible(page: Page) -> None:
    """Fails with all that axe-core has against the page."""
    if lines := violations(page):
        pytest.fail("The page is not accessible:\n" + "\n".join(lines), pytrace=False)


def _line(rule: dict[str, Any]) -> str:
    """The rule's id and what it asks for, and below it each node with what has to be done about it."""
    nodes = [f"    {node['html']}\n        {node['failureSummary']}" for node in rule["nodes"]]
    return "\n".join([f"{rule['id']}: {rule['help']}", *nodes])
