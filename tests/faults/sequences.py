"""Faults that only a sequence of requests reveals, because a state outlives its request.

One shows only with a number of sessions that no written scenario has.
"""

from collections.abc import Callable
from typing import Any

from flask import g, request

from embedded_ragflow import assistants, sessions
from embedded_ragflow.calls import deleting
from embedded_ragflow.database import Conversation
from embedded_ragflow.deletion import Tally
from tests.faults import on
from tests.faults.authentication import around_rejection
from tests.faults.database import delete_in, delete_where, is_valid_assistant
from tests.faults.fault import fault
from tests.faults.listing import around_list
from tests.faults.names import before_renaming
from tests.faults.ownership import check_owner
from tests.faults.patching import CREATE_SESSION, DELETE_SESSIONS, RELEASE, wrap
from tests.faults.requests import is_deletion, requested_chat, sent_ids
from tests.faults.side_effects import after, after_foreign_attempt


def after_creation(then: Callable[[Conversation], object]) -> None:
    """Call `then(session)` after a session was created."""

    def create(original, *arguments):
        session = original(*arguments)
        then(session)
        return session

    wrap(sessions, "create", create)


def restore(gone: list[Conversation]) -> None:
    for session in gone:
        session.save(force_insert=True)


@fault("EXPLORE-1 EXPLORE-2", "After all sessions were deleted, the next write deletes them again.")
def emptying_is_repeated():
    emptied: set[str] = set()

    def authenticate(original, header):
        chat_id = requested_chat()
        if chat_id in emptied and request.method != "GET" and delete_in([chat_id]):
            emptied.discard(chat_id)
        return original(header)

    on.last_session_deleted(emptied.add)
    wrap(RELEASE, "authenticate", authenticate)


@fault("EXPLORE-1", "The last session of every list but the first stays.")
def last_of_a_later_list_stays():
    earlier: set[str] = set()

    def select(original, payload, all_ids):
        chosen, ids, existing = original(payload, all_ids), sent_ids(), all_ids()
        is_later = requested_chat() in earlier and len(ids) > 1 and all(one in existing for one in ids)
        g.kept = ids[-1] if is_later else None
        return chosen

    on.selection(select)
    on.keep(lambda session: session.id == g.kept)
    after("complete", lambda _, chat_id: earlier.add(chat_id))


@fault("EXPLORE-1 REPEATED-3", "A new session restores deleted ones of its name, in all assistants.")
def new_session_restores_the_one_of_its_name():
    bins: dict[str, dict[str, Conversation]] = {}

    def delete_into_bin(delete, session):
        delete(session.id)
        bins.setdefault(session.dialog_id, {})[str(session.name)] = session
        if not sessions.ids_of_assistant(session.dialog_id):
            bins.pop(session.dialog_id, None)

    def restore_name(session):
        found = [bin.pop(str(session.name), None) for bin in list(bins.values())]
        restore([one for one in found if one])

    on.existing_session(delete_into_bin)
    after_creation(restore_name)


@fault("EXPLORE-1", "Creating or deleting an assistant restores the deleted sessions of all.")
def change_of_assistants_restores_sessions():
    bins: dict[str, dict[str, Conversation]] = {}

    def delete_into_bin(delete, session):
        delete(session.id)
        bins.setdefault(session.dialog_id, {})[session.id] = session

    def change(original, *arguments, **options):
        result = original(*arguments, **options)
        for chat_id in list(bins):
            gone = bins.pop(chat_id, {})
            restore(list(gone.values()) if is_valid_assistant(chat_id) else [])
        return result

    on.existing_session(delete_into_bin)
    wrap(assistants, "create", change)
    wrap(assistants, "delete", change)


@fault("EXPLORE-1", "After another deletion, a deleted session can be deleted again.")
def only_the_last_deletion_is_remembered():
    marked: dict[str, set[str]] = {}
    last: dict[str, set[str]] = {}

    def mark(_, chat_id):
        last[chat_id] = set(sent_ids())
        marked.setdefault(chat_id, set()).update(last[chat_id])

    def exists(original, chat_id, session_id):
        is_forgotten = session_id in marked.get(chat_id, ()) and session_id not in last.get(chat_id, ())
        return original(chat_id, session_id) or is_forgotten

    on.lookup(exists)
    after("complete", mark)


@fault("EXPLORE-1", "Duplicate ids are reported in the next answer too.")
def duplicates_are_reported_again():
    reported: dict[str, list[object]] = {}

    def report(original, release, tally, *rest):
        if is_deletion():
            earlier = reported.get(requested_chat(), [])
            reported[requested_chat()] = tally.repeated
            tally = Tally(tally.deleted, tally.missing, [*earlier, *tally.repeated])
        return original(release, tally, *rest)

    wrap(deleting, "report", report)


@fault("EXPLORE-1", "After all sessions were deleted, the second new one is not listed.")
def second_session_after_emptying_is_not_listed():
    created: dict[str, int] = {}
    hidden: set[str] = set()

    def reset(chat_id):
        created[chat_id] = 0

    def count(session):
        if session.dialog_id in created:
            created[session.dialog_id] += 1
            hidden.update([session.id] if created[session.dialog_id] == 2 else [])

    def of_assistant(original, chat_id):
        found = original(chat_id)
        return found.where(Conversation.id.not_in(hidden)) if request.method == "GET" else found

    on.last_session_deleted(reset)
    after_creation(count)
    wrap(sessions, "of_assistant", of_assistant)


@fault("EXPLORE-1", "Listing four of six sessions deletes a fifth too.", on.deletion)
def deleting_four_of_six_deletes_a_fifth(original, release, tenant_id, chat_id):
    before = sessions.ids_of_assistant(chat_id)
    answer = original(release, tenant_id, chat_id)
    left = sessions.ids_of_assistant(chat_id)
    if (len(before), len(sent_ids()), len(left)) == (6, 4, 2):
        sessions.delete(left[0])
    return answer


@fault("EXPLORE-1 REPEATED-3", "After a deletion, renaming a session renames the next one instead.")
def renaming_after_a_deletion_renames_the_next_session():
    moved: set[str] = set()

    def update(original, session_id, columns):
        chat_id = requested_chat()
        existing = sessions.ids_of_assistant(chat_id)
        position = existing.index(session_id) + (chat_id in moved)
        for one in existing[position : position + 1]:
            original(one, columns)

    on.session_deleted(lambda chat_id, *_: moved.add(chat_id))
    wrap(sessions, "update", update)


@fault("EXPLORE-1", "A new session undoes all renamings, in all assistants.")
def creation_undoes_renamings():
    names: dict[str, str] = {}

    def undo(_):
        for id in list(names):
            if name := names.pop(id, None):
                Conversation.update(name=name).where(Conversation.id == id).execute()

    before_renaming(lambda session: names.setdefault(session.id, str(session.name)))
    after_creation(undo)


@fault("EXPLORE-1", "Deleting all sessions at once keeps renamed ones.")
def renamed_session_stays_if_all_are_deleted():
    renamed: set[str] = set()

    def select(original, payload, all_ids):
        chosen = original(payload, all_ids)
        g.is_all = isinstance(chosen, list) and all(one in chosen for one in all_ids())
        return chosen

    before_renaming(lambda session: renamed.add(session.id))
    on.selection(select)
    on.keep(lambda session: g.get("is_all") and session.id in renamed)


@fault("EXPLORE-1", "A renaming does not invalidate the cached list.")
def list_is_cached_despite_a_renaming():
    cache: dict[object, Any] = {}
    versions: dict[str, object] = {}

    def list_sessions(original, release, tenant_id, chat_id):
        key = (chat_id, request.query_string, versions.get(chat_id))
        if key not in cache or not assistants.is_owned(tenant_id, chat_id):
            cache[key] = original(release, tenant_id, chat_id)
        return cache[key]

    def invalidate(original, release, tenant_id, chat_id):
        try:
            return original(release, tenant_id, chat_id)
        finally:
            versions[chat_id] = object()

    around_list(list_sessions)
    wrap(RELEASE, CREATE_SESSION, invalidate)
    wrap(RELEASE, DELETE_SESSIONS, invalidate)


@fault("EXPLORE-1", "A session requested in a wrong assistant or by another tenant becomes unknown.")
def session_unknown_to_one_is_unknown_to_all():
    unknown: set[object] = set()

    def exists(original, chat_id, session_id):
        found = session_id not in unknown and original(chat_id, session_id)
        if not found and session_id is not None:
            unknown.add(session_id)
        return found

    on.lookup(exists)
    after_foreign_attempt(lambda _: unknown.update(sent_ids()))


@fault("EXPLORE-1", "A rejected deletion is carried out with the next valid one.")
def rejected_deletion_is_carried_out_with_the_next():
    waiting: dict[str, set[str]] = {}

    def enqueue(chat_id):
        waiting.setdefault(chat_id, set()).update(sent_ids())

    def carry_out(chat_id, *_):
        others = waiting.pop(chat_id, set()).difference(sent_ids())
        delete_where(Conversation.dialog_id == chat_id, Conversation.id.in_(others))

    around_rejection(lambda: enqueue(requested_chat()))
    after_foreign_attempt(enqueue)
    on.session_deleted(carry_out)


@fault("EXPLORE-1", "After a refused request, the next deletion has no effect.")
def deletion_after_a_refused_one_is_lost():
    pending: dict[str, bool] = {}

    def exists(original, chat_id, session_id):
        g.has_searched = True
        return original(chat_id, session_id)

    def delete_sessions(original, release, tenant_id, chat_id):
        try:
            return original(release, tenant_id, chat_id)
        except Exception:
            if "has_searched" not in g:
                pending[chat_id] = True
            raise

    on.lookup(exists)
    on.deletion(delete_sessions)
    on.keep(lambda session: g.setdefault("is_lost", pending.pop(session.dialog_id, False)))


@fault("EXPLORE-1", "After the owner's deletion, any tenant can delete in the assistant.")
def deletion_opens_the_assistant_to_all_tenants():
    opened: set[str] = set()

    def is_owned(original, tenant_id, chat_id):
        if original(tenant_id, chat_id):
            opened.update({chat_id} if is_deletion() else ())
            return True
        return is_deletion() and chat_id in opened and is_valid_assistant(chat_id)

    check_owner(is_owned)
