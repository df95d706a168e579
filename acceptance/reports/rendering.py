"""Pages for people: templates filled in, each one file that asks nobody for anything."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from acceptance.reports.results import Verdict, plural

TEMPLATES = Path(__file__).parent / "templates"

# verdict: (its sign, its words, its name in addresses and styles, what rules do that have it)
OUTCOMES = {
    Verdict.FAILED: ("✗", "does not hold", "fails", "do not hold"),
    Verdict.ERROR: ("?", "nothing learnt", "nothing-learnt", "about which nothing was learnt"),
    Verdict.NOT_RUN: ("○", "not run", "not-run", "were not looked at to the end"),
    Verdict.DEVIATES: ("≠", "known deviation", "deviates", "break in a known way"),
    Verdict.PASSED: ("✓", "holds", "holds", "hold"),
    Verdict.NOT_APPLICABLE: ("—", "does not apply here", "does-not-apply", "are for other releases"),
}


def fill_in(template: str, **values: object) -> str:
    """The page. Whatever a server or a feature says in the values is shown as text."""
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
        "OUTCOMES": OUTCOMES,
        "Verdict": Verdict,
        "style": Markup((TEMPLATES / "style.css").read_text("utf-8")),
        "script": Markup(script),
        # The one script that a browser is allowed to run, even where something else had got onto the page.
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    environment.filters |= {"seconds": seconds, "slug": slug, "plural": plural}
    return environment


def seconds(duration: float) -> str:
    """A duration for people: ``6.5 s``, ``12 ms``."""
    if duration >= 0.9995:
        return f"{duration:.1f} s"
    return f"{1000 * duration:.0f} ms" if duration >= 0.0095 else f"{1000 * duration:.1f} ms"


def slug(name: str) -> str:
    """A name as it stands in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))
