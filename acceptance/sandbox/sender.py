"""Sends the requests of a scenario, and keeps them with their answers."""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from acceptance.contract.contract import Contract
from acceptance.contract.selection import Selection, ids_in, lists_sessions
from acceptance.errors import PreparationFailed, UnusableListing
from acceptance.notation import placeholders
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.client import DEFAULT_SESSION_NAME, RAGFlow
from acceptance.ragflow.description import describe_exchange, describe_request
from acceptance.ragflow.listings import Session, is_success
from acceptance.ragflow.messages import JSON_TYPE, NO_KEY, Answer, Content, Credentials, Json
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.view import sessions_of

# No assistant has such an id: RAGFlow's ids are hexadecimal. It contains no wildcard either.
IMPOSSIBLE_ID = re.compile("[a-z_]*[g-z][a-z_]*")


@dataclass(frozen=True)
class Exchange:
    """A request about the sessions of an assistant: which it listed, the answer, and the thread that sent it."""

    selection: Selection
    answer: Answer
    asker: int = field(default_factory=threading.get_ident)
    # What else the answer must contain: the id of the assistant, and the name, user and owner of a session.
    values: Mapping[str, str] = field(default_factory=dict)


class Sender:
    """Sends the requests of one scenario. Thread-safe."""

    def __init__(self, sandbox: Sandbox, contract: Contract) -> None:
        self.exchanges: list[Exchange] = []
        self._sandbox, self._contract = sandbox, contract
        self._gone: set[str] = set()
        self._preparations = 0

    @property
    def last(self) -> Exchange:
        return self.exchanges[-1]

    @property
    def latest(self) -> list[Exchange]:
        """The exchanges since the preparation of the scenario."""
        return self.exchanges[self._preparations :]

    @property
    def last_request(self) -> str:
        """The last request in one line."""
        return describe_request(self.last.answer.request) if self.exchanges else "none of this scenario"

    def content(self, request: str, declared_as: str = JSON_TYPE) -> Content:
        """Return the body for a cell of a feature, which may hold placeholders."""
        return placeholders.expand_content(request, self._sandbox.names, declared_as)

    def delete(
        self,
        assistant: Assistant,
        what: Content | Sequence[str],
        *,
        to: str | None = None,
        asker: RAGFlow | None = None,
        authorization: str | None = None,
        query: str = "",
        follow: bool = False,
        slash: bool = False,
    ) -> Exchange:
        """Delete these sessions in one request, or send a deletion with this body. Texts may hold placeholders.

        ``to`` replaces the assistant's id, ``asker`` its owner, and ``authorization`` the header. ``slash`` and
        ``query`` end the address. ``follow`` follows redirects. Raise ValueError if the request might delete all
        sessions of an assistant that this run has not created.
        """
        content = what if isinstance(what, Content) else Content.json({"ids": list[Json](what)})
        to = assistant.id if to is None else self._text(to)
        if not (to in self._sandbox.inventory.created or lists_sessions(content) or IMPOSSIBLE_ID.fullmatch(to)):
            raise ValueError(f"'{to}' is no assistant of this run, and this request might delete all its sessions")
        asker = asker or assistant.owner
        if authorization is not None:
            asker = asker.acting_as(_credentials(authorization, asker.credentials))
        answer = asker.delete_sessions(to, content, self._text(query), follow=follow, slash=slash)
        return self._keep(assistant, answer, ids_in(content, self._contract.reading))

    def call(self, assistant: Assistant, request: str) -> Exchange:
        """Call ``METHOD /address body`` for the sessions of the assistant. Raise ValueError for any other address."""
        method, path, body = self._text(request).split(" ", maxsplit=2)
        if not re.fullmatch(rf"/chats/{re.escape(assistant.id)}/sessions(/\w+)?", path):
            raise ValueError(f"only the sessions of the scenario's own assistant may be changed, not {path}")
        return self._keep(assistant, assistant.owner.call(method, path, Content(body.encode())))

    def read_list(self, assistant: Assistant, query: str = "", asker: RAGFlow | None = None) -> Exchange:
        """Read a page of the list of sessions with this query, which may hold placeholders."""
        parts = dict(parse_qsl(self._text(query), keep_blank_values=True))
        return self._keep(assistant, (asker or assistant.owner).list_sessions(assistant.id, **parts))

    def read_assistants(self, assistant: Assistant, query: str) -> Exchange:
        """Read the list of assistants with this query, which may hold placeholders."""
        return self._keep(assistant, assistant.owner.list_assistants(**dict(parse_qsl(self._text(query)))))

    def create(self, assistant: Assistant, number: int, spec: SessionSpec) -> Assistant:
        """Create the next session. Return the assistant unchanged after a refusal. Raise ValueError for others."""
        if number != (given := len(assistant.sessions)) + 1:
            raise ValueError(f"the scenario creates session {number}, but the assistant has been given {given}")
        name = None if spec.name is None else self._text(spec.name)
        answer = assistant.owner.create_session(assistant.id, name, spec.user)
        after = self._sandbox.add_session(assistant, answer)
        owner = after.sessions[0].user if after.sessions else ""
        name = DEFAULT_SESSION_NAME if name is None else name
        self._keep(assistant, answer, name=self._sandbox.stored(name), user=spec.user or "", owner=owner)
        return after

    def rename(self, assistant: Assistant, session: Session, name: str) -> Assistant:
        """Rename a session; the name may hold placeholders. Return the assistant as it is then."""
        method = self._contract.rename_method
        answer = assistant.owner.rename_session(assistant.id, session.id, self._text(name), method)
        name = self._sandbox.stored(self._text(name))
        self._keep(assistant, answer, name=name, user=session.user)
        if not is_success(answer):
            return assistant
        renamed = (replace(each, name=name) if each.id == session.id else each for each in assistant.sessions)
        return replace(assistant, sessions=tuple(renamed))

    def remove(self, assistant: Assistant) -> Exchange:
        """Delete the assistant itself."""
        return self._keep(assistant, self._sandbox.guard.delete(assistant))

    def expect_success(self) -> None:
        """Raise PreparationFailed if the last request did not do everything that it asked for."""
        if not is_success(self.last.answer):
            raise PreparationFailed(f"the scenario could not be prepared:\n{describe_exchange(self.last.answer)}")

    def record_gone_sessions(self, assistants: Iterable[Assistant]) -> None:
        """List the sessions, and expect those that are missing to be unknown from now on."""
        for assistant in assistants:
            listed: tuple[Session, ...] = ()
            # If the assistant is gone, so are its sessions.
            with suppress(UnusableListing):
                listed = sessions_of(assistant)
            self.expect_gone(set(assistant.session_ids).difference(session.id for session in listed))

    def expect_gone(self, ids: Iterable[str]) -> None:
        """Expect these sessions to be unknown from now on. All requests up to now were preparations."""
        self._gone.update(ids)
        self._preparations = len(self.exchanges)

    def _text(self, cell: str) -> str:
        return placeholders.expand_text(cell, self._sandbox.names)

    def _keep(self, assistant: Assistant, answer: Answer, listed: Sequence[str] = (), **values: str) -> Exchange:
        selection = Selection.of(listed, set(assistant.session_ids) - self._gone)
        exchange = Exchange(selection, answer, values={"assistant": assistant.id, **values})
        self.exchanges.append(exchange)
        return exchange


def _credentials(authorization: str, valid: Credentials) -> Credentials:
    """Return credentials with this header, in which ``KEY`` stands for the valid key."""
    (key,) = valid.secrets
    header = placeholders.expand_header(authorization, {"KEY": key})
    if header is None:
        return NO_KEY
    # A shell variable cannot stand for a part of the key, and these characters would end the shell's own quotation.
    plain = header and not re.search(r"KEY\[|[\"`$\\]", authorization)
    variable = f"${{{(valid.shell_header or '').removeprefix('Bearer $')}}}"
    in_shell = placeholders.expand_text(authorization, {"KEY": variable}) if plain else None
    secrets = (key, header.removeprefix("Bearer "))
    return Credentials(f"the authorization {authorization}", header, secrets, in_shell)
