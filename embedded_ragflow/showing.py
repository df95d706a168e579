"""The fields of assistants and sessions in answers."""

from collections.abc import Iterable
from json import loads
from typing import Any

from embedded_ragflow import accounts, assistants
from embedded_ragflow.database import APIToken, Conversation, Dated, Dialog, User
from embedded_ragflow.release import Release

Fields = dict[str, object]

# The columns that a list of assistants omits from 0.25, and the columns that 0.25 introduced.
NOT_LISTED = ("create_date", "update_date", "meta_data_filter", "tenant_llm_id", "tenant_rerank_id")
NEW_IN_0_25 = ("meta_data_filter", "tenant_llm_id", "tenant_rerank_id")
SECRETS = ("access_token", "password")
NO_DATASETS: Fields = {"dataset_ids": [], "kb_names": []}


def session(release: Release, session: Conversation) -> Fields:
    references = {"reference": loads(session.reference)} if release.sessions_show_references else {}
    return {
        "id": session.id,
        "chat_id": session.dialog_id,
        "name": session.name,
        "messages": loads(session.message),
        "user_id": session.user_id,
        **references,
        **times(release, session),
    }


def listed_session(release: Release, listed: Conversation) -> Fields:
    """Return the fields of a session in a list."""
    fields = session(release, listed)
    if release.listed_messages_show_references:
        fields["messages"] = [{**message, "reference": []} for message in loads(listed.message)]
    return {release.listed_session_names.get(name, name): value for name, value in fields.items()}


def assistant_until_0_24(release: Release, assistant: Dialog) -> Fields:
    """Return the fields of an assistant until 0.24, which has other names for its settings."""
    fields = {**_columns(assistant), **times(release, assistant)}
    prompt = fields.pop("prompt_config")
    shown = {
        "avatar": fields.pop("icon"),
        "llm": {**fields.pop("llm_setting"), "model_name": fields.pop("llm_id")},
        "prompt": {
            "opener": prompt.pop("prologue", ""),
            **prompt,
            "similarity_threshold": fields.pop("similarity_threshold"),
            "keywords_similarity_weight": 1 - fields.pop("vector_similarity_weight"),
            "top_n": fields.pop("top_n"),
            "rerank_model": fields.pop("rerank_id"),
        },
    }
    return {**{name: value for name, value in fields.items() if name not in NEW_IN_0_25}, **shown}


def assistant(release: Release, assistant: Dialog) -> Fields:
    """Return the fields of an assistant from 0.25."""
    return {**_columns(assistant), **times(release, assistant), **NO_DATASETS}


def listed_assistants(found: Iterable[Dialog]) -> list[Fields]:
    """Return the fields of assistants in a list from 0.25: without dates, but with their owners."""
    columns = [_columns(assistant) for assistant in found]
    nicknames = accounts.nicknames({fields["tenant_id"] for fields in columns})
    return [
        {name: value for name, value in fields.items() if name not in NOT_LISTED}
        | {"nickname": nicknames.get(fields["tenant_id"], ""), "tenant_avatar": None, **NO_DATASETS}
        for fields in columns
    ]


def _columns(assistant: Dialog) -> dict[str, Any]:
    """Return all columns of an assistant except its datasets: this server has none."""
    fields = {name: getattr(assistant, name) for name in assistant._meta.fields if name != "kb_ids"}
    return {name: loads(value) if name in assistants.JSON_COLUMNS else value for name, value in fields.items()}


def user(release: Release, user: User) -> Fields:
    """Return the fields of a user who registers or logs in, until 0.25 with the two secrets."""
    fields = profile(release, user)
    return {name: value for name, value in fields.items() if release.users_show_secrets or name not in SECRETS}


def profile(release: Release, user: User) -> Fields:
    """Return all fields of a user, with the access token and the hash of the password."""
    fields = {name: getattr(user, name) for name in user._meta.fields} | times(release, user)
    return fields | {"last_login_time": user.last_login_time and release.date(user.last_login_time)}


def key(release: Release, key: APIToken) -> Fields:
    return {"tenant_id": key.tenant_id, "token": key.token, "beta": key.beta, **times(release, key)}


def times(release: Release, row: Dated) -> Fields:
    """Return the times in milliseconds since 1970, and as dates to the second."""
    return {
        "create_time": row.create_time,
        "create_date": release.date(row.create_date),
        "update_time": row.update_time,
        "update_date": release.date(row.update_date),
    }
