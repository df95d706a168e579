"""How a run removes its assistants, and how it proves that none of them is left.

1. After each scenario: delete the scenario's assistants. If an answer is no success, look the assistant up by name.
2. At the end of the run: delete what is left, then list all assistants of each tenant. What the server still lists of
   this run or its workers is deleted, and listed once more.
3. Last: delete the bystander and look it up by name. Before, it serves as a check: a list without it proves nothing.
"""

import re
from collections.abc import Sequence
from functools import partial

from acceptance.errors import Inconclusive, LeftBehind, RuleBroken, TenantWiped, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants, find_assistant_ids, is_success
from acceptance.ragflow.messages import Answer, Content, Credentials, Json
from acceptance.sandbox.inventory import Assistant, Entry, Inventory
from acceptance.sandbox.view import sessions_of

# Seconds to wait for an answer to a removal: a silent server must not delay the end of the run for long.
REMOVAL_TIMEOUT = 10.0


def delete_assistant(assistant: Assistant, session_ids: Sequence[str] | None) -> Answer:
    """Delete an assistant after its sessions, which RAGFlow would keep for ever; None: all that the server lists."""
    if session_ids is None:
        session_ids = [session.id for session in sessions_of(assistant)]
    if session_ids:
        assistant.owner.delete_sessions(assistant.id, Content.json({"ids": list[Json](session_ids)}))
    return assistant.owner.delete_assistants([assistant.id])


class Removal:
    """Removes assistants of an inventory, and verifies it. Checks the shape of the answers only after the removal."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._clients: dict[Credentials, RAGFlow] = {}
        self._unchecked: list[Answer] = []

    def remove(self, entries: Sequence[Entry], *, verify: bool = False) -> None:
        """Remove these assistants; with ``verify``, look each up by name after a successful deletion too.

        Raise LeftBehind if one is still there, or WrongShape if all are gone but an answer has the wrong shape.
        """
        outcomes = [(entry.name, self._remove(entry, verify)) for entry in entries]
        answers = self._unchecked.copy()
        self._unchecked.clear()
        if troubles := [f"assistant '{name}': {trouble}" for name, trouble in outcomes if trouble]:
            raise LeftBehind("; ".join(troubles))
        if check := self._inventory.bystander.owner.check:
            for answer in answers:
                check(answer)

    def remove_all(self, tenants_of_workers: Sequence[RAGFlow]) -> None:
        """Remove everything of this run, and verify by listing that nothing is left.

        A run that created nothing sends no request. Raise LeftBehind, which names what is or may be left.
        """
        inventory = self._inventory
        known = (entry.owner for entry in (inventory.bystander, *inventory.created.values(), *inventory.present))
        tenants = {each.credentials: each for each in [*known, *tenants_of_workers]}
        stages = [partial(self.remove, [entry for entry in inventory.present if entry is not inventory.bystander])]
        if inventory.created or tenants_of_workers:
            stages += [partial(self._remove_listed, tenant) for tenant in tenants.values()]
        if inventory.bystander in inventory.present:
            stages.append(partial(self.remove, [inventory.bystander], verify=True))
        troubles = []
        for stage in stages:
            try:
                stage()
            except (Inconclusive, RuleBroken) as trouble:
                troubles.append(str(trouble))
        if troubles:
            raise LeftBehind("; ".join(troubles))

    def check_bystander(self, last_request: str) -> None:
        """Raise TenantWiped if the bystander is gone."""
        bystander = self._inventory.bystander
        if bystander.id and not find_assistant_ids(bystander.name, self._client(bystander.owner)):
            raise TenantWiped(
                "all assistants of this tenant are gone, also one that no scenario touches. Either another client "
                f"deletes assistants here, or this request did: {last_request}"
            )

    def _remove(self, entry: Entry, verify: bool) -> str:
        """Remove an assistant. Return why it may still be there; empty: it is gone, or the server says so."""
        client = self._client(entry.owner)
        try:
            ids = [entry.id] if entry.id else find_assistant_ids(entry.name, client)
            answers = [delete_assistant(Assistant(id, entry.name, client), entry.sessions) for id in ids]
            # A success that is none is found by the list at the end of the run.
            is_certain = all(map(is_success, answers)) and not verify
            if not is_certain and find_assistant_ids(entry.name, client):
                return "the server still has it"
        except (Inconclusive, UnusableListing) as trouble:
            return str(trouble)
        self._inventory.discard(entry)
        return ""

    def _remove_listed(self, tenant: RAGFlow) -> None:
        """Remove what the server lists although it was removed, and what workers left. Verify it."""
        listed = self._list(tenant)
        for entry in listed:
            self._remove(entry, verify=False)
        if listed and (left := self._list(tenant)):
            raise LeftBehind("; ".join(f"assistant '{entry.name}': the server still lists it" for entry in left))

    def _list(self, tenant: RAGFlow) -> list[Entry]:
        """Return what the server lists of this run and its workers, except the bystander and what is kept."""
        inventory, bystander, client = self._inventory, self._inventory.bystander, self._client(tenant)
        try:
            items = [(str(item.get("name")), str(item["id"])) for item in fetch_all_assistants(client)]
            has_bystander = bystander.id and tenant.credentials == bystander.owner.credentials
            # Another client may have deleted the bystander; then a list without it is right.
            if has_bystander and bystander.name not in dict(items) and find_assistant_ids(bystander.name, client):
                raise UnusableListing("the list of assistants lacks one that exists, so it proves nothing")
        except (Inconclusive, UnusableListing) as trouble:
            raise LeftBehind(f"assistants named '{inventory.prefix} …' may be there: {trouble}") from None
        # A worker adds a hyphen and its number to the id of the run.
        is_own = re.compile(rf"{re.escape(inventory.prefix)}(-\d+)? ").match
        spared = {*inventory.kept, bystander.name}
        return [Entry(name, tenant, id, None) for name, id in items if is_own(name) and name not in spared]

    def _client(self, owner: RAGFlow) -> RAGFlow:
        if owner.credentials not in self._clients:
            self._clients[owner.credentials] = owner.with_check(self._unchecked.append, REMOVAL_TIMEOUT)
        return self._clients[owner.credentials]
