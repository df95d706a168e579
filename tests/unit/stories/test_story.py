"""One story: the steps of each action, the sessions that are expected afterwards, and how it ends if a step fails."""

import pytest
from behave.model import Step
from hypothesis import given
from hypothesis import strategies as st

from acceptance.behave_adapter import parse_steps, step_of
from acceptance.contract.contract import known_releases
from acceptance.contract.releases import Release
from acceptance.errors import NoAnswer, NotCreated
from acceptance.notation.sessions import UNKNOWN_ID, ListPhrase
from acceptance.notation.tenses import past
from acceptance.ragflow.charsets import FOUR_BYTES
from acceptance.ragflow.listings import Session
from acceptance.stories.story import KINDS, OTHER, OWN, TEXT_IS_REFUSED, UNKNOWN, Failure, Item, Story, StoryFailed
from acceptance.stories.vocabulary import Vocabulary
from tests.unit.stories.fake_context import FakeContext, Reaction, fails_at


def fake_story(
    own: int = 5, other: int = 2, react: Reaction = lambda _: None, *, hides_repeats: bool = False
) -> tuple[Story, list[str]]:
    """Return a story with two assistants, and the list of the further steps that it runs."""
    context = FakeContext(react)
    story = Story(context, hides_repeats=hides_repeats)
    story.create_assistant(own)
    story.create_other_assistant(other, KINDS[0])
    context.steps.clear()
    return story, context.steps


def own(*numbers: int) -> list[Item]:
    return [Item(OWN, number) for number in numbers]


def other(*numbers: int) -> list[Item]:
    return [Item(OTHER, number) for number in numbers]


SUCCEEDS = "the deletion succeeds"
NONE_KNOWN = "the request is refused: none of the sessions is known"
BOTH_REMAIN = "both sessions of the other assistant remain"

# A deleted list on an assistant with 5 sessions, next to another with 2: the step, its answer, and what remains.
DELETIONS: list[tuple[list[Item], str, str, str]] = [
    (own(3, 1), "I delete sessions 3 and 1", SUCCEEDS, "sessions 2, 4 and 5 remain"),
    (own(1, 2, 3, 5), "I delete sessions 1, 2, 3 and 5", SUCCEEDS, "session 4 remains"),
    (own(1, 2, 3, 4, 5), "I delete all 5 sessions", SUCCEEDS, "no sessions remain"),
    ([UNKNOWN], "I try to delete an unknown session", NONE_KNOWN, "all 5 sessions remain"),
    (other(1, 2), "I try to delete both sessions of the other assistant", NONE_KNOWN, "all 5 sessions remain"),
    (
        [UNKNOWN] * 3,
        "I try to delete an unknown session, listed three times",
        "the answer says: 1 unknown, 1 repeated",
        "all 5 sessions remain",
    ),
    (
        [*own(1, 3), *other(2), UNKNOWN, *own(3)],
        "I delete sessions 1 and 3, session 2 of the other assistant, an unknown one and session 3 once more",
        "the answer says: 2 deleted, 2 unknown, 1 repeated",
        "sessions 2, 4 and 5 remain",
    ),
]


@pytest.mark.parametrize(("items", "text", "answer", "remaining"), DELETIONS)
def test_a_deletion_is_followed_by_its_answer_and_the_sessions_of_all_assistants(
    items: list[Item], text: str, answer: str, remaining: str
) -> None:
    story, steps = fake_story()
    story.delete_sessions(story.own, items)
    assert steps == [text, answer, remaining, BOTH_REMAIN]


def test_the_owner_of_the_other_assistant_deletes_through_it() -> None:
    story, steps = fake_story()
    story.delete_sessions(story.other, [*own(1), *other(1)])
    text = "through the other assistant, its owner deletes session 1 and session 1 of the other assistant"
    remaining = ["all 5 sessions remain", "session 2 of the other assistant remains"]
    assert steps[:4] == [text, "the answer says: 1 deleted, 1 unknown", *remaining]
    story.delete_sessions(story.other, own(1))
    assert steps[4:] == ["through the other assistant, its owner tries to delete session 1", NONE_KNOWN, *remaining]


def test_a_deletion_in_a_deleted_assistant_is_refused() -> None:
    story, steps = fake_story()
    story.own.exists = False
    story.delete_sessions(story.own, own(1))
    text = "I try to delete session 1"
    assert steps == [text, "the request is refused: the assistant is unknown", "the assistant is gone", BOTH_REMAIN]
    assert story.own.deleted == own(1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ([*own(1, 2, 2), UNKNOWN], "the answer says only: 2 deleted, 1 unknown"),
        ([UNKNOWN, UNKNOWN], "the answer says only: 1 unknown"),
        ([*own(1), UNKNOWN], "the answer says: 1 deleted, 1 unknown"),
        (own(1, 1), "the answer says: 1 deleted, 1 repeated"),
    ],
)
def test_a_known_deviation_hides_repeated_sessions_next_to_unknown_ones(items: list[Item], answer: str) -> None:
    story, steps = fake_story(hides_repeats=True)
    story.delete_sessions(story.own, items)
    assert steps[1] == answer


@pytest.mark.parametrize(
    ("aborts", "further"),
    [
        (False, ["the answer says: 2 deleted, 1 unknown", "session 2 remains"]),
        (True, [TEXT_IS_REFUSED, "session 2 remains; sessions 1 and 3 may be deleted"]),
    ],
)
def test_an_emoji_among_the_ids_may_end_a_deletion(aborts: bool, further: list[str]) -> None:
    story, steps = fake_story(own=3)
    story.delete_with_emoji(own(1, 3), aborts=aborts)
    again = ["I have tried to delete sessions 1 and 3"] * aborts
    assert steps == ['I send: {"ids": ["SESSION-1", "SESSION-3", "🗑️"]}', *further, BOTH_REMAIN, *again]
    assert story.own.deleted == own(1, 3)
    story.check_sessions()
    assert steps[-2:] == ["session 2 remains", BOTH_REMAIN]


def test_the_number_of_a_deleted_session_is_not_used_again() -> None:
    story, steps = fake_story(own=2)
    story.delete_sessions(story.own, own(2))
    story.create_session(story.own, "mine", "user 2")
    assert steps[4] == "session 3 is created for user 2, named: mine"
    assert steps[6] == "sessions 1 and 3 remain"
    assert story.own.deleted == own(2)


def test_a_new_assistant_takes_the_place_of_a_deleted_one() -> None:
    story, steps = fake_story()
    story.own.exists = False
    story.create_assistant(3)
    assert not story.is_checked
    story.check_sessions()
    assert story.is_checked
    assert steps == ["an assistant with 3 sessions", "all 3 sessions remain", BOTH_REMAIN]
    assert story.own.deleted == []


@given(st.data(), st.integers(2, 6), st.integers(2, 6), st.integers(0, 6))
def test_the_features_read_every_list_as_the_story_means_it(
    data: st.DataObject, mine: int, theirs: int, more: int
) -> None:
    story, _ = fake_story(mine, theirs)
    for _ in range(more):
        story.create_session(story.own, "more", "no user")
    everything = [*story.own.names, *story.other.names, UNKNOWN]
    items = data.draw(st.lists(st.sampled_from(everything), min_size=1, max_size=12))
    ids = [UNKNOWN_ID if item is UNKNOWN else str(item) for item in items]
    sessions = [[Session(str(item), "") for item in assistant.names] for assistant in (story.own, story.other)]
    assert ListPhrase(story.phrase(items)).ids(*sessions) == ids


def texts(steps: tuple[Step, ...] | list[Step]) -> list[tuple[str, str]]:
    return [(step.step_type, step.name) for step in steps]


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_behave_reads_every_action_of_a_scenario_unchanged(release: Release) -> None:
    vocabulary = Vocabulary(release, FOUR_BYTES)
    actions = [
        *((each.text, each.answer) for each in vocabulary.requests),
        *((f"session 1 is created for user 1, named: {name}", "it is created") for name in vocabulary.names),
        *((f"I try to delete session 1, authorized by: {key}", answer) for key, answer in vocabulary.refusals),
    ]
    for text, answer in actions:
        steps = (step_of(past(text), "given"), step_of(text, "when"), step_of(answer), step_of("no sessions remain"))
        scenario = Failure(steps, steps[-1], AssertionError(), (), {}).as_scenario("Found")
        assert texts(parse_steps(scenario)) == texts(steps)


def test_a_failure_keeps_the_earlier_actions_in_the_past_tense_and_runs_no_further_step() -> None:
    story, steps = fake_story(own=3, react=fails_at(SUCCEEDS))
    story.create_session(story.own, "mine", "user 1")
    with pytest.raises(StoryFailed):
        story.delete_sessions(story.own, own(1, 3))
    assert story.failure
    assert texts(story.failure.steps) == [
        ("given", "an assistant with 3 sessions"),
        ("given", "another assistant with 2 sessions"),
        ("given", "session 4 has been created for user 1, named: mine"),
        ("when", "I delete sessions 1 and 3"),
        ("then", SUCCEEDS),
        ("then", "sessions 2 and 4 remain"),
        ("then", BOTH_REMAIN),
    ]
    assert steps[-1] == story.failure.failed_step.name == SUCCEEDS
    assert str(story.failure.mismatch) == "mismatch"
    assert story.is_checked


@pytest.mark.parametrize("text", ["an assistant with 2 sessions", "both sessions remain"])
def test_a_given_can_break_a_rule_but_an_error_is_no_failure(text: str) -> None:
    def run(error: BaseException) -> Failure | None:
        story, _ = fake_story(react=fails_at(text, error))
        with pytest.raises((StoryFailed, NoAnswer)):  # noqa: PT012
            story.create_assistant(2)
            story.check_sessions()
        assert story.is_checked
        return story.failure

    failure = run(NotCreated("nothing was created"))
    assert failure
    assert failure.failed_step.name == text
    assert run(NoAnswer("no connection")) is None


ANSWERS = [SUCCEEDS, "the answer says: 1 deleted", "the list shows no sessions"]


@pytest.mark.parametrize("text", [*ANSWERS, "no sessions remain", "session 1 remains", "the other assistant is gone"])
def test_a_failure_is_about_an_answer_or_about_the_remaining_sessions(text: str) -> None:
    step = step_of(text)
    assert Failure((step,), step, AssertionError(), (), {}).has_wrong_answer is (text in ANSWERS)
