"""Showing a user, inviting a user to a team, accepting an invitation, and removing a user from a team.

Successful calls were tried on the Python and the Go server of 0.27.0. Refusals were not: they are as in the source code
of the Python server. RAGFlow also sends the guest an e-mail if it has a mail server.
"""

from typing import Any

from flask import request

from embedded_ragflow import accounts, showing, teams
from embedded_ragflow.answers import ARGUMENT_ERROR, AUTHENTICATION_ERROR, DATA_ERROR, Refused, Success
from embedded_ragflow.database import User
from embedded_ragflow.release import Release

SHOWN_OF_GUESTS = ("id", "avatar", "email", "nickname")

# Why a user cannot be invited, by their role.
REFUSED = {
    teams.OWNER: "the owner of the team",
    teams.MEMBER: "already in the team",
    teams.GUEST: "in the team, but the role: invite is invalid",
}


def show_user(release: Release, tenant_id: str) -> Success:
    """Show the user with this key, including secrets."""
    return Success(showing.profile(release, User.get_by_id(tenant_id)))


def invite(release: Release, tenant_id: str, owner_id: str) -> Success:
    if tenant_id != owner_id:
        raise _not_authorized()
    email = _required(release, "email")
    guest = accounts.find(email)
    if guest is None:
        raise Refused(DATA_ERROR, "User not found.")
    if role := teams.role_of(guest.id, owner_id):
        raise Refused(DATA_ERROR, f"{email} is {REFUSED[role]}.")
    teams.invite(guest.id, owner_id)
    return Success({name: getattr(guest, name) for name in SHOWN_OF_GUESTS})


def accept(_: Release, tenant_id: str, owner_id: str) -> Success:
    """Accept an invitation. The answer is the same without one."""
    teams.accept(tenant_id, owner_id)
    return Success(True)


def remove(release: Release, tenant_id: str, owner_id: str) -> Success:
    """Remove a user: the owner may remove anyone, and users themselves. The answer is the same for other users."""
    user_id = _required(release, "user_id")
    if tenant_id not in (owner_id, user_id):
        raise _not_authorized()
    teams.remove(user_id, owner_id)
    return Success(True)


def _required(release: Release, field: str) -> Any:
    """Return this field of the body. Raises Refused if it is missing."""
    payload = release.read_body(request)
    if field not in payload:
        raise Refused(ARGUMENT_ERROR, f"required argument are missing: {field}; ", data=None)
    return payload[field]


def _not_authorized() -> Refused:
    return Refused(AUTHENTICATION_ERROR, "No authorization.", data=False)
