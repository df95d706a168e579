"""The chat assistants in the database."""

import json
from collections.abc import Collection

from peewee import ModelSelect

from embedded_ragflow import database
from embedded_ragflow.database import INVALID, VALID, Dialog, JSONField, Prepared, insert

JSON_COLUMNS = tuple(name for name, column in Dialog._meta.fields.items() if isinstance(column, JSONField))

OPENING_WORDS = Prepared(
    Dialog.select(Dialog.prompt_config).where(Dialog.id == "", Dialog.tenant_id == "", Dialog.status == "")
)
NAMED = Prepared(Dialog.select().where(Dialog.name == "", Dialog.tenant_id == "", Dialog.status == ""))


def opening_words(tenant_id: str, chat_id: str) -> str | None:
    """Return the first message of the assistant's sessions, or None if the tenant does not own the assistant."""
    found = OPENING_WORDS.run(chat_id, tenant_id, VALID).fetchone()
    return found and prologue_in(found[0])


def prologue_of(assistant: Dialog) -> str:
    return prologue_in(assistant.prompt_config)


def prologue_in(prompt_config: str) -> str:
    return str(json.loads(prompt_config).get("prologue", ""))


def is_owned(tenant_id: str, chat_id: str) -> bool:
    return opening_words(tenant_id, chat_id) is not None


def find(tenant_id: str, chat_id: object) -> Dialog | None:
    """Return the tenant's assistant with this id. Like RAGFlow, ignore an id of None: it finds any assistant."""
    found = Dialog.select().where(Dialog.tenant_id == tenant_id)
    if chat_id is not None:
        found = found.where(Dialog.id == chat_id)
    return next(iter(found.where(Dialog.status == VALID)), None)


def of_tenant(tenant_id: str) -> "ModelSelect[Dialog]":
    """Select the assistants of the tenant that are not deleted."""
    return of_tenants([tenant_id])


def of_tenants(tenant_ids: Collection[str]) -> "ModelSelect[Dialog]":
    return Dialog.select().where(Dialog.tenant_id.in_(tenant_ids), Dialog.status == VALID)


def ids_of_tenant(tenant_id: str) -> list[str]:
    return [assistant.id for assistant in of_tenant(tenant_id)]


def is_name_taken(tenant_id: str, name: object) -> bool:
    return NAMED.run(str(name), tenant_id, VALID).fetchone() is not None


def create(tenant_id: str, columns: dict[str, object]) -> Dialog:
    """Create an assistant. The columns include at least `name` and `prompt_config`."""
    return insert(Dialog, tenant_id=tenant_id, **{"status": VALID, **_with_json(columns)})


def update(assistant: Dialog, columns: dict[str, object]) -> None:
    """Change these columns. Raises ValueError ("Unrecognized field name …") for an unknown column."""
    database.update(Dialog, _with_json(columns), assistant.id)


def _with_json(columns: dict[str, object]) -> dict[str, object]:
    """Convert the JSON columns to text."""
    return {name: json.dumps(value) if name in JSON_COLUMNS else value for name, value in columns.items()}


def delete(chat_id: object) -> int:
    """Mark the assistant as deleted, and return the number of changed rows. Its sessions stay in the database."""
    return database.update(Dialog, {"status": INVALID}, chat_id)
