"""Teams: the users whom the owner of a tenant has invited, and those who have accepted."""

from typing import Any

from embedded_ragflow import database
from embedded_ragflow.database import Dialog, Prepared, UserTenant, insert

# Roles. The owner of a team has no row here.
OWNER, MEMBER, GUEST = "owner", "normal", "invite"

TENANT = Prepared(
    UserTenant.select(UserTenant.tenant_id)
    .join(Dialog, on=UserTenant.tenant_id == Dialog.tenant_id)
    .where(UserTenant.user_id == "", Dialog.id == "")
)


def role_of(user_id: str, owner_id: str) -> str | None:
    """Return the role of a user in the team of this owner, or None."""
    if user_id == owner_id:
        return OWNER
    found = UserTenant.get_or_none(_is_row(user_id, owner_id))
    return None if found is None else str(found.role)


def own_tenant(user_id: str, _: str) -> str:
    """Return the user's own tenant: teams do not share sessions."""
    return user_id


def tenant_of_team(user_id: str, chat_id: str) -> str:
    """Return the tenant that owns the assistant if the user is in its team, as a member or a guest; else their own."""
    found = TENANT.run(user_id, chat_id).fetchone()
    return str(found[0]) if found else user_id


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
