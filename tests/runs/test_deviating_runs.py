"""Whole runs in which a rule is broken, and a list of known deviations that is not that of the project."""

from pathlib import Path

import pytest

from tests.support.runs import Finished, copy_project, patch, run
from tests.support.servers import Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

# Rules that no release keeps, but for MADE-6 and MADE-7.
FEATURE = """
Feature: What is deleted stays

  Background:
    Given an assistant with 3 sessions

  Rule: Nothing is ever gone

    @MADE-1
    Scenario: Known, to its last step
      When I delete session 1
      Then the deletion succeeds
      And all 3 sessions remain

    @MADE-2
    Scenario: Known otherwise
      When I delete session 1
      Then all 3 sessions remain
      And no sessions remain

    @MADE-3
    Scenario: Known in words that nobody knows
      When I delete session 1
      Then all 3 sessions remain

    @MADE-4
    Scenario Outline: Known of session <number>
      When I delete session <number>
      Then all 3 sessions remain

      Examples:
        | number | left             |
        | 1      | sessions 2 and 3 |
        | 2      | sessions 1 and 3 |

    @MADE-5
    Scenario Outline: Known of one row, but not of session <number>
      When I delete session <number>
      Then all 3 sessions remain

      Examples:
        | number |
        | 1      |
        | 2      |

    @MADE-6
    Scenario: Known, and no longer true
      When I delete session 1
      Then sessions 2 and 3 remain

    @MADE-7
    Scenario: Known at times, but not now
      When I delete session 1
      Then sessions 2 and 3 remain

    @MADE-8
    Scenario: Known at times, and now
      When I delete session 1
      Then all 3 sessions remain

    @MADE-9
    Scenario: Known of another release
      When I delete session 1
      Then all 3 sessions remain

    @MADE-10
    Scenario: Known, but nothing was learnt
      When I delete session 1
      Then the request is refused: the moon is full
      And all 3 sessions remain
"""

ENTRY = """
[[deviation]]
scenario = "{scenario}"
instead = {instead}
why = "This is why."
seen = "nowhere"
severity = "low"
{more}
"""
EVERY_RELEASE = 'releases = "from-0.18"'
TRUE = ["the deletion succeeds", "sessions 2 and 3 remain"]

# scenario: (what happens instead, what else the entry says)
ENTRIES = {
    "MADE-1": (TRUE, EVERY_RELEASE),
    "MADE-2": (["the deletion succeeds", "session 3 remain"], EVERY_RELEASE),
    "MADE-3": (["the deletion succeeds", "the moon is full"], EVERY_RELEASE),
    "MADE-4": (["the deletion succeeds", "<left> remain"], EVERY_RELEASE),
    "MADE-5": (TRUE, f'{EVERY_RELEASE}\nrows = {{ number = ["1"] }}'),
    "MADE-6": (TRUE, EVERY_RELEASE),
    "MADE-7": (TRUE, f"{EVERY_RELEASE}\nat_times = true"),
    "MADE-8": (TRUE, f"{EVERY_RELEASE}\nat_times = true"),
    "MADE-9": (TRUE, 'releases = "from-0.25"'),
    "MADE-10": (TRUE, EVERY_RELEASE),
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run of the scenarios above, with the entries above."""
    project = copy_project(tmp_path_factory.mktemp("made_up") / "project")
    for file in (project / "features").glob("*.feature"):
        file.unlink()
    (project / "features" / "made_up.feature").write_text(FEATURE, "utf-8")
    entries = [ENTRY.format(scenario=id, instead=instead, more=more) for id, (instead, more) in ENTRIES.items()]
    (project / "features" / "known-deviations.toml").write_text("".join(entries), "utf-8")
    return run(project / "reports", root=project)


def told(finished: Finished, name: str, verdict: str) -> str:
    """What JUnit says of the scenario of this id, or this id and name, in one line; its verdict has to be that one."""
    [case] = [case for case in finished.cases if name in (case.id, case.name)]
    assert case.verdict == verdict, case.text
    return " ".join(case.text.split())


def test_what_is_known_to_its_last_step_is_told_in_its_words(made_up: Finished) -> None:
    words = (
        "known deviation (low): instead, the deletion succeeds; sessions 2 and 3 remain. This is why. Seen: nowhere."
    )
    assert told(made_up, "MADE-1", "skipped") == words
    assert "deviates MADE-1 " in made_up.out
    in_short = "known deviations, severity low:\n  MADE-1         the deletion succeeds; sessions 2 and 3 remain\n"
    assert in_short in made_up.out


def test_what_is_known_otherwise_is_told_beside_what_was_known(made_up: Finished) -> None:
    text = told(made_up, "MADE-2", "failure")
    expected = [
        "Then all 3 sessions remain: gone, and should still be there: session 1",
        "Rule: Nothing is ever gone",
        "Then all 3 sessions remain Expected: session 1, session 2, session 3 "
        "but: gone, and should still be there: session 1",
        "This is not the known deviation (low): instead, the deletion succeeds; session 3 remain. This is why. "
        "Seen: nowhere. Expected: session 3 but: there, and should not be: session 2",
        "Then no sessions remain Expected: no sessions but: there, and should not be: session 2, session 3",
    ]
    places = [text.find(part) for part in expected]
    assert -1 not in places, text
    assert places == sorted(places)
    assert "This is not the known deviation" in made_up.out


def test_a_step_that_is_not_defined_is_an_error(made_up: Finished) -> None:
    text = told(made_up, "MADE-3", "error")
    assert "known-deviations.toml speaks of a step that is not defined: the moon is full" in text


@pytest.mark.parametrize(("number", "left"), [(1, "sessions 2 and 3"), (2, "sessions 1 and 3")])
def test_a_column_stands_for_the_cell_of_its_row(made_up: Finished, number: int, left: str) -> None:
    text = told(made_up, f"MADE-4 Known of session {number}", "skipped")
    assert f"instead, the deletion succeeds; {left} remain. " in text


def test_an_entry_for_some_rows_excuses_no_others(made_up: Finished) -> None:
    assert "known deviation" in told(made_up, "MADE-5 Known of one row, but not of session 1", "skipped")
    assert "known deviation" not in told(made_up, "MADE-5 Known of one row, but not of session 2", "failure")


def test_a_rule_that_holds_against_its_entry_fails(made_up: Finished) -> None:
    text = told(made_up, "MADE-6", "failure")
    assert "This rule holds now. Remove the entry of MADE-6 for from-0.18 from known-deviations.toml" in text
    # The first line is what JUnit shows of it.
    assert text.startswith("Then sessions 2 and 3 remain: This rule holds now. ")


def test_what_happens_at_times_may_happen_or_not(made_up: Finished) -> None:
    assert told(made_up, "MADE-7", "passed") == ""
    assert "known deviation" in told(made_up, "MADE-8", "skipped")


def test_an_entry_for_another_release_excuses_nothing(made_up: Finished) -> None:
    assert "known deviation" not in told(made_up, "MADE-9", "failure")


def test_an_error_is_not_excused(made_up: Finished) -> None:
    text = told(made_up, "MADE-10", "error")
    assert "has no outcome 'the moon is full'" in text
    assert "known deviation" not in text


def test_whatever_is_not_excused_turns_the_run_red(made_up: Finished) -> None:
    assert made_up.status == 1
    assert "12 scenarios: 1 passed, 4 failed, 2 error, 5 known deviations." in made_up.out
    assert "left behind: 0" in made_up.out


def test_what_the_project_knows_leaves_the_run_green(tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@ODD-4")
    assert finished.status == 0
    assert told(finished, "ODD-4", "skipped").startswith("known deviation (high): instead, the deletion succeeds; ")
    assert "1 known deviation." in finished.out


def test_without_its_entry_it_turns_the_run_red(project: Path) -> None:
    patch(project / "features" / "known-deviations.toml", 'scenario = "ODD-4"', 'scenario = "ODD-0"')
    finished = run(project / "reports", "--tags=@ODD-4", root=project)
    assert finished.status == 1
    assert "gone, and should still be there: session 1" in told(finished, "ODD-4", "failure")


def test_where_nobody_answers_what_happens_instead_nothing_is_learnt(tmp_path: Path, embedded: Embedded) -> None:
    """The first outcome is an answer; only what happens instead speaks of the sessions that are left."""

    def react(seen: Seen) -> Reply | Misconduct:
        is_listing = seen.method == "GET" and "/sessions?" in seen.path and "orderby=name" in seen.path
        return Misconduct.BREAK_OFF if is_listing else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        finished = run(tmp_path, "--tags=@DUPLICATE-4", settings={**embedded.settings, "RAGFLOW_URL": between.url})
    assert finished.status == 1
    assert "got no answer: the connection broke off" in told(finished, "DUPLICATE-4", "error")
    assert embedded.assistants() == []
