from typing import Any

import pytest
from behave.parser import parse_feature

from acceptance.rules.scenarios import cells_of, keep_scenarios, scenario_id, scenarios_of

FEATURE = """
Feature: Speaking
  @SAY-1
  Scenario: Alone
    When it is said

  Rule: Say one thing
    @smoke @SAY-2
    Scenario: In a rule
      When it is said

    @SAY-3
    Scenario Outline: The <what> of <whom>
      When <what> is said

      Examples: one
        | what  | whom |
        | peace | Anna |
        | war   | Otto |

      @from-0.25
      Examples: another
        | what | whom |
        | rain | Ida  |

  Rule: Say another
    @SAY-4
    Scenario: In another rule
      When it is said
"""


@pytest.fixture
def feature() -> Any:
    return parse_feature(FEATURE)


def names(feature: Any) -> list[str]:
    return [scenario.name.partition(" -- ")[0] for scenario, _ in scenarios_of(feature)]


def test_every_row_of_an_outline_is_a_scenario(feature: Any) -> None:
    found = [(scenario_id(scenario), rule) for scenario, rule in scenarios_of(feature)]
    assert found == [
        ("SAY-1", ""),
        ("SAY-2", "Say one thing"),
        *[("SAY-3", "Say one thing")] * 3,
        ("SAY-4", "Say another"),
    ]


@pytest.mark.parametrize(
    ("tags", "id"),
    {"SAY-1": "SAY-1", "smoke from-0.25 SAY-12": "SAY-12", "smoke not-0.27-go": "", "": "", "SAY-x": ""}.items(),
)
def test_a_scenario_is_called_by_the_tag_that_ends_in_a_number(tags: str, id: str) -> None:
    [(scenario, _)] = scenarios_of(parse_feature("Feature: A\n  Scenario: B\n    When it is said"))
    scenario.tags = tags.split()
    assert scenario_id(scenario) == id


def test_a_row_has_cells(feature: Any) -> None:
    cells = [cells_of(scenario) for scenario, _ in scenarios_of(feature)]
    assert cells[0] == {}
    assert cells[2:5] == [
        {"what": "peace", "whom": "Anna"},
        {"what": "war", "whom": "Otto"},
        {"what": "rain", "whom": "Ida"},
    ]


# what applies: (the names that are kept, how many others there were)
KEPT: dict[str, tuple[list[str], int]] = {
    "SAY-1": (["Alone"], 5),
    "SAY-2": (["In a rule"], 5),
    "SAY-3": (["The peace of Anna", "The war of Otto", "The rain of Ida"], 3),
    "from-0.25": (["The rain of Ida"], 5),
    "nothing": ([], 6),
}


@pytest.mark.parametrize(("tag", "kept", "taken"), [(tag, *what) for tag, what in KEPT.items()])
def test_only_what_applies_is_kept(feature: Any, tag: str, kept: list[str], taken: int) -> None:
    assert keep_scenarios(feature, lambda scenario: tag in scenario.effective_tags) == taken
    assert names(feature) == kept
    # Nothing is left that holds no scenario.
    assert all(not hasattr(item, "run_items") or item.run_items for item in feature.run_items)
    assert bool(feature.run_items) is bool(kept)


def test_where_everything_applies_nothing_is_taken(feature: Any) -> None:
    before = names(feature)
    assert keep_scenarios(feature, lambda _: True) == 0
    assert names(feature) == before
