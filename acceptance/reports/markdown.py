"""Text of others in Markdown."""


def plain(text: str) -> str:
    """Text that neither Markdown nor HTML takes for its own."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>#|~&$" else letter for letter in " ".join(text.split()))


def code(text: str) -> str:
    """The text as code, in one line; a backtick in it is told as an apostrophe."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"
