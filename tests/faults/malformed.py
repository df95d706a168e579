"""Faults in handling malformed requests, most of them where RAGFlow has a known deviation."""

from collections.abc import Callable
from typing import Any

from flask import request

from embedded_ragflow import assistants, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from tests.faults import on
from tests.faults.answers import change_answers
from tests.faults.database import delete_in
from tests.faults.fault import NEWEST, PYTHON, fault
from tests.faults.requests import UNREADABLE, sent
from tests.faults.selection import select_all_if

# What RAGFlow's own client sends without sessions.
EMPTY_CLIENT_REQUEST = {"ids": None, "delete_all": False}


def has_a_wrong_field(payload: Any) -> bool:
    return isinstance(payload, dict) and bool(payload) and not payload.keys() & {"ids", "delete_all"}


def has_a_null(payload: Any) -> bool:
    ids = payload.get("ids") if isinstance(payload, dict) else None
    return isinstance(ids, list) and None in ids


def has_no_valid_list(payload: Any) -> bool:
    ids = payload.get("ids") if isinstance(payload, dict) else payload
    is_list = isinstance(payload, dict) and isinstance(ids, list)
    return ids is not UNREADABLE and (not is_list or any(isinstance(id, list | dict) for id in ids))


def empty_other_assistants(condition: Callable[[Any], object]) -> None:
    """Empty the tenant's other assistants too if the body meets a condition."""

    def delete_sessions(original, release, tenant_id, chat_id):
        try:
            return original(release, tenant_id, chat_id)
        finally:
            if condition(sent()):
                delete_in(one for one in assistants.ids_of_tenant(tenant_id) if one != chat_id)

    on.deletion(delete_sessions)


unreadable_body_empties_other_assistants = fault(
    "ODD-1 ODD-2 ODD-20", "An unreadable body empties the tenant's other assistants."
)(empty_other_assistants, lambda payload: payload is UNREADABLE)
falsy_body_empties_other_assistants = fault(
    "ODD-3 ODD-4", "A body such as `[]`, `0` or `false` empties the tenant's other assistants."
)(empty_other_assistants, lambda payload: not payload and payload != {})
wrong_field_empties_other_assistants = fault(
    "ODD-6 CHOICE-11", "A list in a wrong field empties the tenant's other assistants."
)(empty_other_assistants, has_a_wrong_field)
list_in_the_query_string_empties_other_assistants = fault(
    "ODD-9 ODD-21", "A list in the query string empties the tenant's other assistants."
)(empty_other_assistants, lambda _: "ids" in request.args)
invalid_list_empties_other_assistants = fault(
    "ODD-12 ODD-13 ODD-14", "An invalid list is refused, but empties the tenant's other assistants."
)(empty_other_assistants, has_no_valid_list)


@fault(
    "ODD-3 ODD-4 ODD-5 ODD-20",
    "A malformed body is reported as a success; nothing is deleted.",
    releases=NEWEST,
)
def malformed_body_is_reported_as_success():
    success = {"code": 0, "data": True, "message": "success"}
    change_answers(lambda *_: None if isinstance(sent(), dict) else success)


@fault("ODD-17", "A null next to a session is reported as an error; the session is deleted.")
def null_next_to_a_session_is_reported_as_an_error():
    error = {"code": 100, "data": None, "message": "KeyError(None)"}
    change_answers(lambda *_: error if has_a_null(sent()) and sent()["ids"] != [None] else None)


null_empties_other_assistants = fault("ODD-16 ODD-17", "A null in the list empties the tenant's other assistants.")(
    empty_other_assistants, has_a_null
)


@fault("ODD-6", "A list in a wrong field is refused after all sessions were deleted.", on.deletion, releases="0.20")
def wrong_field_deletes_all_and_is_refused(original, release, tenant_id, chat_id):
    success = original(release, tenant_id, chat_id)
    if has_a_wrong_field(sent()):
        raise Refused(DATA_ERROR, "`ids` is required")
    return success


@fault("ODD-1 ODD-2", "An unreadable body deletes the first session.", on.selection, releases="0.20")
def unreadable_body_deletes_one_session(original, payload, all_ids):
    return all_ids()[:1] if sent() is UNREADABLE else original(payload, all_ids)


@fault(
    "ODD-5",
    "A list nested too deeply counts as no list, which deletes all sessions.",
    on.reading,
    releases="0.20 0.22.1",
)
def deeply_nested_list_deletes_all(original):
    try:
        return original()
    except RecursionError:
        return {}


empty_json_deletes_all = fault("ODD-10", "An empty body declared as JSON deletes all sessions.", releases="0.22.1")(
    on.reading, lambda original: original() if request.get_data() else {}
)
empty_client_request_deletes_all = fault(
    "CHOICE-11", "The official client's empty request deletes all sessions, as up to v0.24.", releases=NEWEST
)(select_all_if, lambda payload: payload == EMPTY_CLIENT_REQUEST)


@fault("CHOICE-10", "The official client's empty request is refused.", on.selection, releases="0.20")
def empty_client_request_is_refused(original, payload, all_ids):
    if payload == EMPTY_CLIENT_REQUEST:
        raise Refused(DATA_ERROR, "`ids` is required")
    return original(payload, all_ids)


null_is_unknown = fault(
    "ODD-16", "A null in the list is reported as an unknown session, as it should be.", releases=PYTHON
)(on.lookup, lambda original, chat_id, one: one is not None and original(chat_id, one))


@fault("ODD-19", "An id in capital letters is reported as unknown, but deleted.", on.session)
def uppercase_id_is_reported_as_unknown_and_deleted(original, chat_id, session_id):
    before = sessions.ids_of_assistant(chat_id)
    count = original(chat_id, session_id)
    return count if session_id is None or session_id in before else None
