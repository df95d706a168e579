"""What the reports share to write text: labels, HTML templates, Markdown, and files."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from acceptance.reports.results import Verdict, plural

TEMPLATES = Path(__file__).parent / "templates"


class Label(NamedTuple):
    """How a report shows a verdict: ``slug`` names it in addresses and styles, ``plural`` follows "8 rules"."""

    sign: str
    text: str
    slug: str
    plural: str


LABELS = {
    Verdict.FAILED: Label("✗", "does not hold", "fails", "do not hold"),
    Verdict.ERROR: Label("?", "inconclusive", "inconclusive", "inconclusive"),
    Verdict.NOT_RUN: Label("○", "not run", "not-run", "not fully checked"),
    Verdict.DEVIATES: Label("≠", "known deviation", "deviates", "with known deviations"),
    Verdict.PASSED: Label("✓", "holds", "holds", "hold"),
    Verdict.NOT_APPLICABLE: Label("—", "does not apply", "does-not-apply", "for other releases"),
}


def fill_in(template: str, **values: object) -> str:
    """Return the page. Every value is escaped, so text of a server or a feature stays text."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "page.js").read_text("utf-8")
    environment.globals |= {
        "LABELS": LABELS,
        "Verdict": Verdict,
        "style": Markup((TEMPLATES / "style.css").read_text("utf-8")),
        "script": Markup(script),
        # The content security policy allows this script only, even if another one got into the page.
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    environment.filters |= {"seconds": seconds, "slug": slug, "plural": plural}
    return environment


def seconds(duration: float) -> str:
    """A duration in words: ``6.5 s``, ``12 ms``."""
    if duration >= 0.9995:
        return f"{duration:.1f} s"
    return f"{1000 * duration:.0f} ms" if duration >= 0.0095 else f"{1000 * duration:.1f} ms"


def slug(name: str) -> str:
    """The name as part of an address: ``Delete 1 session!`` becomes ``delete-1-session``."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))


def plain(text: str) -> str:
    """Escape text for Markdown, so that it has no meaning in Markdown or HTML."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>#|~&$" else letter for letter in " ".join(text.split()))


def code(text: str) -> str:
    """Return the text as inline code in Markdown, also for tables; backticks in it become apostrophes."""
    return f"`{' '.join(text.split()).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file completely or not at all, even if the process is killed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    write(part)
    part.replace(file)


def write_text(file: Path, text: str) -> None:
    """Write text to a file, completely or not at all."""
    write_whole(file, lambda part: part.write_text(text, "utf-8", "backslashreplace"))
