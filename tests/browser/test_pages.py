"""The pages in a browser: accessible on every medium, complete without JavaScript, filtered and searched with it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from acceptance.reports.comparison import Comparison
from acceptance.reports.page import render_page
from acceptance.reports.results import Step, Verdict
from tests.browser.pages import Pages, check_accessibility
from tests.support.runs import run
from tests.unit.example_runs import hostile_run, result, results, run_of, timing
from tests.unit.reports.test_comparison import every_change

STEPS = (Step("Given an assistant", Verdict.PASSED, 0.1), Step("When I delete session 1", Verdict.PASSED, 0.1))
# ODD-1 to ODD-30, five of each verdict, and two that stand out.
SCENARIOS = [
    *results(*[verdict for verdict in Verdict for _ in range(5)], steps=STEPS, exchanges=("Request:  DELETE",)),
    result(id="RACE-1", location="race.feature:1", feature="Races", rule="Together", seconds=9.0,
           timings=(timing(), timing(0.1, person=2, succeeded=False))),
    result(id="SLOW-1", location="slow.feature:1", feature="Bulk", rule="Slow", seconds=8.0),
]  # fmt: skip
PAGES: dict[str, Callable[[], str]] = {
    "every verdict": lambda: render_page(run_of(*SCENARIOS, not_selected=1)),
    "all passed": lambda: render_page(run_of(*results(*[Verdict.PASSED] * 4))),
    "not started": lambda: render_page(run_of(target=None, stop_reason="No RAGFlow answers.")),
    "hostile texts": lambda: render_page(hostile_run()),
    "comparison": lambda: Comparison("0.20", "0.24", every_change(), ["FROM 0.20: aborted"]).as_html(),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(PAGES["every verdict"](), "utf-8")
    return file


@pytest.fixture
def page(open_page: Pages, file: Path) -> Page:
    return open_page(file)


def shown(page: Page, selector: str = ".scenario") -> list[str]:
    """The ids of the visible elements, in their order."""
    return page.locator(f"{selector}:visible").evaluate_all("all => all.map(each => each.id || each.dataset.outcome)")


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        *((name, {}) for name in PAGES),
        *((name, {medium: True}) for name in ("every verdict", "comparison") for medium in ("dark", "phone", "print")),
    ],
    ids=str,
)
def test_a_page_is_accessible_and_sends_no_request(
    open_page: Pages, file: Path, name: str, medium: dict[str, bool]
) -> None:
    file.write_text(PAGES[name](), "utf-8")
    page = open_page(file, **medium)
    page.evaluate("document.querySelectorAll('details').forEach((each, number) => { each.open = number % 5 == 1 })")
    check_accessibility(page)


def test_the_page_of_a_real_run_is_accessible_and_complete(open_page: Pages, tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@smoke or @picture", "-D", "release=0.20")
    page = open_page(tmp_path / "specification.html")
    check_accessibility(page)
    [count] = re.findall(r"^(\d+) scenarios: ", finished.out, re.MULTILINE)
    assert page.locator('.scenario:not([data-outcome="does-not-apply"])').count() == int(count)
    assert finished.out.rstrip().endswith(page.locator(".lead").inner_text())


def test_a_number_in_a_tile_filters_what_it_counts(page: Page) -> None:
    links = page.locator(".tiles a:not([href='#severity-high'])")
    assert links.count() == 2 * len(Verdict)
    for link in links.all():
        [count, *_] = re.findall(r"\d+", link.inner_text())
        kind, _, outcome = str(link.get_attribute("href")).lstrip("#").partition("-")
        link.click()
        expect(page.get_by_label("Show")).to_have_value(f"{kind}-{outcome}")
        expect(page.locator("#shown")).to_contain_text(f"{count} of ")
        assert page.locator(f".{kind[:-1]}[data-outcome={outcome}]:visible").count() == int(count)


@pytest.mark.parametrize(("words", "found"), [("odd-17", 1), ("SCENARIO 23", 1), ("nowhere", 0), ("races", 1)])
def test_a_search_shows_scenarios_with_all_words(page: Page, words: str, found: int) -> None:
    page.get_by_label("Search").fill(words)
    assert len(shown(page)) == found
    expect(page.locator("#shown")).to_contain_text(f"{found} of 32 scenarios")


def test_filter_and_search_are_combined(page: Page) -> None:
    page.get_by_label("Show").select_option("scenarios-holds")
    page.get_by_label("Search").fill("odd-2")
    assert shown(page) == ["ODD-21", "ODD-22", "ODD-23", "ODD-24", "ODD-25"]
    page.get_by_label("Search").fill("odd-1 missing")
    assert shown(page) == shown(page, ".rule") == shown(page, ".feature") == []


def test_sorting_by_duration_can_be_undone(page: Page) -> None:
    as_written = shown(page)
    page.get_by_label("Order").select_option("duration")
    assert shown(page)[:2] == ["RACE-1", "SLOW-1"]
    page.get_by_label("Order").select_option("")
    assert shown(page) == as_written


@pytest.mark.parametrize(("label", "value"), [("Show", ""), ("Show", "rules-holds"), ("Order", "duration")])
def test_an_address_leads_to_its_scenario_despite_filter_and_order(page: Page, label: str, value: str) -> None:
    page.get_by_label(label).select_option(value)
    page.evaluate("location.hash = '#ODD-3'")
    expect(page.locator("#ODD-3")).to_be_in_viewport()
    expect(page.locator("#ODD-3").get_by_text("When I delete session 1")).to_be_visible()


def test_the_address_keeps_the_filter_and_names_rules(page: Page, open_page: Pages, file: Path) -> None:
    page.get_by_label("Show").select_option("rules-fails")
    again = open_page(file, at=page.evaluate("location.hash"))
    assert shown(again, ".rule") == shown(page, ".rule") != []
    address = page.locator(".address").last.evaluate("each => each.hash")
    expect(open_page(file, at=address).locator(f"h4{address}")).to_be_in_viewport()


def test_the_page_is_complete_without_javascript(open_page: Pages, file: Path) -> None:
    page = open_page(file, javascript=False)
    assert page.locator(".scenario:visible").count() == 32
    expect(page.locator("#tools")).to_be_hidden()
    page.locator("#ODD-23 summary").click()
    expect(page.locator("#ODD-23").get_by_text("When I delete session 1")).to_be_visible()


def test_a_foreign_script_or_image_is_blocked_and_noticed(open_page: Pages, file: Path) -> None:
    foreign = "<script>document.title = 'foreign'</script><img src='http://127.0.0.1:1/'>"
    file.write_text(file.read_text("utf-8").replace("<main>", f"<main>{foreign}"))
    assert open_page(file).title() != "foreign"
    with pytest.raises(AssertionError, match="Content Security Policy"):
        open_page.close()
