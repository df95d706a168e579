"""Who asks: faults in telling one caller from another."""

from collections.abc import Callable

from flask import Response, g, request
from peewee import SQL, Expression
from werkzeug.exceptions import Unauthorized

from embedded_ragflow import authentication
from embedded_ragflow.answers import Refused
from embedded_ragflow.database import VALID, APIToken, Dialog, database
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace

Authenticate = Callable[[str | None], str]
TenantWith = Callable[[str], str | None]
TURNED_AWAY = (Refused, Unauthorized)


def is_deletion() -> bool:
    return request.method == "DELETE" and request.path.rstrip("/").endswith("/sessions")


def first_tenant() -> str:
    return str(APIToken.select().order_by(SQL("rowid")).first().tenant_id)


def owner() -> str:
    """The tenant whose assistant is meant, whoever asks."""
    found = Dialog.get_or_none(Dialog.id == (request.view_args or {}).get("chat_id"), Dialog.status == VALID)
    return str(found.tenant_id) if found else ""


def when_turned_away(rules: Rules, instead: Callable[[], str | None]) -> None:
    """What is done with a deletion that has no valid key: gives who asks in truth, or None, who is turned away."""

    def make(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            try:
                return original(header)
            except TURNED_AWAY:
                tenant_id = instead() if is_deletion() else None
                if tenant_id is None:
                    raise
                return tenant_id

        return authenticate

    replace(rules, "authenticate", make)


def find_key(condition: Callable[[str], Expression]) -> None:
    """Take the first key of which that holds."""

    def tenant_with(key: str) -> str | None:
        found = APIToken.select().where(APIToken.accepted, condition(key)).first() if key else None
        return found and str(found.tenant_id)

    replace(authentication, "tenant_with", lambda _: tenant_with)


@fault("AUTH-1 AUTH-2 AUTH-3 AUTH-4 AUTH-5")
def deletion_needs_no_key(rules: Rules) -> None:
    """The check of the key was forgotten for the deletion."""
    when_turned_away(rules, owner)


@fault("AUTH-2 AUTH-5")
def any_key_will_do(_: Rules) -> None:
    """A key must be there, but nobody looks whether it is known."""

    def make(original: TenantWith) -> TenantWith:
        return lambda key: original(key) or (owner() if key and is_deletion() else None)

    replace(authentication, "tenant_with", make)


@fault("AUTH-5")
def beginning_of_a_key_opens(_: Rules) -> None:
    """A key is found by its first letters."""
    find_key(lambda key: APIToken.token.startswith(key))


@fault("AUTH-5")
def letters_behind_a_key_are_cut_off(_: Rules) -> None:
    """Only as much of a key is compared as the known one is long."""
    replace(
        authentication,
        "tenant_with",
        lambda original: (
            lambda key: next(
                (str(one.tenant_id) for one in APIToken.select() if key.startswith(one.token)), original(key)
            )
        ),
    )


@fault("AUTH-5")
def key_is_a_pattern(_: Rules) -> None:
    """A key is looked up with LIKE, so that a percent sign fits all."""
    find_key(lambda key: APIToken.token**key)


@fault("AUTH-5")
def key_is_put_into_sql(_: Rules) -> None:
    """The key becomes a part of the query's text."""

    def tenant_with(key: str) -> str | None:
        found = database.execute_sql(f"SELECT tenant_id FROM apitoken WHERE token = '{key}'").fetchone()
        return found and str(found[0])

    replace(authentication, "tenant_with", lambda _: tenant_with)


@fault("AUTH-5")
def long_key_is_an_error(rules: Rules) -> None:
    """A key that is longer than its column fails in the database."""

    def make(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            if len(header or "") > 255:
                raise OverflowError("Data too long for column 'token'")
            return original(header)

        return authenticate

    replace(rules, "authenticate", make)


@fault("AUTH-1 AUTH-2 AUTH-3 AUTH-4")
def caller_before_is_remembered(rules: Rules) -> None:
    """Who asks is kept between requests, and stays where the next one does not say."""
    before: list[str] = []

    def make(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            try:
                before[:] = [original(header)]
            except TURNED_AWAY:
                if not before:
                    raise
            return before[0]

        return authenticate

    replace(rules, "authenticate", make)


@fault("ISOLATION-1 ISOLATION-23 ISOLATION-26")
def every_key_deletes_as_the_first_tenant(_: Rules) -> None:
    """Whoever deletes with a valid key does so in the name of the first tenant."""

    def make(original: TenantWith) -> TenantWith:
        return lambda key: (tenant := original(key)) and (first_tenant() if is_deletion() else tenant)

    replace(authentication, "tenant_with", make)


@fault("AUTH-9")
def assistant_is_looked_at_before_the_key(rules: Rules) -> None:
    """Who has no key can find out which assistants there are."""

    def instead() -> str:
        if owner():
            raise Refused(109, "Authentication error: API key is invalid!", data=False)
        return "nobody"

    when_turned_away(rules, instead)


@fault("AUTH-9", releases=("0.24", "0.27"))
def body_is_read_before_the_assistant(rules: Rules) -> None:
    """A request that cannot be read is refused for that, whoever owns the assistant."""

    def make(original: Callable[[Release, str, str], object]) -> Callable[[Release, str, str], object]:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            release.read_body(request)
            return original(release, tenant_id, chat_id)

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


def read_header(rules: Rules, change: Callable[[str], str]) -> None:
    replace(rules, "authenticate", lambda original: lambda header: original(header and change(header)))


@fault("AUTH-7")
def bearer_must_be_written_so(rules: Rules) -> None:
    """The word Bearer is not taken in small or in capital letters."""
    read_header(rules, lambda header: header if header[:6] not in ("bearer", "BEARER") else "-")


@fault("AUTH-7")
def two_blanks_are_one_too_many(rules: Rules) -> None:
    """What stands behind the first blank is the key, another blank included."""
    read_header(rules, lambda header: "Bearer -" if "  " in header else header)


@fault("AUTH-7", releases=("0.20",))
def only_bearer_is_taken(rules: Rules) -> None:
    """Another word in front of the key is refused."""
    read_header(rules, lambda header: header if header.lower().startswith("bearer") else "-")


@fault("AUTH-7", releases=("0.20",))
def three_words_are_one_too_many(rules: Rules) -> None:
    """A header of more than two words is refused."""
    read_header(rules, lambda header: header if len(header.split()) < 3 else "Bearer -")


@fault("AUTH-7")
def documented_spelling_is_not_known(rules: Rules) -> None:
    """The table of spellings lacks the documented one."""
    read_header(rules, lambda header: "Bearer -" if header.startswith("Bearer ") and is_deletion() else header)


@fault("AUTH-7", releases=("0.27",))
def key_alone_is_refused(rules: Rules) -> None:
    """The word in front of the key has to be there."""
    read_header(rules, lambda header: header if len(header.split()) > 1 else "Bearer -")


@fault("AUTH-8", releases=("0.27",))
def second_word_is_the_key(rules: Rules) -> None:
    """Words behind the key are left out, as they were up to v0.24."""
    read_header(rules, lambda header: " ".join(header.split()[:2]))


@fault("AUTH-8")
def last_word_is_the_key(rules: Rules) -> None:
    """A key is found wherever it stands in the header."""
    read_header(rules, lambda header: f"Bearer {header.split()[-1]}" if header.split() else header)


@fault("AUTH-1 AUTH-3 AUTH-6", releases=("0.20",))
def missing_key_is_told_as_unknown(rules: Rules) -> None:
    """Nobody is told that the key is missing."""
    replace(rules, "authenticate", lambda original: lambda header: original(header or "Bearer -"))


@fault("AUTH-4 AUTH-6 AUTH-8", releases=("0.20",))
def malformed_key_is_told_as_missing(rules: Rules) -> None:
    """What has not two words is taken for no key at all."""
    read_header(rules, lambda header: header if len(header.split()) > 1 else "")


@fault("AUTH-2 AUTH-6", releases=("0.20",))
def unknown_key_is_told_as_success(rules: Rules) -> None:
    """The refusal has the code of a success."""
    replace(
        rules,
        "write_refusal",
        lambda original: (
            lambda refused: original(
                Refused(0, *refused.args, data=False) if refused.answer["code"] == 109 else refused
            )
        ),
    )


@fault("AUTH-1 AUTH-2")
def who_has_no_key_is_forbidden(rules: Rules) -> None:
    """Whoever is turned away gets the status 403."""

    def turn_away(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            g.turned_away = True
            tenant_id = original(header)
            g.turned_away = False
            return tenant_id

        return authenticate

    def forbid(original: Callable[[Exception], Response]) -> Callable[[Exception], Response]:
        def write(error: Exception) -> Response:
            response = original(error)
            response.status_code = 403 if g.get("turned_away") else response.status_code
            return response

        return write

    replace(rules, "authenticate", turn_away)
    replace(rules, "write_refusal", forbid)
    replace(rules, "write_failure", forbid)


@fault("AUTH-6", releases=("0.27",))
def who_has_no_key_gets_the_status_of_a_success(rules: Rules) -> None:
    """The status is 200 whatever happened."""

    def make(original: Callable[[Exception], Response]) -> Callable[[Exception], Response]:
        def write_failure(error: Exception) -> Response:
            response = original(error)
            response.status_code = 200
            return response

        return write_failure

    replace(rules, "write_failure", make)
