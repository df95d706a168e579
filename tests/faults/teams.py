"""Faults in what guests, members and former members of a team may do."""

from collections.abc import Callable

from flask import request

from embedded_ragflow import teams
from tests.faults.database import owner_of
from tests.faults.fault import NEWEST, fault
from tests.faults.ownership import check_owner
from tests.faults.patching import wrap
from tests.faults.requests import is_deletion


def share_with(role: str, is_shared: Callable[[], bool]) -> None:
    """Let users with this role in the owner's team send some requests about the owner's sessions."""

    def is_owned(original, tenant_id, chat_id):
        is_allowed = is_shared() and teams.role_of(tenant_id, owner_of(chat_id)) == role
        return is_allowed or original(tenant_id, chat_id)

    check_owner(is_owned)


guest_can_delete = fault("ISOLATION-27", "A guest of a team can delete the owner's sessions.", releases="0.27")(
    share_with, teams.GUEST, is_deletion
)
member_sees_sessions = fault("ISOLATION-28", "A member of a team sees the owner's sessions.", releases="0.27")(
    share_with, teams.MEMBER, lambda: request.method == "GET"
)


@fault("ISOLATION-27 ISOLATION-28", "A former member of a team keeps access to the owner's sessions.", releases=NEWEST)
def former_member_keeps_access():
    former = set()

    def remove(original, user_id, owner_id):
        if teams.role_of(user_id, owner_id) == teams.MEMBER:
            former.add((user_id, owner_id))
        original(user_id, owner_id)

    def is_owned(original, tenant_id, chat_id):
        owner = owner_of(chat_id)
        is_former = (tenant_id, owner) in former and teams.role_of(tenant_id, owner) is None
        return is_former or original(tenant_id, chat_id)

    wrap(teams, "remove", remove)
    check_owner(is_owned)
