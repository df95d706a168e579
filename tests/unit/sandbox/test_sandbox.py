"""The sandbox on an embedded server, and on servers that stand in its way."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest

from acceptance.errors import (
    Inconclusive,
    LeftBehind,
    NoAnswer,
    NotCreated,
    NotRAGFlow,
    PreparationFailed,
    TenantWiped,
    UnusableListing,
    WrongShape,
)
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_assistant_names, find_assistant_ids
from acceptance.ragflow.messages import NO_KEY, Answer
from acceptance.sandbox.sandbox import PREFIX, Assistant, Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from acceptance.threads import run_in_threads
from tests.support.servers import OTHER_KEY, Embedded
from tests.unit.sandboxes import in_the_way, of_scenarios, sandbox_on, swept, untouched
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

# Seconds after which somebody waits in vain.
LIMIT = 10.0

# What is created.


def test_names_carry_the_prefix_and_the_run(embedded: Embedded, sandbox: Sandbox) -> None:
    names = [sandbox.create_assistant(sessions=0).name for _ in range(3)]
    assert all(name.startswith(f"{PREFIX} {sandbox.run} ") for name in names)
    assert sorted(of_scenarios(embedded)) == sorted(set(names))


def test_every_run_has_its_own_id(embedded: Embedded) -> None:
    assert len({sandbox_on(embedded.own).run for _ in range(10)}) == 10


def test_a_part_of_a_run_is_removed_with_the_whole(embedded: Embedded) -> None:
    whole = sandbox_on(embedded.own)
    whole.create_assistant(sessions=0)
    part = Sandbox(embedded.own, nullcontext, f"{whole.run} 7")
    assert part.create_assistant(sessions=2).name == f"{whole.prefix} 7 1"
    whole.clear_all()
    assert embedded.assistants() == []


@pytest.mark.parametrize("count", [0, 1, 5, 25])
def test_an_assistant_has_the_sessions_that_it_was_given(sandbox: Sandbox, count: int) -> None:
    assistant = sandbox.create_assistant(sessions=count)
    assert len(set(assistant.session_ids)) == count
    assert sessions_of(assistant) == assistant.sessions


def test_an_assistant_may_belong_to_another_tenant(embedded: Embedded, sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=1, owner=embedded.other)
    assert embedded.other.list_sessions(assistant.id).body["code"] == 0
    assert embedded.own.list_sessions(assistant.id).body["code"] != 0
    sandbox.clear()
    assert of_scenarios(embedded) == []


# what is answered in the place of what was to be created: (the answer, what is raised)
REFUSALS = {
    "an error": (json_reply({"code": 100, "data": None, "message": "no more room"}), PreparationFailed),
    "a page": (Reply(502, b"<h1>no more room</h1>"), NotRAGFlow),
    "a page in the place of an answer": (Reply(200, b"<h1>no more room</h1>"), NotRAGFlow),
    "a page of a server that fails": (Reply(500, b"<h1>no more room</h1>"), NotRAGFlow),
    "another form": (json_reply(["no more room"]), NotRAGFlow),
    "no id": (json_reply({"code": 0, "data": {"name": "no more room"}}), PreparationFailed),
    "a list": (json_reply({"code": 0, "data": ["no more room"]}), PreparationFailed),
}


@pytest.mark.parametrize("what", ["/chats", "/sessions"])
@pytest.mark.parametrize(("refusal", "error"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_prepared_is_told_with_the_exchange(
    embedded: Embedded, what: str, refusal: Reply, error: type[Inconclusive]
) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return refusal if seen.method == "POST" and seen.path.endswith(what) else None

    with in_the_way(embedded, tamper) as (sandbox, _), pytest.raises(error) as failure:
        sandbox.create_assistant(sessions=1)
    assert "POST /api/v1/chats" in str(failure.value)
    assert "no more room" in str(failure.value)
    assert embedded.assistants() == []


def test_sessions_may_have_users_and_need_no_names(sandbox: Sandbox) -> None:
    wanted = [SessionSpec("Monday", "user 1"), SessionSpec(None, "user 2"), SessionSpec("Friday"), SessionSpec(None)]
    given = sandbox.create_assistant(wanted).sessions
    assert [session.name for session in given] == ["Monday", "New session", "Friday", "New session"]
    assert [session.user for session in given] == ["user 1", "user 2", "", ""]


def test_sessions_that_are_counted_have_names_in_their_order_and_no_users(sandbox: Sandbox) -> None:
    given = sandbox.create_assistant(sessions=10).sessions
    assert [session.name for session in given] == [f"session {number:02}" for number in range(1, 11)]
    assert {session.user for session in given} == {""}


def test_one_more_session_may_be_created(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    session = sandbox.create_session(assistant, "session 1")
    assert set(sessions_of(assistant)) == {*assistant.sessions, session}
    with pytest.raises(NotCreated, match="POST"):
        sandbox.create_session(assistant, "")


def test_a_server_that_creates_another_assistant_is_not_believed(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return json_reply({"code": 0, "data": {"id": "foreign", "name": "foreign"}}) if seen.method == "POST" else None

    with in_the_way(embedded, tamper) as (sandbox, between):
        with pytest.raises(PreparationFailed, match="foreign"):
            sandbox.create_assistant(sessions=0)
        assert not sandbox.owns("foreign")
    assert "DELETE /api/v1/chats" not in between.calls()


def test_an_assistant_is_the_runs_own_where_it_has_created_it(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=1)
    theirs = sandbox.create_assistant(sessions=0, owner=embedded.other, other=True)
    assert sandbox.owns(mine.id)
    assert sandbox.owns(theirs.id)
    for foreign in ("", "foreign", mine.name, mine.id.upper(), mine.id[:16], *mine.session_ids):
        assert not sandbox.owns(foreign)


def test_somebody_who_looks_afresh_is_the_same_over_another_connection(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    afresh = assistant.over_fresh_connection()
    assert afresh.owner is not assistant.owner
    assert afresh.owner.credentials == assistant.owner.credentials
    assert sessions_of(afresh) == assistant.sessions


# What it is called.


def test_placeholders_stand_for_what_the_scenario_has(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=2)
    assert sandbox.names == {
        "ASSISTANT": mine.id,
        "ASSISTANT-NAME": mine.name,
        "TENANT": mine.tenant,
        "SESSION-1": mine.session_ids[0],
        "SESSION-2": mine.session_ids[1],
    }
    theirs = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    assert sandbox.names["ASSISTANT"] == mine.id
    assert sandbox.names["OTHER-ASSISTANT"] == theirs.id
    assert sandbox.names["OTHER-ASSISTANT-NAME"] == theirs.name
    assert sandbox.names["OTHER-SESSION-1"] == theirs.session_ids[0]
    assert sandbox.names["OTHER-TENANT"] == theirs.tenant


def test_a_tenant_is_the_one_whose_assistant_it_is(sandbox: Sandbox, embedded: Embedded) -> None:
    mine, too = (sandbox.create_assistant(sessions=0) for _ in range(2))
    theirs = sandbox.create_assistant(sessions=0, owner=embedded.other, other=True)
    assert mine.tenant == too.tenant != theirs.tenant
    assert all(re.fullmatch("[0-9a-f]{32}", tenant) for tenant in (mine.tenant, theirs.tenant))


def test_a_placeholder_stands_for_nothing_of_an_earlier_scenario(sandbox: Sandbox) -> None:
    sandbox.create_assistant(sessions=3)
    sandbox.create_assistant(sessions=1, other=True)
    sandbox.clear()
    sandbox.create_assistant(sessions=1)
    assert sorted(sandbox.names) == ["ASSISTANT", "ASSISTANT-NAME", "SESSION-1", "TENANT"]


def test_ids_are_known_by_what_people_call_them(sandbox: Sandbox) -> None:
    mine = sandbox.create_assistant(sessions=2)
    other = sandbox.create_assistant(sessions=1, other=True)
    new = sandbox.create_session(mine, "Monday")
    assert [sandbox.display_names[id] for id in (mine.id, *mine.session_ids, new.id)] == [
        "the assistant",
        "session 1",
        "session 2",
        "the new session 'Monday'",
    ]
    assert [sandbox.display_names[id] for id in (other.id, *other.session_ids)] == [
        "the other assistant",
        "session 1 of the other assistant",
    ]


def test_ids_of_an_earlier_scenario_are_still_known(sandbox: Sandbox) -> None:
    earlier = sandbox.create_assistant(sessions=1)
    sandbox.clear()
    sandbox.create_assistant(sessions=1)
    assert sandbox.display_names[earlier.session_ids[0]] == "session 1"


# Two of one name.


def namesakes(sandbox: Sandbox, embedded: Embedded, sessions: int = 1) -> tuple[Assistant, Assistant]:
    """An assistant, and one of the same name of the other tenant."""
    mine = sandbox.create_assistant(sessions)
    other = embedded.other.credentials
    theirs = sandbox.create_assistant(sessions, owner=sandbox.ragflow.acting_as(other), name=mine.name, other=True)
    return mine, theirs


def test_two_tenants_may_have_assistants_of_one_name(embedded: Embedded, sandbox: Sandbox) -> None:
    mine, theirs = namesakes(sandbox, embedded, sessions=2)
    assert (mine.name, mine.id) != (theirs.name, theirs.id)
    assert of_scenarios(embedded) == [mine.name, mine.name]
    assert [sessions_of(each) for each in (mine, theirs)] == [mine.sessions, theirs.sessions]
    assert sandbox.owns(mine.id)
    assert sandbox.owns(theirs.id)
    assert sandbox.entered == [f"{sandbox.prefix} bystander", mine.name, mine.name]


@pytest.mark.parametrize("at_the_end", [False, True])
def test_both_of_one_name_are_removed_with_their_sessions(embedded: Embedded, at_the_end: bool) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        mine, theirs = namesakes(sandbox, embedded)
        if at_the_end:
            sandbox.clear_all()
        else:
            sandbox.clear()
        assert of_scenarios(embedded) == []
        assert deletions(between)[:4] == [
            (f"/{mine.id}/sessions", [*mine.session_ids]),
            ("", [mine.id]),
            (f"/{theirs.id}/sessions", [*theirs.session_ids]),
            ("", [theirs.id]),
        ]


@pytest.mark.parametrize("left", [0, 1])
def test_of_two_of_one_name_the_one_that_is_left_is_named_and_tried_again(embedded: Embedded, left: int) -> None:
    hindered = [True]

    def tamper(seen: Seen) -> Reply | None:
        """Refuse to remove one of the two, whoever asks."""
        is_it = seen.call == "DELETE /api/v1/chats" and pair[left].id.encode() in seen.body
        return json_reply({"code": 102, "message": "not today"}) if hindered and is_it else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        pair = namesakes(sandbox, embedded)
        for remove in (sandbox.clear, sandbox.clear_all):
            with pytest.raises(LeftBehind) as trouble:
                remove()
            assert f"assistant '{pair[left].name}'" in str(trouble.value)
            assert [each for each in pair if find_assistant_ids(each.name, each.owner)] == [pair[left]]
            assert sandbox.entered.count(pair[left].name) == 1
        hindered.clear()
    assert embedded.assistants() == []


def test_where_the_one_is_removed_the_other_of_its_name_stays(embedded: Embedded, sandbox: Sandbox) -> None:
    mine, theirs = namesakes(sandbox, embedded)
    Sender(sandbox).remove(mine)
    assert of_scenarios(embedded) == [theirs.name]
    assert sessions_of(theirs) == theirs.sessions
    sandbox.check_bystander("DELETE something")


def test_both_of_one_name_are_kept_where_somebody_wants_to_look_at_them(embedded: Embedded) -> None:
    sandbox = sandbox_on(embedded.own)
    pair = namesakes(sandbox, embedded)
    assert sandbox.keep() == [pair[0].name] * 2
    sandbox.clear()
    sandbox.clear_all()
    assert [sessions_of(each) for each in pair] == [each.sessions for each in pair]
    for each in pair:
        each.owner.delete_assistants([each.id])
    assert embedded.assistants() == []


def test_a_namesake_whose_creation_was_not_confirmed_is_removed_and_not_the_one_of_its_name(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Misconduct | None:
        if seen.call != "POST /api/v1/chats" or OTHER_KEY not in seen.headers["Authorization"]:
            return None
        forwarded(embedded.url, seen)
        return Misconduct.BREAK_OFF

    with in_the_way(embedded, tamper) as (sandbox, between):
        with pytest.raises(NoAnswer):
            namesakes(sandbox, embedded)
        assert len(fetch_assistant_names(embedded.other)) == 1
        sandbox.clear()
        assert of_scenarios(embedded) == []
        # Two different ones, and each by its own tenant.
        assert len({id for path, ids in deletions(between) if not path for id in ids}) == 2


# What is removed.


def test_everything_of_a_scenario_is_removed(embedded: Embedded, sandbox: Sandbox) -> None:
    sandbox.create_assistant(sessions=2)
    sandbox.create_assistant(sessions=1, owner=embedded.other)
    sandbox.clear()
    assert of_scenarios(embedded) == []


@pytest.mark.parametrize("at_the_end", [False, True])
def test_only_what_was_created_here_is_removed(embedded: Embedded, at_the_end: bool) -> None:
    mine = sandbox_on(embedded.own)
    with swept(embedded.own) as yours:
        mine.create_assistant(sessions=0)
        kept = yours.create_assistant(sessions=1)
        foreign = embedded.own.create_assistant(f"{PREFIX} {mine.run}").body["data"]
        if at_the_end:
            mine.clear_all()
        else:
            mine.clear()
        assert sorted(of_scenarios(embedded)) == sorted([kept.name, foreign["name"]])
        assert sessions_of(kept) == kept.sessions
        mine.clear_all()
    embedded.own.delete_assistants([foreign["id"]])
    assert embedded.assistants() == []


def test_a_scenario_beside_another_names_and_removes_only_what_is_its_own(embedded: Embedded, sandbox: Sandbox) -> None:
    beside = sandbox.beside()
    mine, theirs = sandbox.create_assistant(sessions=1), beside.create_assistant(sessions=1)
    assert (sandbox.names["ASSISTANT"], beside.names["ASSISTANT"]) == (mine.id, theirs.id)
    assert theirs.id not in sandbox.display_names
    assert sandbox.entered == beside.entered
    assert len(sandbox.entered) == 3
    sandbox.clear()
    assert of_scenarios(embedded) == [theirs.name]
    assert sessions_of(theirs) == theirs.sessions
    assert beside.names["ASSISTANT"] == theirs.id
    beside.clear()
    assert of_scenarios(embedded) == []


def test_beside_another_so_much_is_created_and_removed_at_a_time(embedded: Embedded) -> None:
    """Of each kind of request, so many wait for one another as may be under way."""
    together = {("POST", "/sessions"): threading.Barrier(4, timeout=LIMIT)}
    together["DELETE", "/chats"] = threading.Barrier(2, timeout=LIMIT)

    def meet(seen: Seen) -> None:
        for (method, path), meeting in together.items():
            if seen.method == method and seen.path.endswith(path):
                meeting.wait()

    with in_the_way(embedded, meet) as (sandbox, _):
        beside = sandbox.beside(4)
        assistant, _ = beside.create_assistant(sessions=4), beside.create_assistant(sessions=4, other=True)
        assert [session.name for session in assistant.sessions] == [f"session {number}" for number in range(1, 5)]
        beside.clear()
        together.clear()
        assert of_scenarios(embedded) == []


def test_sessions_that_are_told_one_by_one_are_created_in_their_order(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        sandbox.beside(4).create_assistant(SessionSpec.numbered(6))
        created = [json.loads(seen.body)["name"] for seen in between.seen if seen.call.endswith("/sessions")]
    assert created == [f"session {number}" for number in range(1, 7)]


def test_what_scenarios_beside_one_another_leave_is_removed_at_the_end(embedded: Embedded, sandbox: Sandbox) -> None:
    others = [sandbox.beside() for _ in range(4)]
    run_in_threads(lambda other: other.create_assistant(sessions=1, owner=embedded.other), others, workers=4, title="")
    names = embedded.assistants()
    assert len(set(names)) == len(others) + 1
    assert sorted(sandbox.entered) == sorted(names)
    sandbox.clear_all()
    assert embedded.assistants() == []


def test_what_is_kept_beside_is_kept(embedded: Embedded, sandbox: Sandbox) -> None:
    beside = sandbox.beside()
    assistant = beside.create_assistant(sessions=0)
    assert beside.keep() == [assistant.name]
    sandbox.clear_all()
    assert (sandbox.kept, embedded.assistants()) == ([assistant.name], [assistant.name])
    embedded.own.delete_assistants([assistant.id])


def test_what_is_removed_is_removed_once(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        sandbox.create_assistant(sessions=0)
        sandbox.clear()
        sandbox.clear()
        assert between.calls().count("DELETE /api/v1/chats") == 1


def deletions(between: StandIn) -> list[tuple[str, list[str]]]:
    """The deletions that were asked for, each with its address and the ids in it."""
    asked = [seen for seen in between.seen if seen.method == "DELETE"]
    return [(seen.path.removeprefix("/api/v1/chats"), json.loads(seen.body)["ids"]) for seen in asked]


def test_sessions_are_deleted_before_their_assistant(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        assistant = sandbox.create_assistant(sessions=2)
        new = sandbox.create_session(assistant, "one more")
        empty = sandbox.create_assistant(sessions=0, other=True)
        sandbox.clear()
        assert deletions(between) == [
            (f"/{assistant.id}/sessions", [*assistant.session_ids, new.id]),
            ("", [assistant.id]),
            ("", [empty.id]),
        ]


def test_an_assistant_that_somebody_else_removed_is_not_missed(embedded: Embedded, sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    embedded.own.delete_assistants([assistant.id])
    sandbox.clear()


# what becomes of the answer to a creation
LOST_ANSWERS: dict[str, Reply | Misconduct] = {
    "lost": Misconduct.BREAK_OFF,
    "an error": json_reply({"code": 100, "data": None, "message": "KeyError('dataset_ids')"}),
    "not JSON": Reply(504, b"<h1>Gateway Timeout</h1>"),
}


@pytest.mark.parametrize("answer", LOST_ANSWERS.values(), ids=LOST_ANSWERS)
def test_an_assistant_whose_creation_was_not_confirmed_is_removed(
    embedded: Embedded, answer: Reply | Misconduct
) -> None:
    def tamper(seen: Seen) -> Reply | Misconduct | None:
        if seen.call != "POST /api/v1/chats" or b"bystander" in seen.body:
            return None
        forwarded(embedded.url, seen)
        return answer

    with in_the_way(embedded, tamper) as (sandbox, _):
        with pytest.raises((PreparationFailed, NoAnswer, NotRAGFlow)):
            sandbox.create_assistant(sessions=1)
        assert len(of_scenarios(embedded)) == 1
        sandbox.clear()
        assert of_scenarios(embedded) == []


# what stands in the way of a removal: (the call, its answer)
HINDRANCES: dict[str, tuple[str, Reply | Misconduct]] = {
    "a refusal": ("DELETE /api/v1/chats", json_reply({"code": 102, "message": "not today"})),
    "no answer": ("DELETE /api/v1/chats", Misconduct.BREAK_OFF),
}

# what shows only when the server lists what is there
HIDDEN: dict[str, tuple[str, Reply | Misconduct]] = {
    "a success that is none": ("DELETE /api/v1/chats", json_reply({"code": 0})),
    "nobody knows whether it is there": ("GET /api/v1/chats", json_reply({"code": 100, "message": "no"})),
    "no answer about whether it is there": ("GET /api/v1/chats", Misconduct.BREAK_OFF),
    "another page": ("GET /api/v1/chats", Reply(502, b"<h1>Bad Gateway</h1>")),
    "a list of something else": ("GET /api/v1/chats", json_reply({"code": 0, "data": []})),
}


@pytest.mark.parametrize(("call", "answer"), HINDRANCES.values(), ids=HINDRANCES)
def test_a_removal_that_fails_is_told_and_tried_again_at_the_end(
    embedded: Embedded, call: str, answer: Reply | Misconduct
) -> None:
    answers = iter([answer])
    with in_the_way(embedded, lambda seen: next(answers, None) if seen.call == call else None) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=1)
        with pytest.raises(LeftBehind, match=assistant.name):
            sandbox.clear()
        assert of_scenarios(embedded) == [assistant.name]
        sandbox.clear()
        sandbox.clear_all()
        assert embedded.assistants() == []


def test_what_is_only_said_to_be_removed_is_removed_at_the_end(embedded: Embedded) -> None:
    answers = iter([json_reply({"code": 0})])
    call = "DELETE /api/v1/chats"
    with in_the_way(embedded, lambda seen: next(answers, None) if seen.call == call else None) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=1)
        sandbox.clear()
        assert of_scenarios(embedded) == [assistant.name]
        sandbox.clear_all()
        assert embedded.assistants() == []


@pytest.mark.parametrize(("call", "answer"), [*HINDRANCES.values(), *HIDDEN.values()], ids=[*HINDRANCES, *HIDDEN])
def test_what_is_left_behind_in_the_end_is_named(embedded: Embedded, call: str, answer: Reply | Misconduct) -> None:
    hindered = True

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if hindered and seen.call == call else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        names = [sandbox.create_assistant(sessions=0).name for _ in range(2)]
        with pytest.raises(LeftBehind) as trouble:
            sandbox.clear_all()
        there = [*names, f"{sandbox.prefix} bystander"] if call.startswith("DELETE") else [f"{sandbox.prefix} …"]
        assert all(name in str(trouble.value) for name in there)
        hindered = False
    assert embedded.assistants() == []


def test_one_that_cannot_be_removed_does_not_keep_the_others(embedded: Embedded) -> None:
    refusals = iter([json_reply({"code": 102, "message": "not today"})])

    def tamper(seen: Seen) -> Reply | None:
        return next(refusals, None) if seen.call == "DELETE /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        created = [sandbox.create_assistant(sessions=0).name for _ in range(3)]
        with pytest.raises(LeftBehind):
            sandbox.clear()
        assert of_scenarios(embedded) == created[:1]
    assert embedded.assistants() == []


def no_deletions(answer: Answer) -> None:
    """What finds the answer to every deletion of an assistant to be of a wrong shape."""
    if answer.request.method == "DELETE" and answer.request.path == "/api/v1/chats":
        raise WrongShape("the answer has a wrong shape")


@pytest.mark.parametrize("earlier", [0, 1, 2])
def test_an_answer_of_a_wrong_shape_is_told_when_all_is_removed(embedded: Embedded, earlier: int) -> None:
    sandbox = sandbox_on(RAGFlow(embedded.url, embedded.own.credentials))
    for _ in range(earlier):
        sandbox.create_assistant(sessions=0)
        sandbox.clear()
    sandbox.ragflow.check = no_deletions
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
    with pytest.raises(WrongShape):
        sandbox.clear()
    assert of_scenarios(embedded) == []
    sandbox.clear()
    sandbox.ragflow.check = None
    sandbox.clear_all()


def test_creating_and_removing_are_not_interrupted(embedded: Embedded) -> None:
    held: list[str] = []

    @contextmanager
    def holding() -> Iterator[None]:
        before = len(between.seen)
        yield
        held.extend(between.calls()[before:])

    with StandIn(lambda seen: forwarded(embedded.url, seen)) as between:
        ragflow = RAGFlow(between.url, embedded.own.credentials)
        holder: Callable[[], AbstractContextManager[None]] = holding
        sandbox = Sandbox(ragflow, holder)
        sandbox.create_assistant(sessions=2)
        sandbox.clear_all()
    assert "POST /api/v1/chats" in held
    assert "DELETE /api/v1/chats" in held
    assert not any(call.startswith("POST") and call.endswith("/sessions") for call in held)


# The one that no scenario touches.


def bystanders(embedded: Embedded) -> list[str]:
    return [name for name in embedded.assistants() if name.endswith(" bystander")]


def test_there_is_one_bystander_from_the_first_assistant_on(embedded: Embedded, sandbox: Sandbox) -> None:
    assert embedded.assistants() == []
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
        sandbox.create_assistant(sessions=0, owner=embedded.other, other=True)
        assert bystanders(embedded) == [f"{sandbox.prefix} bystander"]
        sandbox.clear()
    assert embedded.assistants() == [f"{sandbox.prefix} bystander"]
    sandbox.clear_all()
    assert embedded.assistants() == []


def test_a_placeholder_never_stands_for_the_bystander(embedded: Embedded, sandbox: Sandbox) -> None:
    sandbox.create_assistant(sessions=0)
    (id,) = find_assistant_ids(f"{sandbox.prefix} bystander", embedded.own)
    assert id not in [*sandbox.names.values(), *sandbox.display_names]


def test_as_long_as_the_bystander_is_there_nobody_has_deleted_all(sandbox: Sandbox) -> None:
    sandbox.check_bystander("nothing yet")
    Sender(sandbox).remove(sandbox.create_assistant(sessions=0))
    sandbox.check_bystander("DELETE something")


def test_where_the_bystander_is_gone_nobody_can_tell_who_did_it(embedded: Embedded, sandbox: Sandbox) -> None:
    sandbox.create_assistant(sessions=0)
    embedded.own.delete_assistants(find_assistant_ids(f"{sandbox.prefix} bystander", embedded.own))
    with pytest.raises(TenantWiped, match="somebody else deletes here, or this request did: DELETE something"):
        sandbox.check_bystander("DELETE something")


# what is answered to whoever looks for the bystander: what is raised
NOT_GONE: dict[str, tuple[Reply | Misconduct, type[Exception]]] = {
    "a refusal of something else": (json_reply({"code": 109, "message": "chat: API key is invalid"}), UnusableListing),
    "a gateway": (Reply(502), NotRAGFlow),
    "a page": (Reply(200, b"<h1>chat</h1>"), NotRAGFlow),
    "nothing": (Misconduct.BREAK_OFF, NoAnswer),
}


@pytest.mark.parametrize(("answer", "error"), NOT_GONE.values(), ids=NOT_GONE)
def test_the_bystander_is_not_gone_where_nobody_says_so(
    embedded: Embedded, answer: Reply | Misconduct, error: type[Exception]
) -> None:
    hindered = True

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if hindered and seen.call == "GET /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        sandbox.create_assistant(sessions=0)
        with pytest.raises(error):
            sandbox.check_bystander("DELETE something")
        hindered = False


def test_a_bystander_that_could_not_be_created_is_not_missed(embedded: Embedded) -> None:
    answers = iter([json_reply({"code": 102, "message": "not yet"})])
    with in_the_way(embedded, lambda seen: next(answers, None) if seen.method == "POST" else None) as (sandbox, _):
        with pytest.raises(PreparationFailed, match="not yet"):
            sandbox.create_assistant(sessions=0)
        sandbox.check_bystander("POST something")
        sandbox.clear()
        sandbox.create_assistant(sessions=0)
        assert len(bystanders(embedded)) == 1


# What is kept.


def test_what_somebody_wants_to_look_at_is_kept(embedded: Embedded) -> None:
    sandbox = sandbox_on(embedded.own)
    assert sandbox.keep() == []
    looked_at = sandbox.create_assistant(sessions=1)
    assert sandbox.keep() == [looked_at.name]
    sandbox.clear()
    sandbox.create_assistant(sessions=0)
    sandbox.clear_all()
    assert sandbox.kept == [looked_at.name]
    assert embedded.assistants() == [looked_at.name]
    assert sessions_of(looked_at) == looked_at.sessions
    embedded.own.delete_assistants([looked_at.id])


def test_what_may_be_there_at_this_moment_is_known(sandbox: Sandbox) -> None:
    assert sandbox.entered == []
    names = [sandbox.create_assistant(sessions=0).name for _ in range(2)]
    assert sandbox.entered == [f"{sandbox.prefix} bystander", *names]
    sandbox.clear()
    assert sandbox.entered == [f"{sandbox.prefix} bystander"]


# What the server lists in the end.


def listing(*names: str) -> Reply:
    return json_reply({"code": 0, "data": [{"id": name, "name": name} for name in names]})


# the first page of what is listed in the end, for the prefix of the run: (the answer, what is told of it)
LAST_LISTINGS: dict[str, tuple[Callable[[str], Reply | Misconduct], str]] = {
    "one more of this run": (
        lambda prefix: listing(f"{prefix} bystander", f"{prefix} 99"),
        "99': the server still lists it",
    ),
    "without one that is there": (lambda _: listing("theirs"), "it proves nothing"),
    "nothing": (lambda _: listing(), "it proves nothing"),
    "a refusal": (lambda _: json_reply({"code": 102, "message": "no chat"}), "may be there: (?s:.*)no chat"),
    "a gateway": (lambda _: Reply(504), "may be there: .*504"),
    "a page": (lambda _: Reply(200, b"<h1>chats</h1>"), "may be there: .*no JSON"),
    "no answer": (lambda _: Misconduct.BREAK_OFF, "may be there: .*broke off"),
}


@pytest.mark.parametrize(("listed", "told"), LAST_LISTINGS.values(), ids=LAST_LISTINGS)
def test_nothing_is_left_only_where_the_server_says_so(
    embedded: Embedded, listed: Callable[[str], Reply | Misconduct], told: str
) -> None:
    tampering = True

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return listed(sandbox.prefix) if tampering and seen.path.startswith("/api/v1/chats?page=1&") else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        sandbox.create_assistant(sessions=0)
        with pytest.raises(LeftBehind, match=told) as trouble:
            sandbox.clear_all()
        assert sandbox.prefix in str(trouble.value)
        tampering = False
    assert embedded.assistants() == []


@pytest.mark.parametrize("listed", [listing("theirs"), listing()])
def test_a_list_without_one_that_is_there_proves_nothing_after_a_scenario_either(
    embedded: Embedded, listed: Reply
) -> None:
    tampering = True

    def tamper(seen: Seen) -> Reply | None:
        return listed if tampering and seen.path.startswith("/api/v1/chats?page=1&") else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        sandbox.create_assistant(sessions=0)
        sandbox.clear()
        with pytest.raises(LeftBehind, match="it proves nothing"):
            sandbox.clear_all()
        tampering = False
    assert embedded.assistants() == []


def test_what_other_runs_have_is_left_alone_and_not_counted(embedded: Embedded) -> None:
    with swept(embedded.own) as theirs, swept(embedded.other) as neighbours:
        created = [each.create_assistant(sessions=1) for each in (theirs, neighbours)]
        before = embedded.assistants()
        with swept(embedded.own) as mine:
            mine.create_assistant(sessions=1)
            mine.create_assistant(sessions=1, owner=embedded.other, other=True)
        assert embedded.assistants() == before
        assert [sessions_of(each) for each in created] == [each.sessions for each in created]


def test_where_nothing_was_created_nobody_is_asked() -> None:
    with StandIn(lambda _: Reply(500)) as nobody:
        sandbox_on(RAGFlow(nobody.url, NO_KEY)).clear_all()
    assert nobody.seen == []
