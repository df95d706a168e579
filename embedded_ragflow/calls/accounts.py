"""Signing up, logging in and out, and managing API keys.

Their answers have the same form in every release. `release.authenticate_user` checks a login token.
"""

import re
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import BadRequest

from embedded_ragflow import accounts, showing
from embedded_ragflow.answers import (
    ARGUMENT_ERROR,
    AUTHENTICATION_ERROR,
    OPERATING_ERROR,
    SERVER_ERROR,
    Refused,
    Success,
)
from embedded_ragflow.body import Body
from embedded_ragflow.database import User
from embedded_ragflow.release import Release

REQUIRED = ("nickname", "email", "password")
EMAIL = re.compile(r"^[\w\._-]+@([\w_-]+\.)+[\w-]{2,}$")
NICKNAME = re.compile(r"[\w ._'-]+")
LONGEST_NICKNAME = 100


def register(release: Release) -> Success:
    payload = _payload_of_registration(release)
    missing = [name for name in REQUIRED if name not in payload]
    if missing:
        raise Refused(ARGUMENT_ERROR, f"required argument are missing: {','.join(missing)}; ", data=None)
    if not current_app.config["REGISTER_ENABLED"]:
        raise Refused(OPERATING_ERROR, "User registration is disabled!", data=False)
    email = payload["email"]
    if not EMAIL.match(email):
        raise Refused(OPERATING_ERROR, f"Invalid email address: {email}!", data=False)
    if accounts.find(email):
        raise Refused(OPERATING_ERROR, f"Email: {email} has already registered!", data=False)
    nickname = release.check_nickname(payload["nickname"])
    user = accounts.create(email, nickname, accounts.decrypted(payload["password"]))
    return logged_in(release, user, f"{nickname}, welcome aboard!")


def _payload_of_registration(release: Release) -> Body:
    try:
        return release.read_body(request) or request.form
    except (AttributeError, BadRequest, TypeError):
        return {}


def any_nickname(nickname: Any) -> object:
    return nickname


def checked_nickname(nickname: Any) -> object:
    """Return the nickname without spaces around it. Raises Refused if it is not valid."""
    if nickname is None:
        raise _invalid_nickname("is required")
    if not isinstance(nickname, str):
        raise _invalid_nickname("must be a string")
    nickname = nickname.strip()
    if not nickname:
        raise _invalid_nickname("cannot be empty")
    if len(nickname) > LONGEST_NICKNAME:
        raise _invalid_nickname(f"must be at most {LONGEST_NICKNAME} characters")
    if not NICKNAME.fullmatch(nickname):
        raise _invalid_nickname("contains invalid characters")
    return nickname


def _invalid_nickname(reason: str) -> Refused:
    return Refused(ARGUMENT_ERROR, f"Nickname {reason}.", data=False)


def log_in(release: Release) -> Success:
    payload = release.read_body(request)
    if not payload:
        raise Refused(AUTHENTICATION_ERROR, "Unauthorized!", data=False)
    email = payload.get("email", "")
    user = accounts.find(email)
    if user is None:
        raise Refused(AUTHENTICATION_ERROR, f"Email: {email} is not registered!", data=False)
    try:
        password = accounts.decrypted(payload.get("password"))
    except (TypeError, ValueError):
        raise Refused(SERVER_ERROR, "Fail to crypt password", data=False) from None
    if not accounts.has_password(user, password):
        raise Refused(AUTHENTICATION_ERROR, "Email and password do not match!", data=False)
    accounts.log_in(user)
    return logged_in(release, user, "Welcome back!")


def logged_in(release: Release, user: User, message: str) -> Success:
    return Success(showing.user(release, user), message, accounts.login_token(user))


def log_out(release: Release) -> Success:
    accounts.log_out(_user_id(release))
    return Success(True)


def create_key(release: Release) -> Success:
    key = accounts.new_key(_user_id(release), release.octets_in_key)
    return Success({**showing.key(release, key), "update_date": None, "update_time": None})


def list_keys(release: Release) -> Success:
    unused = {"dialog_id": None, "source": None}
    return Success([{**showing.key(release, key), **unused} for key in accounts.keys_of(_user_id(release))])


def delete_key(release: Release, key: str) -> Success:
    """Delete an API key. The answer is the same for an unknown key, or for one of another tenant."""
    accounts.delete_key(_user_id(release), key)
    return Success(True)


def show_settings(_: Release) -> Success:
    return Success({"registerEnabled": current_app.config["REGISTER_ENABLED"]})


def show_settings_from_0_27(_: Release) -> Success:
    return Success({"registerEnabled": current_app.config["REGISTER_ENABLED"], "disablePasswordLogin": False})


def show_version(_: Release) -> Success:
    """Show the version, without the variant of the server."""
    return Success(f"v{current_app.config['VERSION'].partition('-')[0]}")


def show_version_to_users(release: Release) -> Success:
    _user_id(release)
    return show_version(release)


def _user_id(release: Release) -> str:
    """Return the id of the user who is logged in. Raises Unauthorized."""
    return release.authenticate_user(request.headers.get("Authorization"))
