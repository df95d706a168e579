"""Which RAGFlow, which keys, which release: read from the environment and from behave's ``-D``."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from acceptance.errors import CannotRun

# setting: (environment variable, name under ``-D``)
SOURCES = {
    "url": ("RAGFLOW_URL", "url"),
    "api_key": ("RAGFLOW_API_KEY", "api_key"),
    "other_api_key": ("RAGFLOW_OTHER_API_KEY", "other_api_key"),
    "release": ("RAGFLOW_RELEASE", "release"),
    "keep": ("RAGFLOW_KEEP", "keep"),
    "show": ("RAGFLOW_SHOW", "show"),
    "stories": ("RAGFLOW_STORIES", "stories"),
    "seed": ("RAGFLOW_SEED", "seed"),
    "parallel": ("RAGFLOW_PARALLEL", "parallel"),
}

# The least and the most of what is a number; a seed is as large as it likes.
NUMBERS = {"stories": (1, None), "seed": (0, None), "parallel": (1, 64)}

# What is handed on from one part of the suite to another.
OF_THE_SUITE = {"record"}


@dataclass(frozen=True)
class Settings:
    """What the user chose; None where they chose nothing. The keys are never shown.

    ``url`` is the address in front of ``/api/v1``, without a slash at its end. ``keep`` is ``failed`` where the
    assistants of failed scenarios are to be kept. ``show`` is what the terminal has a line for: ``scenarios`` or
    ``rules``; the formatter reads it by itself, as it is there before the run has begun. So many ``stories`` are told
    where exploring is asked for; ``seed`` says which, and is left to chance where nobody says it. ``parallel`` is how
    many scenarios run at a time.
    """

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    other_api_key: str | None = field(default=None, repr=False)
    release: str | None = None
    keep: str | None = None
    show: str | None = None
    stories: int = 100
    seed: int = field(default_factory=lambda: secrets.randbelow(1_000_000), compare=False)
    parallel: int = 1

    @classmethod
    def read(cls, environment: Mapping[str, str], defines: Mapping[str, str]) -> Self:
        """Read the settings; ``-D name=value`` goes before the environment, and blank means not set.

        Raises CannotRun, with a sentence that names the setting, where one is malformed.
        """
        unknown = defines.keys() - {define for _, define in SOURCES.values()} - OF_THE_SUITE
        if unknown:
            known = ", ".join(f"-D {define}=..." for _, define in SOURCES.values())
            raise CannotRun(f"-D {sorted(unknown)[0]}=... is no setting. Settings are {known}.")
        chosen: dict[str, Any] = {
            name: (defines.get(define) or environment.get(variable) or "").strip() or None
            for name, (variable, define) in SOURCES.items()
        }
        _check_keys(chosen)
        if chosen["keep"] not in (None, "failed"):
            raise CannotRun(f"{name_of('keep')} is '{chosen['keep']}'. What can be kept is: failed.")
        if chosen["show"] not in (None, "scenarios", "rules"):
            raise CannotRun(f"{name_of('show')} is '{chosen['show']}'. What can be shown is: scenarios, rules.")
        if chosen["url"] is not None:
            chosen["url"] = _checked_url(chosen["url"])
        for name, (least, most) in NUMBERS.items():
            if chosen[name] is not None:
                chosen[name] = _number(name, chosen[name], least, most)
        return cls(**{name: value for name, value in chosen.items() if value is not None})


def name_of(setting: str) -> str:
    """How a message names a setting: ``RAGFLOW_URL (or -D url=...)``."""
    variable, define = SOURCES[setting]
    return f"{variable} (or -D {define}=...)"


def _number(name: str, value: str, least: int, most: int | None) -> int:
    number = int(value) if re.fullmatch(r"\d{1,18}", value, re.ASCII) else -1
    if number < least or (most is not None and number > most):
        to = "on" if most is None else f"to {most}"
        raise CannotRun(f"{name_of(name)} is '{value}'. It has to be a whole number, from {least} {to}.")
    return number


def _check_keys(chosen: Mapping[str, str | None]) -> None:
    for name in ("api_key", "other_api_key"):
        key = chosen[name]
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            raise CannotRun(
                f"{name_of(name)} is not an API key: it has a blank or a character that no key has. "
                "Copy the key once more from RAGFlow's page of API keys."
            )
        if key is not None and chosen["url"] is None:
            raise CannotRun(
                f"{name_of(name)} is set, but {name_of('url')} is not. Set both to test a RAGFlow of yours, "
                "or neither to test the embedded server."
            )
    if chosen["url"] is not None and chosen["api_key"] is None:
        raise CannotRun(f"{name_of('url')} is set, but {name_of('api_key')} is not. Set it to a key of that RAGFlow.")
    if chosen["api_key"] is not None and chosen["api_key"] == chosen["other_api_key"]:
        raise CannotRun(
            f"{name_of('other_api_key')} is the same key as {name_of('api_key')}. "
            "Set it to a key of another tenant, or leave it out."
        )


def _checked_url(url: str) -> str:
    hint = f"Set {name_of('url')} to an address like http://localhost:9380."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise CannotRun(f"The address '{_without_password(url)}' cannot be read. {hint}") from None
    if parts.username is not None or parts.password is not None:
        raise CannotRun(f"The address must not hold a user name or a password. {hint}")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url):
        raise CannotRun(f"'{url}' is not the address of a RAGFlow. {hint}")
    if parts.query or parts.fragment or port == 0:
        raise CannotRun(f"'{url}' holds more than the address of a RAGFlow. {hint}")
    return url.rstrip("/").removesuffix("/api/v1").rstrip("/")


def _without_password(url: str) -> str:
    """The address with everything before an ``@`` left out."""
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2]
