"""Which mutants are worth a run: those in code that the line runs, and that the specification speaks of."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

from cosmic_ray.config import load_config
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

from acceptance.paths import ROOT
from embedded_ragflow.history import RELEASES
from embedded_ragflow.release import Release
from embedded_ragflow.releases import find_release

SKIPPED = WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output="outside the scope")


def leave_out(session: Path, config: Path) -> None:
    """Mark as skipped what lies outside the scope of that configuration."""
    scope = load_config(str(config)).sub("filters", "scope")
    replaced = set(replaced_lines(scope["release"]))
    with use_db(session, WorkDB.Mode.open) as database:
        outside = [
            item.job_id
            for item in database.pending_work_items
            if any(name_of(one) in scope["outside"] or place_of(one) in replaced for one in item.mutations)
        ]
        database.set_multiple_results(outside, SKIPPED)


def name_of(mutation: MutationSpec) -> str:
    """For example `calls.sessions.get`; outside a function the first word of the line, `assistants.NAMED`."""
    name = mutation.definition_name or line_of(mutation).split()[0]
    return ".".join((*mutation.module_path.with_suffix("").parts[1:], name))


def line_of(mutation: MutationSpec) -> str:
    return (ROOT / mutation.module_path).read_text("utf-8").splitlines()[mutation.start_pos[0] - 1]


def place_of(mutation: MutationSpec) -> tuple[Path, int]:
    return ROOT / mutation.module_path, mutation.start_pos[0]


def replaced_lines(name: str) -> Iterator[tuple[Path, int]]:
    """The file and the number of every line in a function that only other releases use."""
    used = functions_of(find_release(name).rules)
    text = "".join(map(inspect.getsource, used))
    for other in set().union(*map(functions_of, RELEASES)) - used:
        # Not as a part of a longer name, nor as something that another module has.
        if not re.search(rf"(?<![.\w]){other.__name__}\(", text):
            lines, first = inspect.getsourcelines(other)
            yield from ((Path(inspect.getfile(other)), first + number) for number in range(len(lines)))


def functions_of(release: Release) -> set[FunctionType]:
    """The functions that a release has as its rules and calls, and those that are wrapped in them."""
    rules = [*vars(release).values(), *release.calls.values()]
    functions = {rule for rule in rules if inspect.isfunction(rule)}
    wrapped = {each for rule in functions for each in inspect.getclosurevars(rule).nonlocals.values()}
    return functions | {each for each in wrapped if inspect.isfunction(each)}
