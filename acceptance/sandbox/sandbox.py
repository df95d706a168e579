"""What this run has created on the server, and its removal."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from acceptance.concurrency.parallel import side_by_side
from acceptance.errors import LeftBehind, NoAnswer, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import Session, created, ids_named, prepared
from acceptance.ragflow.messages import Answer, Credentials

PREFIX = "session-deletion-specification"

# From this many on, sessions are created side by side; fewer one after the other, in the order of their names.
MANY = 100

# Seconds until an answer to whoever removes: a server that has gone silent must not hold up the end.
REMOVAL_LIMIT = 10.0


@dataclass(frozen=True)
class Assistant:
    """An assistant of this run, with the sessions that it was given, in the order of their names.

    ``created_at`` is the date as the server writes it, which is not the same in all releases.
    """

    id: str
    name: str
    owner: RAGFlow = field(repr=False)
    created_at: str = ""
    sessions: tuple[Session, ...] = ()

    @property
    def session_ids(self) -> tuple[str, ...]:
        return tuple(session.id for session in self.sessions)

    def seen_afresh(self) -> "Assistant":
        """The same, but its owner looks over a connection that was never used before."""
        return replace(self, owner=self.owner.as_(self.owner.credentials))


class Sandbox:
    """The assistants of one run. All carry its prefix and its id in their names, and are removed again.

    ``held`` gives a context in which no interrupt arrives: between a request that creates an
    assistant and its answer nobody could say whether it is there.
    """

    def __init__(self, ragflow: RAGFlow, held: Callable[[], AbstractContextManager[None]]) -> None:
        self.run = secrets.token_hex(4)
        self.ragflow = ragflow
        # What the placeholders of the features stand for, and what people call what has an id: of this scenario.
        self.names: dict[str, str] = {}
        self.known_as: dict[str, str] = {}
        self._held = held
        # Entered before the request that creates it is sent: name -> whose it is.
        self._entered: dict[str, RAGFlow] = {}
        # What could not be removed when its scenario ended.
        self._left: dict[str, RAGFlow] = {}
        self._created = 0
        self._own_ids: dict[str, str] = {}
        # Whoever removes must not be kept from it by an answer of a wrong shape: these are checked afterwards.
        self._removers: dict[Credentials, RAGFlow] = {}
        self._removals: list[Answer] = []

    def create_assistant(self, sessions: int, owner: RAGFlow | None = None, *, other: bool = False) -> Assistant:
        """Create an assistant with so many sessions, named ``session 1`` and so on.

        From then on it is ``the assistant`` of the scenario, or ``the other assistant``.
        Raises PreparationFailed where the server does not do so.
        """
        owner = owner or self.ragflow
        self._created += 1
        name = f"{PREFIX} {self.run} {self._created}"
        with self._held():
            self._entered[name] = owner
            item = prepared(owner.create_assistant(name))
            if item.get("name") != name:
                raise PreparationFailed(f"an assistant named '{name}' was to be created, but this one was: {item}")
            self._own_ids[name] = str(item["id"])

        empty = Assistant(self._own_ids[name], name, owner, str(item.get("create_date")))
        given = side_by_side(
            lambda number: prepared(owner.create_session(empty.id, f"session {number:0{len(str(sessions))}}")),
            range(1, sessions + 1),
            workers=1 if sessions < MANY else 8,
            title=f"creating {sessions:,} sessions",
        )
        assistant = replace(empty, sessions=tuple(Session(str(item["id"]), str(item["name"])) for item in given))
        self._call(assistant, *(("OTHER-", "the other assistant") if other else ("", "the assistant")))
        return assistant

    def _call(self, assistant: Assistant, prefix: str, known_as: str) -> None:
        self.names.update({f"{prefix}ASSISTANT": assistant.id, f"{prefix}ASSISTANT-NAME": assistant.name})
        self.known_as[assistant.id] = known_as
        for number, session in enumerate(assistant.sessions, start=1):
            self.names[f"{prefix}SESSION-{number}"] = session.id
            self.known_as[session.id] = f"session {number}{f' of {known_as}' if prefix else ''}"

    def create_session(self, assistant: Assistant, name: str) -> Session:
        """One more session. NotCreated where the server does not create it."""
        session = Session(str(created(assistant.owner.create_session(assistant.id, name))["id"]), name)
        self.known_as.setdefault(session.id, f"the new session '{name}'")
        return session

    def owns(self, assistant_id: str) -> bool:
        """Whether this run has created an assistant of this id."""
        return assistant_id in self._own_ids.values()

    def remove(self, assistant: Assistant) -> None:
        """Delete an assistant before its scenario ends. PreparationFailed where it is still there."""
        trouble = self._remove(assistant.name, assistant.owner)
        if trouble:
            raise PreparationFailed(f"assistant '{assistant.name}' could not be removed: {trouble}")

    def clear(self) -> None:
        """Remove every assistant that was entered since the last time. LeftBehind where one is still there.

        WrongShape where all are gone, but an answer to the removal has a wrong shape.
        """
        with self._held():
            entered, self._entered = self._entered, {}
            left = {name: trouble for name, owner in entered.items() if (trouble := self._remove(name, owner))}
            self._left.update({name: entered[name] for name in left})
        self.names.clear()
        removals = self._removals.copy()
        self._removals.clear()
        if left:
            raise LeftBehind("; ".join(f"assistant '{name}': {trouble}" for name, trouble in left.items()))
        if self.ragflow.check:
            for answer in removals:
                self.ragflow.check(answer)

    def clear_all(self) -> None:
        """Try once more to remove what is still there. LeftBehind, which names it, where something remains."""
        self._entered.update(self._left)
        self.clear()

    def _remove(self, name: str, owner: RAGFlow) -> str | None:
        """Remove the assistant of this name. The trouble, where it may still be there."""
        remover = self._removers.setdefault(owner.credentials, owner.checked_by(self._removals.append, REMOVAL_LIMIT))
        try:
            ids = [self._own_ids[name]] if name in self._own_ids else ids_named(name, remover)
            if ids:
                remover.delete_assistants(ids)
                if ids_named(name, remover):
                    return "the server still has it"
        except (NoAnswer, UnusableListing) as trouble:
            return str(trouble)
        return None
