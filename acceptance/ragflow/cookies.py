"""Tell the cookies of gateways from those of RAGFlow."""

import re
from collections.abc import Sequence

from acceptance.ragflow.printable import printable

# What load balancers call their cookies: AWS, nginx, Cloudflare, HAProxy, Azure, F5, Google, Traefik and others.
WELL_KNOWN = re.compile(
    r"AWS[AE]LB[\w-]*|route|INGRESSCOOKIE|__cf\w+|_cfuvid|cf_\w+|SERVERID|SRV|ARRAffinity\w*|GCLB|GCILB|stickyid|"
    r"ApplicationGatewayAffinity\w*|ASLBSA\w*|BIGipServer.*|TS[0-9a-f]{6,}|_traefik\w*|NSC_.*|incap_ses_.*|"
    r"visid_incap_.*|nlbi_.*|ak_bmsc|bm_\w+",
    re.IGNORECASE,
)

# A login, by its name or by a value that is signed: a JSON Web Token, or what Flask and itsdangerous sign.
LOGIN = re.compile(
    r"(__\w+-)?((ragflow|flask|user)[_-]?)?session([_-]?id)?=.*|[^=]*(token|auth|login|jwt)[^=]*=.*|"
    r'[^=]*="?(\.?[\w-]+\.){1,2}[\w-]{27,}"?',
    re.IGNORECASE,
)

# A cookie on fewer answers might also be RAGFlow's.
MIN_ANSWERS = 3


class GatewayCookies:
    """Learns which cookies a gateway sets: those on every answer, and those of answers that RAGFlow did not write."""

    def __init__(self) -> None:
        self._answers = 0
        self._on_every_answer, self._foreign = set[str](), set[str]()

    def learn(self, cookies: Sequence[str], *, is_ragflow: bool) -> None:
        """Learn from the Set-Cookie headers of an answer."""
        names = {_name(cookie) for cookie in cookies if not _is_login(cookie)}
        if is_ragflow:
            self._on_every_answer = self._on_every_answer & names if self._answers else names
            self._answers += 1
        else:
            self._foreign |= names

    def without(self, cookies: Sequence[str]) -> tuple[str, ...]:
        """Return the Set-Cookie headers that no gateway has set."""
        names = self._names
        return tuple(each for each in cookies if _is_login(each) or not (_name(each) in names or _is_known(each)))

    @property
    def note(self) -> str:
        """A sentence about the cookies that were learned; empty if there are none."""
        names = printable(", ".join(sorted(self._names)))
        return f"note: a gateway sets the cookies {names}; they are not RAGFlow's and fail no rule" if names else ""

    @property
    def _names(self) -> set[str]:
        return self._foreign | (self._on_every_answer if self._answers >= MIN_ANSWERS else set())


def _name(cookie: str) -> str:
    return cookie.partition("=")[0].strip()


def _is_known(cookie: str) -> bool:
    return WELL_KNOWN.fullmatch(_name(cookie)) is not None


def _is_login(cookie: str) -> bool:
    return not _is_known(cookie) and LOGIN.fullmatch(cookie.partition(";")[0].strip()) is not None
