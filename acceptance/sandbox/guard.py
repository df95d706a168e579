"""What keeps a run from deleting assistants that it did not create. No other module deletes assistants.

RAGFlow up to 0.24 deletes all assistants of a tenant if a proxy drops the body of ``DELETE /chats``, and no other call
there deletes an assistant with an API key. So every program that deletes uses a guard:

1. Up to 0.24 it refuses a tenant that has other assistants, unless the user allows that.
2. Before the first deletion, it proves with two sessions of its own that a deletion arrives as it was sent.
3. It lists the other assistants at the start and at the end, and reports those that are missing.

From 0.25 on, ``DELETE /chats/<id>`` needs no body, and deletes one assistant. A guard relies on it only after the
server has proved it with an assistant of the run. Otherwise the rules for RAGFlow up to 0.24 apply.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Self

from acceptance.errors import CannotRun, Inconclusive, NotRAGFlow, OthersMissing, RuleBroken, Unverified
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange, shorten
from acceptance.ragflow.listings import fetch_assistants_by_id, is_success, read_prepared
from acceptance.ragflow.messages import Answer, Content
from acceptance.sandbox.inventory import Assistant, is_of_a_run
from acceptance.sandbox.view import sessions_of

# No server has an assistant or a session with this id.
UNKNOWN_ID = "0" * 32

# Seconds until a deletion has to take effect, and between two looks.
MAX_DELAY, POLL_INTERVAL = 1.0, 0.05

ATTEMPTS = 3

# Names of assistants that a message lists.
MAX_NAMES = 3


class Guard:
    """Deletes assistants, if that is safe.

    ``removes_by_id``: it is proved that ``DELETE /chats/<id>`` deletes one assistant. ``is_verified``: deletions arrive
    as they are sent. ``may_remove_by_id``: the server seems to have that call, but has not proved it.
    """

    def __init__(
        self, *, removes_by_id: bool = False, is_verified: bool = False, may_remove_by_id: bool = False
    ) -> None:
        self.removes_by_id, self.is_verified = removes_by_id, is_verified
        self.may_remove_by_id = may_remove_by_id
        self._allows_others = False
        # For each tenant, the names of the assistants of others by their ids.
        self._others: list[tuple[RAGFlow, Mapping[str, str]]] = []

    @classmethod
    def trusting(cls, owner: RAGFlow) -> Self:
        """Return a guard that checks nothing: for the run's own embedded server."""
        return cls(removes_by_id=_seems_to_remove_by_id(owner), is_verified=True)

    @classmethod
    def for_tenants(cls, owners: Sequence[RAGFlow], *, allows_others: bool) -> Self:
        """Record the assistants of others in each tenant. Nothing is created yet.

        Raise CannotRun if the server cannot be asked, if something forbids deletions, or if RAGFlow up to 0.24 has
        such assistants and the user does not allow that.
        """
        guard = cls()
        guard._allows_others = allows_others
        try:
            guard.may_remove_by_id = _seems_to_remove_by_id(owners[0])
            guard._others = [(owner, _others_of(owner)) for owner in owners]
            _check_deletions_pass(owners[0])
        except (Inconclusive, RuleBroken) as trouble:
            raise CannotRun(f"The run has created nothing, because it cannot prepare: {trouble}") from None
        if not guard.may_remove_by_id:
            guard._refuse_others("This RAGFlow (0.24 or earlier)", "The run has created nothing.")
        return guard

    def _refuse_others(self, server: str, left: str) -> None:
        """Raise CannotRun if there are assistants of others, and the user does not allow that."""
        for owner, others in self._others:
            if others and not self._allows_others:
                raise CannotRun(
                    f"The tenant of {owner.credentials.name} has assistants that no run of this specification created: "
                    f"{_in_words(others)}. {server} deletes all assistants of a tenant if a "
                    f"proxy drops the body of a request, so they would be at risk. {left} Use a "
                    "dedicated tenant, or accept the risk with RAGFLOW_SHARED_TENANT=yes (or -D shared_tenant=yes)."
                )

    def prove_removal_by_id(self, assistant: Assistant, bystander: Assistant) -> None:
        """Delete the assistant by its id. If it disappears, and nothing else, all assistants are removed so.

        Otherwise the rules for RAGFlow up to 0.24 apply. Raise CannotRun if they forbid the run, or if assistants of
        others or the bystander have disappeared. Assistants of other runs may come and go.
        """
        owner, own = bystander.owner, {assistant.id: assistant.name, bystander.id: bystander.name}
        before = own.keys() & fetch_assistants_by_id(owner).keys()
        with suppress(NotRAGFlow):
            owner.delete_assistant(assistant.id)
        left = own.keys() & _until_gone(assistant.id, lambda: fetch_assistants_by_id(owner))
        remain = f"Of this run remain on the server: {_in_words({id: own[id] for id in left}) or 'no assistants'}."
        try:
            self.check_others()
            if bystander.id not in left:
                raise OthersMissing(f"an assistant that was not named has disappeared: '{bystander.name}'")
        except OthersMissing as trouble:
            raise CannotRun(
                f"After DELETE /chats/{assistant.id}, {trouble}. The run deletes nothing else. {remain}"
            ) from None
        self.removes_by_id = before == own.keys() and assistant.id not in left
        if not self.removes_by_id:
            self._refuse_others("DELETE /chats/<id> did not remove an assistant of this run. The other way", remain)

    def verify(self, bystander: Assistant) -> None:
        """Create two sessions in the bystander, delete one by its id, and check that exactly the other remains.

        Raise CannotRun if not.
        """
        owner, names = bystander.owner, ("to be deleted", "to be kept")
        deleted, kept = (str(read_prepared(owner.create_session(bystander.id, name))["id"]) for name in names)
        for _ in range(ATTEMPTS):
            answer = owner.delete_sessions(bystander.id, Content.json({"ids": [deleted]}))
            left = _until_gone(deleted, lambda: [each.id for each in sessions_of(bystander)])
            self.is_verified = left == [kept]
            # An error of the database may have deleted nothing, and may not occur again.
            if is_success(answer) or set(left) != {deleted, kept}:
                break
        if not self.is_verified:
            where = f"The assistant '{bystander.name}' ({bystander.id})"
            listed = ", ".join(map(shorten, left)) or "no session"
            raise CannotRun(
                "A deletion did not do what was sent, so the run stops before it deletes anything else. "
                f"{where} had the sessions {deleted} and {kept}; the first was deleted, and then the list showed "
                f"{listed}.\n{describe_exchange(answer)}\n"
                "Either a proxy between here and RAGFlow drops the body of DELETE requests or its content type, or "
                "RAGFlow itself deletes the wrong sessions. Use RAGFlow's own address, or change the proxy. "
                + ("" if self.removes_by_id else f"{where} remains on the server on purpose: {_WHY_NOT_REMOVED}.")
            )

    def delete(self, assistant: Assistant) -> Answer:
        """Delete an assistant as RAGFlow's client does, with a list of ids. Raise Unverified if that is not safe."""
        if not self.is_verified:
            raise Unverified(f"it remains on the server on purpose: {_WHY_NOT_REMOVED}")
        return assistant.owner.delete_assistants([assistant.id])

    def remove(self, assistant: Assistant) -> Answer:
        """Delete an assistant in the safest way that the server has. Raise Unverified if there is none."""
        return assistant.owner.delete_assistant(assistant.id) if self.removes_by_id else self.delete(assistant)

    @property
    def can_remove(self) -> bool:
        """Whether there is a safe way to remove an assistant."""
        return self.removes_by_id or self.is_verified

    def check_others(self) -> None:
        """Raise OthersMissing if assistants of others have disappeared since the start. Two lists must lack them.

        Raise UnusableListing or Inconclusive if the server does not say.
        """
        for owner, others in self._others:
            for _ in range(2):
                others = {id: others[id] for id in others.keys() - _others_of(owner).keys()} if others else {}
            if others:
                raise OthersMissing(
                    f"assistants that this run did not create have disappeared: {_in_words(others)}. Either another "
                    "client deleted them, or a proxy changed a deletion of this run so that it deleted them"
                )


_WHY_NOT_REMOVED = "to remove it over this connection might delete all assistants of the tenant"


def _until_gone(deleted: str, list_ids: Callable[[], Iterable[str]]) -> list[str]:
    """Return the ids in the list. Wait a moment until it lacks this one: scenarios report late deletions."""
    deadline = time.monotonic() + MAX_DELAY
    while deleted in (left := list(list_ids())) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    return left


def _check_deletions_pass(owner: RAGFlow) -> None:
    """Raise CannotRun if something else than RAGFlow answers deletions."""
    try:
        answer = owner.delete_sessions(UNKNOWN_ID, Content.json({"ids": [UNKNOWN_ID]}))
        refusal = "" if answer.has_ragflow_form else describe_exchange(answer)
    except NotRAGFlow as trouble:
        refusal = str(trouble)
    if refusal:
        raise CannotRun(
            "Something between here and RAGFlow forbids DELETE requests, so the run has created nothing. Allow them "
            f"there, or use RAGFlow's own address.\n{refusal}"
        )


def _seems_to_remove_by_id(owner: RAGFlow) -> bool:
    """Whether the server seems to have a call to delete an assistant by its id, as RAGFlow 0.25 and later do.

    They answer an unknown id with the code 109. RAGFlow up to 0.24 answers with the code 100, for a wrong method.
    """
    try:
        answer = owner.delete_assistant(UNKNOWN_ID)
    except NotRAGFlow:
        return False
    return isinstance(answer.body, dict) and answer.body.get("code") == 109


def _others_of(owner: RAGFlow) -> dict[str, str]:
    """Return the names of the tenant's assistants that no run of this specification created, by their ids."""
    names = {id: str(item.get("name")) for id, item in fetch_assistants_by_id(owner).items()}
    return {id: name for id, name in names.items() if not is_of_a_run(name)}


def _in_words(assistants: Mapping[str, str]) -> str:
    names = [f"'{shorten(name, 60)}' ({shorten(id, 60)})" for id, name in assistants.items()]
    more = f" and {len(names) - MAX_NAMES} more, {len(names)} in total" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
