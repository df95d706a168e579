"""What somebody does to the sessions, as a step: now, or before."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from behave import given, when

from acceptance.notation.tenses import past
from acceptance.sandbox.sandbox import Assistant

Step = Callable[..., None]


def action(text: str) -> Callable[[Step], Step]:
    """A When, and a Given of what was done before: behind that the lists are looked at, to know what is there.

    What "has been done" has to have succeeded; what somebody has only tried need not.
    """

    def decorate(step: Step) -> Step:
        told = past(text)

        @wraps(step)
        def done_before(context: Any, **arguments: Any) -> None:
            step(context, **arguments)
            if re.search(r" (has|have) been ", told):
                context.sender.expect_success()
            context.sender.take_stock(assistants_in(context))

        when(text)(step)
        given(told)(done_before)
        return step

    return decorate


def assistants_in(context: Any) -> list[Assistant]:
    """The assistants of a scenario."""
    return [getattr(context, name) for name in ("assistant", "other_assistant") if name in context]
