"""The RAGFlow releases, by name.

One class for each release that changed something, in the module of its minor version, and each derived from the one
before it: what a release does differently stands there and nowhere else.
"""

import re
from dataclasses import dataclass
from typing import Final

from packaging.version import Version

from embedded_ragflow.releases.v0_18 import Release018
from embedded_ragflow.releases.v0_20 import Release0201, Release0202
from embedded_ragflow.releases.v0_22 import Release0221
from embedded_ragflow.releases.v0_23 import Release0230, Release0231
from embedded_ragflow.releases.v0_24 import Release0240
from embedded_ragflow.releases.v0_25 import Release0250, Release0251, Release0256
from embedded_ragflow.releases.v0_26 import Release0260
from embedded_ragflow.releases.v0_27 import Release0270

BY_MINOR: Final = ("0.18.0", "0.19.1", "0.20.5", "0.21.1", "0.22.0", "0.23.1", "0.24.0", "0.25.6", "0.26.4", "0.27.0")
"""What a name without a patch number stands for: the newest patch of each minor version. 0.22 is v0.22.0, for
v0.22.1 answers as no release before or after it."""

CHANGES: Final[tuple[type[Release018], ...]] = (
    Release018,
    Release0201,
    Release0202,
    Release0221,
    Release0230,
    Release0231,
    Release0240,
    Release0250,
    Release0251,
    Release0256,
    Release0260,
    Release0270,
)
"""The releases that changed something, oldest first."""


@dataclass(frozen=True)
class NamedRelease:
    """A release of RAGFlow. `name` has all three numbers, "0.20.5"."""

    name: str
    rules: Release018

    def __str__(self) -> str:
        return self.name


class UnknownRelease(ValueError):
    """The name is not that of a release; the message is for the person who gave it."""


def find_release(name: str) -> NamedRelease:
    """The release called "0.20.5", "v0.20.5" or, without a patch number, "0.20" (see BY_MINOR).

    Any patch number is taken, as RAGFlow's next one is not known yet. Raises UnknownRelease.
    """
    minors = {Version(patch).release[:2]: patch for patch in BY_MINOR}
    version = Version(name) if re.fullmatch(r"v?\d+\.\d+(\.\d+)?", name, re.ASCII) else Version("0")
    patch = minors.get(version.release[:2])
    if patch is None:
        raise UnknownRelease(
            f"{name!r} is not a known RAGFlow release: give one of "
            f"{', '.join(known.rpartition('.')[0] for known in BY_MINOR)}, with or without a patch number"
        )
    if len(version.release) == 2:
        version = Version(patch)
    rules = [change for change in CHANGES if Version(change.since) <= version][-1]
    return NamedRelease(str(version), rules())


DEFAULT_RELEASE: Final = find_release("0.20")
