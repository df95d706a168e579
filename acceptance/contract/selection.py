"""The sessions that a request lists, and the expected effect on each."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from acceptance.ragflow.messages import JSON_TYPE, Content


@dataclass(frozen=True)
class Selection:
    """The ``listed`` ids in the order of the request, and the ids that are ``present`` in the assistant."""

    listed: tuple[str, ...]
    present: frozenset[str]

    @classmethod
    def of(cls, listed: Iterable[str], present: Collection[str]) -> "Selection":
        return cls(tuple(listed), frozenset(present))

    @property
    def deleted(self) -> tuple[str, ...]:
        """The listed ids that are present, each once."""
        return tuple(id for id in dict.fromkeys(self.listed) if id in self.present)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The listed ids that are not present, each once."""
        return tuple(id for id in dict.fromkeys(self.listed) if id not in self.present)

    @property
    def repeated(self) -> tuple[str, ...]:
        """The ids that are listed more than once, in the order of their first occurrence."""
        return tuple(id for id, count in Counter(self.listed).items() if count > 1)

    def without(self, ids: Collection[str]) -> "Selection":
        """Return the same request to an assistant that does not have these sessions."""
        return Selection(self.listed, self.present.difference(ids))

    @property
    def each_listed_once(self) -> "Selection":
        """The same request without repetitions."""
        return Selection(tuple(dict.fromkeys(self.listed)), self.present)

    @property
    def summary(self) -> str:
        """The expected effect in the words of the features: ``5 deleted, 1 unknown``."""
        parts = {"deleted": self.deleted, "unknown": self.unknown, "repeated": self.repeated}
        return ", ".join(f"{len(ids):,} {effect}" for effect, ids in parts.items() if ids)


# Halves of surrogate pairs.
HALVES = re.compile("[\\ud800-\\udfff]")

# What a release may read as a list of ids, by its name in the contract.
ITERABLE = {"text": str, "object": dict}


@dataclass(frozen=True)
class Reading:
    """How the releases of a contract line read the ids of a deletion: the table ``reading`` of its file.

    ``forms``: the fields of a form count. ``lists``: what a release takes as a list of ids, besides a list of JSON.
    ``texts_only``: it passes over every id that is not a text, and over blank ones; it trims the others, and reads
    half of a surrogate pair as U+FFFD. ``first``: the outcomes that it reports before it looks for the assistant.
    """

    forms: bool = True
    lists: tuple[str, ...] = ("text", "object")
    texts_only: bool = False
    first: tuple[str, ...] = ()


def ids_in(content: Content, reading: Reading) -> tuple[str, ...]:
    """Return the ids that RAGFlow finds in a deletion, written as in its answers: ``true`` as ``True``.

    The Python server iterates over ``ids`` as Python does: over the letters of a text and the keys of an object. It
    skips null, and fails on a list or an object among the ids.
    """
    ids: Any = _fields_of(content, reading.forms).get("ids")
    if type(ids) not in (list, *(ITERABLE[kind] for kind in reading.lists)):
        return ()
    if reading.texts_only:
        return tuple(id for each in ids if isinstance(each, str) and (id := HALVES.sub("\ufffd", each).strip()))
    if any(isinstance(id, list | dict) for id in ids):
        return ()
    return tuple(str(id) for id in ids if id is not None)


def lists_sessions(content: Content) -> bool:
    """Whether this is a well-formed, non-empty list of ids: every release deletes these sessions and no others."""
    fields = _fields_of(content)
    ids = fields.get("ids")
    is_list = isinstance(ids, list) and bool(ids) and all(isinstance(id, str) and id.strip() for id in ids)
    # Go's server ignores the list if no id in it is a text that is not blank.
    return is_list and "delete_all" not in fields and content.type == JSON_TYPE


def _fields_of(content: Content, forms: bool = True) -> dict[str, object]:
    """Return the fields of a JSON object or a form, or an empty dict."""
    data = content.data or b""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        text = data.decode("utf-8", "replace")
        body = {field: values[0] for field, values in parse_qs(text).items()} if forms else {}
    return body if isinstance(body, dict) else {}
