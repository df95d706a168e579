"""The sandbox on an embedded server, and on servers that stand in its way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import SimpleNamespace

import pytest

from acceptance.errors import LeftBehind, NoAnswer, NotCreated, PreparationFailed, WrongShape
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Answer
from acceptance.running.run import Run
from acceptance.sandbox.sandbox import PREFIX, Sandbox
from acceptance.sandbox.view import sessions_of
from tests.acceptance.embedded_process import Embedded
from tests.acceptance.sandboxes import in_the_way, sandbox_on, untouched
from tests.acceptance.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

# What is created.


def test_names_carry_the_prefix_and_the_run(embedded: Embedded, sandbox: Sandbox) -> None:
    names = [sandbox.create_assistant(sessions=0).name for _ in range(3)]
    assert all(name.startswith(f"{PREFIX} {sandbox.run} ") for name in names)
    assert sorted(embedded.assistants()) == sorted(set(names))


def test_every_run_has_its_own_id(embedded: Embedded) -> None:
    assert len({sandbox_on(embedded.own).run for _ in range(10)}) == 10


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
    assert embedded.assistants() == []


REFUSALS = {
    "an error": json_reply({"code": 100, "data": None, "message": "no more room"}),
    "a page": Reply(502, b"<h1>no more room</h1>"),
    "no id": json_reply({"code": 0, "data": {"name": "no more room"}}),
    "a list": json_reply({"code": 0, "data": ["no more room"]}),
}


@pytest.mark.parametrize("what", ["/chats", "/sessions"])
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_prepared_is_told_with_the_exchange(embedded: Embedded, what: str, refusal: Reply) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return refusal if seen.method == "POST" and seen.path.endswith(what) else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        with pytest.raises(PreparationFailed) as failure:
            sandbox.create_assistant(sessions=1)
        sandbox.clear()
    assert "POST /api/v1/chats" in str(failure.value)
    assert "no more room" in str(failure.value)
    assert embedded.assistants() == []


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
        sandbox.clear()
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
    afresh = assistant.seen_afresh()
    assert afresh.owner is not assistant.owner
    assert afresh.owner.credentials == assistant.owner.credentials
    assert sessions_of(afresh) == assistant.sessions


# What it is called.


def test_placeholders_stand_for_what_the_scenario_has(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=2)
    assert sandbox.names == {
        "ASSISTANT": mine.id,
        "ASSISTANT-NAME": mine.name,
        "SESSION-1": mine.session_ids[0],
        "SESSION-2": mine.session_ids[1],
    }
    theirs = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    assert sandbox.names["ASSISTANT"] == mine.id
    assert sandbox.names["OTHER-ASSISTANT"] == theirs.id
    assert sandbox.names["OTHER-ASSISTANT-NAME"] == theirs.name
    assert sandbox.names["OTHER-SESSION-1"] == theirs.session_ids[0]


def test_a_placeholder_stands_for_nothing_of_an_earlier_scenario(sandbox: Sandbox) -> None:
    sandbox.create_assistant(sessions=3)
    sandbox.create_assistant(sessions=1, other=True)
    sandbox.clear()
    sandbox.create_assistant(sessions=1)
    assert sorted(sandbox.names) == ["ASSISTANT", "ASSISTANT-NAME", "SESSION-1"]


def test_ids_are_known_by_what_people_call_them(sandbox: Sandbox) -> None:
    mine = sandbox.create_assistant(sessions=2)
    other = sandbox.create_assistant(sessions=1, other=True)
    new = sandbox.create_session(mine, "Monday")
    assert [sandbox.known_as[id] for id in (mine.id, *mine.session_ids, new.id)] == [
        "the assistant",
        "session 1",
        "session 2",
        "the new session 'Monday'",
    ]
    assert [sandbox.known_as[id] for id in (other.id, *other.session_ids)] == [
        "the other assistant",
        "session 1 of the other assistant",
    ]


def test_ids_of_an_earlier_scenario_are_still_known(sandbox: Sandbox) -> None:
    earlier = sandbox.create_assistant(sessions=1)
    sandbox.clear()
    sandbox.create_assistant(sessions=1)
    assert sandbox.known_as[earlier.session_ids[0]] == "session 1"


# What is removed.


def test_everything_is_removed(embedded: Embedded) -> None:
    sandbox = sandbox_on(embedded.own)
    sandbox.create_assistant(sessions=2)
    sandbox.create_assistant(sessions=1, owner=embedded.other)
    sandbox.clear()
    assert embedded.assistants() == []


def test_only_what_was_created_here_is_removed(embedded: Embedded) -> None:
    mine, yours = sandbox_on(embedded.own), sandbox_on(embedded.own)
    mine.create_assistant(sessions=0)
    kept = yours.create_assistant(sessions=1)
    foreign = embedded.own.create_assistant(f"{PREFIX} {mine.run}").body["data"]
    mine.clear()
    assert sorted(embedded.assistants()) == sorted([kept.name, foreign["name"]])
    assert sessions_of(kept) == kept.sessions
    yours.clear()
    embedded.own.delete_assistants([foreign["id"]])


def test_what_is_removed_is_removed_once(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        sandbox.create_assistant(sessions=0)
        sandbox.clear()
        sandbox.clear()
    assert between.calls().count("DELETE /api/v1/chats") == 1


def test_an_assistant_may_be_removed_before_its_scenario_ends(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, _):
        gone, kept = sandbox.create_assistant(sessions=1), sandbox.create_assistant(sessions=1, other=True)
        sandbox.remove(gone)
        assert embedded.assistants() == [kept.name]
        assert sandbox.owns(gone.id)
        sandbox.clear()
    assert embedded.assistants() == []


def test_an_assistant_that_cannot_be_removed_before_its_scenario_ends_is_named(embedded: Embedded) -> None:
    refusals = iter([json_reply({"code": 102, "message": "not today"})])

    def tamper(seen: Seen) -> Reply | None:
        return next(refusals, None) if seen.call == "DELETE /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=0)
        with pytest.raises(PreparationFailed, match=f"'{assistant.name}'"):
            sandbox.remove(assistant)
        sandbox.clear()
    assert embedded.assistants() == []


def test_an_assistant_that_somebody_else_removed_is_not_missed(embedded: Embedded) -> None:
    sandbox = sandbox_on(embedded.own)
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
        if seen.call != "POST /api/v1/chats":
            return None
        forwarded(embedded.url, seen)
        return answer

    with in_the_way(embedded, tamper) as (sandbox, _):
        with pytest.raises((PreparationFailed, NoAnswer)):
            sandbox.create_assistant(sessions=1)
        assert len(embedded.assistants()) == 1
        sandbox.clear()
    assert embedded.assistants() == []


# what stands in the way of a removal: (the call, its answer)
HINDRANCES: dict[str, tuple[str, Reply | Misconduct]] = {
    "a refusal": ("DELETE /api/v1/chats", json_reply({"code": 102, "message": "not today"})),
    "a success that is none": ("DELETE /api/v1/chats", json_reply({"code": 0})),
    "no answer": ("DELETE /api/v1/chats", Misconduct.BREAK_OFF),
    "nobody knows whether it is there": ("GET /api/v1/chats", json_reply({"code": 100, "message": "no"})),
    "no answer about whether it is there": ("GET /api/v1/chats", Misconduct.BREAK_OFF),
    "another page": ("GET /api/v1/chats", Reply(502, b"<h1>Bad Gateway</h1>")),
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
        assert embedded.assistants() == ([assistant.name] if call.startswith("DELETE") else [])
        sandbox.clear()
        sandbox.clear_all()
    assert embedded.assistants() == []


@pytest.mark.parametrize(("call", "answer"), HINDRANCES.values(), ids=HINDRANCES)
def test_what_is_left_behind_in_the_end_is_named(embedded: Embedded, call: str, answer: Reply | Misconduct) -> None:
    hindered = True

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if hindered and seen.call == call else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        names = [sandbox.create_assistant(sessions=0).name for _ in range(2)]
        with pytest.raises(LeftBehind) as trouble:
            sandbox.clear_all()
        assert all(name in str(trouble.value) for name in names)
        hindered = False
        sandbox.clear_all()
    assert embedded.assistants() == []


def test_one_that_cannot_be_removed_does_not_keep_the_others(embedded: Embedded) -> None:
    refusals = iter([json_reply({"code": 102, "message": "not today"})])

    def tamper(seen: Seen) -> Reply | None:
        return next(refusals, None) if seen.call == "DELETE /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        created = [sandbox.create_assistant(sessions=0).name for _ in range(3)]
        with pytest.raises(LeftBehind):
            sandbox.clear()
        assert embedded.assistants() == created[:1]
        sandbox.clear_all()
    assert embedded.assistants() == []


def no_deletions(answer: Answer) -> None:
    """What finds the answer to every deletion of an assistant to be of a wrong shape."""
    if answer.request.method == "DELETE" and answer.request.path == "/api/v1/chats":
        raise WrongShape("the answer has a wrong shape")


@pytest.mark.parametrize(
    "earlier",
    [0, 1, 2],
)
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
    assert embedded.assistants() == []
    sandbox.clear()


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
        sandbox.clear()
    assert "POST /api/v1/chats" in held
    assert "DELETE /api/v1/chats" in held
    assert not any(call.startswith("POST") and call.endswith("/sessions") for call in held)


# What a run says of it.


def run_on(ragflow: RAGFlow) -> AbstractContextManager[Sandbox]:
    """The sandbox of a run."""
    return Run.sandbox_on(SimpleNamespace(interruption=SimpleNamespace(held=nullcontext)), ragflow)


def test_the_end_says_that_nothing_is_left(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    with run_on(embedded.own) as sandbox:
        sandbox.create_assistant(sessions=1)
    assert embedded.assistants() == []
    assert "left behind: 0" in capsys.readouterr().out


def test_whatever_ends_a_run_nothing_is_left(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with run_on(embedded.own) as sandbox:
            sandbox.create_assistant(sessions=1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert embedded.assistants() == []
    assert "left behind: 0" in capsys.readouterr().out


def test_the_end_does_not_say_so_where_something_is_left(
    embedded: Embedded, capsys: pytest.CaptureFixture[str]
) -> None:
    hindered = True

    def tamper(seen: Seen) -> Reply | None:
        refused = json_reply({"code": 102, "message": "not today"})
        return refused if hindered and seen.call == "DELETE /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (between, _):
        with pytest.raises(LeftBehind), run_on(between.ragflow) as sandbox:
            sandbox.create_assistant(sessions=0)
        assert "left behind: 0" not in capsys.readouterr().out
        hindered = False
        sandbox.clear_all()
    assert embedded.assistants() == []
