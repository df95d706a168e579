"""What is listed afterwards: faults in showing what is there."""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from flask import request

from embedded_ragflow import assistants, listing, sessions, showing
from embedded_ragflow.answers import DATA_ERROR, Refused, Success
from embedded_ragflow.database import VALID, Conversation, Dialog
from embedded_ragflow.listing import Page
from embedded_ragflow.release import Release
from tests.faults.catalogue import CREATE_SESSION, LIST_SESSIONS, Rules, fault, replace

Delete = Callable[[object], None]
ListSessions = Callable[[Release, str, str], Any]
deleted: dict[object, Conversation] = {}


def remember(original: Delete) -> Delete:
    """A deletion that keeps a copy."""

    def delete(session_id: object) -> None:
        if session := session_id and Conversation.get_or_none(Conversation.id == session_id):
            deleted[session_id] = session
        original(session_id)

    return delete


def listed(change: Callable[[dict[str, Any]], object]) -> None:
    """Change every session in a list."""

    def make(original: Callable[[Release, Conversation], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def listed_session(release: Release, session: Conversation) -> dict[str, Any]:
            fields = original(release, session)
            change(fields)
            return fields

        return listed_session

    replace(showing, "listed_session", make)


def list_too(rules: Rules, shown: Callable[[Conversation], bool]) -> None:
    """List deleted sessions of the assistant of which that holds."""

    def make(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            success = original(release, tenant_id, chat_id)
            gone = [one for one in deleted.values() if one.dialog_id == chat_id and shown(one)]
            return changed(success, data=[*success.data, *(showing.listed_session(release, one) for one in gone)])

        return list_sessions

    replace(sessions, "delete", remember)
    replace(rules, LIST_SESSIONS, make)


@fault("CHOICE-1 CHOICE-3 EFFECT-5")
def deleted_sessions_are_listed(rules: Rules) -> None:
    """The list shows what is marked as deleted."""
    list_too(rules, lambda _: not request.args.get("id") and not request.args.get("name"))


@fault("EFFECT-4")
def deleted_session_is_found_by_its_id(rules: Rules) -> None:
    """The search for an id finds what is marked as deleted."""
    list_too(rules, lambda one: request.args.get("id") == one.id)


@fault("EFFECT-4")
def deleted_session_is_found_by_its_name(rules: Rules) -> None:
    """The search for a name finds what is marked as deleted."""
    list_too(rules, lambda one: request.args.get("name") == one.name)


@fault("EFFECT-4 EFFECT-11")
def deleted_sessions_are_listed_by_their_last_change(rules: Rules) -> None:
    """In the order of the last change, the list shows what is marked as deleted: that was the change."""
    list_too(rules, lambda _: request.args.get("orderby") == "update_time")


@fault("EFFECT-4 EFFECT-11")
def deleted_sessions_are_listed_the_other_way_round(rules: Rules) -> None:
    """From the oldest on, the list shows what is marked as deleted."""
    list_too(rules, lambda _: request.args.get("orderby") == "create_time" and request.args.get("desc") == "false")


@fault("EFFECT-4 CHOICE-1")
def deleted_sessions_are_listed_by_their_names(rules: Rules) -> None:
    """In the order of the names, the list shows what is marked as deleted."""
    list_too(rules, lambda _: request.args.get("orderby") == "name")


@fault("LIST-20")
def search_for_an_id_is_overlooked(_: Rules) -> None:
    """The list is the same whatever is searched for."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda query, columns, asked: original(query, [one for one in columns if one.name != "id"], asked)

    replace(listing, "matching", make)


@fault("EFFECT-1 REPEATED-4")
def list_is_kept(rules: Rules) -> None:
    """The list is read once, and again only when a session is created."""
    kept: dict[tuple[str, bytes], Any] = {}

    def keep(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            asked = (chat_id, request.query_string)
            if asked not in kept:
                kept[asked] = original(release, tenant_id, chat_id)
            return kept[asked]

        return list_sessions

    def forget(original: ListSessions) -> ListSessions:
        def create_session(release: Release, tenant_id: str, chat_id: str) -> Any:
            kept.clear()
            return original(release, tenant_id, chat_id)

        return create_session

    replace(rules, LIST_SESSIONS, keep)
    replace(rules, CREATE_SESSION, forget)


def matching(change: Callable[[Callable[..., Any], Any, Any, Any], Any]) -> None:
    """Filter a list of sessions otherwise; `change` gets the proper way first."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda query, columns, asked: (
            change(original, query, columns, asked) if query.model is Conversation else original(query, columns, asked)
        )

    replace(listing, "matching", make)


@fault("LIST-20")
def search_for_a_name_is_overlooked(_: Rules) -> None:
    """The list is the same whatever name is searched for."""
    matching(
        lambda original, query, columns, asked: original(query, [one for one in columns if one.name != "name"], asked)
    )


@fault("LIST-20")
def search_for_an_id_looks_everywhere(_: Rules) -> None:
    """A session is found by its id, whichever assistant it belongs to."""
    matching(
        lambda original, query, columns, asked: original(
            Conversation.select() if asked.get("id") else query, columns, asked
        )
    )


@fault("LIST-20")
def search_for_a_name_looks_everywhere(_: Rules) -> None:
    """Sessions are found by their name, whichever assistant they belong to."""
    matching(
        lambda original, query, columns, asked: original(
            Conversation.select() if asked.get("name") else query, columns, asked
        )
    )


@fault("LIST-20")
def search_for_what_is_unknown_finds_everything(_: Rules) -> None:
    """A filter that leaves nothing is taken for none."""

    def change(original: Callable[..., Any], query: Any, columns: Any, asked: Any) -> Any:
        found = original(query, columns, asked)
        return found if found.exists() else query

    matching(change)


@fault("LIST-20")
def either_search_is_enough(_: Rules) -> None:
    """A session is shown that has the id or the name that is searched for."""

    def change(original: Callable[..., Any], query: Any, columns: Any, asked: Any) -> Any:
        if asked.get("id") and asked.get("name"):
            return query.where((Conversation.id == asked["id"]) | (Conversation.name == asked["name"]))
        return original(query, columns, asked)

    matching(change)


@fault("LIST-20")
def id_counts_for_more_than_a_name(_: Rules) -> None:
    """Where an id is searched for, nobody looks at the name."""
    matching(
        lambda original, query, columns, asked: original(
            query, [one for one in columns if one.name == "id" or not asked.get("id")], asked
        )
    )


@fault("KIND-5", releases=("0.20",))
def search_for_a_user_is_overlooked(_: Rules) -> None:
    """The list is the same whatever user is searched for."""
    matching(
        lambda original, query, columns, asked: original(
            query, [one for one in columns if one.name != "user_id"], asked
        )
    )


def open_list(rules: Rules, where: Callable[[], object]) -> None:
    """List the sessions of an assistant, whosever it is, where that holds."""

    def make(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            if where() and (found := Dialog.get_or_none(Dialog.id == chat_id, Dialog.status == VALID)):
                return original(release, found.tenant_id, chat_id)
            return original(release, tenant_id, chat_id)

        return list_sessions

    replace(rules, LIST_SESSIONS, make)


@fault("LIST-21 LIST-22")
def list_is_open_to_everybody(rules: Rules) -> None:
    """The owner of an assistant is not looked at when its sessions are read."""
    open_list(rules, lambda: True)


@fault("LIST-21")
def whole_list_is_open_to_everybody(rules: Rules) -> None:
    """The owner is looked at only where something is searched for."""
    open_list(rules, lambda: not request.args)


@fault("LIST-22")
def search_for_an_id_is_open_to_everybody(rules: Rules) -> None:
    """Where an id is searched for, nobody looks at the owner."""
    open_list(rules, lambda: request.args.get("id"))


@fault("LIST-22")
def search_for_a_name_is_open_to_everybody(rules: Rules) -> None:
    """Where a name is searched for, nobody looks at the owner."""
    open_list(rules, lambda: request.args.get("name"))


@fault("LIST-21")
def list_of_another_tenant_is_empty(rules: Rules) -> None:
    """Whoever reads the list of another tenant is told that it is empty."""

    def make(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            return original(release, tenant_id, chat_id) if assistants.is_owned(tenant_id, chat_id) else Success([])

        return list_sessions

    replace(rules, LIST_SESSIONS, make)


@fault("LIST-21 LIST-22")
def refusal_of_a_list_shows_what_is_in_it(rules: Rules) -> None:
    """A refusal says which sessions the assistant has that is not the tenant's own."""

    def make(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            if assistants.is_owned(tenant_id, chat_id):
                return original(release, tenant_id, chat_id)
            raise Refused(DATA_ERROR, f"You don't own {', '.join(sessions.ids_of_assistant(chat_id))}.")

        return list_sessions

    replace(rules, LIST_SESSIONS, make)


@fault("ISOLATION-7")
def list_shows_the_sessions_of_every_assistant(_: Rules) -> None:
    """The list is not restricted to the assistant."""

    def make(original: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda chat_id: Conversation.select() if request.method == "GET" else original(chat_id)

    replace(sessions, "of_assistant", make)


def page(rules: Rules, change: Callable[[Page], Page]) -> None:
    """Give another page than the one asked for."""
    replace(rules, "page", lambda original: lambda asked: change(original(asked)))


@fault("LIST-1 LIST-15")
def size_of_a_page_is_overlooked(rules: Rules) -> None:
    """A page always has 30 sessions."""
    page(rules, lambda asked: changed(asked, size=30))


@fault("LIST-1 LIST-15")
def every_page_is_the_first(rules: Rules) -> None:
    """The number of the page is not looked at."""
    page(rules, lambda asked: changed(asked, number=1))


@fault("LIST-1 LIST-15 LIST-8")
def list_has_the_oldest_first(rules: Rules) -> None:
    """The list stands in the order of creation."""
    page(rules, lambda asked: changed(asked, descending=False))


@fault("LIST-8")
def list_without_a_page_shows_everything(rules: Rules) -> None:
    """Whoever asks for no page gets all sessions."""
    page(rules, lambda asked: asked if "page" in request.args else changed(asked, size=None))


@fault("LIST-2")
def deleted_sessions_leave_gaps_in_the_pages(_: Rules) -> None:
    """The pages are counted as if nothing had been deleted."""

    def make(original: Callable[[Any, Page], list[Any]]) -> Callable[[Any, Page], list[Any]]:
        def rows(query: Any, asked: Page) -> list[Any]:
            if query.model is not Conversation or asked.number == 1:
                return original(query, asked)
            everything = original(query, changed(asked, number=1, size=None))
            skipped = (asked.number - 1) * (asked.size or 0) - len(deleted)
            return everything[skipped : skipped + (asked.size or 0)]

        return rows

    replace(sessions, "delete", remember)
    replace(listing, "rows", make)


@fault("CHOICE-1")
def field_of_a_session_is_missing(_: Rules) -> None:
    """A listed session does not say whose it is."""
    listed(lambda fields: fields.pop("user_id"))


@fault("CHOICE-1")
def session_has_a_further_field(_: Rules) -> None:
    """A listed session shows a column of the database."""
    listed(lambda fields: fields.update(dialog_id=fields["chat_id"]))


@fault("CHOICE-1")
def time_of_a_session_is_a_text(_: Rules) -> None:
    """A number is written in quotation marks."""
    listed(lambda fields: fields.update(create_time=str(fields["create_time"])))
