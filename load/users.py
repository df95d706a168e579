"""The users of the load test. Each has an assistant, and opens, lists and deletes its sessions."""

import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from behave.runner_util import load_step_modules
from behave.step_registry import registry
from locust import User, task
from locust.user.task import LOCUST_STATE_RUNNING

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.contract.shapes import check_shape
from acceptance.notation.sessions import NO_USER, register_types
from acceptance.paths import FEATURES
from acceptance.running.target import Target
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories.story import Item, Story, StoryContext, StoryFailed
from acceptance.stories.vocabulary import Vocabulary
from load.reporting import RequestLog

# The sessions of a new assistant. A user replaces it after MAX_SESSIONS, which is what RAGFlow lists on one page.
FIRST_SESSIONS, MAX_SESSIONS = 2, 30


@dataclass(frozen=True)
class World:
    """What the users of one process share. ``shown`` has the failures that were logged in full."""

    target: Target
    release: Release
    sandbox: Sandbox
    vocabulary: Vocabulary
    shown: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, target: Target, release: Release, sandbox: Sandbox) -> "World":
        if not registry.steps["then"]:
            register_types()
            load_step_modules([str(FEATURES / "steps")])
        target.check_every_answer(partial(check_shape, contract_of(release).schema))
        # Users send no emoji, so the character set does not matter.
        return cls(target, release, sandbox, Vocabulary(release, sandbox.charset))

    def new_story(self, sandbox: Sandbox) -> Story:
        context = StoryContext(sandbox, contract_of(self.release), self.target, registry)
        return Story(context, hides_repeats=self.vocabulary.hides_repeats)


class StoryUser(User):
    """A user who performs one action of a story after another, and checks the sessions after each."""

    abstract = True
    world: ClassVar[World]

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._requests = RequestLog(environment.events.request, self.world.shown)
        ragflow, shared = self.world.target.ragflow.with_listener(self._requests.add), self.world.sandbox
        self._sandbox = Sandbox(ragflow, shared.guard, nullcontext, inventory=shared.inventory)
        # None during an action too: until it is complete, the expected sessions are unknown.
        self.story: Story | None = None

    def wait_time(self) -> float:
        """Return the seconds until the next action, and mark the user as running.

        Locust kills a waiting user when the test stops, and this one may have started the next action by then.
        """
        self._state = LOCUST_STATE_RUNNING
        return random.uniform(0.2, 1)

    def on_stop(self) -> None:
        """Check the sessions once more, because other users have deleted theirs since, and clean up."""
        if self.story:
            self._try(self.story.check_sessions, self.story)
        self._try(self._sandbox.clear)

    def do(self, act: Callable[[Story], None]) -> None:
        """Perform an action. After a failure, or with too many sessions, the next one starts with a new assistant."""
        story, self.story = self.story or self._new_story(), None
        passed = story and self._try(lambda: act(story), story)
        if story and passed and len(story.own.names) < MAX_SESSIONS:
            self.story = story
        else:
            self._try(self._sandbox.clear)

    def delete(self, story: Story, items: Sequence[Item], most: int = MAX_SESSIONS) -> None:
        """Delete some of these sessions; if there are none, some that were deleted before."""
        story.delete_sessions(story.own, some_of(items or list(story.own.names), most))

    def _new_story(self) -> Story | None:
        """Start a story with a new assistant. Return None if that fails."""
        story = self.world.new_story(self._sandbox)
        return story if self._try(lambda: story.create_assistant(FIRST_SESSIONS), story) else None

    def _try(self, action: Callable[[], None], story: Story | None = None) -> bool:
        """Run the action, which may belong to a story, and report its requests. Return whether it passed."""
        try:
            action()
        except StoryFailed:
            assert story
            assert story.failure
            self._requests.report(story.failure.mismatch, story.failure.failed_step)
        except Exception as error:
            self._requests.report(error)
        else:
            self._requests.report()
            return True
        return False

    @task(6)
    def open_session(self) -> None:
        self.do(lambda story: story.create_session(story.own, f"session {len(story.own.names) + 1}", NO_USER))

    @task(3)
    def list_sessions(self) -> None:
        self.do(
            lambda story: story.perform("I read the list", f"the list shows {story.own.phrase(story.own.existing)}")
        )

    @task(2)
    def delete_session(self) -> None:
        self.do(lambda story: self.delete(story, story.own.existing, 1))


class CarefulUser(StoryUser):
    """A user whose list of sessions is up to date."""

    weight = 6

    @task(1)
    def delete_one_by_one(self) -> None:
        self.delete_session()
        while self.story and self.story.own.existing:
            self.delete_session()

    @task(1)
    def delete_in_bulk(self) -> None:
        self.do(lambda story: self.delete(story, story.own.existing))


class StaleListUser(StoryUser):
    """A user whose list contains deleted sessions."""

    weight = 3

    @task(3)
    def delete_from_stale_list(self) -> None:
        self.do(lambda story: self.delete(story, list(story.own.names)))


class WrongKeyUser(StoryUser):
    """A user who often sends a wrong API key, or none."""

    weight = 1

    @task(6)
    def try_to_delete(self) -> None:
        authorization, answer = random.choice(self.world.vocabulary.refusals)

        def act(story: Story) -> None:
            items = story.phrase(some_of(list(story.own.names)))
            story.perform(f"I try to delete {items}, authorized by: {authorization}", answer)

        self.do(act)


def some_of(items: Sequence[Item], most: int = MAX_SESSIONS) -> list[Item]:
    """Return at least one of the items, in random order."""
    return random.sample(items, random.randint(1, min(most, len(items))))
