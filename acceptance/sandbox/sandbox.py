"""What a scenario creates on the server, and the names that its steps use for it."""

import re
import secrets
from collections import ChainMap
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from acceptance.errors import NoAnswer, NotCreated, PreparationFailed
from acceptance.notation import placeholders
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.charsets import FOUR_BYTES, as_stored
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import shorten
from acceptance.ragflow.listings import Session, read_created, read_prepared
from acceptance.ragflow.messages import Answer, Json
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.inventory import Assistant, Entry, Inventory
from acceptance.sandbox.removal import Removal
from acceptance.sandbox.team import Team
from acceptance.threads import run_in_threads

Held = Callable[[], AbstractContextManager[None]]
# From this many sessions on, several are created at the same time.
MANY_SESSIONS, CONNECTIONS = 20, 8


class Sandbox:
    """The assistants and sessions of one scenario after another. Their names begin with ``prefix``.

    ``guard`` deletes assistants. ``held`` returns a context that defers interrupts while an assistant is created or
    removed. ``run`` is the id of the run or worker. Sandboxes of one process may share an inventory.
    """

    def __init__(
        self, ragflow: RAGFlow, guard: Guard, held: Held, run: str = "", inventory: Inventory | None = None
    ) -> None:
        self.ragflow, self.guard = ragflow, guard
        self.inventory = inventory or Inventory(ragflow, run or secrets.token_hex(4))
        self.run, self.prefix, self.kept = self.inventory.run, self.inventory.prefix, self.inventory.kept
        # What the placeholders of the features stand for.
        self.names: dict[str, str] = {}
        # How reports call an id: the names of this scenario, and those of everything that earlier ones created.
        self._earlier: dict[str, str] = {}
        self.display_names: ChainMap[str, str] = ChainMap({}, self._earlier)
        self._held = held
        # The character set of the database connection.
        self.charset = FOUR_BYTES
        self.removal = Removal(self.inventory, guard)
        # The team of the first key's user, if a run may change it.
        self.team: Team | None = None
        self._of_scenario: list[Entry] = []

    @property
    def entered(self) -> list[str]:
        """The names of the assistants that may be on the server now."""
        return [entry.name for entry in self.inventory.present]

    @property
    def left(self) -> list[str]:
        """What may be on the server now: the names of assistants, and the guest in the team."""
        return [*self.entered, *([str(self.team)] if self.team and self.team.may_have_guest else [])]

    def stored(self, name: str) -> str:
        """Return the name as the database stores it. The rules about names do not rely on it."""
        return as_stored(name, self.charset)

    def create_assistant(
        self,
        sessions: int | Sequence[SessionSpec],
        owner: RAGFlow | None = None,
        *,
        name: str = "",
        other: bool = False,
    ) -> Assistant:
        """Create the assistant of the scenario, or the ``other`` one. Raise PreparationFailed if the server refuses.

        Listed sessions are created in their order. A number of them is named ``session 1`` and so on, in any order.
        """
        specs = SessionSpec.numbered(sessions) if isinstance(sessions, int) else sessions
        self.create_bystander()
        empty = self._create(Entry(name or f"{self.prefix} {next(self.inventory.numbers)}", owner or self.ragflow))

        def create(spec: SessionSpec) -> Session:
            return self._register(empty, read_prepared(empty.owner.create_session(empty.id, spec.name, spec.user)))

        workers = CONNECTIONS if isinstance(sessions, int) and sessions >= MANY_SESSIONS else 1
        new = run_in_threads(create, specs, workers=workers, title=f"creating {len(specs):,} sessions")
        return self._name(replace(empty, sessions=tuple(new)), is_other=other)

    def create_bystander(self, *, verify: bool = True) -> None:
        """Create the bystander, if it is not there yet. Prove with it how assistants can be removed.

        ``verify`` deletions of sessions, too, even if assistants can be removed without. An interrupt has to wait: a
        bystander that was not verified may be impossible to remove.
        """
        with self._held(), self.inventory.creating_bystander:
            if not self.inventory.bystander.id:
                bystander = self._create(self.inventory.bystander)
                self._of_scenario.remove(self.inventory.bystander)
                if self.guard.is_verified:
                    return
                # Whatever its sessions are then, they go with it.
                self.inventory.bystander.sessions = None
                if self.guard.may_remove_by_id:
                    self._prove_removal_by_id(bystander)
                if verify or not self.guard.removes_by_id:
                    self.guard.verify(bystander)

    def _prove_removal_by_id(self, bystander: Assistant) -> None:
        entry = Entry(f"{self.prefix} to be removed", self.ragflow)
        assistant = self._create(entry)
        self._of_scenario.remove(entry)
        self.guard.prove_removal_by_id(assistant, bystander)
        if self.guard.removes_by_id:
            self.inventory.discard(entry)

    def _create(self, entry: Entry) -> Assistant:
        with self._held():
            self.inventory.present.append(entry)
            self._of_scenario.append(entry)
            item = read_prepared(entry.owner.create_assistant(entry.name))
            if item.get("name") != entry.name:
                shown = shorten(str(item), 200)
                raise PreparationFailed(f"asked for an assistant named '{entry.name}', the server created {shown}")
            entry.id = str(item["id"])
            self.inventory.created[entry.id] = entry
        return Assistant(entry.id, entry.name, entry.owner, str(item.get("create_date")), str(item.get("tenant_id")))

    def _register(self, assistant: Assistant, item: dict[str, Json]) -> Session:
        session, sessions = Session.from_json(item), self.inventory.created[assistant.id].sessions
        assert sessions is not None
        sessions.append(session.id)
        return session

    def _name(self, assistant: Assistant, *, is_other: bool) -> Assistant:
        prefix, display_name = ("OTHER-", "the other assistant") if is_other else ("", "the assistant")
        if self.names.get(f"{prefix}ASSISTANT", assistant.id) != assistant.id:
            replaced = [
                id for name, id in self.names.items() if re.fullmatch(rf"{prefix}(ASSISTANT|SESSION-\d+)", name)
            ]
            self.display_names |= self._names_of_earlier("assistant", replaced)
        names = {"ASSISTANT": assistant.id, "ASSISTANT-NAME": assistant.name, "TENANT": assistant.tenant}
        self.names |= {f"{prefix}{name}": value for name, value in names.items()}
        self.display_names[assistant.id] = display_name
        for number, session in enumerate(assistant.sessions, start=1):
            self.names[f"{prefix}SESSION-{number}"] = session.id
            self.display_names[session.id] = f"session {number}{' of the other assistant' if is_other else ''}"
        return assistant

    def _names_of_earlier(self, what: str, ids: Iterable[str]) -> dict[str, str]:
        """Return names that contain the id, for the assistants and sessions of an earlier scenario or assistant."""
        created = self.inventory.created
        return {
            id: f"an earlier assistant ({id})" if id in created else f"a session of an earlier {what} ({id})"
            for id in ids
        }

    def add_session(self, assistant: Assistant, answer: Answer) -> Assistant:
        """Add the session that the server created with this answer. Return the assistant unchanged after a refusal."""
        try:
            session = self._register(assistant, read_created(answer))
        except NotCreated:
            return assistant
        is_other = self.names.get("OTHER-ASSISTANT") == assistant.id
        return self._name(replace(assistant, sessions=(*assistant.sessions, session)), is_other=is_other)

    def create_session(self, assistant: Assistant, name: str) -> Session:
        """Create a session beside those of the assistant; the name may hold placeholders. Raise NotCreated."""
        name = placeholders.expand_text(name, self.names)
        session = self._register(assistant, read_created(assistant.owner.create_session(assistant.id, name)))
        self.display_names.setdefault(session.id, f"the new session '{name}'")
        return session

    def keep(self) -> list[str]:
        """Leave the assistants of this scenario on the server for inspection. Return their names."""
        entries, self._of_scenario = self._of_scenario, []
        for entry in entries:
            self.inventory.discard(entry)
            self.kept.append(entry.name)
        return [entry.name for entry in entries]

    def clear(self) -> None:
        """Remove what the scenario created, as `Removal.remove` does; without an answer, at the end of the run."""
        entries, self._of_scenario = self._of_scenario, []
        self.names.clear()
        self._earlier |= self._names_of_earlier("scenario", self.display_names.maps[0])
        self.display_names = self.display_names.parents.new_child()
        with self._held():
            try:
                with suppress(NoAnswer):
                    self.removal.remove(entries)
            finally:
                if self.team:
                    self.team.remove()

    def clear_all(self, tenants_of_workers: Sequence[RAGFlow] = ()) -> None:
        """Remove everything of this run, as `Removal.remove_all` does, after its workers have ended."""
        self._of_scenario.clear()
        with self._held():
            self.removal.remove_all(tenants_of_workers, *([self.team.remove] if self.team else []))

    def check_bystander(self, last_request: str) -> None:
        """Raise TenantWiped if the bystander is gone."""
        self.removal.check_bystander(last_request)
