"""What this run has created on the server, and its removal."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypedDict, Unpack

from acceptance.concurrency.parallel import side_by_side
from acceptance.contract.selection import Selection
from acceptance.errors import LeftBehind, NoAnswer, PreparationFailed
from acceptance.language.forms import forms
from acceptance.ragflow.client import Answer, Content, Credentials, Json, RAGFlow
from acceptance.ragflow.listings import (
    Session,
    UnusableListing,
    created,
    ids_named,
    listed,
    listed_sessions,
    only,
    prepared,
)
from acceptance.sandbox.snapshot import Snapshot

PREFIX = "session-deletion-specification"

# What stands in the place of an assistant that is not there: no id of RAGFlow's looks like it.
UNKNOWN_ASSISTANT = "invalid_chat_assistant_id"

# From this many on, sessions are created side by side; fewer one after the other, in the order of their names.
MANY = 100

# Seconds until an answer to whoever removes: a server that has gone silent must not hold up the end.
SWEEP_LIMIT = 10.0

# Sessions a page of a listing: RAGFlow 0.26 and later allow no more.
PAGE_SIZE = 100


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


class Way(TypedDict, total=False):
    """In which way a deletion is asked for, where it is not the usual one.

    ``asker`` asks in the place of the assistant's owner, ``assistant_id`` stands in the place of its
    id; redirects are followed, the address ends in a slash, and ``query`` stands behind it.
    """

    asker: RAGFlow | None
    assistant_id: str
    follow: bool
    slash: bool
    query: dict[str, str]


@dataclass(frozen=True)
class Exchange:
    """A request about the sessions of an assistant: what it named, and what was answered."""

    selection: Selection
    answer: Answer


class Workspace:
    """The assistants of one run. All carry its prefix and its id in their names, and are removed again.

    ``held`` gives a context in which no interrupt arrives: between a request that creates an
    assistant and its answer nobody could say whether it is there.
    """

    def __init__(self, ragflow: RAGFlow, held: Callable[[], AbstractContextManager[None]]) -> None:
        self.run = secrets.token_hex(4)
        self._ragflow = ragflow
        self._held = held
        # Entered before the request that creates it is sent: name -> whose it is.
        self._entered: dict[str, RAGFlow] = {}
        # What could not be removed when its scenario ended.
        self._left: dict[str, RAGFlow] = {}
        self._created = 0
        self._own_ids: dict[str, str] = {}
        self._gone: set[str] = set()
        # Whoever removes must not be kept from it by an answer of a wrong shape: these are checked afterwards.
        self._sweepers: dict[Credentials, RAGFlow] = {}
        self._swept: list[Answer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Try once more to remove what is still there. LeftBehind, which names it, where something remains."""
        self._entered.update(self._left)
        self.clear()
        print("\nleft behind: 0")

    def create_assistant(self, sessions: int, owner: RAGFlow | None = None) -> Assistant:
        """Create an assistant with so many sessions, named ``session 1`` and so on.

        Raises PreparationFailed where the server does not do so.
        """
        owner = owner or self._ragflow
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
        return replace(empty, sessions=tuple(Session(str(item["id"]), str(item["name"])) for item in given))

    def create_session(self, assistant: Assistant, name: str) -> Session:
        """One more session. NotCreated where the server does not create it."""
        return Session(str(created(assistant.owner.create_session(assistant.id, name))["id"]), name)

    def remove(self, assistant: Assistant) -> None:
        """Delete an assistant before its scenario ends. PreparationFailed where it is still there."""
        trouble = self._remove(assistant.name, assistant.owner)
        if trouble:
            raise PreparationFailed(f"assistant '{assistant.name}' could not be removed: {trouble}")

    def snapshot(self, assistants: Sequence[Assistant]) -> Snapshot:
        """The assistants and their sessions as they are now. UnusableListing where they cannot be listed."""
        return Snapshot(
            {each.name: only(listed(each.owner.list_assistants(each.name)), each.name) for each in assistants},
            {each.name: listed(each.owner.list_sessions(each.id, page_size=PAGE_SIZE)) for each in assistants},
        )

    def sessions_left(self, assistant: Assistant) -> tuple[Session, ...]:
        """All sessions that the server lists for the assistant, on whatever page.

        Raises UnusableListing where an answer is not a page of sessions.
        """
        return tuple(session for page in self._pages(assistant) for session in page)

    def _pages(self, assistant: Assistant) -> Iterator[list[Session]]:
        """Page after page up to the first empty one: a server may give fewer than it was asked for."""
        seen: set[str] = set()
        number = 1
        # By name, which no two sessions share: where two are of the same time, RAGFlow's own order by
        # time is not the same from one page to the next.
        while page := self._page(assistant, number):
            again = seen.intersection(session.id for session in page)
            if again:
                raise UnusableListing(f"page {number} of the listing repeats the sessions {sorted(again)}")
            seen.update(session.id for session in page)
            yield page
            number += 1

    @staticmethod
    def _page(assistant: Assistant, number: int) -> list[Session]:
        answer = assistant.owner.list_sessions(
            assistant.id, page=number, page_size=PAGE_SIZE, orderby="name", desc="false"
        )
        return listed_sessions(answer)

    def delete(self, assistant: Assistant, named: Sequence[str], **way: Unpack[Way]) -> Exchange:
        """Ask for the deletion of the sessions of these ids, all in one request."""
        return self.request_deletion(assistant, named, Content.json({"ids": list(named)}), **way)

    def delete_each(self, assistant: Assistant, named: Sequence[str], workers: int) -> list[Exchange]:
        """Ask for each of the sessions in a request of its own, with so many requests at a time."""
        return side_by_side(
            lambda name: self.delete(assistant, [name]),
            named,
            workers=workers,
            title=f"deleting {len(named):,} sessions one by one",
        )

    def request_deletion(
        self, assistant: Assistant, named: Sequence[str], content: Content, **way: Unpack[Way]
    ) -> Exchange:
        """Ask for a deletion in any form; ``named`` is what RAGFlow finds in it as ids.

        ValueError where the request could empty an assistant that is not of this run.
        """
        target = way.get("assistant_id", assistant.id)
        if target not in {*self._own_ids.values(), UNKNOWN_ASSISTANT} and not content.names_sessions:
            raise ValueError(f"only an assistant of this run may be emptied, and '{target}' is none")
        asker = way.get("asker") or assistant.owner
        answer = asker.delete_sessions(
            target, content, way.get("query"), follow=way.get("follow", False), slash=way.get("slash", False)
        )
        return Exchange(Selection.of(named, set(assistant.session_ids) - self._gone), answer)

    def send(self, assistant: Assistant, words: str, **way: Unpack[Way]) -> Exchange:
        """Send one of the requests of ``acceptance.language.forms``."""
        form = forms(assistant.session_ids[0], assistant.id)[words]
        return self.request_deletion(assistant, form.named, form.content, **way)

    def use_method(self, assistant: Assistant, method: str, session: str = "") -> Exchange:
        """Use another method than the API has, on the address of all sessions or of one."""
        return self._unnamed(assistant, assistant.owner.use_method(method, assistant.id, session))

    def list_sessions(self, assistant: Assistant, **query: str | int) -> Exchange:
        """Read one page of the list, as the query has it."""
        return self._unnamed(assistant, assistant.owner.list_sessions(assistant.id, **query))

    def rename(self, assistant: Assistant, session: Session) -> Exchange:
        return self._unnamed(assistant, assistant.owner.update_session(assistant.id, session.id, "another name"))

    def search(self, assistant: Assistant, session: Session) -> list[dict[str, Json]]:
        """What the server lists for the id of a session, and for its name."""
        by_id = assistant.owner.list_sessions(assistant.id, id=session.id)
        by_name = assistant.owner.list_sessions(assistant.id, name=session.name)
        return [*listed(by_id), *listed(by_name)]

    def _unnamed(self, assistant: Assistant, answer: Answer) -> Exchange:
        return Exchange(Selection.of((), set(assistant.session_ids) - self._gone), answer)

    def note_as_gone(self, exchange: Exchange) -> None:
        """From here on the sessions that this deletion has deleted are expected to be unknown."""
        self._gone.update(exchange.selection.deleted)

    def clear(self) -> None:
        """Remove every assistant that was entered since the last time. LeftBehind where one is still there.

        AssertionError where all are gone, but an answer to the removal has a wrong shape.
        """
        with self._held():
            entered, self._entered = self._entered, {}
            left = {name: trouble for name, owner in entered.items() if (trouble := self._remove(name, owner))}
            self._left.update({name: entered[name] for name in left})
        swept, self._swept = self._swept, []
        if left:
            raise LeftBehind("; ".join(f"assistant '{name}': {trouble}" for name, trouble in left.items()))
        if self._ragflow.check:
            for answer in swept:
                self._ragflow.check(answer)

    def _remove(self, name: str, owner: RAGFlow) -> str | None:
        """Remove the assistant of this name. The trouble, where it may still be there."""
        sweeper = self._sweepers.setdefault(owner.credentials, owner.checked_by(self._swept.append, SWEEP_LIMIT))
        try:
            ids = [self._own_ids[name]] if name in self._own_ids else ids_named(name, sweeper)
            if ids:
                sweeper.delete_assistants(ids)
                if ids_named(name, sweeper):
                    return "the server still has it"
        except (NoAnswer, UnusableListing) as trouble:
            return str(trouble)
        return None
