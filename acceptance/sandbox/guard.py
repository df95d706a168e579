"""What keeps a run from deleting assistants that it did not create. No other module deletes assistants.

RAGFlow up to 0.24 deletes all assistants of a tenant if a proxy drops the body of ``DELETE /chats``, and no other call
there deletes an assistant with an API key. So every program that deletes uses a guard:

1. Up to 0.24 it refuses a tenant that has other assistants, unless the user allows that.
2. Before the first deletion, it proves with two sessions of its own that a deletion arrives as it was sent.
3. It lists the other assistants at the start and at the end, and reports those that are missing.

From 0.25 on, ``DELETE /chats/<id>`` needs no body, and deletes one assistant.
"""

import time
from collections.abc import Mapping, Sequence
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

    ``removes_by_id``: the server has ``DELETE /chats/<id>``. ``is_verified``: deletions arrive as they are sent.
    """

    def __init__(self, *, removes_by_id: bool = False, is_verified: bool = False) -> None:
        self.removes_by_id, self.is_verified = removes_by_id, is_verified
        # For each tenant, the names of the assistants of others by their ids.
        self._others: list[tuple[RAGFlow, Mapping[str, str]]] = []

    @classmethod
    def trusting(cls, owner: RAGFlow) -> Self:
        """Return a guard that checks nothing: for a worker, whose parent has, and for the run's own embedded server."""
        return cls(removes_by_id=_removes_by_id(owner), is_verified=True)

    @classmethod
    def for_tenants(cls, owners: Sequence[RAGFlow], *, allows_others: bool) -> Self:
        """Record the assistants of others in each tenant. Nothing is created yet.

        Raise CannotRun if the server cannot be asked, if something forbids deletions, or if RAGFlow up to 0.24 has
        such assistants and the user does not allow that.
        """
        guard = cls()
        try:
            guard.removes_by_id = _removes_by_id(owners[0])
            guard._others = [(owner, _others_of(owner)) for owner in owners]
            _check_deletions_pass(owners[0])
        except (Inconclusive, RuleBroken) as trouble:
            raise CannotRun(f"The run has created nothing, because it cannot prepare: {trouble}") from None
        if not guard.removes_by_id and not allows_others:
            guard._refuse_others()
        return guard

    def _refuse_others(self) -> None:
        for owner, others in self._others:
            if others:
                raise CannotRun(
                    f"The tenant of {owner.credentials.name} has assistants that no run of this specification created: "
                    f"{_in_words(others)}. This RAGFlow (0.24 or earlier) deletes all assistants of a tenant if a "
                    "proxy drops the body of a request, so they would be at risk. The run has created nothing. Use a "
                    "dedicated tenant, or accept the risk with RAGFLOW_SHARED_TENANT=yes (or -D shared_tenant=yes)."
                )

    def verify(self, bystander: Assistant) -> None:
        """Create two sessions in the bystander, delete one by its id, and check that exactly the other remains.

        Raise CannotRun if not.
        """
        owner, names = bystander.owner, ("to be deleted", "to be kept")
        deleted, kept = (str(read_prepared(owner.create_session(bystander.id, name))["id"]) for name in names)
        for _ in range(ATTEMPTS):
            answer = owner.delete_sessions(bystander.id, Content.json({"ids": [deleted]}))
            left = _listed_without(bystander, deleted)
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


def _listed_without(assistant: Assistant, session_id: str) -> list[str]:
    """Return the sessions in the list. Wait a moment until it lacks this one: scenarios report late deletions."""
    deadline = time.monotonic() + MAX_DELAY
    while session_id in (left := [each.id for each in sessions_of(assistant)]) and time.monotonic() < deadline:
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


def _removes_by_id(owner: RAGFlow) -> bool:
    """Whether the server has a call to delete an assistant by its id, as RAGFlow 0.25 and later do.

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
