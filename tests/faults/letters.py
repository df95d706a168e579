"""How an id is written, and an answer: faults in letters, in the alphabets of people and of machines."""

import unicodedata
from collections.abc import Callable
from typing import Any

from embedded_ragflow.releases.v0_18 import Release018
from tests.faults.catalogue import Rules, fault, replace
from tests.faults.choosing import change_ids
from tests.faults.owners import DeleteSession


def change_each(rules: Rules, change: Callable[[str], str]) -> None:
    """Take another id for each that is a text."""

    def changed(ids: Any) -> Any:
        return [change(one) if isinstance(one, str) else one for one in ids] if isinstance(ids, list) else ids

    change_ids(rules, changed)


@fault("ODD-23")
def blanks_are_cut_off(rules: Rules) -> None:
    """Blanks before and behind an id are not looked at."""
    change_each(rules, lambda one: one.strip(" "))


@fault("ODD-23")
def blanks_and_tabs_are_cut_off(rules: Rules) -> None:
    """Whatever leaves nothing on paper is cut off an id."""
    change_each(rules, str.strip)


@fault("ODD-23")
def tabs_before_an_id_are_cut_off(rules: Rules) -> None:
    """An id may be indented."""
    change_each(rules, lambda one: one.lstrip("\t"))


@fault("ODD-23")
def what_is_not_seen_behind_an_id_is_cut_off(rules: Rules) -> None:
    """An id may have a tab behind it, or the end of a line."""
    change_each(rules, lambda one: one.rstrip("\t\n"))


@fault("ODD-23")
def end_of_a_line_is_cut_off(rules: Rules) -> None:
    """An id may come from a file of lines."""
    change_each(rules, lambda one: one.removesuffix("\n"))


@fault("ODD-23")
def quotation_marks_are_taken_off(rules: Rules) -> None:
    """An id may be written in quotation marks."""
    change_each(rules, lambda one: one.strip('"'))


def without_accents(one: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", one) if not unicodedata.combining(letter))


def unknown_and_deleted(rules: Rules, change: Callable[[str], str]) -> None:
    """Delete the session of the changed id, and say of the one that was sent that it is unknown."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(self: Release018, chat_id: str, session_id: object) -> int | None:
            if not isinstance(session_id, str) or change(session_id) == session_id:
                return original(self, chat_id, session_id)
            original(self, chat_id, change(session_id))
            return None

        return delete_session

    replace(rules, "delete_session", make)


@fault("ODD-23")
def session_with_accents_is_called_unknown_and_deleted(rules: Rules) -> None:
    """The letters are compared only after the database, which takes no accents, has deleted."""
    unknown_and_deleted(rules, without_accents)


@fault("ODD-23")
def session_in_full_width_is_called_unknown_and_deleted(rules: Rules) -> None:
    """The letters are compared only after the database, which takes no width, has deleted."""
    unknown_and_deleted(rules, lambda one: unicodedata.normalize("NFKC", one))


@fault("ODD-23")
def session_with_a_blank_is_called_unknown_and_deleted(rules: Rules) -> None:
    """The letters are compared only after the database, which takes no blanks at the end, has deleted."""
    unknown_and_deleted(rules, lambda one: one.rstrip(" "))


