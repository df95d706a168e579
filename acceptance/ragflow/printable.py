"""Make text of a server harmless for terminals, reports and CI logs."""

import re

# What CI servers execute: GitHub Actions, Azure Pipelines and TeamCity anywhere in a line, or at its start.
CI_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)|^ *(?=::)", re.IGNORECASE | re.MULTILINE)


def printable(text: str, keep_newlines: bool = False) -> str:
    """Escape as in Python what a terminal would execute, hide or reorder, and what a CI server would execute.

    These are control characters, line ends, bidirectional marks and other characters that cannot be seen, characters
    that XML or UTF-8 cannot represent, and the start of workflow commands. Newlines remain if ``keep_newlines``.
    """
    if not text.isprintable():
        kept = "\n" if keep_newlines else ""
        text = "".join(each if each.isprintable() or each in kept else repr(each)[1:-1] for each in text)
    return CI_COMMAND.sub(r"\g<0>\\", text)
