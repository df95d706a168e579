"""Expand the notation of the features for requests. CONTRIBUTING.md lists the placeholders."""

import re
from collections.abc import Callable, Mapping

from acceptance.ragflow.messages import JSON_TYPE, Content

CONTENTS = {"(no content)": Content(None, None), "(no content, declared as JSON)": Content(None, JSON_TYPE)}
HEADERS = {"(no header)": None, "(empty header)": ""}

ACCENTS = str.maketrans("ace", "áćé")
# The full-width characters have the order of ASCII, from the exclamation mark on.
FULL_WIDTH = {code: code - ord("!") + 0xFF01 for code in range(ord("!"), ord("~") + 1)}

FORMS: dict[str, Callable[[str], str]] = {
    "CAPITALS": str.upper,
    "ACCENTS": lambda text: text.translate(ACCENTS),
    "FULL-WIDTH": lambda text: text.translate(FULL_WIDTH),
}

PLACEHOLDER = re.compile(
    r"(?P<name>(?:OTHER-)?(?:SESSION-\d+|ASSISTANT(?:-NAME)?|TENANT)|KEY)(?:\[(?P<part>[^\[\]]*)\])?"
    r"|⟨(?P<byte>[0-9A-F]{2})⟩"
    r"|(?P<character>.)\{(?P<times>\d+)\}"
    r"|(?P<space>␠)"
)


def expand_text(cell: str, names: Mapping[str, str]) -> str:
    """Expand the placeholders in a cell; ``names`` holds their values. A byte becomes a surrogate escape.

    Raise ValueError for a placeholder without a value, and for an unknown part or form.
    """

    def expand(found: re.Match[str]) -> str:
        name = found["name"]
        if name and name not in names:
            raise ValueError(f"{name} has no value in this scenario; these have one: {', '.join(names)}")
        if name:
            return names[name] if found["part"] is None else _part_of(names[name], found["part"])
        if found["byte"]:
            return bytes.fromhex(found["byte"]).decode("utf-8", "surrogateescape")
        return (found["character"] or "␠").replace("␠", " ") * int(found["times"] or 1)

    return PLACEHOLDER.sub(expand, cell)


def expand_content(cell: str, names: Mapping[str, str], declared_as: str = JSON_TYPE) -> Content:
    """Return the body and the content type for a cell."""
    data = expand_text(cell, names).encode("utf-8", "surrogateescape")
    return CONTENTS.get(cell) or Content(data, None if declared_as == "(nothing)" else declared_as)


def expand_header(cell: str, names: Mapping[str, str]) -> str | None:
    """Return the Authorization header for a cell, or None for no header."""
    return HEADERS.get(cell, expand_text(cell, names))


def _part_of(text: str, part: str) -> str:
    """Return a form of the text, or a part that is shorter than the text."""
    if part in FORMS:
        return FORMS[part](text)
    if not re.fullmatch(r"-?\d*:-?\d*", part):
        raise ValueError(f"[{part}] is neither a part, like [:16], nor one of the forms {', '.join(FORMS)}")
    start, end = (int(bound) if bound else None for bound in part.split(":"))
    if text[start:end] in ("", text):
        raise ValueError(f"[{part}] is not a part of a text of {len(text)} characters")
    return text[start:end]
