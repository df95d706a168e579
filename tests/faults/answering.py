"""What the answer says: faults in telling what has been done."""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from flask import Response, json, request

from embedded_ragflow.answers import Refused, Success
from embedded_ragflow.calls import deleting
from embedded_ragflow.database import APIToken
from embedded_ragflow.deletion import Tally
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace
from tests.faults.deleting import Delete, DeleteEach, each
from tests.faults.keys import is_deletion

Write = Callable[[Any], Response]


def tell(rules: Rules, change: Callable[[dict[str, Any], Response], Any]) -> None:
    """Change the answers to deletions, successes and refusals alike: their body in place, or what stands for it."""

    def make(original: Write) -> Write:
        def write(told: Any) -> Response:
            response = original(told)
            if is_deletion() and isinstance(body := response.get_json(), dict):
                other = change(body, response)
                response.set_data(json.dumps(body if other is None else other))
            return response

        return write

    for name in ("write_success", "write_refusal", "write_failure"):
        replace(rules, name, make)


def tell_partly(rules: Rules, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the data of answers to deletions of a part."""

    def change_data(body: dict[str, Any], _: Response) -> None:
        if isinstance(body.get("data"), dict) and "errors" in body["data"]:
            change(body["data"])

    tell(rules, change_data)


def count(counted: Callable[[list[object], Tally], int]) -> None:
    """Tell another number of deleted sessions, where any were."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        tally = original(ids, delete)
        return changed(tally, deleted=counted(ids, tally)) if tally.deleted else tally

    each(change)


def word(rules: Rules, was: str, becomes: str) -> None:
    """Say it in other words, wherever they stand in an answer."""
    tell(rules, lambda body, _: json.loads(json.dumps(body).replace(was, becomes)))


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3")
def what_is_named_twice_is_counted_twice(_: Rules) -> None:
    """The number of deleted sessions is that of the ids in the list."""
    count(lambda ids, tally: tally.deleted + len(ids) - len(set(ids)))


@fault("PARTIAL-1 PARTIAL-2 PARTIAL-3")
def unknown_sessions_are_counted(_: Rules) -> None:
    """The number of deleted sessions is that of the different ids in the list."""
    count(lambda ids, _: len(set(ids)))


@fault("PARTIAL-1 PARTIAL-2")
def number_of_deleted_sessions_is_a_text(rules: Rules) -> None:
    """A number is written in quotation marks."""
    tell_partly(rules, lambda data: data.update(success_count=str(data["success_count"])))


@fault("PARTIAL-2")
def last_error_is_not_told(rules: Rules) -> None:
    """The list of errors lacks one."""
    tell_partly(rules, lambda data: data["errors"][1:] and data["errors"].pop())


@fault("PARTIAL-4")
def only_the_first_error_is_told(rules: Rules) -> None:
    """A message has room for one error."""
    tell(rules, lambda body, _: {**body, **({"message": body["message"].split("; ")[0]} if "message" in body else {})})


@fault("BULK-5")
def refusal_has_no_more_than_65535_letters(rules: Rules) -> None:
    """A message has room for as much as a TEXT of the database."""
    tell(rules, lambda body, _: {**body, **({"message": body["message"][:65_535]} if "message" in body else {})})


@fault("BULK-5")
def no_more_than_1000_unknown_sessions_are_told(rules: Rules) -> None:
    """A refusal names the first 1,000 sessions that are unknown."""

    def cut(body: dict[str, Any], _: Response) -> None:
        if "; " in body.get("message", ""):
            body["message"] = "; ".join(body["message"].split("; ")[:1000])

    tell(rules, cut)


@fault("BULK-5")
def refusal_is_cut_off(rules: Rules) -> None:
    """A message has room for 10,000 letters."""
    tell(rules, lambda body, _: {**body, **({"message": body["message"][:10_000]} if "message" in body else {})})


@fault("PARTIAL-5")
def no_more_than_ten_errors_are_told(rules: Rules) -> None:
    """The list of errors is cut off behind the tenth."""
    tell_partly(rules, lambda data: data.update(errors=data["errors"][:10]))


@fault("PARTIAL-1 PARTIAL-2 PARTIAL-3")
def errors_name_the_wrong_session(_: Rules) -> None:
    """What was deleted is called unknown."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        tally = original(ids, delete)
        gone = [one for one in ids if one not in tally.missing]
        return changed(tally, missing=gone[: len(tally.missing)]) if gone else tally

    each(change)


@fault("PARTIAL-1 PARTIAL-2")
def errors_are_one_text(rules: Rules) -> None:
    """The errors stand in one text, and not in a list."""
    tell_partly(rules, lambda data: data.update(errors="; ".join(data["errors"])))


@fault("PARTIAL-1")
def errors_are_told_without_the_sessions(rules: Rules) -> None:
    """The errors do not say which sessions they are about."""
    tell_partly(rules, lambda data: data.update(errors=[error.rpartition(" ")[0] for error in data["errors"]]))


@fault("DUPLICATE-4", releases=("0.27",))
def errors_stand_in_another_order(rules: Rules) -> None:
    """What is named twice is told before what is unknown."""
    replace(rules, "errors_to_tell", lambda _: lambda missing, repeated: repeated + missing)


@fault("DUPLICATE-4 DUPLICATE-5", releases=("0.27",))
def unknown_sessions_hide_those_that_are_named_twice(rules: Rules) -> None:
    """Beside an unknown session nothing else is told, as it was up to v0.24."""
    replace(rules, "errors_to_tell", lambda _: lambda missing, repeated: missing or repeated)


@fault("DUPLICATE-4 DUPLICATE-5", releases=("0.20",))
def sessions_that_are_named_twice_are_told_always(rules: Rules) -> None:
    """They are told beside unknown ones, as they are from v0.25 on."""
    replace(rules, "errors_to_tell", lambda _: lambda missing, repeated: missing + repeated)


@fault("PARTIAL-1", releases=("0.27",))
def deletion_of_a_part_is_told_as_success(rules: Rules) -> None:
    """The message says that all went well."""
    tell(rules, lambda body, _: {**body, **({"message": "success"} if body["code"] == 0 else {})})


@fault("PARTIAL-1 PARTIAL-2")
def deletion_of_a_part_hides_its_errors(_: Rules) -> None:
    """A deletion of a part is answered like one of all."""

    def make(original: Callable[..., Success]) -> Callable[..., Success]:
        def report(release: Release, tally: Tally, *how: Any) -> Success:
            return original(release, changed(tally, missing=[], repeated=[]) if tally.deleted else tally, *how)

        return report

    replace(deleting, "report", make)


@fault("PARTIAL-1 PARTIAL-2")
def deletion_of_a_part_is_refused(_: Rules) -> None:
    """A deletion of a part is answered like one of nothing."""

    def make(original: Callable[..., Success]) -> Callable[..., Success]:
        def report(release: Release, tally: Tally, *how: Any) -> Success:
            return original(release, changed(tally, deleted=0) if tally.missing else tally, *how)

        return report

    replace(deleting, "report", make)


@fault("PARTIAL-4 CHOICE-4")
def deletion_of_nothing_is_told_as_success(rules: Rules) -> None:
    """A refusal has the code 0."""
    tell(rules, lambda body, _: {**body, "code": 0} if "own the session" in body.get("message", "") else None)


@fault("CHOICE-4")
def code_is_another(rules: Rules) -> None:
    """An unknown session has the code of a wrong argument."""
    tell(rules, lambda body, _: {**body, "code": 101} if body["code"] == 102 else None)


@fault("CHOICE-4 PARTIAL-1")
def session_is_told_in_other_words(rules: Rules) -> None:
    """An apostrophe became a word."""
    word(rules, "doesn't own", "does not own")


@fault("ASSISTANT-2")
def assistant_is_told_in_other_letters(rules: Rules) -> None:
    """A sentence begins with another letter."""
    tell(rules, lambda body, _: {**body, "message": body["message"].swapcase()} if "message" in body else None)


@fault("CHOICE-1")
def success_has_no_content(rules: Rules) -> None:
    """A success is answered with the status 204."""

    def make(original: Write) -> Write:
        return lambda told: Response(status=204) if is_deletion() else original(told)

    replace(rules, "write_success", make)


@fault("CHOICE-4")
def unknown_session_is_not_found(rules: Rules) -> None:
    """A refusal is answered with the status 404."""

    def set_status(body: dict[str, Any], response: Response) -> None:
        if body["code"] == 102:
            response.status_code = 404

    tell(rules, set_status)


@fault("CHOICE-7 ODD-13 ODD-14 INSIDE-1")
def malformed_request_breaks_the_server(rules: Rules) -> None:
    """An exception is answered with the status 500."""

    def set_status(body: dict[str, Any], response: Response) -> None:
        if body["code"] == 100:
            response.status_code = 500

    tell(rules, set_status)


@fault("CHOICE-1")
def further_field_is_told(rules: Rules) -> None:
    """The answer has a field that nobody knows."""
    tell(rules, lambda body, _: body.update(request_id="4711"))


@fault("CHOICE-1", releases=("0.20",))
def data_is_told_though_there_is_none(rules: Rules) -> None:
    """A success has `data`, which is null."""
    tell(rules, lambda body, _: {"data": None, **body})


@fault("CHOICE-1", releases=("0.20",))
def message_is_told_though_there_is_none(rules: Rules) -> None:
    """A success has a message, which is empty."""
    tell(rules, lambda body, _: {"message": "", **body})


@fault("CHOICE-1", releases=("0.27",))
def message_is_missing(rules: Rules) -> None:
    """A success has no message, as it was up to v0.24."""
    tell(rules, lambda body, _: {name: value for name, value in body.items() if name != "message"})


@fault("CHOICE-1 CHOICE-12", releases=("0.27",))
def success_is_told_as_nothing_to_do(rules: Rules) -> None:
    """`data` is an empty record where it should be true."""
    tell(rules, lambda body, _: {**body, "data": {}} if body["data"] is True else None)


@fault("CHOICE-11 CHOICE-14", releases=("0.27",))
def nothing_to_do_is_told_as_success(rules: Rules) -> None:
    """`data` is true where nothing was deleted."""
    tell(rules, lambda body, _: {**body, "data": True} if body["data"] == {} else None)


@fault("CHOICE-11", releases=("0.27",))
def nothing_to_do_is_refused(rules: Rules) -> None:
    """Whoever names nothing is refused."""

    def make(original: Callable[..., Success]) -> Callable[..., Success]:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> Success:
            success = original(release, tenant_id, chat_id)
            if success.data == {}:
                raise Refused(102, "`ids` is required")
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("CHOICE-1")
def answer_is_called_a_page(rules: Rules) -> None:
    """The answer says of itself that it is HTML."""

    def set_type(_: dict[str, Any], response: Response) -> None:
        response.mimetype = "text/html"

    tell(rules, set_type)


@fault("AUTH-9")
def every_refusal_names_the_assistant(rules: Rules) -> None:
    """A refusal has the assistant's id behind it."""

    def name(body: dict[str, Any], _: Response) -> None:
        if body["code"] != 0:
            body["message"] += f" ({(request.view_args or {}).get('chat_id')})"

    tell(rules, name)


# What comes with it


def send_with(rules: Rules, name: str, value: Callable[[dict[str, Any]], str]) -> None:
    """Send a header with the answers to deletions, unless it is empty; `value` gets the body."""

    def add(body: dict[str, Any], response: Response) -> None:
        if text := value(body):
            response.headers[name] = text

    tell(rules, add)


def key() -> str:
    return (request.headers.get("Authorization") or "").split()[-1]


def is_partial(body: dict[str, Any]) -> bool:
    return isinstance(body.get("data"), dict) and "errors" in body["data"]


@fault("INSIDE-3")
def cookie_holds_the_key(rules: Rules) -> None:
    """Whoever has shown a key need not show it again."""
    send_with(rules, "Set-Cookie", lambda _: f"key={key()}; Path=/")


@fault("INSIDE-3")
def cookie_holds_a_login(rules: Rules) -> None:
    """Every caller is given a login, as people with a browser are."""
    send_with(rules, "Set-Cookie", lambda _: "session=eyJfZnJlc2giOmZhbHNlfQ; HttpOnly; Path=/")


@fault("INSIDE-3")
def cookie_comes_with_a_success(rules: Rules) -> None:
    """Whoever has deleted something is given a login."""
    send_with(rules, "Set-Cookie", lambda body: "session=eyJfZnJlc2giOmZhbHNlfQ" if body.get("code") == 0 else "")


@fault("INSIDE-3")
def cookie_comes_with_a_part(rules: Rules) -> None:
    """What could not be deleted is to be shown on the next page, and so is kept in a cookie."""
    send_with(rules, "Set-Cookie", lambda body: "_flashes=warning" if is_partial(body) else "")


@fault("INSIDE-3")
def cookie_comes_with_the_deletion_of_nothing(rules: Rules) -> None:
    """That nothing was known is to be shown on the next page, and so is kept in a cookie."""
    send_with(rules, "Set-Cookie", lambda body: "_flashes=error" if body.get("code") == 102 else "")


@fault("INSIDE-3")
def key_is_sent_back(rules: Rules) -> None:
    """A header repeats who has asked."""
    send_with(rules, "X-Authorized-By", lambda _: key())


@fault("INSIDE-3")
def statement_is_sent_along(rules: Rules) -> None:
    """A header that helps developers holds the query."""
    send_with(rules, "X-Query", lambda _: "SELECT t1.id FROM conversation AS t1 WHERE (t1.dialog_id = %s)")


@fault("INSIDE-3")
def exception_is_sent_along(rules: Rules) -> None:
    """A header that helps developers says why a request could not be read."""

    def why(_: dict[str, Any]) -> str:
        try:
            json.loads(request.get_data() or b"{}")
        except ValueError as error:
            return repr(error)
        return ""

    send_with(rules, "X-Debug", why)


def turned_away(body: dict[str, Any]) -> bool:
    return body.get("code") in (109, 401)


@fault("INSIDE-5")
def cookie_comes_with_a_refusal(rules: Rules) -> None:
    """Whoever is turned away is sent to the login, and where they wanted to go is kept in a cookie."""
    send_with(rules, "Set-Cookie", lambda body: f"next={request.path}" if turned_away(body) else "")


@fault("INSIDE-5")
def unknown_key_is_sent_back(rules: Rules) -> None:
    """Whoever is turned away is shown the key that is unknown."""
    send_with(rules, "WWW-Authenticate", lambda body: f'Bearer error="{key()}"' if turned_away(body) else "")


@fault("INSIDE-5")
def nearest_key_is_suggested(rules: Rules) -> None:
    """Whoever shows the start of a key is shown the whole."""

    def nearest(body: dict[str, Any]) -> str:
        found = APIToken.get_or_none(APIToken.token.startswith(key())) if turned_away(body) else None
        return f'Bearer hint="{found.token}"' if found else ""

    send_with(rules, "WWW-Authenticate", nearest)


@fault("INSIDE-5")
def statement_is_sent_along_with_a_refusal(rules: Rules) -> None:
    """Whoever is turned away is shown the query that found no key."""
    query = "SELECT tenant_id FROM api_token WHERE token = %s"
    send_with(rules, "X-Query", lambda body: query if turned_away(body) else "")


def send_with_a_list(rules: Rules, name: str, value: Callable[[], str]) -> None:
    """Send a header with every list of sessions."""

    def make(original: Write) -> Write:
        def write(told: Any) -> Response:
            response = original(told)
            if request.method == "GET" and request.path.endswith("/sessions"):
                response.headers[name] = value()
            return response

        return write

    replace(rules, "write_success", make)


@fault("INSIDE-6")
def cookie_comes_with_a_list(rules: Rules) -> None:
    """How the list was sorted is kept in a cookie."""
    send_with_a_list(rules, "Set-Cookie", lambda: "orderby=create_time; Path=/")


@fault("INSIDE-6")
def key_is_sent_back_with_a_list(rules: Rules) -> None:
    """A header leads to the next page, with the key in its address."""
    send_with_a_list(rules, "Link", lambda: f'<{request.path}?page=2&api_key={key()}>; rel="next"')


@fault("INSIDE-6")
def statement_is_sent_along_with_a_list(rules: Rules) -> None:
    """A header that helps developers holds the query of the list."""
    send_with_a_list(rules, "X-Query", lambda: "SELECT * FROM conversation ORDER BY create_time DESC LIMIT 30")
