"""What else happens: faults in leaving everything else as it was."""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from embedded_ragflow import assistants, sessions
from embedded_ragflow.answers import Refused, Success
from embedded_ragflow.database import Conversation, Dialog, updated_now
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, LIST_SESSIONS, Rules, fault, replace
from tests.faults.deleting import beside
from tests.faults.listing import deleted, remember
from tests.faults.malformed import sent
from tests.faults.owners import DeleteSessions


def others(rules: Rules, **columns: Any) -> None:
    """Change these columns of the assistant's other sessions, whenever one is deleted."""

    def then(chat_id: str, *_: object) -> None:
        Conversation.update(**columns).where(Conversation.dialog_id == chat_id).execute()

    replace(rules, "delete_session", beside(then))


@fault("EFFECT-1")
def other_sessions_lose_their_messages(rules: Rules) -> None:
    """The messages of the whole assistant are cleaned up."""
    others(rules, message="[]")


@fault("EFFECT-1")
def other_sessions_are_renamed(rules: Rules) -> None:
    """The sessions that are left get new names."""
    others(rules, name=Conversation.name.concat(" (left)"))


@fault("EFFECT-1")
def other_sessions_are_touched(rules: Rules) -> None:
    """The sessions that are left count as changed."""
    others(rules, update_time=Conversation.update_time + 1)


@fault("EFFECT-1")
def other_sessions_change_their_order(rules: Rules) -> None:
    """The sessions that are left are written anew."""
    # As late as they were early; a time of creation is a number of 13 digits.
    turned = 4_000_000_000_000 - Conversation.create_time
    after(
        rules,
        "all",
        lambda _, chat_id: Conversation.update(create_time=turned).where(Conversation.dialog_id == chat_id).execute(),
    )


@fault("EFFECT-1")
def other_sessions_get_new_ids(rules: Rules) -> None:
    """The sessions that are left are numbered anew."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            answer = original(release, tenant_id, chat_id)
            left = Conversation.dialog_id == chat_id
            Conversation.update(id=Conversation.id.concat("0")).where(left).execute()
            return answer

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("EFFECT-1 ISOLATION-22 ISOLATION-23")
def sessions_of_the_same_name_go_too(_: Rules) -> None:
    """What has the same name in another assistant is taken for a copy."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            session = session_id and sessions.find(str(session_id))
            original(session_id)
            if session:
                Conversation.delete().where(Conversation.name == session.name).execute()

        return delete

    replace(sessions, "delete", make)


@fault("EFFECT-7")
def sessions_of_the_same_name_in_the_assistant_go_too(_: Rules) -> None:
    """Of two sessions that are called the same, both are deleted."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            session = session_id and sessions.find(str(session_id))
            original(session_id)
            if session:
                sessions_here = Conversation.dialog_id == session.dialog_id
                Conversation.delete().where(sessions_here, Conversation.name == session.name).execute()

        return delete

    replace(sessions, "delete", make)


@fault("EFFECT-1")
def assistant_is_touched(rules: Rules) -> None:
    """The assistant counts as changed."""

    def then(chat_id: str, *_: object) -> None:
        Dialog.update(update_time=Dialog.update_time + 1).where(Dialog.id == chat_id).execute()

    replace(rules, "delete_session", beside(then))


@fault("EFFECT-2")
def refused_deletion_touches_the_sessions(rules: Rules) -> None:
    """The sessions are locked by a change before anybody looks whether one is to be deleted."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            Conversation.update(update_time=Conversation.update_time + 1).execute()
            return original(release, tenant_id, chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


def after(rules: Rules, how: str, change: Callable[[str, str], object]) -> None:
    """Do something with the tenant and the assistant after a deletion that ended so.

    That is: "all", where everything listed was deleted; "part"; "refused"; or "everything", where nothing was listed.
    """

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            try:
                success: Any = original(release, tenant_id, chat_id)
            except Refused:
                if how == "refused":
                    change(tenant_id, chat_id)
                raise
            payload = sent()
            listed = isinstance(payload, dict) and payload.get("ids")
            in_part = isinstance(success.data, dict) and "errors" in success.data
            if how == ("everything" if not listed else "part" if in_part else "all"):
                change(tenant_id, chat_id)
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


def touch(condition: Any) -> None:
    """The sessions of which that holds count as changed."""
    Conversation.update(update_time=Conversation.update_time + 1).where(condition).execute()


def touch_assistants(condition: Any) -> None:
    Dialog.update(update_time=Dialog.update_time + 1).where(condition).execute()


def of_other_tenants(tenant_id: str) -> Any:
    return Conversation.dialog_id.in_(Dialog.select(Dialog.id).where(Dialog.tenant_id != tenant_id))


def of_other_assistants(tenant_id: str, chat_id: str) -> Any:
    own = Dialog.select(Dialog.id).where(Dialog.tenant_id == tenant_id, Dialog.id != chat_id)
    return Conversation.dialog_id.in_(own)


def describe(rules: Rules, how: str) -> None:
    """The assistant gets another description after a deletion that ended so."""
    after(
        rules,
        how,
        lambda _, chat_id: Dialog.update(description="cleaned up").where(Dialog.id == chat_id).execute(),
    )


@fault("EFFECT-1 EFFECT-9")
def partial_deletion_touches_what_is_left(rules: Rules) -> None:
    """Where a session is unknown, the others are marked as looked at."""
    after(rules, "part", lambda _, chat_id: touch(Conversation.dialog_id == chat_id))


@fault("EFFECT-1 EFFECT-9")
def partial_deletion_changes_the_description(rules: Rules) -> None:
    """Where a session is unknown, the description of the assistant says so."""
    describe(rules, "part")


@fault("EFFECT-1 EFFECT-9")
def partial_deletion_changes_the_opening_words(rules: Rules) -> None:
    """Where a session is unknown, the assistant is written back with the settings of a new one."""
    after(
        rules,
        "part",
        lambda _, chat_id: Dialog.update(prompt_config='{"prologue": "Hi!"}').where(Dialog.id == chat_id).execute(),
    )


@fault("EFFECT-1 EFFECT-9")
def deletion_changes_the_description(rules: Rules) -> None:
    """The description of the assistant says that it was cleaned up."""
    describe(rules, "all")


@fault("EFFECT-8 EFFECT-10")
def deletion_of_everything_changes_the_description(rules: Rules) -> None:
    """The description of the assistant says that it was emptied."""
    describe(rules, "everything")


@fault("EFFECT-8 EFFECT-10")
def deletion_of_everything_touches_the_assistant(rules: Rules) -> None:
    """An assistant counts as changed when it was emptied."""
    after(rules, "everything", lambda _, chat_id: touch_assistants(Dialog.id == chat_id))


@fault("EFFECT-8")
def deletion_of_everything_touches_other_assistants(rules: Rules) -> None:
    """When an assistant was emptied, the sessions of the tenant's others count as changed."""
    after(rules, "everything", lambda tenant_id, chat_id: touch(of_other_assistants(tenant_id, chat_id)))


@fault("EFFECT-10")
def deletion_of_everything_touches_other_tenants(rules: Rules) -> None:
    """When an assistant was emptied, the sessions of other tenants count as changed."""
    after(rules, "everything", lambda tenant_id, _: touch(of_other_tenants(tenant_id)))


@fault("EFFECT-9")
def deletion_touches_other_tenants(rules: Rules) -> None:
    """When sessions are deleted, those of other tenants count as changed."""
    after(rules, "all", lambda tenant_id, _: touch(of_other_tenants(tenant_id)))


@fault("EFFECT-9")
def partial_deletion_touches_other_tenants(rules: Rules) -> None:
    """Where a session is unknown, those of other tenants count as changed: it was looked for everywhere."""
    after(rules, "part", lambda tenant_id, _: touch(of_other_tenants(tenant_id)))


@fault("EFFECT-9 EFFECT-10")
def last_session_of_an_assistant_touches_other_tenants(rules: Rules) -> None:
    """When the last session of an assistant goes, those of other tenants count as changed."""

    def then(chat_id: str, *_: object) -> None:
        if not sessions.ids_of_assistant(chat_id):
            touch(Conversation.dialog_id != chat_id)

    replace(rules, "delete_session", beside(then))


@fault("EFFECT-1 EFFECT-8")
def last_session_of_an_assistant_touches_other_assistants(rules: Rules) -> None:
    """When the last session of an assistant goes, the tenant's others count as changed."""

    def then(chat_id: str, *_: object) -> None:
        if not sessions.ids_of_assistant(chat_id):
            touch_assistants(Dialog.id != chat_id)

    replace(rules, "delete_session", beside(then))


@fault("EFFECT-1")
def partial_deletion_touches_other_assistants(rules: Rules) -> None:
    """Where a session is unknown, those of the tenant's other assistants count as changed: it was looked for there."""
    after(rules, "part", lambda tenant_id, chat_id: touch(of_other_assistants(tenant_id, chat_id)))


@fault("EFFECT-2")
def refused_deletion_touches_other_assistants(rules: Rules) -> None:
    """Where no session is known, those of the tenant's other assistants count as changed: it was looked for there."""
    after(rules, "refused", lambda tenant_id, chat_id: touch(of_other_assistants(tenant_id, chat_id)))


@fault("EFFECT-2")
def refused_deletion_changes_the_description(rules: Rules) -> None:
    """Where no session is known, the description of the assistant says so."""
    describe(rules, "refused")


def where_turned_away(rules: Rules, change: Callable[[str], object]) -> None:
    """Do something with the assistant where it is not that of the tenant who asks."""

    def then(tenant_id: str, chat_id: str) -> None:
        if not assistants.is_owned(tenant_id, chat_id):
            change(chat_id)

    after(rules, "refused", then)


@fault("EFFECT-12")
def attempt_of_another_tenant_touches_the_assistant(rules: Rules) -> None:
    """An attempt of somebody else is noted down in the assistant, which counts as changed."""
    where_turned_away(rules, lambda chat_id: touch_assistants(Dialog.id == chat_id))


@fault("EFFECT-12")
def attempt_of_another_tenant_touches_the_session(rules: Rules) -> None:
    """The sessions that are named are locked by a change before anybody looks who asks."""

    def change(_: str) -> None:
        payload = sent()
        touch(Conversation.id.in_(payload.get("ids") or []))

    where_turned_away(rules, change)


@fault("EFFECT-12")
def attempt_of_another_tenant_touches_everything(rules: Rules) -> None:
    """Where everything is meant, all sessions are locked by a change before anybody looks who asks."""

    def change(chat_id: str) -> None:
        if not sent().get("ids"):
            touch(Conversation.dialog_id == chat_id)

    where_turned_away(rules, change)


@fault("EFFECT-12")
def attempt_of_another_tenant_touches_the_neighbour(rules: Rules) -> None:
    """After an attempt of somebody else, all other assistants of the owner count as changed."""
    where_turned_away(rules, lambda chat_id: touch_assistants(Dialog.id != chat_id))


@fault("EFFECT-1")
def assistant_goes_with_its_last_session(rules: Rules) -> None:
    """An assistant that has no sessions any more is deleted."""

    def then(chat_id: str, *_: object) -> None:
        if not sessions.ids_of_assistant(chat_id):
            assistants.delete(chat_id)

    replace(rules, "delete_session", beside(then))


@fault("EFFECT-3")
def new_session_gets_the_id_of_a_deleted_one(_: Rules) -> None:
    """Ids are used again."""

    def make(original: Callable[..., Conversation]) -> Callable[..., Conversation]:
        def create(*how: Any) -> Conversation:
            session = original(*how)
            if deleted:
                id, _ = deleted.popitem()
                Conversation.update(id=id).where(Conversation.id == session.id).execute()
                session.id = id
            return session

        return create

    replace(sessions, "delete", remember)
    replace(sessions, "create", make)


@fault("EFFECT-3")
def new_session_brings_the_deleted_ones_back(_: Rules) -> None:
    """Deleted sessions are only hidden until the assistant is used again."""

    def make(original: Callable[..., Conversation]) -> Callable[..., Conversation]:
        def create(chat_id: str, *how: Any) -> Conversation:
            for session in [one for one in deleted.values() if one.dialog_id == chat_id]:
                del deleted[session.id]
                session.save(force_insert=True)
            return original(chat_id, *how)

        return create

    replace(sessions, "delete", remember)
    replace(sessions, "create", make)


@fault("EFFECT-4")
def renaming_brings_a_deleted_session_back(_: Rules) -> None:
    """A deleted session can be renamed, and is there again."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        def exists(chat_id: str, session_id: object) -> bool:
            if request.method == "PUT" and session_id in deleted:
                deleted.pop(session_id).save(force_insert=True)
            return original(chat_id, session_id)

        return exists

    replace(sessions, "delete", remember)
    replace(sessions, "exists", make)


@fault("EFFECT-4")
def deleted_session_can_be_renamed(_: Rules) -> None:
    """Nobody looks whether the session that is renamed is there."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: request.method == "PUT" or original(chat_id, session_id)

    replace(sessions, "exists", make)
    replace(Conversation, "get_by_id", lambda _: lambda id: sessions.find(id) or Conversation(**NOTHING, id=id))


NOTHING = {"dialog_id": "", "name": "", "message": "[]", "reference": "[]", "user_id": "", **updated_now()} | {
    "create_time": updated_now()["update_time"],
    "create_date": updated_now()["update_date"],
}


@fault("CHOICE-17")
def slash_at_the_end_leads_nowhere(rules: Rules) -> None:
    """An address that ends in a slash is another one."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            if request.path.endswith("/"):
                raise NotFound
            return original(release, tenant_id, chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("EFFECT-6")
def putting_deletes_all(rules: Rules) -> None:
    """All sessions are replaced by the list that is sent."""
    rules.add_call("PUT /chats/<chat_id>/sessions", rules.release.calls[DELETE_SESSIONS])


@fault("EFFECT-6")
def patching_is_taken_for_a_success(rules: Rules) -> None:
    """A method that does nothing is answered like one that does."""
    rules.add_call("PATCH /chats/<chat_id>/sessions", rules.release.calls[LIST_SESSIONS])


@fault("EFFECT-6")
def session_can_be_deleted_by_its_address(rules: Rules) -> None:
    """A session has an address of its own, under which it is deleted."""

    def delete_by_address(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
        sessions.delete(session_id)
        return release.calls[LIST_SESSIONS](release, tenant_id, chat_id)

    rules.add_call("DELETE /chats/<chat_id>/sessions/<session_id>", delete_by_address)
