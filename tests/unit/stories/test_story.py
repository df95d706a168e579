"""A story while it is told: what is looked at behind each step, and what becomes of one that goes otherwise."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from behave.model import Step

from acceptance.behave_adapter import parse_steps, step_of
from acceptance.contract.contract import contract_of, known_releases
from acceptance.contract.releases import Release
from acceptance.errors import Inconclusive, NoAnswer, NotCreated
from acceptance.notation.tenses import past
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories.model import OTHER, OWN, Action, Item, Model
from acceptance.stories.story import Broken, BrokenOff, Failure, Stage, Story, first_that_fails
from acceptance.stories.vocabulary import vocabulary_of
from tests.runs.vocabulary import steps_of_the_features
from tests.support.servers import Embedded
from tests.unit.pretended import Against, Steps, new_stage
from tests.unit.sandboxes import Tamper, in_the_way, untouched
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

NOTHING_HIDDEN: frozenset[str] = frozenset()


def story_on(sandbox: Sandbox, release: str = "0.20.5") -> Story:
    stage = Stage(sandbox, contract_of(Release.named(release)), SimpleNamespace(other=None))
    return Story(stage, steps_of_the_features(), Model(NOTHING_HIDDEN))


def pretended(against: Against = lambda _: None) -> tuple[Story, list[str]]:
    """A story of which nothing is done, and the steps that are run."""
    stage = new_stage()
    return Story(stage, Steps(against), Model(NOTHING_HIDDEN)), stage.told


def fails_at(text: str, trouble: BaseException | None = None) -> Against:
    return lambda told: (trouble or AssertionError("otherwise")) if told[-1] == text else None


def failure_of(*steps: tuple[str, str]) -> Failure:
    told = tuple(step_of(text, kind) for kind, text in steps)
    return Failure(told, told[-1], AssertionError("otherwise"))


def words(steps: tuple[Step, ...] | list[Step]) -> list[tuple[str, str]]:
    return [(step.step_type, step.name) for step in steps]


# How it is told.


def test_a_step_of_the_same_kind_begins_with_and() -> None:
    failure = failure_of(
        ("given", "an assistant with 2 sessions"),
        ("given", "I have deleted session 1"),
        ("when", "I delete session 2"),
        ("then", "the deletion succeeds"),
        ("then", "no sessions remain"),
    )
    assert failure.as_scenario("Found") == (
        "    Scenario: Found\n"
        "      Given an assistant with 2 sessions\n"
        "      And I have deleted session 1\n"
        "      When I delete session 2\n"
        "      Then the deletion succeeds\n"
        "      And no sessions remain"
    )


def test_a_scenario_is_read_back_with_what_its_steps_are() -> None:
    failure = failure_of(("given", "a"), ("given", "b"), ("when", "c"), ("then", "d"), ("then", "e"))
    assert words(parse_steps(failure.as_scenario("Found"))) == words(failure.steps)


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_whatever_is_told_is_read_back_to_the_letter(release: Release) -> None:
    vocabulary = vocabulary_of(release)
    model = Model(NOTHING_HIDDEN)
    model.begin(2)
    actions = [
        *(Action(each.text, each.answer) for each in vocabulary.requests),
        *(model.create(model.own, name, user) for name in vocabulary.names for user in vocabulary.users),
        *(model.rename(model.own, 1, name) for name in vocabulary.names),
        *(model.try_without_key([Item(OWN, 1)], *refusal) for refusal in vocabulary.refusals),
    ]
    failures = [failure_of(("given", past(each.text)), ("when", each.text), ("then", each.answer)) for each in actions]
    assert [words(parse_steps(each.as_scenario("Found"))) for each in failures] == [
        words(each.steps) for each in failures
    ]


def test_of_two_failures_the_one_with_fewer_steps_is_smaller_and_then_the_one_with_fewer_words() -> None:
    short, wordy = failure_of(("when", "b")), failure_of(("when", "bbb"))
    long = failure_of(("given", "a"), ("when", "b"))
    assert sorted([long, wordy, short], key=lambda each: each.size) == [short, wordy, long]


# What is run.


def test_behind_an_action_its_answer_and_all_assistants_are_looked_at() -> None:
    story, told = pretended()
    story.tell(story.model.begin(2))
    story.tell(story.model.begin_other(3, "mine"))
    assert told == ["an assistant with 2 sessions", "another assistant with 3 sessions"]
    story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
    assert told[2:] == [
        "I delete session 1",
        "the deletion succeeds",
        "session 2 remains",
        "all 3 sessions of the other assistant remain",
    ]


def test_what_is_there_is_looked_at_in_the_end_where_something_was_given_last() -> None:
    story, told = pretended()
    story.tell(story.model.begin(2))
    story.end()
    assert told == ["an assistant with 2 sessions", "both sessions remain"]
    story.end()
    assert len(told) == 2


def test_in_the_end_nothing_is_looked_at_once_more() -> None:
    story, told = pretended()
    story.tell(story.model.begin(2))
    story.tell(story.model.delete_assistant(story.model.own))
    before = told.copy()
    story.end()
    assert told == before


def test_what_is_there_is_looked_at_whenever_somebody_wants_to() -> None:
    story, told = pretended()
    story.tell(story.model.begin(2))
    story.look()
    story.look()
    assert told[1:] == ["both sessions remain"] * 2


def test_in_the_end_of_no_story_there_is_nothing_to_look_at() -> None:
    story, told = pretended()
    story.end()
    assert told == []


def test_steps_are_run_up_to_the_first_that_fails() -> None:
    stage = new_stage()
    failed = first_that_fails([step_of(text) for text in "abc"], stage, Steps(fails_at("b")))
    assert failed
    assert (failed[0].name, str(failed[1]), stage.told) == ("b", "otherwise", ["a", "b"])


def test_where_every_step_holds_none_fails() -> None:
    assert first_that_fails([step_of(text) for text in "abc"], new_stage(), Steps()) is None


# One that does not go as it should.


def test_a_story_that_breaks_a_rule_is_kept_with_what_was_done_before() -> None:
    story, _ = pretended(fails_at("session 2 remains"))
    story.tell(story.model.begin(3))
    story.tell(story.model.rename(story.model.own, 1, "mine"))
    story.tell(story.model.read("", [1, 2, 3]))
    with pytest.raises(Broken):
        story.tell(story.model.delete(story.model.own, [Item(OWN, 1), Item(OWN, 3)]))
    assert story.failure
    assert words(story.failure.steps) == [
        ("given", "an assistant with 3 sessions"),
        ("given", "session 1 has been renamed to mine"),
        ("given", "I have read the list"),
        ("when", "I delete sessions 1 and 3"),
        ("then", "the deletion succeeds"),
        ("then", "session 2 remains"),
    ]
    assert story.failure.broken is story.failure.steps[-1]
    assert str(story.failure.difference) == "otherwise"


def test_what_stands_behind_the_step_that_fails_is_told_all_the_same() -> None:
    story, told = pretended(fails_at("the deletion succeeds"))
    story.tell(story.model.begin(2))
    with pytest.raises(Broken):
        story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
    assert story.failure
    assert told[-1] == story.failure.broken.name == "the deletion succeeds"
    assert story.failure.steps[-1].name == "session 2 remains"


def test_behind_a_broken_rule_nothing_is_looked_at_any_more() -> None:
    story, told = pretended(fails_at("the deletion succeeds"))
    story.tell(story.model.begin(2))
    with pytest.raises(Broken):
        story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
    before = told.copy()
    story.end()
    assert told == before


@pytest.mark.parametrize("text", ["an assistant with 2 sessions", "both sessions remain"])
def test_what_is_given_may_break_a_rule_as_well(text: str) -> None:
    story, _ = pretended(fails_at(text, NotCreated("nothing was created")))
    with pytest.raises(Broken):
        _tell_and_end(story)
    assert story.failure
    assert words(story.failure.steps)[0] == ("given", "an assistant with 2 sessions")
    assert story.failure.broken.name == text


# What is in the way of a step.
TROUBLES = [NoAnswer("nobody answers"), Inconclusive("no"), LookupError("no such step"), ValueError("no")]


@pytest.mark.parametrize("trouble", TROUBLES, ids=repr)
@pytest.mark.parametrize("text", ["an assistant with 2 sessions", "both sessions remain"])
def test_a_story_is_broken_off_by_whatever_is_no_rule(trouble: Exception, text: str) -> None:
    story, _ = pretended(fails_at(text, trouble))
    with pytest.raises(BrokenOff) as end:
        _tell_and_end(story)
    assert end.value.trouble is trouble
    assert str(end.value) == str(trouble)
    assert story.failure is None


def _tell_and_end(story: Story) -> None:
    story.tell(story.model.begin(2))
    story.end()


def test_a_step_that_nobody_has_defined_breaks_it_off() -> None:
    story = Story(new_stage(), steps_of_the_features(), Model(NOTHING_HIDDEN))
    with pytest.raises(BrokenOff, match="not defined: the moon is full") as end:
        story.tell(Action("the moon is full"))
    assert isinstance(end.value.trouble, LookupError)


def test_an_interrupt_is_no_trouble_of_a_story() -> None:
    story, _ = pretended(fails_at("an assistant with 2 sessions", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        story.tell(story.model.begin(2))


# On a server.


def a_bit_of_everything(story: Story) -> Iterator[Action]:
    model = story.model
    yield model.begin(3)
    yield model.begin_other(2, "mine")
    yield model.create(model.own, "it's mine", "user 1")
    yield model.create(model.other, "mine too", "nobody")
    yield model.rename(model.own, 2, "SESSION-1")
    yield model.delete(model.own, [Item(OWN, 1), Item(OTHER, 2), Item(OWN, 0)])
    yield model.delete(model.own, [Item(OWN, 1)])
    yield model.try_to_rename(1, "gone")
    yield model.delete_one_by_one([2, 3])
    yield model.read("name=it's mine", [4])
    yield model.delete_assistant(model.own)
    yield model.try_to_create("late", "nobody")
    yield model.delete(model.other, [Item(OTHER, 1), Item(OTHER, 1)])
    yield model.begin(2)
    yield model.delete(model.own, [Item(OWN, 1)])


def test_a_story_that_goes_as_it_should_has_no_failure(sandbox: Sandbox) -> None:
    story = story_on(sandbox)
    for action in a_bit_of_everything(story):
        story.tell(action)
    story.end()
    assert story.failure is None


def test_a_story_that_goes_as_it_should_holds_as_a_scenario(sandbox: Sandbox) -> None:
    story = story_on(sandbox)
    for action in a_bit_of_everything(story):
        story.tell(action)
    failure = Failure((*story._done, *map(step_of, story.model.what_is_there())), step_of(""), AssertionError())
    stage = Stage(sandbox, contract_of(Release.named("0.20.5")), SimpleNamespace(other=None))
    assert first_that_fails(parse_steps(failure.as_scenario("All")), stage, steps_of_the_features()) is None


def test_what_was_deleted_is_unknown_from_then_on(sandbox: Sandbox) -> None:
    story = story_on(sandbox)
    story.tell(story.model.begin(2))
    story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
    assert story._stage.sender.latest == []
    story.tell(story.model.delete(story.model.own, [Item(OWN, 1), Item(OWN, 2)]))
    assert story._stage.sender.last.selection.summary == "1 deleted, 1 unknown"


def test_the_sessions_of_a_user_are_those_that_the_server_gave_them(sandbox: Sandbox) -> None:
    story = story_on(sandbox)
    story.tell(story.model.begin(2))
    story.tell(story.model.create(story.model.own, "a", "user 1"))
    story.tell(story.model.create(story.model.own, "b", "user 1"))
    assert story.numbers_of("user 1") == [3, 4]
    story.tell(story.model.delete(story.model.own, [Item(OWN, 3)]))
    assert (story.numbers_of("user 1"), story.numbers_of("user 2")) == ([4], [])


def left_out(seen: Seen) -> Reply | None:
    return json_reply({"code": 0}) if seen.method == "DELETE" and b"ids" in seen.body else None


@pytest.fixture
def ignore_signals() -> list[bool]:
    """Whether the one who is in the way lets everything through."""
    return []


def until_it_is_over(tamper: Tamper, is_over: list[bool]) -> Tamper:
    return lambda seen: None if is_over else tamper(seen)


def test_a_session_that_is_still_there_breaks_a_rule(embedded: Embedded, is_over: list[bool]) -> None:
    with in_the_way(embedded, until_it_is_over(left_out, is_over)) as (sandbox, _):
        story = story_on(sandbox)
        story.tell(story.model.begin(2))
        with pytest.raises(Broken):
            story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
        is_over.append(True)
    assert story.failure
    assert story.failure.broken.name == "session 2 remains"


def test_a_server_that_does_not_answer_breaks_it_off(embedded: Embedded, is_over: list[bool]) -> None:
    with in_the_way(embedded, until_it_is_over(lambda _: Misconduct.BREAK_OFF, is_over)) as (sandbox, _):
        story = story_on(sandbox)
        with pytest.raises(BrokenOff) as end:
            story.tell(story.model.begin(2))
        is_over.append(True)
    assert isinstance(end.value.trouble, NoAnswer)


def test_the_lists_are_read_in_the_end_only_where_something_was_given_last(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        story = story_on(sandbox)
        story.tell(story.model.begin(2))
        given = len(between.seen)
        story.end()
        assert {seen.method for seen in between.seen[given:]} == {"GET"}
        story.tell(story.model.delete(story.model.own, [Item(OWN, 1)]))
        looked = len(between.seen)
        story.end()
        assert len(between.seen) == looked


def test_a_stage_has_what_the_steps_have_put_on_it(sandbox: Sandbox) -> None:
    story = story_on(sandbox)
    assert "assistant" not in story._stage
    story.tell(story.model.begin(2))
    assert "assistant" in story._stage
    assert "other_assistant" not in story._stage
