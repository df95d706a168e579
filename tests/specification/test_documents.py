"""The documents say what the features say."""

import re

from behave.parser import parse_file
from packaging.version import Version

from acceptance.reports import rules_table
from acceptance.rules import deviations
from acceptance.rules.applicability import applies
from acceptance.rules.scenarios import scenario_id, scenarios_of
from tests.specification.runs import ROOT

FEATURES = [parse_file(str(file)) for file in sorted(ROOT.glob("features/*.feature"))]
SCENARIOS = [scenario for feature in FEATURES for scenario, _ in scenarios_of(feature)]
RECORDED = [
    Version(release) for release in ("0.18.0", "0.20.5", "0.22.1", "0.23.0", "0.24.0", "0.25.0", "0.26.4", "0.27.0")
]


def test_the_table_of_rules_is_up_to_date() -> None:
    assert rules_table.FILE.read_text("utf-8") == rules_table.table(), "renew it with: make docs"


def test_every_case_of_the_source_document_leads_to_a_scenario() -> None:
    rows = [
        line for line in (ROOT / "docs/source-cases.md").read_text("utf-8").splitlines() if line.startswith("| `test_")
    ]
    known = {scenario_id(scenario) for scenario in SCENARIOS}
    assert len(rows) == 17
    for row in rows:
        ids = re.findall(r"@([A-Z]+-\d+)", row)
        assert ids, row
        assert set(ids) <= known, row


def test_every_known_deviation_is_of_a_scenario_that_runs_in_its_releases() -> None:
    for deviation in deviations.read():
        scenarios = [scenario for scenario in SCENARIOS if scenario_id(scenario) == deviation.scenario]
        assert scenarios, deviation
        assert deviation.severity in ("high", "medium", "low"), deviation
        assert deviation.shows, deviation
        releases = [release for release in RECORDED if deviation.is_of(release)]
        assert releases, deviation
        assert any(applies(scenario.effective_tags, release) for scenario in scenarios for release in releases), (
            deviation
        )


def test_every_tag_of_a_scenario_means_something() -> None:
    meaning = re.compile(r"smoke|scale|huge|tenants|(from|until|not)-\d+(\.\d+)+|[A-Z]+-\d+")
    assert [tag for scenario in SCENARIOS for tag in scenario.effective_tags if not meaning.fullmatch(tag)] == []
