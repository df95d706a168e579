"""Every fault there is, topic by topic."""

from collections.abc import Iterator

from tests.faults import (
    answering,
    beside,
    choosing,
    deleting,
    effects,
    keys,
    kinds,
    letters,
    listing,
    malformed,
    orders,
    owners,
    together,
)
from tests.faults.catalogue import FAULTS, Fault

TOPICS = (
    keys,
    owners,
    choosing,
    malformed,
    deleting,
    answering,
    listing,
    effects,
    together,
    kinds,
    beside,
    letters,
    orders,
)

__all__ = ["FAULTS", "trials"]


def trials() -> Iterator[tuple[Fault, str]]:
    """Every fault with every release in which it is to be noticed."""
    for topic in TOPICS:
        for fault in FAULTS.values():
            if fault.apply.__module__ == topic.__name__:
                yield from ((fault, release) for release in fault.releases)
