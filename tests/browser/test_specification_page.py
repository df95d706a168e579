"""The page of a run, in a browser: what people do with it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from acceptance.reports.page import as_html
from acceptance.reports.results import RunResult
from tests.browser.accessibility import must_be_accessible
from tests.browser.made_up import BROKEN_OFF, EVERYTHING_HOLDS, FIFTY_FAILURES, OF_EVERY_OUTCOME
from tests.browser.pages import Pages
from tests.support.runs import run

RUNS = {
    "of every outcome": OF_EVERY_OUTCOME,
    "everything holds": EVERYTHING_HOLDS,
    "fifty failures": FIFTY_FAILURES,
    "broken off": BROKEN_OFF,
}


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[RunResult], Path]:
    def write(run: RunResult) -> Path:
        file = tmp_path / "specification.html"
        file.write_text(as_html(run), "utf-8")
        return file

    return write


@pytest.fixture
def page(open_page: Pages, file_of: Callable[[RunResult], Path]) -> Page:
    return open_page(file_of(OF_EVERY_OUTCOME))


def shown(page: Page, what: str = ".scenario") -> list[str]:
    """The addresses or outcomes of what can be seen now, in its order."""
    elements = page.locator(f"{what}:visible")
    return elements.evaluate_all("all => all.map(each => each.id || each.dataset.outcome)")


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label).select_option(value)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        *((name, {}) for name in RUNS),
        *(("of every outcome", {way: True}) for way in ("dark", "phone", "print")),
        ("fifty failures", {"phone": True}),
    ],
    ids=str,
)
def test_everybody_can_read_it(
    open_page: Pages, file_of: Callable[[RunResult], Path], name: str, way: dict[str, bool]
) -> None:
    page = open_page(file_of(RUNS[name]), **way)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = each.id.endsWith('5') })")
    must_be_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than its window"


def test_the_page_of_a_whole_run_is_read_by_everybody(open_page: Pages, tmp_path: Path) -> None:
    finished = run(tmp_path / "reports", "--tags=not @scale", "-D", "release=0.20")
    page = open_page(tmp_path / "reports" / "specification.html")
    must_be_accessible(page)
    count = int(re.search(r"(\d+) scenarios: ", finished.out)[1])
    elsewhere = page.locator('.scenario[data-outcome="does-not-apply"]').count()
    assert page.locator(".scenario").count() == count + elsewhere
    assert finished.out.rstrip().endswith(page.locator(".lead").inner_text())


def test_a_number_leads_to_what_it_counts(page: Page) -> None:
    links = page.locator(".tiles a")
    for number in range(links.count()):
        link = links.nth(number)
        count = int(re.search(r"\d+", link.inner_text())[0])
        kind, _, outcome = link.get_attribute("href").lstrip("#").partition("-")
        link.click()
        if kind == "severity":
            assert page.locator(f".deviations.{outcome} > li").count() == count
            expect(page.locator(f"#severity-{outcome}")).to_be_in_viewport()
            continue
        expect(page.get_by_label("Show")).to_have_value(f"{kind}-{outcome}")
        seen = shown(page, ".rule" if kind == "rules" else ".scenario")
        assert len(seen) == count
        outcomes = page.locator(f".{kind[:-1]}:visible").evaluate_all("all => all.map(each => each.dataset.outcome)")
        assert set(outcomes) <= {outcome}
        expect(page.locator("#shown")).to_contain_text(f"{count} of ")


@pytest.mark.parametrize(("words", "found"), [("made-17", 1), ("SESSION 23 is", 1), ("nowhere", 0), ("(10)", 5)])
def test_what_is_searched_for_is_shown(page: Page, words: str, found: int) -> None:
    page.get_by_label("Search").fill(words)
    assert len(shown(page)) == found
    expect(page.locator("#shown")).to_contain_text(f"{found} of 50 scenarios")
    page.get_by_label("Search").fill("")
    assert len(shown(page)) == 50


def test_filter_and_search_count_together(page: Page) -> None:
    choose(page, "Show", "scenarios-fails")
    page.get_by_label("Search").fill("made-2")
    assert shown(page) == ["MADE-21", "MADE-22", "MADE-23", "MADE-24", "MADE-25"]
    page.get_by_label("Search").fill("made-1")
    assert shown(page) == shown(page, ".rule") == shown(page, ".feature") == []


def test_the_slowest_come_first_and_go_back_to_their_place(page: Page) -> None:
    written = shown(page)
    choose(page, "Order", "duration")
    slowest = shown(page)
    assert slowest[:3] == ["MADE-40", "MADE-39", "MADE-38"]
    assert sorted(slowest) == sorted(written)
    choose(page, "Order", "")
    assert shown(page) == written
    assert page.locator("#as-written .rule .scenario").count() == 50


@pytest.mark.parametrize("before", ["", "outcome", "order"])
def test_an_address_leads_to_its_scenario_whatever_is_chosen(page: Page, before: str) -> None:
    if before == "outcome":
        choose(page, "Show", "rules-holds")
    if before == "order":
        choose(page, "Order", "duration")
    page.evaluate("location.hash = '#MADE-23'")
    scenario = page.locator("#MADE-23")
    expect(scenario).to_have_attribute("open", "")
    expect(scenario).to_be_in_viewport()
    expect(scenario.get_by_text("When I delete session 1")).to_be_visible()


def test_every_rule_has_an_address(open_page: Pages, file_of: Callable[[RunResult], Path]) -> None:
    file = file_of(OF_EVERY_OUTCOME)
    addresses = open_page(file).locator(".address").evaluate_all("all => all.map(each => each.hash)")
    assert len(set(addresses)) == 10
    for address in addresses:
        expect(open_page(file, at=address).locator(f"h4{address}")).to_be_in_viewport()


def test_a_filter_is_in_the_address(open_page: Pages, file_of: Callable[[RunResult], Path], page: Page) -> None:
    choose(page, "Show", "rules-fails")
    again = open_page(file_of(OF_EVERY_OUTCOME), at=page.evaluate("location.hash"))
    assert shown(again, ".rule") == shown(page, ".rule") != []


def test_what_a_server_says_does_nothing(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    expect(page.locator("#MADE-1 .name")).to_contain_text("<script>alert(")


def test_what_gets_in_all_the_same_is_not_run(open_page: Pages, file_of: Callable[[RunResult], Path]) -> None:
    file = file_of(OF_EVERY_OUTCOME)
    file.write_text(file.read_text("utf-8").replace("<main>", "<main><script>document.title = 'got in'</script>"))
    page = open_page(file)
    assert page.title() != "got in"
    # Here, and only here, the browser has to complain.
    open_page.troubles = [each for each in open_page.troubles if "Content Security Policy" not in each]


def test_without_scripts_everything_is_there(open_page: Pages, file_of: Callable[[RunResult], Path]) -> None:
    page = open_page(file_of(OF_EVERY_OUTCOME), javascript=False)
    assert page.locator(".scenario:visible").count() == 50
    expect(page.locator("#tools")).to_be_hidden()
    page.locator("#MADE-23 summary").click()
    expect(page.locator("#MADE-23").get_by_text("When I delete session 1")).to_be_visible()


def test_it_is_used_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("To the rules")
    page.locator("#MADE-2 summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#MADE-2")).to_have_attribute("open", "")


def test_outcomes_are_told_apart_without_colours(page: Page) -> None:
    told = page.locator(".rule h4 .badge").all_inner_texts()
    assert len({text.split(" ", 1)[0] for text in told}) == len({text.split(" ", 1)[1] for text in told}) == 6
