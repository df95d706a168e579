"""What is to be deleted: faults in reading a request."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from embedded_ragflow import body, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from tests.faults.catalogue import Rules, fault, replace
from tests.faults.keys import is_deletion

AllIds = Callable[[], list[str]]
ChooseIds = Callable[[Any, AllIds], Any]
ReadBody = Callable[[], Any]


def choose(rules: Rules, choice: Callable[[ChooseIds, Any, AllIds], Any]) -> None:
    """Choose otherwise what to delete; `choice` gets the proper way first."""

    def make(original: ChooseIds) -> ChooseIds:
        return lambda payload, all_ids: (
            choice(original, payload, all_ids) if is_deletion() else original(payload, all_ids)
        )

    replace(rules, "choose_ids", make)


def read(rules: Rules, reading: Callable[[ReadBody], Any]) -> None:
    """Read the body otherwise; `reading` gets the proper way first."""
    replace(rules, "read_body", lambda original: lambda sent: reading(partial(original, sent)))


def change_ids(rules: Rules, change: Callable[[Any], Any]) -> None:
    """Take something else for what stands in the place of the ids."""

    def reading(original: ReadBody) -> Any:
        payload = original()
        if isinstance(payload, dict) and "ids" in payload:
            return {**payload, "ids": change(payload["ids"])}
        return payload

    read(rules, reading)


@fault("CHOICE-5", releases=("0.20",))
def empty_list_deletes_nothing(rules: Rules) -> None:
    """An empty list is taken for what it says."""
    choose(
        rules,
        lambda original, payload, all_ids: [] if payload and payload.get("ids") == [] else original(payload, all_ids),
    )


@fault("CHOICE-5 CHOICE-6 CHOICE-10", releases=("0.20",))
def naming_nothing_deletes_nothing(rules: Rules) -> None:
    """Only what is named is deleted."""
    choose(rules, lambda _, payload, _all_ids: (payload or {}).get("ids") or [])


@fault("CHOICE-18", releases=("0.20",))
def emptying_an_empty_assistant_is_refused(rules: Rules) -> None:
    """Where nothing is named and nothing is there, somebody must have made a mistake."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen = original(payload, all_ids)
        if not chosen:
            raise Refused(DATA_ERROR, "There are no sessions")
        return chosen

    choose(rules, choice)


@fault("CHOICE-11", releases=("0.27",))
def empty_list_deletes_all(rules: Rules) -> None:
    """An empty list is taken for all sessions, as it was up to v0.24."""
    choose(
        rules,
        lambda original, payload, all_ids: all_ids() if payload.get("ids") == [] else original(payload, all_ids),
    )


@fault("CHOICE-11", releases=("0.27",))
def no_list_deletes_all(rules: Rules) -> None:
    """A request without a list is taken for all sessions, as it was up to v0.24."""
    choose(
        rules,
        lambda original, payload, all_ids: (
            original(payload, all_ids) if "ids" in payload or "delete_all" in payload else all_ids()
        ),
    )


@fault("CHOICE-12", releases=("0.27",))
def wish_to_delete_everything_is_overlooked(rules: Rules) -> None:
    """`delete_all` is not known."""
    choose(rules, lambda _, payload, _all_ids: payload.get("ids"))


@fault("CHOICE-12", releases=("0.27",))
def wish_to_delete_everything_does_not_count_beside_a_list(rules: Rules) -> None:
    """`delete_all` is heard only where there are no `ids`, not even empty ones."""
    choose(
        rules,
        lambda original, payload, all_ids: payload["ids"] if "ids" in payload else original(payload, all_ids),
    )


@fault("CHOICE-13", releases=("0.27",))
def wish_to_delete_everything_may_be_any_value(rules: Rules) -> None:
    """Whatever stands in `delete_all` counts as true, unless it is empty."""
    choose(
        rules,
        lambda original, payload, all_ids: original(
            {**payload, "delete_all": bool(payload.get("delete_all"))}, all_ids
        ),
    )


@fault("CHOICE-13", releases=("0.27",))
def wish_to_delete_everything_counts_when_it_is_denied(rules: Rules) -> None:
    """It is enough that `delete_all` is there."""
    choose(
        rules,
        lambda original, payload, all_ids: original({**payload, "delete_all": "delete_all" in payload}, all_ids),
    )


@fault("CHOICE-15 CHOICE-16")
def wish_to_delete_everything_counts_for_more_than_a_list(rules: Rules) -> None:
    """With `delete_all` nobody looks at the list."""
    choose(
        rules,
        lambda original, payload, all_ids: (
            all_ids() if isinstance(payload, dict) and payload.get("delete_all") is True else original(payload, all_ids)
        ),
    )


@fault("ODD-6", releases=("0.20",))
def list_under_another_name_is_taken(rules: Rules) -> None:
    """`session_ids` is as good as `ids`, where every session is deleted for want of `ids`."""
    take_session_ids(rules)


@fault("CHOICE-11", releases=("0.27",))
def list_under_another_name_is_taken_too(rules: Rules) -> None:
    """`session_ids` is as good as `ids`, where nothing is deleted for want of `ids`."""
    take_session_ids(rules)


def take_session_ids(rules: Rules) -> None:
    choose(
        rules,
        lambda original, payload, all_ids: (
            payload["session_ids"]
            if isinstance(payload, dict) and payload.get("session_ids")
            else original(payload, all_ids)
        ),
    )


@fault("ODD-9", releases=("0.20",))
def list_in_the_address_is_taken(rules: Rules) -> None:
    """Ids in the address are as good as those in the body, where every session is deleted for want of them."""
    take_ids_of_address(rules)


@fault("ODD-21", releases=("0.27",))
def list_in_the_address_is_taken_too(rules: Rules) -> None:
    """Ids in the address are as good as those in the body, where nothing is deleted for want of them."""
    take_ids_of_address(rules)


def take_ids_of_address(rules: Rules) -> None:
    choose(
        rules,
        lambda original, payload, all_ids: request.args.getlist("ids") or original(payload, all_ids),
    )


@fault("ODD-15 ODD-22")
def text_is_taken_for_one_session(rules: Rules) -> None:
    """A text in the place of the list is one id."""
    change_ids(rules, lambda ids: [ids] if isinstance(ids, str) and ids else ids)


@fault("ODD-13")
def number_is_taken_for_a_session(rules: Rules) -> None:
    """A number in the place of the list is one id."""
    change_ids(rules, lambda ids: ids if isinstance(ids, str | list | dict) or not ids else [ids])


@fault("ODD-14")
def list_in_a_list_is_opened(rules: Rules) -> None:
    """Lists inside the list count as if they were not there."""

    def flat(ids: Any) -> Iterable[Any]:
        for each in ids:
            yield from each if isinstance(each, list) else [each]

    change_ids(rules, lambda ids: list(flat(ids)) if isinstance(ids, list) else ids)


@fault("ODD-14")
def record_is_taken_for_its_session(rules: Rules) -> None:
    """A record with an `id` in the list counts as that id."""

    def opened(ids: Any) -> list[Any]:
        return [each.get("id") if isinstance(each, dict) else each for each in ids]

    change_ids(rules, lambda ids: opened(ids) if isinstance(ids, list) else ids)


@fault("ODD-14")
def what_is_no_text_is_left_out(rules: Rules) -> None:
    """Lists and records in the list are passed over."""
    change_ids(
        rules,
        lambda ids: [each for each in ids if not isinstance(each, dict | list)] if isinstance(ids, list) else ids,
    )


@fault("ODD-15")
def numbers_are_an_error(rules: Rules) -> None:
    """An id is taken for a text without looking."""

    def lowered(ids: Any) -> Any:
        return [each if each is None else each.lower() for each in ids]

    change_ids(rules, lambda ids: lowered(ids) if isinstance(ids, list) else ids)


@fault("ODD-12")
def bare_list_is_taken(rules: Rules) -> None:
    """A list in the place of the whole request is the list of sessions."""

    def reading(_: ReadBody) -> Any:
        payload = request.get_json(force=True, silent=True)
        return {"ids": payload} if isinstance(payload, list) else payload or {}

    read(rules, reading)


@fault("CHOICE-7", releases=("0.20",))
def text_deletes_all(rules: Rules) -> None:
    """What is not a record names no session, and so all."""

    def reading(original: ReadBody) -> Any:
        payload = original()
        return payload if isinstance(payload, dict) else {}

    read(rules, reading)


@fault("ODD-4 ODD-12", releases=("0.24",))
def explicit_nothing_deletes_all(rules: Rules) -> None:
    """`null` is taken for an empty request, as it was up to v0.23."""
    read(rules, lambda original: {} if request.get_data() == b"null" else original())


@fault("ODD-1 ODD-2 ODD-3 ODD-4", releases=("0.24",))
def unreadable_request_deletes_all(rules: Rules) -> None:
    """What cannot be read names no session, and so all, as it was up to v0.23."""
    read(rules, lambda _: body.json_or_nothing(request))


@fault("ODD-10", releases=("0.24", "0.27"))
def unreadable_request_is_taken_for_an_empty_one(rules: Rules) -> None:
    """A request that cannot be read is answered as if it had been."""
    read(rules, lambda _: request.get_json(force=True, silent=True) or {})


@fault("ODD-7 ODD-8 ODD-18", releases=("0.20",))
def list_is_overlooked_unless_it_is_said_to_be_json(rules: Rules) -> None:
    """As in v0.22.1, which then deleted every session."""
    read(rules, lambda _: body.json_if_declared(request))


@fault("ODD-18")
def alphabet_beside_the_type_confuses(rules: Rules) -> None:
    """The type of the content is compared as a whole, with its parameters."""

    def reading(original: ReadBody) -> Any:
        return {} if request.content_type and ";" in request.content_type else original()

    read(rules, reading)


@fault("ODD-18", releases=("0.20",))
def only_one_name_of_json_is_known(rules: Rules) -> None:
    """JSON under a name of its own is overlooked."""

    def reading(original: ReadBody) -> Any:
        return {} if (request.content_type or "").endswith("+json") else original()

    read(rules, reading)


@fault("ODD-18")
def object_is_no_list(rules: Rules) -> None:
    """A list that is an object is refused."""

    def checked(ids: Any) -> Any:
        if isinstance(ids, dict):
            raise TypeError("ids must be a list")
        return ids

    change_ids(rules, checked)


@fault("BULK-2")
def no_more_than_5000_are_taken(rules: Rules) -> None:
    """What stands behind the first 5,000 ids is left for the next request."""
    change_ids(rules, lambda ids: ids[:5000] if isinstance(ids, list) else ids)


@fault("ODD-11", releases=("0.27",))
def type_of_the_content_is_not_looked_at(rules: Rules) -> None:
    """JSON is read whatever it is said to be, as it was in v0.23."""
    read(rules, lambda _: body.json_or_form(request))


@fault("ODD-22", releases=("0.27",))
def form_is_overlooked(rules: Rules) -> None:
    """The fields of a form are not looked at."""
    read(rules, lambda original: {} if request.form else original())


@fault("ODD-18")
def large_request_is_refused(rules: Rules) -> None:
    """A request may have no more than a million octets."""

    def reading(original: ReadBody) -> Any:
        if len(request.get_data()) > 1_000_000:
            raise RequestEntityTooLarge
        return original()

    read(rules, reading)


@fault("ODD-16 ODD-17")
def nameless_session_is_any(_: Rules) -> None:
    """An id that is not set deletes the first session there is."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            chat_id = (request.view_args or {})["chat_id"]
            original(sessions.ids_of_assistant(chat_id)[0] if session_id is None else session_id)

        return delete

    replace(sessions, "delete", make)


@fault("ODD-16 ODD-17")
def nameless_session_is_all(_: Rules) -> None:
    """A filter that is not set is left out of the deletion."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            chat_id = (request.view_args or {})["chat_id"]
            for each in sessions.ids_of_assistant(chat_id) if session_id is None else [session_id]:
                original(each)

        return delete

    replace(sessions, "delete", make)


@fault("BULK-1")
def no_more_than_100_are_taken(rules: Rules) -> None:
    """A request that names more than 100 sessions is refused."""

    def checked(ids: Any) -> Any:
        if isinstance(ids, list) and len(ids) > 100:
            raise ValueError("ids must hold at most 100 items")
        return ids

    change_ids(rules, checked)


@fault("BULK-1")
def only_the_first_100_are_taken(rules: Rules) -> None:
    """What stands behind the first 100 ids is left out without a word."""
    change_ids(rules, lambda ids: ids[:100] if isinstance(ids, list) else ids)


@fault("BULK-3 BULK-4 BULK-6 BULK-7")
def all_means_the_first_page(_: Rules) -> None:
    """All sessions are those of the first page of the list."""
    replace(sessions, "ids_of_assistant", lambda original: lambda chat_id: original(chat_id)[:30])


@fault("BULK-3 BULK-4 BULK-6 BULK-7")
def all_means_the_first_100(_: Rules) -> None:
    """All sessions are as many as RAGFlow lists at once."""
    replace(sessions, "ids_of_assistant", lambda original: lambda chat_id: original(chat_id)[:100])


@fault("BULK-3 BULK-4")
def all_means_the_first_1000(_: Rules) -> None:
    """All sessions are no more than one statement deletes."""
    replace(sessions, "ids_of_assistant", lambda original: lambda chat_id: original(chat_id)[:1000])
