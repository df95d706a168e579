"""Creating, listing, reading and changing sessions."""

from flask import request

from embedded_ragflow import assistants, listing, sessions, showing
from embedded_ragflow.answers import DATA_ERROR, Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Conversation
from embedded_ragflow.release import Release

NO_NAME = "New session"
FIXED_COLUMNS = ("id", "dialog_id", "chat_id", "user_id")


def create_until_0_24(release: Release, tenant_id: str, chat_id: str) -> Success:
    payload = _read_for(chat_id, release)
    prologue = assistants.opening_words(tenant_id, chat_id)
    if prologue is None:
        raise Refused(DATA_ERROR, "You do not own the assistant.")
    name = payload.get("name", NO_NAME)
    if not name:
        raise Refused(DATA_ERROR, "`name` can not be empty.")
    session = sessions.create(chat_id, name, payload.get("user_id", ""), prologue, release.first_reference)
    return Success(showing.session(release, session))


def create(release: Release, tenant_id: str, chat_id: str) -> Success:
    prologue = assistants.opening_words(release.tenant_for_sessions(tenant_id, chat_id), chat_id)
    if prologue is None:
        raise release.not_owned("")
    payload = release.read_body(request)
    name = _checked_name(release, payload.get("name", NO_NAME))
    user_id = payload.get("user_id", tenant_id) if release.clients_set_users else tenant_id
    return Success(showing.session(release, sessions.create(chat_id, name, user_id, prologue, release.first_reference)))


def list_all(release: Release, tenant_id: str, chat_id: str) -> Success:
    if not assistants.is_owned(release.tenant_for_sessions(tenant_id, chat_id), chat_id):
        raise release.not_owned(f"You don't own the assistant {chat_id}.")
    columns = [getattr(Conversation, name) for name in release.session_filters]
    query = listing.matching(sessions.of_assistant(chat_id), columns, request.args)
    found = listing.rows(query, release.page(request.args))
    return Success([showing.listed_session(release, session) for session in found])


def get(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
    assistant = assistants.find(release.tenant_for_sessions(tenant_id, chat_id), chat_id)
    if assistant is None:
        raise release.not_owned("")
    session = sessions.find(session_id)
    if session is None:
        raise Refused(DATA_ERROR, release.texts.session_unknown)
    if session.dialog_id != chat_id:
        raise Refused(DATA_ERROR, release.texts.session_of_other)
    return Success({**showing.session(release, session), "avatar": assistant.icon})


def update_until_0_24(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
    payload = _read_for(chat_id, release)
    if not sessions.exists(chat_id, session_id):
        raise Refused(DATA_ERROR, "Session does not exist")
    if not assistants.is_owned(tenant_id, chat_id):
        raise Refused(DATA_ERROR, "You do not own the session")
    if "message" in payload or "messages" in payload:
        raise Refused(DATA_ERROR, "`message` can not be change")
    if "reference" in payload:
        raise Refused(DATA_ERROR, "`reference` can not be change")
    if "name" in payload and not payload["name"]:
        raise Refused(DATA_ERROR, "`name` can not be empty.")
    sessions.update(session_id, payload)
    return Success()


def update(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
    if not assistants.is_owned(release.tenant_for_sessions(tenant_id, chat_id), chat_id):
        raise release.not_owned("")
    payload = release.read_body(request)
    if not sessions.exists(chat_id, session_id):
        raise Refused(DATA_ERROR, release.texts.session_unknown)
    if "message" in payload or "messages" in payload:
        raise Refused(DATA_ERROR, release.texts.messages_fixed)
    if "reference" in payload:
        raise Refused(DATA_ERROR, release.texts.reference_fixed)
    columns = {name: value for name, value in payload.items() if name not in FIXED_COLUMNS}
    if columns.get("name") is not None:
        columns["name"] = _checked_name(release, columns["name"])
    sessions.update(session_id, columns)
    return Success(showing.session(release, Conversation.get_by_id(session_id)))


def _read_for(chat_id: str, release: Release) -> Body:
    """Read the body. Like RAGFlow, add the assistant's id, which fails if the body is not an object."""
    payload = release.read_body(request)
    payload["dialog_id"] = chat_id
    return payload


def _checked_name(release: Release, name: object) -> str:
    if not isinstance(name, str) or not name.strip(release.white_space):
        raise Refused(DATA_ERROR, release.texts.session_name_empty)
    return name.strip(release.white_space)
