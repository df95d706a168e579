"""How assistants and sessions are shown."""

from json import loads

from embedded_ragflow import assistants
from embedded_ragflow.database import Conversation, Dialog, Row
from embedded_ragflow.release import Release

Fields = dict[str, object]

# The columns of an assistant that are shown otherwise, or only where dates are.
NOT_SHOWN = ("create_date", "update_date", "kb_ids")


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
    return {
        "id": assistant.id,
        "tenant_id": assistant.tenant_id,
        "name": assistant.name,
        "description": assistant.description,
        "avatar": assistant.icon,
        "status": assistant.status,
        "llm": {"model_name": assistant.llm_id},
        "prompt": {"opener": assistants.prologue_of(assistant)},
        **times(release, assistant),
    }


def assistant(release: Release, assistant: Dialog) -> Fields:
    """From v0.25.0 on."""
    dates = {"create_date": release.date(assistant.create_date), "update_date": release.date(assistant.update_date)}
    return {**_columns(assistant), **dates}


def listed_assistant(assistant: Dialog) -> Fields:
    """An assistant as it stands in a list from v0.25.0 on: without dates, and with its owner."""
    return {**_columns(assistant), "nickname": "", "tenant_avatar": None}


def _columns(assistant: Dialog) -> Fields:
    fields = {name: value for name, value in assistant.__data__.items() if name not in NOT_SHOWN}
    as_json = {name: loads(fields[name]) for name in ("llm_setting", "prompt_config")}
    return {**fields, **as_json, "dataset_ids": [], "kb_names": []}


def times(release: Release, row: Row) -> Fields:
    """Times in milliseconds since 1970, and the same as dates to the second."""
    return {
        "create_time": row.create_time,
        "create_date": release.date(row.create_date),
        "update_time": row.update_time,
        "update_date": release.date(row.update_date),
    }
