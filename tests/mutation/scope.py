"""Which mutants are worth a run: those in code that the line runs, and that the specification speaks of."""

import inspect
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.config import load_config
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

from embedded_ragflow.releases import find_release

ROOT = Path(__file__).parents[2]
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
    """For example `assistants.find`; outside a function the first word of the line, `assistants.NAMED`."""
    name = mutation.definition_name or line_of(mutation).split()[0]
    return f"{mutation.module_path.stem}.{name}"


def line_of(mutation: MutationSpec) -> str:
    return (ROOT / mutation.module_path).read_text("utf-8").splitlines()[mutation.start_pos[0] - 1]


def place_of(mutation: MutationSpec) -> tuple[str, int]:
    return mutation.module_path.name, mutation.start_pos[0]


def replaced_lines(release: str) -> Iterator[tuple[str, int]]:
    """The file and the number of every line in a method that the release has replaced, and does not call."""
    heirs: dict[str, str] = {}  # method: how the nearest class that has it defines it
    for rules in type(find_release(release).rules).__mro__[:-1]:
        for name, method in vars(rules).items():
            if not inspect.isfunction(method):
                continue
            lines, first = inspect.getsourcelines(method)
            if name in heirs and f"super().{name}(" not in heirs[name]:
                yield from ((Path(inspect.getfile(method)).name, first + number) for number in range(len(lines)))
            else:
                heirs[name] = "".join(lines)
