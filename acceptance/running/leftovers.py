"""Assistants that earlier runs left on the server."""

import time
from collections.abc import Iterator

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants, fetch_assistant_names
from acceptance.sandbox.inventory import PREFIX, Assistant
from acceptance.terminal import print_line

SWEEP = "make sweep (or python -m acceptance.sweep --yes)"


def find_leftovers(owner: RAGFlow, older_than: float = 0.0) -> Iterator[tuple[Assistant, float]]:
    """Yield the assistants of all runs that are at least that many seconds old, each with its age in seconds."""
    for item in fetch_all_assistants(owner):
        created = item.get("create_time")
        # Without a creation time, an assistant counts as new.
        age = time.time() - created / 1000 if isinstance(created, int | float) else 0.0
        if str(item.get("name")).startswith(f"{PREFIX} ") and age >= older_than:
            yield Assistant(str(item["id"]), str(item["name"]), owner), age


def mention_leftovers(owner: RAGFlow) -> None:
    """Print how many assistants of other runs are on the server; some of those runs may still be going on."""
    count = sum(name.startswith(f"{PREFIX} ") for name in fetch_assistant_names(owner))
    if count:
        print_line(f"assistants of other runs: {count}; if those runs have ended, remove them with: {SWEEP}")
