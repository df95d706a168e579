"""Deleting many at once: what is meant, every id for itself, and a count of what became of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from embedded_ragflow import assistants, sessions
from embedded_ragflow.body import Body
from embedded_ragflow.database import database

AllIds = Callable[[], list[str]]

# Deletes what has that id in that assistant, or of that tenant. Returns how many it deleted, None where there is none.
DeleteOne = Callable[[str, object], int | None]


@dataclass(frozen=True)
class Tally:
    """What became of a list of ids. `repeated` keeps the order in which they were given, `missing` has none."""

    deleted: int
    missing: list[object]
    repeated: list[object]


@dataclass(frozen=True)
class Wording:
    """How RAGFlow speaks of the things that are deleted; `{}` stands for an id."""

    plural: str
    missing: str
    repeated: str


SESSIONS = Wording("sessions", "The chat doesn't own the session {}", "Duplicate session ids: {}")
ASSISTANTS_TO_0_24 = Wording("chats", "Assistant({}) not found.", "Duplicate assistant ids: {}")
ASSISTANTS = Wording("chats", "Chat({}) not found.", "Duplicate chat ids: {}")

# What is meant


def everything_where_none_is_named(payload: Body, all_ids: AllIds) -> Body:
    """Up to v0.24: the ids that were sent, and everything where none were."""
    return (payload and payload.get("ids")) or all_ids()


def everything_where_that_is_said(payload: Body, all_ids: AllIds) -> Body:
    """From v0.25.0 on: the ids that were sent; everything only where there are none and `delete_all` is true."""
    ids = payload.get("ids")
    if not ids and payload.get("delete_all") is True:
        return all_ids()
    return ids


# Each for itself


def delete_each(ids: Iterable[object], delete: Callable[[object], int | None]) -> Tally:
    """Delete each id once. `delete` returns how many it deleted, or None where there is nothing with that id.

    Every deletion stands for itself: an error in the middle leaves the earlier ones done.
    Raises TypeError, and deletes nothing, where the ids are not a list or one of them is a list or an object.
    """
    repeated = repetitions(ids)
    deleted, missing = 0, []
    for wanted in set(ids):
        count = delete(wanted)
        if count is None:
            missing.append(wanted)
        else:
            deleted += count
    return Tally(deleted, missing, repeated)


def repetitions(ids: Iterable[object]) -> list[object]:
    """The ids that were given more than once, each once. As in Python, 1, 1.0 and true are the same."""
    counts: dict[object, int] = {}
    for wanted in ids:
        hash(wanted)  # the text of its TypeError is RAGFlow's; from Python 3.14 on a dictionary words it differently
        counts[wanted] = counts.get(wanted, 0) + 1
    return [wanted for wanted, count in counts.items() if count > 1]


def session(chat_id: str, session_id: object) -> int | None:
    """RAGFlow looks first and deletes afterwards: of several who delete it at once, more than one may be told
    that they did. An id of None finds a session, and deletes none."""
    if not sessions.exists(chat_id, session_id):
        return None
    sessions.delete(session_id)
    return 1


def assistant(tenant_id: str, chat_id: object) -> int | None:
    """None finds an assistant, and deletes none, but counts."""
    return None if assistant_by_rows(tenant_id, chat_id) is None else 1


def assistant_by_rows(tenant_id: str, chat_id: object) -> int | None:
    """From v0.26.0 on what counts are the rows that were changed."""
    if assistants.find(tenant_id, chat_id) is None:
        return None
    return assistants.delete(chat_id)


def in_one_step(delete: DeleteOne) -> DeleteOne:
    """Nobody else can do anything between looking and deleting."""

    def delete_in_one_step(owner_id: str, wanted: object) -> int | None:
        with database.atomic("IMMEDIATE"):
            return delete(owner_id, wanted)

    return delete_in_one_step


# What is told of it


def unknown_hide_repeated(missing: list[str], repeated: list[str]) -> list[str]:
    """Up to v0.24: unknown ids hide those that were given twice."""
    return missing or repeated


def unknown_before_repeated(missing: list[str], repeated: list[str]) -> list[str]:
    """From v0.25.0 on."""
    return missing + repeated
