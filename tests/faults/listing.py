"""Faults in listing sessions."""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from flask import request

from embedded_ragflow import assistants, listing, sessions, showing
from embedded_ragflow.answers import DATA_ERROR, Refused, Success
from embedded_ragflow.database import Conversation, Dialog
from embedded_ragflow.listing import Page
from tests.faults.database import owner_of
from tests.faults.fault import PYTHON, fault
from tests.faults.patching import CREATE_SESSION, LIST_SESSIONS, RELEASE, wrap

deleted: dict[object, Conversation] = {}


def keep_deleted() -> None:
    """Keep a copy of each deleted session in `deleted`."""

    def delete(original, session_id):
        if session := session_id and sessions.find(str(session_id)):
            deleted[session_id] = session
        original(session_id)

    wrap(sessions, "delete", delete)


def around_list(list_sessions: Callable[..., Any]) -> None:
    """List sessions with `list_sessions(original, release, tenant_id, chat_id)`."""
    wrap(RELEASE, LIST_SESSIONS, list_sessions)


def change_listed(change: Callable[[dict[str, Any]], object]) -> None:
    """Change the fields of each session in a list."""

    def listed_session(original, release, session):
        fields = original(release, session)
        change(fields)
        return fields

    wrap(showing, "listed_session", listed_session)


def list_deleted(is_listed: Callable[[Conversation], object]) -> None:
    """List deleted sessions of the assistant too."""

    def list_sessions(original, release, tenant_id, chat_id):
        success = original(release, tenant_id, chat_id)
        gone = [one for one in deleted.values() if one.dialog_id == chat_id and is_listed(one)]
        return changed(success, data=[*success.data, *(showing.listed_session(release, one) for one in gone)])

    keep_deleted()
    around_list(list_sessions)


def asked(name: str) -> str:
    """Return a parameter of the list request; empty without one."""
    return request.args.get(name, "")


deleted_sessions_are_listed = fault("CHOICE-1 CHOICE-3 EFFECT-5", "Deleted sessions are listed.")(
    list_deleted, lambda _: not asked("id") and not asked("name")
)
deleted_session_is_found_by_its_id = fault("EFFECT-4", "A search by id finds a deleted session.")(
    list_deleted, lambda one: asked("id") == one.id
)
deleted_session_is_found_by_its_name = fault("EFFECT-4", "A search by name finds a deleted session.")(
    list_deleted, lambda one: asked("name") == one.name
)
deleted_sessions_are_listed_by_update_time = fault(
    "EFFECT-4 EFFECT-11", "A list ordered by update time shows deleted sessions."
)(list_deleted, lambda _: asked("orderby") == "update_time")
deleted_sessions_are_listed_in_ascending_order = fault(
    "EFFECT-4 EFFECT-11", "A list in ascending order shows deleted sessions."
)(list_deleted, lambda _: asked("orderby") == "create_time" and asked("desc") == "false")
deleted_sessions_are_listed_by_name = fault("EFFECT-4 CHOICE-1", "A list ordered by name shows deleted sessions.")(
    list_deleted, lambda _: asked("orderby") == "name"
)


def around_search(matching: Callable[..., Any], model: type[Conversation | Dialog] = Conversation) -> None:
    """Filter a list of sessions, or of assistants, with `matching(original, query, columns, arguments)`."""

    def match(original, query, columns, arguments):
        is_meant = query.model is model
        return matching(original, query, columns, arguments) if is_meant else original(query, columns, arguments)

    wrap(listing, "matching", match)


def ignore_search(is_ignored: Callable[[str], object], model: type[Conversation | Dialog] = Conversation) -> None:
    """Ignore some columns in a search."""

    def matching(original, query, columns, arguments):
        return original(query, [one for one in columns if not is_ignored(one.name)], arguments)

    around_search(matching, model)


def search_everywhere(column: str) -> None:
    """Search the sessions of all assistants if a column is searched for."""

    def matching(original, query, columns, arguments):
        return original(Conversation.select() if arguments.get(column) else query, columns, arguments)

    around_search(matching)


search_by_id_is_ignored = fault("LIST-20", "A search by id is ignored.")(ignore_search, lambda name: name == "id")


@fault("EFFECT-1 REPEATED-4", "A list is cached until a session is created.")
def list_is_cached():
    cache: dict[tuple[str, bytes], Any] = {}

    def list_sessions(original, release, tenant_id, chat_id):
        key = (chat_id, request.query_string)
        if key not in cache:
            cache[key] = original(release, tenant_id, chat_id)
        return cache[key]

    def create_session(original, release, tenant_id, chat_id):
        cache.clear()
        return original(release, tenant_id, chat_id)

    around_list(list_sessions)
    wrap(RELEASE, CREATE_SESSION, create_session)


search_by_name_is_ignored = fault("LIST-20", "A search by name is ignored.")(ignore_search, lambda name: name == "name")
search_by_id_finds_any_assistant = fault("LIST-20", "A search by id finds sessions of any assistant.")(
    search_everywhere, "id"
)
search_by_name_finds_any_assistant = fault("LIST-20", "A search by name finds sessions of any assistant.")(
    search_everywhere, "name"
)


@fault("LIST-20", "A search without a result lists all sessions.", around_search)
def search_without_a_result_lists_everything(original, query, columns, arguments):
    found = original(query, columns, arguments)
    return found if found.exists() else query


@fault("LIST-20", "A search by id and name finds sessions that match either.", around_search)
def search_matches_id_or_name(original, query, columns, arguments):
    if arguments.get("id") and arguments.get("name"):
        return query.where((Conversation.id == arguments["id"]) | (Conversation.name == arguments["name"]))
    return original(query, columns, arguments)


search_by_id_ignores_the_name = fault("LIST-20", "A search by id and name ignores the name.")(
    ignore_search, lambda name: name != "id" and asked("id")
)
search_by_user_is_ignored = fault("KIND-5", "A search by user is ignored.", releases="0.20")(
    ignore_search, lambda name: name == "user_id"
)


def open_list(condition: Callable[[], object]) -> None:
    """List the sessions of any tenant's assistant if a condition is met."""

    def list_sessions(original, release, tenant_id, chat_id):
        return original(release, (condition() and owner_of(chat_id)) or tenant_id, chat_id)

    around_list(list_sessions)


list_is_open_to_all_tenants = fault("LIST-21 LIST-22", "Any tenant can list the sessions.")(open_list, lambda: True)
list_without_a_search_is_open_to_all_tenants = fault("LIST-21", "Any tenant can list the sessions without a search.")(
    open_list, lambda: not request.args
)
search_by_id_is_open_to_all_tenants = fault("LIST-22", "Any tenant can search by id.")(open_list, lambda: asked("id"))
search_by_name_is_open_to_all_tenants = fault("LIST-22", "Any tenant can search by name.")(
    open_list, lambda: asked("name")
)


@fault("LIST-21", "The list of another tenant's assistant is empty instead of refused.", around_list)
def list_of_another_tenant_is_empty(original, release, tenant_id, chat_id):
    return original(release, tenant_id, chat_id) if assistants.is_owned(tenant_id, chat_id) else Success([])


@fault("LIST-21 LIST-22", "The refusal of a list names the foreign sessions.", around_list)
def refusal_of_a_list_names_its_sessions(original, release, tenant_id, chat_id):
    if assistants.is_owned(tenant_id, chat_id):
        return original(release, tenant_id, chat_id)
    raise Refused(DATA_ERROR, f"You don't own {', '.join(sessions.ids_of_assistant(chat_id))}.")


@fault("ISOLATION-7", "A list shows the sessions of all assistants.", wrap, sessions, "of_assistant")
def list_shows_the_sessions_of_all_assistants(original, chat_id):
    return Conversation.select() if request.method == "GET" else original(chat_id)


def change_page(change: Callable[[Page], Page]) -> None:
    """List another page than the requested one."""
    wrap(RELEASE, "page", lambda original, arguments: change(original(arguments)))


page_size_is_ignored = fault("LIST-1 LIST-15", "The page size is always 30.")(
    change_page, lambda page: changed(page, size=30)
)
page_number_is_ignored = fault("LIST-1 LIST-15", "Every page is the first one.")(
    change_page, lambda page: changed(page, number=1)
)
list_starts_with_the_oldest = fault("LIST-1 LIST-15 LIST-8", "A list starts with the oldest session.")(
    change_page, lambda page: changed(page, descending=False)
)
list_without_a_page_shows_everything = fault("LIST-8", "A list without a page shows all sessions.")(
    change_page, lambda page: page if "page" in request.args else changed(page, size=None)
)


@fault("LIST-2", "Deleted sessions still count for the start of a page.")
def deleted_sessions_leave_gaps_in_the_pages():
    def rows(original, query, page):
        if query.model is not Conversation or page.number == 1:
            return original(query, page)
        everything = original(query, changed(page, number=1, size=None))
        skipped = (page.number - 1) * (page.size or 0) - len(deleted)
        return everything[skipped : skipped + (page.size or 0)]

    keep_deleted()
    wrap(listing, "rows", rows)


user_of_a_session_is_missing = fault("CHOICE-1", "A listed session lacks its user.")(
    change_listed, lambda fields: fields.pop("user_id")
)
session_has_an_additional_field = fault("CHOICE-1", "A listed session has an additional field.")(
    change_listed, lambda fields: fields.update(conversation_id=fields["id"])
)
time_of_a_session_is_a_text = fault("CHOICE-1", "The creation time of a listed session is a text.")(
    change_listed, lambda fields: fields.update(create_time=str(fields["create_time"]))
)


search_of_assistants_by_name_is_ignored = fault(
    "ASSISTANT-7", "A search of assistants by name is ignored.", releases=PYTHON
)(ignore_search, lambda name: name == "name", Dialog)
search_of_assistants_by_id_is_ignored = fault(
    "ASSISTANT-7", "A search of assistants by id is ignored.", releases=PYTHON
)(ignore_search, lambda name: name == "id", Dialog)


@fault(
    "ASSISTANT-8", "A search of assistants without a result lists all.", wrap, RELEASE, "GET /chats", releases=PYTHON
)
def search_of_assistants_without_a_result_lists_all(original, release, tenant_id):
    try:
        found = original(release, tenant_id)
        if not isinstance(found.data, dict) or found.data["total"]:
            return found
    except Refused:
        if not assistants.ids_of_tenant(tenant_id):
            raise
    request.args = type(request.args)()
    return original(release, tenant_id)


greeting_is_not_listed = fault("LIST-24", "A listed session lacks the text of its greeting.", releases=PYTHON)(
    change_listed, lambda fields: fields["messages"][0].update(content="")
)
