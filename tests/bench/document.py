"""What was measured last, in docs/performance.md: each command writes its own part of it."""

import re
from collections.abc import Sequence

from acceptance.paths import ROOT
from acceptance.reports.files import write_whole

FILE = ROOT / "docs" / "performance.md"

Rows = Sequence[Sequence[str]]


def table(rows: Rows) -> str:
    """The rows in Markdown, the first being the head."""
    head, *others = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *others))


def with_part(document: str, name: str, text: str) -> str:
    """The document with this text between the markers of that part. ValueError where it has no such part."""
    part = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)
    written, count = part.subn(lambda _: f"\n{text}\n\n", document)
    if count != 1:
        raise ValueError(f"the document has {count} parts {name}")
    return written


def write(name: str, text: str) -> None:
    document = with_part(FILE.read_text("utf-8"), name, text)
    write_whole(FILE, lambda file: file.write_text(document, "utf-8"))
