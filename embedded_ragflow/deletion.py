"""Deleting several sessions or assistants: choosing the ids, deleting each one, and reporting the result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import sample

from peewee import DatabaseError

from embedded_ragflow import assistants, sessions
from embedded_ragflow.body import Body
from embedded_ragflow.database import database

# What Go's `strings.TrimSpace` removes: Unicode's white space.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

AllIds = Callable[[], list[str]]

# Takes the assistant or tenant and an id. Returns the number of deletions, or None if the id is unknown.
DeleteOne = Callable[[str, object], int | None]


@dataclass(frozen=True)
class Tally:
    """The result for a list of ids: `repeated` is in the order of the request, `missing` in no particular order."""

    deleted: int
    missing: list[object]
    repeated: list[object]


@dataclass(frozen=True)
class Wording:
    """RAGFlow's words for sessions or assistants; `{}` is the id."""

    plural: str
    missing: str
    repeated: str


SESSIONS = Wording("sessions", "The chat doesn't own the session {}", "Duplicate session ids: {}")
ASSISTANTS_UNTIL_0_24 = Wording("chats", "Assistant({}) not found.", "Duplicate assistant ids: {}")
ASSISTANTS = Wording("chats", "Chat({}) not found.", "Duplicate chat ids: {}")

# Choosing the ids


def all_if_no_ids(payload: Body, all_ids: AllIds) -> Body:
    """Until 0.24: return the ids of the request, or all ids if it has none."""
    return (payload and payload.get("ids")) or all_ids()


def all_if_delete_all(payload: Body, all_ids: AllIds) -> Body:
    """From 0.25: return the ids of the request, or all ids if it has none and `delete_all` is true."""
    ids = payload.get("ids")
    if not ids and payload.get("delete_all") is True:
        return all_ids()
    return ids


def trimmed_texts_or_all(payload: Body, all_ids: AllIds) -> Body:
    """RAGFlow's Go server: return the texts in a list of ids, trimmed. Anything else counts as no id."""
    ids = payload.get("ids")
    return all_if_delete_all({**payload, "ids": trimmed_texts(ids if isinstance(ids, list) else ())}, all_ids)


def trimmed_texts(ids: Iterable[object]) -> list[str]:
    """Return the texts among these ids without white space around them; nothing is left of a blank one."""
    trimmed = (one.strip(WHITE_SPACE) for one in ids if isinstance(one, str))
    return [one for one in trimmed if one]


# Deleting each one


def delete_each(
    ids: Iterable[object],
    delete: Callable[[object], int | None],
    once: Callable[[Iterable[object]], Iterable[object]] = set,
) -> Tally:
    """Delete each id once. `delete` returns the number of deletions, or None if the id is unknown.

    `once` removes repetitions. RAGFlow uses a set, so the order is random.

    There is no transaction: after an error, the earlier deletions remain.
    Raises TypeError, and deletes nothing, if the ids are not a list or one of them is a list or an object.
    """
    repeated = repetitions(ids)
    deleted, missing = 0, []
    for wanted in once(ids):
        count = delete(wanted)
        if count is None:
            missing.append(wanted)
        else:
            deleted += count
    return Tally(deleted, missing, repeated)


def repetitions(ids: Iterable[object]) -> list[object]:
    """Return the ids that occur more than once. As in Python, 1, 1.0 and true are equal."""
    counts: dict[object, int] = {}
    for wanted in ids:
        hash(wanted)  # raises RAGFlow's TypeError; a dict has another message from Python 3.14
        counts[wanted] = counts.get(wanted, 0) + 1
    return [wanted for wanted, count in counts.items() if count > 1]


def session(chat_id: str, session_id: object) -> int | None:
    """Delete a session. An id of None finds a session but deletes none.

    RAGFlow looks first and deletes afterwards, so several simultaneous deletions may all report success.
    """
    if not sessions.exists(chat_id, session_id):
        return None
    sessions.delete(session_id)
    return 1


def session_of_go(chat_id: str, session_id: object) -> int | None:
    """Delete a session as RAGFlow's Go server does: after an error of the database, the lookup has found none."""
    try:
        is_known = sessions.exists(chat_id, session_id)
    except DatabaseError:
        return None
    if is_known:
        sessions.delete(session_id)
    return 1 if is_known else None


def assistant(tenant_id: str, chat_id: object) -> int | None:
    """Delete an assistant. An id of None deletes none, but counts as one."""
    return None if assistant_by_rows(tenant_id, chat_id) is None else 1


def assistant_by_rows(tenant_id: str, chat_id: object) -> int | None:
    """Delete an assistant. From 0.26, RAGFlow counts the changed rows."""
    if assistants.find(tenant_id, chat_id) is None:
        return None
    return assistants.delete(chat_id)


def atomically(delete: DeleteOne) -> DeleteOne:
    """Run the lookup and the deletion in one transaction."""

    def delete_atomically(owner_id: str, wanted: object) -> int | None:
        with database.atomic("IMMEDIATE"):
            return delete(owner_id, wanted)

    return delete_atomically


# Reporting the result


def unknown_or_repeated(missing: list[str], repeated: list[str]) -> list[str]:
    """Until 0.24: report duplicate ids only if there are no unknown ids."""
    return missing or repeated


def unknown_then_repeated_in_any_order(missing: list[str], repeated: list[str]) -> list[str]:
    """RAGFlow's Go server: report unknown ids, then duplicate ids, which come from a map."""
    return [*missing, *sample(repeated, len(repeated))]


def unknown_then_repeated(missing: list[str], repeated: list[str]) -> list[str]:
    """From 0.25: report unknown ids, then duplicate ids."""
    return missing + repeated
