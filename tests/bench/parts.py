"""Where the time of a run goes, from the calls that were seen in it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

IMPORTING, OTHERS = "importing", "the rest"

# What a file belongs to, by a part of its path; the first that fits counts. Whatever fits nothing, as all that is
# Python's own, belongs to whoever called it.
PARTS = {
    "acceptance/ragflow/client.py": "sending and waiting",
    "acceptance/concurrency/": "sending and waiting",
    "acceptance/contract/shapes.py": "schemas",
    "acceptance/contract/": "matching",
    "acceptance/judging/": "matching",
    "hamcrest/": "matching",
    "acceptance/sandbox/": "preparing, looking, removing",
    "acceptance/exploring/": "stories",
    "hypothesis/": "stories",
    "acceptance/reports/": "reports",
    "importlib": IMPORTING,
    "behave/": "behave",
}


class Frame(Protocol):
    """A call and the calls out of it, as pyinstrument has seen them; ``time`` is in seconds, theirs included."""

    time: float

    @property
    def file_path(self) -> str | None: ...

    @property
    def children(self) -> Sequence["Frame"]: ...


def seconds_by_part(root: Frame) -> dict[str, float]:
    """The part that took longest first."""
    parts: Counter[str] = Counter()
    for part, seconds in _own_times(root, OTHERS):
        parts[part] += seconds
    return dict(parts.most_common())


def _own_times(frame: Frame, caller: str) -> Iterator[tuple[str, float]]:
    path = (frame.file_path or "").replace("\\", "/")
    # Whatever a module does while it is imported is done to import it.
    part = caller if caller == IMPORTING else next((part for piece, part in PARTS.items() if piece in path), caller)
    yield part, frame.time - sum(child.time for child in frame.children)
    for child in frame.children:
        yield from _own_times(child, part)
