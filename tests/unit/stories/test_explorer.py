"""Exploring without a server: which stories run, how a failing one is shortened, and which errors stop it."""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from acceptance.behave_adapter import parse_steps, step_of
from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.errors import Inconclusive, LeftBehind, NoAnswer, TenantWiped
from acceptance.matchers.late_deletions import LateDeletions
from acceptance.notation.tenses import past
from acceptance.ragflow.charsets import FOUR_BYTES, THREE_BYTES
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories import MAX_REPEATS, MAX_STORY_REQUESTS, TYPICAL_STORY_REQUESTS
from acceptance.stories import explorer as explorer_module
from acceptance.stories.explorer import Explorer
from acceptance.stories.story import KINDS, Failure, StoryContext
from acceptance.stories.vocabulary import Vocabulary
from tests.support.steps import steps_of_the_features
from tests.unit.stories.fake_context import FakeContext, Reaction

RELEASE = Release.named("0.20.5")


UNLIMITED = 10_000


class FakeExplorer(Explorer):
    """Explores without a server. A story takes one second."""

    def __init__(self, react: Reaction = lambda _: None, **options: Any) -> None:
        late = LateDeletions(clock=lambda: len(self.contexts))
        super().__init__(self._new_fake, Vocabulary(RELEASE, FOUR_BYTES), late, lambda: len(self.contexts))
        self._react, self._options = react, options
        self.contexts: list[FakeContext] = []

    def _new_fake(self) -> FakeContext:
        self.contexts.append(FakeContext(self._react, **self._options))
        return self.contexts[-1]

    @property
    def repeats(self) -> int:
        """How often a failing story has been repeated."""
        return len(self.contexts) - self._started

    @property
    def stories(self) -> list[tuple[str, ...]]:
        return [tuple(context.steps) for context in self.contexts]

    def explore(self, count: int, seed: int, shrink: int = UNLIMITED) -> Failure | None:
        return super().explore(count, seed, shrink)

    def find(self, seed: int = 1, shrink: int = UNLIMITED) -> Failure:
        found = self.explore(100, seed, shrink)
        assert found
        return found


def fails_after_renaming(steps: Sequence[str]) -> AssertionError | None:
    """The fault of a server that loses a deletion once a session has been renamed."""
    is_renamed = any(re.search(r" (is|has been) renamed ", text) for text in steps)
    return AssertionError("lost") if steps[-1] == "the deletion succeeds" and is_renamed else None


def test_a_seed_always_runs_the_same_stories_and_all_stories_differ() -> None:
    runs = []
    for seed in (1, 1, 2):
        explorer = FakeExplorer()
        assert explorer.explore(60, seed) is None
        runs.append(explorer.stories)
    assert runs[0] == runs[1] != runs[2]
    assert len(set(runs[0])) == len(runs[0]) == 60
    assert len({story[:6] for story in runs[0]}) > 50


@pytest.mark.parametrize("seed", range(3))
def test_a_failure_that_depends_on_the_order_is_shortened_to_that_order(seed: int) -> None:
    found = FakeExplorer(fails_after_renaming).find(seed)
    steps = [step.name for step in found.steps]
    assert found.failed_step.name == "the deletion succeeds"
    assert any(" has been renamed to " in text for text in steps)
    assert len(steps) < 12
    title, scenario, mismatch = found.text.split("\n\n")
    assert re.fullmatch(r"Story \d+ of 100 breaks a rule\. Shortest sequence found:", title)
    assert scenario.startswith(f"    Scenario: Found by exploring (seed {seed})\n")
    assert [step.name for step in parse_steps(scenario)] == steps
    assert mismatch == "lost"


# A time limit in seconds: the stories after the first failing one, how many of them repeat it, and what the text says.
LIMITS = {
    0: (0, 0, "It was not seen again within 0 s (-D shrink=0). First sequence found:"),
    2: (1, 1, "It was not shortened within 2 s (-D shrink=2). Shortest sequence found:"),
    10: (8, 1, "It was shortened for 10 s (-D shrink=10). Shortest sequence found:"),
}


@pytest.mark.parametrize(("shrink", "more", "repeats", "words"), [(limit, *each) for limit, each in LIMITS.items()])
def test_shortening_and_repeating_end_before_the_limit(shrink: int, more: int, repeats: int, words: str) -> None:
    cleared: list[int] = []
    explorer = FakeExplorer(fails_after_renaming, clear=lambda: cleared.append(len(explorer.contexts)))
    found = explorer.find(shrink=shrink)
    first = int(found.text.split()[1])
    assert (len(explorer.contexts) - first, explorer.repeats) == (more, repeats)
    assert f"Story {first} of 100 breaks a rule. {words}" in found.text
    # The end of the scenario removes or keeps what the story in the report created.
    assert cleared == list(range(1, len(explorer.contexts)))


def test_repeating_ends_at_the_limit_even_if_the_story_does_not_fail_again() -> None:
    explorer = FakeExplorer(lambda steps: None if explorer.repeats else fails_after_renaming(steps))
    assert "It was not seen again within 10 s (-D shrink=10). First sequence found:" in explorer.find(shrink=10).text
    assert explorer.repeats == 2


def test_the_next_longer_story_is_shown_if_a_shorter_one_does_not_fail_again() -> None:
    explorer = FakeExplorer(lambda steps: None if explorer.repeats in (1, 2) else fails_after_renaming(steps))
    found = explorer.find()
    assert len(found.steps) == sorted(len(failure.steps) for failure in explorer._failures)[2]
    assert explorer.repeats == 3
    assert "Shortest sequence found:" in found.text


def test_the_shown_story_says_when_sessions_were_gone_after_all() -> None:
    def react(steps: list[str]) -> Exception | None:
        """Sessions are gone when they are listed again."""
        is_late = steps[-1] == "no sessions remain" != steps[-2]
        return AssertionError("\nExpected: no sessions\n     but: there, and should not be: s1") if is_late else None

    assert (
        FakeExplorer(react)
        .find()
        .text.endswith("\n     but: there, and should not be: s1\nListed again: gone 0.0 s later.")
    )


# What happens when a failing story is repeated: the reason in the report, and how many are repeated.
NOT_AGAIN = "It did not fail in the same way when it was repeated."
REPEATS: dict[str, tuple[BaseException | None, str, int]] = {
    "passes": (None, NOT_AGAIN, MAX_REPEATS),
    "fails in another step": (AssertionError("elsewhere"), NOT_AGAIN, MAX_REPEATS),
    "no answer": (NoAnswer("no connection"), "It could not be repeated: no connection.", 1),
    "Ctrl-C": (KeyboardInterrupt(), "The run was interrupted before the story was shortened.", 1),
}


@pytest.mark.parametrize(("error", "reason", "repeats"), REPEATS.values(), ids=REPEATS)
def test_the_first_failing_story_is_shown_if_none_fails_again(
    error: BaseException | None, reason: str, repeats: int
) -> None:
    explorer = FakeExplorer(lambda steps: error if explorer.repeats else fails_after_renaming(steps))
    found = explorer.find()
    assert found.steps is explorer._failures[0].steps
    assert f" breaks a rule. {reason} First sequence found:" in found.text
    assert explorer.repeats == repeats


@pytest.mark.parametrize("error", [NoAnswer("no connection"), LookupError("no such step"), KeyboardInterrupt()])
def test_an_error_that_is_no_broken_rule_stops_the_stories(error: BaseException) -> None:
    cleared: list[int] = []
    explorer = FakeExplorer(
        lambda steps: error if " is renamed to " in steps[-1] else None,
        clear=lambda: cleared.append(len(explorer.contexts)),
    )
    with pytest.raises(type(error)) as raised:
        explorer.explore(100, seed=1)
    assert raised.value is error
    assert sum(" is renamed to " in text for story in explorer.stories for text in story) == 1
    assert cleared == list(range(1, len(explorer.contexts) + 1))


def test_an_error_after_a_failure_ends_shortening_and_the_failure_is_shown() -> None:
    def react(steps: list[str]) -> Exception | None:
        is_shortening = explorer._failures and not explorer.repeats
        return NoAnswer("no connection") if is_shortening else fails_after_renaming(steps)

    explorer = FakeExplorer(react)
    found = explorer.find()
    assert "Shortest sequence found:" in found.text
    # The failing story, the aborted one, and the repetition.
    assert len(explorer.contexts) == int(found.text.split()[1]) + 2


def test_a_failed_cleanup_stops_the_stories_but_does_not_hide_a_failure() -> None:
    explorer = FakeExplorer(clear=Mock(side_effect=LeftBehind("still there")))
    with pytest.raises(LeftBehind):
        explorer.explore(100, seed=1)
    assert len(explorer.contexts) == 1

    def clear() -> None:
        if explorer._failures:
            raise LeftBehind("still there")

    explorer = FakeExplorer(fails_after_renaming, clear=clear)
    assert explorer.find().failed_step.name == "the deletion succeeds"


def test_no_story_runs_after_the_tenant_was_wiped() -> None:
    explorer = FakeExplorer(fails_after_renaming, check_bystander=Mock(side_effect=TenantWiped("all are gone")))
    with pytest.raises(TenantWiped):
        explorer.explore(100, seed=1)
    assert (len(explorer._failures), explorer.repeats) == (1, 0)


def test_stories_that_did_not_run_are_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer_module, "run_machine", lambda *_, **__: None)
    with pytest.raises(Inconclusive, match="only 0 of 100 stories were run"):
        FakeExplorer().explore(100, seed=1)


@pytest.mark.parametrize("has_other", [False, True])
def test_every_step_is_defined_in_both_tenses_and_other_tenants_need_a_second_api_key(has_other: bool) -> None:
    explorer = FakeExplorer(has_other=has_other)
    assert explorer.explore(60, seed=1) is None
    steps = {each for context in explorer.contexts for each in context.kinds}
    steps |= {("given", past(text)) for kind, text in steps if kind == "when"}
    assert [each for each in steps if not steps_of_the_features().find_match(step_of(*reversed(each)))] == []
    others = {kind for kind in KINDS if any(text.startswith(f"{kind} with ") for _, text in steps)}
    assert others == set(KINDS if has_other else KINDS[:1])


def test_a_story_on_a_server_takes_no_more_requests_than_announced(sandbox: Sandbox) -> None:
    requests: list[int] = []

    def new_context() -> StoryContext:
        requests.append(0)
        return StoryContext(sandbox, contract_of(RELEASE), SimpleNamespace(other=None), steps_of_the_features())

    def count(*_: object) -> None:
        requests[-1] += 1

    sandbox.charset = THREE_BYTES
    sandbox.ragflow = sandbox.ragflow.with_listener(count)
    explorer = Explorer(new_context, Vocabulary(RELEASE, THREE_BYTES), LateDeletions())
    assert explorer.explore(20, seed=1, shrink=0) is None
    assert len(requests) == 20
    assert max(requests) <= MAX_STORY_REQUESTS
    assert TYPICAL_STORY_REQUESTS / 2 < sum(requests) / 20 < TYPICAL_STORY_REQUESTS * 2
