"""What stands beside the list: faults in taking it for more than the address, the key and the list."""

from collections.abc import Callable
from typing import Any

from embedded_ragflow import assistants, sessions
from embedded_ragflow.database import Conversation
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, choose
from tests.faults.keys import is_deletion
from tests.faults.malformed import sent
from tests.faults.owners import DeleteSessions, IsOwned


def said(field: str) -> str:
    """What the request has in that field; nothing where that is no text."""
    payload = sent()
    value = payload.get(field) if isinstance(payload, dict) else None
    return value if isinstance(value, str) else ""


def as_said(rules: Rules, *, tenant: str = "", chat: str = "") -> None:
    """Take the tenant, or the assistant, from that field of the request, where it is there."""

    def make(original: DeleteSessions) -> DeleteSessions:
        return lambda release, tenant_id, chat_id: original(release, said(tenant) or tenant_id, said(chat) or chat_id)

    replace(rules, DELETE_SESSIONS, make)


# Which assistant


@fault("ISOLATION-17 ISOLATION-18 ISOLATION-19")
def chat_id_beside_the_list_says_in_which_assistant(rules: Rules) -> None:
    """What the address says is put into the record that was sent, and does not win."""
    as_said(rules, chat="chat_id")


@fault("ISOLATION-17 ISOLATION-18 ISOLATION-19")
def dialog_id_beside_the_list_says_in_which_assistant(rules: Rules) -> None:
    """The record that was sent becomes the filter of the query, with the name of a column in it."""
    as_said(rules, chat="dialog_id")


def only_where(rules: Rules, *fields: str, named: bool) -> None:
    """Take the assistant from these fields, but only where sessions are named, or where none are."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            payload = sent()
            other = next(filter(None, map(said, fields)), "")
            meant = other and isinstance(payload, dict) and bool(payload.get("ids")) == named
            if meant and assistants.is_owned(tenant_id, chat_id):
                return original(release, tenant_id, other)
            return original(release, tenant_id, chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ISOLATION-18")
def assistant_beside_the_list_is_emptied(rules: Rules) -> None:
    """Where everything is meant, everything of the assistant that was sent is."""
    only_where(rules, "chat_id", "dialog_id", named=False)


@fault("ISOLATION-18")
def assistant_beside_the_list_is_emptied_too(rules: Rules) -> None:
    """Where everything is meant, the assistant that was sent is emptied like that of the address."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            success = original(release, tenant_id, chat_id)
            payload = sent()
            if isinstance(payload, dict) and not payload.get("ids"):
                others = [said("chat_id"), said("dialog_id")]
                Conversation.delete().where(Conversation.dialog_id.in_(others)).execute()
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ISOLATION-19")
def sessions_of_the_assistant_beside_the_list_are_found(_: Rules) -> None:
    """A session may belong to the assistant of the address, or to the one that was sent."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        def exists(chat_id: str, session_id: object) -> bool:
            others = [one for one in (said("chat_id"), said("dialog_id")) if one and is_deletion()]
            return any(original(one, session_id) for one in [chat_id, *others])

        return exists

    replace(sessions, "exists", make)


# Which sessions


def field_counts(rules: Rules, field: str, *, instead: bool) -> None:
    """What stands in that field is deleted as well as the list, or instead of it."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen, further = original(payload, all_ids), said(field)
        if not further or not said_ids(payload):
            return chosen
        return [further] if instead else [*chosen, further]

    choose(rules, choice)


def said_ids(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("ids"), list) and bool(payload["ids"])


@fault("ISOLATION-17")
def session_beside_the_list_goes_too(rules: Rules) -> None:
    """`session_id` is a further session."""
    field_counts(rules, "session_id", instead=False)


@fault("ISOLATION-17")
def session_beside_the_list_goes_instead(rules: Rules) -> None:
    """`session_id` counts for more than `ids`."""
    field_counts(rules, "session_id", instead=True)


@fault("ISOLATION-17")
def id_beside_the_list_counts_too(rules: Rules) -> None:
    """`id` is a further session."""
    field_counts(rules, "id", instead=False)


@fault("ISOLATION-17")
def id_beside_the_list_counts_instead(rules: Rules) -> None:
    """`id` counts for more than `ids`."""
    field_counts(rules, "id", instead=True)


@fault("ISOLATION-17")
def id_beside_the_list_goes_wherever_it_is(rules: Rules) -> None:
    """`id` is deleted like the sessions of the list, but nobody looks to which assistant it belongs."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            success = original(release, tenant_id, chat_id)
            if said_ids(sent()):
                sessions.delete(said("id") or None)
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


# Who asks


@fault("ISOLATION-17 ISOLATION-20 ISOLATION-21")
def tenant_beside_the_list_says_who_asks(rules: Rules) -> None:
    """Whoever has a key may say with `tenant_id` who it is."""
    as_said(rules, tenant="tenant_id")


@fault("ISOLATION-17 ISOLATION-20 ISOLATION-21 KIND-7")
def user_beside_the_list_says_who_asks(rules: Rules) -> None:
    """Whoever has a key may say with `user_id` who it is."""
    as_said(rules, tenant="user_id")


def open_to(*fields: str) -> None:
    """An assistant is owned by whoever asks, or by who stands in one of these fields."""

    def make(original: IsOwned) -> IsOwned:
        return lambda tenant_id, chat_id: (
            original(tenant_id, chat_id) or (is_deletion() and any(original(said(field), chat_id) for field in fields))
        )

    replace(assistants, "is_owned", make)


@fault("ISOLATION-20")
def tenant_beside_the_list_opens_its_assistants(_: Rules) -> None:
    """It is enough that the tenant of the assistant is sent, as `tenant_id`."""
    open_to("tenant_id")


@fault("ISOLATION-20")
def user_beside_the_list_opens_its_assistants(_: Rules) -> None:
    """It is enough that the tenant of the assistant is sent, as `user_id`."""
    open_to("user_id")


@fault("ISOLATION-21")
def sessions_of_the_tenant_beside_the_list_go_too(rules: Rules) -> None:
    """What the tenant has that was sent is cleaned up, whoever asks."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            success = original(release, tenant_id, chat_id)
            for other in filter(None, (said("tenant_id"), said("user_id"))):
                emptied = assistants.ids_of_tenant(other)
                Conversation.delete().where(Conversation.dialog_id.in_(emptied)).execute()
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)
