"""A story context without a server: it records the steps, and each passes unless a test raises an error."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from behave.model import Step

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.ragflow.listings import Session
from acceptance.stories.story import StoryContext

# Takes the texts of the steps so far, the current one last, and returns what this step raises.
Reaction = Callable[[list[str]], BaseException | None]

# More sessions than any story creates.
SESSIONS = tuple(Session(f"id {number}", f"session {number}", "user 1") for number in range(1, 60))
CONTRACT = contract_of(Release.named("0.20"))
ASSISTANT = SimpleNamespace(sessions=SESSIONS, session_ids=[session.id for session in SESSIONS])


class FakeContext(StoryContext):
    """Defines every step. ``steps`` are the texts of those that ran, ``kinds`` their types and texts."""

    def __init__(self, react: Reaction = lambda _: None, *, has_other: bool = False, **sandbox: Any) -> None:
        usual = {"clear": lambda: None, "check_bystander": lambda _: None, "display_names": {}, "stored": str}
        methods: Any = SimpleNamespace(**{**usual, **sandbox})
        super().__init__(methods, CONTRACT, SimpleNamespace(other=has_other), self)  # type: ignore[arg-type]
        self.assistant, self._react = ASSISTANT, react
        self.steps: list[str] = []
        self.kinds: set[tuple[str, str]] = set()

    def find_match(self, step: Step) -> Any:
        self.kinds.add((step.step_type, step.name))
        return SimpleNamespace(run=partial(self._run, step.name))

    def _run(self, text: str, _: Any) -> None:
        self.steps.append(text)
        if error := self._react(self.steps):
            raise error


def fails_at(text: str, error: BaseException | None = None) -> Reaction:
    return lambda steps: (error or AssertionError("mismatch")) if steps[-1] == text else None
