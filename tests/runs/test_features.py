"""The features as text: whether they are what a product owner should read."""

import re
from collections import Counter
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path
from typing import Any

import pytest
from behave.model import Rule
from behave.parser import parse_file

from acceptance.behave_adapter import cells_of, step_of
from acceptance.contract.releases import WORD
from acceptance.known_deviations.deviations import read
from acceptance.paths import ROOT
from tests.runs.vocabulary import steps_of_the_features

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
        # A table shows what is sent, letter for letter.
        if not line.lstrip().startswith(("@", "#", "|")):
            assert not re.search(rf"\b({TECHNICAL})\b", line, re.IGNORECASE), line


@every_feature
def test_what_depends_on_the_release_says_so_in_a_title(feature: Any) -> None:
    # A release is spoken of once: by a Rule, or by a table of Examples.
    for scenario in scenarios(feature):
        assert [tag for tag in scenario.tags if WORD.fullmatch(tag)] == [], scenario.name
        for part in [*([scenario.parent] if scenario.parent else []), *getattr(scenario, "examples", [])]:
            spoken_of = [tag for tag in part.tags if WORD.fullmatch(tag)]
            assert bool(spoken_of) == bool(re.search(r"release \d", part.name)), part.name


@every_feature
def test_no_two_scenarios_do_the_same(feature: Any) -> None:
    stories = [
        (row.effective_tags, [step.name for step in row.all_steps])
        for scenario in scenarios(feature)
        for row in getattr(scenario, "scenarios", [scenario])
    ]
    assert [steps for tags, steps in stories if [each for _, each in stories].count(steps) > 1] == []


def test_no_python_file_holds_what_a_feature_sends() -> None:
    cells = {
        cells_of(row)[column]
        for feature in FEATURES
        for scenario in scenarios(feature)
        for row in getattr(scenario, "scenarios", [])
        for column in ("request", "authorization", "call", "words")
        if column in cells_of(row)
    }
    # What is in brackets is a sign, and a word or a number may stand anywhere.
    telling = {cell for cell in cells if len(cell) > 2 and re.search(r"[{\[ ]", cell) and not cell.startswith("(")}
    assert len(telling) > 50
    code = "".join(
        file.read_text("utf-8") for folder in ("acceptance", "features") for file in (ROOT / folder).rglob("*.py")
    )
    assert [cell for cell in telling if cell in code] == []


def test_every_step_is_defined_and_every_definition_used() -> None:
    # Not by behave's own list of what is unused: it does not look into the Background of a Rule. An action is told in
    # two tenses by one function, and stories are told in any of its wordings.
    vocabulary = steps_of_the_features()
    said = {
        (step.step_type, step.name): step
        for feature in FEATURES
        for scenario in scenarios(feature)
        for row in getattr(scenario, "scenarios", [scenario])
        for step in row.all_steps
    }
    assert [name for (_, name), step in said.items() if vocabulary.find_step_definition(step) is None] == []
    told = [step_of(step) for deviation in read() for step in deviation.instead]
    used = {unwrap(vocabulary.find_step_definition(step).func) for step in [*said.values(), *told]}
    definitions = [each for kind in vocabulary.steps.values() for each in kind]
    assert len(used) > 50
    assert [each.pattern for each in definitions if unwrap(each.func) not in used] == []
