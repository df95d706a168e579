"""How the features write what is sent, letter for letter.

What cannot stand in a cell of a table is written so:

| in the cell | what is sent |
|---|---|
| ``SESSION-1`` ``ASSISTANT`` ``ASSISTANT-NAME`` | the id of session 1; the id and the name of the assistant |
| ``TENANT`` | the id of the tenant whose assistant it is |
| ``OTHER-SESSION-1`` ``OTHER-ASSISTANT`` ``OTHER-TENANT`` | the same of the other assistant |
| ``KEY`` | a valid API key |
| ``SESSION-1[:16]`` ``SESSION-1[16:]`` | a part of it |
| ``SESSION-1[CAPITALS]`` ``[ACCENTS]`` ``[FULL-WIDTH]`` | the whole in capital letters, with accents, in full width |
| ``␠`` | a blank |
| ``⟨FF⟩`` | a byte |
| ``x{1000}`` | the character so many times |
| ``(no header)`` ``(empty header)`` | no authorization at all; one that is empty |
| ``(no content)`` ``(no content, declared as JSON)`` | no body, and no type; no body, but a type |
"""

import re
from collections.abc import Callable, Mapping

from acceptance.ragflow.messages import JSON_TYPE, Content

NO_HEADER, EMPTY_HEADER = "(no header)", "(empty header)"
NO_CONTENT, NO_CONTENT_AS_JSON = "(no content)", "(no content, declared as JSON)"
# What a request is declared as, where it is declared as nothing.
NOTHING = "(nothing)"

# A letter of an id with an accent; those without one in this table stay as they are.
ACCENTS = str.maketrans("ace", "áćé")
# The first of the full-width characters, which follow one another as ASCII's do from the exclamation mark on.
FULL_WIDTH = {code: code - ord("!") + 0xFF01 for code in range(ord("!"), ord("~") + 1)}

# The whole in another form, by its name.
FORMS: dict[str, Callable[[str], str]] = {
    "CAPITALS": str.upper,
    "ACCENTS": lambda whole: whole.translate(ACCENTS),
    "FULL-WIDTH": lambda whole: whole.translate(FULL_WIDTH),
}

PART = re.compile(r"-?\d*:-?\d*")
SIGN = re.compile(
    r"(?P<name>(?:OTHER-)?(?:SESSION-\d+|ASSISTANT(?:-NAME)?|TENANT)|KEY)(?:\[(?P<part>[^\[\]]*)\])?"
    r"|⟨(?P<byte>[0-9A-F]{2})⟩"
    r"|(?P<character>.)\{(?P<times>\d+)\}"
    r"|(?P<blank>␠)"
)


def text(cell: str, names: Mapping[str, str]) -> str:
    """What the cell stands for; a byte of no text is a surrogate, as Python's ``surrogateescape`` has it.

    ``names`` is what the placeholders stand for. ValueError for one that stands for nothing.
    """

    def replaced(sign: re.Match[str]) -> str:
        if sign["name"]:
            return _part(_named(sign["name"], names), sign["part"])
        if sign["byte"]:
            return bytes.fromhex(sign["byte"]).decode("utf-8", "surrogateescape")
        return (sign["character"] or "␠").replace("␠", " ") * int(sign["times"] or 1)

    return SIGN.sub(replaced, cell)


def content(cell: str, names: Mapping[str, str], declared_as: str = JSON_TYPE) -> Content:
    """The body of a request that the cell stands for, and what it is declared as."""
    if cell == NO_CONTENT:
        return Content(None, None)
    if cell == NO_CONTENT_AS_JSON:
        return Content(None, JSON_TYPE)
    data = text(cell, names).encode("utf-8", "surrogateescape")
    return Content(data, None if declared_as == NOTHING else declared_as)


def header(cell: str, names: Mapping[str, str]) -> str | None:
    """The header that the cell stands for; None: there is none."""
    return None if cell == NO_HEADER else "" if cell == EMPTY_HEADER else text(cell, names)


def _named(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        raise ValueError(
            f"{name} stands for nothing in this scenario; what stands for something is: {', '.join(names)}"
        )
    return names[name]


def _part(whole: str, part: str | None) -> str:
    """The whole, or the part of it, which is less than the whole."""
    if part is None:
        return whole
    if part in FORMS:
        return FORMS[part](whole)
    if not PART.fullmatch(part):
        raise ValueError(f"[{part}] is neither a part, like [:16], nor one of the forms {', '.join(FORMS)}")
    start, end = (int(place) if place else None for place in part.split(":"))
    if whole[start:end] in ("", whole):
        raise ValueError(f"[{part}] is no part of something that is {len(whole)} characters long")
    return whole[start:end]
