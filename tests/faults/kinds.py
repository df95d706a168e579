"""What a session is called and whose it is: faults that show only with some names and some users."""

from collections.abc import Callable
from typing import Any

from flask import request
from peewee import SQL, Expression

from embedded_ragflow import sessions
from embedded_ragflow.database import Conversation, database
from tests.faults.catalogue import Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, choose
from tests.faults.deleting import beside
from tests.faults.keys import is_deletion
from tests.faults.listing import list_too
from tests.faults.malformed import sent
from tests.faults.owners import DeleteSession

NO_NAME = "New session"


def at_deletion(then: Callable[[Callable[[object], None], Conversation], object]) -> None:
    """Delete a session that is there otherwise; `then` gets the proper way first, which takes an id."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            session = sessions.find(str(session_id))
            if session and is_deletion():
                then(original, session)
            else:
                original(session_id)

        return delete

    replace(sessions, "delete", make)


def stay(where: Callable[[Conversation], object]) -> None:
    """Sessions of which that holds stay, and are told to be deleted."""
    at_deletion(lambda delete, session: None if where(session) else delete(session.id))


def go_along(condition: Callable[[Conversation], Expression]) -> None:
    """With a session go those of its assistant of which that holds."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        delete(session.id)
        Conversation.delete().where(Conversation.dialog_id == session.dialog_id, condition(session)).execute()

    at_deletion(then)


def all_but(rules: Rules, condition: Callable[[], Expression]) -> None:
    """Where everything is meant, only the sessions of which that holds are taken."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen, named = original(payload, all_ids), (payload or {}).get("ids")
        chat_id = (request.view_args or {})["chat_id"]
        return chosen if named else [one.id for one in sessions.of_assistant(chat_id).where(condition())]

    choose(rules, choice)


def look_at_the_others(look: Callable[[list[str]], object]) -> None:
    """With a deletion, do something with the names of the assistant's other sessions."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        others = sessions.of_assistant(session.dialog_id).where(Conversation.id != session.id)
        look([str(one.name) for one in others])
        delete(session.id)

    at_deletion(then)


def look_at_the_name(look: Callable[[str], object]) -> None:
    """Before a session is deleted, do something with its name."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        look(str(session.name))
        delete(session.id)

    at_deletion(then)


# Whose it is


@fault("KIND-5 KIND-6 KIND-7 EFFECT-11")
def sessions_of_users_stay(_: Rules) -> None:
    """What belongs to a user of the assistant is kept for the user."""
    stay(lambda session: session.user_id)


@fault("KIND-5", releases=("0.20",))
def sessions_of_nobody_stay(_: Rules) -> None:
    """The deletion is restricted to sessions that belong to a user."""
    stay(lambda session: not session.user_id)


@fault("KIND-5 EFFECT-11")
def other_sessions_of_a_user_go_too(_: Rules) -> None:
    """With a session of a user go all that the user has in the assistant."""
    go_along(lambda session: (Conversation.user_id == session.user_id) & (Conversation.user_id != ""))


@fault("KIND-5", releases=("0.20",))
def other_sessions_of_nobody_go_too(_: Rules) -> None:
    """With a session of nobody go all that belong to nobody."""
    go_along(lambda session: (Conversation.user_id == session.user_id) & (Conversation.user_id == ""))


@fault("KIND-5")
def last_session_of_a_user_stays(_: Rules) -> None:
    """A user always keeps a session."""
    stay(
        lambda session: (
            session.user_id
            and sessions.of_assistant(session.dialog_id).where(Conversation.user_id == session.user_id).count() == 1
        )
    )


@fault("KIND-6", releases=("0.20",))
def all_means_all_of_nobody(rules: Rules) -> None:
    """All sessions are those that belong to no user."""
    all_but(rules, lambda: Conversation.user_id == "")


@fault("KIND-6", releases=("0.20",))
def all_means_all_of_users(rules: Rules) -> None:
    """All sessions are those that belong to a user."""
    all_but(rules, lambda: Conversation.user_id != "")


@fault("KIND-7 ISOLATION-17 ISOLATION-21")
def user_beside_the_list_restricts_it(rules: Rules) -> None:
    """Only sessions of the user are found who stands beside the list."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            user = sent().get("user_id")
            mine = not user or sessions.of_assistant(chat_id).where(
                Conversation.id == str(session_id), Conversation.user_id == user
            )
            return original(chat_id, session_id) if mine else None

        return delete_session

    replace(rules, "delete_session", make)


@fault("KIND-7", releases=("0.20",))
def sessions_of_the_user_beside_the_list_go_too(rules: Rules) -> None:
    """Who names a user beside the list deletes all that the user has."""

    def then(chat_id: str, *_: object) -> None:
        here = Conversation.dialog_id == chat_id
        Conversation.delete().where(here, Conversation.user_id == (sent().get("user_id") or "-")).execute()

    replace(rules, "delete_session", beside(then))


@fault("KIND-5 EFFECT-11")
def deleted_session_is_listed_for_its_user(rules: Rules) -> None:
    """The list of a user shows what is marked as deleted."""
    list_too(rules, lambda one: request.args.get("user_id") == one.user_id)


# What it is called


@fault("KIND-5")
def nameless_sessions_stay(_: Rules) -> None:
    """A session without a name of its own is taken for the one that each assistant begins with."""
    stay(lambda session: session.name == NO_NAME)


@fault("KIND-6")
def all_means_all_with_a_name(rules: Rules) -> None:
    """All sessions are those that have a name of their own."""
    all_but(rules, lambda: Conversation.name != NO_NAME)


@fault("KIND-5")
def nameless_sessions_go_together(_: Rules) -> None:
    """All sessions without a name of their own go with the first of them."""
    go_along(lambda session: (Conversation.name == session.name) & (Conversation.name == NO_NAME))


@fault("KIND-1")
def name_is_put_into_sql(_: Rules) -> None:
    """The name of the session becomes a part of the query's text, in apostrophes."""
    at_deletion(
        lambda _, session: database.execute_sql(
            f"DELETE FROM conversation WHERE id = '{session.id}' AND name = '{session.name}'"
        )
    )


@fault("KIND-1")
def name_is_put_into_sql_in_quotation_marks(_: Rules) -> None:
    """The name of the session becomes a part of the query's text, in quotation marks."""
    at_deletion(
        lambda _, session: database.execute_sql(
            f"DELETE FROM conversation WHERE id = '{session.id}' AND name = \"{session.name}\""
        )
    )


@fault("KIND-2")
def names_that_stay_are_put_into_sql(_: Rules) -> None:
    """All but those whose names are in a text are deleted; the names stand in it in apostrophes."""
    delete_all_but("'")


@fault("KIND-2")
def names_that_stay_are_put_into_sql_in_quotation_marks(_: Rules) -> None:
    """All but those whose names are in a text are deleted; the names stand in it in quotation marks."""
    delete_all_but('"')


def delete_all_but(mark: str) -> None:
    def then(_: Callable[[object], None], session: Conversation) -> None:
        others = sessions.of_assistant(session.dialog_id).where(Conversation.id != session.id)
        names = ", ".join(f"{mark}{one.name}{mark}" for one in others)
        database.execute_sql(
            f"DELETE FROM conversation WHERE dialog_id = '{session.dialog_id}' AND name NOT IN ({names})"
        )

    at_deletion(then)


@fault("KIND-1")
def backslash_in_a_name_is_an_escape(_: Rules) -> None:
    """A name goes through a text in which a backslash says that the next letter is meant as it is."""
    stay(lambda session: "\\" in session.name)


@fault("KIND-2")
def backslash_in_a_name_that_stays_is_an_escape(_: Rules) -> None:
    """All but those of some names are deleted; a name loses its backslash, and so is none of them."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        names = [one.name.replace("\\", "") for one in sessions.of_assistant(session.dialog_id)]
        delete(session.id)
        here = Conversation.dialog_id == session.dialog_id
        Conversation.delete().where(here, Conversation.name.not_in(names)).execute()

    at_deletion(then)


@fault("KIND-1")
def name_is_put_into_a_pattern(_: Rules) -> None:
    """A line for the log holds the name, and is filled in once more."""
    look_at_the_name(lambda name: f"session {name} is deleted, by %s" % "its owner")


@fault("KIND-2")
def names_that_stay_are_put_into_a_pattern(_: Rules) -> None:
    """A line for the log holds the names of those that stay, and is filled in once more."""
    look_at_the_others(lambda names: f"%d sessions stay: {', '.join(names)}" % len(names))


@fault("KIND-1")
def name_goes_into_a_log_of_western_letters(_: Rules) -> None:
    """The name is written down in Latin-1, before the session is deleted."""
    look_at_the_name(lambda name: name.encode("latin-1"))


@fault("KIND-2")
def names_that_stay_go_into_a_log_of_western_letters(_: Rules) -> None:
    """The names of those that stay are written down in Latin-1."""
    look_at_the_others(lambda names: "\n".join(names).encode("latin-1"))


def three_octets(name: str) -> None:
    if any(letter > "\uffff" for letter in name):
        raise ValueError("Incorrect string value for column 'name'")


@fault("KIND-1")
def emoji_in_a_name_does_not_fit(_: Rules) -> None:
    """What was deleted is written into a table whose letters have no more than three octets."""
    look_at_the_name(three_octets)


@fault("KIND-2")
def emoji_in_a_name_that_stays_does_not_fit(_: Rules) -> None:
    """What is left is written into a table whose letters have no more than three octets."""
    look_at_the_others(lambda names: three_octets("".join(names)))


def short(name: str) -> None:
    if len(name) > 128:
        raise ValueError("Data too long for column 'name'")


@fault("KIND-1")
def long_name_does_not_fit(_: Rules) -> None:
    """What was deleted is written into a table whose names have no more than 128 letters."""
    look_at_the_name(short)


@fault("KIND-2")
def long_name_that_stays_does_not_fit(_: Rules) -> None:
    """What is left is written into a table whose names have no more than 128 letters."""
    look_at_the_others(lambda names: short(max(names, key=len)))


def right_to_left(name: str) -> bool:
    return any("\u0590" <= letter <= "\u08ff" for letter in name)


@fault("KIND-1")
def name_from_right_to_left_is_turned_round(_: Rules) -> None:
    """The deletion goes by id and name, and a name that is written from right to left is turned round for it."""
    stay(lambda session: right_to_left(session.name))


@fault("KIND-2")
def name_that_stays_is_turned_round(_: Rules) -> None:
    """All but those of some names are deleted; one that is written from right to left is none of them."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        delete(session.id)
        for one in sessions.of_assistant(session.dialog_id):
            if right_to_left(one.name):
                delete(one.id)

    at_deletion(then)


# By its name


def by_name(order: SQL) -> None:
    """Of the sessions of the same name, the first in that order goes, whichever was found."""

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        named = sessions.of_assistant(session.dialog_id).where(Conversation.name == session.name)
        delete(named.order_by(order).first().id)

    at_deletion(then)


@fault("KIND-1 KIND-3")
def oldest_of_the_same_name_goes_instead(_: Rules) -> None:
    """The deletion goes by the name of the session that was found, and takes the first."""
    by_name(SQL("rowid"))


@fault("KIND-4 EFFECT-7")
def newest_of_the_same_name_goes_instead(_: Rules) -> None:
    """The deletion goes by the name of the session that was found, and takes the last."""
    by_name(SQL("rowid DESC"))


@fault("KIND-1")
def name_of_a_session_is_taken_for_an_id(_: Rules) -> None:
    """The deletion goes by the name of the session that was found, and takes an id for as good as a name."""
    go_along(lambda session: Conversation.id == session.name)


@fault("KIND-2")
def session_that_is_called_like_the_id_goes_too(_: Rules) -> None:
    """A session is found by its id, and deleted by its id or its name."""
    go_along(lambda session: Conversation.name == session.id)


def at_renaming(then: Callable[[Conversation], object]) -> None:
    """Do something else when a session is renamed: with the session as it was."""

    def make(original: Callable[[str, dict[str, object]], None]) -> Callable[[str, dict[str, object]], None]:
        def update(session_id: str, columns: dict[str, object]) -> None:
            then(Conversation.get_by_id(session_id))
            original(session_id, columns)

        return update

    replace(sessions, "update", make)


@fault("KIND-3")
def renamed_session_is_unknown(_: Rules) -> None:
    """A session is looked up by its id and the name that it was given at first."""
    renamed: set[str] = set()

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: (
            original(chat_id, session_id) and not (is_deletion() and session_id in renamed)
        )

    at_renaming(lambda session: renamed.add(session.id))
    replace(sessions, "exists", make)


@fault("KIND-3")
def renamed_session_stays(_: Rules) -> None:
    """The deletion goes by the id and the name that the session was given at first, and finds nothing."""
    renamed: set[str] = set()
    at_renaming(lambda session: renamed.add(session.id))
    stay(lambda session: session.id in renamed)


@fault("KIND-3")
def deletion_brings_the_old_name_back(_: Rules) -> None:
    """A session is kept under its old name as well, and a deletion takes only the new one away."""
    before: dict[str, Conversation] = {}

    def then(delete: Callable[[object], None], session: Conversation) -> None:
        delete(session.id)
        if session.id in before:
            before.pop(session.id).save(force_insert=True)

    at_renaming(lambda session: before.setdefault(session.id, session))
    at_deletion(then)


@fault("KIND-4")
def session_goes_that_has_the_name_now(_: Rules) -> None:
    """Names lead to ids in a record that is kept up to date only for the one that is renamed."""
    renamed: dict[tuple[str, str], str] = {}

    def keep(original: Callable[[str, dict[str, object]], None]) -> Callable[[str, dict[str, object]], None]:
        def update(session_id: str, columns: dict[str, object]) -> None:
            original(session_id, columns)
            session = Conversation.get_by_id(session_id)
            renamed[session.dialog_id, session.name] = session_id

        return update

    replace(sessions, "update", keep)
    at_deletion(lambda delete, session: delete(renamed.get((session.dialog_id, session.name), session.id)))


@fault("KIND-1")
def name_is_a_pattern(_: Rules) -> None:
    """The deletion goes by the name of the session that was found, which is looked up with LIKE."""
    go_along(lambda session: Conversation.name**session.name)
