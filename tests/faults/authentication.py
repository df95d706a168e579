"""Faults in authentication."""

from collections.abc import Callable

from flask import Response, g, request
from peewee import SQL, Expression
from werkzeug.exceptions import Unauthorized

from embedded_ragflow import authentication
from embedded_ragflow.answers import Refused
from embedded_ragflow.calls import deleting
from embedded_ragflow.database import APIToken, database
from tests.faults import on
from tests.faults.database import owner_of
from tests.faults.fault import GO, NEWEST, PYTHON, fault
from tests.faults.patching import RELEASE, wrap
from tests.faults.requests import is_deletion, requested_chat

REJECTED = (Refused, Unauthorized)


def owner() -> str:
    return owner_of(requested_chat())


def around_rejection(tenant: Callable[[], str | None]) -> None:
    """Act for `tenant()` if a deletion has no valid key; None rejects the request."""

    def authenticate(original, header):
        try:
            return original(header)
        except REJECTED:
            tenant_id = tenant() if is_deletion() else None
            if tenant_id is None:
                raise
            return tenant_id

    wrap(RELEASE, "authenticate", authenticate)


def around_key_lookup(tenant_with: Callable[..., str | None]) -> None:
    """Look up the tenant with `tenant_with(original, key)`."""
    wrap(authentication, "tenant_with", tenant_with)


def find_key(condition: Callable[[str], Expression]) -> None:
    """Accept the first key that meets a condition."""

    def tenant_with(_, key):
        found = APIToken.select().where(APIToken.accepted, condition(key)).first() if key else None
        return found and str(found.tenant_id)

    around_key_lookup(tenant_with)


def change_header(change: Callable[[str], str]) -> None:
    """Change the Authorization header before it is read."""
    wrap(RELEASE, "authenticate", lambda original, header: original(header and change(header)))


deletion_needs_no_key = fault("AUTH-1 AUTH-2 AUTH-3 AUTH-4 AUTH-5", "Deletion does not check the API key.")(
    around_rejection, owner
)
any_key_is_accepted = fault("AUTH-2 AUTH-5", "Deletion accepts any API key that is not empty.")(
    around_key_lookup, lambda original, key: original(key) or (owner() if key and is_deletion() else None)
)
prefix_of_a_key_is_accepted = fault("AUTH-5", "The first letters of an API key are enough.")(
    find_key, APIToken.token.startswith
)


@fault("AUTH-5", "An API key is cut to the length of the known one.", around_key_lookup)
def key_is_truncated(original, key):
    matching = (str(one.tenant_id) for one in APIToken.select() if key.startswith(one.token))
    return next(matching, original(key))


key_is_a_pattern = fault("AUTH-5", "An API key is compared with LIKE: a percent sign matches any key.")(
    find_key, lambda key: APIToken.token**key
)


@fault("AUTH-5", "The API key is inserted into the SQL text.", around_key_lookup)
def key_is_injected_into_sql(_, key):
    found = database.execute_sql(f"SELECT tenant_id FROM api_token WHERE token = '{key}'").fetchone()
    return found and str(found[0])


@fault("AUTH-5", "An API key longer than its column causes a database error.", wrap, RELEASE, "authenticate")
def long_key_is_an_error(original, header):
    if len(header or "") > 255:
        raise OverflowError("Data too long for column 'token'")
    return original(header)


@fault("AUTH-1 AUTH-2 AUTH-3 AUTH-4", "A request without a valid key acts for the previous caller.")
def previous_caller_is_remembered():
    previous: list[str] = []

    def authenticate(original, header):
        try:
            previous[:] = [original(header)]
        except REJECTED:
            if not previous:
                raise
        return previous[0]

    wrap(RELEASE, "authenticate", authenticate)


@fault(
    "ISOLATION-1 ISOLATION-23 ISOLATION-26",
    "Every valid API key deletes on behalf of the first tenant.",
    around_key_lookup,
)
def every_key_deletes_as_the_first_tenant(original, key):
    tenant = original(key)
    is_replaced = tenant and is_deletion()
    return str(APIToken.select().order_by(SQL("rowid")).first().tenant_id) if is_replaced else tenant


@fault("AUTH-9", "Without an API key, the answer reveals which assistants exist.", around_rejection)
def assistant_is_checked_before_the_key():
    if owner():
        raise Refused(109, "Authentication error: API key is invalid!", data=False)
    return "nobody"


@fault("AUTH-9", "An unreadable body is reported before the owner is checked.", on.deletion, releases="0.24 0.27")
def body_is_read_before_the_owner_is_checked(original, release, tenant_id, chat_id):
    release.read_body(request)
    return original(release, tenant_id, chat_id)


@fault("AUTH-9", "The owner is checked before an unreadable body is reported.", on.deletion, releases=GO)
def owner_is_checked_before_the_body(original, release, tenant_id, chat_id):
    deleting.check_owner(release, tenant_id, chat_id)
    return original(release, tenant_id, chat_id)


bearer_must_be_capitalized = fault("AUTH-7", 'Only the spelling "Bearer" is accepted.')(
    change_header, lambda header: header if header[:6] not in ("bearer", "BEARER") else "-"
)
two_spaces_are_rejected = fault("AUTH-7", "A second space before the API key is rejected.", releases=PYTHON)(
    change_header, lambda header: "Bearer -" if "  " in header else header
)
only_bearer_is_accepted = fault("AUTH-7", "Any other word before the API key is rejected.", releases="0.20")(
    change_header, lambda header: header if header.lower().startswith("bearer") else "-"
)
third_word_is_rejected = fault("AUTH-7", "A header with more than two words is rejected.", releases="0.20")(
    change_header, lambda header: header if len(header.split()) < 3 else "Bearer -"
)
documented_spelling_is_rejected = fault("AUTH-7", 'The documented spelling "Bearer KEY" is rejected.')(
    change_header, lambda header: "Bearer -" if header.startswith("Bearer ") and is_deletion() else header
)
key_alone_is_rejected = fault("AUTH-7", "An API key without a word before it is rejected.", releases=NEWEST)(
    change_header, lambda header: header if len(header.split()) > 1 else "Bearer -"
)
words_after_the_key_are_ignored = fault(
    "AUTH-8", "Words after the API key are ignored, as up to v0.24.", releases=NEWEST
)(change_header, lambda header: " ".join(header.split()[:2]))
last_word_is_the_key = fault("AUTH-8", "The last word of the header is the API key.")(
    change_header, lambda header: f"Bearer {header.split()[-1]}" if header.split() else header
)
missing_key_is_reported_as_unknown = fault(
    "AUTH-1 AUTH-3 AUTH-6", "A missing API key is reported as unknown.", releases="0.20"
)(wrap, RELEASE, "authenticate", lambda original, header: original(header or "Bearer -"))
malformed_key_is_reported_as_missing = fault(
    "AUTH-4 AUTH-6 AUTH-8", "A header with one word is reported as a missing API key.", releases="0.20"
)(change_header, lambda header: header if len(header.split()) > 1 else "")


def change_refusal(change: Callable[[Refused], Refused]) -> None:
    """Change refusals before they are written."""
    wrap(RELEASE, "write_refusal", lambda original, refused: original(change(refused)))


unknown_key_is_reported_as_success = fault(
    "AUTH-2 AUTH-6", "The refusal of an unknown API key has the code of a success.", releases="0.20"
)(change_refusal, lambda refused: Refused(0, *refused.args, data=False) if refused.answer["code"] == 109 else refused)


@fault("AUTH-1 AUTH-2", "A request without a valid API key gets the status 403.")
def missing_key_is_forbidden():
    def authenticate(original, header):
        g.is_rejected = True
        tenant_id = original(header)
        g.is_rejected = False
        return tenant_id

    def write(original, error):
        response: Response = original(error)
        response.status_code = 403 if g.get("is_rejected") else response.status_code
        return response

    wrap(RELEASE, "authenticate", authenticate)
    wrap(RELEASE, "write_refusal", write)
    wrap(RELEASE, "write_failure", write)


@fault("AUTH-6", "Failures have the status 200.", wrap, RELEASE, "write_failure", releases=NEWEST)
def missing_key_gets_the_status_of_a_success(original, error):
    response: Response = original(error)
    response.status_code = 200
    return response
