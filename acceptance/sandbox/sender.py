"""The requests of a scenario, each with its answer."""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack
from urllib.parse import parse_qsl

from acceptance.contract.selection import Selection, ids_in, lists_sessions
from acceptance.errors import PreparationFailed, UnusableListing
from acceptance.notation import placeholders
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.client import DEFAULT_SESSION_NAME, RAGFlow
from acceptance.ragflow.description import describe_exchange, describe_request
from acceptance.ragflow.listings import Session, is_success
from acceptance.ragflow.messages import JSON_TYPE, NO_KEY, Answer, Content, Credentials
from acceptance.sandbox.sandbox import Assistant, Sandbox
from acceptance.sandbox.view import sessions_of

# No assistant has such an id: RAGFlow's are hexadecimal, and nothing in it is a pattern.
IMPOSSIBLE_ID = re.compile("[a-z_]*[g-z][a-z_]*")


class Way(TypedDict, total=False):
    """In which way a deletion is asked for, where it is not the usual one; texts are in the notation of the features.

    ``asker`` asks in the place of the assistant's owner, or whoever ``authorization`` shows; ``to`` stands in the
    place of the assistant's id; redirects are followed, the address ends in a slash, and ``query`` behind its ``?``.
    """

    asker: RAGFlow
    authorization: str
    to: str
    follow: bool
    slash: bool
    query: str


@dataclass(frozen=True)
class Exchange:
    """A request about the sessions of an assistant: what it listed, what was answered, and the thread that asked.

    ``values`` is what else stands in an answer: the ``assistant``, and of a session that is created its ``name``, the
    ``user`` who was named, and the ``owner``, whose the first session of the assistant is.
    """

    selection: Selection
    answer: Answer
    asker: int = field(default_factory=threading.get_ident)
    values: Mapping[str, str] = field(default_factory=dict)


class Sender:
    """Sends the requests of one scenario, and keeps each with its answer in ``exchanges``; for several threads."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.exchanges: list[Exchange] = []
        self._sandbox = sandbox
        self._gone: set[str] = set()
        self._before = 0

    @property
    def last(self) -> Exchange:
        return self.exchanges[-1]

    @property
    def latest(self) -> list[Exchange]:
        """All but those of what was done before."""
        return self.exchanges[self._before :]

    @property
    def last_request(self) -> str:
        """The last request in one line."""
        return describe_request(self.last.answer.request) if self.exchanges else "none of this scenario"

    def delete(self, assistant: Assistant, ids: Sequence[str], **way: Unpack[Way]) -> Exchange:
        """Ask for the deletion of the sessions of these ids, all in one request."""
        return self._ask(assistant, Content.json({"ids": list(ids)}), **way)

    def send(self, assistant: Assistant, request: str, declared_as: str = JSON_TYPE, **way: Unpack[Way]) -> Exchange:
        """Ask for a deletion with this request, which is in the notation of the features."""
        return self._ask(assistant, placeholders.content(request, self._sandbox.names, declared_as), **way)

    def _ask(self, assistant: Assistant, content: Content, **way: Unpack[Way]) -> Exchange:
        names = self._sandbox.names
        to = placeholders.text(way.get("to", assistant.id), names)
        if not (self._sandbox.owns(to) or lists_sessions(content) or IMPOSSIBLE_ID.fullmatch(to)):
            raise ValueError(f"only an assistant of this run may be emptied, and '{to}' is none")
        asker = way.get("asker", assistant.owner)
        if "authorization" in way:
            asker = asker.acting_as(_credentials(way["authorization"], asker.credentials))
        query = placeholders.text(way.get("query", ""), names)
        answer = asker.delete_sessions(
            to, content, query, follow=way.get("follow", False), slash=way.get("slash", False)
        )
        return self._keep(assistant, answer, ids_in(content))

    def call(self, assistant: Assistant, request: str) -> Exchange:
        """Make another call of the API, written ``METHOD /address body``, for the sessions of the assistant.

        ValueError where its address is not one of theirs.
        """
        method, path, body = placeholders.text(request, self._sandbox.names).split(" ", maxsplit=2)
        if not re.fullmatch(rf"/chats/{re.escape(assistant.id)}/sessions(/\w+)?", path):
            raise ValueError(f"only the sessions of the scenario's own assistant may be changed, not {path}")
        return self._keep(assistant, assistant.owner.call(method, path, Content(body.encode())))

    def list_sessions(self, assistant: Assistant, **query: str | int) -> Exchange:
        """Read one page of the list, as the query has it."""
        return self._keep(assistant, assistant.owner.list_sessions(assistant.id, **query))

    def read_list(self, assistant: Assistant, words: str = "", asker: RAGFlow | None = None) -> Exchange:
        """Read the list with these words, in the notation of the features, behind the ``?`` of its address."""
        query = dict(parse_qsl(placeholders.text(words, self._sandbox.names), keep_blank_values=True))
        return self._keep(assistant, (asker or assistant.owner).list_sessions(assistant.id, **query))

    def create(self, assistant: Assistant, number: int, wanted: SessionSpec) -> Assistant:
        """Create one more session, of this number. The assistant with it, or as it was where the server refuses.

        ValueError where the assistant was given more, or fewer, before.
        """
        if number != len(assistant.sessions) + 1:
            given = len(assistant.sessions)
            raise ValueError(f"the scenario speaks of session {number}, but the assistant was given {given} before")
        answer, after = self._sandbox.add_session(assistant, wanted)
        name = DEFAULT_SESSION_NAME if wanted.name is None else placeholders.text(wanted.name, self._sandbox.names)
        owner = after.sessions[0].user if after.sessions else ""
        self._keep(assistant, answer, name=name, user=wanted.user or "", owner=owner)
        return after

    def rename(self, assistant: Assistant, session: Session, name: str) -> Assistant:
        """Rename one of its sessions; the name is in the notation. The assistant as it is then."""
        name = placeholders.text(name, self._sandbox.names)
        answer = assistant.owner.update_session(assistant.id, session.id, name)
        self._keep(assistant, answer, name=name, user=session.user)
        if not is_success(answer):
            return assistant
        renamed = (replace(each, name=name) if each.id == session.id else each for each in assistant.sessions)
        return replace(assistant, sessions=tuple(renamed))

    def remove(self, assistant: Assistant) -> Exchange:
        """Delete the assistant itself, with its sessions."""
        return self._keep(assistant, assistant.owner.delete_assistants([assistant.id]))

    def expect_success(self) -> None:
        """PreparationFailed where the last request did not come to all that it asked for."""
        if not is_success(self.last.answer):
            raise PreparationFailed(f"this was to be done before:\n{describe_exchange(self.last.answer)}")

    def take_stock(self, assistants: Iterable[Assistant]) -> None:
        """From here on the sessions that are in no list now are expected to be unknown."""
        gone: set[str] = set()
        for assistant in assistants:
            try:
                gone.update(set(assistant.session_ids).difference(each.id for each in sessions_of(assistant)))
            except UnusableListing:
                # The assistant itself is gone.
                gone.update(assistant.session_ids)
        self.expect_gone(gone)

    def expect_gone(self, ids: Iterable[str]) -> None:
        """From here on these sessions are expected to be unknown, and what was asked up to now was asked before."""
        self._gone.update(ids)
        self._before = len(self.exchanges)

    def _keep(self, assistant: Assistant, answer: Answer, listed: Sequence[str] = (), **values: str) -> Exchange:
        selection = Selection.of(listed, set(assistant.session_ids) - self._gone)
        exchange = Exchange(selection, answer, values={"assistant": assistant.id, **values})
        self.exchanges.append(exchange)
        return exchange


def _credentials(authorization: str, valid: Credentials) -> Credentials:
    """What a request shows for this authorization, where ``KEY`` stands for the key of the valid one."""
    (key,) = valid.secrets
    header = placeholders.header(authorization, {"KEY": key})
    if header is None:
        return NO_KEY
    # A part of a key cannot be written with a variable, and quotation marks would end the shell's own.
    plain = header and not re.search(r"KEY\[|[\"`$\\]", authorization)
    variable = f"${{{(valid.in_shell or '').removeprefix('Bearer $')}}}"
    in_shell = placeholders.text(authorization, {"KEY": variable}) if plain else None
    secrets = (key, header.removeprefix("Bearer "))
    return Credentials(f"the authorization {authorization}", header, secrets, in_shell)
