"""Releases of RAGFlow, and ranges of releases: ``from-0.22.1 until-0.24 not-0.23``.

Tags, known deviations and contracts all apply to a range.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from packaging.version import Version

NAME = r"(\d+(?:\.\d+)*)(?:-([a-z]+))?"
WORDS = ("only", "from", "until", "not")
# Implementations of RAGFlow's server besides the one in Python: the variant of a release, and how people call it.
SERVERS = {"go": "the Go server"}
WORD = re.compile(rf"(?:{'|'.join(WORDS)})-{NAME}|(?:only|not)-(?:{'|'.join(SERVERS)})")


@dataclass(frozen=True)
class Release:
    """A release of RAGFlow, like 0.27.0. A ``variant`` is another implementation of its server, like 0.27.0-go."""

    version: Version
    variant: str = ""

    @classmethod
    def named(cls, name: str) -> "Release":
        """Parse the name of a release, with or without a leading ``v``. Raise ValueError for anything else."""
        found = re.fullmatch(rf"v?{NAME}", name, re.ASCII)
        if not found:
            raise ValueError(f"'{name}' is not the name of a release")
        return cls(Version(found[1]), found[2] or "")

    def begins_with(self, prefix: "Release") -> bool:
        """Whether the prefix names this release, possibly without its last numbers or its variant."""
        numbers = prefix.version.release
        return self.version.release[: len(numbers)] == numbers and self.is_served_as(prefix)

    def is_served_as(self, other: "Release") -> bool:
        """Whether the other release has the same variant, or none, which means all variants."""
        return other.variant in ("", self.variant)

    def __str__(self) -> str:
        return f"{self.version}-{self.variant}" if self.variant else str(self.version)


@dataclass(frozen=True)
class Range:
    """The releases that satisfy all words, or all on one side of an ``or``; without words, every release.

    ``from-0.24`` and ``until-0.24`` include every patch of 0.24, ``only-0.24`` includes nothing else, and
    ``not-0.22.1`` excludes that one. All of them include the Go server. ``not-go`` excludes it in every release,
    ``only-go`` includes nothing else, and a word like ``not-0.27-go`` applies to the Go server of that release only.
    """

    words: str = ""

    @classmethod
    def from_tags(cls, tags: "list[str]") -> "Range":
        """Read the tags that name releases, in the usual order of their words."""
        words = sorted(tag for tag in tags if WORD.fullmatch(tag))
        return cls(" ".join(sorted(words, key=lambda word: WORDS.index(word.partition("-")[0]))))

    @cached_property
    def _alternatives(self) -> list[list[tuple[str, str]]]:
        """The kind of each word, and the release or server that it names. Raise ValueError for an unknown word."""
        alternatives = [part.split() for part in self.words.split(" or ")]
        for word in chain(*alternatives):
            if not WORD.fullmatch(word):
                known = "from-0.24, until-0.24, only-0.24, not-0.24, only-go or not-go"
                raise ValueError(f"'{word}' is not a range of releases, like {known}")
        return [[(kind, name) for kind, _, name in (word.partition("-") for word in words)] for words in alternatives]

    @property
    def first(self) -> str:
        """The first release, as written: ``0.18``."""
        return next(name for kind, name in self._alternatives[0] if kind in ("from", "only"))

    @property
    def last(self) -> str:
        """The last release, as written: ``0.22.0``."""
        return next(name for kind, name in self._alternatives[0] if kind in ("until", "only"))

    @property
    def in_words(self) -> str:
        """The range for people: ``from 0.25 on``, ``up to 0.24, but not 0.22.1``."""
        forms = {"only": "{} only", "from": "from {} on", "until": "up to {}", "not": "but not {}"}
        named = ((forms[kind].format(SERVERS.get(name, name)) for kind, name in words) for words in self._alternatives)
        return ", or ".join(map(", ".join, named)) or "all releases"

    def __contains__(self, release: Release) -> bool:
        return any(all(_holds(*word, release) for word in words) for words in self._alternatives)

    def __str__(self) -> str:
        return self.words or "all"


def _holds(kind: str, name: str, release: Release) -> bool:
    if name in SERVERS:
        return (release.variant == name) is (kind == "only")
    bound = Release.named(name)
    if kind == "not":
        return not release.begins_with(bound)
    if kind == "from":
        return release.is_served_as(bound) and release.version >= bound.version
    is_before = kind == "until" and release.is_served_as(bound) and release.version < bound.version
    return is_before or release.begins_with(bound)
