"""What RAGFlow answers: one TOML file a contract line, and in it what each outcome is on the wire."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from acceptance.api import Json
from acceptance.errors import CannotRun
from acceptance.selection import Selection
from acceptance.settings import called

FOLDER = Path(__file__).parent / "contracts"


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


# A body as it is expected: JSON in which Complaints stand where the order is left to chance.
Expected = None | bool | int | float | str | Complaints | list["Expected"] | dict[str, "Expected"]


@dataclass(frozen=True)
class Outcome:
    """What a named outcome is on the wire, for one request."""

    name: str
    status: int
    body: Expected


@dataclass(frozen=True)
class Contract:
    """The answers of one contract line. ``line`` is its id, like ``0.18``."""

    line: str
    _complaints: dict[str, Any]
    _outcomes: dict[str, dict[str, Any]]

    def outcome(self, name: str, selection: Selection) -> Outcome:
        """What this outcome looks like for this request. KeyError, with the known names, where it has none."""
        try:
            wire = self._outcomes[name]
        except KeyError:
            known = ", ".join(sorted(self._outcomes))
            raise KeyError(f"the contract {self.line} has no outcome '{name}'; it has: {known}") from None
        return Outcome(name, wire["status"], self._filled(json.loads(wire["body"]), selection))

    def deletion(self, selection: Selection) -> Outcome:
        """The outcome that follows for a well-formed request that names sessions."""
        if not selection.deleted:
            return self.outcome("none of the sessions is known", selection)
        if selection.unknown or selection.repeated:
            return self.outcome("a part is deleted", selection)
        return self.outcome("everything named is deleted", selection)

    def summarised(self, summary: str, selection: Selection) -> Outcome:
        """The outcome that the words of a scenario describe: ``5 deleted, 1 unknown``.

        ValueError where the request of the scenario would come to something else.
        """
        if summary != selection.summary:
            raise ValueError(f"the scenario says '{summary}', but its request comes to '{selection.summary}'")
        return self.deletion(selection)

    def _filled(self, wire: Json, selection: Selection) -> Expected:
        if isinstance(wire, dict):
            return {name: self._filled(value, selection) for name, value in wire.items()}
        if wire == ["<complaints>"]:
            return self._complaints_of(selection, joined=False)
        if wire == "<complaints>":
            return self._complaints_of(selection, joined=True)
        if wire == "<deleted>":
            return len(selection.deleted)
        if isinstance(wire, str):
            number = len(self._complaints_of(selection, joined=False))
            return wire.replace("<deleted>", str(len(selection.deleted))).replace("<number of complaints>", str(number))
        if isinstance(wire, list):
            return [self._filled(item, selection) for item in wire]
        return wire

    def _complaints_of(self, selection: Selection, *, joined: bool) -> Complaints:
        texts = self._complaints
        hide_repeated = selection.unknown and not texts["repeated_beside_unknown"]
        return Complaints(
            tuple(texts["unknown"].format(id=name) for name in selection.unknown),
            () if hide_repeated else tuple(texts["repeated"].format(id=name) for name in selection.repeated),
            joined,
        )


@cache
def _files() -> dict[str, dict[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}


def lines() -> Iterator[tuple[str, SpecifierSet]]:
    """Each contract line, oldest first, and the releases that it holds for."""
    for line in sorted(_files(), key=Version):
        yield line, SpecifierSet(_files()[line]["releases"])


def contract_of(release: str) -> Contract:
    """The contract of a release, named with or without its patch number and a leading ``v``.

    Raises CannotRun, with the releases that are known, for any other name.
    """
    if re.fullmatch(r"v?\d+\.\d+(\.\d+)?", release):
        version = Version(release)
        for line, releases in lines():
            if version in releases:
                return _read(line)
    known = "; ".join(f"{line} ({releases})" for line, releases in lines())
    raise CannotRun(f"{called('release')} is '{release}', which is no known release of RAGFlow. Known are: {known}.")


@cache
def _read(line: str) -> Contract:
    file = _files()[line]
    return Contract(line, file["complaints"], file["outcomes"])
