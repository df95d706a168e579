"""A run whose rules are all broken, with known deviations of its own."""

import pytest

from tests.support.runs import Finished, copy_project, run

FEATURE = """
Feature: Deleted sessions stay

  Background:
    Given an assistant with 3 sessions

  Rule: Nothing is ever gone

    @MADE-1
    Scenario: Known
      When I delete session 1
      Then the deletion succeeds
      And all 3 sessions remain

    @MADE-2
    Scenario: Something else is known
      When I delete session 1
      Then all 3 sessions remain
      And no sessions remain

    @MADE-3
    Scenario: The deviation has an undefined step
      When I delete session 1
      Then all 3 sessions remain

    @MADE-4
    Scenario Outline: Known of the first row: <number>
      When I delete session <number>
      Then all 3 sessions remain

      Examples:
        | number | left             |
        | 1      | sessions 2 and 3 |
        | 2      | sessions 1 and 3 |

    @MADE-5
    Scenario: The rule holds now
      When I delete session 1
      Then sessions 2 and 3 remain

    @MADE-6
    Scenario: The rule holds, and its deviation is intermittent
      When I delete session 1
      Then sessions 2 and 3 remain
"""

ENTRY = """
[[deviation]]
scenario = "{scenario}"
releases = "from-0.18"
instead = ["the deletion succeeds", "{left}"]
why = "This is why."
seen = "nowhere"
severity = "low"
{more}
"""
TWO_LEFT = "sessions 2 and 3 remain"

# scenario: (what happens instead, more keys of the entry)
ENTRIES = {
    "MADE-1": (TWO_LEFT, ""),
    "MADE-2": ("session 3 remain", ""),
    "MADE-3": ("the moon is full", ""),
    "MADE-4": ("<left> remain", 'rows = { number = ["1"] }'),
    "MADE-5": (TWO_LEFT, ""),
    "MADE-6": ("no sessions remain", "at_times = true"),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    project = copy_project(tmp_path_factory.mktemp("deviating") / "project")
    features = project / "features"
    for file in features.glob("*.feature"):
        file.unlink()
    (features / "made_up.feature").write_text(FEATURE, "utf-8")
    entries = [ENTRY.format(scenario=id, left=left, more=more) for id, (left, more) in ENTRIES.items()]
    (features / "known-deviations.toml").write_text("".join(entries), "utf-8")
    return run(project / "reports", root=project)


KNOWN = "known deviation (low): instead, the deletion succeeds; {left} remain. This is why. Seen: nowhere."
FAILURE = "all 3 sessions remain: gone, and should still be there: session {number}"

# scenario: (its verdict in JUnit, parts of its text in their order)
CASES: dict[str, tuple[str, list[str]]] = {
    "MADE-1 Known": ("skipped", [KNOWN.format(left="sessions 2 and 3")]),
    "MADE-2 Something else is known": (
        "failure",
        [
            f"Then {FAILURE.format(number=1)}",
            "Rule: Nothing is ever gone",
            "Expected: session 1, session 2, session 3 but: gone, and should still be there: session 1",
            f"This is not the {KNOWN.format(left='session 3')}",
            "Of it, this does not hold: session 3 remain Expected: session 3 but: there, and should not be: session 2",
            "Then no sessions remain Expected: no sessions but: there, and should not be: session 2, session 3",
        ],
    ),
    "MADE-3 The deviation has an undefined step": (
        "error",
        ["known-deviations.toml uses a step that is not defined: the moon is full"],
    ),
    "MADE-4 Known of the first row: 1": ("skipped", [KNOWN.format(left="sessions 2 and 3")]),
    "MADE-4 Known of the first row: 2": ("failure", [FAILURE.format(number=2)]),
    "MADE-5 The rule holds now": (
        "failure",
        ["Then sessions 2 and 3 remain: This rule holds now. Remove the entry of MADE-5 for from-0.18 from known-dev"],
    ),
    "MADE-6 The rule holds, and its deviation is intermittent": (
        "skipped",
        ["known deviation (low; intermittent; it did not occur in this run): at times, instead, the deletion"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_junit_shows_the_verdict_and_its_reason(finished: Finished, name: str) -> None:
    [case] = [case for case in finished.cases if case.name == name]
    text, (verdict, parts) = " ".join(case.text.split()), CASES[name]
    assert case.verdict == verdict, text
    places = [text.find(part) for part in parts]
    assert -1 not in places, text
    assert places == sorted(places)
    assert ("known deviation" in text) is any("known deviation" in part for part in parts)


def test_the_terminal_shows_known_deviations_and_fails_for_the_rest(finished: Finished) -> None:
    assert finished.status == 1
    for part in (
        "known deviations of this release: 6, 0 of high severity",
        "deviates MADE-1 ",
        "known deviations, severity low:\n  MADE-1         the deletion succeeds; sessions 2 and 3 remain\n",
        "This is not the known deviation",
        "  MADE-6         the deletion succeeds; no sessions remain (intermittent; it did not occur in this run)\n",
        "7 scenarios: 3 failed, 1 error, 3 known deviations.",
        "left behind: 0",
    ):
        assert part in finished.out
