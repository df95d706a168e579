"""Finding a RAGFlow release by its name."""

import re
from dataclasses import dataclass

from packaging.version import Version

from embedded_ragflow import history
from embedded_ragflow.release import Release

NAME = re.compile(r"v?(?P<version>\d+\.\d+(\.\d+)?)(-(?P<variant>[a-z]+))?", re.ASCII)


@dataclass(frozen=True)
class NamedRelease:
    """A release of RAGFlow. `name` is the full version, "0.20.5", with an optional variant, "0.27.0-go"."""

    name: str
    rules: Release

    def __str__(self) -> str:
        return self.name


class UnknownRelease(ValueError):
    """The name of a release is unknown. The message tells the user which names exist."""


def find_release(name: str) -> NamedRelease:
    """Return the release with this name: "0.20.5", "v0.20.5" or, for the last patch, "0.20".

    A variant is a suffix: "0.27-go". Any patch number is accepted, because RAGFlow may publish more patches.
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
    """Return LAST_PATCHES by major and minor number."""
    return {patch.release[:2]: patch for patch in map(Version, history.LAST_PATCHES)}


def rules_of(version: Version, variant: str) -> Release | None:
    """Return the newest rules of this variant up to this version, or None."""
    of_variant = (each for each in history.RELEASES if each.variant == variant and Version(each.since) <= version)
    return max(of_variant, key=lambda each: Version(each.since), default=None)


def known_names() -> list[str]:
    """Return the names without patch numbers; names with a variant come last."""
    variants = sorted({each.variant for each in history.RELEASES})
    return [
        f"{major}.{minor}-{variant}" if variant else f"{major}.{minor}"
        for variant in variants
        for (major, minor), version in last_patches().items()
        if rules_of(version, variant)
    ]


DEFAULT_RELEASE = find_release("0.20")
