"""The data that goes over the wire: credentials, request content and answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Credentials:
    """The authorization of a request. Reports show the ``name``, never the ``header`` or the ``secrets`` in it.

    ``shell_header`` is the header with an environment variable instead of the key, None if it cannot be written so.
    """

    name: str
    header: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    shell_header: str | None = None

    @classmethod
    def bearer(cls, name: str, key: str, variable: str = "RAGFLOW_API_KEY") -> Self:
        return cls(name, f"Bearer {key}", (key,), f"Bearer ${variable}")


NO_KEY = Credentials("no API key")


@dataclass(frozen=True)
class Content:
    """The body of a request and its content type. None means: there is none. Reports never show its ``secrets``.

    ``on_sent`` is called when the operating system has taken over the whole body. A retry calls it again.
    """

    data: bytes | None = None
    type: str | None = JSON_TYPE
    secrets: tuple[str, ...] = field(default=(), repr=False)
    on_sent: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def json(cls, value: Json, *secrets: str) -> Self:
        return cls(json.dumps(value).encode(), secrets=secrets)


@dataclass(frozen=True)
class Address:
    """Where requests go. ``url`` is the part before ``/api/v1``; ``start_command`` starts such a server, if known."""

    url: str = ""
    is_insecure: bool = False
    start_command: str = ""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    credentials: Credentials
    content: Content | None = None
    address: Address = Address()


@dataclass(frozen=True)
class Answer:
    """An answer, with all secrets of the run redacted everywhere, and those that it brings itself.

    ``body`` is the parsed JSON, ``type`` the content type without parameters. ``retries`` counts earlier answers that
    asked the client to try again later. ``began`` is the start of the request on the monotonic clock, in seconds.
    ``cookies`` are the Set-Cookie headers, without those of gateways. ``secrets`` are those that it brings, by the name
    of their field; ``Authorization`` is the login token in its headers.
    """

    request: Request
    status: int
    text: str
    seconds: float
    body: Json = None
    is_json: bool = True
    location: str | None = None
    type: str = JSON_TYPE
    retries: int = 0
    began: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    is_utf8: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def has_ragflow_form(self) -> bool:
        """Whether the body is an object with a numeric code, as in every answer of RAGFlow."""
        return isinstance(self.body, dict) and isinstance(self.body.get("code"), int)
