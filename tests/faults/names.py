"""Faults that only sessions with some names reveal."""

from collections.abc import Callable
from typing import Any

from peewee import SQL

from embedded_ragflow import sessions
from embedded_ragflow.database import Conversation, database
from tests.faults import on
from tests.faults.database import delete_where
from tests.faults.fault import FOUR_BYTES, PYTHON, fault
from tests.faults.patching import wrap
from tests.faults.users import delete_too, limit_all

DEFAULT_NAME = "New session"


def others_of(session: Conversation) -> Any:
    """Return a query of the assistant's other sessions."""
    return sessions.of_assistant(session.dialog_id).where(Conversation.id != session.id)


def check_name(check: Callable[[str], object]) -> None:
    """Call `check(name)` before a session is deleted."""

    def then(delete, session):
        check(str(session.name))
        delete(session.id)

    on.existing_session(then)


def check_other_names(check: Callable[[list[str]], object]) -> None:
    """Call `check(names)` with the names of the remaining sessions before a session is deleted."""

    def then(delete, session):
        check([str(one.name) for one in others_of(session)])
        delete(session.id)

    on.existing_session(then)


sessions_with_the_default_name_stay = fault("KIND-5", "Sessions with the default name stay.")(
    on.keep, lambda session: session.name == DEFAULT_NAME
)
all_means_all_with_a_name = fault("KIND-6", "Deleting all sessions keeps those with the default name.")(
    limit_all, lambda: Conversation.name != DEFAULT_NAME
)
sessions_with_the_default_name_are_deleted_together = fault(
    "KIND-5", "All sessions with the default name are deleted together."
)(delete_too, lambda session: (Conversation.name == session.name) & (Conversation.name == DEFAULT_NAME))


def delete_by_sql_name(quote: str) -> None:
    """Insert the name of the session into the SQL text."""
    on.existing_session(
        lambda _, session: database.execute_sql(
            f"DELETE FROM conversation WHERE id = '{session.id}' AND name = {quote}{session.name}{quote}"
        )
    )


def keep_by_sql_names(quote: str) -> None:
    """Insert the names of the remaining sessions into the SQL text."""

    def then(_, session):
        names = ", ".join(f"{quote}{one.name}{quote}" for one in others_of(session))
        database.execute_sql(
            f"DELETE FROM conversation WHERE dialog_id = '{session.dialog_id}' AND name NOT IN ({names})"
        )

    on.existing_session(then)


name_is_injected_into_sql = fault("KIND-1", "The session's name is inserted into the SQL text, in apostrophes.")(
    delete_by_sql_name, "'"
)
name_is_injected_into_sql_in_quotation_marks = fault(
    "KIND-1", "The session's name is inserted into the SQL text, in quotation marks."
)(delete_by_sql_name, '"')
remaining_names_are_injected_into_sql = fault(
    "KIND-2", "Remaining sessions' names are inserted into the SQL text, in apostrophes."
)(keep_by_sql_names, "'")
remaining_names_are_injected_into_sql_in_quotation_marks = fault(
    "KIND-2", "Remaining sessions' names are inserted into the SQL text, in quotation marks."
)(keep_by_sql_names, '"')
session_with_a_backslash_stays = fault("KIND-1", "A session with a backslash in its name stays.")(
    on.keep, lambda session: "\\" in session.name
)


@fault("KIND-2", "Other sessions with a backslash in their names are deleted.", on.existing_session)
def other_session_with_a_backslash_is_deleted(delete, session):
    names = [one.name.replace("\\", "") for one in sessions.of_assistant(session.dialog_id)]
    delete(session.id)
    delete_where(Conversation.dialog_id == session.dialog_id, Conversation.name.not_in(names))


name_is_a_format_string = fault("KIND-1", "The session's name is used as a format string.")(
    check_name, lambda name: f"session {name} is deleted, by %s" % "its owner"
)
remaining_names_are_a_format_string = fault("KIND-2", "Remaining sessions' names are used as a format string.")(
    check_other_names, lambda names: f"%d sessions stay: {', '.join(names)}" % len(names)
)
name_is_logged_in_latin_1 = fault("KIND-1", "A session's name outside Latin-1 causes an error.")(
    check_name, lambda name: name.encode("latin-1")
)
remaining_names_are_logged_in_latin_1 = fault("KIND-2", "Remaining sessions' names outside Latin-1 cause an error.")(
    check_other_names, lambda names: "\n".join(names).encode("latin-1")
)


def check_letters(name: str) -> None:
    if any(letter > "\uffff" for letter in name):
        raise ValueError("Incorrect string value for column 'name'")


def check_length(name: str) -> None:
    if len(name) > 128:
        raise ValueError("Data too long for column 'name'")


emoji_in_a_name_is_an_error = fault("KIND-1", "An emoji in the session's name causes an error.", releases=FOUR_BYTES)(
    check_name, check_letters
)
emoji_in_a_remaining_name_is_an_error = fault(
    "KIND-2", "An emoji in a remaining session's name causes an error.", releases=FOUR_BYTES
)(check_other_names, lambda names: check_letters("".join(names)))
long_name_is_an_error = fault("KIND-1", "A session's name of more than 128 letters causes an error.")(
    check_name, check_length
)
long_remaining_name_is_an_error = fault(
    "KIND-2", "A remaining session's name of more than 128 letters causes an error."
)(check_other_names, lambda names: check_length(max(names, key=len)))


def is_right_to_left(session: Conversation) -> bool:
    return any("\u0590" <= letter <= "\u08ff" for letter in session.name)


session_with_a_right_to_left_name_stays = fault("KIND-1", "A session with a right-to-left name stays.")(
    on.keep, is_right_to_left
)


@fault("KIND-2", "Other sessions with right-to-left names are deleted.", on.existing_session)
def other_session_with_a_right_to_left_name_is_deleted(delete, session):
    delete(session.id)
    for one in filter(is_right_to_left, sessions.of_assistant(session.dialog_id)):
        delete(one.id)


# Deletion by name


def delete_first_of_name(order: SQL) -> None:
    """Delete the first session of the same name in an order."""

    def then(delete, session):
        same_name = sessions.of_assistant(session.dialog_id).where(Conversation.name == session.name)
        delete(same_name.order_by(order).first().id)

    on.existing_session(then)


oldest_of_the_same_name_is_deleted_instead = fault(
    "KIND-1 KIND-3", "The oldest session of the same name is deleted instead."
)(delete_first_of_name, SQL("rowid"))
newest_of_the_same_name_is_deleted_instead = fault(
    "KIND-4 EFFECT-7", "The newest session of the same name is deleted instead."
)(delete_first_of_name, SQL("rowid DESC"))
session_whose_id_is_the_name_is_deleted_too = fault(
    "KIND-1", "A session whose id is the session's name is deleted too."
)(delete_too, lambda session: Conversation.id == session.name)
session_whose_name_is_the_id_is_deleted_too = fault(
    "KIND-2", "A session whose name is the session's id is deleted too."
)(delete_too, lambda session: Conversation.name == session.id)


def before_renaming(then: Callable[[Conversation], object]) -> None:
    """Call `then(session)` before a session is renamed."""

    def update(original, session_id, columns):
        then(Conversation.get_by_id(session_id))
        original(session_id, columns)

    wrap(sessions, "update", update)


@fault("KIND-10", "Renaming a session is answered as a success, but changes nothing.", releases=PYTHON)
def renaming_changes_nothing():
    wrap(sessions, "update", lambda *_: None)


@fault("KIND-3", "A renamed session is reported as unknown.")
def renamed_session_is_unknown():
    renamed: set[object] = set()
    before_renaming(lambda session: renamed.add(session.id))
    on.lookup(lambda original, chat_id, session_id: original(chat_id, session_id) and session_id not in renamed)


@fault("KIND-3", "A renamed session stays.")
def renamed_session_stays():
    renamed: set[str] = set()
    before_renaming(lambda session: renamed.add(session.id))
    on.keep(lambda session: session.id in renamed)


@fault("KIND-3", "A renamed session gets its old name back instead of being deleted.")
def deletion_restores_the_old_name():
    originals: dict[str, Conversation] = {}

    def then(delete, session):
        delete(session.id)
        if session.id in originals:
            originals.pop(session.id).save(force_insert=True)

    before_renaming(lambda session: originals.setdefault(session.id, session))
    on.existing_session(then)


@fault("KIND-4", "The session that was renamed to the same name is deleted instead.")
def session_renamed_to_the_name_is_deleted_instead():
    renamed: dict[tuple[str, str], str] = {}

    def update(original, session_id, columns):
        original(session_id, columns)
        session = Conversation.get_by_id(session_id)
        renamed[session.dialog_id, session.name] = session_id

    wrap(sessions, "update", update)
    on.existing_session(lambda delete, session: delete(renamed.get((session.dialog_id, session.name), session.id)))


name_is_a_pattern = fault("KIND-1", "Sessions whose names match the session's name with LIKE are deleted.")(
    delete_too, lambda session: Conversation.name**session.name
)
