"""docs/faults.md: which scenarios detect which fault."""

from collections.abc import Iterator
from pathlib import Path

from acceptance.paths import ROOT
from tests.faults.all import FAULTS
from tests.faults.fault import Fault
from tests.faults.trial import LEFT_OUT, SEED, STORIES

FILE = ROOT / "docs" / "faults.md"

# How many of these seeds detect a fault, on each release. Measured with `python -m tests.faults --seeds 20`.
SEEDS = 20
MEASURED = "25 November 2026"
DETECTED = {"deleting-four-of-six-deletes-a-fifth": 19}

INTRODUCTION = f"""\
# Faults that the specification detects

A scenario that cannot fail proves nothing. Each fault below is a developer's mistake in the embedded server. The
specification runs against a server with this fault, and the scenarios listed must fail.

- `python -m tests.faults` tries every fault with its scenarios (10 minutes); names of faults select some.
- `python -m tests.faults --all` runs the whole specification for each fault, except {", ".join(LEFT_OUT)}.
- `make test` tries an eighth of the faults. An intact server must pass.
- `python -m tests.faults --document` writes this page.

| fault | what is wrong | detected by | releases |
|---|---|---|---|
"""

SEQUENCES = f"""
## Faults that only a sequence of requests reveals

EXPLORE-1 runs random sequences of requests: {STORIES} stories for each seed. Trials use the seed {SEED}.
The table shows how many of {SEEDS} seeds detect each fault, on each release. It was measured on {MEASURED};
`python -m tests.faults --seeds {SEEDS}` repeats the measurement in about two hours.

| fault | seeds |
|---|---|
"""


def document() -> str:
    """Return the whole page in Markdown."""
    sequences = [fault for fault in FAULTS.values() if "EXPLORE-1" in fault.detected_by]
    seeds = (f"| `{fault.name}` | {DETECTED.get(fault.name, SEEDS)} |\n" for fault in sequences)
    return "".join([INTRODUCTION, *map(_row, FAULTS.values()), SEQUENCES, *seeds])


def write(file: Path = FILE) -> None:
    file.write_text(document(), "utf-8")


def _row(fault: Fault) -> str:
    detected_by = ", ".join(_scenarios(fault))
    return f"| `{fault.name}` | {fault.sentence} | {detected_by} | {', '.join(fault.releases)} |\n"


def _scenarios(fault: Fault) -> Iterator[str]:
    yield from fault.detected_by
    yield from (f"{id} (Go)" for id in fault.in_go)
    yield from (f"sometimes {id}" for id in fault.sometimes)
