"""The table that leads from each rule to its scenarios: ``python -m acceptance.reports.rules_table`` writes it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from behave.model import Rule, ScenarioOutline
from behave.parser import parse_file

from acceptance.rules.applicability import TAG
from acceptance.rules.deviations import read
from acceptance.rules.scenarios import scenario_id

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "rules.md"


def table() -> str:
    """The whole page, made from the feature files and the known deviations."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    deviating = {deviation.scenario: deviation for deviation in read()}
    yield "# The rules, and the scenarios that check them"
    yield ""
    yield "Written by `make docs` from the feature files; a test sees to it that it is up to date."
    for file in sorted(ROOT.glob("features/*.feature")):
        feature = parse_file(str(file))
        yield from ("", f"## {feature.name}", "", f"`features/{file.name}`", "")
        yield from ("| rule | scenarios | releases | known to be broken by |", "|---|---|---|---|")
        for rule in (item for item in feature.run_items if isinstance(item, Rule)):
            for number, scenario in enumerate(rule.run_items):
                id = scenario_id(scenario)
                rows = f" ({_rows(scenario)} rows)" if isinstance(scenario, ScenarioOutline) else ""
                broken = " or ".join(deviating[id].releases) if id in deviating else ""
                cells = (
                    "" if number else rule.name,
                    f"@{id} {_plain(scenario.name)}{rows}",
                    _releases(scenario),
                    broken,
                )
                yield f"| {' | '.join(cells)} |"


def _rows(outline: Any) -> int:
    return sum(len(examples.table.rows) for examples in outline.examples)


def _plain(name: str) -> str:
    """The name with its placeholders in italics; Markdown would take them for HTML."""
    return name.replace("<", "*").replace(">", "*")


def _releases(scenario: Any) -> str:
    words = [tag.replace("-", " ") for tag in scenario.tags if TAG.fullmatch(tag)]
    return ", ".join(words) or "all"


def main() -> int:
    FILE.write_text(table(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
