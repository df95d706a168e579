"""How long calls take on two servers: the same requests to both in turn, on assistants of its own."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from acceptance import interruption
from acceptance.ragflow.listings import read_created
from acceptance.ragflow.messages import Answer, Content
from acceptance.running.settings import Settings
from acceptance.running.target import guard_for, open_target
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sandbox import Sandbox

# The requests of each kind that every server gets.
ROUNDS = 20

Seconds = dict[str, float]


def measure(servers: Sequence[Settings]) -> list[Seconds]:
    """Return the median seconds of each call for each server. Remove everything that was created.

    Raise CannotRun or Inconclusive if a server does not answer, and RuleBroken if it refuses a call.
    """
    measured: list[dict[str, list[float]]] = [{} for _ in servers]
    with ExitStack() as stack:
        rooms = [stack.enter_context(_empty_assistant(each)) for each in servers]
        for _ in range(ROUNDS):
            # In turn, so that both meet the same moments of a busy network.
            for (sandbox, assistant), seconds in zip(rooms, measured, strict=True):
                for call, answer in _calls(sandbox, assistant):
                    seconds.setdefault(call, []).append(answer.seconds)
    return [{call: median(each) for call, each in seconds.items()} for seconds in measured]


@contextmanager
def _empty_assistant(settings: Settings) -> Iterator[tuple[Sandbox, Assistant]]:
    with open_target(settings) as target:
        sandbox = Sandbox(target.ragflow, guard_for(target, settings), interruption.held)
        try:
            yield sandbox, sandbox.create_assistant(0)
        finally:
            sandbox.clear_all()


def _calls(sandbox: Sandbox, assistant: Assistant) -> Iterator[tuple[str, Answer]]:
    """Create a session, list it and delete it."""
    created = assistant.owner.create_session(assistant.id, "measured")
    sandbox.add_session(assistant, created)
    yield "create a session", created
    yield "list one session", assistant.owner.list_sessions(assistant.id)
    content = Content.json({"ids": [str(read_created(created)["id"])]})
    yield "delete a session", assistant.owner.delete_sessions(assistant.id, content)
