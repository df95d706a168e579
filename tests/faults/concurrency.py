"""Faults in handling simultaneous requests."""

import threading
import time
from collections.abc import Callable
from typing import Any

from embedded_ragflow import sessions
from embedded_ragflow.database import Conversation
from tests.faults import on
from tests.faults.database import delete_where
from tests.faults.fault import GO, fault
from tests.faults.patching import RELEASE, replace, wrap
from tests.faults.requests import is_deletion, requested_chat

# Seconds that make simultaneous requests overlap.
PAUSE = 0.02

# What a fault shares between requests. A server has only one fault.
latest: list[Any] = []
requested: list[Any] = []
slots = threading.BoundedSemaphore(4)


@fault(
    "CONCURRENT-2",
    "Two simultaneous requests both report that they deleted a session.",
    on.session,
    releases="0.24 0.27",
)
def two_requests_delete_the_same_session(_, chat_id, session_id):
    if not sessions.exists(chat_id, session_id):
        return None
    time.sleep(PAUSE)
    sessions.delete(session_id)
    return 1


@fault("CONCURRENT-2", "Two simultaneous requests both report a session as unknown.", on.session)
def session_is_unknown_to_both_requests(original, *session):
    requested.append(session)
    time.sleep(PAUSE)
    count = original(*session)
    return count if requested.count(session) == 1 else None


def when_locked(otherwise: Callable[[], int | None]) -> None:
    """Delete one session at a time; call `otherwise` if another deletion is in progress."""
    lock = threading.Lock()

    def delete_session(original, chat_id, session_id):
        if not lock.acquire(blocking=False):
            return otherwise()
        try:
            time.sleep(PAUSE / 10)
            return original(chat_id, session_id)
        finally:
            lock.release()

    on.session(delete_session)


simultaneous_deletion_is_lost = fault(
    "CONCURRENT-1 CONCURRENT-5", "A simultaneous deletion reports success, without an effect."
)(when_locked, lambda: 1)
simultaneous_deletion_finds_no_session = fault(
    "CONCURRENT-1 CONCURRENT-5", "A simultaneous deletion reports the session as unknown."
)(when_locked, lambda: None)


@fault("CONCURRENT-1 CONCURRENT-5", "A simultaneous deletion causes a database error.", when_locked)
def simultaneous_deletion_is_an_error():
    raise RuntimeError("database is locked")


@fault("CONCURRENT-5", "A session created during a deletion is lost.", on.session)
def simultaneously_created_session_is_lost(original, chat_id, session_id):
    before = sessions.ids_of_assistant(chat_id)
    time.sleep(PAUSE)
    delete_where(Conversation.dialog_id == chat_id, Conversation.id.not_in(before))
    return original(chat_id, session_id)


@fault("CONCURRENT-3 CONCURRENT-4", "A request reports the result of a simultaneous one.", wrap, RELEASE, "delete_each")
def results_are_mixed_up(original, *arguments):
    latest[:] = [original(*arguments)]
    time.sleep(PAUSE)
    return latest[0]


@fault("CONCURRENT-6", "A request deletes in the assistant of a simultaneous one.", on.deletion)
def assistants_are_mixed_up(original, release, tenant_id, chat_id):
    latest[:] = [chat_id]
    time.sleep(PAUSE)
    return original(release, tenant_id, latest[0])


@fault("CONCURRENT-7", "A request acts for the caller of a simultaneous one.", wrap, RELEASE, "authenticate")
def callers_are_mixed_up(original, header):
    latest[:] = [original(header)]
    time.sleep(PAUSE if is_deletion() else 0)
    return latest[0]


@fault("CONCURRENT-3", "A fifth simultaneous request causes an error.", on.deletion)
def fifth_simultaneous_request_fails(original, release, tenant_id, chat_id):
    if not slots.acquire(blocking=False):
        raise RuntimeError("too many connections")
    try:
        time.sleep(PAUSE)
        return original(release, tenant_id, chat_id)
    finally:
        slots.release()


deletion_holds_up_other_requests = fault(
    "CONCURRENT-8", "A deletion holds up all other requests.", releases=f"0.20 {GO}"
)(replace, RELEASE, "runs_one_call_at_a_time", True)


@fault("CONCURRENT-8", "A deletion of more than 100 sessions also deletes those of other tenants.", on.deletion_of_list)
def long_deletion_reaches_other_tenants(original, ids, delete):
    tally = original(ids, delete)
    if len(ids) > 100:
        delete_where(Conversation.dialog_id != requested_chat())
    return tally
