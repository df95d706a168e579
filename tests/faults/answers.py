"""Faults in the answer to a deletion."""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from flask import Response, json

from embedded_ragflow.answers import Refused
from embedded_ragflow.calls import deleting
from embedded_ragflow.deletion import Tally
from tests.faults import on
from tests.faults.fault import GO, NEWEST, PYTHON, fault
from tests.faults.patching import RELEASE, replace, wrap
from tests.faults.requests import is_deletion, requested_chat

WRITERS = ("write_success", "write_refusal", "write_failure")


def change_answers(change: Callable[[dict[str, Any], Response], Any]) -> None:
    """Change the answers to deletions. `change(body, response)` edits both, or returns another body."""

    def write(original, outcome):
        response = original(outcome)
        if is_deletion() and isinstance(body := response.get_json(), dict):
            response.set_data(json.dumps(change(body, response) or body))
        return response

    for name in WRITERS:
        wrap(RELEASE, name, write)


def change_body(change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the bodies of answers to deletions. `change(body)` edits one, or returns another."""
    change_answers(lambda body, _: change(body))


def change_message(change: Callable[[str], str]) -> None:
    """Change the messages in answers to deletions."""
    change_body(lambda body: body.update(message=change(body["message"])) if "message" in body else None)


def change_partial(change: Callable[[dict[str, Any]], object]) -> None:
    """Change the data in answers to partial deletions."""

    def change_data(body: dict[str, Any]) -> None:
        if is_partial(body):
            change(body["data"])

    change_body(change_data)


def is_partial(body: dict[str, Any]) -> bool:
    return isinstance(body.get("data"), dict) and "errors" in body["data"]


def change_count(count: Callable[[list[object], Tally], int]) -> None:
    """Report another number of deleted sessions if any were deleted."""

    def delete_each(original, ids, delete):
        tally = original(ids, delete)
        return changed(tally, deleted=count(ids, tally)) if tally.deleted else tally

    on.deletion_of_list(delete_each)


duplicates_are_counted = fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3", "Duplicate ids are counted as deleted sessions.")(
    change_count, lambda ids, tally: tally.deleted + len(ids) - len(set(ids))
)
unknown_sessions_are_counted = fault("PARTIAL-1 PARTIAL-2 PARTIAL-3", "Unknown sessions are counted as deleted.")(
    change_count, lambda ids, _: len(set(ids))
)
count_is_a_text = fault("PARTIAL-1 PARTIAL-2", "The number of deleted sessions is a text.")(
    change_partial, lambda data: data.update(success_count=str(data["success_count"]))
)
last_error_is_missing = fault("PARTIAL-2", "The last of several errors is missing.")(
    change_partial, lambda data: data["errors"][1:] and data["errors"].pop()
)
only_the_first_error_is_reported = fault("PARTIAL-4", "A refusal reports only the first error.")(
    change_message, lambda text: text.split("; ")[0]
)
message_is_cut_at_65535_letters = fault("BULK-5", "A message is cut at 65,535 letters.")(
    change_message, lambda text: text[:65_535]
)
only_1000_unknown_sessions_are_reported = fault("BULK-5", "A refusal reports only the first 1,000 unknown sessions.")(
    change_message, lambda text: "; ".join(text.split("; ")[:1000])
)
message_is_cut_at_10000_letters = fault("BULK-5", "A message is cut at 10,000 letters.")(
    change_message, lambda text: text[:10_000]
)
only_ten_errors_are_reported = fault("PARTIAL-5", "The list of errors ends after the tenth.")(
    change_partial, lambda data: data.update(errors=data["errors"][:10])
)


@fault("PARTIAL-1 PARTIAL-2 PARTIAL-3", "Deleted sessions are reported as unknown.", on.deletion_of_list)
def errors_name_the_wrong_session(original, ids, delete):
    tally = original(ids, delete)
    gone = [one for one in ids if one not in tally.missing]
    return changed(tally, missing=gone[: len(tally.missing)]) if gone else tally


errors_are_one_text = fault("PARTIAL-1 PARTIAL-2", "The errors are one text instead of a list.")(
    change_partial, lambda data: data.update(errors="; ".join(data["errors"]))
)
errors_name_no_session = fault("PARTIAL-1", "The errors do not name the sessions.")(
    change_partial, lambda data: data.update(errors=[error.rpartition(" ")[0] for error in data["errors"]])
)


def report_errors(errors: Callable[[list[str], list[str]], list[str]]) -> None:
    """Report `errors(missing, repeated)`."""
    replace(RELEASE, "errors_to_tell", errors)


errors_are_in_another_order = fault("DUPLICATE-4", "Duplicate ids are reported before unknown ones.", releases="0.27")(
    report_errors, lambda missing, repeated: repeated + missing
)
unknown_sessions_hide_duplicates = fault(
    "DUPLICATE-4 DUPLICATE-5",
    "Duplicate ids are not reported next to unknown ones, as up to v0.24.",
    releases=NEWEST,
)(report_errors, lambda missing, repeated: missing or repeated)
duplicates_are_always_reported = fault(
    "DUPLICATE-4 DUPLICATE-5", "Duplicate ids are reported next to unknown ones, as from v0.25 on.", releases="0.20"
)(report_errors, lambda missing, repeated: missing + repeated)
partial_deletion_has_the_message_of_a_success = fault(
    "PARTIAL-1", "A partial deletion has the message of a success.", releases=NEWEST
)(change_body, lambda body: body["code"] == 0 and body.update(message="success"))


def change_report(change: Callable[[Tally], Tally]) -> None:
    """Report a changed result of the deletion."""
    wrap(deleting, "report", lambda original, release, tally, *rest: original(release, change(tally), *rest))


partial_deletion_hides_its_errors = fault("PARTIAL-1 PARTIAL-2", "A partial deletion is reported as a complete one.")(
    change_report, lambda tally: changed(tally, missing=[], repeated=[]) if tally.deleted else tally
)
partial_deletion_is_refused = fault("PARTIAL-1 PARTIAL-2", "A partial deletion is reported as a refusal.")(
    change_report, lambda tally: changed(tally, deleted=0) if tally.missing else tally
)
refusal_has_the_code_of_a_success = fault("PARTIAL-4 CHOICE-4", "The refusal of unknown sessions has the code 0.")(
    change_body, lambda body: "own the session" in body.get("message", "") and body.update(code=0)
)
unknown_session_has_another_code = fault("CHOICE-4", "An unknown session has the code of a wrong argument.")(
    change_body, lambda body: body["code"] == 102 and body.update(code=101)
)
message_is_worded_differently = fault("CHOICE-4 PARTIAL-1", "The message says `does not` instead of `doesn't`.")(
    change_body, lambda body: json.loads(json.dumps(body).replace("doesn't own", "does not own"))
)
case_of_the_message_is_swapped = fault("ASSISTANT-2", "The case of the letters in a message is swapped.")(
    change_message, str.swapcase
)
success_has_no_content = fault("CHOICE-1", "A success has the status 204.")(
    wrap, RELEASE, "write_success", lambda original, told: Response(status=204) if is_deletion() else original(told)
)


def set_status(status: int, code: int) -> None:
    """Set the status of answers with a code."""

    def change(body, response):
        response.status_code = status if body["code"] == code else response.status_code

    change_answers(change)


unknown_session_is_not_found = fault("CHOICE-4", "An unknown session has the status 404.")(set_status, 404, 102)
malformed_request_breaks_the_server = fault(
    "CHOICE-7 ODD-13 ODD-14 INSIDE-1", "A malformed request has the status 500.", releases=PYTHON
)(set_status, 500, 100)
malformed_request_breaks_the_go_server = fault(
    "CHOICE-7 ODD-10", "A malformed request has the status 500.", releases=GO
)(set_status, 500, 101)
answer_has_an_additional_field = fault("CHOICE-1", "The answer has an additional field.")(
    change_body, lambda body: body.update(request_id="4711")
)
success_has_null_data = fault("CHOICE-1", "A success has `data`, which is null.", releases="0.20")(
    change_body, lambda body: {"data": None, **body}
)
success_has_an_empty_message = fault("CHOICE-1", "A success has an empty message.", releases="0.20")(
    change_body, lambda body: {"message": "", **body}
)
message_is_missing = fault("CHOICE-1", "A success has no message, as up to v0.24.", releases=NEWEST)(
    change_body, lambda body: {name: value for name, value in body.items() if name != "message"}
)
success_is_reported_as_nothing_to_do = fault(
    "CHOICE-1 CHOICE-12", "`data` of a success is an empty object instead of true.", releases=NEWEST
)(change_body, lambda body: body["data"] is True and body.update(data={}))
nothing_to_do_is_reported_as_success = fault(
    "CHOICE-11 CHOICE-14", "`data` is true although nothing was deleted.", releases=NEWEST
)(change_body, lambda body: body["data"] == {} and body.update(data=True))


@fault("CHOICE-11", "A request without sessions is refused.", on.deletion, releases=NEWEST)
def nothing_to_do_is_refused(original, release, tenant_id, chat_id):
    success = original(release, tenant_id, chat_id)
    if success.data == {}:
        raise Refused(102, "`ids` is required")
    return success


@fault("CHOICE-1", "The answer has the content type of HTML.", change_answers)
def answer_is_declared_as_html(_, response):
    response.mimetype = "text/html"


every_refusal_names_the_assistant = fault("AUTH-9", "Every refusal names the assistant's id.")(
    change_body, lambda body: body["code"] and body.update(message=f"{body['message']} ({requested_chat()})")
)
