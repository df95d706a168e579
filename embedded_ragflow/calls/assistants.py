"""Creating, listing, reading and changing chat assistants.

Of all that RAGFlow lets one set in an assistant, only its name, description, picture and opening words are known here.
There are no datasets, so nobody owns one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from peewee import ModelSelect

from embedded_ragflow import assistants, listing, showing
from embedded_ragflow.answers import ARGUMENT_ERROR, DATA_ERROR, OPERATING_ERROR, Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Dialog
from embedded_ragflow.release import Release

OWNERS_AT_MOST = 100
NAME_EMPTY = "`name` cannot be empty."

# The ids of tenants whose assistants are asked for; empty where nobody is named.
Owners = Sequence[str]

# Creating


def create_to_0_20_1(release: Release, tenant_id: str) -> Success:
    """Without `dataset_ids` RAGFlow fails when the assistant is already there."""
    payload = release.read_assistant_body(request)
    created = _create_to_0_24(release, tenant_id, payload)
    return Success({**created, "dataset_ids": payload["dataset_ids"]})


def create_to_0_24(release: Release, tenant_id: str) -> Success:
    payload = release.read_assistant_body(request)
    created = _create_to_0_24(release, tenant_id, payload)
    return Success({**created, "dataset_ids": payload.get("dataset_ids", [])})


def _create_to_0_24(release: Release, tenant_id: str, payload: Body) -> showing.Fields:
    _check_datasets(payload.get("dataset_ids", []))
    name = payload.get("name")
    if not name:
        raise Refused(DATA_ERROR, "`name` is required.")
    if assistants.is_name_taken(tenant_id, name):
        raise Refused(DATA_ERROR, "Duplicated chat name in creating chat.")
    if payload.get("tenant_id"):
        raise Refused(DATA_ERROR, "`tenant_id` must not be provided.")
    prologue = str((payload.get("prompt") or {}).get("opener", release.greeting))
    sent = {"description": payload.get("description"), "icon": payload.get("avatar")}
    return showing.assistant_to_0_24(release, assistants.create(tenant_id, name, prologue, **sent))


def create(release: Release, tenant_id: str) -> Success:
    """From v0.25.0 on."""
    payload = release.read_assistant_body(request)
    _check_tenant(release, payload)
    name = _checked_name(release, payload.get("name"))
    _check_dataset_list(payload)
    _check_prompt(payload)
    if assistants.is_name_taken(tenant_id, name):
        raise Refused(DATA_ERROR, release.texts.name_taken)
    prologue = str(payload.get("prompt_config", {}).get("prologue", release.greeting))
    sent = {"description": payload.get("description"), "icon": payload.get("icon")}
    return Success(showing.assistant(release, assistants.create(tenant_id, name, prologue, **sent)))


def _check_tenant(release: Release, payload: Body) -> None:
    if payload.get("tenant_id"):
        raise Refused(DATA_ERROR, release.texts.tenant_given)


def _check_dataset_list(payload: Body) -> None:
    dataset_ids = payload.get("dataset_ids")
    if dataset_ids is None:
        return
    if not isinstance(dataset_ids, list):
        raise Refused(DATA_ERROR, "`dataset_ids` should be a list.")
    _check_datasets(dataset_ids)


def _check_prompt(payload: Body) -> None:
    if not isinstance(payload.get("prompt_config", {}), dict):
        raise Refused(DATA_ERROR, "`prompt_config` should be an object.")


def _check_datasets(dataset_ids: Iterable[object]) -> None:
    for dataset_id in filter(None, dataset_ids):
        raise Refused(DATA_ERROR, f"You don't own the dataset {dataset_id}")


def _checked_name(release: Release, name: object, if_empty: str = "") -> str:
    if name is None:
        raise Refused(DATA_ERROR, release.texts.name_required)
    if not isinstance(name, str):
        raise Refused(DATA_ERROR, release.texts.name_not_text)
    name = name.strip()
    if not name:
        raise Refused(DATA_ERROR, if_empty or release.texts.name_required)
    octets = len(name.encode())
    if octets > 255:
        raise Refused(DATA_ERROR, release.texts.name_too_long.format(octets))
    return name


# Listing


def list_to_0_24(release: Release, tenant_id: str) -> Success:
    """Where an id or a name is searched for, there must be one. An empty one counts where the other is not empty."""
    own, columns = assistants.of_tenant(tenant_id), (Dialog.id, Dialog.name)
    wanted = {column: request.args[column.name] for column in columns if column.name in request.args}
    if any(wanted.values()) and not own.where(*(column == value for column, value in wanted.items())).exists():
        raise Refused(DATA_ERROR, "The chat doesn't exist")
    found = listing.rows(listing.matching(own, columns, request.args), release.assistant_page(request.args))
    return Success([{**showing.assistant_to_0_24(release, assistant), "datasets": []} for assistant in found])


def list_all(release: Release, tenant_id: str) -> Success:
    """From v0.25.0 on."""
    page = release.assistant_page(request.args)
    visible = release.visible_assistants(tenant_id, request.args.getlist("owner_ids"))
    query = listing.matching(visible, (Dialog.id, Dialog.name), request.args)
    if not request.args.get("id") and not request.args.get("name"):
        query = listing.with_part(query, Dialog.name, request.args.get("keywords", ""))
    found = listing.rows(query, page)
    return Success({"chats": [showing.listed_assistant(assistant) for assistant in found], "total": query.count()})


def of_these_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    """v0.25.0: whoever names an owner sees the assistants of that owner."""
    return assistants.of_tenants(owners or [tenant_id])


def of_these_own_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    if set(owners) - {tenant_id}:
        raise Refused(OPERATING_ERROR, "Only authorized owner_ids can be queried.", data=False)
    return assistants.of_tenant(tenant_id)


def own_of_these_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    return assistants.of_tenants({tenant_id}.intersection(owners or [tenant_id]))


def own_of_100_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    if len(owners) > OWNERS_AT_MOST:
        raise Refused(ARGUMENT_ERROR, f"owner_ids must contain at most {OWNERS_AT_MOST} IDs", data=None)
    return own_of_these_owners(tenant_id, owners)


# Reading and changing


def get(release: Release, tenant_id: str, chat_id: str) -> Success:
    return Success(showing.assistant(release, _own(release, tenant_id, chat_id)))


def update_to_0_24(release: Release, tenant_id: str, chat_id: str) -> Success:
    assistant = _own(release, tenant_id, chat_id)
    payload = release.read_assistant_body(request)
    if "name" in payload:
        name = payload["name"]
        if not name:
            raise Refused(DATA_ERROR, "`name` cannot be empty.")
        if name.lower() != assistant.name.lower() and assistants.is_name_taken(tenant_id, name):
            raise Refused(DATA_ERROR, "Duplicated chat name in updating chat.")
        assistants.rename(assistant, name)
    return Success()


def replace(release: Release, tenant_id: str, chat_id: str) -> Success:
    """PUT from v0.25.0 on."""
    assistant, payload = _read_change(release, tenant_id, chat_id)
    if "name" in payload:
        _rename(release, assistant, _checked_name(release, payload["name"]))
    return get(release, tenant_id, chat_id)


def update(release: Release, tenant_id: str, chat_id: str) -> Success:
    """PATCH from v0.25.0 on. RAGFlow fails where the name is null."""
    assistant, payload = _read_change(release, tenant_id, chat_id)
    if "name" in payload:
        name = payload["name"]
        _rename(release, assistant, name if name is None else _checked_name(release, name, NAME_EMPTY))
    return get(release, tenant_id, chat_id)


def _read_change(release: Release, tenant_id: str, chat_id: str) -> tuple[Dialog, Body]:
    assistant = _own(release, tenant_id, chat_id)
    payload = release.read_assistant_body(request)
    _check_tenant(release, payload)
    _check_dataset_list(payload)
    _check_prompt(payload)
    return assistant, payload


def _rename(release: Release, assistant: Dialog, name: Any) -> None:
    if name.lower() != assistant.name.lower() and assistants.is_name_taken(assistant.tenant_id, name):
        raise Refused(DATA_ERROR, release.texts.new_name_taken)
    assistants.rename(assistant, name)


def _own(release: Release, tenant_id: str, chat_id: str) -> Dialog:
    assistant = assistants.find(tenant_id, chat_id)
    if assistant is None:
        raise release.not_owned("You do not own the chat")
    return assistant
