"""What became of the mutants, from cosmic-ray's sessions."""

import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
# The line of the run's last words in which a scenario that noticed it is named.
NOTICED = re.compile(r"^ +(?:failed|error) +([A-Z]+-\d+) ", re.MULTILINE)


class Fate(Enum):
    NOTICED = "noticed"  # a scenario failed, or the server did not start
    HANGS = "hangs"  # the run was given up: it took four times as long as it should
    EQUIVALENT = "equivalent"  # it survived, and no answer can tell it apart
    SURVIVED = "survived"
    UNKNOWN = "unknown"  # it could not be run


@dataclass(frozen=True)
class Mutant:
    """A change of one line. `noticed_by` is empty where the server did not even start."""

    module: str
    place: str
    was: str
    becomes: str
    fate: Fate
    noticed_by: str = ""
    reason: str = ""


def mutants_of(line: str, session: Path) -> list[Mutant]:
    """The mutants in the scope of a line, module by module. Those that were not run are left out."""
    reasons = {key: reason for of, key, reason in equivalent() if of in ("", line)}
    with use_db(session, WorkDB.Mode.open) as database:
        completed = database.completed_work_items
    ran = (_mutant(*each, reasons) for each in completed if each[1].worker_outcome is not WorkerOutcome.SKIPPED)
    return sorted(ran, key=lambda mutant: (mutant.module, mutant.place, mutant.was, mutant.becomes))


def forget_survivors(session: Path) -> None:
    """Make cosmic-ray run those once more that were not noticed."""
    with closing(sqlite3.connect(session)) as database, database:
        database.execute("DELETE FROM work_results WHERE test_outcome = ?", [TestOutcome.SURVIVED.name])


def equivalent() -> Iterator[tuple[str, tuple[str, str, str], str]]:
    """What is known to make no difference: the line or "", what identifies the mutant, and why."""
    for entry in tomllib.loads(EQUIVALENT.read_text("utf-8"))["equivalent"]:
        for becomes in entry["becomes"]:
            yield entry.get("line", ""), (entry["module"], entry["was"], becomes), entry["reason"]


def _mutant(item: WorkItem, result: WorkResult, reasons: dict[tuple[str, str, str], str]) -> Mutant:
    (mutation,) = item.mutations
    module = str(mutation.module_path).removeprefix("embedded_ragflow/")
    was, becomes = _changed(result.diff or "", "-"), _changed(result.diff or "", "+")
    reason = reasons.get((module, was, becomes), "")
    place = f"{mutation.definition_name or 'at the top'}, line {mutation.start_pos[0]}"
    found = NOTICED.search(result.output or "")
    return Mutant(module, place, was, becomes, _fate(result, reason), found[1] if found else "", reason)


def _fate(result: WorkResult, reason: str) -> Fate:
    if result.worker_outcome is not WorkerOutcome.NORMAL:
        return Fate.UNKNOWN
    if result.test_outcome is TestOutcome.SURVIVED:
        return Fate.EQUIVALENT if reason else Fate.SURVIVED
    return Fate.HANGS if result.output == "timeout" else Fate.NOTICED


def _changed(diff: str, sign: str) -> str:
    """What stands on one side of a diff, in one line and with single blanks."""
    sides = re.findall(rf"^\{sign}(?!\{sign}\{sign}|\{sign}\{sign} )(.*)$", diff, re.MULTILINE)
    return " ".join(" ".join(sides).split())
