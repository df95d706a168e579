"""Sandboxes on an embedded server, on somebody who stands between the two, and on one that only looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials
from acceptance.sandbox.sandbox import Assistant, Sandbox
from acceptance.sandbox.sender import Sender
from tests.support.servers import OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

Tamper = Callable[[Seen], Reply | Misconduct | None]


def sandbox_on(ragflow: RAGFlow) -> Sandbox:
    return Sandbox(ragflow, nullcontext)


@contextmanager
def swept(ragflow: RAGFlow) -> Iterator[Sandbox]:
    """A sandbox of which nothing is left behind, not even its bystander."""
    sandbox = sandbox_on(ragflow)
    yield sandbox
    sandbox.clear_all()


def of_scenarios(embedded: Embedded) -> list[str]:
    """The names of the assistants that are there, without the one that no scenario touches."""
    return [name for name in embedded.assistants() if not name.endswith(" bystander")]


@contextmanager
def in_the_way(embedded: Embedded, tamper: Tamper) -> Iterator[tuple[Sandbox, StandIn]]:
    """A sandbox whose requests ``tamper`` answers where it likes to, and the embedded server where not.

    Everything in it is removed behind the block, so ``tamper`` must have come to rest by then.
    """

    def react(seen: Seen) -> Reply | Misconduct:
        return tamper(seen) or forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY), read_timeout=5)
        with swept(ragflow) as sandbox:
            yield sandbox, between


def untouched(_: Seen) -> None:
    """Leave every request to the embedded server."""


class Looking:
    """An assistant on a server that only looks at what is sent."""

    def __init__(self, server: StandIn) -> None:
        sandbox = sandbox_on(RAGFlow(server.url, Credentials.of("the tenant's API key", OWN_KEY)))
        self.server, self.sender = server, Sender(sandbox)
        self.assistant = Assistant("0a" * 16, "mine", sandbox.ragflow)
        sandbox.names.update(
            {"ASSISTANT": self.assistant.id, "SESSION-1": "1b" * 16, "OTHER-ASSISTANT": "nobodys", "TENANT": "7e7e"}
        )
        # As if the run had created it.
        sandbox._own_ids[self.assistant.entry] = self.assistant.id

    @property
    def seen(self) -> Seen:
        [seen] = self.server.seen
        return seen
