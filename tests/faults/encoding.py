"""Faults in comparing ids and in encoding answers."""

import unicodedata
from collections.abc import Callable

from flask import json

from tests.faults import on
from tests.faults.answers import WRITERS
from tests.faults.fault import FOUR_BYTES, GO, PYTHON, fault
from tests.faults.patching import RELEASE, wrap
from tests.faults.requests import is_deletion

spaces_are_trimmed = fault("ODD-23", "Spaces around an id are ignored.", releases=PYTHON)(
    on.each_id, lambda one: one.strip(" ")
)
whitespace_is_trimmed = fault("ODD-23", "Whitespace around an id is ignored.", releases=PYTHON)(on.each_id, str.strip)
leading_tabs_are_trimmed = fault("ODD-23", "Tabs before an id are ignored.", releases=PYTHON)(
    on.each_id, lambda one: one.lstrip("\t")
)
trailing_control_characters_are_trimmed = fault(
    "ODD-23", "Tabs and line breaks after an id are ignored.", releases=PYTHON
)(on.each_id, lambda one: one.rstrip("\t\n"))
line_break_is_trimmed = fault("ODD-23", "A line break after an id is ignored.", releases=PYTHON)(
    on.each_id, lambda one: one.removesuffix("\n")
)
quotation_marks_are_trimmed = fault("ODD-23", "Quotation marks around an id are ignored.")(
    on.each_id, lambda one: one.strip('"')
)
apostrophes_are_trimmed = fault("ODD-23", "Apostrophes around an id are ignored.")(
    on.each_id, lambda one: one.strip("'")
)


@fault("ODD-15", "An asterisk in the list selects all sessions.", on.selection)
def asterisk_means_all(original, payload, all_ids):
    chosen = original(payload, all_ids)
    return all_ids() if chosen == ["*"] else chosen


id_is_logged_in_latin_1 = fault("ODD-15", "An id outside Latin-1 causes an error.")(
    on.each_id, lambda one: one.encode("latin-1").decode("latin-1")
)


@fault("ODD-15", "An id longer than its column causes a database error.", on.each_id)
def long_id_is_an_error(one):
    if len(one) > 255:
        raise ValueError("Data too long for column 'id'")
    return one


def without_accents(one: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", one) if not unicodedata.combining(letter))


def delete_changed(change: Callable[[str], str]) -> None:
    """Delete the session with the changed id, and report the sent id as unknown."""

    def delete_session(original, chat_id, session_id):
        if not isinstance(session_id, str) or change(session_id) == session_id:
            return original(chat_id, session_id)
        original(chat_id, change(session_id))
        return None

    on.session(delete_session)


id_with_accents_is_reported_as_unknown_and_deleted = fault(
    "ODD-23", "An id with accents is reported as unknown, but deleted."
)(delete_changed, without_accents)
id_in_full_width_is_reported_as_unknown_and_deleted = fault(
    "ODD-23", "An id in full-width letters is reported as unknown, but deleted."
)(delete_changed, lambda one: unicodedata.normalize("NFKC", one))
id_with_a_space_is_reported_as_unknown_and_deleted = fault(
    "ODD-23", "An id before a space is reported as unknown, but deleted.", releases=PYTHON
)(delete_changed, lambda one: one.rstrip(" "))


def encode_answers(encode: Callable[[str], bytes]) -> None:
    """Encode the answers to deletions differently, without escape sequences."""

    def write(original, outcome):
        response = original(outcome)
        if is_deletion():
            response.set_data(encode(json.dumps(response.get_json(), ensure_ascii=False)))
        return response

    for name in WRITERS:
        wrap(RELEASE, name, write)


answer_is_encoded_in_latin_1 = fault("INSIDE-4", "The answer is encoded in Latin-1.")(
    encode_answers, lambda text: text.encode("latin-1", "replace")
)
answer_is_encoded_in_ascii = fault("INSIDE-4", "Letters outside ASCII are missing in the answer.")(
    encode_answers, lambda text: text.encode("ascii", "ignore")
)
answer_is_encoded_twice = fault("INSIDE-4", "The answer is encoded in UTF-8 twice.")(
    encode_answers, lambda text: text.encode().decode("latin-1").encode()
)
letters_of_four_bytes_are_replaced = fault(
    "INSIDE-4", "Letters of four bytes are replaced in the answer.", releases=FOUR_BYTES
)(encode_answers, lambda text: "".join(letter if letter <= "\uffff" else "?" for letter in text).encode())
accents_are_decomposed = fault("INSIDE-4", "Accented letters are decomposed in the answer.")(
    encode_answers, lambda text: unicodedata.normalize("NFD", text).encode()
)
letters_are_escaped_for_html = fault("INSIDE-4", "Letters outside ASCII are escaped for HTML.")(
    encode_answers, lambda text: text.encode("ascii", "xmlcharrefreplace")
)
white_space_makes_an_id_unknown = fault("ODD-24", "An id with white space around it is unknown.", releases=GO)(
    on.each_id, lambda one: one if one == one.strip() else f"-{one.strip()}"
)
