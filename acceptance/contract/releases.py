"""The releases of RAGFlow, and ranges of them, in one notation: ``from-0.22.1 until-0.24 not-0.23``.

Tags, known deviations and contracts are all for a range.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from packaging.version import Version

NAME = r"(\d+(?:\.\d+)*)(?:-([a-z]+))?"
WORDS = ("only", "from", "until", "not")
WORD = re.compile(rf"({'|'.join(WORDS)})-{NAME}")


@dataclass(frozen=True)
class Release:
    """A release of RAGFlow, like 0.27.0; with its ``variant`` where it has a server of another kind, like 0.27.0-go."""

    version: Version
    variant: str = ""

    @classmethod
    def named(cls, name: str) -> "Release":
        """The release of this name, with or without a leading ``v``. ValueError where it is not the name of one."""
        found = re.fullmatch(rf"v?{NAME}", name, re.ASCII)
        if not found:
            raise ValueError(f"'{name}' is not the name of a release")
        return cls(Version(found[1]), found[2] or "")

    def begins_with(self, prefix: "Release") -> bool:
        """Whether the other one is this release, or stands for it without the last numbers or the variant."""
        numbers = prefix.version.release
        return self.version.release[: len(numbers)] == numbers and self.is_served_as(prefix)

    def is_served_as(self, other: "Release") -> bool:
        """Whether the other one has the same kind of server, or speaks of every kind."""
        return other.variant in ("", self.variant)

    def __str__(self) -> str:
        return f"{self.version}-{self.variant}" if self.variant else str(self.version)


@dataclass(frozen=True)
class Range:
    """Releases of which all words hold; no words hold for every release.

    ``from-0.24`` and ``until-0.24`` take every patch of 0.24 in, ``only-0.24`` takes nothing else in, and
    ``not-0.22.1`` leaves that one out. A word with a variant, ``not-0.27-go``, speaks of that one alone.
    """

    words: str = ""

    @classmethod
    def of_tags(cls, tags: "list[str]") -> "Range":
        """What those of the tags say that speak of releases, in the order in which one says it."""
        words = [found for tag in tags if (found := WORD.fullmatch(tag))]
        return cls(" ".join(found[0] for found in sorted(words, key=lambda found: (WORDS.index(found[1]), found[0]))))

    @cached_property
    def _bounds(self) -> tuple[tuple[str, Release], ...]:
        """ValueError where a word is none."""
        found = [(word, WORD.fullmatch(word)) for word in self.words.split()]
        unknown = [word for word, match in found if not match]
        if unknown:
            raise ValueError(f"'{unknown[0]}' says nothing of releases: write from-0.24, until-0.24, only- or not-0.24")
        return tuple((match[1], Release(Version(match[2]), match[3] or "")) for _, match in found if match)

    @property
    def first(self) -> str:
        """Where it begins, as it is written: ``0.18``."""
        return next(str(bound) for word, bound in self._bounds if word in ("from", "only"))

    @property
    def last(self) -> str:
        """Where it ends, as it is written: ``0.22.0``."""
        return next(str(bound) for word, bound in self._bounds if word in ("until", "only"))

    @property
    def in_words(self) -> str:
        """It for people: ``from 0.25 on``, ``up to 0.24, but not 0.22.1``."""
        forms = {"only": "{} only", "from": "from {} on", "until": "up to {}", "not": "but not {}"}
        return ", ".join(forms[word].format(bound) for word, bound in self._bounds) or "all releases"

    def __contains__(self, release: Release) -> bool:
        return all(_holds(word, bound, release) for word, bound in self._bounds)

    def __str__(self) -> str:
        return self.words or "all"


def _holds(word: str, bound: Release, release: Release) -> bool:
    if word == "not":
        return not release.begins_with(bound)
    if not release.is_served_as(bound):
        return False
    if word == "from":
        return release.version >= bound.version
    return release.begins_with(bound) or (word == "until" and release.version < bound.version)
