"""`python -m tests.faults.seeds`: with how many seeds stories notice the faults that show only in an order.

Prints a line of Markdown for each fault and release, and the story that the first seed finds. `--seeds` says how many
seeds (20), `--stories` how many stories each (100); names leave out the other faults. `--none` tells stories to servers
without a fault, of all known releases: there nothing may be found.
"""

import argparse
import textwrap
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

from acceptance.contract.contract import contract_of, known_releases, read_release
from acceptance.contract.shapes import check_shape
from acceptance.matchers.evidence import told_by_name
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials
from acceptance.sandbox.sandbox import Sandbox
from acceptance.stories.explorer import Explorer
from acceptance.stories.model import KINDS
from acceptance.stories.story import Stage
from acceptance.stories.vocabulary import vocabulary_of
from acceptance.threads import side_by_side
from tests.faults.all import FAULTS, trials
from tests.runs.vocabulary import steps_of_the_features
from tests.support.servers import OTHER_KEY, OWN_KEY, running

FIRST, WORKERS = 1, 2


class Tried(NamedTuple):
    """A fault and a release ("": none), and what each seed found there, as it was told."""

    fault: str
    release: str
    found: list[str]
    seeds: int

    def __str__(self) -> str:
        line = f"| `{self.fault or 'none'}` | {self.release} | {len(self.found)} of {self.seeds} |"
        return f"{line}\n\n{textwrap.indent(self.found[0], '    ')}\n" if self.found else line


def explore(release: str, url: str, stories: int, seed: int) -> str:
    """What is found there, as it is told; empty where nothing is."""
    known = read_release(release)
    contract = contract_of(known)
    check = partial(check_shape, contract.schema)
    own, other = (RAGFlow(url, Credentials.of("a key", key), check=check) for key in (OWN_KEY, OTHER_KEY))
    sandbox = Sandbox(own, nullcontext)
    stage = partial(Stage, sandbox, contract, SimpleNamespace(other=other))
    explorer = Explorer(stage, steps_of_the_features(), vocabulary_of(known), list(KINDS))
    try:
        # One shorter story a fault is enough to read.
        found = explorer.explore(stories, seed, *([] if seed == FIRST else [0]))
        return told_by_name(found.text, sandbox.known_as) if found else ""
    finally:
        sandbox.clear_all()


def try_seeds(fault_and_release: tuple[str, str], seeds: int, stories: int) -> Tried:
    fault, release = fault_and_release
    program = ("-m", "tests.faults.serve", fault) if fault else ("-m", "embedded_ragflow")
    with running(release, program) as server:
        told = [explore(release, server.settings["RAGFLOW_URL"], stories, seed) for seed in range(FIRST, FIRST + seeds)]
    return Tried(fault, release, [text for text in told if text], seeds)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.faults.seeds", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="the faults to try (default: those for EXPLORE-1)")
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--stories", type=int, default=100)
    options.add_argument("--none", action="store_true", help="no fault: all known releases")
    chosen = options.parse_args()
    if unknown := set(chosen.names) - FAULTS.keys():
        options.error(f"there is no fault {', '.join(sorted(unknown))}")
    with_faults = [
        (fault.name, release)
        for fault, release in trials()
        if (fault.name in chosen.names if chosen.names else "EXPLORE-1" in fault.noticed_by)
    ]
    asked = [("", str(release)) for release in known_releases()] if chosen.none else with_faults
    # The steps are read once, before several need them.
    steps_of_the_features()
    one = partial(try_seeds, seeds=chosen.seeds, stories=chosen.stories)
    side_by_side(lambda each: print(one(each), flush=True), asked, workers=WORKERS, title="telling stories")


if __name__ == "__main__":
    main()
