"""Telling stories until one does not go as the rules have it; then looking for a shorter one that does not either."""

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from tqdm import tqdm

from acceptance.behave_adapter import parse_steps, step_registry_of
from acceptance.errors import Inconclusive, TenantWiped
from acceptance.sandbox.sender import Exchange
from acceptance.stories.cost import ATTEMPTS, SHORTEST, STEPS
from acceptance.stories.events import Stories
from acceptance.stories.hypothesis_adapter import EACH_ANEW
from acceptance.stories.model import KINDS, Model
from acceptance.stories.story import (
    Broken,
    BrokenOff,
    Failure,
    Stage,
    Story,
    broken_off,
    first_that_fails,
)
from acceptance.stories.vocabulary import Vocabulary, vocabulary_of

# Why a story is told as it was first met.
ENDED = "; before a shorter one was told, the run was ended"

# Hypothesis keeps what it has read of the code that it runs in, and that belongs to no checkout.
_kept = TemporaryDirectory()
set_hypothesis_home_dir(_kept.name)


class Enough(BaseException):
    """No further story is told."""


@dataclass(frozen=True)
class Found:
    """A story that does not go as the rules have it: as it is told to people, and its last exchanges."""

    failure: Failure
    text: str
    exchanges: Sequence[Exchange]

    @property
    def is_about_an_answer(self) -> bool:
        """Whether an answer is not as it should be, and not what is there behind it."""
        return not re.search(r" remains?$| is gone$", self.failure.broken.name)


class Explorer:
    """Tells stories, each on a stage of its own, with this vocabulary; ``kinds`` are those of the other assistant."""

    def __init__(
        self, new_stage: Callable[[], Stage], registry: Any, vocabulary: Vocabulary, kinds: Sequence[str]
    ) -> None:
        self._new_stage = new_stage
        self._registry = registry
        self._hides_repeated = vocabulary.hides_repeated
        # Hypothesis makes the stories by itself, so they find all they need in their class.
        needs = {"vocabulary": vocabulary, "kinds": kinds, "begin": self._begin, "end": self._end}
        self._stories = type("Stories", (Stories,), needs)

    def explore(self, count: int, seed: int, attempts: int = ATTEMPTS) -> Found | None:
        """Tell so many stories, and where one fails so many more, to find a shorter one.

        Raises whatever else than a rule was in the way.
        """
        self._count, self._attempts = count, attempts
        self._told = self._first = 0
        self._failures: list[Failure] = []
        is_ended = False
        title = f"      telling {count:,} stories"
        progress = tqdm(total=count, desc=title, file=sys.__stderr__, disable=None, leave=False)
        with progress as self._progress:
            try:
                run_state_machine_as_test(hypothesis.seed(seed)(self._stories), settings=_so_many(count))
            except BrokenOff as end:
                if not self._failures or isinstance(end.trouble, TenantWiped):
                    raise end.trouble from None
            except KeyboardInterrupt:
                # The run ends behind this, and what was found by then is told.
                if not self._failures:
                    raise
                is_ended = True
            except (Broken, Flaky, Enough):
                pass
        if self._failures:
            return self._found(seed, is_ended=is_ended)
        # Whatever has made Hypothesis end before: stories that were not told do not go as the rules have it.
        if self._told < count:
            raise Inconclusive(f"only {self._told:,} of {count:,} stories were told")
        return None

    def _begin(self) -> Story:
        if self._told >= (self._first + self._attempts if self._failures else self._count):
            raise Enough
        self._told += 1
        self._progress.update()
        self._stage = self._new_stage()
        return Story(self._stage, self._registry, Model(self._hides_repeated))

    def _end(self, story: Story) -> None:
        """See what is left to see of a story, remember how it failed, and remove its assistants."""
        try:
            try:
                story.end()
            finally:
                if story.failure:
                    self._remember(story.failure)
        finally:
            # What has ended the story is the news; what could not be removed is tried again at the end of the run.
            with suppress(BrokenOff) if sys.exception() else nullcontext():
                self._clear()

    def _remember(self, failure: Failure) -> None:
        self._failures.append(failure)
        if len(self._failures) == 1:
            self._first, self._first_exchanges = self._told, self._stage.sender.exchanges
            self._progress.reset(total=self._attempts)
            self._progress.set_description("      looking for a shorter story")
            # Whoever has deleted all assistants of a tenant must not be asked to do it again.
            with broken_off():
                self._stage.sandbox.check_bystander(self._stage.sender.last_request)

    def _clear(self) -> None:
        with broken_off():
            self._stage.sandbox.clear()

    def _found(self, seed: int, *, is_ended: bool) -> Found:
        """The shortest story that fails again as it is told; where none does, the one that failed first."""
        name = f"Found by exploring (seed {seed})"
        which = f"Story {self._first:,} of {self._count:,} does not go as the rules have it"
        how = ENDED
        # In the shortest, something may be left to chance: who of two at the same time is first.
        for told in [] if is_ended else sorted(self._failures, key=lambda failure: failure.size)[:SHORTEST]:
            try:
                difference = self._tell_again(told, name)
            except KeyboardInterrupt:
                how = ENDED
                break
            except Exception as trouble:
                how = f", but could not be told once more: {trouble}"
                break
            if difference:
                remark = f"{which}. This is what is needed of it"
                return _found_in(told, remark, name, difference, self._stage.sender.exchanges)
            how = ", but told once more it did"
            with suppress(BrokenOff):
                self._clear()
        first = self._failures[0]
        return _found_in(
            first, f"{which}{how}. This is how it was first met", name, first.difference, self._first_exchanges
        )

    def _tell_again(self, failure: Failure, name: str) -> AssertionError | None:
        """What it says where it fails in the same step when it is told as it is written.

        What it leaves then is the scenario's, to be removed or kept as that of any other.
        """
        self._stage = self._new_stage()
        again = first_that_fails(parse_steps(failure.as_scenario(name)), self._stage, self._registry)
        return again[1] if again and again[0].name == failure.broken.name else None


def _found_in(
    told: Failure, remark: str, name: str, difference: AssertionError, exchanges: Sequence[Exchange]
) -> Found:
    return Found(told, f"{remark}:\n\n{told.as_scenario(name)}\n\n{str(difference).strip()}", exchanges)


def _so_many(count: int) -> settings:
    """Nothing is kept from one run to the next, and nothing depends on how long an answer takes."""
    return settings(
        max_examples=count,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        backend=EACH_ANEW,
    )


def explorer_in(context: Any) -> Explorer:
    """Who explores the RAGFlow of a run of behave."""
    return Explorer(
        partial(Stage, context.sandbox, context.contract, context.target),
        step_registry_of(context),
        vocabulary_of(context.release),
        list(KINDS) if context.target.other else ["mine"],
    )
