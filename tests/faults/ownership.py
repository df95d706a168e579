"""Faults in finding the assistant and the session that a request means."""

from collections.abc import Callable

from flask import g, request
from peewee import Expression, fn

from embedded_ragflow import assistants, sessions
from embedded_ragflow.database import Conversation, Dialog, database
from embedded_ragflow.deletion import Tally
from tests.faults import on
from tests.faults.database import delete_in, is_valid_assistant
from tests.faults.fault import fault
from tests.faults.patching import DELETE_SESSIONS, RELEASE, replace, wrap
from tests.faults.requests import is_deletion, requested_chat, sent_object


def find_assistant(condition: Callable[[str], Expression]) -> None:
    """Delete in the first assistant of the tenant that meets a condition."""

    def delete_sessions(original, release, tenant_id, chat_id):
        found = assistants.of_tenant(tenant_id).where(condition(chat_id)).first()
        return original(release, tenant_id, found.id if found else chat_id)

    on.deletion(delete_sessions)


def find_session(condition: Callable[[str], Expression]) -> None:
    """Delete the first session of the assistant that meets a condition."""

    def delete_session(original, chat_id, session_id):
        found = sessions.of_assistant(chat_id).where(condition(str(session_id))).first()
        return original(chat_id, found.id if found else session_id)

    on.session(delete_session)


def check_owner(is_owned: Callable[..., bool]) -> None:
    """Check the owner of an assistant with `is_owned(original, tenant_id, chat_id)`."""
    wrap(assistants, "is_owned", is_owned)


owner_is_not_checked = fault(
    "ISOLATION-1 ISOLATION-2 ISOLATION-3 ISOLATION-4 ISOLATION-26", "The owner of an assistant is not checked."
)(check_owner, lambda _, _tenant_id, chat_id: is_valid_assistant(chat_id))


@fault("ISOLATION-1 ISOLATION-4", "The owner is not checked if the request lists no sessions.", check_owner)
def owner_is_not_checked_without_a_list(original, tenant_id, chat_id):
    is_open = is_deletion() and not sent_object().get("ids") and is_valid_assistant(chat_id)
    return original(tenant_id, chat_id) or is_open


@fault("ISOLATION-3", "The refusal comes after the listed sessions were deleted.", on.deletion)
def sessions_are_deleted_before_the_owner_is_checked(original, release, tenant_id, chat_id):
    for named in sent_object().get("ids") or []:
        if not assistants.is_owned(tenant_id, chat_id) and sessions.exists(chat_id, named):
            sessions.delete(named)
    return original(release, tenant_id, chat_id)


@fault("ASSISTANT-2 ASSISTANT-4", "An unknown assistant counts as an assistant without sessions.", check_owner)
def assistant_need_not_exist(original, tenant_id, chat_id):
    is_unknown = is_deletion() and not Dialog.select().where(Dialog.id == chat_id).exists()
    return original(tenant_id, chat_id) or is_unknown


@fault("ISOLATION-9 ISOLATION-24 ISOLATION-25", "A deleted assistant still accepts requests.", check_owner)
def deleted_assistant_is_still_open(_, tenant_id, chat_id):
    return Dialog.select().where(Dialog.id == chat_id, Dialog.tenant_id == tenant_id).exists()


@fault(
    "ISOLATION-24 ISOLATION-25",
    "Deleting an assistant deletes the sessions of all the tenant's assistants.",
    wrap,
    assistants,
    "delete",
)
def deleting_an_assistant_empties_all_others(original, chat_id):
    delete_in(assistants.ids_of_tenant(Dialog.get_by_id(chat_id).tenant_id))
    return original(chat_id)


@fault("ISOLATION-25", "A session can be created in a deleted assistant.", wrap, assistants, "opening_words")
def session_can_be_created_in_a_deleted_assistant(original, tenant_id, chat_id):
    found = Dialog.get_or_none(Dialog.id == chat_id, Dialog.tenant_id == tenant_id)
    return assistants.prologue_of(found) if found and request.method == "POST" else original(tenant_id, chat_id)


assistant_is_a_pattern = fault("ASSISTANT-4", "An assistant is looked up with LIKE.")(
    find_assistant, lambda chat_id: Dialog.id**chat_id
)
prefix_of_an_assistant_is_enough = fault("ASSISTANT-4", "The first letters of an assistant's id are enough.")(
    find_assistant, Dialog.id.startswith
)
end_of_an_assistant_is_enough = fault("ASSISTANT-4", "The last letters of an assistant's id are enough.")(
    find_assistant, lambda chat_id: fn.SUBSTR(Dialog.id, 17) == chat_id
)


@fault("ASSISTANT-4", "The assistant's id is inserted into the SQL text.", check_owner)
def assistant_is_injected_into_sql(_, tenant_id, chat_id):
    query = f"SELECT 1 FROM dialog WHERE tenant_id = '{tenant_id}' AND status = '1' AND id = '{chat_id}'"
    return database.execute_sql(query).fetchone() is not None


assistant_is_found_by_its_name = fault("ASSISTANT-4", "An assistant is found by its name.")(
    find_assistant, lambda chat_id: Dialog.name == chat_id
)


@fault(
    "ASSISTANT-1",
    "A request without an assistant deletes sessions of any assistant.",
    replace,
    RELEASE,
    "DELETE /chats/sessions",
)
def assistant_is_optional(release, tenant_id):
    for named in release.read_body(request)["ids"]:
        sessions.delete(named)
    return release.calls[DELETE_SESSIONS](release, tenant_id, "")


@fault(
    "ISOLATION-5 ISOLATION-6 ISOLATION-7 ISOLATION-8 ISOLATION-10",
    "A session is found in any assistant.",
    wrap,
    sessions,
    "exists",
)
def session_of_any_assistant_is_found(_, chat_id, session_id):
    if session_id is None:
        return sessions.of_assistant(chat_id).exists()
    return sessions.find(str(session_id)) is not None


@fault("ISOLATION-7 ISOLATION-8", "A session is found in any assistant of the tenant.")
def session_of_any_own_assistant_is_found():
    def delete_sessions(original, release, tenant_id, chat_id):
        g.own = assistants.ids_of_tenant(tenant_id)
        return original(release, tenant_id, chat_id)

    def exists(original, chat_id, session_id):
        return any(original(own, session_id) for own in g.get("own", [chat_id]))

    on.deletion(delete_sessions)
    wrap(sessions, "exists", exists)


def delete_missing(condition: Callable[[Tally], object]) -> None:
    """Delete the sessions that are reported as unknown, if the result of the request meets a condition."""

    def delete_each(original, ids, delete):
        tally = original(ids, delete)
        if condition(tally):
            for one in tally.missing:
                sessions.delete(one)
        return tally

    wrap(RELEASE, "delete_each", delete_each)


foreign_session_is_reported_as_unknown_and_deleted = fault(
    "ISOLATION-5 ISOLATION-6 ISOLATION-7 ISOLATION-8", "A foreign session is reported as unknown, but deleted."
)(delete_missing, lambda _: True)
foreign_session_is_deleted_with_own_ones = fault(
    "ISOLATION-6 ISOLATION-8", "A foreign session is deleted if another one is the assistant's own."
)(delete_missing, lambda tally: tally.deleted)
session_is_a_pattern = fault("ODD-15", "A session is looked up with LIKE.")(
    find_session, lambda session_id: Conversation.id**session_id
)
prefix_of_a_session_is_enough = fault("ODD-15", "The first letters of a session's id are enough.")(
    find_session, Conversation.id.startswith
)
end_of_a_session_is_enough = fault("ODD-15", "The last letters of a session's id are enough.")(
    find_session, lambda session_id: fn.SUBSTR(Conversation.id, 17) == session_id
)
session_is_found_by_its_name = fault("ODD-15", "A session is found by its name.")(
    find_session, lambda session_id: Conversation.name == session_id
)
session_is_found_by_its_assistant = fault("ODD-15", "A session is found by the id of its assistant.")(
    find_session, lambda session_id: Conversation.dialog_id == session_id
)
session_id_is_truncated = fault("ODD-15", "A session's id is cut to the length of its column.")(
    find_session, lambda session_id: Conversation.id == session_id[:32]
)


@fault("ODD-15", "The session's id is inserted into the SQL text.")
def session_is_injected_into_sql():
    def exists(chat_id, session_id):
        query = f"SELECT 1 FROM conversation WHERE dialog_id = '{chat_id}' AND id = '{session_id}'"
        return database.execute_sql(query).fetchone() is not None

    def delete(session_id):
        database.execute_sql(f"DELETE FROM conversation WHERE id = '{session_id}'")

    replace(sessions, "exists", exists)
    replace(sessions, "delete", delete)


def empty_too(others: Callable[[str], list[str]]) -> None:
    """Empty the assistants `others(tenant_id)` too if all sessions are deleted."""

    def delete_sessions(original, release, tenant_id, chat_id):
        before = sessions.ids_of_assistant(chat_id)
        answer = original(release, tenant_id, chat_id)
        if before and not sessions.ids_of_assistant(chat_id) and not sent_object().get("ids"):
            delete_in(others(tenant_id))
        return answer

    on.deletion(delete_sessions)


all_means_all_of_the_tenant = fault("ISOLATION-11", "Deleting all sessions empties all the tenant's assistants.")(
    empty_too, assistants.ids_of_tenant
)
all_means_all_of_all_tenants = fault("ISOLATION-12", "Deleting all sessions empties the assistants of all tenants.")(
    empty_too, lambda _: [each.id for each in Dialog.select()]
)


# Assistants with the same name


def namesakes(chat_id: str) -> list[str]:
    """Return the other assistants with the same name, of any tenant."""
    named = Dialog.select(Dialog.name).where(Dialog.id == chat_id)
    return [one.id for one in Dialog.select().where(Dialog.name.in_(named), Dialog.id != chat_id)]


@fault("ISOLATION-13", "A session is deleted by its name and its assistant's name.", on.session)
def namesake_loses_sessions_of_the_same_name(original, chat_id, session_id):
    session = sessions.find(str(session_id))
    count = original(chat_id, session_id)
    if count and session:
        delete_in(namesakes(chat_id), Conversation.name == session.name)
    return count


@fault("ISOLATION-14", "A session is looked up by the name of its assistant.", wrap, sessions, "exists")
def session_of_a_namesake_is_found(original, chat_id, session_id):
    return any(original(one, session_id) for one in [chat_id, *namesakes(chat_id)])


@fault("ISOLATION-15", "The owner of an assistant is looked up by the assistant's name.", check_owner)
def owner_of_a_namesake_may_delete(original, tenant_id, chat_id):
    candidates = [chat_id, *(namesakes(chat_id) if is_deletion() else [])]
    return any(original(tenant_id, one) for one in candidates)


@fault("ISOLATION-15", "The tenant's own assistant of the same name is used instead.", on.deletion)
def own_namesake_is_used(original, release, tenant_id, chat_id):
    own = [one for one in [chat_id, *namesakes(chat_id)] if assistants.is_owned(tenant_id, one)]
    return original(release, tenant_id, own[0] if own else chat_id)


all_means_all_of_that_name = fault("ISOLATION-16", "Deleting all sessions empties every assistant of the same name.")(
    empty_too, lambda _: namesakes(requested_chat())
)


@fault("ISOLATION-13 ISOLATION-16", "The newest assistant of the same name is used, of any tenant.", on.deletion)
def newest_namesake_is_used(original, release, tenant_id, chat_id):
    others = namesakes(chat_id) if assistants.is_owned(tenant_id, chat_id) else []
    if not others:
        return original(release, tenant_id, chat_id)
    newest = Dialog.get_by_id(others[-1])
    return original(release, newest.tenant_id, newest.id)


@fault("ASSISTANT-6", "A blank id in the path means the tenant's newest assistant.", on.deletion)
def blank_id_means_the_newest_assistant(original, release, tenant_id, chat_id):
    chosen = chat_id if chat_id.strip() else assistants.ids_of_tenant(tenant_id)[-1]
    return original(release, tenant_id, chosen)
