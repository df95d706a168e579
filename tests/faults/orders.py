"""One step after another: faults that show only in an order of steps, because something outlives its request.

Or in numbers that no written scenario has. Where a written one notices the fault all the same, it stands with it. Each
says how far it reaches: whether what is done in one assistant does harm in another.
"""

from collections.abc import Callable
from typing import Any

from flask import g, request
from peewee import ModelSelect

from embedded_ragflow import assistants, sessions
from embedded_ragflow.calls import deleting
from embedded_ragflow.database import Conversation
from embedded_ragflow.deletion import Tally, Wording
from embedded_ragflow.release import Release
from tests.faults.catalogue import CREATE_SESSION, DELETE_SESSIONS, LIST_SESSIONS, Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, choose
from tests.faults.deleting import beside
from tests.faults.effects import after, where_turned_away
from tests.faults.keys import Authenticate, is_deletion, when_turned_away
from tests.faults.kinds import at_deletion, at_renaming, stay
from tests.faults.listing import ListSessions
from tests.faults.malformed import sent
from tests.faults.owners import DeleteSessions, IsOwned, is_there

Create = Callable[..., Conversation]
Exists = Callable[[str, object], bool]
ReportDeletion = Callable[..., object]
OfAssistant = Callable[[str], "ModelSelect[Conversation]"]


def at_creation(then: Callable[[Conversation], object]) -> None:
    """Do something else when a session was created."""

    def make(original: Create) -> Create:
        def create(*how: Any) -> Conversation:
            session = original(*how)
            then(session)
            return session

        return create

    replace(sessions, "create", make)


def look_up(change: Callable[[Exists, str, object], bool]) -> None:
    """Look otherwise whether the assistant has a session that is to be deleted; `change` gets the proper way first."""

    def make(original: Exists) -> Exists:
        return lambda chat_id, session_id: (
            change(original, chat_id, session_id) if is_deletion() else original(chat_id, session_id)
        )

    replace(sessions, "exists", make)


def put_back(found: list[Conversation]) -> None:
    for session in found:
        session.save(force_insert=True)


def listed() -> list[str]:
    """The ids that the request lists."""
    payload = sent()
    ids = payload.get("ids") if isinstance(payload, dict) else None
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


# After a deletion


@fault("EXPLORE-1 EXPLORE-2")
def emptying_is_carried_out_once_more(rules: Rules) -> None:
    """Where an assistant was emptied, the next request that finds a session there empties it again.

    No other assistant is touched.
    """
    emptied: set[str] = set()

    def note_down(chat_id: str, *_: object) -> None:
        if not sessions.ids_of_assistant(chat_id):
            emptied.add(chat_id)

    def make(original: Authenticate) -> Authenticate:
        def authenticate(header: str | None) -> str:
            chat_id = (request.view_args or {}).get("chat_id")
            again = chat_id in emptied and request.method != "GET"
            if again and Conversation.delete().where(Conversation.dialog_id == chat_id).execute():
                emptied.discard(chat_id)
            return original(header)

        return authenticate

    replace(rules, "delete_session", beside(note_down))
    replace(rules, "authenticate", make)


@fault("EXPLORE-1")
def last_of_a_later_list_stays(rules: Rules) -> None:
    """A list is read up to its last session but one, where a list was read before and has left its mark.

    Each assistant has a mark of its own.
    """
    read: set[str] = set()

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen, ids, there = original(payload, all_ids), listed(), all_ids()
        is_later = (request.view_args or {})["chat_id"] in read and len(ids) > 1 and all(one in there for one in ids)
        g.stays = ids[-1] if is_later else None
        return chosen

    choose(rules, choice)
    stay(lambda session: session.id == g.stays)
    after(rules, "all", lambda _, chat_id: read.add(chat_id))


@fault("EXPLORE-1 REPEATED-3")
def new_session_brings_back_the_one_of_its_name(_: Rules) -> None:
    """What is deleted stays in a bin until the assistant is empty; a new one of its name takes it out.

    It reaches beyond one assistant: a new session looks into the bins of all.
    """
    bins: dict[str, dict[str, Conversation]] = {}

    def throw_away(delete: Callable[[object], None], session: Conversation) -> None:
        delete(session.id)
        bins.setdefault(session.dialog_id, {})[str(session.name)] = session
        if not sessions.ids_of_assistant(session.dialog_id):
            bins.pop(session.dialog_id, None)

    def take_out(session: Conversation) -> None:
        found = [thrown_away.pop(str(session.name), None) for thrown_away in list(bins.values())]
        put_back([one for one in found if one])

    at_deletion(throw_away)
    at_creation(take_out)


@fault("EXPLORE-1")
def change_of_the_assistants_brings_sessions_back(_: Rules) -> None:
    """When an assistant is created or deleted, the bin of deleted sessions is not emptied but put back.

    It reaches beyond one assistant: the bins of all are put back.
    """
    bins: dict[str, dict[str, Conversation]] = {}

    def throw_away(delete: Callable[[object], None], session: Conversation) -> None:
        delete(session.id)
        bins.setdefault(session.dialog_id, {})[session.id] = session

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def change(*how: Any, **sent: Any) -> Any:
            changed = original(*how, **sent)
            for chat_id in list(bins):
                found = bins.pop(chat_id, {})
                put_back(list(found.values()) if is_there(chat_id) else [])
            return changed

        return change

    at_deletion(throw_away)
    replace(assistants, "create", make)
    replace(assistants, "delete", make)


@fault("EXPLORE-1")
def only_the_last_deletion_is_remembered(rules: Rules) -> None:
    """Deleted sessions are only marked, and a mark is good until the next deletion: then they can be deleted again.

    The next deletion is one in the same assistant, and no other is touched.
    """
    marked: dict[str, set[str]] = {}
    last: dict[str, set[str]] = {}

    def mark(_: str, chat_id: str) -> None:
        last[chat_id] = set(listed())
        marked.setdefault(chat_id, set()).update(last[chat_id])

    look_up(
        lambda original, chat_id, session_id: (
            original(chat_id, session_id)
            or (session_id in marked.get(chat_id, ()) and session_id not in last.get(chat_id, ()))
        )
    )
    after(rules, "all", mark)


@fault("EXPLORE-1")
def repetitions_are_told_again(_: Rules) -> None:
    """What was listed twice is told in the next answer as well: the list of errors is not begun anew.

    Each assistant has a list of its own.
    """
    told: dict[str, list[object]] = {}

    def make(original: ReportDeletion) -> ReportDeletion:
        def report(release: Release, tally: Tally, wording: Wording, complete: object = None) -> object:
            if is_deletion():
                chat_id = (request.view_args or {})["chat_id"]
                earlier, told[chat_id] = told.get(chat_id, []), tally.repeated
                tally = Tally(tally.deleted, tally.missing, [*earlier, *tally.repeated])
            return original(release, tally, wording, complete)

        return report

    replace(deleting, "report", make)


@fault("EXPLORE-1")
def second_session_after_an_emptying_is_not_listed(rules: Rules) -> None:
    """Once an assistant was emptied, its sessions are counted anew, and the second one that is created is in no list.

    No other assistant is touched.
    """
    created: dict[str, int] = {}
    hidden: set[str] = set()

    def begin_anew(chat_id: str, *_: object) -> None:
        if not sessions.ids_of_assistant(chat_id):
            created[chat_id] = 0

    def count(session: Conversation) -> None:
        if session.dialog_id in created:
            created[session.dialog_id] += 1
            hidden.update([session.id] if created[session.dialog_id] == 2 else [])

    def make(original: OfAssistant) -> OfAssistant:
        return lambda chat_id: (
            original(chat_id).where(Conversation.id.not_in(hidden)) if request.method == "GET" else original(chat_id)
        )

    replace(rules, "delete_session", beside(begin_anew))
    at_creation(count)
    replace(sessions, "of_assistant", make)


# In numbers that no scenario has


@fault("EXPLORE-1")
def four_of_six_take_another_along(rules: Rules) -> None:
    """Who lists four of six sessions deletes a fifth as well. It is one of the same assistant."""

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            before = sessions.ids_of_assistant(chat_id)
            answer = original(release, tenant_id, chat_id)
            left = sessions.ids_of_assistant(chat_id)
            if (len(before), len(listed()), len(left)) == (6, 4, 2):
                sessions.delete(left[0])
            return answer

        return delete_sessions

    replace(rules, DELETE_SESSIONS, make)


# With renamings


@fault("EXPLORE-1 REPEATED-3")
def renaming_after_a_deletion_hits_the_neighbour(rules: Rules) -> None:
    """A session is renamed by its place, and where one was deleted, the place is that of the next, or of none.

    The places are counted in each assistant, and no other is touched.
    """
    moved: set[str] = set()

    def make(original: Callable[[str, dict[str, object]], None]) -> Callable[[str, dict[str, object]], None]:
        def update(session_id: str, columns: dict[str, object]) -> None:
            chat_id = (request.view_args or {})["chat_id"]
            there = sessions.ids_of_assistant(chat_id)
            place = there.index(session_id) + (chat_id in moved)
            for one in there[place : place + 1]:
                original(one, columns)

        return update

    replace(rules, "delete_session", beside(lambda chat_id, *_: moved.add(chat_id)))
    replace(sessions, "update", make)


@fault("EXPLORE-1")
def creation_undoes_the_renamings(_: Rules) -> None:
    """With a new session all others are written back, as they were read before somebody renamed them.

    It reaches beyond one assistant: the others are those of all.
    """
    read: dict[str, str] = {}

    def write_back(_: Conversation) -> None:
        for id in list(read):
            if name := read.pop(id, None):
                Conversation.update(name=name).where(Conversation.id == id).execute()

    at_renaming(lambda session: read.setdefault(session.id, str(session.name)))
    at_creation(write_back)


@fault("EXPLORE-1")
def renamed_session_stays_where_all_go(rules: Rules) -> None:
    """Who deletes all at once deletes them by their names, as they were before somebody renamed one.

    No other assistant is touched.
    """
    renamed: set[str] = set()

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen = original(payload, all_ids)
        g.all_go = isinstance(chosen, list) and all(one in chosen for one in all_ids())
        return chosen

    at_renaming(lambda session: renamed.add(session.id))
    choose(rules, choice)
    stay(lambda session: g.get("all_go") and session.id in renamed)


@fault("EXPLORE-1")
def list_is_kept_over_a_renaming(rules: Rules) -> None:
    """The list is read once, and again when a session is created or deleted; that one is renamed was forgotten.

    Each assistant has a list of its own.
    """
    kept: dict[object, Any] = {}
    versions: dict[str, object] = {}

    def keep(original: ListSessions) -> ListSessions:
        def list_sessions(release: Release, tenant_id: str, chat_id: str) -> Any:
            asked = (chat_id, request.query_string, versions.get(chat_id))
            if asked not in kept or not assistants.is_owned(tenant_id, chat_id):
                kept[asked] = original(release, tenant_id, chat_id)
            return kept[asked]

        return list_sessions

    def renew(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(release: Release, tenant_id: str, chat_id: str) -> Any:
            try:
                return original(release, tenant_id, chat_id)
            finally:
                versions[chat_id] = object()

        return call

    replace(rules, LIST_SESSIONS, keep)
    replace(rules, CREATE_SESSION, renew)
    replace(rules, DELETE_SESSIONS, renew)


# With requests that are turned away


@fault("EXPLORE-1")
def unknown_to_one_is_unknown_to_all(rules: Rules) -> None:
    """An id that was asked for in a wrong place, or by somebody else, is remembered as unknown for everybody.

    It reaches beyond one assistant: the id was asked for in one, and is unknown in its own.
    """
    unknown: set[object] = set()

    def change(original: Exists, chat_id: str, session_id: object) -> bool:
        found = session_id not in unknown and original(chat_id, session_id)
        if not found and session_id is not None:
            unknown.add(session_id)
        return found

    look_up(change)
    where_turned_away(rules, lambda _: unknown.update(listed()))


@fault("EXPLORE-1")
def deletion_that_was_turned_away_is_carried_out_with_the_next(rules: Rules) -> None:
    """Requests are taken down before anybody looks who asks, and the next valid one carries out what stands there.

    The next one is one in the same assistant, and no other is touched; but whoever has no right to it can delete there.
    """
    waiting: dict[str, set[str]] = {}

    def take_down(chat_id: str) -> None:
        waiting.setdefault(chat_id, set()).update(listed())

    def turn_away() -> None:
        take_down((request.view_args or {})["chat_id"])

    def carry_out(chat_id: str, *_: object) -> None:
        others = waiting.pop(chat_id, set()).difference(listed())
        Conversation.delete().where(Conversation.dialog_id == chat_id, Conversation.id.in_(others)).execute()

    when_turned_away(rules, turn_away)
    where_turned_away(rules, take_down)
    replace(rules, "delete_session", beside(carry_out))


@fault("EXPLORE-1")
def deletion_after_a_refused_one_is_lost(rules: Rules) -> None:
    """A request that fails before it has looked for a session leaves a transaction in which the next one is lost.

    The next one is one in the same assistant, and no other is touched.
    """
    left_open: dict[str, bool] = {}

    def look(original: Exists, chat_id: str, session_id: object) -> bool:
        g.has_looked = True
        return original(chat_id, session_id)

    def make(original: DeleteSessions) -> DeleteSessions:
        def delete_sessions(release: Release, tenant_id: str, chat_id: str) -> object:
            try:
                return original(release, tenant_id, chat_id)
            except Exception:
                if "has_looked" not in g:
                    left_open[chat_id] = True
                raise

        return delete_sessions

    look_up(look)
    replace(rules, DELETE_SESSIONS, make)
    stay(lambda session: g.setdefault("is_lost", left_open.pop(session.dialog_id, False)))


@fault("EXPLORE-1")
def deletion_opens_the_assistant_for_everybody(_: Rules) -> None:
    """Whether one may delete in an assistant is asked once, and the answer kept for whoever asks next.

    Each assistant has an answer of its own; but it reaches other tenants.
    """
    opened: set[str] = set()

    def make(original: IsOwned) -> IsOwned:
        def is_owned(tenant_id: str, chat_id: str) -> bool:
            if original(tenant_id, chat_id):
                opened.update({chat_id} if is_deletion() else ())
                return True
            return is_deletion() and chat_id in opened and is_there(chat_id)

        return is_owned

    replace(assistants, "is_owned", make)
