"""The documents and the list of known deviations say what the features say."""

import re
from pathlib import Path
from typing import Any

import pytest
from behave.parser import parse_file
from behave.step_registry import StepRegistry

from acceptance.behave_adapter import cells_of, scenario_id, scenarios_of, step_of
from acceptance.contract.releases import WORD, Range, Release
from acceptance.known_deviations import deviations
from acceptance.paths import ROOT
from acceptance.reports.documents import documents
from tests.runs.vocabulary import steps_of_the_features

FEATURES = [parse_file(str(file)) for file in sorted(ROOT.glob("features/*.feature"))]
SCENARIOS = [scenario for feature in FEATURES for scenario, _ in scenarios_of(feature)]
RECORDED = [
    Release.named(name) for name in ("0.18.0", "0.20.5", "0.22.1", "0.23.0", "0.24.0", "0.25.0", "0.26.4", "0.27.0")
]
DEVIATIONS = deviations.read()

every_deviation = pytest.mark.parametrize(
    "deviation", DEVIATIONS, ids=[f"{each.scenario} {dict(each.rows)}" for each in DEVIATIONS]
)


@pytest.fixture(scope="module")
def vocabulary() -> StepRegistry:
    return steps_of_the_features()


@pytest.mark.parametrize(("file", "text"), documents().items(), ids=[file.name for file in documents()])
def test_what_is_written_is_up_to_date(file: Path, text: str) -> None:
    assert file.read_text("utf-8") == text, "renew it with: make docs"


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


def test_a_case_of_the_source_document_keeps_the_number_of_its_sessions() -> None:
    text = (ROOT / "docs/source-cases.md").read_text("utf-8")
    given = {scenario_id(each): [step.name for step in each.all_steps] for each in SCENARIOS}
    rows = re.findall(r"\| `test_.*?\| (?:all|\d)(?: of ([\d,]+))? \|.*?@([A-Z]+-\d+)", text)
    assert len(rows) == 17
    assert [(count, id) for count, id in rows if f"an assistant with {count or 5} sessions" not in given[id]] == []


def scenarios_for(deviation: deviations.Deviation) -> list[Any]:
    """The scenarios that run in one of its releases."""
    releases = [release for release in RECORDED if deviation.covers_release(release)]
    return [
        scenario
        for scenario in SCENARIOS
        if deviation.covers_scenario(scenario)
        and any(release in Range.of_tags(scenario.effective_tags) for release in releases)
    ]


@every_deviation
def test_a_known_deviation_is_of_a_scenario_that_runs_in_its_releases(deviation: deviations.Deviation) -> None:
    assert scenarios_for(deviation)
    assert deviation.severity in ("high", "medium", "low")


@every_deviation
def test_a_known_deviation_is_told_in_steps_that_there_are(
    deviation: deviations.Deviation, vocabulary: StepRegistry
) -> None:
    for scenario in scenarios_for(deviation):
        told = deviation.for_row(cells_of(scenario)).instead
        assert told
        assert [step for step in told if not vocabulary.find_match(step_of(step))] == []


@every_deviation
def test_a_known_deviation_says_what_is_left(deviation: deviations.Deviation) -> None:
    # Whatever is excused, what it leaves is looked at: in the scenario's own assistant, and in the other one.
    assert any(step.endswith("remain") for step in deviation.instead)
    for scenario in scenarios_for(deviation):
        given = [step.name for step in scenario.all_steps]
        if any(step.startswith(("another assistant", "an assistant of another tenant")) for step in given):
            assert any(step.endswith("of the other assistant remain") for step in deviation.instead)


def test_no_two_known_deviations_are_for_the_same() -> None:
    for scenario in SCENARIOS:
        for release in RECORDED:
            assert (
                len([each for each in DEVIATIONS if each.covers_scenario(scenario) and each.covers_release(release)])
                <= 1
            )


def test_every_tag_of_a_scenario_means_something() -> None:
    meaning = re.compile(rf"smoke|scale|huge|explore|tenants|picture|alone|long|{WORD.pattern}|[A-Z]+-\d+")
    assert [tag for scenario in SCENARIOS for tag in scenario.effective_tags if not meaning.fullmatch(tag)] == []
