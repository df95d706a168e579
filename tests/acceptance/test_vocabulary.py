"""What stories are told with, as the features and the known deviations of a release have it."""

import pytest

from acceptance.contract.contract import known_releases
from acceptance.contract.releases import Release
from acceptance.exploring.vocabulary import Request, Vocabulary, vocabulary_of
from acceptance.language.sessions import NO_NAME, NOBODY
from acceptance.language.steps import step_of
from acceptance.language.tenses import past
from tests.specification.vocabulary import steps_of_the_features

ALL = (1, 2, 3, 4, 5)

# (a release, what is sent): the answer, and what is deleted of 5 sessions; None where it is not determined
FOLLOWS = {
    ("0.20.5", '{"ids": []}'): ("the deletion succeeds", ALL),
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
