"""Removing what killed runs have left: ``python -m acceptance.sweep`` lists it, and removes it with ``--yes``."""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from acceptance.errors import CannotRun, Inconclusive, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants
from acceptance.ragflow.messages import Content, Json
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import open_target
from acceptance.sandbox.sandbox import PREFIX, Assistant
from acceptance.sandbox.view import sessions_of
from acceptance.terminal import print_error, print_line

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Leftover:
    """An assistant of some run; ``age`` in seconds since it was created."""

    id: str
    name: str
    age: float
    owner: RAGFlow = field(repr=False)

    def __str__(self) -> str:
        return f"assistant '{self.name}', {self.age / 60:,.0f} minutes old, {self.owner.credentials.name}"


def leftovers(owner: RAGFlow, older_than: float) -> Iterator[Leftover]:
    """What carries the prefix of the specification, and is older than so many seconds."""
    for item in fetch_all_assistants(owner):
        created = item.get("create_time")
        # What does not say when it was created is not old enough for whoever asks for an age.
        age = time.time() - created / 1000 if isinstance(created, int | float) else 0.0
        if str(item.get("name")).startswith(f"{PREFIX} ") and age >= older_than:
            yield Leftover(str(item["id"]), str(item["name"]), age, owner)


def remove(leftover: Leftover) -> None:
    """Remove it, its sessions first: RAGFlow keeps those of a deleted assistant for ever."""
    sessions: list[Json] = [each.id for each in sessions_of(Assistant(leftover.id, leftover.name, leftover.owner))]
    if sessions:
        leftover.owner.delete_sessions(leftover.id, Content.json({"ids": sessions}))
    leftover.owner.delete_assistants([leftover.id])


def sweep(settings: Settings, *, really: bool, older_than: float) -> int:
    """List what is left for each key, and remove it if it is really meant. 1 where something stays in spite of that."""
    with open_target(settings) as target:
        owners = [owner for owner in (target.ragflow, target.other) if owner]
        found = [each for owner in owners for each in leftovers(owner, older_than)]
        for each in found:
            print_line(f"{'removing' if really else 'left'}: {each}")
            if really:
                remove(each)
        if not really:
            print_line(f"{len(found)} left" + ("; --yes removes them" if found else ""))
            return 0
        still = [each for owner in owners for each in leftovers(owner, older_than)]
        print_line(f"removed: {len(found) - len(still)}, left: {len(still)}")
        return int(bool(still))


def seconds(text: str) -> float:
    """``90s``, ``30m``, ``1h`` or ``2d``."""
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no age: write 90s, 30m, 1h or 2d")
    return int(found[1]) * UNITS[found[2]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sweep", description=__doc__)
    parser.add_argument("--yes", action="store_true", help="remove what is listed")
    parser.add_argument("--older-than", type=seconds, default=0.0, metavar="AGE", help="only what is older: 30m, 1h")
    chosen = parser.parse_args()
    try:
        settings = Settings.read(os.environ, {})
        if settings.url is None:
            raise CannotRun(f"{name_of('url')} is not set: the embedded server keeps nothing from one run to the next.")
        return sweep(settings, really=chosen.yes, older_than=chosen.older_than)
    except (CannotRun, Inconclusive, UnusableListing) as trouble:
        print_error(f"The sweep cannot be made. {trouble}")
    except KeyboardInterrupt:
        print_error("The sweep was interrupted.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
