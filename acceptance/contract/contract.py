"""What RAGFlow answers: one TOML file per contract line maps each named outcome to status and body."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from acceptance.contract.releases import Range, Release
from acceptance.contract.selection import Reading, Selection
from acceptance.errors import CannotRun
from acceptance.ragflow.messages import Json

FOLDER = Path(__file__).parent / "lines"


@dataclass(frozen=True)
class SessionErrors:
    """The errors that an answer reports for sessions, as a list, or ``joined`` in one message.

    RAGFlow processes the ids as a set: unknown ones come first in any order, then repeated ones: in the order of the
    request, or with ``any_order`` not.
    """

    unknown: tuple[str, ...]
    repeated: tuple[str, ...]
    joined: bool = False
    any_order: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        return self.unknown + self.repeated


class Wildcard(StrEnum):
    """A value that may be anything, but must be present: an id, a time, a greeting."""

    ANYTHING = "<anything>"


class TextPattern(str):
    """A text in which ``<anything>`` stands for any characters."""

    def matches(self, text: object) -> bool:
        pattern = ".*".join(map(re.escape, self.split(Wildcard.ANYTHING)))
        return isinstance(text, str) and bool(re.fullmatch(pattern, text, re.DOTALL))


# An expected body: JSON with wildcards, and with errors whose order may vary.
Expected = (
    None | bool | int | float | str | Wildcard | TextPattern | SessionErrors | list["Expected"] | dict[str, "Expected"]
)

PLACEHOLDER = re.compile(r"<(deleted|number of errors|assistant|name|user|owner)>")


@dataclass(frozen=True)
class Outcome:
    """The expected status and body of a named outcome, for one request, and other answers that are as good."""

    name: str
    status: int
    body: Expected = None
    alternatives: tuple["Outcome", ...] = ()


@dataclass(frozen=True)
class Contract:
    """The answers of one contract line. ``line`` is its id, like ``0.18``; ``schema`` is its schema file.

    ``reading`` is how requests are read, ``rename_method`` the method of the call that renames a session, and
    ``internal_details`` matches a text that reveals the inside of the server.
    """

    line: str
    schema: str
    reading: Reading
    rename_method: str
    internal_details: re.Pattern[str]
    _errors: dict[str, str]
    _outcomes: dict[str, dict[str, Any]]

    def outcome(self, name: str, selection: Selection, values: Mapping[str, str] | None = None) -> Outcome:
        """Return the named outcome for this request. ``values`` holds what else the request says.

        Raise KeyError, with the known names, for an unknown outcome, and for a missing value.
        """
        if name not in self._outcomes:
            known = ", ".join(sorted(self._outcomes))
            raise KeyError(f"the contract {self.line} has no outcome '{name}'; it has: {known}")
        return self._outcome(name, self._outcomes[name], selection, values or {})

    def _outcome(self, name: str, wire: Mapping[str, Any], selection: Selection, values: Mapping[str, str]) -> Outcome:
        unknown = tuple(self._errors["unknown"].format(id=id) for id in selection.unknown)
        repeated = tuple(self._errors["repeated"].format(id=id) for id in selection.repeated)
        counts = {"deleted": str(len(selection.deleted)), "number of errors": str(len(unknown + repeated))}
        given = {**values, **counts}
        if missing := set(PLACEHOLDER.findall(wire["body"])) - given.keys():
            needed = ", ".join(f"<{each}>" for each in sorted(missing))
            raise KeyError(f"the outcome '{name}' of the contract {self.line} needs {needed}")
        errors = SessionErrors(unknown, repeated, any_order="any_order" in self._errors)
        body = _fill(json.loads(wire["body"]), errors, given)
        others = (self._outcome(name, each, selection, values) for each in wire.get("or", ()))
        return Outcome(name, wire["status"], body, tuple(others))

    def deletion(self, selection: Selection) -> Outcome:
        """Return the outcome of a well-formed request that lists sessions."""
        is_partial = selection.unknown or selection.repeated
        name = "a part is deleted" if is_partial else "everything listed is deleted"
        return self.outcome(name if selection.deleted else "none of the sessions is known", selection)

    def summarized_deletion(self, summary: str, selection: Selection) -> Outcome:
        """Return the outcome of a deletion. Raise ValueError if its effect differs from the scenario's summary."""
        if summary != selection.summary:
            raise ValueError(f"the scenario says '{summary}', but its request results in '{selection.summary}'")
        return self.deletion(selection)

    def without_reported_unknown(self, selection: Selection, text: str) -> Selection:
        """Return the same request to an assistant without the sessions that the answer reports as unknown."""
        return selection.without({id for id in selection.listed if self._errors["unknown"].format(id=id) in text})


def _fill(wire: Json, errors: SessionErrors, values: Mapping[str, str]) -> Expected:
    match wire:
        case dict():
            return {name: _fill(value, errors, values) for name, value in wire.items()}
        case ["<session errors>"]:
            return errors
        case list():
            return [_fill(item, errors, values) for item in wire]
        case "<session errors>":
            return replace(errors, joined=True)
        case "<deleted>":
            return int(values["deleted"])
        case Wildcard.ANYTHING:
            return Wildcard.ANYTHING
        case str() if Wildcard.ANYTHING in wire:
            return TextPattern(wire)
        case str():
            # In one pass: a value may look like a placeholder itself.
            return PLACEHOLDER.sub(lambda found: values[found[1]], wire)
    return wire


def lines() -> dict[str, Range]:
    """Return the contract lines and their releases, oldest first."""
    return {line: Range(file["releases"]) for line, file in _files().items()}


def known_releases() -> list[Release]:
    """Return the last patch of each minor release, oldest first."""
    return [Release.named(name) for file in _files().values() for name in file["last_patches"]]


def contract_of(release: Release) -> Contract:
    """Return the contract of a release. A release newer than all known ones gets the newest of its variant.

    Raise CannotRun, with the known releases, for any other release.
    """
    served = [line for line in lines() if Release.named(line).variant == release.variant]
    line = next((line for line in served if release in lines()[line]), served[-1] if is_newer(release) else "")
    if not line:
        raise _unknown(str(release))
    file = _files()[line]
    reading = msgspec.convert(file["reading"], Reading)
    details = re.compile("|".join(file["internal_details"]))
    return Contract(
        line, file["schema"], reading, file["rename_method"], details, file["session_errors"], file["outcomes"]
    )


def is_newer(release: Release) -> bool:
    """Whether the release is newer than all known ones of its variant."""
    known = [each.version.release[:2] for each in known_releases() if each.variant == release.variant]
    return bool(known) and release.version.release[:2] > max(known)


def read_release(name: str) -> Release:
    """Read the name of a release, like ``v0.25.6``, ``0.25`` (the last patch of 0.25) or ``0.27.0-go``.

    Raise CannotRun if there is no contract for it.
    """
    if not re.fullmatch(r"v?\d+\.\d+(\.\d+)?(-[a-z]+)?", name, re.ASCII):
        raise _unknown(name)
    release = Release.named(name)
    patches = [each for each in known_releases() if each.begins_with(release) and each.variant == release.variant]
    release = max(patches, key=lambda each: each.version, default=release)
    contract_of(release)
    return release


def _unknown(name: str) -> CannotRun:
    known = "; ".join(f"{line} (for {releases})" for line, releases in lines().items())
    return CannotRun(f"'{name}' is not a known release of RAGFlow. Known releases: {known}.")


@cache
def _files() -> dict[str, dict[str, Any]]:
    """Return the file of each line, oldest first, merged into the file of the line that it continues."""
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.toml"), key=lambda path: (Release.named(path.stem).version, path.stem)):
        file = tomllib.loads(path.read_text("utf-8"))
        earlier = files.get(file.get("continues", ""), {"outcomes": {}})
        files[path.stem] = {**earlier, **file, "outcomes": earlier["outcomes"] | file["outcomes"]}
    return files
