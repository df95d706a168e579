"""What RAGFlow answers: one TOML file a contract line, and in it what each outcome is on the wire."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from acceptance.contract.releases import Range, Release
from acceptance.contract.selection import Selection
from acceptance.errors import CannotRun
from acceptance.ragflow.messages import Json

FOLDER = Path(__file__).parent / "lines"


@dataclass(frozen=True)
class Complaints:
    """What an answer says of the sessions it could not delete.

    RAGFlow processes the ids as a set, so the unknown ones come in any order, then the repeated ones
    in the order of the request. ``joined`` is for a message, where they stand behind one another.
    """

    unknown: tuple[str, ...]
    repeated: tuple[str, ...]
    joined: bool = False

    def __len__(self) -> int:
        return len(self.unknown) + len(self.repeated)

    @property
    def each(self) -> tuple[str, ...]:
        return self.unknown + self.repeated


class Anything(Enum):
    """What an answer may say as it likes, as long as it says something there: an id, a time, a greeting."""

    ANYTHING = "<anything>"


# A body as it is expected: JSON in which Complaints stand where the order is left to chance.
Expected = None | bool | int | float | str | Anything | Complaints | list["Expected"] | dict[str, "Expected"]

# What stands for a value: the one that follows from what was listed, and those that are given.
PLACEHOLDER = re.compile(r"<(deleted|number of complaints|assistant|name|user|owner)>")


@dataclass(frozen=True)
class Outcome:
    """What a named outcome is on the wire, for one request."""

    name: str
    status: int
    body: Expected = None


@dataclass(frozen=True)
class Contract:
    """The answers of one contract line. ``line`` is its id, like ``0.18``, ``schema`` the file of its shapes."""

    line: str
    schema: str
    _complaints: dict[str, Any]
    _outcomes: dict[str, dict[str, Any]]

    def outcome(self, name: str, selection: Selection, values: Mapping[str, str] | None = None) -> Outcome:
        """What this outcome looks like for this request, which has set these values besides.

        KeyError, with the known names, where there is no such outcome, and where a value that it needs was not given.
        """
        try:
            wire = self._outcomes[name]
        except KeyError:
            known = ", ".join(sorted(self._outcomes))
            raise KeyError(f"the contract {self.line} has no outcome '{name}'; it has: {known}") from None
        given = {**(values or {}), **self._following_from(selection)}
        if missing := set(PLACEHOLDER.findall(wire["body"])) - given.keys():
            needed = ", ".join(f"<{each}>" for each in sorted(missing))
            raise KeyError(f"the outcome '{name}' of the contract {self.line} needs {needed}, which was not given")
        return Outcome(name, wire["status"], self._filled(json.loads(wire["body"]), selection, given))

    def deletion(self, selection: Selection) -> Outcome:
        """The outcome that follows for a well-formed request that lists sessions."""
        if not selection.deleted:
            return self.outcome("none of the sessions is known", selection)
        if selection.unknown or selection.repeated:
            return self.outcome("a part is deleted", selection)
        return self.outcome("everything listed is deleted", selection)

    def summarised(self, summary: str, selection: Selection) -> Outcome:
        """The outcome that the words of a scenario describe: ``5 deleted, 1 unknown``.

        ValueError where the request of the scenario would come to something else.
        """
        if summary != selection.summary:
            raise ValueError(f"the scenario says '{summary}', but its request comes to '{selection.summary}'")
        return self.deletion(selection)

    def as_told(self, selection: Selection, text: str) -> Selection:
        """The same request to an assistant without the sessions that an answer calls unknown."""
        return selection.without(
            {name for name in selection.listed if self._complaints["unknown"].format(id=name) in text}
        )

    def _filled(self, wire: Json, selection: Selection, values: Mapping[str, str]) -> Expected:
        if isinstance(wire, dict):
            return {name: self._filled(value, selection, values) for name, value in wire.items()}
        if wire == ["<complaints>"]:
            return self._complaints_of(selection, joined=False)
        if wire == "<complaints>":
            return self._complaints_of(selection, joined=True)
        if wire == "<deleted>":
            return len(selection.deleted)
        if wire == Anything.ANYTHING.value:
            return Anything.ANYTHING
        if isinstance(wire, str):
            # All at once: a value may look like a placeholder itself.
            return PLACEHOLDER.sub(lambda found: values[found[1]], wire)
        if isinstance(wire, list):
            return [self._filled(item, selection, values) for item in wire]
        return wire

    def _following_from(self, selection: Selection) -> dict[str, str]:
        number = len(self._complaints_of(selection, joined=False))
        return {"deleted": str(len(selection.deleted)), "number of complaints": str(number)}

    def _complaints_of(self, selection: Selection, *, joined: bool) -> Complaints:
        return Complaints(
            tuple(self._complaints["unknown"].format(id=name) for name in selection.unknown),
            tuple(self._complaints["repeated"].format(id=name) for name in selection.repeated),
            joined,
        )


def lines() -> dict[str, Range]:
    """The contract lines, oldest first, each with the releases that it is for."""
    names = sorted(_files(), key=lambda name: (Release.named(name).version, name))
    return {name: Range(_files()[name]["releases"]) for name in names}


def known_releases() -> list[Release]:
    """The last patch of each minor release of each line, oldest first."""
    return [Release.named(name) for line in lines() for name in _files()[line]["last_patches"]]


def contract_of(release: Release) -> Contract:
    """The contract of a release; of one that is newer than all that are known, the newest of its kind of server.

    Raises CannotRun, with the releases that are known, where there is none.
    """
    served = {line: releases for line, releases in lines().items() if Release.named(line).variant == release.variant}
    held = [line for line, releases in served.items() if release in releases]
    if held or is_newer(release):
        line = held[0] if held else list(served)[-1]
        file = _inherited(line)
        return Contract(line, file["schema"], file["complaints"], file["outcomes"])
    raise _unknown(str(release))


def is_newer(release: Release) -> bool:
    """Whether the release is newer than all that are known of its kind of server."""
    known = [each.version.release[:2] for each in known_releases() if each.variant == release.variant]
    return bool(known) and release.version.release[:2] > max(known)


def read_release(name: str) -> Release:
    """A release of RAGFlow by its name, with or without its patch number, its kind of server and a leading ``v``.

    A name without a patch number stands for the last patch of it: ``0.25`` is 0.25.6.
    Raises CannotRun for a name that leads to no contract.
    """
    if not re.fullmatch(r"v?\d+\.\d+(\.\d+)?(-[a-z]+)?", name, re.ASCII):
        raise _unknown(name)
    asked = Release.named(name)
    patches = [each for each in known_releases() if each.begins_with(asked) and each.variant == asked.variant]
    release = max(patches, key=lambda each: each.version, default=asked)
    contract_of(release)
    return release


def _unknown(name: str) -> CannotRun:
    known = "; ".join(f"{line} (for {releases})" for line, releases in lines().items())
    return CannotRun(f"'{name}' is no known release of RAGFlow. Known are: {known}.")


@cache
def _files() -> dict[str, dict[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}


def _inherited(line: str) -> dict[str, Any]:
    """What the line's file says, on top of what the line says that it continues."""
    file = _files()[line]
    if "continues" not in file:
        return file
    earlier = _inherited(file["continues"])
    return {**earlier, **file, "outcomes": {**earlier["outcomes"], **file["outcomes"]}}
