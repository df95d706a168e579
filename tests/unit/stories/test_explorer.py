"""Telling stories: to an embedded server, and to one with somebody in the way who answers where he likes to."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis.errors import Flaky

from acceptance.behave_adapter import parse_steps, step_of
from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.errors import Inconclusive, LeftBehind, NoAnswer, NotCreated, TenantWiped
from acceptance.ragflow.client import RAGFlow
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories import explorer as exploring_module
from acceptance.stories.cost import ATTEMPTS, REQUESTS_OF_A_STORY, SHORTEST, STEPS, USUAL_REQUESTS
from acceptance.stories.explorer import Explorer, Found, explorer_in
from acceptance.stories.model import Action, Model
from acceptance.stories.story import Failure, Stage, Story
from acceptance.stories.vocabulary import vocabulary_of
from tests.runs.vocabulary import steps_of_the_features
from tests.support.servers import Embedded
from tests.unit.pretended import Against, Steps, new_stage
from tests.unit.sandboxes import Tamper, in_the_way, of_scenarios, untouched
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply

RELEASE = Release.named("0.20.5")


class Told(Explorer):
    """One that keeps what was done in its stories."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.stages: list[Stage] = []
        super().__init__(
            lambda: self.stage_on(sandbox), steps_of_the_features(), vocabulary_of(RELEASE), kinds=["mine"]
        )

    def stage_on(self, sandbox: Sandbox) -> Stage:
        self.stages.append(Stage(sandbox, contract_of(RELEASE), SimpleNamespace(other=None)))
        return self.stages[-1]


@contextmanager
def exploring(embedded: Embedded, tamper: Tamper = untouched) -> Iterator[tuple[Told, StandIn]]:
    with in_the_way(embedded, tamper) as (sandbox, between):
        yield Told(sandbox), between


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done in the stories that are told."""
    texts: list[str] = []
    tell = Story.tell
    monkeypatch.setattr(Story, "tell", lambda self, action: (texts.append(action.text), tell(self, action))[1])
    return texts


def left_out(seen: Seen) -> Reply | None:
    """Say of a deletion of several sessions that it has succeeded, and leave it out."""
    several = seen.method == "DELETE" and "/sessions" in seen.path and b'", "' in seen.body
    return json_reply({"code": 0}) if several else None


# Which stories are told.


def test_a_seed_tells_the_same_stories_again(embedded: Embedded, told: list[str]) -> None:
    by_seed = []
    for seed in (1, 1, 2):
        with exploring(embedded) as (explorer, _):
            assert explorer.explore(3, seed) is None
        by_seed.append(told.copy())
        told.clear()
    first, again, other = by_seed
    assert first == again
    assert first != other
    assert len(first) > 2 * STEPS


def test_no_more_is_told_and_asked_than_was_said(embedded: Embedded) -> None:
    with exploring(embedded) as (explorer, between):
        assert explorer.explore(8, seed=1) is None
        assert len(explorer.stages) == 8
        assert len(between.seen) <= 8 * REQUESTS_OF_A_STORY
        assert of_scenarios(embedded) == []


def test_a_story_costs_no_more_than_was_said(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = RAGFlow._send

    def counted(self: RAGFlow, *arguments: Any, **named: Any) -> Any:
        sent[-1] += 1
        return send(self, *arguments, **named)

    with exploring(embedded) as (explorer, _):
        stage_on = explorer.stage_on
        monkeypatch.setattr(explorer, "stage_on", lambda sandbox: (sent.append(0), stage_on(sandbox))[1])
        monkeypatch.setattr(RAGFlow, "_send", counted)
        assert explorer.explore(20, seed=1) is None
        monkeypatch.undo()
    assert len(sent) == 20
    assert max(sent) <= REQUESTS_OF_A_STORY
    assert USUAL_REQUESTS / 2 < sum(sent) / 20 < USUAL_REQUESTS * 2


# One that fails.


def test_a_failure_is_told_in_the_few_steps_that_it_takes(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        assert "does not go as the rules have it. This is what is needed of it:" in found.text
        assert [step.step_type for step in found.failure.steps] == ["given", "when", "then", "then"]
        assert found.failure.broken.name in (
            "no sessions remain",
            "the deletion succeeds",
            "the answer says: 2 deleted",
        )
        assert str(found.failure.difference).strip().startswith("Expected:")
        assert [exchange.answer.body for exchange in found.exchanges] == [{"code": 0}]
        assert len(explorer.stages) <= 20 + ATTEMPTS + 1


def test_what_is_told_can_be_read_back(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        (scenario,) = re.findall(
            r"^    Scenario: Found by exploring \(seed 1\)\n(?:      .*\n)+", found.text, re.MULTILINE
        )
        assert [(step.step_type, step.name) for step in parse_steps(scenario)] == [
            (step.step_type, step.name) for step in found.failure.steps
        ]


def test_no_shorter_story_is_looked_for_where_nobody_wants_one(embedded: Embedded) -> None:
    with exploring(embedded, left_out) as (explorer, _):
        found = explorer.explore(20, seed=1, attempts=0)
        assert found
        number = int(re.findall(r"Story (\d+) of 20", found.text)[0])
        # And the one in which it is told once more.
        assert len(explorer.stages) == number + 1


def test_a_failure_that_does_not_come_back_is_told_as_it_was_first_met(embedded: Embedded) -> None:
    times = iter([json_reply({"code": 0})])

    def tamper(seen: Seen) -> Reply | None:
        return next(times, None) if seen.method == "DELETE" and b"invalid_id" in seen.body else None

    with exploring(embedded, tamper) as (explorer, _):
        found = explorer.explore(20, seed=1)
        assert found
        assert "but told once more it did. This is how it was first met:" in found.text
        assert {"code": 0} in [exchange.answer.body for exchange in found.exchanges]


# What is no failure of a rule.


def test_where_nobody_answers_nothing_is_tried_again(embedded: Embedded) -> None:
    answers = iter(range(60))

    def tamper(_: Seen) -> Misconduct | None:
        return None if next(answers, None) is not None or is_over else Misconduct.BREAK_OFF

    is_over: list[bool] = []
    with exploring(embedded, tamper) as (explorer, _):
        with pytest.raises(NoAnswer):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 3
        is_over.append(True)


def test_whoever_deletes_all_assistants_is_not_asked_again(embedded: Embedded) -> None:
    is_over: list[bool] = []

    def tamper(seen: Seen) -> Reply | None:
        if "bystander" in seen.path and not is_over:
            return json_reply({"code": 102, "message": "The chat doesn't exist"})
        return left_out(seen)

    with exploring(embedded, tamper) as (explorer, _):
        with pytest.raises(TenantWiped):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 6
        is_over.append(True)


def test_an_error_of_the_specification_is_none_of_the_server(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("the moon is full")

    monkeypatch.setattr(Model, "create", fail)
    with exploring(embedded) as (explorer, _):
        with pytest.raises(LookupError, match="the moon is full"):
            explorer.explore(20, seed=1)
        assert len(explorer.stages) < 4


@pytest.mark.parametrize("looking_for_less", [False, True])
def test_an_interrupt_leaves_nothing_behind(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch, looking_for_less: bool
) -> None:
    done: list[Action] = []
    tell = Story.tell

    def told(story: Story, action: Action) -> None:
        if explorer._failures if looking_for_less else len(done) == 5:
            raise KeyboardInterrupt
        done.append(action)
        tell(story, action)

    monkeypatch.setattr(Story, "tell", told)
    with exploring(embedded, left_out) as (explorer, _):
        if looking_for_less:
            found = explorer.explore(20, seed=1)
            assert found
            assert "the run was ended. This is how it was first met:" in found.text
        else:
            with pytest.raises(KeyboardInterrupt):
                explorer.explore(20, seed=1)
        assert done
        assert of_scenarios(embedded) == []


# Where no step does anything.


class Pretending(Explorer):
    """One whose stories go as somebody likes; it knows how often it has told one ``again``."""

    def __init__(self, against: Against = lambda _: None, **sandbox: Callable[..., None]) -> None:
        self.stages: list[Any] = []
        self.again = 0
        self._own = SimpleNamespace(**{"clear": lambda: None, "check_bystander": lambda _: None, **sandbox})
        super().__init__(self._on_a_new_stage, Steps(against), vocabulary_of(RELEASE), kinds=["mine"])

    def _on_a_new_stage(self) -> Any:
        self.stages.append(new_stage(self._own))
        return self.stages[-1]

    def _tell_again(self, failure: Failure, name: str) -> AssertionError | None:
        self.again += 1
        return super()._tell_again(failure, name)

    @property
    def told(self) -> list[tuple[str, ...]]:
        return [tuple(stage.told) for stage in self.stages]


def lost_behind_a_renaming(told: list[str]) -> AssertionError | None:
    """What a server may have that forgets to delete where a session was renamed before."""
    is_renamed = any(re.search(r" (is|has been) renamed ", text) for text in told)
    return AssertionError("lost") if told[-1] == "the deletion succeeds" and is_renamed else None


def raising(trouble: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    return fail


def found_by(explorer: Explorer, **wanted: int) -> Found:
    found = explorer.explore(100, seed=1, **wanted)
    assert found
    return found


def test_so_many_stories_are_told_as_are_wanted_and_each_is_another() -> None:
    explorer = Pretending()
    assert explorer.explore(60, seed=1) is None
    assert len(set(explorer.told)) == len(explorer.told) == 60


def test_hardly_a_story_begins_as_another_does() -> None:
    explorer = Pretending()
    explorer.explore(60, seed=1)
    assert len({told[:6] for told in explorer.told}) > 50


def test_one_story_is_told_where_one_is_wanted() -> None:
    explorer = Pretending()
    assert explorer.explore(1, seed=0) is None
    assert len(explorer.stages) == 1


def test_behind_every_story_its_assistants_are_removed() -> None:
    cleared: list[int] = []
    explorer = Pretending(clear=lambda: cleared.append(len(explorer.stages)))
    explorer.explore(5, seed=1)
    assert cleared == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(3))
def test_what_shows_only_in_an_order_is_told_in_that_order(seed: int) -> None:
    found = Pretending(lost_behind_a_renaming).explore(100, seed)
    assert found
    names = [step.name for step in found.failure.steps]
    assert found.failure.broken.name == "the deletion succeeds"
    assert any(" has been renamed to " in name for name in names)
    assert len(names) < 12
    assert str(found.failure.difference) == "lost"


@pytest.mark.parametrize("attempts", [0, 1, 10, ATTEMPTS])
def test_for_a_shorter_story_no_more_are_told_than_was_said(attempts: int) -> None:
    explorer = Pretending(lost_behind_a_renaming)
    found = found_by(explorer, attempts=attempts)
    first = int(re.findall(r"Story (\d+) of 100", found.text)[0])
    assert len(explorer.stages) <= first + attempts + explorer.again
    assert explorer.again == 1


def test_where_the_shortest_does_not_fail_again_the_next_is_told() -> None:
    def by_chance(told: list[str]) -> AssertionError | None:
        return None if explorer.again in (1, 2) else lost_behind_a_renaming(told)

    explorer = Pretending(by_chance)
    found = found_by(explorer)
    assert found.failure is sorted(explorer._failures, key=lambda failure: failure.size)[2]
    assert "This is what is needed of it:" in found.text


def test_where_none_fails_again_the_first_is_told() -> None:
    explorer = Pretending(lambda told: None if explorer.again else lost_behind_a_renaming(told))
    found = found_by(explorer)
    assert found.failure is explorer._failures[0]
    assert "but told once more it did. This is how it was first met:" in found.text
    assert explorer.again == SHORTEST


def test_a_story_that_fails_in_another_step_than_before_does_not_fail_again() -> None:
    def elsewhere(told: list[str]) -> AssertionError | None:
        return AssertionError("elsewhere") if explorer.again else lost_behind_a_renaming(told)

    explorer = Pretending(elsewhere)
    assert found_by(explorer).failure is explorer._failures[0]


# what happens while it is told once more: how that is told
IN_THE_WAY = {
    NoAnswer("nobody answers"): ", but could not be told once more: nobody answers.",
    LookupError("no such step"): ", but could not be told once more: no such step.",
    KeyboardInterrupt(): "; before a shorter one was told, the run was ended.",
}


@pytest.mark.parametrize(("trouble", "how"), IN_THE_WAY.items(), ids=repr)
def test_what_was_found_is_told_where_it_cannot_be_told_once_more(trouble: BaseException, how: str) -> None:
    explorer = Pretending(lambda told: trouble if explorer.again else lost_behind_a_renaming(told))
    assert f"{how} This is how it was first met:" in found_by(explorer).text
    assert explorer.again == 1


def test_where_nobody_knows_who_has_deleted_it_the_assistants_are_removed_all_the_same() -> None:
    cleared: list[int] = []
    explorer = Pretending(
        lost_behind_a_renaming,
        check_bystander=raising(NoAnswer("nobody answers")),
        clear=lambda: cleared.append(len(explorer.stages)),
    )
    found_by(explorer)
    assert set(cleared) == set(range(1, len(explorer.stages) - explorer.again + 1))


def test_an_explorer_may_be_sent_again() -> None:
    explorer = Pretending(lost_behind_a_renaming)
    texts = {found_by(explorer).text for _ in range(2)}
    assert len(texts) == 1


def test_stories_that_were_not_told_are_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring_module, "run_state_machine_as_test", raising(Flaky("it is not the same again")))
    with pytest.raises(Inconclusive, match="only 0 of 100 stories were told"):
        Pretending().explore(100, seed=1)


def test_what_was_found_is_told_where_nobody_answers_behind_it() -> None:
    def silent(told: list[str]) -> Exception | None:
        is_later = explorer._failures and not explorer.again
        return NoAnswer("nobody answers") if is_later else lost_behind_a_renaming(told)

    explorer = Pretending(silent)
    found = found_by(explorer)
    assert "This is what is needed of it:" in found.text
    # The one that nobody answers to, and the one in which it is told once more.
    assert len(explorer.stages) == int(re.findall(r"Story (\d+) of 100", found.text)[0]) + 2


@pytest.mark.parametrize("trouble", [NoAnswer("nobody answers"), LookupError("no such step")], ids=repr)
def test_behind_what_is_no_rule_no_further_story_is_told(trouble: Exception) -> None:
    explorer = Pretending(lambda told: trouble if " is renamed to " in told[-1] else None)
    with pytest.raises(type(trouble)) as raised:
        explorer.explore(100, seed=1)
    assert raised.value is trouble
    assert sum(" is renamed to " in text for told in explorer.told for text in told) == 1


def test_what_cannot_be_removed_ends_the_telling() -> None:
    explorer = Pretending(clear=raising(LeftBehind("it is still there")))
    with pytest.raises(LeftBehind):
        explorer.explore(100, seed=1)
    assert len(explorer.stages) == 1


def test_what_cannot_be_removed_is_not_told_in_the_place_of_what_was_found() -> None:
    explorer = Pretending(lost_behind_a_renaming, clear=lambda: explorer._failures and raising(LeftBehind("no"))())
    assert found_by(explorer).failure.broken.name == "the deletion succeeds"


def test_where_all_assistants_are_gone_no_further_story_is_told() -> None:
    explorer = Pretending(lost_behind_a_renaming, check_bystander=raising(TenantWiped("all are gone")))
    with pytest.raises(TenantWiped):
        explorer.explore(100, seed=1)
    assert (len(explorer._failures), explorer.again) == (1, 0)


def test_an_assistant_that_is_not_created_breaks_a_rule() -> None:
    def refused(told: list[str]) -> NotCreated | None:
        return NotCreated("nothing was created") if " another assistant " in f" {told[-1]} " else None

    found = found_by(Pretending(refused))
    assert found.failure.broken.step_type == "given"
    assert "nothing was created" in found.text


# the step that fails: whether it is about an answer
ABOUT = {
    "the deletion succeeds": True,
    "the answer says: 1 deleted": True,
    "the list shows no sessions": True,
    "the request is refused: the assistant is unknown": True,
    "no sessions remain": False,
    "session 1 remains": False,
    "both sessions of the other assistant remain": False,
    "the assistant is gone": False,
    "the other assistant is gone": False,
}


@pytest.mark.parametrize(("text", "is_about_an_answer"), ABOUT.items())
def test_a_failure_is_about_an_answer_or_about_what_is_there(text: str, is_about_an_answer: bool) -> None:
    step = step_of(text)
    assert Found(Failure((step,), step, AssertionError()), "", ()).is_about_an_answer is is_about_an_answer


@pytest.mark.parametrize(("other", "kinds"), [(None, ["mine"]), ("another", ["mine", "theirs", "namesake"])])
def test_with_the_key_of_one_tenant_the_other_assistant_is_ones_own(other: object, kinds: list[str]) -> None:
    context = SimpleNamespace(
        sandbox=None,
        contract=contract_of(RELEASE),
        target=SimpleNamespace(other=other),
        release=RELEASE,
        _runner=SimpleNamespace(step_registry=steps_of_the_features()),
    )
    assert explorer_in(context)._stories.kinds == kinds
