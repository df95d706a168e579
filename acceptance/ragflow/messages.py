"""What goes over the wire to RAGFlow and back: who asks, what is sent, and what is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

JSON_TYPE = "application/json"
REDACTED = "<API key>"


@dataclass(frozen=True)
class Credentials:
    """What a request says about who is asking. ``name`` is shown; ``header`` never is, nor are the ``secrets`` in it.

    ``in_shell`` is the header with an environment variable in the place of the key, where that can be written.
    """

    name: str
    header: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    in_shell: str | None = None

    @classmethod
    def of(cls, name: str, key: str, variable: str = "RAGFLOW_API_KEY") -> Self:
        return cls(name, f"Bearer {key}", (key,), f"Bearer ${variable}")

    def redacted(self, text: str) -> str:
        """The text without the key, which a server may have sent back, in JSON or as it is."""
        for spelling in self._spellings:
            text = text.replace(spelling, REDACTED)
        return text

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        """How the secrets may be written. Less than five characters are no secret, but could be a part of anything."""
        long = (secret for secret in self.secrets if len(secret) > 4)
        return tuple(dict.fromkeys(spelling for secret in long for spelling in (secret, json.dumps(secret)[1:-1])))


NO_KEY = Credentials("no API key")


@dataclass(frozen=True)
class Content:
    """The body of a request: its bytes (None: there is no body), and what it is declared as (None: as nothing)."""

    data: bytes | None = None
    type: str | None = JSON_TYPE

    @classmethod
    def json(cls, value: Json) -> Self:
        return cls(json.dumps(value).encode())


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    credentials: Credentials
    content: Content | None = None


@dataclass(frozen=True)
class Answer:
    """What came back. ``body`` is the parsed JSON; where the text is not JSON, ``is_json`` is false.

    ``type`` is what the server says of the text, like ``application/json``, and ``is_text`` false where it is not
    UTF-8. ``headers`` are those of the answer. ``busy`` are the answers before this one that said to ask again later;
    ``began`` is when it was asked, in seconds of a clock that only goes forward. The key stands nowhere in it.
    """

    request: Request
    status: int
    text: str
    seconds: float
    body: Json = None
    is_json: bool = True
    location: str | None = None
    type: str = JSON_TYPE
    busy: int = 0
    began: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = True

    @property
    def has_ragflow_form(self) -> bool:
        """Whether it has RAGFlow's form: an object with a code."""
        return isinstance(self.body, dict) and isinstance(self.body.get("code"), int)
