"""The RAGFlow releases, by name.

One class for each release that changed something, in the module of its minor version, and each derived from the one
before it: what a release does differently stands there and nowhere else.
"""

import re
from dataclasses import dataclass

from packaging.version import Version

from embedded_ragflow.releases.v0_18 import Release018
from embedded_ragflow.releases.v0_20 import Release0201, Release0202
from embedded_ragflow.releases.v0_22 import Release0221
from embedded_ragflow.releases.v0_23 import Release0230, Release0231
from embedded_ragflow.releases.v0_24 import Release0240
from embedded_ragflow.releases.v0_25 import Release0250, Release0251, Release0256
from embedded_ragflow.releases.v0_26 import Release0260
from embedded_ragflow.releases.v0_27 import Release0270

# What a name without a patch number stands for: the last patch of each minor version.
BY_MINOR = ("0.18.0", "0.19.1", "0.20.5", "0.21.1", "0.22.1", "0.23.1", "0.24.0", "0.25.6", "0.26.4", "0.27.0")

# The releases that changed something. Another server of the same release is a class with a `variant`.
CHANGES = (
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

NAME = re.compile(r"v?(?P<version>\d+\.\d+(\.\d+)?)(-(?P<variant>[a-z]+))?", re.ASCII)


@dataclass(frozen=True)
class NamedRelease:
    """A release of RAGFlow. `name` has all three numbers, "0.20.5", and the variant where there is one, "0.27.0-go"."""

    name: str
    rules: Release018

    def __str__(self) -> str:
        return self.name


class UnknownRelease(ValueError):
    """The name is not that of a release; the message is for the person who gave it."""


def find_release(name: str) -> NamedRelease:
    """The release called "0.20.5", "v0.20.5" or, without a patch number, "0.20" (see BY_MINOR).

    A variant stands at the end: "0.27-go". Any patch number is taken, as RAGFlow's next one is not known yet.
    Raises UnknownRelease.
    """
    if named := NAME.fullmatch(name):
        version, variant = Version(named["version"]), named["variant"] or ""
        patch = last_patches().get(version.release[:2])
        if patch and len(version.release) == 2:
            version = patch
        rules = rules_of(version, variant)
        if patch and rules:
            return NamedRelease(f"{version}-{variant}" if variant else str(version), rules())
    raise UnknownRelease(
        f"{name!r} is not a known RAGFlow release: give one of {', '.join(known_names())}, "
        "with or without a patch number"
    )


def last_patches() -> dict[tuple[int, ...], Version]:
    """BY_MINOR, by the first two numbers."""
    return {patch.release[:2]: patch for patch in map(Version, BY_MINOR)}


def rules_of(version: Version, variant: str) -> type[Release018] | None:
    """The newest change of that variant that the version has; None where it has none."""
    of_variant = (change for change in CHANGES if change.variant == variant and Version(change.since) <= version)
    return max(of_variant, key=lambda change: Version(change.since), default=None)


def known_names() -> list[str]:
    """What a release may be called, without patch numbers: those with a variant come last."""
    variants = sorted({change.variant for change in CHANGES})
    return [
        f"{major}.{minor}-{variant}" if variant else f"{major}.{minor}"
        for variant in variants
        for (major, minor), version in last_patches().items()
        if rules_of(version, variant)
    ]


DEFAULT_RELEASE = find_release("0.20")
