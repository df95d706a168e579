"""Settings of a run, from the environment and from behave's ``-D``."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Self
from urllib.parse import urlsplit

from acceptance.errors import CannotRun
from acceptance.ragflow.charsets import CHARSETS
from acceptance.ragflow.secrets import MIN_LENGTH

# The environment variables of the settings by their names under ``-D``.
VARIABLES = {
    name: f"RAGFLOW_{name.upper()}"
    for name in (
        *("url", "api_key", "other_api_key", "release", "charset", "shared_tenant", "insecure", "rate", "parallel"),
        *("keep", "show", "junit", "stories", "seed", "shrink"),
    )
}

WORDS = {
    "charset": CHARSETS,
    "keep": ("failed",),
    "show": ("scenarios", "rules"),
    "shared_tenant": ("yes", "no"),
    "insecure": ("yes", "no"),
    "junit": ("behave",),
}

# The lowest and the highest value of each number.
NUMBERS = {"stories": (1, None), "seed": (0, None), "parallel": (1, 64), "shrink": (0, None), "rate": (1, None)}

# Settings that one part of the suite passes to another: under -D, and as environment variables of workers.
INTERNAL = {"record", "worker"}
INTERNAL_VARIABLES = {
    "throttle": "RAGFLOW_THROTTLE_FILE",
    "start_command": "RAGFLOW_START_COMMAND",
    "removes_by_id": "RAGFLOW_REMOVES_BY_ID",
}

# A setting of programs that run behave several times in parallel.
FOREIGN = {"worker_id"}


@dataclass(frozen=True)
class Settings:
    """What the user chose; None is the default. The keys are never shown.

    ``url`` is the address before ``/api/v1``, without a slash at its end. ``charset`` is that of the embedded server's
    database connection; a worker gets the detected one. ``keep`` is ``failed`` to keep the
    assistants of failed scenarios. ``show`` is what the terminal has a line for: ``scenarios`` or ``rules``; the
    formatter, which exists before the run begins, reads it by itself. ``junit`` is ``behave`` for the layout of
    behave's own JUnit files. ``shared_tenant`` allows a tenant with assistants of its own, and ``insecure`` any
    certificate. ``rate`` is the limit of requests a second, ``parallel`` the number of scenarios that run at a time.
    ``stories`` random stories are chosen by ``seed``; one that fails is shrunk for ``shrink`` seconds. ``worker`` is
    the id of the worker that this run is, if it is one; its parent shares the file of its ``throttle``, and names the
    ``start_command`` of the embedded server; ``removes_by_id`` is ``yes`` if it may remove assistants so.
    """

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    other_api_key: str | None = field(default=None, repr=False)
    release: str | None = None
    charset: str | None = None
    shared_tenant: str = "no"
    insecure: str = "no"
    rate: int | None = None
    parallel: int = 1
    keep: str | None = None
    show: str | None = None
    junit: str | None = None
    stories: int = 100
    seed: int = field(default_factory=lambda: secrets.randbelow(1_000_000), compare=False)
    shrink: int = 30
    worker: str = ""
    throttle: int | None = None
    start_command: str = ""
    removes_by_id: str = "no"

    @classmethod
    def read(cls, environment: Mapping[str, str], defines: Mapping[str, str]) -> Self:
        """Read the settings; ``-D name=value`` takes precedence over the environment, and blank means not set.

        Raises CannotRun, with a sentence that names the setting, if one is malformed.
        """
        for define in sorted(defines.keys() - VARIABLES.keys() - INTERNAL - FOREIGN):
            # A dot separates the name of another formatter or runner from its setting.
            if "." not in define:
                similar = get_close_matches(define.lower(), VARIABLES, 1)
                hint = f"did you mean '{similar[0]}'?" if similar else f"the settings are: {', '.join(VARIABLES)}."
                raise CannotRun(f"unknown setting '{define}'; {hint}")
        given = {name: (defines.get(name) or environment.get(VARIABLES[name]) or "").strip() for name in VARIABLES}
        chosen: dict[str, Any] = {name: value for name, value in given.items() if value}
        _check_keys(chosen)
        for name, words in WORDS.items():
            if name in chosen and chosen[name] not in words:
                raise CannotRun(f"{name_of(name)} is '{chosen[name]}'. Set it to {' or '.join(words)}.")
        if "url" in chosen:
            chosen["url"] = checked_url(chosen["url"], name_of("url"))
        chosen |= {name: _number(name, chosen[name]) for name in NUMBERS if name in chosen}
        worker = defines.get("worker", "")
        if "url" in chosen and "charset" in chosen and not worker:
            raise CannotRun(
                f"{name_of('charset')} is for the embedded server. Unset it: "
                "the run detects the character set of your RAGFlow's database connection."
            )
        if worker and (file := environment.get(INTERNAL_VARIABLES["throttle"])):
            chosen["throttle"] = int(file)
            chosen["start_command"] = environment.get(INTERNAL_VARIABLES["start_command"], "")
            chosen["removes_by_id"] = environment.get(INTERNAL_VARIABLES["removes_by_id"], "no")
        return cls(**chosen, worker=worker)

    @property
    def variables(self) -> dict[str, str]:
        """The settings as environment variables."""
        values = {variable: getattr(self, name) for name, variable in (VARIABLES | INTERNAL_VARIABLES).items()}
        return {variable: str(value) for variable, value in values.items() if value is not None}


def name_of(setting: str) -> str:
    """Return the name of a setting for messages: ``RAGFLOW_URL (or -D url=...)``."""
    return f"{VARIABLES[setting]} (or -D {setting}=...)"


def _number(name: str, value: str) -> int:
    least, most = NUMBERS[name]
    number = int(value) if re.fullmatch(r"\d{1,18}", value, re.ASCII) else -1
    if number < least or number > (most or number):
        limits = f"from {least} to {most}" if most else f"of at least {least}"
        raise CannotRun(f"{name_of(name)} is '{value}'. Set it to a whole number {limits}.")
    return number


def _check_keys(chosen: Mapping[str, str]) -> None:
    for name in ("api_key", "other_api_key"):
        if name not in chosen:
            continue
        if not re.fullmatch(r"[!-~]+", chosen[name]):
            raise CannotRun(
                f"{name_of(name)} is not an API key: it contains a space or a character that no key has. "
                "Copy the key once more from RAGFlow's page of API keys."
            )
        if len(chosen[name]) < MIN_LENGTH:
            raise CannotRun(
                f"{name_of(name)} is too short: reports cannot hide a key of fewer than {MIN_LENGTH} characters. "
                "Set it to a longer key."
            )
        if "url" not in chosen:
            raise CannotRun(
                f"{name_of(name)} is set, but {name_of('url')} is not. Set both to test your own RAGFlow, "
                "or neither to test the embedded server."
            )
    if "url" in chosen and "api_key" not in chosen:
        raise CannotRun(f"{name_of('url')} is set, but {name_of('api_key')} is not. Set it to a key of that RAGFlow.")
    if "api_key" in chosen and chosen["api_key"] == chosen.get("other_api_key"):
        raise CannotRun(
            f"{name_of('other_api_key')} is the same key as {name_of('api_key')}. "
            "Set it to a key of another tenant, or leave it unset."
        )


def checked_url(url: str, setting: str) -> str:
    """Return the part before ``/api/v1``. Raise CannotRun, which names the setting, if the address is malformed."""
    hint = f"Set {setting} to an address like http://localhost:9380."
    if "@" in url:
        raise CannotRun(f"The address must not contain a user name or a password. {hint}")
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or re.search(r"[\s?#]", url):
        raise CannotRun(f"'{url}' is not the address of a RAGFlow. {hint}")
    return url.rstrip("/").removesuffix("/api/v1").rstrip("/")
