"""Remove what killed runs left: ``python -m acceptance.sweep`` lists it, and removes it with ``--yes``."""

import argparse
import os
import re
import sys
from contextlib import nullcontext

from acceptance.errors import CannotRun, Inconclusive, LeftBehind, UnusableListing
from acceptance.ragflow.description import shorten
from acceptance.running.leftovers import find_leftovers
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import guard_for, open_target
from acceptance.sandbox.inventory import Entry
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_error, print_line

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def sweep(*, removes: bool, older_than: float, run: str) -> int:
    """List the leftovers of each key, and remove them if wanted. Return 1 if some are still there then."""
    settings = Settings.read(os.environ, {})
    if settings.url is None:
        raise CannotRun(f"{name_of('url')} is not set: the embedded server keeps nothing from one run to the next.")
    with open_target(settings) as target:
        found = [each for owner in target.owners for each in find_leftovers(owner, older_than, run)]
        guard = guard_for(target, settings) if removes and found else None
        for assistant, age in found:
            name, key = shorten(assistant.name), assistant.owner.credentials.name
            print_line(f"{'removing' if removes else 'left'}: assistant '{name}', {age / 60:,.0f} minutes old, {key}")
        if not removes:
            print_line(f"{len(found)} left" + ("; --yes removes them" if found else ""))
            return 0
        if guard:
            entries = [Entry(each.name, each.owner, each.id, None) for each, _ in found]
            remove(entries, Sandbox(target.ragflow, guard, nullcontext))
        left = [each for owner in target.owners for each in find_leftovers(owner, older_than, run)]
        removed = {each.id for each, _ in found} - {each.id for each, _ in left}
        print_line(f"removed: {len(removed)}, left: {len(left)}")
        return int(bool(left))


def remove(entries: list[Entry], sandbox: Sandbox) -> None:
    """Remove these assistants. Print why one is still there, and go on with the next.

    Raise TenantWiped or OthersMissing if more than these have disappeared.
    """
    try:
        sandbox.create_bystander(verify=False)
        for entry in entries:
            if trouble := sandbox.removal.try_to_remove(entry):
                print_error(f"Assistant '{shorten(entry.name)}' could not be removed: {trouble}")
    finally:
        try:
            sandbox.clear_all()
        except LeftBehind as trouble:
            print_error(str(trouble))


def seconds(text: str) -> float:
    """Read ``90s``, ``30m``, ``1h`` or ``2d``."""
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age: write 90s, 30m, 1h or 2d")
    return int(found[1]) * UNITS[found[2]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sweep", description=__doc__)
    parser.add_argument("--yes", action="store_true", help="remove what is listed")
    parser.add_argument("--older-than", type=seconds, default=0.0, metavar="AGE", help="only what is older: 30m, 1h")
    parser.add_argument("--run", default="", metavar="ID", help="only what the run with this id left")
    chosen = parser.parse_args()
    try:
        return sweep(removes=chosen.yes, older_than=chosen.older_than, run=chosen.run)
    except (CannotRun, Inconclusive, UnusableListing) as trouble:
        print_error(f"The sweep failed. {trouble}")
    except KeyboardInterrupt:
        print_error("The sweep was interrupted.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
