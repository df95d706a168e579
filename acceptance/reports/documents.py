"""The documents that are generated from the features: ``make docs`` writes them."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from behave.model import Rule, ScenarioOutline

from acceptance.behave_adapter import read_features, scenario_id
from acceptance.contract.releases import Range
from acceptance.known_deviations.deviations import Deviation, read
from acceptance.paths import ROOT
from acceptance.reports.findings import findings
from acceptance.reports.overview import overview
from acceptance.reports.rendering import write_text

# The place of the overview in the README.
OVERVIEW = re.compile(r"(?<=<!-- picture -->\n).*?(?=<!-- end of the picture -->)", re.DOTALL)

# The end of the introduction of docs/findings.md.
FINDINGS = "<!-- findings -->\n\n"

INTRODUCTION = """\
# Rules and scenarios

`make docs` writes this page from the features. A scenario without a note applies to every release. `until-0.24` and
`from-0.24` include every patch of 0.24; `not-0.22.1` excludes that one."""

NOT_COVERED = """
## Not covered

Sessions with messages: an answer needs a language model, which the specification does without."""


def documents() -> dict[Path, str]:
    """Return the text of every generated document by file."""
    readme, page = ROOT / "README.md", ROOT / "docs" / "findings.md"
    return {
        ROOT / "docs" / "rules.md": rules_table(read_features(), read()),
        page: page.read_text("utf-8").partition(FINDINGS)[0] + FINDINGS + findings(read()),
        readme: OVERVIEW.sub(lambda _: f"\n{overview()}\n\n", readme.read_text("utf-8")),
    }


def rules_table(features: Sequence[Any], deviations: Sequence[Deviation]) -> str:
    """Return ``docs/rules.md``: the scenarios of each rule, and the releases that break it."""
    lines = [INTRODUCTION]
    for feature in features:
        lines += ["", f"## {feature.name}", "", f"`features/{Path(feature.filename).name}`", ""]
        lines += ["| rule | scenarios | known deviations |", "|---|---|---|"]
        for rule in (item for item in feature.run_items if isinstance(item, Rule)):
            scenarios = {scenario_id(item): _releases(item) for item in rule.run_items}
            ids = ", ".join(f"{id}{f' ({releases})' if releases else ''}" for id, releases in scenarios.items())
            known = [f"{each.scenario} ({each.condition})" for each in deviations if each.scenario in scenarios]
            lines.append(f"| {rule.name} | {ids} | {', '.join(dict.fromkeys(known))} |")
    return "\n".join([*lines, NOT_COVERED]) + "\n"


def _releases(scenario: Any) -> str:
    """Return the releases of a scenario, or of the rows of an outline; empty if it applies to all."""
    rows = scenario.scenarios if isinstance(scenario, ScenarioOutline) else [scenario]
    releases = dict.fromkeys(str(Range.from_tags(row.effective_tags)) for row in rows)
    return "" if list(releases) == ["all"] else "; ".join(releases)


def main() -> int:
    for file, text in documents().items():
        write_text(file, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
