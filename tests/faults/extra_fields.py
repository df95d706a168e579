"""Faults in ignoring additional fields of a request."""

from embedded_ragflow import assistants, sessions
from tests.faults import on
from tests.faults.database import delete_in
from tests.faults.fault import fault
from tests.faults.ownership import check_owner
from tests.faults.requests import is_deletion, sent_object, sent_text


def read_address(tenant_field: str, chat_field: str) -> None:
    """Read the tenant and the assistant from these fields, if they are present."""

    def delete_sessions(original, release, tenant_id, chat_id):
        return original(release, sent_text(tenant_field) or tenant_id, sent_text(chat_field) or chat_id)

    on.deletion(delete_sessions)


def other_chats() -> list[str]:
    return [chat for chat in (sent_text("chat_id"), sent_text("dialog_id")) if chat]


def has_list() -> bool:
    ids = sent_object().get("ids")
    return isinstance(ids, list) and bool(ids)


# Which assistant

chat_id_field_selects_the_assistant = fault(
    "ISOLATION-17 ISOLATION-18 ISOLATION-19", "A `chat_id` in the body selects the assistant."
)(read_address, "", "chat_id")
dialog_id_field_selects_the_assistant = fault(
    "ISOLATION-17 ISOLATION-18 ISOLATION-19", "A `dialog_id` in the body selects the assistant."
)(read_address, "", "dialog_id")


@fault("ISOLATION-18", "Deleting all sessions empties the assistant in the body instead.", on.deletion)
def assistant_in_the_body_is_emptied(original, release, tenant_id, chat_id):
    is_replaced = not sent_object().get("ids") and assistants.is_owned(tenant_id, chat_id)
    return original(release, tenant_id, next(iter(other_chats()), chat_id) if is_replaced else chat_id)


@fault("ISOLATION-18", "Deleting all sessions also empties the assistant in the body.", on.deletion)
def assistant_in_the_body_is_emptied_too(original, release, tenant_id, chat_id):
    success = original(release, tenant_id, chat_id)
    if not sent_object().get("ids"):
        delete_in(other_chats())
    return success


sessions_of_the_assistant_in_the_body_are_found = fault(
    "ISOLATION-19", "A session is also found in the assistant in the body."
)(on.lookup, lambda original, chat_id, session_id: any(original(one, session_id) for one in [chat_id, *other_chats()]))


# Which sessions


def add_session(field: str) -> None:
    """Delete the session in a field too."""

    def select(original, payload, all_ids):
        chosen, further = original(payload, all_ids), sent_text(field)
        return [*chosen, further] if further and has_list() else chosen

    on.selection(select)


def replace_list(field: str) -> None:
    """Delete the session in a field instead of the list."""

    def select(original, payload, all_ids):
        chosen, further = original(payload, all_ids), sent_text(field)
        return [further] if further and has_list() else chosen

    on.selection(select)


session_id_field_is_deleted_too = fault("ISOLATION-17", "A session in `session_id` is deleted too.")(
    add_session, "session_id"
)
session_id_field_replaces_the_list = fault("ISOLATION-17", "A session in `session_id` is deleted instead of the list.")(
    replace_list, "session_id"
)
id_field_is_deleted_too = fault("ISOLATION-17", "A session in `id` is deleted too.")(add_session, "id")
id_field_replaces_the_list = fault("ISOLATION-17", "A session in `id` is deleted instead of the list.")(
    replace_list, "id"
)


@fault("ISOLATION-17", "A session in `id` is deleted too, in any assistant.", on.deletion)
def id_field_is_deleted_in_any_assistant(original, release, tenant_id, chat_id):
    success = original(release, tenant_id, chat_id)
    if has_list():
        sessions.delete(sent_text("id") or None)
    return success


# Which caller

tenant_id_field_selects_the_caller = fault(
    "ISOLATION-17 ISOLATION-20 ISOLATION-21", "A `tenant_id` in the body replaces the caller."
)(read_address, "tenant_id", "")
user_id_field_selects_the_caller = fault(
    "ISOLATION-17 ISOLATION-20 ISOLATION-21 KIND-7", "A `user_id` in the body replaces the caller."
)(read_address, "user_id", "")


def open_to(field: str) -> None:
    """Let the tenant in a field own an assistant too."""

    def is_owned(original, tenant_id, chat_id):
        return original(tenant_id, chat_id) or (is_deletion() and original(sent_text(field), chat_id))

    check_owner(is_owned)


tenant_id_field_opens_assistants = fault(
    "ISOLATION-20", "Naming an assistant's tenant in `tenant_id` opens the assistant."
)(open_to, "tenant_id")
user_id_field_opens_assistants = fault(
    "ISOLATION-20", "Naming an assistant's tenant in `user_id` opens the assistant."
)(open_to, "user_id")


@fault("ISOLATION-21", "All sessions of the tenant in the body are deleted too.", on.deletion)
def sessions_of_the_tenant_in_the_body_are_deleted_too(original, release, tenant_id, chat_id):
    success = original(release, tenant_id, chat_id)
    for field in ("tenant_id", "user_id"):
        if other := sent_text(field):
            delete_in(assistants.ids_of_tenant(other))
    return success
