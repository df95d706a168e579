"""RAGFlow v0.18.0 to v0.20.0: all the rules. The later releases say only what they change.

Every call checks in this order: the route, the API key, the ownership of the assistant, the body, the ids. But what
creates or changes something reads the body before it looks at the assistant.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from json import loads
from typing import ClassVar, NamedTuple

from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound
from werkzeug.http import http_date

from embedded_ragflow import assistants, authentication, body, deletion, listing, sessions
from embedded_ragflow.answers import AUTHENTICATION_ERROR, DATA_ERROR, EXCEPTION_ERROR, SUCCESS, Refused, Success
from embedded_ragflow.database import Conversation, Dialog, Row
from embedded_ragflow.deletion import Tally, Wording
from embedded_ragflow.listing import Arguments, Page


class Route(NamedTuple):
    """Where a call is found; `call` names a method of the release, `<...>` an argument of it."""

    method: str
    path: str
    call: str


class Release018:
    """The rules of a release. The methods named in `routes` are its calls: they return a Success or raise."""

    since = "0.18"

    # What the name of a server says that exists beside the usual one of the same release: "go" for "0.27-go".
    variant = ""

    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", "/chats", "create_assistant"),
        Route("GET", "/chats", "list_assistants"),
        Route("DELETE", "/chats", "delete_assistants"),
        Route("PUT", "/chats/<chat_id>", "rename_assistant"),
        Route("POST", "/chats/<chat_id>/sessions", "create_session"),
        Route("GET", "/chats/<chat_id>/sessions", "list_sessions"),
        Route("DELETE", "/chats/<chat_id>/sessions", "delete_sessions"),
        Route("PUT", "/chats/<chat_id>/sessions/<session_id>", "update_session"),
    )

    prologue = "Hi! I'm your assistant, what can I do for you?"

    session_wording = Wording(
        plural="sessions",
        missing="The chat doesn't own the session {}",
        repeated="Duplicate session ids: {}",
    )
    assistant_wording = Wording(
        plural="chats",
        missing="Assistant({}) not found.",
        repeated="Duplicate assistant ids: {}",
    )

    # Who asks

    def authenticate(self, header: str | None) -> str:
        """The id of the tenant who asks. RAGFlow calls some refusals a success: code 0."""
        if not header:
            raise Refused(SUCCESS, "`Authorization` can't be empty", data=False)
        key = authentication.second_word(header)
        if key is None:
            raise Refused(SUCCESS, "Please check your authorization format.", data=False)
        tenant_id = authentication.tenant_with(key)
        if tenant_id is None:
            raise Refused(AUTHENTICATION_ERROR, "Authentication error: API key is invalid!", data=False)
        return tenant_id

    def read_body(self) -> body.Body:
        return body.json_or_nothing(request)

    def read_assistant_ids(self) -> body.Body:
        """The body of a deletion of assistants."""
        return self.read_body()

    # Answers

    def write_success(self, success: Success) -> Response:
        """A partial deletion's message never leaves the server: there is no message in a success."""
        if success.data is None:
            return jsonify(code=SUCCESS)
        return jsonify(code=SUCCESS, data=success.data)

    def write_refusal(self, refused: Refused) -> Response:
        return jsonify(refused.answer)

    def write_not_found(self, error: NotFound) -> Response:
        """No such route."""
        return self.write_failure(error)

    def write_failure(self, error: Exception) -> Response:
        """Any error that nobody expected."""
        if len(error.args) > 1:
            return self.write_database_failure(error)
        return jsonify(code=EXCEPTION_ERROR, data=None, message=repr(error))

    def write_database_failure(self, error: Exception) -> Response:
        """An error with several arguments, of which the first two are told."""
        return jsonify(code=EXCEPTION_ERROR, data=error.args[1], message=repr(error.args[0]))

    # Deleting

    def delete_sessions(self, tenant_id: str, chat_id: str) -> Success:
        if not assistants.is_owned(tenant_id, chat_id):
            raise Refused(DATA_ERROR, "You don't own the chat")
        ids = self.choose_ids(self.read_body(), partial(sessions.ids_of_assistant, chat_id))
        tally = deletion.delete_each(ids, partial(self.delete_session, chat_id))
        return self.report_deletion(tally, self.session_wording)

    def delete_assistants(self, tenant_id: str) -> Success:
        ids = self.choose_ids(self.read_assistant_ids(), partial(assistants.ids_of_tenant, tenant_id))
        tally = deletion.delete_each(ids, partial(self.delete_assistant, tenant_id))
        return self.report_deletion(tally, self.assistant_wording)

    def choose_ids(self, payload: body.Body, all_ids: Callable[[], list[str]]) -> body.Body:
        """What to delete: the ids that were sent, and everything where none were."""
        return (payload and payload.get("ids")) or all_ids()

    def delete_session(self, chat_id: str, session_id: object) -> int | None:
        """RAGFlow looks first and deletes afterwards: of several who delete it at once, more than one may be told
        that they did. An id of None finds a session, and deletes none."""
        if not sessions.exists(chat_id, session_id):
            return None
        sessions.delete(session_id)
        return 1

    def delete_assistant(self, tenant_id: str, chat_id: object) -> int | None:
        if assistants.find(tenant_id, chat_id) is None:
            return None
        assistants.delete(chat_id)
        return 1

    def report_deletion(self, tally: Tally, wording: Wording, complete: object = None) -> Success:
        """What the caller is told of a deletion; `complete` is the data where every id was deleted.

        Raises Refused where none was.
        """
        missing = [wording.missing.format(one) for one in tally.missing]
        repeated = [wording.repeated.format(one) for one in tally.repeated]
        errors = self.errors_to_tell(missing, repeated)
        if not errors:
            return Success(complete)
        if not tally.deleted:
            raise Refused(DATA_ERROR, "; ".join(errors))
        return Success(
            {"success_count": tally.deleted, "errors": errors},
            f"Partially deleted {tally.deleted} {wording.plural} with {len(errors)} errors",
        )

    def errors_to_tell(self, missing: list[str], repeated: list[str]) -> list[str]:
        """Unknown ids hide those that were given twice."""
        return missing or repeated

    # Sessions

    def create_session(self, tenant_id: str, chat_id: str) -> Success:
        payload = self.read_body()
        payload["dialog_id"] = chat_id  # RAGFlow puts it there, and so fails here where the body is not an object
        prologue = assistants.opening_words(tenant_id, chat_id)
        if prologue is None:
            raise Refused(DATA_ERROR, "You do not own the assistant.")
        name = payload.get("name", "New session")
        if not name:
            raise Refused(DATA_ERROR, "`name` can not be empty.")
        session = sessions.create(chat_id, name, payload.get("user_id", ""), prologue)
        return Success(self.session_fields(session))

    def list_sessions(self, tenant_id: str, chat_id: str) -> Success:
        if not assistants.is_owned(tenant_id, chat_id):
            raise self.refuse_list(chat_id)
        columns = (Conversation.id, Conversation.name, Conversation.user_id)
        query = listing.matching(sessions.of_assistant(chat_id), columns, request.args)
        found = listing.rows(query, self.page(request.args))
        return Success([self.listed_session_fields(session) for session in found])

    def refuse_list(self, chat_id: str) -> Refused:
        return Refused(DATA_ERROR, f"You don't own the assistant {chat_id}.")

    def update_session(self, tenant_id: str, chat_id: str, session_id: str) -> Success:
        payload = self.read_body()
        payload["dialog_id"] = chat_id
        if not sessions.exists(chat_id, session_id):
            raise Refused(DATA_ERROR, "Session does not exist")
        if not assistants.is_owned(tenant_id, chat_id):
            raise Refused(DATA_ERROR, "You do not own the session")
        if "message" in payload or "messages" in payload:
            raise Refused(DATA_ERROR, "`message` can not be change")
        if "reference" in payload:
            raise Refused(DATA_ERROR, "`reference` can not be change")
        if "name" in payload and not payload["name"]:
            raise Refused(DATA_ERROR, "`name` can not be empty.")
        sessions.update(session_id, payload)
        return Success()

    def session_fields(self, session: Conversation) -> dict[str, object]:
        return {
            "id": session.id,
            "chat_id": session.dialog_id,
            "name": session.name,
            "messages": loads(session.message),
            "user_id": session.user_id,
            **self.times(session),
        }

    def listed_session_fields(self, session: Conversation) -> dict[str, object]:
        """A session as it stands in a list."""
        return self.session_fields(session)

    # Assistants

    def create_assistant(self, tenant_id: str) -> Success:
        payload = self.read_body()
        self.check_datasets(payload.get("dataset_ids", []))
        name = payload.get("name")
        if not name:
            raise Refused(DATA_ERROR, "`name` is required.")
        if assistants.is_name_taken(tenant_id, name):
            raise Refused(DATA_ERROR, "Duplicated chat name in creating chat.")
        if payload.get("tenant_id"):
            raise Refused(DATA_ERROR, "`tenant_id` must not be provided.")
        assistant = assistants.create(tenant_id, name, self.prologue_from(payload))
        return Success({**self.assistant_fields(assistant), "dataset_ids": self.sent_dataset_ids(payload)})

    def check_datasets(self, dataset_ids: Iterable[object]) -> None:
        """There are no datasets here, so nobody owns one."""
        for dataset_id in filter(None, dataset_ids):
            raise Refused(DATA_ERROR, f"You don't own the dataset {dataset_id}")

    def prologue_from(self, payload: body.Body) -> str:
        return str((payload.get("prompt") or {}).get("opener", self.prologue))

    def sent_dataset_ids(self, payload: body.Body) -> object:
        """RAGFlow v0.18.0 to v0.20.1 fail without `dataset_ids` when the assistant is already there."""
        return payload["dataset_ids"]

    def list_assistants(self, tenant_id: str) -> Success:
        query = listing.matching(assistants.of_tenant(tenant_id), (Dialog.id, Dialog.name), request.args)
        if (request.args.get("id") or request.args.get("name")) and not query.exists():
            raise Refused(DATA_ERROR, "The chat doesn't exist")
        found = listing.rows(query, self.page(request.args))
        return Success([{**self.assistant_fields(assistant), "datasets": []} for assistant in found])

    def rename_assistant(self, tenant_id: str, chat_id: str) -> Success:
        """Of all that RAGFlow lets one change of an assistant, only the name is known here."""
        assistant = assistants.find(tenant_id, chat_id)
        if assistant is None:
            raise Refused(DATA_ERROR, "You do not own the chat")
        payload = self.read_body()
        if "name" in payload:
            name = payload["name"]
            if not name:
                raise Refused(DATA_ERROR, "`name` cannot be empty.")
            if name.lower() != assistant.name.lower() and assistants.is_name_taken(tenant_id, name):
                raise Refused(DATA_ERROR, "Duplicated chat name in updating chat.")
            assistants.rename(assistant, name)
        return Success()

    def assistant_fields(self, assistant: Dialog) -> dict[str, object]:
        return {
            "id": assistant.id,
            "tenant_id": assistant.tenant_id,
            "name": assistant.name,
            "description": "A helpful Assistant",
            "avatar": "",
            "status": assistant.status,
            "llm": {"model_name": ""},
            "prompt": {"opener": assistant.prologue},
            **self.times(assistant),
        }

    # Lists and dates

    def page(self, asked: Arguments, number: int = 1, size: int = 30) -> Page:
        """The page asked for, or the one with that number and size. Raises ValueError where a number is none."""
        return Page(
            number=int(asked.get("page", number)),
            size=int(asked.get("page_size", size)),
            order_by=asked.get("orderby", "create_time"),
            descending=asked.get("desc") not in ("false", "False"),
        )

    def times(self, row: Row) -> dict[str, object]:
        """Times in milliseconds since 1970, and the same as dates to the second."""
        return {
            "create_time": row.create_time,
            "create_date": self.date(row.create_date),
            "update_time": row.update_time,
            "update_date": self.date(row.update_date),
        }

    def date(self, moment: datetime) -> str:
        """For example "Sun, 22 Nov 2026 12:04:42 GMT"."""
        return http_date(moment)
