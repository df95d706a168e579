"""The sessions that a request lists, and what should become of each."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from acceptance.ragflow.messages import JSON_TYPE, Content


@dataclass(frozen=True)
class Selection:
    """``listed`` are the ids in the order of the request, ``present`` those that the assistant has."""

    listed: tuple[str, ...]
    present: frozenset[str]

    @classmethod
    def of(cls, listed: Iterable[str], present: Collection[str]) -> "Selection":
        return cls(tuple(listed), frozenset(present))

    @property
    def deleted(self) -> tuple[str, ...]:
        """The ids of the sessions that go, each once."""
        return tuple(name for name in self._each_once if name in self.present)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The ids that are no session of the assistant, each once."""
        return tuple(name for name in self._each_once if name not in self.present)

    @property
    def repeated(self) -> tuple[str, ...]:
        """The ids that are listed more than once, in the order in which they come first."""
        return tuple(name for name, count in self._each_once.items() if count > 1)

    def without(self, gone: Collection[str]) -> "Selection":
        """The same request to an assistant that has not these sessions."""
        return Selection(self.listed, self.present.difference(gone))

    @property
    def each_listed_once(self) -> "Selection":
        """The same request without the repetitions."""
        return Selection(tuple(self._each_once), self.present)

    @property
    def summary(self) -> str:
        """What should become of them, in the words of the features: ``5 deleted, 1 unknown``."""
        parts = {"deleted": self.deleted, "unknown": self.unknown, "repeated": self.repeated}
        return ", ".join(f"{len(ids):,} {what}" for what, ids in parts.items() if ids)

    @property
    def _each_once(self) -> Counter[str]:
        return Counter(self.listed)


def ids_in(content: Content) -> tuple[str, ...]:
    """The ids that RAGFlow finds in a deletion, written as in its answers: of ``true``, ``True``.

    They are the items of ``ids``, in JSON or in a form. RAGFlow goes through whatever stands there as Python
    does: through a text letter by letter, through an object key by key. ``null`` is not looked up, and where a
    list or an object stands among them, none is.
    """
    ids = _body_of(content).get("ids")
    if not isinstance(ids, list | dict | str) or any(isinstance(id, list | dict) for id in ids):
        return ()
    return tuple(str(id) for id in ids if id is not None)


def lists_sessions(content: Content) -> bool:
    """Whether this is a well-formed list of ids that is not empty: every release deletes these and no others."""
    ids = _body_of(content).get("ids")
    is_list = isinstance(ids, list) and bool(ids) and all(isinstance(id, str) for id in ids)
    return is_list and content.type == JSON_TYPE


def _body_of(content: Content) -> dict[str, object]:
    """What a deletion says, field by field; nothing where it is no object and no form."""
    data = content.data or b""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = {field: values[0] for field, values in parse_qs(data.decode("utf-8", "replace")).items()}
    return body if isinstance(body, dict) else {}
