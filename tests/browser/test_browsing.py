"""What the browser's fixtures notice, on pages made up for it."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.accessibility import must_be_accessible, violations
from tests.browser.pages import Pages, executable

Made = Callable[[str], Path]

GOOD = "<main><h1>Good</h1><button>Open</button></main>"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(body: str) -> Path:
        file = tmp_path / "made up.html"
        file.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Made up</title>'
            '<meta name="viewport" content="width=device-width">' + body,
            encoding="utf-8",
        )
        return file

    return make


def test_a_good_page_gets_into_no_trouble(open_page: Pages, made: Made) -> None:
    page = open_page(
        made("""<body><button onclick="history.replaceState(0, '', '#opened')">Open</button>"""), at="?a=b#c"
    )
    page.get_by_role("button").click()
    assert page.url.endswith("made%20up.html?a=b#opened")
    page.reload()
    open_page.close()


TROUBLES = {
    "console.error('bad')": "console error: bad",
    "console.warn('odd')": "console warning: odd",
    "console.assert(false, 'not so')": "console assert: not so",
    "throw Error('thrown')": "uncaught: thrown",
    "Promise.reject(Error('rejected'))": "uncaught: rejected",
    "alert('look')": "dialog: alert look",
    "new Image().src = 'beside.png'": "request: GET {folder}/beside.png",
    "navigator.sendBeacon('https://example.com/')": "request: POST https://example.com/",
    "new WebSocket('wss://example.com/')": "request: wss://example.com/",
    "open('https://example.com/window')": "request: GET https://example.com/window",
}


def test_trouble_is_noticed(open_page: Pages, made: Made) -> None:
    file = made("<body>" + "".join(f"<script>{script}</script>" for script in TROUBLES))
    open_page(file).wait_for_timeout(500)
    with pytest.raises(pytest.fail.Exception) as failed:
        open_page.close()
    expected = {trouble.format(folder=file.parent.as_uri()) for trouble in TROUBLES.values()}
    assert expected - set(str(failed.value).splitlines()) == set()


def test_no_request_leaves(open_page: Pages, made: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        open_page(made(f"<body><img src='http://127.0.0.1:{server.getsockname()[1]}/'>"))
        with pytest.raises(pytest.fail.Exception, match="request: GET http"):
            open_page.close()
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, "screen and (prefers-color-scheme: light) and (width: 1280px) and (hover: hover)"),
        ({"dark": True}, "screen and (prefers-color-scheme: dark) and (width: 1280px)"),
        ({"phone": True}, "screen and (prefers-color-scheme: light) and (width: 360px) and (pointer: coarse)"),
        ({"print": True}, "print and (width: 718px)"),
        ({"javascript": False}, "(scripting: none)"),
    ],
)
def test_what_it_is_shown_on(open_page: Pages, made: Made, options: dict[str, Any], query: str) -> None:
    page = open_page(made("<body><script>document.title = 'Run'</script>"), **options)
    assert page.evaluate("query => matchMedia(query).matches", query)
    assert page.title() == ("Run" if options.get("javascript", True) else "Made up")


def test_a_good_page_is_accessible(open_page: Pages, made: Made) -> None:
    must_be_accessible(open_page(made(GOOD)))


def test_a_violation_is_told_with_its_element(open_page: Pages, made: Made) -> None:
    page = open_page(made(GOOD + "<main><button id='empty'></button></main>"))
    with pytest.raises(pytest.fail.Exception, match="button-name: "):
        must_be_accessible(page)
    violation = violations(page)[0]
    assert violation.startswith('button-name: Buttons must have discernible text\n    <button id="empty"></button>\n')


@pytest.mark.parametrize(
    ("options", "media"),
    [
        ({"dark": True}, "(prefers-color-scheme: dark)"),
        ({"phone": True}, "(width < 400px)"),
        ({"print": True}, "print"),
    ],
)
def test_what_is_shown_is_what_is_inspected(open_page: Pages, made: Made, options: dict[str, Any], media: str) -> None:
    file = made(f"<style>@media {media} {{ h1 {{ color: #999; background: #888 }} }}</style>{GOOD}")
    (violation,) = violations(open_page(file, **options))
    assert violation.startswith("color-contrast: ")


def test_without_a_browser_tests_are_left_out_but_not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="There is no browser"):
        executable()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="There is no browser"):
        executable()
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(pytest.fail.Exception, match="which CHROMIUM names"):
        executable()
