"""Sandboxes on the embedded server, behind a proxy that a test controls, and on a stand-in for the server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_assistants_by_id
from acceptance.ragflow.messages import Credentials
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.inventory import Assistant, Entry
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from tests.support.servers import OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

# Return an answer in place of the server's, or None.
Tamper = Callable[[Seen], Reply | Misconduct | None]


def sandbox_on(ragflow: RAGFlow) -> Sandbox:
    return Sandbox(ragflow, Guard(is_verified=True), nullcontext)


def new_sender(sandbox: Sandbox) -> Sender:
    return Sender(sandbox, contract_of(Release.named("0.20")))


@contextmanager
def temporary_sandbox(ragflow: RAGFlow) -> Iterator[Sandbox]:
    """A sandbox that is cleared at the end of the block."""
    sandbox = sandbox_on(ragflow)
    yield sandbox
    sandbox.clear_all()


def scenario_assistants(embedded: Embedded) -> list[str]:
    """The names of all assistants except bystanders."""
    return [name for name in embedded.assistants() if not name.endswith(" bystander")]


@contextmanager
def tampered_sandbox(embedded: Embedded, tamper: Tamper = lambda _: None) -> Iterator[tuple[Sandbox, StandIn]]:
    """A sandbox behind a proxy, which records all requests. It is cleared at the end: ``tamper`` must allow that."""
    with StandIn(lambda seen: tamper(seen) or forwarded(embedded.url, seen)) as proxy:
        ragflow = RAGFlow(proxy.url, Credentials.bearer("the tenant's API key", OWN_KEY), read_timeout=5)
        with temporary_sandbox(ragflow) as sandbox:
            yield sandbox, proxy


def ids_of(name: str, owner: RAGFlow) -> list[str]:
    """The ids of the owner's assistants of this name."""
    return [id for id, item in fetch_assistants_by_id(owner).items() if item["name"] == name]


class RecordedSender:
    """A sender for an assistant on a stand-in, as if this run had created it."""

    def __init__(self, server: StandIn) -> None:
        sandbox = sandbox_on(RAGFlow(server.url, Credentials.bearer("the tenant's API key", OWN_KEY)))
        self.server, self.sender = server, new_sender(sandbox)
        self.assistant = Assistant("0a" * 16, "mine", sandbox.ragflow)
        sandbox.names.update(
            {"ASSISTANT": self.assistant.id, "SESSION-1": "1b" * 16, "OTHER-ASSISTANT": "nobodys", "TENANT": "7e7e"}
        )
        sandbox.inventory.created[self.assistant.id] = Entry("mine", sandbox.ragflow, self.assistant.id)

    @property
    def seen(self) -> Seen:
        """The only request that the server received."""
        [seen] = self.server.seen
        return seen
