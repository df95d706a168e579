"""Runs stories until one breaks a rule, and returns the shortest story that breaks it again."""

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tqdm import tqdm

from acceptance.behave_adapter import parse_steps, run_step, runner_of
from acceptance.errors import Inconclusive, TenantWiped
from acceptance.matchers.late_deletions import LateDeletions
from acceptance.stories import MAX_REPEATS, MAX_STEPS
from acceptance.stories.events import StoryMachine
from acceptance.stories.hypothesis_adapter import run_machine
from acceptance.stories.story import Failure, StoriesEnded, Story, StoryContext, StoryFailed, run_steps
from acceptance.stories.vocabulary import Vocabulary


@dataclass
class Explorer:
    """Runs stories, each with a new context. ``clock`` returns seconds."""

    new_context: Callable[[], StoryContext]
    vocabulary: Vocabulary
    late_deletions: LateDeletions
    clock: Callable[[], float] = time.monotonic

    def explore(self, count: int, seed: int, shrink: int) -> Failure | None:
        """Run ``count`` stories. None if all pass. If one fails, shorten and repeat it for up to ``shrink`` seconds.

        An error that is no broken rule stops the stories. It is raised, unless a story has failed before.
        """
        self._started, self._count, self._shrink = 0, count, shrink
        # The number of the first failing story, when a story began, how long the last failing one took, and the limit.
        self._first, self._began, self._story_seconds, self._deadline = 0, 0.0, 0.0, 0.0
        self._failures: list[Failure] = []
        self._note, self._limit = "", f"{shrink} s (-D shrink={shrink})"
        name, reason = f"Found by exploring (seed {seed})", "It did not fail in the same way when it was repeated."
        try:
            self._run_stories(count, seed)
            if not self._failures:
                return None
            # The shortest may depend on timing, such as which of two concurrent requests arrives first.
            shortest = sorted(
                self._failures, key=lambda each: (len(each.steps), sum(len(step.name) for step in each.steps))
            )
            for failure in shortest[:MAX_REPEATS]:
                if not self._has_time_for(1):
                    reason = f"It was not seen again within {self._limit}."
                    break
                if again := self._repeat(failure.as_scenario(name), failure.failed_step.name):
                    return self._report(again, name, f"{self._note}Shortest sequence found")
        except KeyboardInterrupt:
            # The run ends after this scenario, and still reports what it has found.
            if not self._failures:
                raise
            reason = "The run was interrupted before the story was shortened."
        except Exception as error:
            if not self._failures or isinstance(error, TenantWiped):
                raise
            reason = f"It could not be repeated: {error}."
        return self._report(self._failures[0], name, f"{reason} First sequence found")

    def _run_stories(self, count: int, seed: int) -> None:
        bar = tqdm(total=count, desc="      running stories", file=sys.__stderr__, disable=None, leave=False)
        with bar as self._progress, suppress(StoryFailed):
            try:
                run_machine(self._start, count, MAX_STEPS, seed)
            except StoriesEnded as ended:
                error = ended.__cause__
                if error and (not self._failures or isinstance(error, TenantWiped)):
                    raise error from None
        # Hypothesis may stop early, for example if a failing story passes when it is repeated.
        if self._started < count and not self._failures:
            raise Inconclusive(f"only {self._started:,} of {count:,} stories were run")

    def _start(self) -> StoryMachine:
        # There must be time for this story, for its cleanup, and to repeat the shortest.
        if self._failures and not self._has_time_for(3):
            was_shortened = self._started > self._first
            self._note = f"It {'was shortened for' if was_shortened else 'was not shortened within'} {self._limit}. "
            raise StoriesEnded
        if not self._failures and self._started == self._count:
            raise StoriesEnded
        self._started += 1
        self._began = self.clock()
        self._progress.update()
        story = Story(self.new_context(), hides_repeats=self.vocabulary.hides_repeats)
        return StoryMachine(story, self.vocabulary, self._finish)

    def _finish(self, story: Story) -> None:
        """Finish the checks of a story, record its failure, and delete its assistants."""
        sandbox = story.context.sandbox
        try:
            try:
                if not story.is_checked:
                    story.check_sessions()
            finally:
                if story.failure:
                    self._failures.append(story.failure)
                    self._story_seconds = self.clock() - self._began
                    if len(self._failures) == 1:
                        self._deadline, self._first = self.clock() + self._shrink, self._started
                        self._progress.total = None
                        self._progress.reset()
                        self._progress.set_description(f"      shortening the failing story for {self._shrink} s")
                        # Shrinking must not repeat a request that wiped the whole tenant.
                        sandbox.check_bystander(story.context.sender.last_request)
        finally:
            # An earlier error matters more than a failed cleanup. The end of the run tries the cleanup again.
            # If no story follows, the end of the scenario removes or keeps what this one created.
            if self._shrink or not story.failure:
                with suppress(Exception) if sys.exception() else nullcontext():
                    sandbox.clear()

    def _has_time_for(self, stories: int) -> bool:
        """Whether so many stories like the last failing one would end before the limit."""
        return self.clock() + stories * self._story_seconds < self._deadline

    def _repeat(self, scenario: str, failed_step: str) -> Failure | None:
        """Run the scenario of a failure. If the same step fails, return its failure, and leave cleanup to the run."""
        context = self.new_context()
        failure = run_steps(parse_steps(scenario), context)
        if failure and failure.failed_step.name == failed_step:
            if not failure.has_wrong_answer:
                step = failure.failed_step
                self.late_deletions.explain(failure.mismatch, lambda: run_step(context.registry, step, context))
            return failure
        with suppress(Exception):
            context.sandbox.clear()
        return None

    def _report(self, failure: Failure, name: str, title: str) -> Failure:
        title = f"Story {self._first:,} of {self._count:,} breaks a rule. {title}"
        scenario = failure.as_scenario(name)
        mismatch = "\n".join([str(failure.mismatch).strip(), *getattr(failure.mismatch, "__notes__", ())])
        return replace(failure, text=f"{title}:\n\n{scenario}\n\n{mismatch}")


def explorer_for(context: Any) -> Explorer:
    """Return the explorer of a run of behave. Other tenants take part if the run has a second API key."""
    parts = (context.sandbox, context.contract, context.target, runner_of(context).step_registry)
    vocabulary = Vocabulary(context.release, context.sandbox.charset)
    return Explorer(partial(StoryContext, *parts), vocabulary, context.late_deletions)
