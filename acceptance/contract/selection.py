"""The sessions that a request names, and what should become of each."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Selection:
    """``named`` are the ids in the order of the request, ``present`` those that the assistant has."""

    named: tuple[str, ...]
    present: frozenset[str]

    @classmethod
    def of(cls, named: Iterable[str], present: Collection[str]) -> "Selection":
        return cls(tuple(named), frozenset(present))

    @property
    def deleted(self) -> tuple[str, ...]:
        """The ids of the sessions that go, each once."""
        return tuple(name for name in self._each_once if name in self.present)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The ids that are no session of the assistant, each once."""
        return tuple(name for name in self._each_once if name not in self.present)

    @property
    def repeated(self) -> tuple[str, ...]:
        """The ids that are named more than once, in the order in which they come first."""
        return tuple(name for name, count in self._each_once.items() if count > 1)

    def without(self, gone: Collection[str]) -> "Selection":
        """The same request to an assistant that has not these sessions."""
        return Selection(self.named, self.present.difference(gone))

    @property
    def each_named_once(self) -> "Selection":
        """The same request without the repetitions."""
        return Selection(tuple(self._each_once), self.present)

    @property
    def summary(self) -> str:
        """What should become of them, in the words of the features: ``5 deleted, 1 unknown``."""
        parts = {"deleted": self.deleted, "unknown": self.unknown, "named again": self.repeated}
        return ", ".join(f"{len(ids):,} {what}" for what, ids in parts.items() if ids)

    @property
    def _each_once(self) -> Counter[str]:
        return Counter(self.named)
