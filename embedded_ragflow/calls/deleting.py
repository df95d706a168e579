"""Deleting sessions and assistants."""

from functools import partial

from flask import request
from werkzeug.exceptions import BadRequest

from embedded_ragflow import assistants, deletion, sessions
from embedded_ragflow.answers import ARGUMENT_ERROR, DATA_ERROR, Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.deletion import Tally, Wording
from embedded_ragflow.release import Release


def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> Success:
    check_owner(release, tenant_id, chat_id)
    return delete_listed(release, chat_id, release.read_body(request))


def check_owner(release: Release, tenant_id: str, chat_id: str) -> None:
    if not assistants.is_owned(release.tenant_for_sessions(tenant_id, chat_id), chat_id):
        raise release.not_owned("You don't own the chat")


def delete_listed(release: Release, chat_id: str, payload: Body) -> Success:
    ids = release.choose_ids(payload, partial(sessions.ids_of_assistant, chat_id))
    if not ids:
        return release.nothing_deleted
    tally = release.delete_each(ids, partial(release.delete_session, chat_id))
    return report(release, tally, deletion.SESSIONS, release.sessions_deleted)


def delete_sessions_from_0_27(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Delete sessions, with a separate message for malformed JSON."""
    try:
        return delete_sessions(release, tenant_id, chat_id)
    except BadRequest:
        raise malformed() from None


def malformed() -> Refused:
    text = "Malformed JSON syntax: Missing commas/brackets or invalid encoding"
    return Refused(ARGUMENT_ERROR, text, data=None)


def delete_assistants(release: Release, tenant_id: str) -> Success:
    return _delete_assistants(release, tenant_id, release.read_assistant_body(request))


def delete_assistants_from_0_25_1(release: Release, tenant_id: str) -> Success:
    """Delete assistants. Without `ids`, `chat_id` deletes one assistant, and its owner is not checked."""
    payload = release.read_assistant_body(request)
    chat_id = payload.get("chat_id")
    if not chat_id or payload.get("ids") or payload.get("delete_all") is True:
        return _delete_assistants(release, tenant_id, payload)
    if not assistants.delete(chat_id):
        raise Refused(DATA_ERROR, f"Failed to delete chat {chat_id}")
    return Success(True)


def _delete_assistants(release: Release, tenant_id: str, payload: Body) -> Success:
    ids = release.choose_ids(payload, partial(assistants.ids_of_tenant, tenant_id))
    if not ids:
        return release.nothing_deleted
    return delete_listed_assistants(release, tenant_id, ids)


def delete_listed_assistants(release: Release, tenant_id: str, ids: Body) -> Success:
    tally = release.delete_each(ids, partial(release.delete_assistant, tenant_id))
    return report(release, tally, release.assistant_wording, release.assistants_deleted(tally.deleted))


def delete_assistant(release: Release, tenant_id: str, chat_id: str) -> Success:
    """Delete the assistant in the path."""
    if not assistants.is_owned(tenant_id, chat_id):
        raise release.not_owned("")
    assistants.delete(chat_id)
    return Success(True)


def report(release: Release, tally: Tally, wording: Wording, complete: object) -> Success:
    """Return the result of a deletion; `complete` is its `data` if every id was deleted.

    Raises Refused if none was deleted.
    """
    missing = [wording.missing.format(one) for one in tally.missing]
    repeated = [wording.repeated.format(one) for one in tally.repeated]
    errors = release.errors_to_tell(missing, repeated)
    if not errors:
        return Success(complete)
    if not tally.deleted:
        raise Refused(DATA_ERROR, "; ".join(errors))
    return Success(
        {"success_count": tally.deleted, "errors": errors},
        f"Partially deleted {tally.deleted} {wording.plural} with {len(errors)} errors",
    )
