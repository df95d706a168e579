"""Replacing functions of the server."""

from collections.abc import Callable
from dataclasses import replace as changed
from functools import cache, partial
from typing import Any

from flask import has_request_context, request

from embedded_ragflow.database import Dialog
from embedded_ragflow.release import Release

DELETE_SESSIONS = "DELETE /chats/<chat_id>/sessions"
LIST_SESSIONS = "GET /chats/<chat_id>/sessions"
CREATE_SESSION = "POST /chats/<chat_id>/sessions"


class ServedRelease:
    """The release that the server follows. The server sets its rules before it applies a fault."""

    rules: Release


RELEASE = ServedRelease()


def current(owner: object, name: str) -> Any:
    """Return an attribute of a module or class; of RELEASE, a rule or a call such as "DELETE /chats"."""
    if owner is not RELEASE:
        return getattr(owner, name)
    return RELEASE.rules.calls[name] if "/" in name else getattr(RELEASE.rules, name)


def replace(owner: object, name: str, value: object) -> None:
    """Replace what `current` returns."""
    if owner is not RELEASE:
        setattr(owner, name, value)
    elif "/" in name:
        RELEASE.rules = changed(RELEASE.rules, calls={**RELEASE.rules.calls, name: value})
    else:
        RELEASE.rules = changed(RELEASE.rules, **{name: value})


def wrap(owner: object, name: str, wrapper: Callable[..., Any]) -> None:
    """Call `wrapper` instead of a function, with that function as an additional first argument.

    Requests about bystanders are spared: with them, a run checks before its scenarios that deletions arrive as sent.
    """
    original = current(owner, name)

    def call(*arguments: Any, **options: Any) -> Any:
        function = original if is_about_bystander() else partial(wrapper, original)
        return function(*arguments, **options)

    replace(owner, name, call)


def is_about_bystander() -> bool:
    return has_request_context() and _is_bystander(str((request.view_args or {}).get("chat_id", "")))


@cache
def _is_bystander(chat_id: str) -> bool:
    found = Dialog.get_or_none(Dialog.id == chat_id)
    return found is not None and str(found.name).endswith(" bystander")
