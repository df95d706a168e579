"""Which scenarios hold for which release: ``@from-0.25``, ``@until-0.24``, ``@not-0.22.1``."""

import re
from collections.abc import Iterable

from packaging.version import Version

TAG = re.compile(r"(from|until|not)-(\d+(?:\.\d+)*)")


def applies(tags: Iterable[str], release: Version) -> bool:
    """Whether a scenario of these tags holds for a release.

    ``until-0.24`` includes every patch of 0.24, and ``not-0.22.1`` leaves only that one out.
    """
    return all(_holds(found[1], found[2], release) for tag in tags if (found := TAG.fullmatch(tag)))


def _holds(word: str, bound: str, release: Version) -> bool:
    limit = Version(bound).release
    same_length = release.release[: len(limit)]
    if word == "from":
        return release >= Version(bound)
    if word == "until":
        return same_length <= limit
    return same_length != limit
