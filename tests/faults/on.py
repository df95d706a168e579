"""Hooks: each puts a function of a fault into the server, often around the original function."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from embedded_ragflow import sessions
from embedded_ragflow.database import Conversation
from tests.faults.patching import DELETE_SESSIONS, RELEASE, wrap
from tests.faults.requests import is_deletion

# Reading the request and selecting sessions


def reading(read: Callable[[Callable[[], Any]], Any]) -> None:
    """Read the body with `read(original)`."""
    wrap(RELEASE, "read_body", lambda original, body: read(partial(original, body)))


def ids(change: Callable[[Any], Any]) -> None:
    """Change the value of `ids` after the body was read."""

    def read(original):
        payload = original()
        has_ids = isinstance(payload, dict) and "ids" in payload
        return {**payload, "ids": change(payload["ids"])} if has_ids else payload

    reading(read)


def id_list(change: Callable[[list[Any]], Any]) -> None:
    """Change the value of `ids` if it is a list."""
    ids(lambda ids: change(ids) if isinstance(ids, list) else ids)


def each_id(change: Callable[[str], str]) -> None:
    """Change each text in the list of sessions."""
    id_list(lambda ids: [change(one) if isinstance(one, str) else one for one in ids])


def selection(select: Callable[[Callable[..., Any], Any, Callable[[], list[str]]], Any]) -> None:
    """Select the sessions to delete with `select(original, payload, all_ids)`."""
    wrap(
        RELEASE,
        "choose_ids",
        lambda original, payload, all_ids: (
            select(original, payload, all_ids) if is_deletion() else original(payload, all_ids)
        ),
    )


# Deleting


def deletion(delete_sessions: Callable[..., object]) -> None:
    """Handle deletion requests with `delete_sessions(original, release, tenant_id, chat_id)`."""
    wrap(RELEASE, DELETE_SESSIONS, delete_sessions)


def deletion_of_list(delete_each: Callable[..., Any]) -> None:
    """Delete a valid list of sessions with `delete_each(original, ids, delete)`."""

    def delete_list(original: Callable[..., Any], ids: Iterable[object], delete: object) -> Any:
        is_valid = isinstance(ids, list) and not any(isinstance(one, list | dict) for one in ids)
        return delete_each(original, ids, delete) if is_deletion() and is_valid else original(ids, delete)

    wrap(RELEASE, "delete_each", delete_list)


def session(delete_session: Callable[..., int | None]) -> None:
    """Look up and delete one session with `delete_session(original, chat_id, session_id)`."""
    wrap(RELEASE, "delete_session", delete_session)


def session_deleted(then: Callable[..., object]) -> None:
    """Call `then(chat_id, session_id, ids_before)` after a session was deleted."""

    def delete_session(original, chat_id, session_id):
        before = sessions.ids_of_assistant(chat_id)
        count = original(chat_id, session_id)
        if count:
            then(chat_id, session_id, before)
        return count

    session(delete_session)


def last_session_deleted(then: Callable[[str], object]) -> None:
    """Call `then(chat_id)` after the last session of an assistant was deleted."""
    session_deleted(lambda chat_id, *_: None if sessions.ids_of_assistant(chat_id) else then(chat_id))


def existing_session(delete: Callable[[Callable[[object], None], Conversation], object]) -> None:
    """Delete an existing session with `delete(original, session)`; `original` takes an id."""

    def delete_row(original, session_id):
        session = sessions.find(str(session_id))
        if session and is_deletion():
            delete(original, session)
        else:
            original(session_id)

    wrap(sessions, "delete", delete_row)


def keep(is_kept: Callable[[Conversation], object]) -> None:
    """Keep these sessions, and report them as deleted."""
    existing_session(lambda delete, session: None if is_kept(session) else delete(session.id))


def lookup(exists: Callable[..., object]) -> None:
    """Look up a session that is to be deleted with `exists(original, chat_id, session_id)`."""
    wrap(
        sessions,
        "exists",
        lambda original, chat_id, session_id: (
            exists(original, chat_id, session_id) if is_deletion() else original(chat_id, session_id)
        ),
    )
