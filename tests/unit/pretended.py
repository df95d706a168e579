"""A stage on which nothing is done: every step is noted down, and holds unless somebody has something against it."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from behave.model import Step

from acceptance.ragflow.listings import Session
from acceptance.stories.story import Stage

# What was told on a stage up to now, its last step included: what is raised then.
Against = Callable[[list[str]], BaseException | None]

# More than an assistant has at the end of any story.
SESSIONS = tuple(Session(f"id {number}", f"session {number}", "user 1") for number in range(1, 60))
ASSISTANT = SimpleNamespace(sessions=SESSIONS, session_ids=[session.id for session in SESSIONS])


class Steps:
    """All steps there may be, in the place of behave's registry."""

    def __init__(self, against: Against = lambda _: None) -> None:
        self._against = against

    def find_match(self, step: Step) -> Any:
        return SimpleNamespace(run=partial(self._run, step.name))

    def _run(self, text: str, stage: Any) -> None:
        stage.told.append(text)
        if trouble := self._against(stage.told):
            raise trouble


def new_stage(sandbox: Any = None) -> Any:
    """A stage with an assistant that has all sessions that a story may speak of, and with what was ``told`` on it."""
    nothing = SimpleNamespace(clear=lambda: None, check_bystander=lambda _: None)
    stage: Any = Stage(sandbox or nothing, None, None)
    stage.assistant, stage.told = ASSISTANT, []
    return stage
