from typing import Any

import pytest
from behave.parser import parse_feature

from acceptance.behave_adapter import cells_of, remove_scenarios, scenario_id, scenarios_of

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


# what goes: (the scenarios that are taken, each with its rule, and the names of those that stay)
OF_SAY_3 = [(f"The {name}", "Say one thing") for name in ("peace of Anna", "war of Otto", "rain of Ida")]
ALL = ["Alone", "In a rule", *(name for name, _ in OF_SAY_3), "In another rule"]
TAKEN: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "SAY-1": ([("Alone", "")], ALL[1:]),
    "SAY-2": ([("In a rule", "Say one thing")], [ALL[0], *ALL[2:]]),
    "SAY-3": (OF_SAY_3, ["Alone", "In a rule", "In another rule"]),
    "from-0.25": (OF_SAY_3[2:], [*ALL[:4], "In another rule"]),
    "SAY-4": ([("In another rule", "Say another")], ALL[:-1]),
    "nothing": ([], ALL),
}


@pytest.mark.parametrize(("tag", "taken", "left"), [(tag, *what) for tag, what in TAKEN.items()])
def test_what_goes_is_told_with_its_rule_and_the_others_stay(
    feature: Any, tag: str, taken: list[tuple[str, str]], left: list[str]
) -> None:
    gone = remove_scenarios(feature, lambda scenario: tag in scenario.effective_tags)
    assert [(scenario.name.partition(" -- ")[0], rule) for scenario, rule in gone] == taken
    assert names(feature) == left
    # Nothing is left that holds no scenario.
    assert all(not hasattr(item, "run_items") or item.run_items for item in feature.run_items)


def test_where_everything_goes_nothing_is_left(feature: Any) -> None:
    assert len(remove_scenarios(feature, lambda _: True)) == len(ALL)
    assert feature.run_items == []


TWO_OF_ONE_NAME = """
Feature: Speaking
  @SAY-1
  Scenario Outline: The <what>
    When <what> is said

    @until-0.24
    Examples: one
      | what  |
      | peace |

    @from-0.25
    Examples: another
      | what  |
      | peace |
"""


@pytest.mark.parametrize("tag", ["until-0.24", "from-0.25"])
def test_of_two_rows_of_one_name_only_the_one_that_is_meant_is_taken_out(tag: str) -> None:
    feature = parse_feature(TWO_OF_ONE_NAME)
    [(gone, _)] = remove_scenarios(feature, lambda scenario: tag in scenario.effective_tags)
    assert tag in gone.effective_tags
    [(left, _)] = scenarios_of(feature)
    assert tag not in left.effective_tags
