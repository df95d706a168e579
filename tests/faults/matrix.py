"""Which scenarios turn red with which fault: found out by trials, and kept in a file from one to the next."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from acceptance.reports.files import write_whole
from tests.faults.catalogue import Fault
from tests.faults.trial import Reason, Trial

FILE = Path(__file__).with_name("matrix.json")


@dataclass(frozen=True)
class Noticed:
    """What turned red in a trial.

    `by` are the scenarios that are for the fault, each with the reason. `too` are all others; None where they were
    never looked at. `trouble` is what is wrong with how the fault was noticed.
    """

    by: dict[str, Reason]
    too: list[str] | None
    trouble: str = ""


# What is known of each fault in each release.
Matrix = Mapping[tuple[str, str], Noticed]


NOTHING = Noticed({}, None)


def noticed(fault: Fault, trial: Trial, earlier: Noticed = NOTHING, *, whole: bool) -> Noticed:
    """What a trial says, of the whole specification or only of the scenarios that are for the fault.

    What it does not say is kept from the earlier one, and so are the words that differ from it only by chance.
    """
    red = trial.red
    by = {
        scenario: before if (before := earlier.by.get(scenario)) and before.is_like(reason) else reason
        for scenario, reason in sorted(red.items())
        if id_of(scenario) in fault.noticed_by
    }
    others: Iterable[str] | None = red if whole else earlier.too
    too = None if others is None else sorted(each for each in others if id_of(each) not in fault.noticed_by)
    return Noticed(by, too, trial.trouble(fault.noticed_by))


def id_of(scenario: str) -> str:
    return scenario.partition(" ")[0]


def read(file: Path = FILE) -> dict[tuple[str, str], Noticed]:
    """All that is known; nothing where there is no file yet."""
    entries = msgspec.json.decode(file.read_bytes(), type=dict[str, Noticed]) if file.exists() else {}
    return {(name, release): entry for key, entry in entries.items() for name, release in [key.split()]}


def write(matrix: Matrix, file: Path = FILE) -> None:
    """Each trial in a line of its own, so that two versions can be read beside one another."""
    lines = (
        f"{json.dumps(' '.join(tried))}: {json.dumps(asdict(entry), ensure_ascii=False)}"
        for tried, entry in sorted(matrix.items())
    )
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    write_whole(file, lambda part: part.write_text(text, "utf-8"))
