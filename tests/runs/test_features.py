"""The features as text, and what the list of known deviations and the documents say about them."""

import re
from collections import Counter
from collections.abc import Iterator
from inspect import unwrap
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from behave.model import Rule

from acceptance.behave_adapter import cells_of, read_features, read_scenarios, scenario_id, step_of
from acceptance.contract.contract import known_releases
from acceptance.contract.releases import WORD, Range
from acceptance.known_deviations.deviations import SEVERITIES, Deviation, read
from acceptance.paths import ROOT
from acceptance.ragflow.charsets import CHARSETS
from acceptance.reports.documents import documents
from tests.support.steps import steps_of_the_features

SCENARIOS = read_scenarios()
DEVIATIONS = read()
TAG = re.compile(rf"smoke|scale|huge|explore|tenants|picture|alone|long|teams|{WORD.pattern}|[A-Z]+-\d+")

# Words that belong in tables, which show requests exactly as sent.
TECHNICAL = (
    "api/v1|boolean|chat_id|content-type|delete_all|endpoint|exception|header|http|https|null|parameter|payload|"
    "python|sql|status|status code|url|uuid"
)

every_feature = pytest.mark.parametrize("feature", read_features(), ids=lambda each: Path(each.filename).stem)
every_deviation = pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda each: f"{each.scenario} {each.rows}")


def outlines(container: Any) -> Iterator[Any]:
    """The scenarios and outlines of a feature, including those of its rules."""
    for item in container.run_items:
        if isinstance(item, Rule):
            yield from outlines(item)
        else:
            yield item


def rows_of(feature: Any) -> list[Any]:
    return [row for each in outlines(feature) for row in getattr(each, "scenarios", [each])]


def test_every_scenario_has_one_unique_id_and_only_known_tags() -> None:
    ids = [scenario_id(each) for feature in read_features() for each in outlines(feature)]
    assert all(ids)
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    assert [tag for each in SCENARIOS for tag in each.effective_tags if not TAG.fullmatch(tag)] == []


@every_feature
def test_a_feature_has_an_introduction_and_unique_titles_and_scenarios(feature: Any) -> None:
    assert feature.description
    assert all(list(outlines(rule)) for rule in feature.rules)
    rows = rows_of(feature)
    assert [name for name, count in Counter(row.name for row in rows).items() if count > 1] == []
    sequences = Counter(
        (release, *(step.name for step in row.all_steps))
        for row in rows
        for release in known_releases()
        if release in Range.from_tags(row.effective_tags)
    )
    assert [steps for steps, count in sequences.items() if count > 1] == []


@every_feature
def test_sentences_contain_no_technical_words(feature: Any) -> None:
    for line in Path(feature.filename).read_text("utf-8").splitlines():
        if not line.lstrip().startswith(("@", "#", "|")):
            assert not re.search(rf"\b({TECHNICAL})\b", line, re.IGNORECASE), line


@every_feature
def test_a_release_is_named_by_the_title_and_the_tag_of_a_rule_or_of_examples(feature: Any) -> None:
    for scenario in outlines(feature):
        assert [tag for tag in scenario.tags if WORD.fullmatch(tag)] == [], scenario.name
        for part in [*([scenario.parent] if scenario.parent else []), *getattr(scenario, "examples", [])]:
            tags = [tag for tag in part.tags if WORD.fullmatch(tag)]
            assert bool(tags) == bool(re.search(r"release \d|Go server", part.name)), part.name


def test_no_python_file_contains_a_request_of_a_feature() -> None:
    columns = ("request", "authorization", "call", "query")
    cells = {cells_of(row)[column] for row in SCENARIOS for column in columns if column in cells_of(row)}
    # Short cells and placeholders may occur anywhere.
    requests = {cell for cell in cells if len(cell) > 2 and re.search(r"[{\[ ]", cell) and not cell.startswith("(")}
    assert len(requests) > 50
    files = [file for folder in ("acceptance", "features") for file in (ROOT / folder).rglob("*.py")]
    code = "".join(file.read_text("utf-8") for file in files)
    assert [request for request in requests if request in code] == []


def test_every_step_is_defined_and_every_definition_is_used() -> None:
    # An action is one function with two tenses; a story may use either.
    registry = steps_of_the_features()
    used = {(step.step_type, step.name): step for row in SCENARIOS for step in row.all_steps}
    assert [name for (_, name), step in used.items() if registry.find_step_definition(step) is None] == []
    in_deviations = [step_of(step) for deviation in DEVIATIONS for step in deviation.instead]
    functions = {unwrap(registry.find_step_definition(step).func) for step in [*used.values(), *in_deviations]}
    definitions = [each for kind in registry.steps.values() for each in kind]
    assert len(functions) > 50
    assert [each.pattern for each in definitions if unwrap(each.func) not in functions] == []


@every_deviation
def test_a_known_deviation_applies_to_a_scenario_and_says_what_remains(deviation: Deviation) -> None:
    releases = [release for release in known_releases() if deviation.covers_release(release)]
    scenarios = [
        each
        for each in SCENARIOS
        if deviation.covers_scenario(each) and any(one in Range.from_tags(each.effective_tags) for one in releases)
    ]
    assert scenarios
    assert deviation.severity in SEVERITIES
    assert deviation.why.endswith(".")
    assert any(step.endswith("remain") for step in deviation.instead)
    for scenario in scenarios:
        instead = deviation.for_row(cells_of(scenario)).instead
        assert [step for step in instead if not steps_of_the_features().find_match(step_of(step))] == []
        given = [step.name for step in scenario.all_steps]
        if any(step.startswith(("another assistant", "an assistant of another tenant")) for step in given):
            assert any(step.endswith("of the other assistant remain") for step in instead)


def test_no_two_known_deviations_apply_to_the_same_scenario_and_release() -> None:
    for scenario in SCENARIOS:
        candidates = [each for each in DEVIATIONS if each.covers_scenario(scenario)]
        for release, charset in product(known_releases(), CHARSETS):
            here = [each for each in candidates if each.covers_release(release) and each.covers_charset(charset)]
            assert len(here) <= 1


@pytest.mark.parametrize(("file", "text"), documents().items(), ids=[file.name for file in documents()])
def test_a_generated_document_is_up_to_date(file: Path, text: str) -> None:
    assert file.read_text("utf-8") == text, "run: make docs"


def test_every_source_case_has_a_scenario_with_its_number_of_sessions() -> None:
    text = (ROOT / "docs/source-cases.md").read_text("utf-8")
    given = {scenario_id(each): [step.name for step in each.all_steps] for each in SCENARIOS}
    rows = [line for line in text.splitlines() if line.startswith("| `test_")]
    assert len(rows) == 17
    for row in rows:
        ids = re.findall(r"@([A-Z]+-\d+)", row)
        assert ids
        assert set(ids) <= given.keys()
        [count] = re.findall(r"\| (?:all|\d)(?: of ([\d,]+))? \|", row)
        assert f"an assistant with {count or 5} sessions" in given[ids[0]], row
