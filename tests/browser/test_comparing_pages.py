"""The pages of several runs, in a browser: the releases side by side, and what an upgrade changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance import compare as comparison
from acceptance import releases
from acceptance.compare import compare
from acceptance.known_deviations import deviations
from tests.browser.accessibility import must_be_accessible
from tests.browser.pages import Pages
from tests.runs.test_comparison import in_every_way
from tests.runs.test_every_release import as_it_is_known


def changed_in_every_way() -> str:
    return comparison.as_html("0.20", "http://ragflow.test:9380", compare(*in_every_way()), ["FROM 0.20: it ended"])


def run_in_threads() -> str:
    known = deviations.read()
    runs = [as_it_is_known(column.release, known) for column in releases.columns(known)]
    return releases.as_html(releases.table_of(runs, known))


@pytest.mark.parametrize("page", [changed_in_every_way, run_in_threads])
@pytest.mark.parametrize("way", [{}, {"dark": True}, {"phone": True}, {"print": True}], ids=str)
def test_everybody_can_read_it(open_page: Pages, tmp_path: Path, page: Callable[[], str], way: dict[str, bool]) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(), "utf-8")
    shown = open_page(file, **way)
    shown.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    must_be_accessible(shown)
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than its window"


def test_the_name_of_a_rule_and_its_release_stay_in_sight(open_page: Pages, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(run_in_threads(), "utf-8")
    page = open_page(file, phone=True)
    table = page.locator(".matrix")
    table.scroll_into_view_if_needed()
    table.evaluate("each => each.scrollTo(200, 800)")
    frame = table.bounding_box()
    release = page.locator(".matrix thead th").nth(2).bounding_box()
    rule = page.locator(".matrix th[scope=row]").nth(12).bounding_box()
    assert frame is not None
    assert release is not None
    assert rule is not None
    assert release["y"] == pytest.approx(frame["y"], abs=2)
    assert rule["x"] == pytest.approx(frame["x"], abs=2)
