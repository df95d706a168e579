"""The deletion itself: faults in what is gone afterwards."""

import threading
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from flask import g, request

from embedded_ragflow import deletion, sessions
from embedded_ragflow.answers import DATA_ERROR, Refused
from embedded_ragflow.database import database
from embedded_ragflow.deletion import Tally
from tests.faults.catalogue import Rules, fault, replace
from tests.faults.choosing import AllIds, ChooseIds, choose
from tests.faults.keys import is_deletion
from tests.faults.owners import DeleteSession

Delete = Callable[[object], int | None]
DeleteEach = Callable[[Iterable[object], Delete], Tally]


def each(change: Callable[[DeleteEach, list[object], Delete], Tally]) -> None:
    """Delete otherwise, where sessions are deleted; `change` gets the proper way first."""

    def make(original: DeleteEach) -> DeleteEach:
        def delete_each(ids: Iterable[object], delete: Delete) -> Tally:
            if not is_deletion() or not isinstance(ids, list) or any(isinstance(one, list | dict) for one in ids):
                return original(ids, delete)
            return change(original, ids, delete)

        return delete_each

    replace(deletion, "delete_each", make)


def beside(then: Callable[[str, object, list[str]], None]) -> Callable[[DeleteSession], DeleteSession]:
    """Do something else when a session was deleted: with the assistant, the session, and all there were before."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            before = sessions.ids_of_assistant(chat_id)
            count = original(chat_id, session_id)
            if count:
                then(chat_id, session_id, before)
            return count

        return delete_session

    return make


@fault("CHOICE-2 CHOICE-3")
def last_of_several_stays(_: Rules) -> None:
    """A loop that ends one too early, and counts right."""
    each(
        lambda original, ids, delete: original(
            ids, lambda one: 1 if len(set(ids)) > 1 and one == ids[-1] else delete(one)
        )
    )


@fault("CHOICE-3")
def last_session_of_an_assistant_stays(rules: Rules) -> None:
    """An assistant always keeps a session."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            return 1 if len(sessions.ids_of_assistant(chat_id)) == 1 else original(chat_id, session_id)

        return delete_session

    replace(rules, "delete_session", make)


@fault("CONCURRENT-1")
def only_sessions_of_the_first_page_are_found(_: Rules) -> None:
    """A session is looked for among the newest 30."""

    def make(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        def exists(chat_id: str, session_id: object) -> bool:
            newest = sessions.ids_of_assistant(chat_id)[-30:]
            return original(chat_id, session_id) and (not is_deletion() or session_id is None or session_id in newest)

        return exists

    replace(sessions, "exists", make)


@fault("CHOICE-1 CHOICE-2")
def next_session_goes_too(rules: Rules) -> None:
    """A comparison that takes in one too many."""

    def then(_: str, session_id: object, before: list[str]) -> None:
        for one, following in pairwise(before):
            if one == session_id:
                sessions.delete(following)

    replace(rules, "delete_session", beside(then))


def go_instead(rules: Rules, pick: Callable[[list[str], int], list[str]]) -> None:
    """Of all sessions, pick as many as were named."""

    def choice(original: ChooseIds, payload: Any, all_ids: AllIds) -> Any:
        chosen, there = original(payload, all_ids), all_ids()
        return pick(there, len(chosen)) if chosen and set(chosen) <= set(there) else chosen

    choose(rules, choice)


@fault("CHOICE-1")
def newest_session_goes_instead(rules: Rules) -> None:
    """The right number of sessions is deleted, from the top of the list."""
    go_instead(rules, lambda there, number: there[-number:])


@fault("CHOICE-2")
def first_sessions_go_instead(rules: Rules) -> None:
    """The right number of sessions is deleted, from the bottom of the list."""
    go_instead(rules, lambda there, number: there[:number])


@fault("CHOICE-2")
def what_is_not_named_goes(_: Rules) -> None:
    """The condition of the deletion is the wrong way round."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            for one in sessions.ids_of_assistant((request.view_args or {})["chat_id"]):
                if one != session_id:
                    original(one)

        return delete

    replace(sessions, "delete", make)


@fault("CHOICE-1 CHOICE-2 CHOICE-3 REPEATED-1")
def nothing_is_deleted(_: Rules) -> None:
    """The deletion is answered, and never carried out."""
    replace(sessions, "delete", lambda _: lambda _: None)


@fault("CHOICE-1 EFFECT-5")
def deletion_happens_after_the_answer(_: Rules) -> None:
    """The deletion is carried out by a worker of its own, a little later."""

    def make(original: Callable[[object], None]) -> Callable[[object], None]:
        def later(session_id: object) -> None:
            with database.connection_context():
                original(session_id)

        return lambda session_id: threading.Timer(0.2, later, [session_id]).start()

    replace(sessions, "delete", make)


@fault("CHOICE-8 REPEATED-4")
def only_the_first_deletion_of_an_assistant_counts(rules: Rules) -> None:
    """An assistant is not looked at again once it has been cleaned up."""
    done: dict[str, object] = {}

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            return original(chat_id, session_id) if done.setdefault(chat_id, request.environ) is request.environ else 1

        return delete_session

    replace(rules, "delete_session", make)


def in_order(ids: list[object], delete: Delete) -> Tally:
    """Delete one after the other, and stop at the first that is unknown."""
    deleted = 0
    for one in ids:
        if delete(one) is None:
            return Tally(deleted, [one], [])
        deleted += 1
    return Tally(deleted, [], deletion.repetitions(ids))


@fault("PARTIAL-1")
def first_unknown_session_ends_it(_: Rules) -> None:
    """What stands behind an unknown session stays, as it did before v0.18."""
    each(lambda original, ids, delete: original(ids, delete) if len(set(ids)) < len(ids) else in_order(ids, delete))


@fault("PARTIAL-1 PARTIAL-2")
def unknown_session_saves_the_others(_: Rules) -> None:
    """Everything is taken back where a session is unknown, but the answer tells of a part."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        with database.atomic() as transaction:
            tally = original(ids, delete)
            if tally.missing:
                transaction.rollback()
        return tally

    each(change)


@fault("PARTIAL-1 PARTIAL-2")
def unknown_session_refuses_the_others(_: Rules) -> None:
    """All or nothing: where a session is unknown, none is deleted."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        with database.atomic() as transaction:
            tally = original(ids, delete)
            if tally.missing:
                transaction.rollback()
        return Tally(0, tally.missing, tally.repeated) if tally.missing else tally

    each(change)


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3")
def naming_twice_is_refused_afterwards(_: Rules) -> None:
    """What is named twice is an error, but only when everything is deleted, as it was before v0.18."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        tally = original(ids, delete)
        if tally.repeated:
            raise Refused(DATA_ERROR, f"Duplicate session ids: {tally.repeated[0]}")
        return tally

    each(change)


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3")
def naming_twice_is_refused(_: Rules) -> None:
    """A list in which a session stands twice is not carried out."""

    def change(original: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        repeated = deletion.repetitions(ids)
        return Tally(0, [], repeated) if repeated else original(ids, delete)

    each(change)


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3")
def named_twice_is_named_once(_: Rules) -> None:
    """What is named twice is deleted, and nobody is told."""
    each(lambda original, ids, delete: original(list(set(ids)), delete))


@fault("DUPLICATE-1 DUPLICATE-2 DUPLICATE-3")
def named_twice_stays(_: Rules) -> None:
    """What is named twice is told, and left where it is."""
    each(
        lambda original, ids, delete: (
            Tally(original([one for one in ids if ids.count(one) == 1], delete).deleted, [], deletion.repetitions(ids))
            if deletion.repetitions(ids)
            else original(ids, delete)
        )
    )


@fault("DUPLICATE-1 DUPLICATE-2")
def named_twice_is_unknown_the_second_time(_: Rules) -> None:
    """A session is looked for as often as it is named."""

    def change(_: DeleteEach, ids: list[object], delete: Delete) -> Tally:
        found = [(one, delete(one)) for one in ids]
        return Tally(sum(count or 0 for _, count in found), [one for one, count in found if count is None], [])

    each(change)


@fault("REPEATED-1 REPEATED-2 CHOICE-4 PARTIAL-3")
def unknown_session_is_as_good_as_deleted(rules: Rules) -> None:
    """What is not there need not be deleted, and counts as if it had been."""
    replace(rules, "delete_session", lambda original: lambda chat_id, one: original(chat_id, one) or 1)


@fault("PARTIAL-3 REPEATED-1 REPEATED-2 REPEATED-3")
def deleted_session_is_found_again(_: Rules) -> None:
    """A deleted session is only marked, and whoever deletes it again finds it."""
    deleted: set[object] = set()

    def mark(original: Callable[[object], None]) -> Callable[[object], None]:
        def delete(session_id: object) -> None:
            deleted.add(session_id)
            original(session_id)

        return delete

    def find(original: Callable[[str, object], bool]) -> Callable[[str, object], bool]:
        return lambda chat_id, session_id: original(chat_id, session_id) or session_id in deleted

    replace(sessions, "delete", mark)
    replace(sessions, "exists", find)


@fault("CHOICE-3")
def deletion_ends_after_three(rules: Rules) -> None:
    """A request is given up after three deletions, and answered as if it were done."""

    def make(original: DeleteSession) -> DeleteSession:
        def delete_session(chat_id: str, session_id: object) -> int | None:
            g.count = g.get("count", 0) + 1
            return original(chat_id, session_id) if g.count <= 3 else 1

        return delete_session

    replace(rules, "delete_session", make)
