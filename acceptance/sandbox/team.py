"""The team of the first key's user, in which the second key's user is a guest or a member during a scenario."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from acceptance.errors import Inconclusive, LeftBehind, PreparationFailed
from acceptance.interruption import held
from acceptance.ragflow import teams
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.listings import is_success
from acceptance.ragflow.messages import Answer
from acceptance.ragflow.teams import User
from acceptance.sandbox.inventory import PREFIX

# The default addresses of ``make tenants``, and those of the embedded server. Nobody reads e-mail at example.com.
EMAIL = re.compile(rf"{PREFIX}(-\w+)?@example\.com", re.IGNORECASE)

# A guest has been invited. A member has also accepted, and a former member was also removed.
ROLES = ("a guest", "a member", "a former member")

# Seconds to wait for the answer to a removal, which is tried once more if it fails.
REMOVAL_TIMEOUT, ATTEMPTS = 10.0, 2


class Team:
    """A team of two users that exist for tests: ``find`` returns no other.

    ``may_have_guest``: no removal was confirmed since the last invitation.
    """

    def __init__(self, owner: RAGFlow, guest: RAGFlow, users: Sequence[User]) -> None:
        """Take the client of each, and the two users."""
        self._owner, self._guest, self._users = owner, guest, users
        self.may_have_guest = False

    @classmethod
    def find(cls, owner: RAGFlow, guest: RAGFlow) -> Self | None:
        """Return the owner's team without the guest, whom a killed run may have left there.

        Return None, and change nothing, unless both users have default addresses of ``make tenants``.
        """
        # Contracts describe only calls about assistants and sessions.
        owner, guest = (each.with_check(lambda _: None, each.read_timeout) for each in (owner, guest))
        users: list[User] = []
        with suppress(Inconclusive):
            users = [user for user in map(teams.user_of, (owner, guest)) if user and EMAIL.fullmatch(user.email)]
        # Two keys of one user would remove the owner from the team.
        if len({user.id for user in users}) < 2:
            return None
        with suppress(Inconclusive):
            teams.remove(owner, *users)
        return cls(owner, guest, users)

    def admit(self, who: str) -> None:
        """Make the second user one of ROLES. Raise ValueError for another word, PreparationFailed or LeftBehind."""
        (owner, guest), steps = self._users, ROLES.index(who)
        with held():
            self.may_have_guest = True
            _expect_success(teams.invite(self._owner, owner, guest))
        if steps > 0:
            _expect_success(teams.accept(self._guest, owner))
        if steps > 1:
            self.remove()

    def remove(self) -> None:
        """Remove the guest, if there may be one. Raise LeftBehind if the server does not confirm it."""
        client, trouble = self._owner.with_check(lambda _: None, REMOVAL_TIMEOUT), ""
        for _ in range(ATTEMPTS if self.may_have_guest else 0):
            try:
                answer = teams.remove(client, *self._users)
            except Inconclusive as error:
                trouble = str(error)
            else:
                self.may_have_guest = not is_success(answer)
                trouble = describe_exchange(answer)
            if not self.may_have_guest:
                return
        if trouble:
            raise LeftBehind(f"{self}; the next run with the same keys removes it: {trouble}")

    def __str__(self) -> str:
        return f"the guest {self._users[1].email} in the team of {self._users[0].email}"


def _expect_success(answer: Answer) -> None:
    if not is_success(answer):
        raise PreparationFailed(f"the team could not be prepared:\n{describe_exchange(answer)}")
