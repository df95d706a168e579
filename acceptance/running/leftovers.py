"""Assistants that earlier runs left on the server."""

import shlex
import time
from collections.abc import Iterator

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants
from acceptance.running.settings import Settings
from acceptance.sandbox.inventory import Assistant, is_of_a_run
from acceptance.terminal import print_line


def removal_hint(settings: Settings, run: str = "") -> str:
    """Return how to remove what this run, or all runs, left. Empty for the embedded server, which ends with the run."""
    if settings.url is None:
        return ""
    shared = "RAGFLOW_SHARED_TENANT=yes " if settings.shared_tenant == "yes" else ""
    options = f"--yes --run {run}" if run else "--yes"
    return f'Remove it with: {shared}RAGFLOW_URL={shlex.quote(settings.url)} make sweep ARGS="{options}"'


def find_leftovers(owner: RAGFlow, older_than: float = 0.0, run: str = "") -> Iterator[tuple[Assistant, float]]:
    """Yield the assistants of all runs, or of one, that are at least that many seconds old, and the age of each."""
    for item in fetch_all_assistants(owner):
        created = item.get("create_time")
        # Without a creation time, an assistant counts as new.
        age = time.time() - created / 1000 if isinstance(created, int | float) else 0.0
        if is_of_a_run(str(item.get("name")), run) and age >= older_than:
            yield Assistant(str(item["id"]), str(item["name"]), owner), age


def mention_leftovers(owner: RAGFlow, settings: Settings) -> None:
    """Print how many assistants of other runs are on the server; some of those runs may still be going on."""
    if count := len(list(find_leftovers(owner))):
        hint = removal_hint(settings).replace("Remove it", "remove them")
        print_line(f"assistants of other runs: {count}; if those runs have ended, {hint}")
