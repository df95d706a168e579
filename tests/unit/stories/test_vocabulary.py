"""The vocabulary of stories, read from the features and the known deviations of a release."""

import pytest

from acceptance.behave_adapter import step_of
from acceptance.contract.contract import known_releases
from acceptance.contract.releases import Release
from acceptance.notation.sessions import NO_NAME, NO_USER
from acceptance.notation.tenses import past
from acceptance.ragflow.charsets import FOUR_BYTES
from acceptance.stories.vocabulary import Vocabulary
from tests.support.steps import steps_of_the_features

ALL = (1, 2, 3, 4, 5)

# A release and a request: the answer, the deleted sessions of 5, and whether all had been deleted before.
OUTCOMES = {
    ("0.24.0", '{"ids": []}'): [("the deletion succeeds", ALL, False), ("the deletion succeeds", ALL, True)],
    ("0.25.6", '{"ids": []}'): [("there was nothing to delete", (), False)],
    ("0.27.0", '{"delete_all": true}'): [
        ("the deletion succeeds", ALL, False),
        ("there was nothing to delete", ALL, True),
    ],
    # A known deviation up to 0.20.
    ("0.20.5", "not json"): [("the deletion succeeds", ALL, False)],
    ("0.27.0", "not json"): [("the request is refused: it cannot be read", (), False)],
    ("0.20.5", '{"ids": ["SESSION-1[CAPITALS]"]}'): [("the deletion succeeds", (1,), False)],
    # A known deviation that happens only at times, and a huge request.
    ("0.20.5", '{"ids": ["SESSION-1␠"]}'): [],
    ("0.27.0", '{"ids": ["SESSION-1"]}␠{5000000}'): [],
}


@pytest.mark.parametrize(("release", "sent"), OUTCOMES)
def test_a_request_has_the_outcome_that_the_features_state_for_the_release(release: str, sent: str) -> None:
    requests = Vocabulary(Release.named(release), FOUR_BYTES).requests
    assert [each[1:] for each in requests if each.text == f"I send: {sent}"] == OUTCOMES[release, sent]


@pytest.mark.parametrize(
    ("charset", "answer", "aborts"),
    [
        ("utf8mb3", "the database cannot compare the text", True),
        ("utf8mb4", "none of the sessions is known", False),
    ],
)
def test_the_character_set_decides_what_an_emoji_does(charset: str, answer: str, aborts: bool) -> None:
    vocabulary = Vocabulary(Release.named("0.27.0"), charset)
    answers = [each.answer for each in vocabulary.requests if each.text == 'I send: {"ids": ["🗑️"]}']
    assert (answers, vocabulary.aborts_at_emoji) == ([f"the request is refused: {answer}"], aborts)


@pytest.mark.parametrize(("release", "hides"), [("0.24.0", True), ("0.25.6", False), ("0.27.0", False)])
def test_a_release_that_does_not_report_repeats_is_known(release: str, hides: bool) -> None:
    assert Vocabulary(Release.named(release), FOUR_BYTES).hides_repeats is hides


def test_names_users_and_invalid_keys_come_from_the_features() -> None:
    vocabulary = Vocabulary(Release.named("0.20.5"), FOUR_BYTES)
    assert {"it's mine", "SESSION-1", "x{255}", NO_NAME} <= set(vocabulary.names)
    assert set(vocabulary.users) == {"user 1", "user 2", NO_USER}
    refusals = dict(vocabulary.refusals)
    assert refusals["Bearer invalid_key_123"] == "the request is refused: the API key is unknown"
    assert refusals["(no header)"] == "the request is refused: the API key is missing"


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_every_text_of_the_vocabulary_is_a_defined_step(release: Release) -> None:
    vocabulary = Vocabulary(release, FOUR_BYTES)
    assert len(vocabulary.requests) > 50
    assert len(vocabulary.refusals) > 5
    texts = {
        "when": {request.text for request in vocabulary.requests},
        "given": {past(request.text) for request in vocabulary.requests},
        "then": {each.answer for each in vocabulary.requests} | {answer for _, answer in vocabulary.refusals},
    }
    find = steps_of_the_features().find_match
    assert [text for kind in texts for text in texts[kind] if not find(step_of(text, kind))] == []
