"""Faults in leaving everything else unchanged."""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from embedded_ragflow import assistants, sessions
from embedded_ragflow.answers import Refused
from embedded_ragflow.database import Conversation, Dialog, updated_now
from tests.faults import on
from tests.faults.database import delete_where
from tests.faults.fault import PYTHON, fault
from tests.faults.listing import deleted, keep_deleted
from tests.faults.patching import DELETE_SESSIONS, LIST_SESSIONS, RELEASE, current, replace, wrap
from tests.faults.requests import sent_object

RENAMING = ("PUT", "PATCH")


def after(outcome: str, change: Callable[[str, str], object]) -> None:
    """Call `change(tenant_id, chat_id)` after a deletion with an outcome.

    The outcome is "complete", "partial" or "refused", or "emptied" if the request listed no sessions.
    """

    def delete_sessions(original, release, tenant_id, chat_id):
        try:
            success = original(release, tenant_id, chat_id)
        except Refused:
            if outcome == "refused":
                change(tenant_id, chat_id)
            raise
        is_partial = isinstance(success.data, dict) and "errors" in success.data
        listed = sent_object().get("ids")
        if outcome == ("emptied" if not listed else "partial" if is_partial else "complete"):
            change(tenant_id, chat_id)
        return success

    on.deletion(delete_sessions)


def change_sessions(condition: Any, **columns: Any) -> None:
    Conversation.update(**columns).where(condition).execute()


def change_assistants(condition: Any, **columns: Any) -> None:
    Dialog.update(**columns).where(condition).execute()


def touch(condition: Any) -> None:
    """Change the update time of sessions."""
    change_sessions(condition, update_time=Conversation.update_time + 1)


def touch_assistants(condition: Any) -> None:
    """Change the update time of assistants."""
    change_assistants(condition, update_time=Dialog.update_time + 1)


def touch_other_tenants(tenant_id: str, _: str) -> None:
    """Change the update time of the sessions of other tenants."""
    touch(Conversation.dialog_id.in_(Dialog.select(Dialog.id).where(Dialog.tenant_id != tenant_id)))


def touch_other_assistants(tenant_id: str, chat_id: str) -> None:
    """Change the update time of the sessions of the tenant's other assistants."""
    others = Dialog.select(Dialog.id).where(Dialog.tenant_id == tenant_id, Dialog.id != chat_id)
    touch(Conversation.dialog_id.in_(others))


def describe(_: str, chat_id: str) -> None:
    """Change the description of the assistant."""
    change_assistants(Dialog.id == chat_id, description="cleaned up")


def change_others(**columns: Any) -> None:
    """Change columns of the assistant's remaining sessions after each deleted session."""
    on.session_deleted(lambda chat_id, *_: change_sessions(Conversation.dialog_id == chat_id, **columns))


other_sessions_lose_their_messages = fault("EFFECT-1", "The remaining sessions lose their messages.")(
    change_others, message="[]"
)
other_sessions_are_renamed = fault("EFFECT-1", "The remaining sessions are renamed.")(
    change_others, name=Conversation.name.concat(" (left)")
)
other_sessions_are_touched = fault("EFFECT-1", "The update time of the remaining sessions changes.")(
    change_others, update_time=Conversation.update_time + 1
)


@fault("EFFECT-1", "The order of the remaining sessions is reversed.")
def order_of_other_sessions_is_reversed():
    # A creation time is a number of 13 digits.
    reversed_time = 4_000_000_000_000 - Conversation.create_time
    after("complete", lambda _, chat_id: change_sessions(Conversation.dialog_id == chat_id, create_time=reversed_time))


@fault("EFFECT-1", "The remaining sessions get new ids.", on.deletion)
def other_sessions_get_new_ids(original, release, tenant_id, chat_id):
    answer = original(release, tenant_id, chat_id)
    change_sessions(Conversation.dialog_id == chat_id, id=Conversation.id.concat("0"))
    return answer


def delete_same_name(condition: Callable[[Conversation], Any]) -> None:
    """Delete the sessions with the same name that meet a condition too."""

    def then(delete, session):
        delete(session.id)
        delete_where(Conversation.name == session.name, condition(session))

    on.existing_session(then)


sessions_of_the_same_name_are_deleted_too = fault(
    "EFFECT-1 ISOLATION-22 ISOLATION-23", "Sessions of the same name are deleted too, in all assistants."
)(delete_same_name, lambda _: True)
sessions_of_the_same_name_in_the_assistant_are_deleted_too = fault(
    "EFFECT-7", "Sessions of the same name are deleted too, in the same assistant."
)(delete_same_name, lambda session: Conversation.dialog_id == session.dialog_id)
assistant_is_touched = fault("EFFECT-1", "The update time of the assistant changes.")(
    on.session_deleted, lambda chat_id, *_: touch_assistants(Dialog.id == chat_id)
)


@fault("EFFECT-2", "Every request changes the update time of all sessions.", on.deletion)
def refused_deletion_touches_the_sessions(original, release, tenant_id, chat_id):
    Conversation.update(update_time=Conversation.update_time + 1).execute()
    return original(release, tenant_id, chat_id)


partial_deletion_touches_the_remaining_sessions = fault(
    "EFFECT-1 EFFECT-9", "A partial deletion changes the update time of the remaining sessions."
)(after, "partial", lambda _, chat_id: touch(Conversation.dialog_id == chat_id))
partial_deletion_changes_the_description = fault(
    "EFFECT-1 EFFECT-9", "A partial deletion changes the assistant's description."
)(after, "partial", describe)


@fault("EFFECT-1 EFFECT-9", "A partial deletion changes the assistant's opening words.")
def partial_deletion_changes_the_prologue():
    prologue = '{"prologue": "Hi!"}'
    after("partial", lambda _, chat_id: change_assistants(Dialog.id == chat_id, prompt_config=prologue))


deletion_changes_the_description = fault("EFFECT-1 EFFECT-9", "A deletion changes the assistant's description.")(
    after, "complete", describe
)
deletion_of_all_changes_the_description = fault(
    "EFFECT-8 EFFECT-10", "Deleting all sessions changes the assistant's description."
)(after, "emptied", describe)
deletion_of_all_touches_the_assistant = fault(
    "EFFECT-8 EFFECT-10", "Deleting all sessions changes the update time of the assistant."
)(after, "emptied", lambda _, chat_id: touch_assistants(Dialog.id == chat_id))
deletion_of_all_touches_other_assistants = fault(
    "EFFECT-8", "Deleting all sessions touches those of other assistants."
)(after, "emptied", touch_other_assistants)
deletion_of_all_touches_other_tenants = fault("EFFECT-10", "Deleting all sessions touches those of other tenants.")(
    after, "emptied", touch_other_tenants
)
deletion_touches_other_tenants = fault("EFFECT-9", "A deletion touches sessions of other tenants.")(
    after, "complete", touch_other_tenants
)
partial_deletion_touches_other_tenants = fault("EFFECT-9", "A partial deletion touches sessions of other tenants.")(
    after, "partial", touch_other_tenants
)
deleting_the_last_session_touches_other_tenants = fault(
    "EFFECT-9 EFFECT-10", "Deleting the last session touches sessions of other tenants."
)(on.last_session_deleted, lambda chat_id: touch(Conversation.dialog_id != chat_id))
deleting_the_last_session_touches_other_assistants = fault(
    "EFFECT-1 EFFECT-8", "Deleting the last session touches other assistants."
)(on.last_session_deleted, lambda chat_id: touch_assistants(Dialog.id != chat_id))
partial_deletion_touches_other_assistants = fault(
    "EFFECT-1", "A partial deletion touches sessions of other assistants."
)(after, "partial", touch_other_assistants)
refused_deletion_touches_other_assistants = fault(
    "EFFECT-2", "A refused deletion touches sessions of other assistants."
)(after, "refused", touch_other_assistants)
refused_deletion_changes_the_description = fault("EFFECT-2", "A refused deletion changes the assistant's description.")(
    after, "refused", describe
)


def after_foreign_attempt(change: Callable[[str], object]) -> None:
    """Call `change(chat_id)` after a tenant's attempt to delete in a foreign assistant."""

    def then(tenant_id, chat_id):
        if not assistants.is_owned(tenant_id, chat_id):
            change(chat_id)

    after("refused", then)


foreign_attempt_touches_the_assistant = fault(
    "EFFECT-12", "Another tenant's attempt changes the update time of the assistant."
)(after_foreign_attempt, lambda chat_id: touch_assistants(Dialog.id == chat_id))
foreign_attempt_touches_the_listed_sessions = fault(
    "EFFECT-12", "Another tenant's attempt changes the update time of the listed sessions."
)(after_foreign_attempt, lambda _: touch(Conversation.id.in_(sent_object().get("ids") or [])))


@fault("EFFECT-12", "Another tenant's attempt to delete all sessions changes their update time.", after_foreign_attempt)
def foreign_attempt_to_delete_all_touches_the_sessions(chat_id):
    if not sent_object().get("ids"):
        touch(Conversation.dialog_id == chat_id)


foreign_attempt_touches_other_assistants = fault(
    "EFFECT-12", "Another tenant's attempt changes the update time of other assistants."
)(after_foreign_attempt, lambda chat_id: touch_assistants(Dialog.id != chat_id))
assistant_is_deleted_with_its_last_session = fault("EFFECT-1", "An assistant is deleted with its last session.")(
    on.last_session_deleted, assistants.delete
)


@fault("EFFECT-3", "A new session gets the id of a deleted one.")
def new_session_reuses_a_deleted_id():
    def create(original, *arguments):
        session = original(*arguments)
        if deleted:
            id, _ = deleted.popitem()
            change_sessions(Conversation.id == session.id, id=id)
            session.id = id
        return session

    keep_deleted()
    wrap(sessions, "create", create)


@fault("EFFECT-3", "Creating a session restores the deleted ones.")
def new_session_restores_the_deleted_ones():
    def create(original, chat_id, *arguments):
        for session in [one for one in deleted.values() if one.dialog_id == chat_id]:
            del deleted[session.id]
            session.save(force_insert=True)
        return original(chat_id, *arguments)

    keep_deleted()
    wrap(sessions, "create", create)


@fault("EFFECT-4", "Renaming a deleted session restores it.")
def renaming_restores_a_deleted_session():
    def exists(original, chat_id, session_id):
        if request.method in RENAMING and session_id in deleted:
            deleted.pop(session_id).save(force_insert=True)
        return original(chat_id, session_id)

    keep_deleted()
    wrap(sessions, "exists", exists)


@fault("EFFECT-4", "Renaming a deleted session succeeds, without an effect.")
def deleted_session_can_be_renamed():
    now = updated_now()
    fields = dict.fromkeys(("dialog_id", "name", "user_id"), "") | dict.fromkeys(("message", "reference"), "[]") | now
    fields |= {"create_time": now["update_time"], "create_date": now["update_date"]}
    wrap(sessions, "exists", lambda original, *arguments: request.method in RENAMING or original(*arguments))
    replace(Conversation, "get_by_id", lambda id: sessions.find(id) or Conversation(**fields, id=id))


@fault("CHOICE-17", "A path with a trailing slash is not found.", on.deletion, releases=PYTHON)
def trailing_slash_is_not_found(original, release, tenant_id, chat_id):
    if request.path.endswith("/"):
        raise NotFound
    return original(release, tenant_id, chat_id)


def add_route(route: str, call: str) -> None:
    """Offer an existing call under another route."""
    replace(RELEASE, route, current(RELEASE, call))


put_deletes_all = fault("EFFECT-6", "PUT deletes sessions as DELETE does.")(
    add_route, "PUT /chats/<chat_id>/sessions", DELETE_SESSIONS
)
patch_is_reported_as_success = fault("EFFECT-6", "PATCH is reported as a success, without an effect.")(
    add_route, "PATCH /chats/<chat_id>/sessions", LIST_SESSIONS
)


@fault(
    "EFFECT-6",
    "A session can be deleted by its own path.",
    replace,
    RELEASE,
    "DELETE /chats/<chat_id>/sessions/<session_id>",
)
def session_can_be_deleted_by_its_path(release, tenant_id, chat_id, session_id):
    sessions.delete(session_id)
    return release.calls[LIST_SESSIONS](release, tenant_id, chat_id)
