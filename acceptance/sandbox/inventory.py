"""The assistants that a run created, and those that may still be on the server."""

import re
import threading
from dataclasses import dataclass, field, replace
from itertools import count

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import Session

# The names of all assistants of all runs begin with it.
PREFIX = "session-deletion-specification"


def is_of_a_run(name: str, run: str = "") -> bool:
    """Whether the assistant of this name was created by a run: by any, or by this one and its workers."""
    # A worker adds a hyphen and its number to the id of the run.
    return name.startswith(f"{PREFIX} ") and (not run or bool(re.match(rf"{PREFIX} {re.escape(run)}(-\d+)? ", name)))


@dataclass(frozen=True)
class Assistant:
    """An assistant as a scenario uses it, with the sessions that it was given, in the order of their names."""

    id: str
    name: str
    owner: RAGFlow = field(repr=False)
    # The date as the server writes it; its format depends on the release.
    created_at: str = ""
    tenant: str = ""
    sessions: tuple[Session, ...] = ()

    @property
    def session_ids(self) -> tuple[str, ...]:
        return tuple(session.id for session in self.sessions)

    def over_fresh_connection(self) -> "Assistant":
        """Return the same assistant; its owner uses a new connection."""
        return replace(self, owner=self.owner.acting_as(self.owner.credentials))


@dataclass(eq=False)
class Entry:
    """An assistant that may be on the server. Two tenants may each have one of the same name."""

    name: str
    owner: RAGFlow
    # Empty until the server confirms the creation.
    id: str = ""
    # Their ids, or None if they are not known.
    sessions: list[str] | None = field(default_factory=list)


class Inventory:
    """What one run created. An entry is added before the request that creates the assistant is sent.

    The bystander is an assistant that no scenario touches. If it disappears, something deleted all assistants.
    """

    def __init__(self, ragflow: RAGFlow, run: str) -> None:
        self.run = run
        self.prefix = f"{PREFIX} {run}"
        self.bystander = Entry(f"{self.prefix} bystander", ragflow)
        # The users of a load test share a bystander.
        self.creating_bystander = threading.Lock()
        self.numbers = count(1)
        self.present: list[Entry] = []
        # Names of assistants that stay on the server for inspection.
        self.kept: list[str] = []
        # All assistants that were ever created, by id.
        self.created: dict[str, Entry] = {}

    def discard(self, entry: Entry) -> None:
        """Forget an assistant that is gone or kept. Another part of the run may have done so before."""
        entry.sessions = []
        if entry in self.present:
            self.present.remove(entry)
