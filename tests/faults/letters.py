"""How an id is written, and an answer: faults in letters, in the alphabets of people and of machines."""

import unicodedata
from collections.abc import Callable
from typing import Any

from flask import Response, json

from tests.faults.answering import Write
from tests.faults.catalogue import Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, change_ids, choose
from tests.faults.keys import is_deletion
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


@fault("ODD-23")
def apostrophes_are_taken_off(rules: Rules) -> None:
    """An id may be written as SQL writes a text."""
    change_each(rules, lambda one: one.strip("'"))


@fault("ODD-15")
def asterisk_stands_for_all(rules: Rules) -> None:
    """An asterisk in the list means every session."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen = original(payload, all_ids)
        return all_ids() if chosen == ["*"] else chosen

    choose(rules, choice)


@fault("ODD-15")
def id_goes_into_a_log_of_western_letters(rules: Rules) -> None:
    """Every id is written into a log that knows only Latin-1."""
    change_each(rules, lambda one: one.encode("latin-1").decode("latin-1"))


@fault("ODD-15")
def long_id_does_not_fit(rules: Rules) -> None:
    """The database takes no id that is longer than its column."""

    def checked(one: str) -> str:
        if len(one) > 255:
            raise ValueError("Data too long for column 'id'")
        return one

    change_each(rules, checked)


def without_accents(one: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", one) if not unicodedata.combining(letter))


def unknown_and_deleted(rules: Rules, change: Callable[[str], str]) -> None:
    """Delete the session of the changed id, and say of the one that was sent that it is unknown."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            if not isinstance(session_id, str) or change(session_id) == session_id:
                return original(chat_id, session_id)
            original(chat_id, change(session_id))
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


# An answer


def write(rules: Rules, octets: Callable[[str], bytes]) -> None:
    """Write the answers to deletions in other octets; nothing is spelt out in them."""

    def make(original: Write) -> Write:
        def write_told(told: Any) -> Response:
            response = original(told)
            if is_deletion():
                response.set_data(octets(json.dumps(response.get_json(), ensure_ascii=False)))
            return response

        return write_told

    for name in ("write_success", "write_refusal", "write_failure"):
        replace(rules, name, make)


@fault("INSIDE-4")
def answer_is_written_in_latin_1(rules: Rules) -> None:
    """The answer is written in the alphabet of the West, and a question mark stands for every other letter."""
    write(rules, lambda text: text.encode("latin-1", "replace"))


@fault("INSIDE-4")
def answer_is_written_in_ascii(rules: Rules) -> None:
    """Letters that ASCII has not are left out of the answer."""
    write(rules, lambda text: text.encode("ascii", "ignore"))


@fault("INSIDE-4")
def answer_is_read_as_latin_1_and_written_in_utf_8(rules: Rules) -> None:
    """What is UTF-8 already is put into UTF-8 once more."""
    write(rules, lambda text: text.encode().decode("latin-1").encode())


@fault("INSIDE-4")
def letters_of_four_octets_are_lost(rules: Rules) -> None:
    """The answer goes through a table whose letters have no more than three octets."""
    write(rules, lambda text: "".join(letter if letter <= "\uffff" else "?" for letter in text).encode())


@fault("INSIDE-4")
def letters_are_taken_apart(rules: Rules) -> None:
    """An accent stands behind its letter in the answer, and not above it."""
    write(rules, lambda text: unicodedata.normalize("NFD", text).encode())


@fault("INSIDE-4")
def letters_are_spelt_for_a_page(rules: Rules) -> None:
    """What is no letter of ASCII is written as pages of the web have it."""
    write(rules, lambda text: text.encode("ascii", "xmlcharrefreplace"))
