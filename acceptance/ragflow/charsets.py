"""The character set of RAGFlow's database connection decides what happens to characters above U+FFFF, such as emoji."""

import re

# RAGFlow's default, and what its setting `charset` offers instead.
THREE_BYTES, FOUR_BYTES = CHARSETS = ("utf8mb3", "utf8mb4")


def as_stored(text: str, charset: str) -> str:
    """Return what the database makes of a text: with three bytes, each emoji becomes four question marks."""
    return re.sub("[\U00010000-\U0010ffff]", "????", text) if charset == THREE_BYTES else text
