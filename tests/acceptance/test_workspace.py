"""The workspace against an embedded server, and against servers that stand in its way."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest

from acceptance.errors import LeftBehind, NoAnswer, PreparationFailed
from acceptance.ragflow.client import NO_KEY, Answer, Content, Credentials, RAGFlow
from acceptance.sandbox.workspace import PREFIX, UnusableListing, Workspace
from tests.acceptance.embedded_process import OWN_KEY, Embedded
from tests.acceptance.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

Tamper = Callable[[Seen], Reply | Misconduct | None]


def workspace_on(ragflow: RAGFlow) -> Workspace:
    return Workspace(ragflow, nullcontext)


@pytest.fixture
def workspace(embedded: Embedded) -> Iterator[Workspace]:
    """A workspace on the embedded server, which has nothing to say about its end."""
    workspace = workspace_on(embedded.own)
    yield workspace
    workspace.clear()
    assert embedded.assistants() == []


@contextmanager
def in_the_way(embedded: Embedded, tamper: Tamper) -> Iterator[tuple[Workspace, StandIn]]:
    """A workspace whose requests ``tamper`` answers where it likes to, and the embedded server where not."""

    def react(seen: Seen) -> Reply | Misconduct:
        return tamper(seen) or forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY), read_limit=5)
        yield workspace_on(ragflow), between


def untouched(_: Seen) -> None:
    """Leave every request to the embedded server."""


# What is created.


def test_names_carry_the_prefix_and_the_run(embedded: Embedded, workspace: Workspace) -> None:
    names = [workspace.create_assistant(sessions=0).name for _ in range(3)]
    assert all(name.startswith(f"{PREFIX} {workspace.run} ") for name in names)
    assert sorted(embedded.assistants()) == sorted(set(names))


def test_every_run_has_its_own_id(embedded: Embedded) -> None:
    assert len({workspace_on(embedded.own).run for _ in range(10)}) == 10


@pytest.mark.parametrize("count", [0, 1, 5, 25])
def test_an_assistant_has_the_sessions_that_it_was_given(workspace: Workspace, count: int) -> None:
    assistant = workspace.create_assistant(sessions=count)
    assert len(set(assistant.session_ids)) == count
    assert workspace.sessions_left(assistant) == assistant.sessions


def test_an_assistant_may_belong_to_another_tenant(embedded: Embedded, workspace: Workspace) -> None:
    assistant = workspace.create_assistant(sessions=1, owner=embedded.other)
    assert embedded.other.list_sessions(assistant.id).body["code"] == 0
    assert embedded.own.list_sessions(assistant.id).body["code"] != 0
    workspace.clear()
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

    with in_the_way(embedded, tamper) as (workspace, _):
        with pytest.raises(PreparationFailed) as failure:
            workspace.create_assistant(sessions=1)
        workspace.clear()
    assert "POST /api/v1/chats" in str(failure.value)
    assert "no more room" in str(failure.value)
    assert embedded.assistants() == []


# What is left.


def test_the_sessions_of_every_page_are_read(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (workspace, between):
        assistant = workspace.create_assistant(sessions=150)
        assert set(workspace.sessions_left(assistant)) == set(assistant.sessions)
        workspace.clear()
    listings = [seen for seen in between.seen if seen.call == f"GET /api/v1/chats/{assistant.id}/sessions"]
    assert len(listings) >= 2


class Pages:
    """A server on which an assistant of one name has these pages of sessions."""

    def __init__(self, *pages: object, last: object = ()) -> None:
        self._pages = iter(pages)
        self._last = last

    def __call__(self, seen: Seen) -> Reply | Misconduct | None:
        if seen.method != "GET" or not seen.call.endswith("/sessions"):
            return None
        page = next(self._pages, self._last)
        if isinstance(page, Reply | Misconduct):
            return page
        return json_reply({"code": 0, "data": [{"id": f"id {name}", "name": f"{name}"} for name in page]})


def left(embedded: Embedded, pages: Pages) -> tuple[str, ...]:
    with in_the_way(embedded, pages) as (workspace, _):
        assistant = workspace.create_assistant(sessions=0)
        try:
            return tuple(session.name for session in workspace.sessions_left(assistant))
        finally:
            workspace.clear()


# what a server lists: page after page
LISTINGS = {
    "nothing": [],
    "fewer than asked for": [range(30), range(30, 60), range(60, 75)],
    "one a page": [[1], [2], [3]],
    "no page like another": [range(100), range(100, 101), range(101, 150)],
}


@pytest.mark.parametrize("pages", LISTINGS.values(), ids=LISTINGS)
def test_a_server_may_give_fewer_sessions_a_page_than_it_was_asked_for(
    embedded: Embedded, pages: list[list[int]]
) -> None:
    assert left(embedded, Pages(*pages)) == tuple(str(name) for page in pages for name in page)


# what is no listing: the pages
UNUSABLE = {
    "the same page again": [[1, 2], [1, 2]],
    "a session of an earlier page": [[1, 2], [3, 4], [5, 1]],
    "a refusal": [json_reply({"code": 102, "message": "You don't own the assistant"})],
    "a refusal of the second page": [[1, 2], json_reply({"code": 100, "data": None, "message": "no"})],
    "another status": [json_reply({"code": 0, "data": []}, status=500)],
    "a page of a web site": [Reply(200, b"<h1>It works!</h1>")],
    "nothing": [Reply(200)],
    "no list": [json_reply({"code": 0, "data": {}})],
    "no data": [json_reply({"code": 0})],
    "a list of anything": [json_reply({"code": 0, "data": [1, None]})],
    "sessions without an id": [json_reply({"code": 0, "data": [{"name": "session 1"}]})],
    "sessions whose id is a number": [json_reply({"code": 0, "data": [{"id": 1, "name": "session 1"}]})],
}


@pytest.mark.parametrize("pages", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_listing_is_not_taken_for_one(embedded: Embedded, pages: list[object]) -> None:
    with pytest.raises(UnusableListing):
        left(embedded, Pages(*pages))


def test_a_listing_that_gets_no_answer_is_told(embedded: Embedded) -> None:
    with pytest.raises(NoAnswer):
        left(embedded, Pages(Misconduct.BREAK_OFF))


# What is removed.


def test_everything_is_removed(embedded: Embedded) -> None:
    workspace = workspace_on(embedded.own)
    workspace.create_assistant(sessions=2)
    workspace.create_assistant(sessions=1, owner=embedded.other)
    workspace.clear()
    assert embedded.assistants() == []


def test_only_what_was_created_here_is_removed(embedded: Embedded) -> None:
    mine, yours = workspace_on(embedded.own), workspace_on(embedded.own)
    mine.create_assistant(sessions=0)
    kept = yours.create_assistant(sessions=1)
    foreign = embedded.own.create_assistant(f"{PREFIX} {mine.run}").body["data"]
    mine.clear()
    assert sorted(embedded.assistants()) == sorted([kept.name, foreign["name"]])
    assert yours.sessions_left(kept) == kept.sessions
    yours.clear()
    embedded.own.delete_assistants([foreign["id"]])


def test_what_is_removed_is_removed_once(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (workspace, between):
        workspace.create_assistant(sessions=0)
        workspace.clear()
        workspace.clear()
    assert between.calls().count("DELETE /api/v1/chats") == 1


def test_the_end_says_that_nothing_is_left(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    with workspace_on(embedded.own) as workspace:
        workspace.create_assistant(sessions=1)
    assert embedded.assistants() == []
    assert "left behind: 0" in capsys.readouterr().out


def test_an_assistant_that_somebody_else_removed_is_not_missed(embedded: Embedded) -> None:
    workspace = workspace_on(embedded.own)
    assistant = workspace.create_assistant(sessions=1)
    embedded.own.delete_assistants([assistant.id])
    workspace.clear()


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

    with in_the_way(embedded, tamper) as (workspace, _):
        with pytest.raises((PreparationFailed, NoAnswer)):
            workspace.create_assistant(sessions=1)
        assert len(embedded.assistants()) == 1
        workspace.clear()
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
    embedded: Embedded, capsys: pytest.CaptureFixture[str], call: str, answer: Reply | Misconduct
) -> None:
    answers = iter([answer])
    with in_the_way(embedded, lambda seen: next(answers, None) if seen.call == call else None) as (workspace, _):
        with workspace:
            assistant = workspace.create_assistant(sessions=1)
            with pytest.raises(LeftBehind, match=assistant.name):
                workspace.clear()
            assert embedded.assistants() == ([assistant.name] if call.startswith("DELETE") else [])
        assert embedded.assistants() == []
    assert "left behind: 0" in capsys.readouterr().out


@pytest.mark.parametrize(("call", "answer"), HINDRANCES.values(), ids=HINDRANCES)
def test_what_is_left_behind_in_the_end_is_named(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], call: str, answer: Reply | Misconduct
) -> None:
    hindered = True

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if hindered and seen.call == call else None

    def run(workspace: Workspace) -> None:
        with workspace:
            for _ in range(2):
                names.append(workspace.create_assistant(sessions=0).name)

    names: list[str] = []
    with in_the_way(embedded, tamper) as (workspace, _):
        with pytest.raises(LeftBehind) as trouble:
            run(workspace)
        assert all(name in str(trouble.value) for name in names)
        assert "left behind: 0" not in capsys.readouterr().out
        hindered = False
        with workspace:
            pass
    assert embedded.assistants() == []


def test_one_that_cannot_be_removed_does_not_keep_the_others(embedded: Embedded) -> None:
    refusals = iter([json_reply({"code": 102, "message": "not today"})])

    def tamper(seen: Seen) -> Reply | None:
        return next(refusals, None) if seen.call == "DELETE /api/v1/chats" else None

    with in_the_way(embedded, tamper) as (workspace, _):
        created = [workspace.create_assistant(sessions=0).name for _ in range(3)]
        with pytest.raises(LeftBehind):
            workspace.clear()
        assert embedded.assistants() == created[:1]
        with workspace:
            pass
    assert embedded.assistants() == []


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
        workspace = Workspace(ragflow, holder)
        workspace.create_assistant(sessions=2)
        workspace.clear()
    assert "POST /api/v1/chats" in held
    assert "DELETE /api/v1/chats" in held
    assert not any(call.startswith("POST") and call.endswith("/sessions") for call in held)


# What is deleted.


def test_a_deletion_says_what_it_named_and_what_was_answered(workspace: Workspace) -> None:
    assistant = workspace.create_assistant(sessions=2)
    deletion = workspace.delete(assistant, [*assistant.session_ids, "nobody"])
    assert deletion.selection.summary == "2 deleted, 1 unknown"
    assert isinstance(deletion.answer, Answer)
    assert workspace.sessions_left(assistant) == ()


def test_a_deletion_is_not_noted_by_itself(workspace: Workspace) -> None:
    assistant = workspace.create_assistant(sessions=2)
    first = workspace.delete(assistant, assistant.session_ids)
    assert workspace.delete(assistant, assistant.session_ids).selection.summary == "2 deleted"
    workspace.note_as_gone(first)
    assert workspace.delete(assistant, assistant.session_ids).selection.summary == "2 unknown"


def test_a_request_each(workspace: Workspace) -> None:
    assistant = workspace.create_assistant(sessions=12)
    deletions = workspace.delete_each(assistant, assistant.session_ids, workers=3)
    assert [deletion.selection.named for deletion in deletions] == [(id,) for id in assistant.session_ids]
    assert workspace.sessions_left(assistant) == ()


def test_somebody_else_may_ask(embedded: Embedded, workspace: Workspace) -> None:
    assistant = workspace.create_assistant(sessions=1)
    deletion = workspace.delete(assistant, assistant.session_ids, asker=embedded.own.as_(NO_KEY))
    assert deletion.answer.request.credentials == NO_KEY
    assert workspace.sessions_left(assistant) == assistant.sessions


# what could empty an assistant
EMPTYING = {
    "an empty list": Content.json({"ids": []}),
    "no list": Content.json({"ids": None}),
    "nothing": Content(),
    "nothing at all": Content(None, None),
    "not JSON": Content(b"not json"),
    "everything": Content.json({"delete_all": True}),
    "a text": Content.json("not json"),
    "ids of another kind": Content.json({"ids": [1]}),
}


@pytest.mark.parametrize("content", EMPTYING.values(), ids=EMPTYING)
@pytest.mark.parametrize("target", ["", "foreign", "%"])
def test_an_assistant_of_others_is_never_emptied(embedded: Embedded, content: Content, target: str) -> None:
    with in_the_way(embedded, untouched) as (workspace, between):
        assistant = workspace.create_assistant(sessions=0)
        with pytest.raises(ValueError, match=f"'{target}'"):
            workspace.request_deletion(assistant, [], content, assistant_id=target)
        workspace.clear()
    assert not [call for call in between.calls() if call.startswith("DELETE") and call.endswith("/sessions")]


@pytest.mark.parametrize("content", EMPTYING.values(), ids=EMPTYING)
def test_an_assistant_of_the_run_may_be_emptied(workspace: Workspace, content: Content) -> None:
    assistant = workspace.create_assistant(sessions=1)
    assert workspace.request_deletion(assistant, [], content).answer.is_json


def test_sessions_that_are_named_may_be_asked_for_anywhere(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (workspace, between):
        assistant = workspace.create_assistant(sessions=1)
        workspace.delete(assistant, assistant.session_ids, assistant_id="foreign")
        assert workspace.sessions_left(assistant) == assistant.sessions
        workspace.clear()
    [asked] = [seen for seen in between.seen if seen.call == "DELETE /api/v1/chats/foreign/sessions"]
    assert json.loads(asked.body) == {"ids": list(assistant.session_ids)}
