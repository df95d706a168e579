"""Gateways between the run and RAGFlow: they set cookies, limit the rate, serve RAGFlow below a path, and end TLS."""

import itertools
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from tests.runs.situations.catalogue import Observed, Workplace, alike, situation
from tests.unit.certificates import certificate_of_this_machine
from tests.unit.stand_in import Reaction, Reply, Seen, StandIn, forwarded, json_reply


def observe(workplace: Workplace, react: Reaction, *options: str, path: str = "") -> Observed:
    with StandIn(react) as gateway:
        return workplace.observe(*options, settings={**workplace.settings, "RAGFLOW_URL": f"{gateway.url}{path}"})


@situation
def cookies_of_a_load_balancer(workplace: Workplace) -> Observed:
    numbers = itertools.count()

    def react(seen: Seen) -> Reply:
        reply = forwarded(workplace.embedded.url, seen)
        cookies = (
            f"lb={next(numbers)}; Path=/\r\nSet-Cookie: AWSALB={next(numbers)}; Expires=Tue, 01 Dec 2026 00:00:00 GMT"
        )
        return replace(reply, headers={**reply.headers, "Set-Cookie": cookies})

    observed = observe(workplace, react, "--tags=@INSIDE-3 or @INSIDE-5 or @INSIDE-6")
    assert observed.finished.out.count("note: a gateway sets the cookies AWSALB, lb;") == 1
    return observed


@situation
def below_a_path(workplace: Workplace) -> Observed:
    """RAGFlow redirects to an address that lacks the path of the gateway."""

    def react(seen: Seen) -> Reply:
        if not seen.path.startswith("/ragflow/"):
            return Reply(404, b"<h1>404 Not Found</h1>")
        return forwarded(workplace.embedded.url, replace(seen, path=seen.path.removeprefix("/ragflow")))

    return observe(workplace, react, "--tags=@ASSISTANT-1", path="/ragflow/")


class RateLimit:
    """Accepts so many requests a second, and so many at once."""

    def __init__(self, workplace: Workplace, rate: float, size: int) -> None:
        self._url, self._rate, self._size = workplace.embedded.url, rate, size
        self._tokens, self._at, self._lock = float(size), time.monotonic(), threading.Lock()
        self.rejected = 0

    def __call__(self, seen: Seen) -> Reply:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens < 1:
                self.rejected += 1
                return json_reply({"message": "API rate limit exceeded"}, 429, **{"Retry-After": "0.2"})
            self._tokens -= 1
        return forwarded(self._url, seen)


@situation
def rate_limit(workplace: Workplace) -> Mapping[str, Observed]:
    limit = RateLimit(workplace, rate=50, size=15)
    enough = observe(workplace, limit, "--tags=@CHOICE-1 or @CONCURRENT-4", "-D", "parallel=2")
    # A slow machine may stay below the limit, or exceed it only while the run removes what it created.
    has_note = "retries after the server said that it was busy" in enough.finished.out
    assert has_note or limit.rejected < 5
    assert limit.rejected or not has_note
    few = observe(workplace, RateLimit(workplace, rate=150, size=2), "--tags=@CONCURRENT-4", "-D", "release=0.20")
    assert "this scenario sends 4 requests at the same time, and the rate limit allows fewer" in few.finished.out
    return {"enough": enough, "too few at once": few}


@situation
def private_certificate(workplace: Workplace) -> Observed:
    file = certificate_of_this_machine(workplace.folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with StandIn(lambda seen: forwarded(workplace.embedded.url, seen), tls=context) as gateway:
        settings = {**workplace.settings, "RAGFLOW_URL": gateway.url}
        trusted = workplace.observe("--tags=@CHOICE-1", settings={**settings, "REQUESTS_CA_BUNDLE": str(file)})
        insecure = workplace.observe("--tags=@CHOICE-1", "-D", "insecure=yes", "-D", "parallel=2", settings=settings)
    assert insecure.finished.out.count("WARNING: any certificate is accepted") == 1
    assert "InsecureRequestWarning" not in insecure.finished.out + insecure.finished.err
    assert "WARNING" not in trusted.finished.out
    return alike([trusted, insecure])
