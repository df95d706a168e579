"""How a run removes its assistants, and how it proves that none of them is left.

1. After each scenario: delete the scenario's assistants. If an answer is no success, look the assistant up in the
   complete list. A removal that fails is tried once more; without an answer, at the end of the run.
2. At the end of the run: delete what is left, then list all assistants of each tenant. What the server still lists of
   this run or its workers is deleted, and listed once more.
3. Last: delete the bystander and look it up. Before, it serves as a check: a list without it proves nothing.
"""

from collections.abc import Callable, Sequence
from functools import partial

from acceptance.errors import (
    Inconclusive,
    LeftBehind,
    NoAnswer,
    OthersMissing,
    RuleBroken,
    TenantWiped,
    UnusableListing,
)
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.listings import fetch_assistants_by_id, is_listed, is_success
from acceptance.ragflow.messages import Answer, Content, Credentials, Json
from acceptance.ragflow.responses import READ_TIMEOUT
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.inventory import Assistant, Entry, Inventory, is_of_a_run
from acceptance.sandbox.view import sessions_of

# Seconds to wait for an answer to a removal: a silent server must not delay the end of the run for long. A slow server
# gets more time: a multiple of its slowest answer so far.
REMOVAL_TIMEOUT = 10.0
SLOWEST_ANSWERS = 3

# A removal that fails is tried once more.
ATTEMPTS = 2


class Removal:
    """Removes assistants of an inventory, and verifies it. Checks the shape of the answers only after the removal."""

    def __init__(self, inventory: Inventory, guard: Guard) -> None:
        self._inventory, self._guard = inventory, guard
        self._clients: dict[Credentials, RAGFlow] = {}
        self._unchecked: list[Answer] = []
        self._has_tried_all = False

    def remove(self, entries: Sequence[Entry], *, verify: bool = False) -> None:
        """Remove these assistants; with ``verify``, look each up after a successful deletion too.

        Raise LeftBehind if one is still there, NoAnswer if the server does not say so of any, or WrongShape if all are
        gone but an answer has the wrong shape.
        """
        outcomes = [(entry.name, self.try_to_remove(entry, verify=verify)) for entry in entries]
        answers = self._unchecked.copy()
        self._unchecked.clear()
        if troubles := [(name, trouble) for name, trouble in outcomes if trouble]:
            is_silent = all(isinstance(trouble, NoAnswer) for _, trouble in troubles)
            message = _summary([f"assistant '{name}': {trouble}" for name, trouble in troubles])
            raise NoAnswer(message) if is_silent else LeftBehind(message)
        if check := self._inventory.bystander.owner.check:
            for answer in answers:
                check(answer)

    def remove_all(self, tenants_of_workers: Sequence[RAGFlow], *others: Callable[[], None]) -> None:
        """Remove everything of this run, and verify by listing that nothing is left. ``others`` remove other things.

        A run that created nothing sends no request. Raise LeftBehind, which names what is or may be left.
        """
        inventory = self._inventory
        known = (entry.owner for entry in (inventory.bystander, *inventory.created.values(), *inventory.present))
        tenants = {each.credentials: each for each in [*known, *tenants_of_workers]}
        usual = [entry for entry in inventory.present if entry is not inventory.bystander]
        stages: list[Callable[[], None]] = [*others, partial(self.remove, usual)]
        if inventory.created or tenants_of_workers:
            stages += [partial(self._remove_listed, tenant) for tenant in tenants.values()]
        if inventory.bystander in inventory.present:
            # Once only: afterwards its removal was tried.
            stages += [] if self._has_tried_all else [partial(self.check_bystander, "a request of this run")]
            stages.append(partial(self.remove, [inventory.bystander], verify=True))
        stages.append(self._guard.check_others)
        self._has_tried_all = True
        troubles = []
        for stage in stages:
            try:
                stage()
            except (Inconclusive, RuleBroken) as trouble:
                troubles.append(trouble)
        if troubles:
            lost = [each for each in troubles if isinstance(each, TenantWiped | OthersMissing)]
            raise (type(lost[0]) if lost else LeftBehind)(_summary([*map(str, troubles)]))

    def check_bystander(self, last_request: str) -> None:
        """Raise TenantWiped if the bystander is gone."""
        bystander = self._inventory.bystander
        if bystander.id and not is_listed(bystander.id, self._client(bystander.owner)):
            # It is reported once.
            bystander.id = ""
            self._inventory.discard(bystander)
            raise TenantWiped(
                "all assistants of this tenant are gone, also one that no scenario touches. Either another client "
                f"deletes assistants here, or this request did: {last_request}"
            )

    def try_to_remove(self, entry: Entry, *, verify: bool = False) -> Exception | None:
        """Remove an assistant. Return why it may still be there; None: it is gone, or the server says so."""
        trouble: Exception | None = None
        for _ in range(ATTEMPTS):
            try:
                trouble = self._remove(entry, self._client(entry.owner), verify)
            except (Inconclusive, UnusableListing) as error:
                trouble = error
            if trouble is None:
                self._inventory.discard(entry)
                break
        return trouble

    def _remove(self, entry: Entry, client: RAGFlow, verify: bool) -> LeftBehind | None:
        ids = [entry.id] if entry.id else [id for id, name in _names_by_id(client).items() if name == entry.name]
        if not self._guard.can_remove:
            # Nothing will be sent. What is gone must not be reported as left behind.
            ids = [id for id in ids if id in fetch_assistants_by_id(client)]
        answers = [self._delete(Assistant(id, entry.name, client), entry.sessions) for id in ids]
        refusals = [answer for answer in answers if not is_success(answer)]
        # A success that is none is found by the list at the end of the run.
        if (refusals or verify) and fetch_assistants_by_id(client).keys() & set(ids):
            shown = "".join(f"\n{describe_exchange(answer)}" for answer in refusals[-1:])
            return LeftBehind(f"the server still has it{shown}")
        return None

    def _delete(self, assistant: Assistant, session_ids: Sequence[str] | None) -> Answer:
        """Delete an assistant after its sessions, which RAGFlow would keep for ever. None: all sessions in its list."""
        if session_ids is None:
            session_ids = [session.id for session in sessions_of(assistant)]
        if session_ids:
            assistant.owner.delete_sessions(assistant.id, Content.json({"ids": list[Json](session_ids)}))
        return self._guard.remove(assistant)

    def _remove_listed(self, tenant: RAGFlow) -> None:
        """Remove what the server lists although it was removed, and what workers left. Verify it."""
        listed = self._list(tenant)
        for entry in listed:
            self.try_to_remove(entry)
        if listed and (left := self._list(tenant)):
            raise LeftBehind("; ".join(f"assistant '{entry.name}': the server still lists it" for entry in left))

    def _list(self, tenant: RAGFlow) -> list[Entry]:
        """Return what the server lists of this run and its workers, except the bystander and what is kept."""
        inventory, bystander, client = self._inventory, self._inventory.bystander, self._client(tenant)
        try:
            names = _names_by_id(client)
            has_bystander = bystander in inventory.present and tenant.credentials == bystander.owner.credentials
            # Another client may have deleted the bystander; then a list without it is right.
            if has_bystander and bystander.id not in names and is_listed(bystander.id, client):
                raise UnusableListing("two lists of assistants contradict each other, so they prove nothing")
        except (Inconclusive, UnusableListing) as trouble:
            raise LeftBehind(f"assistants named '{inventory.prefix} …' may be there: {trouble}") from None
        spared = {*inventory.kept, bystander.name}
        own = {id: name for id, name in names.items() if is_of_a_run(name, inventory.run) and name not in spared}
        return [Entry(name, tenant, id, None) for id, name in own.items()]

    def _client(self, owner: RAGFlow) -> RAGFlow:
        if owner.credentials not in self._clients:
            self._clients[owner.credentials] = owner.with_check(self._unchecked.append, REMOVAL_TIMEOUT)
        client = self._clients[owner.credentials]
        client.read_timeout = min(READ_TIMEOUT, max(REMOVAL_TIMEOUT, SLOWEST_ANSWERS * client.server.slowest))
        return client


def _names_by_id(owner: RAGFlow) -> dict[str, str]:
    return {id: str(item.get("name")) for id, item in fetch_assistants_by_id(owner).items()}


def _summary(troubles: Sequence[str]) -> str:
    """Join the first lines, followed by the other lines of the first trouble that has some: an exchange."""
    details = next((f"\n{rest}" for trouble in troubles if (rest := trouble.partition("\n")[2])), "")
    return "; ".join(trouble.partition("\n")[0] for trouble in troubles) + details
