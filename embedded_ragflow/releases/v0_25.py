"""RAGFlow v0.25: the calls written anew, in a "RESTful" style.

Now every call looks at the assistant before it reads the body.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from json import loads

from flask import Response, jsonify, request
from werkzeug.exceptions import Unauthorized

from embedded_ragflow import assistants, authentication, deletion, listing, sessions
from embedded_ragflow.answers import AUTHENTICATION_ERROR, DATA_ERROR, SUCCESS, Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Conversation, Dialog
from embedded_ragflow.deletion import Wording
from embedded_ragflow.listing import Arguments, Page
from embedded_ragflow.releases.v0_18 import Route
from embedded_ragflow.releases.v0_24 import Release0240

FIXED_COLUMNS = ("id", "dialog_id", "chat_id", "user_id")


class Release0250(Release0240):
    """v0.25.0: HTTP status 401, ownership before all else, and everything is deleted only where that is asked for."""

    since = "0.25"

    routes = (
        *Release0240.routes,
        Route("GET", "/chats/<chat_id>", "get_assistant"),
        Route("PATCH", "/chats/<chat_id>", "rename_assistant"),
        Route("DELETE", "/chats/<chat_id>", "delete_one_assistant"),
        Route("GET", "/chats/<chat_id>/sessions/<session_id>", "get_session"),
    )

    assistant_wording = Wording(
        plural="chats",
        missing="Chat({}) not found.",
        repeated="Duplicate chat ids: {}",
    )

    not_owned = "No authorization."
    name_empty = "`name` can not be empty."
    messages_fixed = "`messages` cannot be changed."
    reference_fixed = "`reference` cannot be changed."
    name_required = "`name` is required."
    name_not_text = "Chat name must be a string."
    name_too_long = "Chat name length is {} which is larger than 255."
    name_taken = "Duplicated chat name in creating chat."
    new_name_taken = "Duplicated chat name."
    tenant_given = "`tenant_id` must not be provided."
    datasets_not_list = "`dataset_ids` should be a list."

    # Who asks

    def authenticate(self, header: str | None) -> str:
        tenant_id = authentication.tenant_with(authentication.without_bearer(header or ""))
        if tenant_id is None:
            raise Unauthorized
        return tenant_id

    def check_ownership(self, tenant_id: str, chat_id: str) -> None:
        if not assistants.is_owned(tenant_id, chat_id):
            raise self.refuse_ownership()

    def refuse_ownership(self) -> Refused:
        return Refused(AUTHENTICATION_ERROR, self.not_owned, data=False)

    # Answers

    def write_success(self, success: Success) -> Response:
        return jsonify(code=SUCCESS, data=success.data, message=success.message)

    def write_failure(self, error: Exception) -> Response:
        if isinstance(error, Unauthorized):
            return self.with_status(jsonify(code=401, data=None, message=repr(error)), 401)
        return super().write_failure(error)

    # Deleting

    def delete_sessions(self, tenant_id: str, chat_id: str) -> Success:
        self.check_ownership(tenant_id, chat_id)
        ids = self.choose_ids(self.read_body(), partial(sessions.ids_of_assistant, chat_id))
        if not ids:
            return Success({})
        tally = deletion.delete_each(ids, partial(self.delete_session, chat_id))
        return self.report_deletion(tally, self.session_wording, True)

    def delete_assistants(self, tenant_id: str) -> Success:
        ids = self.choose_assistant_ids(self.read_body(), partial(assistants.ids_of_tenant, tenant_id))
        if not ids:
            return Success({})
        tally = deletion.delete_each(ids, partial(self.delete_assistant, tenant_id))
        return self.report_deletion(tally, self.assistant_wording, {"success_count": tally.deleted})

    def delete_one_assistant(self, tenant_id: str, chat_id: str) -> Success:
        self.check_ownership(tenant_id, chat_id)
        assistants.delete(chat_id)
        return Success(True)

    def choose_ids(self, payload: Body, all_ids: Callable[[], list[str]]) -> Body:
        """What to delete: the ids that were sent; everything only where `delete_all` is true."""
        ids = payload.get("ids")
        if not ids and payload.get("delete_all") is True:
            return all_ids()
        return ids

    def choose_assistant_ids(self, payload: Body, all_ids: Callable[[], list[str]]) -> Body:
        return self.choose_ids(payload, all_ids)

    def errors_to_tell(self, missing: list[str], repeated: list[str]) -> list[str]:
        return missing + repeated

    # Sessions

    def create_session(self, tenant_id: str, chat_id: str) -> Success:
        prologue = assistants.opening_words(tenant_id, chat_id)
        if prologue is None:
            raise self.refuse_ownership()
        payload = self.read_body()
        name = self.session_name(payload.get("name", "New session"))
        session = sessions.create(chat_id, name, self.session_user(payload, tenant_id), prologue)
        return Success(self.session_fields(session))

    def session_name(self, name: object) -> str:
        if not isinstance(name, str) or not name.strip():
            raise Refused(DATA_ERROR, self.name_empty)
        return name.strip()

    def session_user(self, payload: Body, tenant_id: str) -> object:
        return payload.get("user_id", tenant_id)

    def refuse_list(self, chat_id: str) -> Refused:  # noqa: ARG002  # earlier releases use it
        return self.refuse_ownership()

    def get_session(self, tenant_id: str, chat_id: str, session_id: str) -> Success:
        self.check_ownership(tenant_id, chat_id)
        session = sessions.find(session_id)
        if session is None:
            raise Refused(DATA_ERROR, "Session not found!")
        if session.dialog_id != chat_id:
            raise Refused(DATA_ERROR, "Session does not belong to this chat!")
        return Success({**self.session_fields(session), "avatar": ""})

    def update_session(self, tenant_id: str, chat_id: str, session_id: str) -> Success:
        self.check_ownership(tenant_id, chat_id)
        payload = self.read_body()
        if not sessions.exists(chat_id, session_id):
            raise Refused(DATA_ERROR, "Session not found!")
        if "message" in payload or "messages" in payload:
            raise Refused(DATA_ERROR, self.messages_fixed)
        if "reference" in payload:
            raise Refused(DATA_ERROR, self.reference_fixed)
        columns = {name: value for name, value in payload.items() if name not in FIXED_COLUMNS}
        if columns.get("name") is not None:
            columns["name"] = self.session_name(columns["name"])
        sessions.update(session_id, columns)
        return Success(self.session_fields(Conversation.get_by_id(session_id)))

    def session_fields(self, session: Conversation) -> dict[str, object]:
        return {**super().session_fields(session), "reference": loads(session.reference)}

    # Assistants

    def create_assistant(self, tenant_id: str) -> Success:
        payload = self.read_body()
        if payload.get("tenant_id"):
            raise Refused(DATA_ERROR, self.tenant_given)
        name = self.assistant_name(payload.get("name"))
        dataset_ids = payload.get("dataset_ids") or []
        if not isinstance(dataset_ids, list):
            raise Refused(DATA_ERROR, self.datasets_not_list)
        self.check_datasets(dataset_ids)
        if assistants.is_name_taken(tenant_id, name):
            raise Refused(DATA_ERROR, self.name_taken)
        assistant = assistants.create(tenant_id, name, self.prologue_from(payload))
        return Success(self.assistant_fields(assistant))

    def assistant_name(self, name: object) -> str:
        if name is None:
            raise Refused(DATA_ERROR, self.name_required)
        if not isinstance(name, str):
            raise Refused(DATA_ERROR, self.name_not_text)
        name = name.strip()
        if not name:
            raise Refused(DATA_ERROR, self.name_required)
        octets = len(name.encode())
        if octets > 255:
            raise Refused(DATA_ERROR, self.name_too_long.format(octets))
        return name

    def prologue_from(self, payload: Body) -> str:
        return str((payload.get("prompt_config") or {}).get("prologue", self.prologue))

    def list_assistants(self, tenant_id: str) -> Success:
        query = listing.matching(assistants.of_tenant(tenant_id), (Dialog.id, Dialog.name), request.args)
        page = self.page(request.args, number=0, size=0)
        found = listing.rows(query, page if page.number and page.size else replace(page, size=None))
        return Success({"chats": [self.assistant_fields(assistant) for assistant in found], "total": query.count()})

    def get_assistant(self, tenant_id: str, chat_id: str) -> Success:
        assistant = assistants.find(tenant_id, chat_id)
        if assistant is None:
            raise self.refuse_ownership()
        return Success(self.assistant_fields(assistant))

    def rename_assistant(self, tenant_id: str, chat_id: str) -> Success:
        assistant = assistants.find(tenant_id, chat_id)
        if assistant is None:
            raise self.refuse_ownership()
        payload = self.read_body()
        if "name" in payload:
            name = self.assistant_name(payload["name"])
            if name.lower() != assistant.name.lower() and assistants.is_name_taken(tenant_id, name):
                raise Refused(DATA_ERROR, self.new_name_taken)
            assistants.rename(assistant, name)
        return self.get_assistant(tenant_id, chat_id)

    def assistant_fields(self, assistant: Dialog) -> dict[str, object]:
        return {
            "id": assistant.id,
            "tenant_id": assistant.tenant_id,
            "name": assistant.name,
            "description": "A helpful Assistant",
            "icon": "",
            "status": assistant.status,
            "llm_id": "",
            "llm_setting": {},
            "prompt_config": {"prologue": assistant.prologue},
            "dataset_ids": [],
            "kb_names": [],
            **self.times(assistant),
        }

    # Lists

    def page(self, asked: Arguments, number: int = 1, size: int = 30) -> Page:
        """A size below 0 stands for all rows."""
        page = super().page(asked, number, size)
        descending = asked.get("desc", "true").lower() != "false"
        return replace(page, size=None if (page.size or 0) < 0 else page.size, descending=descending)


class Release0251(Release0250):
    """v0.25.1 renames a session with PATCH, keeps PUT for those who knew it, and deletes an assistant by `chat_id`."""

    since = "0.25.1"

    routes = (
        *Release0250.routes,
        Route("PATCH", "/chats/<chat_id>/sessions/<session_id>", "update_session"),
    )

    def choose_assistant_ids(self, payload: Body, all_ids: Callable[[], list[str]]) -> Body:
        if payload.get("chat_id") and not payload.get("ids"):
            return [payload["chat_id"]]
        return super().choose_assistant_ids(payload, all_ids)


class Release0256(Release0251):
    """v0.25.6 no longer lets a caller name another user."""

    since = "0.25.6"

    def session_user(self, payload: Body, tenant_id: str) -> object:  # noqa: ARG002  # earlier releases use it
        return tenant_id
