"""Expand the notation of the features for requests. CONTRIBUTING.md lists the placeholders."""

import re
from collections.abc import Callable, Mapping

from acceptance.errors import Inconclusive
from acceptance.ragflow.messages import JSON_TYPE, Content

CONTENTS = {"(no content)": Content(None, None), "(no content, declared as JSON)": Content(None, JSON_TYPE)}
HEADERS = {"(no header)": None, "(empty header)": ""}

ACCENTS = str.maketrans("ace", "áćé")
# The full-width characters have the order of ASCII, from the exclamation mark on.
FULL_WIDTH = {code: code - ord("!") + 0xFF01 for code in range(ord("!"), ord("~") + 1)}

# Halves of characters. The range that is left out stands for single bytes.
HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")

FORMS: dict[str, Callable[[str], str]] = {
    # A key may consist of capitals.
    "CAPITALS": lambda text: text.upper() if text.upper() != text else text.lower(),
    "ACCENTS": lambda text: text.translate(ACCENTS),
    "FULL-WIDTH": lambda text: text.translate(FULL_WIDTH),
}

PLACEHOLDER = re.compile(
    r"(?P<name>(?:OTHER-)?(?:SESSION-\d+|ASSISTANT(?:-NAME)?|TENANT)|KEY)(?:\[(?P<part>[^\[\]]*)\])?"
    r"|⟨(?P<byte>[0-9A-F]{2})⟩"
    r"|⟨(?P<half>[0-9A-F]{4})⟩"
    r"|(?P<character>.)\{(?P<times>\d+)\}"
    r"|(?P<space>␠)"
)


def expand_text(cell: str, names: Mapping[str, str]) -> str:
    """Expand the placeholders in a cell; ``names`` holds their values. A byte becomes a surrogate escape.

    Four digits are half of a character above U+FFFF: a surrogate.

    Raise ValueError for a placeholder without a value, and for an unknown part or form. Raise Inconclusive for one that
    this API key lacks: it may have a single character, or no letters.
    """

    def expand(found: re.Match[str]) -> str:
        name = found["name"]
        if name and name not in names:
            raise ValueError(f"{name} has no value in this scenario; these have one: {', '.join(names)}")
        if name:
            return names[name] if found["part"] is None else _part_of(name, names[name], found["part"])
        if found["byte"]:
            return bytes.fromhex(found["byte"]).decode("utf-8", "surrogateescape")
        if found["half"]:
            return chr(int(found["half"], 16))
        return (found["character"] or "␠").replace("␠", " ") * int(found["times"] or 1)

    return PLACEHOLDER.sub(expand, cell)


def expand_content(cell: str, names: Mapping[str, str], declared_as: str = JSON_TYPE) -> Content:
    """Return the body and the content type for a cell. Half of a character is written as JSON writes it."""
    text = HALF.sub(lambda found: rf"\u{ord(found[0]):04x}", expand_text(cell, names))
    data = text.encode("utf-8", "surrogateescape")
    return CONTENTS.get(cell) or Content(data, None if declared_as == "(nothing)" else declared_as)


def expand_header(cell: str, names: Mapping[str, str]) -> str | None:
    """Return the Authorization header for a cell, or None for no header."""
    return HEADERS.get(cell, expand_text(cell, names))


def _part_of(name: str, text: str, part: str) -> str:
    """Return a form of the text, or a part that is shorter than the text. A key too short for the part is halved."""
    if part in FORMS:
        found = FORMS[part](text)
    elif not re.fullmatch(r"-?\d*:-?\d*", part):
        raise ValueError(f"[{part}] is neither a part, like [:16], nor one of the forms {', '.join(FORMS)}")
    else:
        start, end = (int(bound) if bound else None for bound in part.split(":"))
        found = text[start:end]
        if name == "KEY" and found in ("", text):
            found = text[: len(text) // 2] if start is None else text[len(text) // 2 :]
    if found in ("", text):
        error = Inconclusive if name == "KEY" else ValueError
        raise error(f"{name}[{part}] is empty or the same as {name} (length: {len(text)})")
    return found
