"""What this run has created on the server, and its removal."""

import math
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from acceptance.api import Answer, Content, Json, RAGFlow
from acceptance.errors import LeftBehind, NoAnswer, PreparationFailed
from acceptance.exchange import describe_exchange
from acceptance.parallel import side_by_side
from acceptance.selection import Selection

PREFIX = "session-deletion-specification"

# Sessions a page of a listing: RAGFlow 0.26 and later allow no more.
PAGE_SIZE = 100


class UnusableListing(AssertionError):
    """The listing of sessions is not one: the rule that is checked by it cannot hold."""


@dataclass(frozen=True)
class Session:
    id: str
    name: str


@dataclass(frozen=True)
class Assistant:
    """An assistant of this run, with the sessions that it was given, oldest name first."""

    id: str
    name: str
    owner: RAGFlow = field(repr=False)
    sessions: tuple[Session, ...] = ()

    @property
    def session_ids(self) -> tuple[str, ...]:
        return tuple(session.id for session in self.sessions)


@dataclass(frozen=True)
class Deletion:
    """A request for the deletion of sessions: what it named, and what was answered."""

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
        self._own_ids: set[str] = set()
        self._gone: set[str] = set()

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
            id = _created(owner.create_assistant(name))
            self._own_ids.add(id)

        def create_session(number: int) -> Session:
            session_name = f"session {number:0{len(str(sessions))}}"
            return Session(_created(owner.create_session(id, session_name)), session_name)

        created = side_by_side(
            create_session,
            range(1, sessions + 1),
            workers=min(8, math.ceil(sessions / 10) or 1),
            title=f"creating {sessions:,} sessions",
        )
        return Assistant(id, name, owner, tuple(created))

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
        try:
            return [Session(_text(item, "id"), _text(item, "name")) for item in _data(answer)]
        except ValueError as trouble:
            raise UnusableListing(
                f"the listing is not a page of sessions: {trouble}\n{describe_exchange(answer)}"
            ) from None

    def delete(
        self,
        assistant: Assistant,
        named: Sequence[str],
        *,
        asker: RAGFlow | None = None,
        assistant_id: str | None = None,
    ) -> Deletion:
        """Ask for the deletion of the sessions of these ids, all in one request."""
        content = Content.json({"ids": list(named)})
        return self.request_deletion(assistant, named, content, asker=asker, assistant_id=assistant_id)

    def delete_each(self, assistant: Assistant, named: Sequence[str], workers: int) -> list[Deletion]:
        """Ask for each of the sessions in a request of its own, with so many requests at a time."""
        return side_by_side(
            lambda name: self.delete(assistant, [name]),
            named,
            workers=workers,
            title=f"deleting {len(named):,} sessions one by one",
        )

    def request_deletion(
        self,
        assistant: Assistant,
        named: Sequence[str],
        content: Content,
        *,
        asker: RAGFlow | None = None,
        assistant_id: str | None = None,
    ) -> Deletion:
        """Ask for a deletion in any form; ``named`` is what of it a reader would take for ids.

        ``assistant_id`` is sent in the place of the assistant's own. ValueError where the request could
        empty an assistant that is not of this run.
        """
        target = assistant.id if assistant_id is None else assistant_id
        if target not in self._own_ids and not content.names_sessions:
            raise ValueError(f"only an assistant of this run may be emptied, and '{target}' is none")
        answer = (asker or assistant.owner).delete_sessions(target, content)
        return Deletion(Selection.of(named, set(assistant.session_ids) - self._gone), answer)

    def note_as_gone(self, deletion: Deletion) -> None:
        """From here on the sessions that this deletion has deleted are expected to be unknown."""
        self._gone.update(deletion.selection.deleted)

    def clear(self) -> None:
        """Remove every assistant that was entered since the last time. LeftBehind where one is still there."""
        with self._held():
            entered, self._entered = self._entered, {}
            left = {name: trouble for name, owner in entered.items() if (trouble := _remove(name, owner))}
            self._left.update({name: entered[name] for name in left})
        if left:
            raise LeftBehind("; ".join(f"assistant '{name}': {trouble}" for name, trouble in left.items()))


def _remove(name: str, owner: RAGFlow) -> str | None:
    """Remove the assistant of this name, if there is one. The trouble, where it is still there or nobody knows."""
    try:
        ids = _ids_named(name, owner)
        if ids:
            owner.delete_assistants(ids)
            if _ids_named(name, owner):
                return "the server still has it"
    except (NoAnswer, ValueError) as trouble:
        return str(trouble)
    return None


def _ids_named(name: str, owner: RAGFlow) -> list[str]:
    answer = owner.list_assistants(name)
    if answer.is_json and isinstance(answer.body, dict) and answer.body.get("code") == 102:
        return []  # RAGFlow up to 0.24: "The chat doesn't exist"
    return [_text(item, "id") for item in _data(answer) if _text(item, "name") == name]


def _created(answer: Answer) -> str:
    """The id of what was created. PreparationFailed where nothing was."""
    try:
        if not (isinstance(answer.body, dict) and answer.body.get("code") == 0):
            raise ValueError("its code is not 0")
        return _text(answer.body.get("data"), "id")
    except ValueError as trouble:
        raise PreparationFailed(f"creating failed, {trouble}\n{describe_exchange(answer)}") from None


def _data(answer: Answer) -> list[Json]:
    """The list in a listing. ValueError where there is none.

    RAGFlow up to 0.24 lists assistants under ``data``, from 0.25 on under ``data.chats``.
    """
    body = answer.body
    if answer.status != 200 or not isinstance(body, dict) or body.get("code") != 0:
        raise ValueError("it was refused")
    data = body.get("data")
    items = data.get("chats") if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise ValueError("it holds no list")
    return items


def _text(item: Json, name: str) -> str:
    value = item.get(name) if isinstance(item, dict) else None
    if not isinstance(value, str):
        raise ValueError(f"it has no {name}")
    return value
