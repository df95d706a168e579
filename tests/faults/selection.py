"""Faults in reading a request and selecting the sessions to delete."""

from collections.abc import Callable
from json import JSONDecoder
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from embedded_ragflow import body, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from tests.faults import on
from tests.faults.fault import GO, NEWEST, PYTHON, fault
from tests.faults.patching import wrap
from tests.faults.requests import requested_chat, sent_ids, sent_object


def select_all_if(condition: Callable[[dict[str, Any]], object]) -> None:
    """Select all sessions if the object in the body meets a condition."""

    def select(original, payload, all_ids):
        is_met = condition(payload if isinstance(payload, dict) else {})
        return all_ids() if is_met else original(payload, all_ids)

    on.selection(select)


def select_first(choose: Callable[[dict[str, Any]], Any]) -> None:
    """Select `choose(payload)`; if that is empty, the usual sessions."""
    on.selection(lambda original, payload, all_ids: choose(sent_object()) or original(payload, all_ids))


def change_delete_all(change: Callable[[dict[str, Any]], bool]) -> None:
    """Change the value of `delete_all`."""
    on.selection(lambda original, payload, all_ids: original({**payload, "delete_all": change(payload)}, all_ids))


@fault("CHOICE-5", "An empty list deletes nothing.", on.selection, releases="0.20")
def empty_list_deletes_nothing(original, payload, all_ids):
    return [] if payload and payload.get("ids") == [] else original(payload, all_ids)


request_without_sessions_deletes_nothing = fault(
    "CHOICE-5 CHOICE-6 CHOICE-10", "Only listed sessions are deleted.", releases="0.20"
)(on.selection, lambda _, payload, _all_ids: (payload or {}).get("ids") or [])


@fault("CHOICE-18", "Deleting all sessions of an empty assistant is refused.", on.selection, releases="0.20")
def emptying_an_empty_assistant_is_refused(original, payload, all_ids):
    if not (chosen := original(payload, all_ids)):
        raise Refused(DATA_ERROR, "There are no sessions")
    return chosen


empty_list_deletes_all = fault("CHOICE-11", "An empty list deletes all sessions, as up to v0.24.", releases=NEWEST)(
    select_all_if, lambda payload: payload.get("ids") == []
)
missing_list_deletes_all = fault(
    "CHOICE-11", "A request without a list deletes all sessions, as up to v0.24.", releases=NEWEST
)(select_all_if, lambda payload: "ids" not in payload and "delete_all" not in payload)
delete_all_is_ignored = fault("CHOICE-12", "`delete_all` is ignored.", releases=NEWEST)(
    on.selection, lambda _, payload, _all_ids: payload.get("ids")
)
delete_all_is_ignored_next_to_an_empty_list = fault(
    "CHOICE-12", "`delete_all` is ignored if `ids` is present, even empty.", releases=NEWEST
)(on.selection, lambda original, payload, all_ids: payload["ids"] if "ids" in payload else original(payload, all_ids))
any_value_of_delete_all_counts = fault(
    "CHOICE-13", "Any value of `delete_all` that is not empty counts as true.", releases=NEWEST
)(change_delete_all, lambda payload: bool(payload.get("delete_all")))
delete_all_set_to_false_counts = fault("CHOICE-13", "`delete_all` set to false counts as true.", releases=NEWEST)(
    change_delete_all, lambda payload: "delete_all" in payload
)
delete_all_takes_precedence_over_a_list = fault("CHOICE-15 CHOICE-16", "`delete_all` takes precedence over a list.")(
    select_all_if, lambda payload: payload.get("delete_all") is True
)
anything_but_a_list_counts_as_no_list = fault(
    "CHOICE-19 CHOICE-20", "With `delete_all`, anything but a list counts as no list.", releases="0.27"
)(select_all_if, lambda payload: payload.get("delete_all") is True and not isinstance(payload.get("ids"), list))
list_without_an_id_counts_as_no_list = fault(
    "CHOICE-19", "With `delete_all`, a list without an id counts as no list.", releases="0.27"
)(select_all_if, lambda payload: payload.get("delete_all") is True and not sent_ids())
list_under_another_name_is_accepted = fault(
    "ODD-6", "`session_ids` is accepted instead of `ids`, which deletes all otherwise.", releases="0.20"
)(select_first, lambda payload: payload.get("session_ids"))
list_under_another_name_is_accepted_too = fault(
    "CHOICE-11", "`session_ids` is accepted instead of `ids`, which deletes nothing otherwise.", releases=NEWEST
)(select_first, lambda payload: payload.get("session_ids"))
list_in_the_query_string_is_accepted = fault(
    "ODD-9", "Ids in the query string are accepted, which deletes all otherwise.", releases="0.20"
)(select_first, lambda _: request.args.getlist("ids"))
list_in_the_query_string_is_accepted_too = fault(
    "ODD-21", "Ids in the query string are accepted, which deletes nothing otherwise.", releases=NEWEST
)(select_first, lambda _: request.args.getlist("ids"))
text_is_accepted_as_one_session = fault(
    "ODD-15 ODD-22", "A text instead of the list counts as one id.", in_go="CHOICE-11"
)(on.ids, lambda ids: [ids] if isinstance(ids, str) and ids else ids)
number_is_accepted_as_one_session = fault("ODD-13", "A number instead of the list counts as one id.", releases=PYTHON)(
    on.ids, lambda ids: ids if isinstance(ids, str | list | dict) or not ids else [ids]
)
nested_list_is_flattened = fault("ODD-14", "Lists inside the list are flattened.", in_go="CHOICE-11 ODD-17")(
    on.id_list, lambda ids: [id for each in ids for id in (each if isinstance(each, list) else [each])]
)
object_is_accepted_as_its_session = fault(
    "ODD-14", "An object with an `id` inside the list counts as that id.", in_go="CHOICE-11"
)(on.id_list, lambda ids: [each.get("id") if isinstance(each, dict) else each for each in ids])
nested_values_are_ignored = fault("ODD-14", "Lists and objects inside the list are ignored.", releases=PYTHON)(
    on.id_list, lambda ids: [each for each in ids if not isinstance(each, dict | list)]
)
number_in_the_list_is_an_error = fault("ODD-15", "A number inside the list causes an error.")(
    on.id_list, lambda ids: [each if each is None else each.lower() for each in ids]
)


@fault("ODD-25", "What follows the first JSON value in the body is ignored.", on.reading, releases=PYTHON)
def data_after_the_object_is_ignored(original):
    try:
        return JSONDecoder().raw_decode(request.get_data(as_text=True))[0]
    except ValueError:
        return original()


@fault("ODD-12", "A list as the whole body counts as the list of sessions.", on.reading)
def list_without_an_object_is_accepted(_):
    payload = request.get_json(force=True, silent=True)
    return {"ids": payload} if isinstance(payload, list) else payload or {}


@fault("CHOICE-7", "A body that is no JSON object deletes all sessions.", on.reading, releases="0.20")
def text_as_the_body_deletes_all(original):
    payload = original()
    return payload if isinstance(payload, dict) else {}


null_as_the_body_deletes_all = fault(
    "ODD-4 ODD-12", "The body `null` deletes all sessions, as up to v0.23.", releases="0.24"
)(on.reading, lambda original: {} if request.get_data() == b"null" else original())
unreadable_body_deletes_all = fault(
    "ODD-1 ODD-2 ODD-3 ODD-4", "An unreadable body deletes all sessions, as up to v0.23.", releases="0.24"
)(on.reading, lambda _: body.json_or_nothing(request))
unreadable_body_counts_as_empty = fault(
    "ODD-10", "An unreadable body counts as an empty one.", releases=f"0.24 {NEWEST}"
)(on.reading, lambda _: request.get_json(force=True, silent=True) or {})
undeclared_json_is_ignored = fault(
    "ODD-7 ODD-8 ODD-18", "A body is ignored unless declared as JSON, as in v0.22.1.", releases="0.20"
)(on.reading, lambda _: body.json_if_declared(request))
charset_of_the_content_type_is_not_expected = fault("ODD-18", "A content type with a charset is not recognized.")(
    on.reading, lambda original: {} if ";" in (request.content_type or "") else original()
)
only_one_name_of_json_is_known = fault(
    "ODD-18", "A content type that ends in `+json` is not recognized.", releases="0.20"
)(on.reading, lambda original: {} if (request.content_type or "").endswith("+json") else original())


@fault("ODD-18", "An object instead of the list is refused.", on.ids, in_go="CHOICE-11")
def object_instead_of_the_list_is_refused(ids):
    if isinstance(ids, dict):
        raise TypeError("ids must be a list")
    return ids


only_the_first_5000_are_deleted = fault("BULK-2", "Ids after the first 5,000 are ignored.")(
    on.id_list, lambda ids: ids[:5000]
)
content_type_is_ignored = fault("ODD-11", "JSON is read with any content type, as in v0.23.", releases="0.27")(
    on.reading, lambda _: body.json_or_form(request)
)
form_is_ignored = fault("ODD-22", "The fields of a form are ignored.", releases=NEWEST, in_go="ODD-18")(
    on.reading, lambda original: {} if request.form else original()
)


@fault("ODD-18", "A body of more than a million bytes is refused.", on.reading)
def large_body_is_refused(original):
    if len(request.get_data()) > 1_000_000:
        raise RequestEntityTooLarge
    return original()


def delete_for_null(choose: Callable[[list[str]], list[str]]) -> None:
    """Delete a part of the assistant's sessions for each null in the list."""

    def delete(original, session_id):
        for each in choose(sessions.ids_of_assistant(requested_chat())) if session_id is None else [session_id]:
            original(each)

    wrap(sessions, "delete", delete)


null_deletes_the_first_session = fault(
    "ODD-16 ODD-17", "A null in the list deletes the first session.", releases=PYTHON
)(delete_for_null, lambda ids: ids[:1])
null_deletes_all_sessions = fault("ODD-16 ODD-17", "A null in the list deletes all sessions.", releases=PYTHON)(
    delete_for_null, lambda ids: ids
)


@fault("CHOICE-11 ODD-16 ODD-17", "A null in the list deletes all sessions.", on.selection, releases=GO)
def null_in_the_list_selects_all_sessions(original, payload, all_ids):
    return all_ids() if None in (sent_object().get("ids") or ()) else original(payload, all_ids)


@fault("BULK-1", "A list of more than 100 sessions is refused.", on.id_list)
def more_than_100_are_refused(ids):
    if len(ids) > 100:
        raise ValueError("ids must hold at most 100 items")
    return ids


only_the_first_100_are_deleted = fault("BULK-1", "Ids after the first 100 are ignored.")(
    on.id_list, lambda ids: ids[:100]
)


def limit_all(size: int) -> None:
    """Find only the first sessions of an assistant."""
    wrap(sessions, "ids_of_assistant", lambda original, chat_id: original(chat_id)[:size])


BULK = "BULK-3 BULK-4 BULK-6 BULK-7"


@fault("BULK-6 BULK-7 EXPLORE-1", "Deleting everything keeps the only session of an assistant.", on.selection)
def only_session_stays(original, payload, all_ids):
    is_listed = bool((payload or {}).get("ids"))
    chosen, existing = original(payload, all_ids), all_ids()
    return chosen if is_listed or len(existing) > 1 else []


@fault("BULK-8", "A list of more than 50 sessions deletes all of them.", on.selection)
def more_than_50_listed_sessions_delete_all(original, payload, all_ids):
    chosen = original(payload, all_ids)
    return all_ids() if len(chosen or ()) > 50 else chosen


@fault("BULK-8 BULK-9", "Of a list of more than 30 sessions, those after the 30th stay.", on.id_list)
def only_the_first_30_are_deleted(ids):
    return ids[:30]


@fault("BULK-6 BULK-7 BULK-9", "Of an assistant with exactly 30 sessions, a whole page, one stays.", on.selection)
def full_page_loses_its_last_session(original, payload, all_ids):
    chosen, existing = original(payload, all_ids), all_ids()
    return chosen[:-1] if len(existing) == 30 and isinstance(chosen, list) else chosen


all_means_the_first_page = fault(BULK, "Deleting all sessions deletes only the first page.")(limit_all, 30)
all_means_the_first_100 = fault(BULK, "Deleting all sessions deletes only the first 100.")(limit_all, 100)
all_means_the_first_1000 = fault("BULK-3 BULK-4", "Deleting all sessions deletes only the first 1,000.")(
    limit_all, 1000
)
