"""What the documents show of the features: ``python -m acceptance.reports.documents`` writes it."""

import re
import sys
from pathlib import Path

from acceptance.behave_adapter import read_features
from acceptance.known_deviations.deviations import read
from acceptance.paths import ROOT
from acceptance.reports.picture import picture
from acceptance.reports.rules_table import rules_table

PICTURE = re.compile(r"(?<=<!-- picture -->\n).*?(?=<!-- end of the picture -->)", re.DOTALL)


def documents() -> dict[Path, str]:
    """Every file that is written, with its text as it has to be."""
    readme = ROOT / "README.md"
    shown = picture().as_markdown()
    return {
        ROOT / "docs" / "rules.md": rules_table(read_features(), read()),
        readme: PICTURE.sub(lambda _: f"\n{shown}\n\n", readme.read_text("utf-8")),
    }


def main() -> int:
    for file, text in documents().items():
        file.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
