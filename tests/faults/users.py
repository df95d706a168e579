"""Faults that only sessions of some users reveal."""

from collections.abc import Callable

from flask import request
from peewee import Expression

from embedded_ragflow import sessions
from embedded_ragflow.database import Conversation
from tests.faults import on
from tests.faults.database import delete_where
from tests.faults.fault import fault
from tests.faults.listing import list_deleted
from tests.faults.requests import requested_chat, sent_text

DEFAULT_NAME = "New session"


def delete_too(condition: Callable[[Conversation], Expression]) -> None:
    """Delete the sessions of the assistant that meet a condition too."""

    def then(delete, session):
        delete(session.id)
        delete_where(Conversation.dialog_id == session.dialog_id, condition(session))

    on.existing_session(then)


def limit_all(condition: Callable[[], Expression]) -> None:
    """Select only the sessions that meet a condition if the request lists none."""

    def select(original, payload, all_ids):
        chosen = original(payload, all_ids)
        is_listed = (payload or {}).get("ids")
        return chosen if is_listed else [one.id for one in sessions.of_assistant(requested_chat()).where(condition())]

    on.selection(select)


sessions_of_users_stay = fault("KIND-5 KIND-6 KIND-7 EFFECT-11", "Sessions of a user stay.")(
    on.keep, lambda session: session.user_id
)
sessions_without_a_user_stay = fault("KIND-5", "Sessions without a user stay.", releases="0.20")(
    on.keep, lambda session: not session.user_id
)
other_sessions_of_a_user_are_deleted_too = fault("KIND-5 EFFECT-11", "All sessions of the same user are deleted too.")(
    delete_too, lambda session: (Conversation.user_id == session.user_id) & (Conversation.user_id != "")
)
other_sessions_without_a_user_are_deleted_too = fault(
    "KIND-5", "With a session without a user, all such sessions are deleted.", releases="0.20"
)(delete_too, lambda session: (Conversation.user_id == session.user_id) & (Conversation.user_id == ""))


@fault("KIND-5", "The last session of a user stays.", on.keep)
def last_session_of_a_user_stays(session):
    same_user = sessions.of_assistant(session.dialog_id).where(Conversation.user_id == session.user_id)
    return session.user_id and same_user.count() == 1


all_means_all_without_a_user = fault("KIND-6", "Deleting all sessions keeps those of users.", releases="0.20")(
    limit_all, lambda: Conversation.user_id == ""
)
all_means_all_of_users = fault("KIND-6", "Deleting all sessions keeps those without a user.", releases="0.20")(
    limit_all, lambda: Conversation.user_id != ""
)


@fault("KIND-7 ISOLATION-17 ISOLATION-21", "Only sessions of the user in the body are found.", on.session)
def user_in_the_body_restricts_the_list(original, chat_id, session_id):
    user = sent_text("user_id")
    is_session, is_user = Conversation.id == str(session_id), Conversation.user_id == user
    is_found = not user or sessions.of_assistant(chat_id).where(is_session, is_user)
    return original(chat_id, session_id) if is_found else None


@fault("KIND-7", "All sessions of the user in the body are deleted too.", on.session_deleted, releases="0.20")
def sessions_of_the_user_in_the_body_are_deleted_too(chat_id, *_):
    delete_where(Conversation.dialog_id == chat_id, Conversation.user_id == (sent_text("user_id") or "-"))


deleted_session_is_listed_for_its_user = fault("KIND-5 EFFECT-11", "A search by user finds deleted sessions.")(
    list_deleted, lambda one: request.args.get("user_id") == one.user_id
)
