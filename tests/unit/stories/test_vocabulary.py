"""What stories are told with, as the features and the known deviations of a release have it."""

from pathlib import Path

import pytest

from acceptance.behave_adapter import step_of
from acceptance.contract.contract import known_releases
from acceptance.contract.releases import Release
from acceptance.known_deviations.deviations import FILE
from acceptance.notation.sessions import NO_NAME, NOBODY
from acceptance.notation.tenses import past
from acceptance.stories.vocabulary import Request, Vocabulary, vocabulary_of
from tests.runs.vocabulary import steps_of_the_features

ALL = (1, 2, 3, 4, 5)

# (a release, what is sent): the answer, and what is deleted of 5 sessions; None where it is not determined
FOLLOWS = {
    ("0.20.5", '{"ids": []}'): ("the deletion succeeds", ALL),
    ("0.22.1", '{"ids": []}'): ("the deletion succeeds", ALL),
    ("0.24.0", '{"ids": []}'): ("the deletion succeeds", ALL),
    ("0.25.6", '{"ids": []}'): ("there was nothing to delete", ()),
    ("0.27.0", '{"ids": []}'): ("there was nothing to delete", ()),
    ("0.27.0", '{"delete_all": true}'): ("the deletion succeeds", ALL),
    # A known deviation, and what holds again.
    ("0.20.5", "not json"): ("the deletion succeeds", ALL),
    ("0.27.0", "not json"): ("the request is refused: it cannot be read", ()),
    ("0.22.1", "not json"): ("the request is refused: it cannot be read", ()),
    ("0.20.5", '{"IDS": ["SESSION-1"]}'): ("the deletion succeeds", ALL),
    ("0.27.0", '{"ids": [null]}'): ("the deletion succeeds", ()),
    ("0.20.5", '{"ids": ["SESSION-1[CAPITALS]"]}'): ("the deletion succeeds", (1,)),
    # What happens at times only, and what takes long.
    ("0.20.5", '{"ids": ["SESSION-1␠"]}'): None,
    ("0.20.5", '{"ids": ["⟨FF⟩⟨FE⟩"]}'): None,
    ("0.27.0", '{"ids": ["SESSION-1"]}␠{5000000}'): None,
}


def vocabulary(release: str) -> Vocabulary:
    return vocabulary_of(Release.named(release))


@pytest.mark.parametrize(("asked", "follows"), FOLLOWS.items())
def test_what_follows_from_a_request_is_what_the_features_say(
    asked: tuple[str, str], follows: tuple[str, tuple[int, ...]] | None
) -> None:
    release, sent = asked
    found = [
        (request.answer, request.deletes)
        for request in vocabulary(release).requests
        if request.text == f"I send: {sent}" and not request.of_emptied
    ]
    assert found == ([follows] if follows else [])


def test_an_assistant_that_was_emptied_may_answer_otherwise() -> None:
    everything = [each for each in vocabulary("0.27.0").requests if each.text == 'I send: {"delete_all": true}']
    assert {each.of_emptied: each.answer for each in everything} == {
        False: "the deletion succeeds",
        True: "there was nothing to delete",
    }


@pytest.mark.parametrize(
    ("release", "hidden"), [("0.24.0", {"DUPLICATE-4", "DUPLICATE-5"}), ("0.25.6", set()), ("0.27.0", set())]
)
def test_a_release_that_hides_what_was_listed_again_is_known(release: str, hidden: set[str]) -> None:
    assert vocabulary(release).hides_repeated == hidden


def test_names_and_users_are_those_of_the_features() -> None:
    told = vocabulary("0.20.5")
    assert {"it's mine", "SESSION-1", "x{255}", NO_NAME} <= set(told.names)
    assert set(told.users) == {"user 1", "user 2", NOBODY}


@pytest.mark.parametrize(("release", "answer"), [("0.20.5", "malformed"), ("0.27.0", "unknown")])
def test_a_key_is_refused_as_the_features_say(release: str, answer: str) -> None:
    refusals = dict(vocabulary(release).refusals)
    assert refusals["Bearer invalid_key_123"] == "the request is refused: the API key is unknown"
    assert refusals["(no header)"] == "the request is refused: the API key is missing"
    written = {"malformed": "KEY", "unknown": "Basic KEY"}[answer]
    assert written not in refusals or answer in refusals[written]


def test_a_request_is_about_the_session_that_is_there() -> None:
    request = Request('I send: {"ids": ["SESSION-1", "OTHER-SESSION-1", "SESSION-12"]}', "it succeeds", (1,), False)
    assert request.about(3) == 'I send: {"ids": ["SESSION-3", "OTHER-SESSION-1", "SESSION-12"]}'
    assert request.speaks_of_another


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_everything_that_is_told_is_a_step(release: Release) -> None:
    registry = steps_of_the_features()
    told = vocabulary_of(release)
    assert len(told.requests) > 50
    assert len(told.refusals) > 5
    told_in = {
        "when": {request.text for request in told.requests},
        "given": {past(request.text) for request in told.requests},
        "then": {each.answer for each in told.requests} | {answer for _, answer in told.refusals},
    }
    assert [
        text for kind, texts in told_in.items() for text in texts if not registry.find_match(step_of(text, kind))
    ] == []


# Of features that are few.

FEATURE = """
Feature: Sending
  Rule: Requests
    @ODD-901
    Scenario Outline: It sends <sent>
      Given an assistant with 5 sessions
      When I send: <sent>
      Then <answer>
      And <left>

      Examples:
        | sent                | answer                | left                          |
        | [SESSION-1]         | the deletion succeeds | sessions 2, 3, 4 and 5 remain |
        | everything          | the deletion succeeds | no sessions remain            |
        | [SESSION-1]␠{10000} | the deletion succeeds | sessions 2, 3, 4 and 5 remain |
        | [SESSION-1]␠{9999}  | the deletion succeeds | sessions 2, 3, 4 and 5 remain |

  @from-0.25
  Rule: Later
    @ODD-902
    Scenario: It sends one more
      Given an assistant with 5 sessions
      When I send: later
      Then there was nothing to delete
      And all 5 sessions remain

  Rule: It is told otherwise
    @ODD-903
    Scenario: Of an assistant of another kind
      Given an assistant with 7 sessions
      When I send: of seven
      Then the deletion succeeds
      And no sessions remain
    @ODD-904
    Scenario: Twice
      Given an assistant with 5 sessions
      When I send: twice
      And I send: twice
      Then the deletion succeeds
      And no sessions remain
    @ODD-905
    Scenario: What is left is not told
      Given an assistant with 5 sessions
      When I send: untold
      Then the deletion succeeds
    @ODD-906
    Scenario: The answer is not told
      Given an assistant with 5 sessions
      When I send: unanswered
      Then all 5 sessions remain
    @ODD-907
    Scenario: In another way
      Given an assistant with 5 sessions
      And another assistant with 2 sessions
      When I send as text/plain: in another way
      Then the request is answered: that was odd
      And all 5 sessions remain
    @ODD-908
    Scenario: Of an emptied one
      Given an assistant with 5 sessions
      And all 5 sessions have been deleted
      When I send: everything
      Then there was nothing to delete
      And no sessions remain

  Rule: Keys
    @ODD-909
    Scenario Outline: It is refused: <authorization>
      Given an assistant with 5 sessions
      When I try to delete all 5 sessions, authorized by: <authorization>
      Then the request is refused: <why>

      Examples:
        | authorization | why      |
        | none          | no key   |
        | x{99999}      | too long |

  Rule: Names
    @ODD-910
    Scenario Outline: It is called <name>
      Given an assistant with these sessions
        | session | name   | user   |
        | 1       | <name> | user 1 |
        | 2       | b      | nobody |
      When I send: named
      Then the deletion succeeds

      Examples:
        | name |
        | a    |
        | c    |
"""

DEVIATION = """
[[deviation]]
scenario = "ODD-901"
releases = "until-0.24"
rows = {{ sent = ["everything"] }}
instead = ["the request is refused: it is <sent>", "all 5 sessions remain"]
why = "It is so."
seen = "nowhere"
severity = "low"
at_times = {at_times}
"""


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A folder with one feature, of which no deviation is known."""
    (tmp_path / "sending.feature").write_text(FEATURE, "utf-8")
    (tmp_path / FILE.name).write_text("", "utf-8")
    return tmp_path


def follows(release: str, features: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """What follows from each request to an assistant with sessions, by what is sent."""
    return {
        request.text.partition(": ")[2]: (request.answer, request.deletes)
        for request in vocabulary_of(Release.named(release), features).requests
        if not request.of_emptied
    }


def deviate(folder: Path, at_times: str) -> None:
    (folder / FILE.name).write_text(DEVIATION.format(at_times=at_times), "utf-8")


def test_the_requests_are_those_of_which_it_is_told_all_that_becomes_of_them(few: Path) -> None:
    told = vocabulary_of(Release.named("0.20.5"), few)
    assert list(told.requests) == [
        Request("I send: [SESSION-1]", "the deletion succeeds", (1,), False),
        Request("I send: everything", "the deletion succeeds", ALL, False),
        Request("I send: [SESSION-1]␠{9999}", "the deletion succeeds", (1,), False),
        Request("I send as text/plain: in another way", "the request is answered: that was odd", (), False),
        Request("I send: everything", "there was nothing to delete", ALL, True),
    ]


@pytest.mark.parametrize(("release", "is_there"), [("0.24.0", False), ("0.25.0", True), ("0.27.0", True)])
def test_a_request_is_for_the_releases_that_its_scenario_is_for(few: Path, release: str, is_there: bool) -> None:
    assert ("later" in follows(release, few)) is is_there


def test_a_known_deviation_stands_in_the_place_of_what_the_features_say(
    few: Path,
) -> None:
    deviate(few, at_times="false")
    deviating, later = follows("0.20.5", few), follows("0.25.0", few)
    assert deviating["everything"] == ("the request is refused: it is everything", ())
    assert later["everything"] == ("the deletion succeeds", ALL)
    assert deviating["[SESSION-1]"] == later["[SESSION-1]"] == ("the deletion succeeds", (1,))


def test_what_happens_at_times_only_is_left_out(few: Path) -> None:
    deviate(few, at_times="true")
    assert "everything" not in follows("0.20.5", few)
    assert "[SESSION-1]" in follows("0.20.5", few)


def test_a_key_that_takes_long_is_left_out(few: Path) -> None:
    assert vocabulary_of(Release.named("0.20.5"), few).refusals == (("none", "the request is refused: no key"),)


def test_names_and_users_are_read_in_tables_and_in_examples(few: Path) -> None:
    told = vocabulary_of(Release.named("0.20.5"), few)
    assert (set(told.names), set(told.users)) == ({"a", "b", "c"}, {"user 1", "nobody"})


def test_where_no_list_is_known_to_be_told_otherwise_nothing_is_hidden(few: Path) -> None:
    assert vocabulary_of(Release.named("0.20.5"), few).hides_repeated == frozenset()
