"""Sandboxes on an embedded server, and somebody who stands between the two."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials
from acceptance.sandbox.sandbox import Sandbox
from tests.acceptance.embedded_process import OWN_KEY, Embedded
from tests.acceptance.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

Tamper = Callable[[Seen], Reply | Misconduct | None]


def sandbox_on(ragflow: RAGFlow) -> Sandbox:
    return Sandbox(ragflow, nullcontext)


@contextmanager
def in_the_way(embedded: Embedded, tamper: Tamper) -> Iterator[tuple[Sandbox, StandIn]]:
    """A sandbox whose requests ``tamper`` answers where it likes to, and the embedded server where not."""

    def react(seen: Seen) -> Reply | Misconduct:
        return tamper(seen) or forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY), read_limit=5)
        yield sandbox_on(ragflow), between


def untouched(_: Seen) -> None:
    """Leave every request to the embedded server."""
