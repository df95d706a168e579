"""The RAGFlow releases, by name."""

import re
from dataclasses import dataclass

from packaging.version import Version

from embedded_ragflow import history
from embedded_ragflow.release import Release

NAME = re.compile(r"v?(?P<version>\d+\.\d+(\.\d+)?)(-(?P<variant>[a-z]+))?", re.ASCII)


@dataclass(frozen=True)
class NamedRelease:
    """A release of RAGFlow. `name` has all three numbers, "0.20.5", and the variant where there is one, "0.27.0-go"."""

    name: str
    rules: Release

    def __str__(self) -> str:
        return self.name


class UnknownRelease(ValueError):
    """The name is not that of a release; the message is for the person who gave it."""


def find_release(name: str) -> NamedRelease:
    """The release called "0.20.5", "v0.20.5" or, without a patch number, "0.20" (see LAST_PATCHES).

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
            return NamedRelease(f"{version}-{variant}" if variant else str(version), rules)
    raise UnknownRelease(
        f"{name!r} is not a known RAGFlow release: give one of {', '.join(known_names())}, "
        "with or without a patch number"
    )


def last_patches() -> dict[tuple[int, ...], Version]:
    """LAST_PATCHES, by the first two numbers."""
    return {patch.release[:2]: patch for patch in map(Version, history.LAST_PATCHES)}


def rules_of(version: Version, variant: str) -> Release | None:
    """The newest rules of that variant that the version has; None where it has none."""
    of_variant = (each for each in history.RELEASES if each.variant == variant and Version(each.since) <= version)
    return max(of_variant, key=lambda each: Version(each.since), default=None)


def known_names() -> list[str]:
    """What a release may be called, without patch numbers: those with a variant come last."""
    variants = sorted({each.variant for each in history.RELEASES})
    return [
        f"{major}.{minor}-{variant}" if variant else f"{major}.{minor}"
        for variant in variants
        for (major, minor), version in last_patches().items()
        if rules_of(version, variant)
    ]


DEFAULT_RELEASE = find_release("0.20")
