"""Changes to the database of the server."""

from collections.abc import Iterable
from typing import Any

from embedded_ragflow.database import VALID, Conversation, Dialog


def delete_where(*conditions: Any) -> int:
    """Delete sessions."""
    return int(Conversation.delete().where(*conditions).execute())


def delete_in(chat_ids: Iterable[str], *conditions: Any) -> int:
    """Delete sessions of these assistants."""
    return delete_where(Conversation.dialog_id.in_(list(chat_ids)), *conditions)


def is_valid_assistant(chat_id: str) -> bool:
    return bool(Dialog.select().where(Dialog.id == chat_id, Dialog.status == VALID).exists())


def owner_of(chat_id: str) -> str:
    """Return the tenant of an assistant; empty for an unknown one."""
    found = Dialog.get_or_none(Dialog.id == chat_id, Dialog.status == VALID)
    return str(found.tenant_id) if found else ""
