"""The sessions in the database."""

import json
from contextlib import suppress

from peewee import ModelDelete, ModelSelect, OperationalError

from embedded_ragflow import database
from embedded_ragflow.database import Conversation, Prepared, insert

OF_ASSISTANT = Prepared(Conversation.select().where(Conversation.id == "", Conversation.dialog_id == ""))
DELETE = Prepared(ModelDelete(Conversation).where(Conversation.id == ""))


def of_assistant(chat_id: str) -> "ModelSelect[Conversation]":
    return Conversation.select().where(Conversation.dialog_id == chat_id)


def exists(chat_id: str, session_id: object) -> bool:
    """Whether the assistant has this session. Like RAGFlow, ignore an id of None: it finds any session."""
    if session_id is None:
        return of_assistant(chat_id).exists()
    return OF_ASSISTANT.run(str(session_id), chat_id).fetchone() is not None


def find(session_id: str) -> Conversation | None:
    """Return the session with this id, of any assistant. Like RAGFlow, ignore an error of the database."""
    with suppress(OperationalError):
        return Conversation.get_or_none(Conversation.id == session_id)
    return None


def ids_of_assistant(chat_id: str) -> list[str]:
    return [session.id for session in of_assistant(chat_id)]


def create(chat_id: str, name: object, user_id: object, prologue: str, reference: str) -> Conversation:
    """Create a session with the assistant's greeting as its only message."""
    return insert(
        Conversation,
        dialog_id=chat_id,
        name=name,
        user_id=user_id,
        message=json.dumps([{"role": "assistant", "content": prologue}]),
        reference=reference,
    )


def update(session_id: str, columns: dict[str, object]) -> None:
    """Change these columns. Raises ValueError ("Unrecognized field name …") for an unknown column."""
    database.update(Conversation, columns, session_id)


def delete(session_id: object) -> None:
    """Delete the session with this id. None deletes nothing."""
    if session_id is not None:
        DELETE.run(str(session_id))
