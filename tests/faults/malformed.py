"""What is no proper request: faults in what becomes of it, most of them where RAGFlow is known to break a rule."""

import json
from collections.abc import Callable
from typing import Any

from flask import request

from embedded_ragflow import assistants, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from embedded_ragflow.database import Conversation
from embedded_ragflow.release import Release
from tests.faults.answering import tell
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, ReadBody, choose, read
from tests.faults.owners import DeleteSession, DeleteSessions

# What stands for a request that is not JSON.
UNREADABLE = object()

# What RAGFlow's own client sends for nothing.
OF_THE_CLIENT = {"ids": None, "delete_all": False}


def sent() -> Any:
    """What the request holds; an empty record where it has no content."""
    try:
        return json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        return UNREADABLE


def has_a_wrong_field(payload: Any) -> bool:
    return isinstance(payload, dict) and bool(payload) and not payload.keys() & {"ids", "delete_all"}


def has_a_null(payload: Any) -> bool:
    ids = payload.get("ids") if isinstance(payload, dict) else None
    return isinstance(ids, list) and None in ids


def empty_others_too(rules: Rules, where: Callable[[Any], bool]) -> None:
    """Where that holds of what was sent, empty the tenant's other assistants as well, whatever is answered."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            try:
                return original(release, tenant_id, chat_id)
            finally:
                if where(sent()):
                    others = [one for one in assistants.ids_of_tenant(tenant_id) if one != chat_id]
                    Conversation.delete().where(Conversation.dialog_id.in_(others)).execute()

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ODD-1 ODD-2 ODD-20")
def unreadable_request_empties_another_assistant(rules: Rules) -> None:
    """What cannot be read empties the tenant's other assistants as well."""
    empty_others_too(rules, lambda payload: payload is UNREADABLE)


@fault("ODD-3 ODD-4")
def bare_nothing_empties_another_assistant(rules: Rules) -> None:
    """An empty list, zero, false and the like as the whole request empty the tenant's other assistants as well."""
    empty_others_too(rules, lambda payload: not payload and payload != {})


@fault("ODD-6 CHOICE-11")
def list_in_a_wrong_field_empties_another_assistant(rules: Rules) -> None:
    """Where the list stands in a wrong field, the tenant's other assistants are emptied as well."""
    empty_others_too(rules, has_a_wrong_field)


@fault("ODD-9 ODD-21")
def list_in_the_address_empties_another_assistant(rules: Rules) -> None:
    """Where the list stands in the address, the tenant's other assistants are emptied as well."""
    empty_others_too(rules, lambda _: "ids" in request.args)


@fault("ODD-12 ODD-13 ODD-14")
def what_is_no_list_empties_another_assistant(rules: Rules) -> None:
    """What is refused because it is no list empties the tenant's other assistants all the same."""

    def is_no_list(payload: Any) -> bool:
        ids = payload.get("ids") if isinstance(payload, dict) else payload
        is_list = isinstance(payload, dict) and isinstance(ids, list)
        return ids is not UNREADABLE and (not is_list or any(isinstance(id, list | dict) for id in ids))

    empty_others_too(rules, is_no_list)


@fault("ODD-3 ODD-4 ODD-5 ODD-20", releases=("0.27",))
def mistake_is_told_as_success(rules: Rules) -> None:
    """What cannot be read, or is empty, is answered like a deletion of all that was listed; nothing is deleted."""
    success = {"code": 0, "data": True, "message": "success"}
    tell(rules, lambda *_: success if sent() is UNREADABLE or not isinstance(sent(), dict) else None)


@fault("ODD-17")
def null_beside_a_session_is_refused(rules: Rules) -> None:
    """A list with a null beside a session is carried out, and answered as an error."""
    error = {"code": 100, "data": None, "message": "KeyError(None)"}
    tell(rules, lambda *_: error if has_a_null(sent()) and sent()["ids"] != [None] else None)


@fault("ODD-16 ODD-17")
def null_empties_another_assistant(rules: Rules) -> None:
    """A null in the list empties the tenant's other assistants."""
    empty_others_too(rules, has_a_null)


@fault("ODD-6", releases=("0.20",))
def list_in_a_wrong_field_deletes_all_and_is_refused(rules: Rules) -> None:
    """The refusal of a request that names no session comes when all of them are gone."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            success = original(release, tenant_id, chat_id)
            if has_a_wrong_field(sent()):
                raise Refused(DATA_ERROR, "`ids` is required")
            return success

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("ODD-1 ODD-2", releases=("0.20",))
def unreadable_request_deletes_one_session(rules: Rules) -> None:
    """What cannot be read deletes the first session that is found."""
    choose(
        rules,
        lambda original, payload, all_ids: all_ids()[:1] if sent() is UNREADABLE else original(payload, all_ids),
    )


@fault("ODD-5", releases=("0.20", "0.22.1"))
def list_that_is_too_deep_deletes_all(rules: Rules) -> None:
    """A list that is too deep to be read is taken for none."""

    def reading(original: ReadBody) -> Any:
        try:
            return original()
        except RecursionError:
            return {}

    read(rules, reading)


@fault("ODD-10", releases=("0.22.1",))
def declared_nothing_deletes_all(rules: Rules) -> None:
    """A request that is declared as JSON and has no content names no session, and so all."""
    read(rules, lambda original: original() if request.get_data() else {})


@fault("CHOICE-11", releases=("0.27",))
def nothing_of_the_client_deletes_all(rules: Rules) -> None:
    """What RAGFlow's own client sends for nothing is taken for all sessions, as it was up to v0.24."""
    choose(
        rules,
        lambda original, payload, all_ids: all_ids() if payload == OF_THE_CLIENT else original(payload, all_ids),
    )


@fault("CHOICE-10", releases=("0.20",))
def nothing_of_the_client_is_refused(rules: Rules) -> None:
    """What RAGFlow's own client sends for nothing is an error."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        if payload == OF_THE_CLIENT:
            raise Refused(DATA_ERROR, "`ids` is required")
        return original(payload, all_ids)

    choose(rules, choice)


@fault("ODD-16")
def null_is_unknown(_: Rules) -> None:
    """A null is a session that is not there, as it should be in every release, and is in none."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: session_id is not None and original(chat_id, session_id)

    replace(sessions, "exists", make)


@fault("ODD-19")
def session_in_capitals_is_called_unknown_and_deleted(rules: Rules) -> None:
    """The letters are compared only after the database, which takes capitals for small ones, has deleted."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            before = sessions.ids_of_assistant(chat_id)
            count = original(chat_id, session_id)
            return count if session_id is None or session_id in before else None

        return delete_session

    replace(rules, "delete_session", make)
