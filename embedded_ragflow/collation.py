"""The text comparison of RAGFlow's tables, utf8mb4_unicode_ci: without case, accents and trailing spaces.

It follows version 4.0.0 of the Unicode Collation Algorithm, with the first level of its weights.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

# The order of printable ASCII characters. Capital letters have the weights of small ones, and other control characters
# than these have none.
_ORDER = "\t\n\v\f\r `^_-,;:!?.'\"()[]{}@*/\\&#%+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_ASCII: dict[int, int | None] = {
    **dict.fromkeys(range(128)),
    # A space keeps its place, so that weights can be stripped like texts.
    **{ord(one): 0x1B + index for index, one in enumerate(_ORDER)},
}
_ASCII |= {ord(one.upper()): _ASCII[ord(one)] for one in _ORDER}

# The characters that the collation knows; it follows Unicode 4.0.
_UNICODE = unicodedata.ucd_3_2_0
# Letters that differ from their base letter although Unicode decomposes them.
_UNDIVIDED = "ѓїќйўӑӓӝӟӧӵӹӭѷӛӫآأإؤئ"
# Letters that are equal although Unicode does not say so.
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_EQUAL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖךםןףץґ", "あいうえおつやゆよわかけכמנפצг") | str.maketrans({"œ": "oe"})
# Invisible characters that Unicode 3.2 does not know as such: a zero-width space, and variations of Mongolian letters.
_INVISIBLE = "\u034f\u180b\u180c\u180d\u200b"
# A control character that is white space for the collation.
_NEXT_LINE = "\x85"
# Combining marks that have weights, because they are letters: the viramas of Indic scripts.
_COMBINING_LETTERS = (0, 9)
_BOUNDARY = "\uffff"


def weights(text: str) -> str:
    """Return what is compared of a text: equal texts have equal weights, and weights sort like texts."""
    return (text.translate(_ASCII) if text.isascii() else "".join(map(_weight, text))).rstrip(" ")


@cache
def _weight(character: str) -> str:
    """Return the weights of a character, which may be none. All characters above U+FFFF are equal."""
    if character > "\uffff":
        return "\ufffd"
    if character in _INVISIBLE:
        return ""
    if _UNICODE.category(character) == "Cn" or character == _NEXT_LINE:
        return character  # newer than the collation, or not ignored
    if (letter := character.casefold()) in _UNDIVIDED:
        return letter
    letters = _UNICODE.normalize("NFKD", character)
    if letters.startswith(" ") and not character.isspace():
        return character  # an accent of its own
    letters = "".join(str(unicodedata.digit(one, one)) for one in letters if not _is_ignored(one))
    return letters.casefold().translate(_KATAKANA).translate(_EQUAL).translate(_ASCII)


def _is_ignored(character: str) -> bool:
    """Whether this is a combining mark, or an invisible character such as a zero-width joiner."""
    return (
        _UNICODE.combining(character) not in _COMBINING_LETTERS
        or _UNICODE.category(character) in ("Cf", "Me")
        or "\ufe00" <= character <= "\ufe0f"
        or "\u0080" <= character <= "\u009f"
    )


def compare_up_to(length: int) -> Callable[[str, str], int]:
    """Return a comparison for an indexed column of this length: the result is negative, zero or positive.

    The index finds the beginning of a longer text, and then the whole text must match, too.
    """

    def key(text: str) -> tuple[str, str]:
        whole = weights(text)
        return (whole if len(text) <= length else weights(text[:length])), whole

    def compare(one: str, other: str) -> int:
        if one == other:
            return 0
        left, right = key(one), key(other)
        return (left > right) - (left < right)

    return compare


def like(pattern: str, text: str, _escape: str = "") -> bool:
    """Whether a text is LIKE "%part%", whose wildcards may be escaped. Each character is compared on its own."""
    part = re.sub(r"\\(.)", r"\1", pattern[1:-1], flags=re.DOTALL)
    return _separate(part) in _separate(text)


def _separate(text: str) -> str:
    return "".join(f"{_BOUNDARY}{_weight(one)}" for one in text) + _BOUNDARY
