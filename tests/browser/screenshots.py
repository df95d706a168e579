"""Pictures of the pages for the documents: ``make screenshots`` writes them from runs that it makes."""

import sys
import tempfile
from pathlib import Path

from acceptance.paths import ROOT
from tests.browser.pages import Pages, started
from tests.support.runs import run
from tests.support.servers import running

PICTURES = ROOT / "docs" / "pictures"

# A fault by which a scenario turns red.
FAULT = "all-means-the-first-page"


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, started() as browser:
        usual, red = Path(folder, "usual"), Path(folder, "red")
        run(usual, "-D", "release=0.20")
        with running("0.20", ("-m", "tests.faults.serve", FAULT)) as server:
            run(red, settings={**server.settings, "RAGFLOW_RELEASE": "0.20"})
        pages = Pages(browser)
        for name, file, at, way in (
            ("page", usual, "", {}),
            ("page-dark", usual, "#ODD-1", {"dark": True}),
            ("page-phone", usual, "", {"phone": True}),
            ("page-failures", red, "#does-not-hold", {}),
            ("page-drawings", usual, "#drawings", {}),
        ):
            page = pages(file / "specification.html", at=at, **way)
            page.screenshot(path=PICTURES / f"{name}.png")
        pages.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
