"""Faults in deleting sessions."""

import threading
from collections.abc import Callable
from itertools import pairwise

from flask import g, request

from embedded_ragflow import deletion, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from embedded_ragflow.database import database
from embedded_ragflow.deletion import Tally
from tests.faults import on
from tests.faults.fault import fault
from tests.faults.patching import wrap
from tests.faults.requests import requested_chat


@fault("CHOICE-2 CHOICE-3", "The last of several listed sessions stays.", on.deletion_of_list)
def last_of_several_stays(original, ids, delete):
    return original(ids, lambda one: 1 if len(set(ids)) > 1 and one == ids[-1] else delete(one))


@fault("CHOICE-3", "The last session of an assistant stays.", on.session)
def last_session_of_an_assistant_stays(original, chat_id, session_id):
    return 1 if len(sessions.ids_of_assistant(chat_id)) == 1 else original(chat_id, session_id)


@fault("CONCURRENT-1", "Only the newest 30 sessions can be deleted.", on.lookup)
def only_sessions_of_the_first_page_are_found(original, chat_id, session_id):
    newest = sessions.ids_of_assistant(chat_id)[-30:]
    return original(chat_id, session_id) and (session_id is None or session_id in newest)


@fault("CHOICE-1 CHOICE-2", "The next session is deleted too.", on.session_deleted)
def next_session_is_deleted_too(_, session_id, before):
    for one, following in pairwise(before):
        if one == session_id:
            sessions.delete(following)


def delete_others(choose: Callable[[list[str], int], list[str]]) -> None:
    """Delete `choose(all_ids, count)` instead of the listed sessions."""

    def select(original, payload, all_ids):
        chosen, existing = original(payload, all_ids), all_ids()
        return choose(existing, len(chosen)) if chosen and set(chosen) <= set(existing) else chosen

    on.selection(select)


newest_sessions_are_deleted_instead = fault("CHOICE-1", "The newest sessions are deleted instead.")(
    delete_others, lambda ids, count: ids[-count:]
)
oldest_sessions_are_deleted_instead = fault("CHOICE-2", "The oldest sessions are deleted instead.")(
    delete_others, lambda ids, count: ids[:count]
)


@fault("CHOICE-2", "All sessions but the listed one are deleted.", wrap, sessions, "delete")
def all_other_sessions_are_deleted(original, session_id):
    for one in sessions.ids_of_assistant(requested_chat()):
        if one != session_id:
            original(one)


nothing_is_deleted = fault("CHOICE-1 CHOICE-2 CHOICE-3 REPEATED-1", "Nothing is deleted.")(
    wrap, sessions, "delete", lambda *_: None
)


@fault("CHOICE-1 EFFECT-5", "Sessions are deleted a second after the answer.")
def deletion_happens_after_the_answer():
    def delete_later(original, session_id):
        with database.connection_context():
            original(session_id)

    def delete(original, session_id):
        timer = threading.Timer(1.0, delete_later, [original, session_id])
        timer.daemon = True
        timer.start()

    wrap(sessions, "delete", delete)


first_requests: dict[str, object] = {}


@fault("CHOICE-8 REPEATED-4", "Only the first deletion request of an assistant deletes.", on.session)
def only_the_first_deletion_of_an_assistant_counts(original, chat_id, session_id):
    is_first = first_requests.setdefault(chat_id, request.environ) is request.environ
    return original(chat_id, session_id) if is_first else 1


@fault("PARTIAL-1", "Sessions after an unknown one stay, as before v0.18.", on.deletion_of_list)
def deletion_stops_at_the_first_unknown_session(original, ids, delete):
    if deletion.repetitions(ids):
        return original(ids, delete)
    for deleted, one in enumerate(ids):
        if delete(one) is None:
            return Tally(deleted, [one], [])
    return Tally(len(ids), [], [])


def roll_back(report: Callable[[Tally], Tally]) -> None:
    """Restore all sessions if one is unknown, and report a changed result."""

    def delete_each(original, ids, delete):
        with database.atomic() as transaction:
            tally = original(ids, delete)
            if tally.missing:
                transaction.rollback()
        return report(tally)

    on.deletion_of_list(delete_each)


unknown_session_restores_the_others = fault(
    "PARTIAL-1 PARTIAL-2", "An unknown session restores the others; a partial deletion is reported."
)(roll_back, lambda tally: tally)
unknown_session_prevents_the_others = fault(
    "PARTIAL-1 PARTIAL-2", "An unknown session prevents the deletion of the others."
)(roll_back, lambda tally: Tally(0, tally.missing, tally.repeated) if tally.missing else tally)


@fault(
    "DUPLICATE-1 DUPLICATE-2 DUPLICATE-3",
    "Duplicate ids are refused after the deletion, as before v0.18.",
    on.deletion_of_list,
)
def duplicates_are_refused_after_the_deletion(original, ids, delete):
    tally = original(ids, delete)
    if tally.repeated:
        raise Refused(DATA_ERROR, f"Duplicate session ids: {tally.repeated[0]}")
    return tally


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3", "A list with duplicate ids deletes nothing.", on.deletion_of_list)
def duplicates_are_refused(original, ids, delete):
    repeated = deletion.repetitions(ids)
    return Tally(0, [], repeated) if repeated else original(ids, delete)


duplicates_are_not_reported = fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3", "Duplicate ids are not reported.")(
    on.deletion_of_list, lambda original, ids, delete: original(list(set(ids)), delete)
)


@fault(
    "DUPLICATE-1 DUPLICATE-2 DUPLICATE-3", "Sessions listed twice are reported, but not deleted.", on.deletion_of_list
)
def duplicates_stay(original, ids, delete):
    tally = original([one for one in ids if ids.count(one) == 1], delete)
    return Tally(tally.deleted, tally.missing, deletion.repetitions(ids))


@fault("DUPLICATE-1 DUPLICATE-2", "A session listed twice is also reported as unknown.", on.deletion_of_list)
def duplicates_are_unknown_the_second_time(_, ids, delete):
    counts = [(one, delete(one)) for one in ids]
    return Tally(sum(count or 0 for _, count in counts), [one for one, count in counts if count is None], [])


unknown_session_counts_as_deleted = fault(
    "REPEATED-1 REPEATED-2 CHOICE-4 PARTIAL-3", "An unknown session counts as deleted."
)(on.session, lambda original, chat_id, session_id: original(chat_id, session_id) or 1)


@fault("PARTIAL-3 REPEATED-1 REPEATED-2 REPEATED-3", "A deleted session can be deleted again.")
def deleted_session_can_be_deleted_again():
    deleted: set[object] = set()

    def delete(original, session_id):
        deleted.add(session_id)
        original(session_id)

    wrap(sessions, "delete", delete)
    wrap(sessions, "exists", lambda original, chat_id, one: original(chat_id, one) or one in deleted)


@fault("CHOICE-3", "Only the first three sessions of a request are deleted.", on.session)
def deletion_ends_after_three(original, chat_id, session_id):
    g.count = g.get("count", 0) + 1
    return original(chat_id, session_id) if g.count <= 3 else 1
