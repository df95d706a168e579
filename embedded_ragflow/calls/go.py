"""The calls of RAGFlow's Go server that differ from those of the Python server of the same release.

Most differ in what they read: the body before the owner of the assistant, fields of a struct by their type, and the
first value only. Its own words for malformed JSON are in the answers.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import current_app, request
from werkzeug.exceptions import BadRequest

from embedded_ragflow import accounts as users
from embedded_ragflow import assistants as chats
from embedded_ragflow import deletion, go_json, listing, showing
from embedded_ragflow.answers import (
    ARGUMENT_ERROR,
    AUTHENTICATION_ERROR,
    BAD_REQUEST,
    DATA_ERROR,
    OPERATING_ERROR,
    SERVER_ERROR,
    Refused,
    Success,
)
from embedded_ragflow.body import Body
from embedded_ragflow.calls import accounts, assistants, deleting, sessions
from embedded_ragflow.database import Conversation, Dialog, User
from embedded_ragflow.release import Call, Release

ASSISTANTS_TO_DELETE = {"ids": list, "delete_all": bool, "chat_id": str}
REGISTRATION = {"email": str, "password": str, "nickname": str}
LOGIN = {"email": str, "password": str}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

# Sessions


def create_session(release: Release, tenant_id: str, chat_id: str) -> Success:
    with _malformed_refused(ARGUMENT_ERROR):
        release.read_body(request)
    return sessions.create(release, tenant_id, _trimmed(chat_id))


def get_session(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
    with _without_data():
        return sessions.get(release, tenant_id, chat_id, session_id)


def update_session(release: Release, tenant_id: str, chat_id: str, session_id: str) -> Success:
    with _malformed_refused(ARGUMENT_ERROR, "Invalid request: "):
        payload = release.read_body(request)
    if not payload:
        raise Refused(ARGUMENT_ERROR, "Request body cannot be empty", data=None)
    try:
        with _without_data():
            return sessions.update(release, tenant_id, chat_id, session_id)
    except ValueError:
        unknown = min(payload.keys() - Conversation._meta.fields.keys() - {"chat_id"})
        text = f"Error 1054 (42S22): Unknown column '{unknown}' in 'SET'"
        raise Refused(SERVER_ERROR, text) from None


def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> Success:
    chat_id = _trimmed(chat_id)
    try:
        payload = release.read_body(request)
    except BadRequest:
        raise deleting.malformed() from None
    deleting.check_owner(release, tenant_id, chat_id)
    return deleting.delete_listed(release, chat_id, payload)


def _trimmed(chat_id: str) -> str:
    trimmed = chat_id.strip(deletion.WHITE_SPACE)
    if not trimmed:
        raise Refused(BAD_REQUEST, "chat_id is required", data=None)
    return trimmed


# Assistants


def list_assistants(release: Release, tenant_id: str) -> Success:
    """List assistants. Filters by id and name are ignored."""
    page = release.assistant_page(request.args)
    visible = release.visible_assistants(tenant_id, request.args.getlist("owner_ids"))
    query = listing.containing(visible, Dialog.name, request.args.get("keywords", ""))
    shown = [showing.assistant(release, each) for each in listing.rows(query, page)]
    return Success({"chats": shown, "total": query.count()})


def create_assistant(release: Release, tenant_id: str) -> Success:
    with _malformed_refused(ARGUMENT_ERROR):
        return assistants.create(release, tenant_id)


def changing(change: Call) -> Call:
    """Return a call that changes an assistant. All its refusals have `data`."""

    def changed(release: Release, tenant_id: str, chat_id: str) -> Success:
        with _malformed_refused(DATA_ERROR):
            release.read_assistant_body(request)
        try:
            return change(release, tenant_id, chat_id)
        except Refused as refused:
            raise Refused(refused.code, refused.message, data=refused.answer.get("data")) from None

    return changed


def delete_assistants(release: Release, tenant_id: str) -> Success:
    """Delete assistants. Only without any `ids`, `delete_all` deletes all, and `chat_id` deletes one."""
    if not request.get_data():
        return release.nothing_deleted
    fields = _bound("BulkDeleteChatsRequest", ASSISTANTS_TO_DELETE)
    ids = fields["ids"]
    if not ids and fields["delete_all"]:
        ids = chats.ids_of_tenant(tenant_id)
    elif not ids and fields["chat_id"]:
        return deleting.delete_assistant(release, tenant_id, fields["chat_id"])
    if not ids:
        return release.nothing_deleted
    return deleting.delete_listed_assistants(release, tenant_id, deletion.trimmed_texts(ids))


# Accounts


def register(release: Release) -> Success:
    fields = _valid("RegisterRequest", REGISTRATION)
    email, nickname = fields["email"], fields["nickname"]
    if not current_app.config["REGISTER_ENABLED"]:
        raise Refused(OPERATING_ERROR, "user registration is disabled", data=False)
    if not accounts.EMAIL.match(email):
        raise Refused(OPERATING_ERROR, f"invalid email address: {email}", data=False)
    if users.find(email):
        raise Refused(OPERATING_ERROR, f"email: {email} has already registered", data=False)
    user = users.create(email, nickname, users.decrypted_or_clear(fields["password"]))
    return accounts.logged_in(release, user, f"{nickname}, welcome aboard!")


def log_in(release: Release) -> Success:
    fields = _valid("EmailLoginRequest", LOGIN)
    user = users.find(fields["email"])
    if user is None:
        raise Refused(AUTHENTICATION_ERROR, f"email: {fields['email']} is not registered", data=False)
    if not users.has_password(user, users.decrypted_or_clear(fields["password"])):
        raise Refused(AUTHENTICATION_ERROR, "email and password do not match", data=False)
    users.log_in(user)
    return accounts.logged_in(release, user, "Welcome back!")


def show_user(release: Release, tenant_id: str) -> Success:
    """Show the user with this key, including the access token, but not the hash of the password."""
    fields = showing.profile(release, User.get_by_id(tenant_id))
    return Success({name: value for name, value in fields.items() if name != "password"})


def show_settings(_: Release) -> Success:
    return Success({"registerEnabled": bool(current_app.config["REGISTER_ENABLED"]), "disablePasswordLogin": False})


def _valid(struct: str, types: Mapping[str, type]) -> Body:
    """Return the fields of a call about accounts. Raises Refused if one is missing, or if the address is none."""
    try:
        fields = _bound(struct, types)
    except BadRequest as error:
        raise Refused(BAD_REQUEST, str(error.description), data=False) from None
    broken = {name: "required" for name in types if not fields[name]}
    if not EMAIL.fullmatch(fields["email"]):
        broken.setdefault("email", "email")
    problems = [
        f"Key: '{struct}.{name.title()}' Error:Field validation for '{name.title()}' failed on the '{broken[name]}' tag"
        for name in types
        if name in broken
    ]
    if problems:
        raise Refused(BAD_REQUEST, "\n".join(problems), data=False)
    return fields


# Reading


def _bound(struct: str, types: Mapping[str, type]) -> Body:
    """Return the fields of the body. Raises BadRequest, in Go's words."""
    try:
        return go_json.bound(go_json.first_object(request.get_data(), f"service.{struct}"), struct, types)
    except ValueError as error:
        raise BadRequest(str(error)) from None


@contextmanager
def _malformed_refused(code: int, begin: str = "") -> Iterator[None]:
    """Refuse malformed JSON with this code, in Go's words after this beginning."""
    try:
        yield
    except BadRequest as error:
        raise Refused(code, f"{begin}{error.description}", data=None) from None


@contextmanager
def _without_data() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise Refused(refused.code, refused.message) from None
