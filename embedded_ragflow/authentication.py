"""Authentication: find the tenant for an Authorization header."""

from peewee import DatabaseError
from werkzeug.exceptions import Unauthorized

from embedded_ragflow import accounts
from embedded_ragflow.answers import AUTHENTICATION_ERROR, SUCCESS, Refused
from embedded_ragflow.database import APIToken, Prepared

TENANT = Prepared(APIToken.select(APIToken.tenant_id).where(APIToken.token == "", APIToken.accepted))


def by_second_word(header: str | None) -> str:
    """Return the tenant as RAGFlow does until 0.24: the second word is the key, and the other words are ignored.

    RAGFlow answers some refusals with code 0, which means success.
    """
    if not header:
        raise Refused(SUCCESS, "`Authorization` can't be empty", data=False)
    words = header.split()
    if len(words) < 2:
        raise Refused(SUCCESS, "Please check your authorization format.", data=False)
    tenant_id = tenant_with(words[1])
    if tenant_id is None:
        raise Refused(AUTHENTICATION_ERROR, "Authentication error: API key is invalid!", data=False)
    return tenant_id


def by_bearer(header: str | None) -> str:
    """Return the tenant as RAGFlow does from 0.25: a key or a login token, after "Bearer " in any case or alone."""
    header = header or ""
    token = header[7:].strip() if header.lower().startswith("bearer ") else header
    return _authorized(tenant_with(token) or accounts.user_with(token))


def by_key_after_any_word(header: str | None) -> str:
    """Return the tenant as RAGFlow's Go server does: the key, or a login token, alone or after one word.

    That server takes an error of the database for an invalid key.
    """
    if not header:
        raise Unauthorized("Missing Authorization header")
    words = header.split(" ")
    token = words[1] if len(words) == 2 else header
    try:
        tenant_id = tenant_with(token) or accounts.user_with(token)
    except DatabaseError:
        tenant_id = None
    if tenant_id is None:
        raise Unauthorized("Invalid access token")
    return tenant_id


def by_login(header: str | None) -> str:
    """Return the user as RAGFlow does until 0.23: the header is the login token."""
    return _authorized(accounts.user_with(header or ""))


def by_login_or_key(header: str | None) -> str:
    """Return the user as RAGFlow does in 0.24: the header is the login token, or its second word is a key."""
    words = (header or "").split()
    return _authorized(accounts.user_with(header or "") or (tenant_with(words[1]) if len(words) == 2 else None))


def _authorized(tenant_id: str | None) -> str:
    if tenant_id is None:
        raise Unauthorized
    return tenant_id


def tenant_with(key: str) -> str | None:
    """Return the id of the tenant with this key, or None."""
    found = TENANT.run(key).fetchone()
    return found and str(found[0])
