"""Teams: the users whom the owner of a tenant has invited, and those who have accepted."""

from typing import Any

from embedded_ragflow import database
from embedded_ragflow.database import UserTenant, insert

# Roles. The owner of a team has no row here.
GUEST, MEMBER = "invite", "normal"


def role_of(user_id: str, owner_id: str) -> str | None:
    """Return the role of a user in the team of this owner, or None."""
    found = UserTenant.get_or_none(_is_row(user_id, owner_id))
    return None if found is None else str(found.role)


def has(user_id: str, owner_id: str) -> bool:
    """Whether the user is in the team, as its owner, a member or a guest."""
    return user_id == owner_id or role_of(user_id, owner_id) is not None


def invite(user_id: str, owner_id: str) -> None:
    insert(UserTenant, user_id=user_id, tenant_id=owner_id, role=GUEST, invited_by=owner_id)


def accept(user_id: str, owner_id: str) -> None:
    """Make a guest a member. Others are unchanged."""
    UserTenant.update(role=MEMBER, **database.updated_now()).where(_is_row(user_id, owner_id)).execute()


def remove(user_id: object, owner_id: str) -> None:
    """Remove a user from the team. Others are unchanged."""
    UserTenant.delete().where(_is_row(user_id, owner_id)).execute()


def _is_row(user_id: object, owner_id: str) -> Any:
    return (UserTenant.user_id == user_id) & (UserTenant.tenant_id == owner_id)
