"""Screenshots of the pages for README and documents: ``python -m tests.browser.screenshots``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from acceptance.paths import REPORTS, ROOT
from tests.browser.pages import Pages, started_browser
from tests.support.runs import run
from tests.support.servers import embedded_server

PICTURES = ROOT / "docs" / "pictures"

# A fault of the server that makes scenarios fail.
FAULT = "all-means-the-first-page"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, started_browser() as browser:
        usual, failing = Path(folder, "usual"), Path(folder, "failing")
        run(usual, "-D", "release=0.20")
        with embedded_server("0.20", program=("-m", "tests.faults.serve", FAULT)) as server:
            run(failing, settings={**server.settings, "RAGFLOW_RELEASE": "0.20"})
        command = [sys.executable, "-m", "acceptance.compare", "0.27", "0.27-go"]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        pages = Pages(browser)
        for name, page, at in (
            ("page", usual / "specification.html", ""),
            ("page-failures", failing / "specification.html", "#failures"),
            ("comparison", REPORTS / "comparison.html", ""),
        ):
            pages(page, at=at).screenshot(path=PICTURES / f"{name}.png")
        pages.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
