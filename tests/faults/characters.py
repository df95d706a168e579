"""Faults with emoji, with halves of emoji, and in names."""

from collections.abc import Callable

from flask import request
from peewee import OperationalError

from embedded_ragflow import sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from tests.faults import on
from tests.faults.fault import FOUR_BYTES, GO, PYTHON, fault
from tests.faults.patching import LIST_SESSIONS, RELEASE, wrap
from tests.faults.requests import requested_chat

BOTH_CHARSETS = f"{PYTHON} {FOUR_BYTES}"
# The Go server reads half of an emoji as U+FFFD.
IN_PYTHON = BOTH_CHARSETS.removesuffix(GO)


def is_emoji(text: object) -> bool:
    """Whether the text contains an emoji, or half of one."""
    return isinstance(text, str) and any(one > "\uffff" or "\ud800" <= one <= "\udfff" for one in text)


def refuse_emoji(text: object) -> None:
    if is_emoji(text):
        raise OperationalError(3854, "Cannot convert string from utf8mb3 to utf8mb4")


def refuse_half(text: object) -> None:
    if is_emoji(text) and "\ud83d" in str(text):
        raise Refused(DATA_ERROR, "Failed: INSERT INTO `conversation`")


def check_ids(check: Callable[[object], None]) -> None:
    """Call `check(id)` before a session is looked up and deleted."""

    def delete(original, chat_id, session_id):
        check(session_id)
        return original(chat_id, session_id)

    on.session(delete)


def change_names(change: Callable[[str], str]) -> None:
    """Change the name of each new or renamed session."""

    def create(original, chat_id, name, *others):
        return original(chat_id, change(name), *others)

    def update(original, session_id, columns):
        original(session_id, {**columns, "name": change(columns["name"])} if "name" in columns else columns)

    wrap(sessions, "create", create)
    wrap(sessions, "update", update)


def check_name(name: str) -> str:
    refuse_half(name)
    return name


emoji_ends_a_deletion = fault(
    "PARTIAL-6 PARTIAL-7 INSIDE-4", "An emoji among the ids ends a deletion half-way.", releases=FOUR_BYTES
)(check_ids, refuse_emoji)
refusal_of_an_id_shows_sql = fault(
    "INSIDE-7", "The refusal of half of an emoji as an id shows SQL.", releases=IN_PYTHON
)(check_ids, refuse_half)
refusal_of_a_name_shows_sql = fault(
    "INSIDE-8", "The refusal of half of an emoji in a name shows SQL.", releases=IN_PYTHON
)(change_names, check_name)
letters_of_names_are_lost = fault(
    "KIND-8 KIND-9", "Letters outside Latin-1 are lost in a session's name.", releases=BOTH_CHARSETS
)(change_names, lambda name: name.encode("latin-1", "replace").decode("latin-1"))


@fault("ASSISTANT-5", "An emoji in an assistant's id is an error.", on.deletion, releases=FOUR_BYTES)
def emoji_in_the_id_of_an_assistant_is_an_error(original, release, tenant_id, chat_id):
    refuse_emoji(chat_id)
    return original(release, tenant_id, chat_id)


@fault(
    "PARTIAL-6 PARTIAL-7 PARTIAL-8 INSIDE-7",
    "An emoji among the ids, or half of one, deletes sessions that are not listed.",
    on.deletion_of_list,
    releases=BOTH_CHARSETS,
    in_go="PARTIAL-6 PARTIAL-7",
)
def emoji_deletes_all_sessions(original, ids, delete):
    if any(map(is_emoji, ids)):
        for one in sessions.ids_of_assistant(requested_chat()):
            sessions.delete(one)
    return original(ids, delete)


@fault("LIST-23", "An emoji in a filter is an error.", wrap, RELEASE, LIST_SESSIONS, releases=FOUR_BYTES)
def emoji_in_a_filter_is_an_error(original, release, tenant_id, chat_id):
    refuse_emoji(request.args.get("name"))
    return original(release, tenant_id, chat_id)
