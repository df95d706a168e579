"""Faults in the headers of an answer."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import json, request

from embedded_ragflow.database import APIToken
from tests.faults.answers import change_answers, is_partial
from tests.faults.fault import fault
from tests.faults.patching import RELEASE, wrap


def send_header(name: str, value: Callable[[dict[str, Any]], str]) -> None:
    """Send a header with answers to deletions, unless `value(body)` is empty."""

    def add(body, response):
        if text := value(body):
            response.headers[name] = text

    change_answers(add)


def send_if(condition: Callable[[dict[str, Any]], object], name: str, value: str) -> None:
    """Send a header with answers to deletions that meet a condition."""
    send_header(name, lambda body: value if condition(body) else "")


def key() -> str:
    return (request.headers.get("Authorization") or "").split()[-1]


def is_always(_: dict[str, Any]) -> bool:
    return True


def is_success(body: dict[str, Any]) -> bool:
    return body.get("code") == 0


def is_unknown(body: dict[str, Any]) -> bool:
    return body.get("code") == 102


def is_rejected(body: dict[str, Any]) -> bool:
    return body.get("code") in (109, 401)


COOKIE = "Set-Cookie"
LOGIN = "session=eyJfZnJlc2giOmZhbHNlfQ; HttpOnly; Path=/"
QUERY = "SELECT tenant_id FROM api_token WHERE token = %s"

cookie_holds_the_key = fault("INSIDE-3", "A cookie holds the API key.")(
    send_header, COOKIE, lambda _: f"key={key()}; Path=/"
)
cookie_holds_a_login = fault("INSIDE-3", "Every answer sets a login cookie.")(send_if, is_always, COOKIE, LOGIN)
success_sets_a_cookie = fault("INSIDE-3", "A success sets a login cookie.")(send_if, is_success, COOKIE, LOGIN)
partial_deletion_sets_a_cookie = fault("INSIDE-3", "A partial deletion sets a cookie.")(
    send_if, is_partial, COOKIE, "_flashes=warning"
)
refusal_sets_a_cookie = fault("INSIDE-3", "The refusal of unknown sessions sets a cookie.")(
    send_if, is_unknown, COOKIE, "_flashes=error"
)
key_is_sent_back = fault("INSIDE-3", "A header holds the API key.")(send_header, "X-Authorized-By", lambda _: key())
key_is_sent_back_in_capitals = fault("INSIDE-3", "A header holds the API key in capitals, in base64.")(
    send_header, "X-Authorized-By", lambda _: b64encode(f"Bearer {key().upper()}".encode()).decode()
)
key_of_another_tenant_is_sent = fault("INSIDE-3 INSIDE-5", "A header holds the API key of another tenant.")(
    send_header, "X-Neighbour", lambda _: APIToken.get(APIToken.token != key()).token
)
query_is_sent_back = fault("INSIDE-3", "A header holds the SQL text.")(send_if, is_always, "X-Query", QUERY)


@fault("INSIDE-3", "A header holds the exception of an unreadable body.", send_header, "X-Debug")
def exception_is_sent_back(_):
    try:
        json.loads(request.get_data() or b"{}")
    except ValueError as error:
        return repr(error)
    return ""


rejection_sets_a_cookie = fault("INSIDE-5", "A rejected API key sets a cookie with the path.")(
    send_header, COOKIE, lambda body: f"next={request.path}" if is_rejected(body) else ""
)
rejected_key_is_sent_back = fault("INSIDE-5", "A header holds the rejected API key.")(
    send_header, "WWW-Authenticate", lambda body: f'Bearer error="{key()}"' if is_rejected(body) else ""
)


@fault("INSIDE-5", "A header completes a prefix of an API key.", send_header, "WWW-Authenticate")
def nearest_key_is_suggested(body):
    found = APIToken.get_or_none(APIToken.token.startswith(key())) if is_rejected(body) else None
    return f'Bearer hint="{found.token}"' if found else ""


query_is_sent_back_with_a_rejection = fault("INSIDE-5", "A header of a rejection holds the SQL text.")(
    send_if, is_rejected, "X-Query", QUERY
)


def send_with_list(name: str, value: Callable[[], str]) -> None:
    """Send a header with every list of sessions."""

    def write(original, outcome):
        response = original(outcome)
        if request.method == "GET" and request.path.endswith("/sessions"):
            response.headers[name] = value()
        return response

    wrap(RELEASE, "write_success", write)


list_sets_a_cookie = fault("INSIDE-6", "A list sets a cookie.")(send_with_list, COOKIE, lambda: "orderby=name; Path=/")
key_is_sent_back_with_a_list = fault("INSIDE-6", "A header of a list holds the API key.")(
    send_with_list, "Link", lambda: f'<{request.path}?page=2&api_key={key()}>; rel="next"'
)
query_is_sent_back_with_a_list = fault("INSIDE-6", "A header of a list holds the SQL text.")(
    send_with_list, "X-Query", lambda: QUERY
)
