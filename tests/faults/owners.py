"""What belongs to whom: faults in finding the assistant and the session that are meant."""

from collections.abc import Callable

from flask import g, request
from peewee import Expression, fn

from embedded_ragflow import assistants, deletion, sessions
from embedded_ragflow.answers import Success
from embedded_ragflow.database import VALID, Conversation, Dialog, database
from embedded_ragflow.deletion import Tally
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace
from tests.faults.keys import is_deletion

DeleteSessions = Callable[[Release, str, str], object]
DeleteSession = Callable[[str, object], int | None]
IsOwned = Callable[[str, str], bool]


def find_assistant(rules: Rules, condition: Callable[[str], Expression]) -> None:
    """Delete in the first assistant of the tenant of which that holds."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            found = assistants.of_tenant(tenant_id).where(condition(chat_id)).first()
            return original(release, tenant_id, found.id if found else chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


def find_session(rules: Rules, condition: Callable[[str], Expression]) -> None:
    """Delete the first session of the assistant of which that holds."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            found = sessions.of_assistant(chat_id).where(condition(str(session_id))).first()
            return original(chat_id, found.id if found else session_id)

        return delete_session

    replace(rules, "delete_session", make)


def is_there(chat_id: str) -> bool:
    return Dialog.select().where(Dialog.id == chat_id, Dialog.status == VALID).exists()


@fault("ISOLATION-1 ISOLATION-2 ISOLATION-3 ISOLATION-4 ISOLATION-26")
def owner_is_not_checked(_: Rules) -> None:
    """An assistant must be there, whoever owns it."""
    replace(assistants, "is_owned", lambda _: lambda _, chat_id: is_there(chat_id))


@fault("ISOLATION-1 ISOLATION-4")
def owner_is_not_checked_where_nothing_is_named(_: Rules) -> None:
    """Who wants to delete everything may do so anywhere."""

    def make(original: IsOwned) -> IsOwned:
        def is_owned(tenant_id: str, chat_id: str) -> bool:
            sent = request.get_json(force=True, silent=True) or {}
            return original(tenant_id, chat_id) or (is_deletion() and not sent.get("ids") and is_there(chat_id))

        return is_owned

    replace(assistants, "is_owned", make)


@fault("ISOLATION-3")
def sessions_are_looked_up_before_the_owner(rules: Rules) -> None:
    """The refusal comes when the sessions that were named are gone."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            sent = request.get_json(force=True, silent=True)
            for named in (isinstance(sent, dict) and sent.get("ids")) or []:
                if not assistants.is_owned(tenant_id, chat_id) and sessions.exists(chat_id, named):
                    sessions.delete(named)
            return original(release, tenant_id, chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ASSISTANT-2 ASSISTANT-4")
def assistant_need_not_be_there(_: Rules) -> None:
    """An unknown assistant is taken for one without sessions."""

    def make(original: IsOwned) -> IsOwned:
        return lambda tenant_id, chat_id: (
            original(tenant_id, chat_id) or (is_deletion() and not Dialog.select().where(Dialog.id == chat_id).exists())
        )

    replace(assistants, "is_owned", make)


@fault("ISOLATION-9 ISOLATION-24 ISOLATION-25")
def deleted_assistant_is_still_open(_: Rules) -> None:
    """Nobody looks whether the assistant is marked as deleted."""
    replace(
        assistants,
        "is_owned",
        lambda _: (
            lambda tenant_id, chat_id: (
                Dialog.select().where(Dialog.id == chat_id, Dialog.tenant_id == tenant_id).exists()
            )
        ),
    )


@fault("ISOLATION-24 ISOLATION-25")
def sessions_of_every_assistant_go_with_one(_: Rules) -> None:
    """Who deletes an assistant deletes the sessions of all that the tenant has."""

    def make(original: Callable[[object], int]) -> Callable[[object], int]:
        def delete(chat_id: object) -> int:
            own = assistants.ids_of_tenant(Dialog.get_by_id(chat_id).tenant_id)
            Conversation.delete().where(Conversation.dialog_id.in_(own)).execute()
            return original(chat_id)

        return delete

    replace(assistants, "delete", make)


@fault("ISOLATION-25")
def session_can_be_created_in_a_deleted_assistant(_: Rules) -> None:
    """Nobody looks whether the assistant of a new session is marked as deleted."""

    def make(original: Callable[[str, str], str | None]) -> Callable[[str, str], str | None]:
        def opening_words(tenant_id: str, chat_id: str) -> str | None:
            found = Dialog.get_or_none(Dialog.id == chat_id, Dialog.tenant_id == tenant_id)
            return assistants.prologue_of(found) if found and request.method == "POST" else original(tenant_id, chat_id)

        return opening_words

    replace(assistants, "opening_words", make)


@fault("ASSISTANT-4")
def assistant_is_a_pattern(rules: Rules) -> None:
    """An assistant is looked up with LIKE."""
    find_assistant(rules, lambda chat_id: Dialog.id**chat_id)


@fault("ASSISTANT-4")
def beginning_of_an_assistant_is_enough(rules: Rules) -> None:
    """An assistant is found by the first letters of its id."""
    find_assistant(rules, lambda chat_id: Dialog.id.startswith(chat_id))


@fault("ASSISTANT-4")
def end_of_an_assistant_is_enough(rules: Rules) -> None:
    """An assistant is found by the last letters of its id."""
    find_assistant(rules, lambda chat_id: fn.SUBSTR(Dialog.id, 17) == chat_id)


@fault("ASSISTANT-4")
def assistant_is_put_into_sql(_: Rules) -> None:
    """The assistant's id becomes a part of the query's text."""

    def is_owned(tenant_id: str, chat_id: str) -> bool:
        query = f"SELECT 1 FROM dialog WHERE tenant_id = '{tenant_id}' AND status = '1' AND id = '{chat_id}'"
        return database.execute_sql(query).fetchone() is not None

    replace(assistants, "is_owned", lambda _: is_owned)


@fault("ASSISTANT-4")
def assistant_is_found_by_its_name(rules: Rules) -> None:
    """An assistant's name is as good as its id."""
    find_assistant(rules, lambda chat_id: Dialog.name == chat_id)


@fault("ASSISTANT-1")
def assistant_may_be_left_out(rules: Rules) -> None:
    """A request that names no assistant deletes its sessions wherever they are."""

    def delete_anywhere(release: Release, tenant_id: str) -> Success:
        for named in release.read_body(request)["ids"]:
            sessions.delete(named)
        return release.calls[DELETE_SESSIONS](release, tenant_id, "")

    rules.add_call("DELETE /chats/sessions", delete_anywhere)


@fault("ISOLATION-5 ISOLATION-6 ISOLATION-7 ISOLATION-8 ISOLATION-10")
def session_of_any_assistant_will_do(_: Rules) -> None:
    """A session must be there, whichever assistant it belongs to."""

    def exists(chat_id: str, session_id: object) -> bool:
        if session_id is None:
            return sessions.of_assistant(chat_id).exists()
        return Conversation.select().where(Conversation.id == str(session_id)).exists()

    replace(sessions, "exists", lambda _: exists)


@fault("ISOLATION-7 ISOLATION-8")
def session_of_any_own_assistant_will_do(rules: Rules) -> None:
    """A session must belong to the tenant, whichever assistant of it."""

    def remember(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            g.own = assistants.ids_of_tenant(tenant_id)
            return original(release, tenant_id, chat_id)

        return delete_sessions

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: any(original(own, session_id) for own in g.get("own", [chat_id]))

    replace(rules, DELETE_SESSIONS, remember)
    replace(sessions, "exists", make)


def delete_what_is_missing(*, only_beside_others: bool) -> None:
    def make(original: Callable[..., Tally]) -> Callable[..., Tally]:
        def delete_each(ids: object, delete: object) -> Tally:
            tally = original(ids, delete)
            if tally.deleted or not only_beside_others:
                for one in tally.missing:
                    sessions.delete(one)
            return tally

        return delete_each

    replace(deletion, "delete_each", make)


@fault("ISOLATION-5 ISOLATION-6 ISOLATION-7 ISOLATION-8")
def foreign_session_is_called_unknown_and_deleted(_: Rules) -> None:
    """What is deleted does not follow from what was looked up."""
    delete_what_is_missing(only_beside_others=False)


@fault("ISOLATION-6 ISOLATION-8")
def foreign_session_goes_with_own_ones(_: Rules) -> None:
    """Where one session is the assistant's own, nobody looks at the others."""
    delete_what_is_missing(only_beside_others=True)


@fault("ODD-15")
def session_is_a_pattern(rules: Rules) -> None:
    """A session is looked up with LIKE."""
    find_session(rules, lambda session_id: Conversation.id**session_id)


@fault("ODD-15")
def beginning_of_a_session_is_enough(rules: Rules) -> None:
    """A session is found by the first letters of its id."""
    find_session(rules, lambda session_id: Conversation.id.startswith(session_id))


@fault("ODD-15")
def end_of_a_session_is_enough(rules: Rules) -> None:
    """A session is found by the last letters of its id."""
    find_session(rules, lambda session_id: fn.SUBSTR(Conversation.id, 17) == session_id)


@fault("ODD-15")
def session_is_found_by_its_name(rules: Rules) -> None:
    """A session's name is as good as its id."""
    find_session(rules, lambda session_id: Conversation.name == session_id)


@fault("ODD-15")
def session_is_found_by_its_assistant(rules: Rules) -> None:
    """The id is compared with the wrong column, that of the assistant."""
    find_session(rules, lambda session_id: Conversation.dialog_id == session_id)


@fault("ODD-15")
def letters_behind_a_session_are_cut_off(rules: Rules) -> None:
    """An id is cut to the length of its column before it is compared."""
    find_session(rules, lambda session_id: Conversation.id == session_id[:32])


@fault("ODD-15")
def session_is_put_into_sql(_: Rules) -> None:
    """The session's id becomes a part of the query's text."""

    def exists(chat_id: str, session_id: object) -> bool:
        query = f"SELECT 1 FROM conversation WHERE dialog_id = '{chat_id}' AND id = '{session_id}'"
        return database.execute_sql(query).fetchone() is not None

    def delete(session_id: object) -> None:
        database.execute_sql(f"DELETE FROM conversation WHERE id = '{session_id}'")

    replace(sessions, "exists", lambda _: exists)
    replace(sessions, "delete", lambda _: delete)


def empty(rules: Rules, assistants_of: Callable[[str], list[str]]) -> None:
    """Where nothing is named, empty these assistants of a tenant as well."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            before = sessions.ids_of_assistant(chat_id)
            answer = original(release, tenant_id, chat_id)
            sent = request.get_json(force=True, silent=True)
            if before and not sessions.ids_of_assistant(chat_id) and not (isinstance(sent, dict) and sent.get("ids")):
                others = assistants_of(tenant_id)
                Conversation.delete().where(Conversation.dialog_id.in_(others)).execute()
            return answer

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ISOLATION-11")
def all_means_all_of_the_tenant(rules: Rules) -> None:
    """Where nothing is named, every assistant of the tenant is emptied."""
    empty(rules, assistants.ids_of_tenant)


@fault("ISOLATION-12")
def all_means_all_there_are(rules: Rules) -> None:
    """Where nothing is named, every assistant of every tenant is emptied."""
    empty(rules, lambda _: [each.id for each in Dialog.select()])


# Assistants of the same name


def namesakes(chat_id: str) -> list[str]:
    """The other assistants that are called like this one, whosever they are."""
    named = Dialog.select(Dialog.name).where(Dialog.id == chat_id)
    return [one.id for one in Dialog.select().where(Dialog.name.in_(named), Dialog.id != chat_id)]


@fault("ISOLATION-13")
def sessions_of_the_same_name_go_in_the_namesake_too(rules: Rules) -> None:
    """A session is deleted by its name and that of its assistant."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            session = sessions.find(str(session_id))
            count = original(chat_id, session_id)
            if count and session:
                here = Conversation.dialog_id.in_(namesakes(chat_id))
                Conversation.delete().where(here, Conversation.name == session.name).execute()
            return count

        return delete_session

    replace(rules, "delete_session", make)


@fault("ISOLATION-14")
def session_of_a_namesake_will_do(_: Rules) -> None:
    """A session is looked up through the name of its assistant."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: any(original(one, session_id) for one in [chat_id, *namesakes(chat_id)])

    replace(sessions, "exists", make)


@fault("ISOLATION-15")
def owner_of_a_namesake_will_do(_: Rules) -> None:
    """Whether an assistant is the tenant's own is looked up by its name."""

    def make(original: IsOwned) -> IsOwned:
        return lambda tenant_id, chat_id: (
            original(tenant_id, chat_id)
            or (is_deletion() and any(original(tenant_id, one) for one in namesakes(chat_id)))
        )

    replace(assistants, "is_owned", make)


@fault("ISOLATION-15")
def own_namesake_is_meant(rules: Rules) -> None:
    """The assistant is looked up by its name, among those of the tenant."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            own = [one for one in [chat_id, *namesakes(chat_id)] if assistants.is_owned(tenant_id, one)]
            return original(release, tenant_id, own[0] if own else chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ISOLATION-16")
def all_means_all_of_that_name(rules: Rules) -> None:
    """Where nothing is named, every assistant of the name is emptied."""
    empty(rules, lambda _: namesakes((request.view_args or {})["chat_id"]))


@fault("ISOLATION-13 ISOLATION-16")
def newest_of_that_name_is_meant(rules: Rules) -> None:
    """The assistant is looked up by its name, and the newest of that name is taken, whosever it is."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            others = namesakes(chat_id) if assistants.is_owned(tenant_id, chat_id) else []
            if not others:
                return original(release, tenant_id, chat_id)
            newest = Dialog.get_by_id(others[-1])
            return original(release, newest.tenant_id, newest.id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)
