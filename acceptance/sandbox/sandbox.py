"""What this run has created on the server, and its removal."""

import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count

from acceptance.errors import (
    Inconclusive,
    LeftBehind,
    NotCreated,
    PreparationFailed,
    RuleBroken,
    TenantWiped,
    UnusableListing,
)
from acceptance.notation import placeholders
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import (
    Session,
    created,
    fetch_assistant_names,
    find_assistant_ids,
    is_success,
    prepared,
)
from acceptance.ragflow.messages import Answer, Content, Credentials, Json
from acceptance.threads import run_in_threads

PREFIX = "session-deletion-specification"

# From this many on, sessions are created side by side in every run, so many at a time.
MANY, AT_A_TIME = 100, 8

# How the placeholders of an assistant begin, and what it is called.
OWN, OTHER = ("", "the assistant"), ("OTHER-", "the other assistant")

# Seconds until an answer to whoever removes: a server that has gone silent must not hold up the end.
REMOVAL_TIMEOUT = 10.0


@dataclass(frozen=True)
class Assistant:
    """An assistant of this run, with the sessions that it was given, in the order of their names.

    ``created_at`` is the date as the server writes it, which is not the same in all releases; ``tenant`` is the id of
    the tenant whose it is.
    """

    id: str
    name: str
    owner: RAGFlow = field(repr=False)
    created_at: str = ""
    tenant: str = ""
    sessions: tuple[Session, ...] = ()

    @property
    def entry(self) -> "Entry":
        return Entry(self.name, self.owner)

    @property
    def session_ids(self) -> tuple[str, ...]:
        return tuple(session.id for session in self.sessions)

    def over_fresh_connection(self) -> "Assistant":
        """The same, but its owner looks over a connection that was never used before."""
        return replace(self, owner=self.owner.acting_as(self.owner.credentials))


@dataclass(frozen=True)
class Entry:
    """An assistant that may be on the server. Two tenants may each have one of the same name."""

    name: str
    owner: RAGFlow


class Sandbox:
    """The assistants of one run. All carry its prefix and its id in their names, and are removed again.

    One of them, the bystander, is touched by no scenario: when it is gone too, nobody can tell who did it.
    ``held`` gives a context in which no interrupt arrives: between a request that creates an
    assistant and its answer nobody could say whether it is there.
    """

    def __init__(self, ragflow: RAGFlow, held: Callable[[], AbstractContextManager[None]], run: str = "") -> None:
        """``run`` is the id of a run that has begun elsewhere, and what tells this part of it from the others."""
        self.run = run or secrets.token_hex(4)
        self.ragflow = ragflow
        # What somebody wants to look at, and so is not removed: names of assistants.
        self.kept: list[str] = []
        self._held = held
        # What may be on the server, in order: entered before the request that creates it is sent.
        self._there: dict[Entry, None] = {}
        self._bystander = Entry(f"{self.prefix} bystander", ragflow)
        self._creating_bystander = threading.Lock()
        self._numbers = count(1)
        self._own_ids: dict[Entry, str] = {}
        self._sessions: dict[Entry, list[str]] = {}
        self._at_a_time = 1
        self._begin()

    def _begin(self) -> None:
        # What the placeholders of the features stand for, and what people call what has an id: of this scenario.
        self.names: dict[str, str] = {}
        self.display_names: dict[str, str] = {}
        # What this scenario has entered.
        self._entered: list[Entry] = []
        # Whoever removes must not be kept from it by an answer of a wrong shape: these are checked afterwards.
        self._removers: dict[Credentials, RAGFlow] = {}
        self._removals: list[Answer] = []

    def beside(self, at_a_time: int = 1) -> "Sandbox":
        """The same sandbox for a scenario that runs at the same time: it names and clears only what is its own, and
        so much of that at a time.
        """
        beside = copy(self)
        beside._at_a_time = at_a_time
        beside._begin()
        return beside

    @property
    def prefix(self) -> str:
        """What the names of all assistants of this run begin with."""
        return f"{PREFIX} {self.run}"

    def create_assistant(
        self,
        sessions: int | Sequence[SessionSpec],
        owner: RAGFlow | None = None,
        *,
        name: str = "",
        other: bool = False,
    ) -> Assistant:
        """Create an assistant with these sessions, one after the other, or with so many in any order, named
        ``session 1`` and so on.

        It has a name of its own, unless it is to have the one of another tenant's. From then on it is
        ``the assistant`` of the scenario, or ``the other assistant``.
        Raises PreparationFailed where the server does not do so.
        """
        owner = owner or self.ragflow
        wanted = SessionSpec.numbered(sessions) if isinstance(sessions, int) else sessions
        at_a_time = AT_A_TIME if len(wanted) >= MANY else self._at_a_time
        with self._creating_bystander:
            if not self._has_bystander:
                self._create(self._bystander)
                self._entered.remove(self._bystander)
        empty = self._create(Entry(name or f"{self.prefix} {next(self._numbers)}", owner))
        given = run_in_threads(
            partial(self._create_session, empty),
            wanted,
            workers=at_a_time if isinstance(sessions, int) else 1,
            title=f"creating {len(wanted):,} sessions",
        )
        assistant = replace(empty, sessions=tuple(given))
        self._call(assistant, *(OTHER if other else OWN))
        return assistant

    def _create(self, entry: Entry) -> Assistant:
        with self._held():
            self._there[entry] = None
            self._entered.append(entry)
            item = prepared(entry.owner.create_assistant(entry.name))
            if item.get("name") != entry.name:
                wanted = f"an assistant named '{entry.name}' was to be created"
                raise PreparationFailed(f"{wanted}, but this one was: {item}")
            self._own_ids[entry] = str(item["id"])
            return Assistant(
                self._own_ids[entry], entry.name, entry.owner, str(item.get("create_date")), str(item.get("tenant_id"))
            )

    def _create_session(self, assistant: Assistant, wanted: SessionSpec) -> Session:
        item = prepared(assistant.owner.create_session(assistant.id, wanted.name, wanted.user))
        return self._enter(assistant, Session.of(item))

    def _enter(self, assistant: Assistant, session: Session) -> Session:
        self._sessions.setdefault(assistant.entry, []).append(session.id)
        return session

    def _call(self, assistant: Assistant, prefix: str, display_names: str) -> None:
        self.names |= {
            f"{prefix}ASSISTANT": assistant.id,
            f"{prefix}ASSISTANT-NAME": assistant.name,
            f"{prefix}TENANT": assistant.tenant,
        }
        self.display_names[assistant.id] = display_names
        for number, session in enumerate(assistant.sessions, start=1):
            self.names[f"{prefix}SESSION-{number}"] = session.id
            self.display_names[session.id] = f"session {number}{f' of {display_names}' if prefix else ''}"

    def add_session(self, assistant: Assistant, wanted: SessionSpec) -> tuple[Answer, Assistant]:
        """One more session, whose name is in the notation: the answer, and the assistant with the session.

        Where the server creates none, the assistant is as it was.
        """
        name = None if wanted.name is None else placeholders.text(wanted.name, self.names)
        answer = assistant.owner.create_session(assistant.id, name, wanted.user)
        try:
            session = self._enter(assistant, Session.of(created(answer)))
        except NotCreated:
            return answer, assistant
        after = replace(assistant, sessions=(*assistant.sessions, session))
        is_other = self.names.get("OTHER-ASSISTANT") == assistant.id
        self._call(after, *(OTHER if is_other else OWN))
        return answer, after

    def create_session(self, assistant: Assistant, name: str) -> Session:
        """One more session, whose name is in the notation of the features. NotCreated where it is not created."""
        name = placeholders.text(name, self.names)
        session = Session.of(created(assistant.owner.create_session(assistant.id, name)))
        self.display_names.setdefault(session.id, f"the new session '{name}'")
        return self._enter(assistant, session)

    def owns(self, assistant_id: str) -> bool:
        """Whether this run has created an assistant of this id."""
        return assistant_id in self._own_ids.values()

    def check_bystander(self, last: str) -> None:
        """TenantWiped where the assistant that no scenario touches is gone; ``last`` is what was last asked for."""
        if self._has_bystander and not find_assistant_ids(self._bystander.name, self._remover(self.ragflow)):
            raise TenantWiped(
                "all assistants of this tenant are gone, also one that no scenario touches: either somebody else "
                f"deletes here, or this request did: {last}"
            )

    @property
    def _has_bystander(self) -> bool:
        return self._bystander in self._own_ids

    def keep(self) -> list[str]:
        """Do not remove the assistants of this scenario, so that somebody can look at them. Their names."""
        names = [entry.name for entry in self._entered]
        self.kept += names
        for entry in self._entered:
            del self._there[entry]
        self._entered.clear()
        return names

    def clear(self) -> None:
        """Remove every assistant that was entered since the last time. LeftBehind where one is still there.

        WrongShape where all are gone, but an answer to the removal has a wrong shape.
        """
        with self._held():
            entered, self._entered = self._entered, []
            left: list[str] = []
            title = f"removing {len(entered):,} assistants"
            troubles = run_in_threads(self._remove, entered, workers=self._at_a_time, title=title, to_the_end=True)
            for entry, trouble in zip(entered, troubles, strict=True):
                if trouble:
                    left.append(f"assistant '{entry.name}': {trouble}")
                else:
                    # Whoever cleans up at the end may have been here before.
                    self._there.pop(entry, None)
        self.names.clear()
        removals = self._removals.copy()
        self._removals.clear()
        if left:
            raise LeftBehind("; ".join(left))
        if self.ragflow.check:
            for answer in removals:
                self.ragflow.check(answer)

    def clear_all(self) -> None:
        """Remove what is still there, and see that the server lists nothing of this run any more.

        LeftBehind, which names what is there or may be there, where that is not so.
        """
        known = [self.ragflow, *(entry.owner for entry in (*self._own_ids, *self._there))]
        owners = {owner.credentials: owner for owner in known}
        self._entered = [entry for entry in self._there if entry != self._bystander]
        attempts = [self.clear]
        if self._own_ids:
            attempts += [partial(self._remove_what_is_listed, owner) for owner in owners.values()]
        if self._bystander in self._there:
            attempts.append(self._remove_bystander)
        troubles = []
        for attempt in attempts:
            try:
                attempt()
            except (Inconclusive, RuleBroken) as trouble:
                troubles.append(str(trouble))
        if troubles:
            raise LeftBehind("; ".join(troubles))

    def _remove_bystander(self) -> None:
        """It goes last: a list of assistants that lacks it proves nothing."""
        bystander = self._bystander
        self._entered.append(bystander)
        self.clear()
        # Until it is known to be gone, it may be there.
        self._there[bystander] = None
        try:
            is_there = bool(find_assistant_ids(bystander.name, self._remover(bystander.owner)))
        except (Inconclusive, UnusableListing) as trouble:
            raise LeftBehind(f"assistant '{bystander.name}' may be there: {trouble}") from None
        if is_there:
            raise LeftBehind(f"assistant '{bystander.name}': the server still has it")
        del self._there[bystander]

    def _remove_what_is_listed(self, owner: RAGFlow) -> None:
        """Remove what the server has said to be gone, and lists all the same. LeftBehind where that does not help."""
        unwanted = self._listed(owner)
        for name in unwanted:
            self._remove(Entry(name, owner))
        still = self._listed(owner) if unwanted else []
        if still:
            raise LeftBehind("; ".join(f"assistant '{name}': the server still lists it" for name in still))

    def _listed(self, owner: RAGFlow) -> list[str]:
        """What the server lists of this run, by name, but for the bystander and what is kept."""
        try:
            names = fetch_assistant_names(self._remover(owner))
            # A list that lacks it is not the one that was asked for, unless somebody else has removed it.
            has_bystander = self._has_bystander and owner.credentials == self.ragflow.credentials
            is_proof = not has_bystander or self._bystander.name in names
            if not is_proof and find_assistant_ids(self._bystander.name, self._remover(owner)):
                raise UnusableListing("the list of assistants lacks one that is there, so it proves nothing")
        except (Inconclusive, UnusableListing) as trouble:
            raise LeftBehind(f"assistants named '{self.prefix} …' may be there: {trouble}") from None
        spared = [*self.kept, self._bystander.name]
        return [name for name in names if name.startswith(f"{self.prefix} ") and name not in spared]

    @property
    def entered(self) -> list[str]:
        """What may be on the server at this moment, by name."""
        return [entry.name for entry in self._there]

    def _remover(self, owner: RAGFlow) -> RAGFlow:
        """The owner, as who removes: its answers are looked at afterwards, and it waits less long."""
        if owner.credentials not in self._removers:
            self._removers[owner.credentials] = owner.with_check(self._removals.append, REMOVAL_TIMEOUT)
        return self._removers[owner.credentials]

    def _remove(self, entry: Entry) -> str | None:
        """Remove an assistant, its sessions first. The trouble, where it may still be there.

        RAGFlow keeps the sessions of a deleted assistant in its tables for ever, where nobody can reach them.
        """
        remover = self._remover(entry.owner)
        try:
            ids = [self._own_ids[entry]] if entry in self._own_ids else find_assistant_ids(entry.name, remover)
            if ids:
                sessions = self._sessions.pop(entry, [])
                if sessions:
                    remover.delete_sessions(ids[0], Content.json({"ids": list[Json](sessions)}))
                answer = remover.delete_assistants(ids)
                # What is said to be gone and is there all the same, the list at the end of the run shows.
                if not is_success(answer) and find_assistant_ids(entry.name, remover):
                    return "the server still has it"
        except (Inconclusive, UnusableListing) as trouble:
            return str(trouble)
        return None
