"""Deletions that several users request at the same time."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain

from acceptance.ragflow.listings import Session
from acceptance.ragflow.throttle import Throttle
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Exchange, Sender
from acceptance.sandbox.view import sessions_of
from acceptance.threads import Result, run_in_threads

# Seconds to wait for the other users. Longer than an answer may take.
BARRIER_TIMEOUT = 90.0


def delete_one_by_one(sender: Sender, lists: Mapping[Assistant, Sequence[str]], workers: int) -> None:
    """Delete each session in its own request, ``workers`` requests at a time. The assistants take turns."""
    pairs = chain.from_iterable(zip(lists, ids, strict=True) for ids in zip(*lists.values(), strict=True))
    calls = [partial(sender.delete, assistant, [id]) for assistant, id in pairs]
    title = f"deleting {len(calls):,} sessions one by one"
    run_in_threads(lambda call: call(), calls, workers=workers, title=title)


def delete_in_rounds(sender: Sender, assistant: Assistant, people: int) -> list[list[Exchange]]:
    """Delete one session in each round: all people send the same request at the same time. Return each round."""
    calls = [partial(sender.delete, assistant, [id]) for id in assistant.session_ids]
    rounds = zip(*_call_together([calls] * people, assistant.owner.server.throttle), strict=True)
    return [list(exchanges) for exchanges in rounds]


def delete_together(sender: Sender, assistant: Assistant, lists: Sequence[Sequence[str]]) -> None:
    """Delete each list of sessions in one request, all at the same time."""
    # The first call connects, so that only the deletion follows the second barrier.
    calls: list[list[Callable[[], object]]] = [
        [partial(sessions_of, assistant), partial(sender.delete, assistant, ids)] for ids in lists
    ]
    _call_together(calls, assistant.owner.server.throttle)


def delete_among_others(sender: Sender, sandbox: Sandbox, assistant: Assistant, new: int) -> list[Session]:
    """Delete each session; at the same time create ``new`` ones, which are returned, and read the list repeatedly."""
    calls: list[Callable[[], object]] = []
    for id in assistant.session_ids:
        calls += [partial(sender.delete, assistant, [id]), partial(sessions_of, assistant)]
    for number in range(1, new + 1):
        calls.insert(3 * number - 1, partial(sandbox.create_session, assistant, f"new session {number}"))
    results = run_in_threads(lambda call: call(), calls, workers=8, title="")
    return [result for result in results if isinstance(result, Session)]


def _call_together(calls: Sequence[Sequence[Callable[[], Result]]], throttle: Throttle | None) -> list[list[Result]]:
    """Make the calls of several people, a list for each. All of them make their next call at the same time."""
    people = len(calls)
    barrier = threading.Barrier(people, partial(throttle.wait_for_group, people) if throttle else None)

    def take_part(own: Sequence[Callable[[], Result]]) -> list[Result]:
        results = []
        try:
            for call in own:
                barrier.wait(BARRIER_TIMEOUT)
                if throttle:
                    throttle.join_group(people)
                results.append(call())
        except BaseException:
            # Release the others: this person will not come back.
            barrier.abort()
            raise
        return results

    return run_in_threads(take_part, calls, workers=people, title="")
