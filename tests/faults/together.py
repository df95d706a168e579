"""Who else is there: faults that show only where requests meet."""

import threading
import time
from collections.abc import Callable
from typing import Any

from embedded_ragflow import deletion, sessions
from embedded_ragflow.database import Conversation
from embedded_ragflow.deletion import Tally
from embedded_ragflow.release import Release
from tests.faults.catalogue import DELETE_SESSIONS, Rules, fault, replace
from tests.faults.keys import Authenticate, is_deletion
from tests.faults.owners import DeleteSession, DeleteSessions

# Seconds that make sure that requests meet.
PAUSE = 0.02


@fault("CONCURRENT-2", releases=("0.24", "0.27"))
def two_delete_the_same_session(rules: Rules) -> None:
    """Between looking for a session and deleting it, somebody else may delete it as well."""

    def delete_session(chat_id: str, session_id: object) -> int | None:
        if not sessions.exists(chat_id, session_id):
            return None
        time.sleep(PAUSE)
        sessions.delete(session_id)
        return 1

    replace(rules, "delete_session", lambda _: delete_session)


@fault("CONCURRENT-2")
def session_that_two_delete_is_unknown_to_both(rules: Rules) -> None:
    """Who meets another one at the same session hears that it is not there, the one who deleted it as well."""
    asked: list[tuple[str, object]] = []

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            asked.append((chat_id, session_id))
            time.sleep(PAUSE)
            count = original(chat_id, session_id)
            return count if asked.count((chat_id, session_id)) == 1 else None

        return delete_session

    replace(rules, "delete_session", make)


def one_at_a_time(rules: Rules, otherwise: Callable[[], int | None]) -> None:
    """Delete one session at a time, and do something else where another deletion is under way."""
    lock = threading.Lock()

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            if not lock.acquire(blocking=False):
                return otherwise()
            try:
                time.sleep(PAUSE / 10)
                return original(chat_id, session_id)
            finally:
                lock.release()

        return delete_session

    replace(rules, "delete_session", make)


@fault("CONCURRENT-1 CONCURRENT-5")
def deletion_is_lost_beside_another(rules: Rules) -> None:
    """A deletion that meets another one is not carried out, and told as done."""
    one_at_a_time(rules, lambda: 1)


@fault("CONCURRENT-1 CONCURRENT-5")
def session_is_unknown_beside_another(rules: Rules) -> None:
    """A session that is locked by another deletion is not found."""
    one_at_a_time(rules, lambda: None)


@fault("CONCURRENT-1 CONCURRENT-5")
def deletion_fails_beside_another(rules: Rules) -> None:
    """A deletion that meets another one ends in an error of the database."""

    def fail() -> None:
        raise RuntimeError("database is locked")

    one_at_a_time(rules, fail)


@fault("CONCURRENT-5")
def sessions_that_are_new_are_lost(rules: Rules) -> None:
    """The list is read, changed and written back: what was created meanwhile is gone."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            before = sessions.ids_of_assistant(chat_id)
            time.sleep(PAUSE)
            here = Conversation.dialog_id == chat_id
            Conversation.delete().where(here, Conversation.id.not_in(before)).execute()
            return original(chat_id, session_id)

        return delete_session

    replace(rules, "delete_session", make)


@fault("CONCURRENT-3 CONCURRENT-4")
def answers_are_mixed_up(_: Rules) -> None:
    """What is to be told is kept where the next request puts its own."""
    kept: list[Tally] = []

    def make(original: Callable[..., Tally]) -> Callable[..., Tally]:
        def delete_each(*how: Any) -> Tally:
            tally = original(*how)
            kept[:] = [tally]
            time.sleep(PAUSE)
            return kept[0]

        return delete_each

    replace(deletion, "delete_each", make)


@fault("CONCURRENT-6")
def assistants_are_mixed_up(rules: Rules) -> None:
    """Which assistant is meant is kept where the next request puts its own."""
    kept: list[str] = []

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            kept[:] = [chat_id]
            time.sleep(PAUSE)
            return original(release, tenant_id, kept[0])

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


@fault("CONCURRENT-7")
def callers_are_mixed_up(rules: Rules) -> None:
    """Who asks is kept where the next request puts its own."""
    kept: list[str] = []

    def make(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            kept[:] = [original(header)]
            time.sleep(PAUSE if is_deletion() else 0)
            return kept[0]

        return authenticate

    replace(rules, "authenticate", make)


@fault("CONCURRENT-3")
def fifth_person_is_turned_away(rules: Rules) -> None:
    """No more than four requests are served at a time."""
    places = threading.BoundedSemaphore(4)

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            if not places.acquire(blocking=False):
                raise RuntimeError("too many connections")
            try:
                time.sleep(PAUSE)
                return original(release, tenant_id, chat_id)
            finally:
                places.release()

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)
