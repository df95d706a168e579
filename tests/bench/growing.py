"""One measurement of what grows: ``python -m tests.bench.growing NAME URL ...``, a process of its own for its memory.

It prints what it has measured, as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from hamcrest import assert_that

from acceptance.contract.contract import contract_of, read_release
from acceptance.contract.shapes import check_shape
from acceptance.matchers.matchers import answers, are_exactly
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import Session, created
from acceptance.ragflow.messages import Content, Credentials, Json
from acceptance.sandbox.sandbox import Assistant, Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from tests.bench.memory import peak_memory
from tests.support.servers import OWN_KEY

RELEASE = "0.20"

# Seconds: far more than the longest deletion takes.
LIMIT = 600.0

# How many sessions are created and deleted by all clients together, and beside other assistants.
SESSIONS_OF_ALL, SESSIONS_BESIDE = 1_280, 200

Measured = dict[str, object]


def client(url: str) -> RAGFlow:
    return RAGFlow(url, Credentials.of("the tenant's API key", OWN_KEY), read_limit=LIMIT)


def one_request(url: str, chat: str, file: str) -> Measured:
    """Delete the sessions of this file in one request, as the specification does it, and look at what it looks at.

    Of the seconds, ``server`` is the time until its answer, and ``suite`` all others.
    """
    contract = contract_of(read_release(RELEASE))
    ragflow = client(url)
    ragflow.check = lambda answer: check_shape(contract.schema, answer)
    ids = Path(file).read_text().split()
    assistant = Assistant(chat, "", ragflow, sessions=tuple(Session(id, "a session") for id in ids))
    sender = Sender(Sandbox(ragflow, nullcontext))
    began = time.perf_counter()
    exchange = sender.delete(assistant, assistant.session_ids)
    expected = contract.outcome("everything listed is deleted", exchange.selection, exchange.values)
    assert_that(exchange.answer, answers(expected))
    seconds = time.perf_counter() - began - exchange.answer.seconds
    assert_that(sessions_of(assistant), are_exactly(()))
    return {"server": exchange.answer.seconds, "suite": seconds}


def at_once(url: str, clients: str) -> Measured:
    """Sessions are created and deleted one by one, by so many clients with an assistant each.

    Returns the seconds of all, and those of each deletion.
    """
    ragflow = client(url)

    def work(number: int) -> list[float]:
        chat = str(created(ragflow.create_assistant(f"assistant {number}"))["id"])
        return [delete_one(ragflow, chat) for _ in range(SESSIONS_OF_ALL // int(clients))]

    began = time.perf_counter()
    with ThreadPoolExecutor(int(clients)) as pool:
        deletions = list(pool.map(work, range(int(clients))))
    return {"seconds": time.perf_counter() - began, "deletions": [each for some in deletions for each in some]}


def delete_one(ragflow: RAGFlow, chat: str) -> float:
    """How long it takes to delete a session that was just created."""
    id = str(created(ragflow.create_session(chat, "a session"))["id"])
    return ragflow.delete_sessions(chat, Content.json({"ids": list[Json]([id])})).seconds


def among_others(url: str) -> Measured:
    """The seconds of a session of one assistant, from its creation over a look at the list to its deletion."""
    ragflow = client(url)
    sandbox = Sandbox(ragflow, nullcontext)
    began = time.perf_counter()
    assistant = sandbox.create_assistant(SESSIONS_BESIDE)
    assert_that(sessions_of(assistant), are_exactly(assistant.sessions))
    for id in assistant.session_ids:
        ragflow.delete_sessions(assistant.id, Content.json({"ids": list[Json]([id])}))
    assert_that(sessions_of(assistant), are_exactly(()))
    return {"seconds": (time.perf_counter() - began) / SESSIONS_BESIDE}


WAYS: dict[str, Callable[..., Measured]] = {
    "one-request": one_request,
    "at-once": at_once,
    "among-others": among_others,
}


if __name__ == "__main__":
    _, way, *arguments = sys.argv
    measured = WAYS[way](*arguments)
    print(json.dumps({**measured, "memory": peak_memory("self")}))
