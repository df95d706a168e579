"""The features as text: whether they are what a product owner should read."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from behave.model import Rule
from behave.parser import parse_file

from tests.specification.runs import ROOT, run

FILES = sorted((ROOT / "features").glob("**/*.feature"))
FEATURES = [parse_file(str(file)) for file in FILES]
ID = re.compile(r"[A-Z]+-\d+")
# Words that belong on the wire, or inside.
TECHNICAL = (
    "api/v1|boolean|chat_id|content-type|delete_all|endpoint|exception|header|http|https|json|null|parameter|payload|"
    "python|query|sql|status|status code|string|url|uuid"
)

every_feature = pytest.mark.parametrize("feature", FEATURES, ids=[file.stem for file in FILES])


def scenarios(container: Any) -> Iterator[Any]:
    """The scenarios and outlines of a feature, those of its rules included."""
    for item in container.run_items:
        if isinstance(item, Rule):
            yield from scenarios(item)
        else:
            yield item


def test_there_are_features() -> None:
    assert FEATURES


@every_feature
def test_every_scenario_has_one_id(feature: Any) -> None:
    for scenario in scenarios(feature):
        assert len([tag for tag in scenario.tags if ID.fullmatch(tag)]) == 1, scenario.name


def test_every_id_belongs_to_one_scenario() -> None:
    ids = [tag for feature in FEATURES for scenario in scenarios(feature) for tag in scenario.tags if ID.fullmatch(tag)]
    assert [id for id, count in Counter(ids).items() if count > 1] == []


@every_feature
def test_every_scenario_has_a_name_of_its_own(feature: Any) -> None:
    # A row of an outline is a scenario of its own in a report.
    names = [row.name for scenario in scenarios(feature) for row in getattr(scenario, "scenarios", [scenario])]
    assert all(names)
    assert [name for name, count in Counter(names).items() if count > 1] == []


@every_feature
def test_every_rule_has_an_example(feature: Any) -> None:
    assert feature.description
    for rule in feature.rules:
        assert list(scenarios(rule)), rule.name


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_no_technical_word_is_used(file: Path) -> None:
    for line in file.read_text("utf-8").splitlines():
        if not line.lstrip().startswith(("@", "#")):
            assert not re.search(rf"\b({TECHNICAL})\b", line, re.IGNORECASE), line


def test_every_step_is_defined_and_every_definition_used(tmp_path: Path) -> None:
    usage = run(tmp_path, "--dry-run", "--format=steps.usage").out
    for heading in ("UNDEFINED STEPS", "UNUSED STEP DEFINITIONS"):
        assert heading not in usage, usage.partition(heading)[2]
