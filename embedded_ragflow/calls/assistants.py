"""Creating, listing, reading and changing chat assistants.

This server has no datasets, so a request that names one is refused. It accepts the name of any model.
"""

from collections.abc import Iterable, Sequence
from json import loads
from typing import Any

from flask import request
from peewee import ModelSelect

from embedded_ragflow import assistants, listing, showing
from embedded_ragflow.answers import DATA_ERROR, OPERATING_ERROR, Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Dialog
from embedded_ragflow.release import Release

# The fields of a request until 0.24 that are not columns: they have another name, or no column at all.
NOT_COLUMNS_UNTIL_0_24 = ("dataset_ids", "avatar", "llm", "prompt", "show_quotation")
# The columns that a request cannot set from 0.25. It can set the status: "0" deletes the assistant.
READ_ONLY = ("id", "tenant_id", "create_time", "create_date", "update_time", "update_date", "kb_ids")

# The ids of the tenants whose assistants a request asks for; may be empty.
Owners = Sequence[str]

# Creating


def create_until_0_20_1(release: Release, tenant_id: str) -> Success:
    """Create an assistant. Without `dataset_ids`, RAGFlow creates it and then fails."""
    payload = release.read_assistant_body(request)
    created = _create_until_0_24(release, tenant_id, payload)
    return Success({**created, "dataset_ids": payload["dataset_ids"]})


def create_until_0_24(release: Release, tenant_id: str) -> Success:
    payload = release.read_assistant_body(request)
    created = _create_until_0_24(release, tenant_id, payload)
    return Success({**created, "dataset_ids": payload.get("dataset_ids", [])})


def _create_until_0_24(release: Release, tenant_id: str, payload: Body) -> showing.Fields:
    _check_datasets(release, payload.get("dataset_ids", []))
    name = payload.get("name")
    if not name:
        raise Refused(DATA_ERROR, "`name` is required.")
    if assistants.is_name_taken(tenant_id, name):
        raise Refused(DATA_ERROR, "Duplicated chat name in creating chat.")
    if payload.get("tenant_id"):
        raise Refused(DATA_ERROR, "`tenant_id` must not be provided.")
    prompt = {"opener": release.greeting, **(payload.get("prompt") or {})}
    columns = {name: payload[name] for name in ("description",) if name in payload}
    columns |= {"name": name, **_renamed(payload), **_renamed({"prompt": prompt})}
    return showing.assistant_until_0_24(release, assistants.create(tenant_id, columns))


def _renamed(payload: Body) -> dict[str, Any]:
    """Return the columns that a request sets under other names until 0.24."""
    columns = {"icon": payload["avatar"]} if "avatar" in payload else {}
    if prompt := payload.get("prompt"):
        columns["prompt_config"] = {"prologue" if name == "opener" else name: value for name, value in prompt.items()}
    return columns


def create(release: Release, tenant_id: str) -> Success:
    """Create an assistant, from 0.25."""
    payload = release.read_assistant_body(request)
    _check_tenant(release, payload)
    name = _checked_name(release, payload.get("name"))
    _check_dataset_list(release, payload)
    _check_prompt(payload)
    if assistants.is_name_taken(tenant_id, name):
        raise Refused(DATA_ERROR, release.texts.name_taken)
    prompt = {"prologue": release.greeting, **payload.get("prompt_config", {})}
    columns = {**_columns(payload), "name": name, "prompt_config": prompt}
    return Success(showing.assistant(release, assistants.create(tenant_id, columns)))


def _columns(payload: Body) -> dict[str, object]:
    """Return the columns that a request sets from 0.25. Other fields are ignored."""
    return {name: payload[name] for name in Dialog._meta.fields if name in payload and name not in READ_ONLY}


def _check_tenant(release: Release, payload: Body) -> None:
    if payload.get("tenant_id"):
        raise Refused(DATA_ERROR, release.texts.tenant_given)


def _check_dataset_list(release: Release, payload: Body) -> None:
    dataset_ids = payload.get("dataset_ids")
    if dataset_ids is None:
        return
    if not isinstance(dataset_ids, list):
        raise Refused(DATA_ERROR, "`dataset_ids` should be a list.")
    _check_datasets(release, dataset_ids)


def _check_prompt(payload: Body) -> None:
    if not isinstance(payload.get("prompt_config", {}), dict):
        raise Refused(DATA_ERROR, "`prompt_config` should be an object.")


def _check_datasets(release: Release, dataset_ids: Iterable[object]) -> None:
    for dataset_id in filter(None, dataset_ids):
        raise Refused(DATA_ERROR, release.texts.dataset_not_owned.format(dataset_id))


def _checked_name(release: Release, name: object, if_empty: str = "") -> str:
    if name is None:
        raise Refused(DATA_ERROR, release.texts.name_required)
    if not isinstance(name, str):
        raise Refused(DATA_ERROR, release.texts.name_not_text)
    name = name.strip(release.white_space)
    if not name:
        raise Refused(DATA_ERROR, if_empty or release.texts.name_required)
    octets = len(name.encode())
    if octets > 255:
        raise Refused(DATA_ERROR, release.texts.name_too_long.format(octets))
    return name


# Listing


def list_until_0_24(release: Release, tenant_id: str) -> Success:
    """List assistants. A search by id or name must find one; an empty filter counts beside a filled one."""
    own, columns = assistants.of_tenant(tenant_id), (Dialog.id, Dialog.name)
    wanted = {column: request.args[column.name] for column in columns if column.name in request.args}
    if any(wanted.values()) and not own.where(*(column == value for column, value in wanted.items())).exists():
        raise Refused(DATA_ERROR, "The chat doesn't exist")
    found = listing.rows(listing.matching(own, columns, request.args), release.assistant_page(request.args))
    return Success([{**showing.assistant_until_0_24(release, assistant), "datasets": []} for assistant in found])


def list_all(release: Release, tenant_id: str) -> Success:
    """List assistants, from 0.25."""
    page = release.assistant_page(request.args)
    visible = release.visible_assistants(tenant_id, request.args.getlist("owner_ids"))
    query = listing.matching(visible, (Dialog.id, Dialog.name), request.args)
    if not request.args.get("id") and not request.args.get("name"):
        query = listing.containing(query, Dialog.name, request.args.get("keywords", ""))
    found = listing.rows(query, page)
    return Success({"chats": showing.listed_assistants(found), "total": query.count()})


def of_any_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    """Select the assistants of these owners, as 0.25.0 does for any caller."""
    return assistants.of_tenants(owners or [tenant_id])


def of_authorized_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    if set(owners) - {tenant_id}:
        raise Refused(OPERATING_ERROR, "Only authorized owner_ids can be queried.", data=False)
    return assistants.of_tenant(tenant_id)


def own_among_owners(tenant_id: str, owners: Owners) -> "ModelSelect[Dialog]":
    return assistants.of_tenants({tenant_id}.intersection(owners or [tenant_id]))


# Reading and changing


def get(release: Release, tenant_id: str, chat_id: str) -> Success:
    return Success(showing.assistant(release, _own(release, tenant_id, chat_id)))


def update_until_0_24(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Change an assistant. Fields that are not columns are an error; the tenant is a column."""
    assistant = _own(release, tenant_id, chat_id)
    payload = release.read_assistant_body(request)
    _check_datasets(release, payload.get("dataset_ids") or [])
    if "name" in payload:
        name = payload["name"]
        if not name:
            raise Refused(DATA_ERROR, "`name` cannot be empty.")
        if name.lower() != assistant.name.lower() and assistants.is_name_taken(tenant_id, name):
            raise Refused(DATA_ERROR, "Duplicated chat name in updating chat.")
    columns = {name: value for name, value in payload.items() if name not in NOT_COLUMNS_UNTIL_0_24}
    renamed = _renamed(payload)
    if "prompt_config" in renamed:
        renamed["prompt_config"] = {**loads(assistant.prompt_config), **renamed["prompt_config"]}
    assistants.update(assistant, columns | renamed)
    return Success()


def replace(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Change an assistant with PUT, from 0.25."""
    assistant, payload = _own(release, tenant_id, chat_id), release.read_assistant_body(request)
    _check_tenant(release, payload)
    if "name" in payload:
        payload["name"] = _checked_name(release, payload["name"])
    return _change(release, assistant, payload)


def update(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Change an assistant with PATCH, from 0.25.1: settings of the prompt are added to the existing ones.

    RAGFlow fails if the name is null.
    """
    return _update(release, _own(release, tenant_id, chat_id), release.read_assistant_body(request))


def update_of_0_25_0(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Change an assistant with PATCH in 0.25.0, which refuses a `tenant_id`; later releases ignore it."""
    assistant, payload = _own(release, tenant_id, chat_id), release.read_assistant_body(request)
    _check_tenant(release, payload)
    return _update(release, assistant, payload)


def _update(release: Release, assistant: Dialog, payload: Body) -> Success:
    if payload.get("name") is not None:
        payload["name"] = _checked_name(release, payload["name"], release.texts.new_name_empty)
    if isinstance(payload.get("prompt_config"), dict):
        payload["prompt_config"] = {**loads(assistant.prompt_config), **payload["prompt_config"]}
    return _change(release, assistant, payload)


def _change(release: Release, assistant: Dialog, payload: Body) -> Success:
    _check_dataset_list(release, payload)
    _check_prompt(payload)
    is_new = "name" in payload and payload["name"].lower() != assistant.name.lower()
    if is_new and assistants.is_name_taken(assistant.tenant_id, payload["name"]):
        raise Refused(DATA_ERROR, release.texts.new_name_taken)
    assistants.update(assistant, _columns(payload))
    return Success(showing.assistant(release, Dialog.get_by_id(assistant.id)))


def _own(release: Release, tenant_id: str, chat_id: str) -> Dialog:
    assistant = assistants.find(tenant_id, chat_id)
    if assistant is None:
        raise release.not_owned("You do not own the chat")
    return assistant
