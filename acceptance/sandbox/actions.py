"""Steps for actions: each is a When, and a Given in the past tense."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from behave import given, when

from acceptance.notation.tenses import past
from acceptance.sandbox.inventory import Assistant

Step = Callable[..., None]


def action(text: str) -> Callable[[Step], Step]:
    """Define a When, and a Given with the same text in the past tense.

    The Given records which sessions are gone. "Has been" or "have been" in it means that the action must succeed.
    """

    def decorate(step: Step) -> Step:
        text_in_past = past(text)

        @wraps(step)
        def done_before(context: Any, **arguments: Any) -> None:
            step(context, **arguments)
            if re.search(" (has|have) been ", text_in_past):
                context.sender.expect_success()
            context.sender.record_gone_sessions(assistants_in(context))

        when(text)(step)
        given(text_in_past)(done_before)
        return step

    return decorate


def assistants_in(context: Any) -> list[Assistant]:
    """Return the assistants of a scenario."""
    return [getattr(context, name) for name in ("assistant", "other_assistant") if name in context]
