"""Questions about the current request."""

import json
from typing import Any

from flask import request

from embedded_ragflow.body import LEVELS_OF_PYTHON_3_13, check_levels

# What `sent()` returns for a body that is not JSON.
UNREADABLE = object()


def is_deletion() -> bool:
    """Return whether the request deletes sessions."""
    return request.method == "DELETE" and request.path.rstrip("/").endswith("/sessions")


def requested_chat() -> str:
    """Return the assistant's id in the path; empty without one."""
    return str((request.view_args or {}).get("chat_id", ""))


def sent() -> Any:
    """Return the JSON in the body; {} for an empty body."""
    try:
        check_levels(request.get_data(), LEVELS_OF_PYTHON_3_13)
        return json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        return UNREADABLE


def sent_object() -> dict[str, Any]:
    """Return the JSON object in the body; {} for any other body."""
    payload = sent()
    return payload if isinstance(payload, dict) else {}


def sent_text(field: str) -> str:
    """Return the text in a field of the body; empty without one."""
    value = sent_object().get(field)
    return value if isinstance(value, str) else ""


def sent_ids() -> list[str]:
    """Return the texts in the list of sessions."""
    ids = sent_object().get("ids")
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []
