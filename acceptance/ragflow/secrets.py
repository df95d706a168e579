"""Redaction of API keys, login tokens and passwords in whatever a server sends."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

REDACTED = "<API key>"

# A shorter secret could be a part of any word.
MIN_LENGTH = 5

# What RAGFlow's keys begin with. The rest alone is redacted too if it is long enough to be random.
KEY_PREFIX, MIN_RANDOM_LENGTH = "ragflow-", 16

# No key and no encrypted password is longer. A scenario sends 10,000 letters, whose pattern would take a second.
MAX_KEY_LENGTH = 400

# Where answers hold a login token, the hash of a password or a key: those to a registration, a login and a new key.
SECRET_FIELD = re.compile(
    r'"(access_token|password|token|beta)"\s*:\s*("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){1,1000}")'
)
LOGIN_HEADER = "Authorization"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace secrets in any letter case: plain, escaped as in URLs, JSON, Python or HTML, and in base64."""
    for secret in sorted(secrets, key=len, reverse=True):
        for pattern in _patterns(secret) if len(secret) >= MIN_LENGTH else ():
            text = pattern.sub(REDACTED, text)
    return text


def secrets_in(text: str, headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the secrets that an answer brings, each after the name of its field or header."""
    if token := headers.get(LOGIN_HEADER):
        yield LOGIN_HEADER, token
    for name, value in SECRET_FIELD.findall(text):
        # No secret has a half of a surrogate pair.
        yield name, json.loads(value, strict=False).encode("utf-8", "ignore").decode()


@lru_cache(256)
def _patterns(secret: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    rest = secret.removeprefix(KEY_PREFIX)
    core = rest if len(rest) >= MIN_RANDOM_LENGTH else secret
    forms = _forms_of_character if len(secret) <= MAX_KEY_LENGTH else re.escape
    prefix, plain = ("".join(map(forms, part)) for part in (secret.removesuffix(core), core))
    # The first part, and two patterns instead of one, only make the search in a long text five times as fast.
    start = rf"(?=[%&\\{re.escape(secret[0] + core[0])}])"
    return re.compile(f"{start}(?:{prefix})?{plain}", re.IGNORECASE), re.compile("|".join(_base64_forms(core)))


def _forms_of_character(character: str) -> str:
    forms = [rf"\\*{re.escape(character)}" if character in '"/\\' else re.escape(character)]
    for each in {character.lower(), character.upper()}:
        # Text may be escaped more than once: %2561, \\u0061.
        forms.append("".join(f"%(?:25)*{byte:02x}" for byte in each.encode()))
        forms += [rf"\\+(?:u0*|x){ord(point):x}|&#(?:0*{ord(point)}|x0*{ord(point):x});?" for point in each]
    return f"(?:{'|'.join(forms)})"


def _base64_forms(secret: str) -> Iterator[str]:
    """Yield the base64 of the secret inside a longer text: 0, 1 or 2 bytes after the start of a group of three."""
    for text in {secret, secret.lower(), secret.upper()}:
        for offset in range(3):
            data = b"\0" * offset + text.encode()
            # The characters at both ends also depend on what surrounds the secret.
            whole = base64.b64encode(data).decode()[-(-offset * 8 // 6) : len(data) * 8 // 6]
            yield re.sub(r"[+/]", lambda found: r"(?:[+-]|%2[Bb])" if found[0] == "+" else r"(?:\\*/|_|%2[Ff])", whole)
