"""How assistants and sessions are shown."""

from json import loads
from typing import Any

from embedded_ragflow import assistants
from embedded_ragflow.database import Conversation, Dialog, Row
from embedded_ragflow.release import Release

Fields = dict[str, object]

# What a list from v0.25.0 on does not show of an assistant, and what no earlier release has.
NOT_LISTED = ("create_date", "update_date", "meta_data_filter", "tenant_llm_id", "tenant_rerank_id")
NEW_IN_0_25 = ("meta_data_filter", "tenant_llm_id", "tenant_rerank_id")
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
    """A session as it stands in a list."""
    fields = session(release, listed)
    if release.listed_messages_show_references:
        fields["messages"] = [{**message, "reference": []} for message in loads(listed.message)]
    return fields


def assistant_to_0_24(release: Release, assistant: Dialog) -> Fields:
    """Its settings have other names there than in the database."""
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
    """From v0.25.0 on."""
    return {**_columns(assistant), **times(release, assistant), **NO_DATASETS}


def listed_assistant(assistant: Dialog) -> Fields:
    """An assistant as it stands in a list from v0.25.0 on: without dates, and with its owner."""
    fields = {name: value for name, value in _columns(assistant).items() if name not in NOT_LISTED}
    return {**fields, "nickname": "", "tenant_avatar": None, **NO_DATASETS}


def _columns(assistant: Dialog) -> dict[str, Any]:
    """All that the database has of it, but for its datasets, of which there are none."""
    fields = {name: getattr(assistant, name) for name in assistant._meta.fields if name != "kb_ids"}
    return {name: loads(value) if name in assistants.JSON_COLUMNS else value for name, value in fields.items()}


def times(release: Release, row: Row) -> Fields:
    """Times in milliseconds since 1970, and the same as dates to the second."""
    return {
        "create_time": row.create_time,
        "create_date": release.date(row.create_date),
        "update_time": row.update_time,
        "update_date": release.date(row.update_date),
    }
