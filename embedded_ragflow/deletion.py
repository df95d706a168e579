"""Deleting many at once: every id for itself, and a count of what became of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """What became of a list of ids. `repeated` keeps the order in which they were given, `missing` has none."""

    deleted: int
    missing: list[object]
    repeated: list[object]


@dataclass(frozen=True)
class Wording:
    """How RAGFlow speaks of the things that are deleted; `{}` stands for an id."""

    plural: str
    missing: str
    repeated: str


def delete_each(ids: Iterable[object], delete: Callable[[object], int | None]) -> Tally:
    """Delete each id once. `delete` returns how many it deleted, or None where there is nothing with that id.

    Every deletion stands for itself: an error in the middle leaves the earlier ones done.
    Raises TypeError, and deletes nothing, where the ids are not a list or one of them is a list or an object.
    """
    repeated = repetitions(ids)
    deleted, missing = 0, []
    for wanted in set(ids):
        count = delete(wanted)
        if count is None:
            missing.append(wanted)
        else:
            deleted += count
    return Tally(deleted, missing, repeated)


def repetitions(ids: Iterable[object]) -> list[object]:
    """The ids that were given more than once, each once. As in Python, 1, 1.0 and true are the same."""
    counts: dict[object, int] = {}
    for wanted in ids:
        hash(wanted)  # the text of its TypeError is RAGFlow's; from Python 3.14 on a dictionary words it differently
        counts[wanted] = counts.get(wanted, 0) + 1
    return [wanted for wanted, count in counts.items() if count > 1]
