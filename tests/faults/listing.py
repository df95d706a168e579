"""What is listed afterwards: faults in showing what is there."""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from flask import request

from embedded_ragflow import listing, sessions
from embedded_ragflow.database import Conversation
from embedded_ragflow.listing import Page
from embedded_ragflow.releases.v0_18 import Release018
from tests.faults.catalogue import Rules, fault, replace

Delete = Callable[[object], None]
ListSessions = Callable[[Release018, str, str], Any]
deleted: dict[object, Conversation] = {}


def remember(original: Delete) -> Delete:
    """A deletion that keeps a copy."""

    def delete(session_id: object) -> None:
        if session := session_id and Conversation.get_or_none(Conversation.id == session_id):
            deleted[session_id] = session
        original(session_id)

    return delete


def listed(rules: Rules, change: Callable[[dict[str, Any]], object]) -> None:
    """Change every session in a list."""

    def make(original: Callable[[Release018, Conversation], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def listed_session_fields(self: Release018, session: Conversation) -> dict[str, Any]:
            fields = original(self, session)
            change(fields)
            return fields

        return listed_session_fields

    replace(rules, "listed_session_fields", make)


def list_too(rules: Rules, shown: Callable[[Conversation], bool]) -> None:
    """List deleted sessions of the assistant of which that holds."""

    def make(original: ListSessions) -> ListSessions:
        def list_sessions(self: Release018, tenant_id: str, chat_id: str) -> Any:
            success = original(self, tenant_id, chat_id)
            gone = [one for one in deleted.values() if one.dialog_id == chat_id and shown(one)]
            return changed(success, data=[*success.data, *map(self.listed_session_fields, gone)])

        return list_sessions

    replace(sessions, "delete", remember)
    replace(rules, "list_sessions", make)


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


@fault("EFFECT-4")
def search_for_an_id_is_overlooked(_: Rules) -> None:
    """The list is the same whatever is searched for."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda query, columns, asked: original(query, [one for one in columns if one.name != "id"], asked)

    replace(listing, "matching", make)


@fault("EFFECT-1")
def list_is_kept(rules: Rules) -> None:
    """The list is read once, and again only when a session is created."""
    kept: dict[tuple[str, bytes], Any] = {}

    def keep(original: ListSessions) -> ListSessions:
        def list_sessions(self: Release018, tenant_id: str, chat_id: str) -> Any:
            asked = (chat_id, request.query_string)
            if asked not in kept:
                kept[asked] = original(self, tenant_id, chat_id)
            return kept[asked]

        return list_sessions

    def forget(original: ListSessions) -> ListSessions:
        def create_session(self: Release018, tenant_id: str, chat_id: str) -> Any:
            kept.clear()
            return original(self, tenant_id, chat_id)

        return create_session

    replace(rules, "list_sessions", keep)
    replace(rules, "create_session", forget)


@fault("ISOLATION-7")
def list_shows_the_sessions_of_every_assistant(_: Rules) -> None:
    """The list is not restricted to the assistant."""

    def make(original: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda chat_id: Conversation.select() if request.method == "GET" else original(chat_id)

    replace(sessions, "of_assistant", make)


def page(rules: Rules, change: Callable[[Page], Page]) -> None:
    """Give another page than the one asked for."""
    replace(rules, "page", lambda original: lambda self, *asked, **usual: change(original(self, *asked, **usual)))


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
def field_of_a_session_is_missing(rules: Rules) -> None:
    """A listed session does not say whose it is."""
    listed(rules, lambda fields: fields.pop("user_id"))


@fault("CHOICE-1")
def session_has_a_further_field(rules: Rules) -> None:
    """A listed session shows a column of the database."""
    listed(rules, lambda fields: fields.update(dialog_id=fields["chat_id"]))


@fault("CHOICE-1")
def time_of_a_session_is_a_text(rules: Rules) -> None:
    """A number is written in quotation marks."""
    listed(rules, lambda fields: fields.update(create_time=str(fields["create_time"])))
