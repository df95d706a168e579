"""People: each has an assistant, opens sessions in it, lists them and clears them out, and looks what is there then."""

import random
from collections.abc import Callable, Sequence
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
from acceptance.errors import Inconclusive, RuleBroken
from acceptance.notation.sessions import NOBODY, register_types
from acceptance.paths import FEATURES
from acceptance.running.target import Target
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories.model import Action, Model
from acceptance.stories.story import Broken, BrokenOff, Stage, Story
from acceptance.stories.vocabulary import Vocabulary, vocabulary_of
from load.counting import Requests

# Sessions that an assistant has to begin with, and that it is given before its person begins with a new one: no more
# than RAGFlow lists on a page.
FIRST, FULL = 2, 30


@dataclass(frozen=True)
class World:
    """What the people of one process share. ``shown`` are the failures of which everything was told."""

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
        return cls(target, release, sandbox, vocabulary_of(release))

    def new_story(self, sandbox: Sandbox) -> Story:
        stage = Stage(sandbox, contract_of(self.release), self.target)
        return Story(stage, registry, Model(self.vocabulary.hides_repeated))


class Person(User):
    """Somebody who does one thing after the other, as it happens in stories."""

    abstract = True
    world: ClassVar[World]

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._requests = Requests(environment.events.request, self.world.shown)
        self._sandbox = self.world.sandbox.beside()
        self._sandbox.ragflow = self.world.target.ragflow.with_listener(self._requests.over)
        # None also in the middle of something: then nobody knows what should be there.
        self.story: Story | None = None

    def wait_time(self) -> float:
        """Seconds between two things that are done; like these they are finished, whoever is told to go.

        Locust kills whom it knows to wait, and then they may have begun with the next.
        """
        self._state = LOCUST_STATE_RUNNING
        return random.uniform(0.2, 1)

    def on_stop(self) -> None:
        """Look whether exactly the sessions are there that should be, whatever others have done since."""
        if self.story:
            self._goes_well(self.story.look, self.story)
        self._goes_well(self._sandbox.clear)

    def do(self, choose: Callable[[Model], Action]) -> None:
        """Do something, and look what is there then; behind a failure, and where the assistant is full, begin anew."""
        story, self.story = self.story or self._begun(), None
        goes_well = story and self._goes_well(lambda: story.tell(choose(story.model)), story)
        if story and goes_well and len(story.model.own.names) < FULL:
            self.story = story
        else:
            self._goes_well(self._sandbox.clear)

    def delete(self, model: Model, numbers: Sequence[int], most: int = FULL) -> Action:
        """So many of these sessions at most; where there is none, one or more that were there before."""
        return model.delete(model.own, model.own.items(some_of(numbers or list(model.own.names), most)))

    def _begun(self) -> Story | None:
        """A story that has begun with an assistant; None where it could not."""
        story = self.world.new_story(self._sandbox)
        return story if self._goes_well(lambda: story.tell(story.model.begin(FIRST)), story) else None

    def _goes_well(self, do: Callable[[], None], story: Story | None = None) -> bool:
        """Do it, which may be a part of a story, and tell Locust how the requests went."""
        try:
            do()
        except Broken:
            assert story
            assert story.failure
            self._requests.tell(story.failure.difference, story.failure.broken)
        except BrokenOff as end:
            self._requests.tell(end.trouble)
        except (Inconclusive, RuleBroken) as trouble:
            self._requests.tell(trouble)
        else:
            self._requests.tell()
            return True
        return False

    @task(6)
    def open_session(self) -> None:
        self.do(lambda model: model.create(model.own, f"session {len(model.own.names) + 1}", NOBODY))

    @task(3)
    def list_sessions(self) -> None:
        self.do(lambda model: model.read("", model.own.there))

    @task(2)
    def delete_session(self) -> None:
        self.do(lambda model: self.delete(model, model.own.there, 1))


class Careful(Person):
    """Somebody whose list is up to date."""

    weight = 6

    @task(1)
    def clear_out_one_by_one(self) -> None:
        self.delete_session()
        while self.story and self.story.model.own.there:
            self.delete_session()

    @task(1)
    def clear_out_in_bulk(self) -> None:
        self.do(lambda model: self.delete(model, model.own.there))


class WithOldList(Person):
    """Somebody whose list holds sessions that are deleted already."""

    weight = 3

    @task(3)
    def delete_from_old_list(self) -> None:
        self.do(lambda model: self.delete(model, list(model.own.names)))


class WithWrongKey(Person):
    """Somebody who often takes the wrong key where they delete."""

    weight = 1

    @task(6)
    def try_to_delete(self) -> None:
        authorization, answer = random.choice(self.world.vocabulary.refusals)
        self.do(
            lambda model: model.try_without_key(model.own.items(some_of(list(model.own.names))), authorization, answer)
        )


def some_of(numbers: Sequence[int], most: int = FULL) -> list[int]:
    """One of them, or more, in any order."""
    return random.sample(numbers, random.randint(1, min(most, len(numbers))))
