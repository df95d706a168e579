"""Runs stories until one breaks a rule, and returns the shortest story that breaks it again."""

import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tqdm import tqdm

from acceptance.behave_adapter import parse_steps, runner_of
from acceptance.errors import Inconclusive, TenantWiped
from acceptance.stories import MAX_ATTEMPTS, MAX_REPEATS, MAX_STEPS
from acceptance.stories.events import StoryMachine
from acceptance.stories.hypothesis_adapter import run_machine
from acceptance.stories.story import Failure, StoriesEnded, Story, StoryContext, StoryFailed, run_steps
from acceptance.stories.vocabulary import Vocabulary


@dataclass
class Explorer:
    """Runs stories, each with a new context."""

    new_context: Callable[[], StoryContext]
    vocabulary: Vocabulary

    def explore(self, count: int, seed: int, attempts: int = MAX_ATTEMPTS) -> Failure | None:
        """Run ``count`` stories. If one fails, run up to ``attempts`` more to shorten it. None if all pass.

        An error that is no broken rule stops the stories. It is raised, unless a story has failed before.
        """
        self._started, self._limit, self._attempts = 0, count, attempts
        self._failures: list[Failure] = []
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
                if again := self._repeat(failure.as_scenario(name), failure.failed_step.name):
                    return self._report(again, name, count, "Shortest sequence found")
        except KeyboardInterrupt:
            # The run ends after this scenario, and still reports what it has found.
            if not self._failures:
                raise
            reason = "The run was interrupted before the story was shortened."
        except Exception as error:
            if not self._failures or isinstance(error, TenantWiped):
                raise
            reason = f"It could not be repeated: {error}."
        return self._report(self._failures[0], name, count, f"{reason} First sequence found")

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
        if self._started == self._limit:
            raise StoriesEnded
        self._started += 1
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
                    if len(self._failures) == 1:
                        self._limit = self._started + self._attempts
                        self._progress.reset(total=self._attempts)
                        self._progress.set_description("      shortening the failing story")
                        # Shrinking must not repeat a request that wiped the whole tenant.
                        sandbox.check_bystander(story.context.sender.last_request)
        finally:
            # An earlier error matters more than a failed cleanup. The end of the run tries the cleanup again.
            with suppress(Exception) if sys.exception() else nullcontext():
                sandbox.clear()

    def _repeat(self, scenario: str, failed_step: str) -> Failure | None:
        """Run the scenario of a failure. If the same step fails, return its failure, and leave cleanup to the run."""
        context = self.new_context()
        failure = run_steps(parse_steps(scenario), context)
        if failure and failure.failed_step.name == failed_step:
            return failure
        with suppress(Exception):
            context.sandbox.clear()
        return None

    def _report(self, failure: Failure, name: str, count: int, title: str) -> Failure:
        title = f"Story {self._limit - self._attempts:,} of {count:,} breaks a rule. {title}"
        scenario = failure.as_scenario(name)
        return replace(failure, text=f"{title}:\n\n{scenario}\n\n{str(failure.mismatch).strip()}")


def explorer_for(context: Any) -> Explorer:
    """Return the explorer of a run of behave. Other tenants take part if the run has a second API key."""
    parts = (context.sandbox, context.contract, context.target, runner_of(context).step_registry)
    return Explorer(partial(StoryContext, *parts), Vocabulary(context.release))
