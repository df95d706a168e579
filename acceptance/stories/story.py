"""A story: steps of the features, one behind the other, on assistants of its own."""

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from behave.model import Step

from acceptance.behave_adapter import run_step, step_of
from acceptance.contract.contract import Contract
from acceptance.notation.tenses import past
from acceptance.sandbox.actions import assistants_in
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.stories.model import Action, Model


@dataclass
class Stage:
    """What the steps of a story find where those of a scenario find behave's context; they add to it as they go."""

    sandbox: Sandbox
    contract: Contract
    target: Any
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(self.sandbox)

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)

    def use_with_user_mode(self) -> AbstractContextManager[None]:
        """Here nobody else than steps adds anything, so nobody has to be told from them."""
        return nullcontext()


class BrokenOff(BaseException):
    """A story met something else than a rule that does not hold; ``trouble`` is what.

    A BaseException: what is an Exception, Hypothesis tries again in many ways.
    """

    def __init__(self, trouble: Exception) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


@contextmanager
def broken_off() -> Iterator[None]:
    """In this block every error breaks the story off."""
    try:
        yield
    except Exception as trouble:
        raise BrokenOff(trouble) from trouble


@dataclass(frozen=True)
class Failure:
    """The steps of a story to its end, which one of them does not hold, and what it said."""

    steps: tuple[Step, ...]
    broken: Step
    difference: AssertionError

    @property
    def size(self) -> tuple[int, int]:
        """The smaller of two is read first."""
        return len(self.steps), sum(len(step.name) for step in self.steps)

    def as_scenario(self, name: str) -> str:
        """The story as it would stand in a feature."""
        lines, before = [f"Scenario: {name}"], ""
        for step in self.steps:
            lines.append(f"  {'And' if step.step_type == before else step.keyword} {step.name}")
            before = step.step_type
        return textwrap.indent("\n".join(lines), "    ")


class Broken(AssertionError):
    """A story does not go as the rules have it."""


class Story:
    """A story that is being told, and the steps that tell what was done up to now."""

    def __init__(self, stage: Stage, registry: Any, model: Model) -> None:
        self.model = model
        self._stage = stage
        self._registry = registry
        self.failure: Failure | None = None
        self._done: list[Step] = []
        self._has_looked = True

    def tell(self, action: Action) -> None:
        """Do it, and see that the answer, and what is there then, are as they should be. Broken where they are not."""
        self._has_looked = True
        if not action.answer:
            self._run([step_of(action.text, "given")])
            self._done.append(step_of(action.text, "given"))
            self._has_looked = False
            return
        self._run([step_of(action.text, "when"), step_of(action.answer), *self._what_is_there()])
        self._done.append(step_of(past(action.text), "given"))
        self._stage.sender.expect_gone(self._gone())

    def end(self) -> None:
        """See what is there, where nothing was done since something was given."""
        if not self._has_looked:
            self.look()

    def look(self) -> None:
        """See that what is there is as it should be. Broken where it is not."""
        self._has_looked = True
        self._run(list(self._what_is_there()))

    def numbers_of(self, user: str) -> list[int]:
        """The sessions of the assistant that are there and, as the server said, this user's."""
        sessions = assistants_in(self._stage)[0].sessions
        return [number for number in self.model.own.there if sessions[number - 1].user == user]

    def _what_is_there(self) -> Iterator[Step]:
        return map(step_of, self.model.what_is_there())

    def _run(self, steps: Sequence[Step]) -> None:
        with broken_off():
            failed = first_that_fails(steps, self._stage, self._registry)
        if failed:
            self.failure = Failure((*self._done, *steps), *failed)
            raise Broken

    def _gone(self) -> Iterator[str]:
        drawn = (self.model.own, self.model.other)
        for assistant, imagined in zip(assistants_in(self._stage), drawn, strict=False):
            yield from (assistant.session_ids[number - 1] for number in imagined.gone)


def first_that_fails(steps: Sequence[Step], stage: Stage, registry: Any) -> tuple[Step, AssertionError] | None:
    """Run the steps up to the first that does not hold: that one, and what it said."""
    for step in steps:
        try:
            run_step(registry, step, stage)
        except AssertionError as difference:
            return step, difference
    return None
