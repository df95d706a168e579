"""People who do something at the same moment."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

from acceptance.concurrency.parallel import side_by_side
from acceptance.ragflow.listings import Session
from acceptance.sandbox.workspace import Assistant, Exchange, Workspace

# Seconds that somebody waits for the others; more than the longest answer may take.
MEETING_LIMIT = 90.0


def delete_in_turns(workspace: Workspace, assistants: Sequence[Assistant], workers: int) -> list[Exchange]:
    """Delete each session in a request of its own, of one assistant and the other in turn, so many at a time."""
    calls = [
        partial(workspace.delete, assistant, [id])
        for ids in zip(*(assistant.session_ids for assistant in assistants), strict=True)
        for assistant, id in zip(assistants, ids, strict=True)
    ]
    return side_by_side(lambda call: call(), calls, workers=workers, title="")


def delete_in_rounds(workspace: Workspace, assistant: Assistant, people: int) -> list[list[Exchange]]:
    """For each session a round, in which so many people delete it at the same moment."""
    meeting = threading.Barrier(people)

    def take_part(_person: int) -> list[Exchange]:
        return [
            _when_all_are_there(meeting, partial(workspace.delete, assistant, [id])) for id in assistant.session_ids
        ]

    by_person = side_by_side(take_part, range(people), workers=people, title="")
    return [list(exchanges) for exchanges in zip(*by_person, strict=True)]


def delete_together(workspace: Workspace, assistant: Assistant, lists: Sequence[Sequence[str]]) -> list[Exchange]:
    """Somebody for each list, who deletes its sessions in one request; all at the same moment."""
    meeting = threading.Barrier(len(lists))

    def take_part(named: Sequence[str]) -> Exchange:
        # The connection stands before the meeting, so that only the deletion is left to do.
        workspace.sessions_left(assistant)
        return _when_all_are_there(meeting, partial(workspace.delete, assistant, named))

    return side_by_side(take_part, lists, workers=len(lists), title="")


def delete_among_others(workspace: Workspace, assistant: Assistant, new: int) -> tuple[list[Exchange], list[Session]]:
    """Delete each session, and at the same time create so many new ones and read the list again and again."""
    calls: list[Callable[[], object]] = []
    for id in assistant.session_ids:
        calls += [partial(workspace.delete, assistant, [id]), partial(workspace.sessions_left, assistant)]
    for number in range(1, new + 1):
        calls.insert(3 * number - 1, partial(workspace.create_session, assistant, f"new session {number}"))
    results = side_by_side(lambda call: call(), calls, workers=8, title="")
    exchanges = [result for result in results if isinstance(result, Exchange)]
    return exchanges, [result for result in results if isinstance(result, Session)]


def _when_all_are_there(meeting: threading.Barrier, call: Callable[[], Exchange]) -> Exchange:
    try:
        meeting.wait(MEETING_LIMIT)
        return call()
    except BaseException:
        # Nobody waits for somebody who will not come.
        meeting.abort()
        raise
