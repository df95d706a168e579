"""Views of the embedded server, and of servers that list something else."""

from urllib.parse import parse_qs, urlsplit

import pytest

from acceptance.errors import NoAnswer, NotRAGFlow, UnusableListing
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import PAGE_SIZE
from acceptance.ragflow.messages import Content
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.view import Snapshot, lists_containing, sessions_by_user, sessions_of, take_snapshot
from tests.support.servers import Embedded
from tests.unit.sandboxes import new_sender, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

MONDAY = SessionSpec("Monday", "user 1")


def read(embedded: Embedded, *pages: object) -> list[str]:
    """Return the names of the sessions of a server that lists these pages."""

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        if seen.method != "GET" or not seen.call.endswith("/sessions"):
            return None
        [number] = parse_qs(urlsplit(seen.path).query)["page"]
        page = pages[int(number) - 1] if int(number) <= len(pages) else ()
        if isinstance(page, Reply | Misconduct):
            return page
        return json_reply({"code": 0, "data": [{"id": f"id {name}", "name": f"{name}"} for name in page]})

    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        try:
            return [session.name for session in sessions_of(sandbox.create_assistant(sessions=0))]
        finally:
            sandbox.clear_all()


@pytest.mark.parametrize("pages", [[], [range(100), range(100, 101), range(101, 150)], [[1, 1, 2]]])
def test_all_pages_are_read(embedded: Embedded, pages: list[list[int]]) -> None:
    assert read(embedded, *pages) == [str(name) for page in pages for name in page]


# pages that are no list: (the pages, the error)
UNUSABLE = {
    "repeated session": ([[1, 2], [3, 4], [5, 1]], UnusableListing),
    "refusal": ([json_reply({"code": 102, "message": "You don't own the assistant"})], UnusableListing),
    "refusal of page 2": ([[1, 2], json_reply({"code": 100, "data": None, "message": "no"})], UnusableListing),
    "wrong status": ([json_reply({"code": 0, "data": []}, status=500)], UnusableListing),
    "no data": ([json_reply({"code": 0})], UnusableListing),
    "items that are no objects": ([json_reply({"code": 0, "data": [1, None]})], UnusableListing),
    "numeric ids": ([json_reply({"code": 0, "data": [{"id": 1, "name": "session 1"}]})], UnusableListing),
    "web page": ([Reply(200, b"<h1>It works!</h1>")], NotRAGFlow),
    "no answer": ([Misconduct.BREAK_OFF], NoAnswer),
}


@pytest.mark.parametrize(("pages", "error"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_list_is_an_error(embedded: Embedded, pages: list[object], error: type[Exception]) -> None:
    with pytest.raises(error):
        read(embedded, *pages)


ORDERED = [f"orderby={by}&desc={desc}" for by in ("create_time", "update_time", "name") for desc in ("true", "false")]


def test_a_session_is_searched_by_all_its_fields_and_in_every_order(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant([MONDAY, SessionSpec("Friday")])
    monday, friday = assistant.sessions
    assert lists_containing(assistant, monday) == [f"id={monday.id}", "name=Monday", "user_id=user+1", *ORDERED]
    assert lists_containing(assistant, friday) == [f"id={friday.id}", "name=Friday", *ORDERED]


@pytest.mark.parametrize("query", ["", "name=Monday", "user_id=user+1", "orderby=name&desc=true"])
def test_the_list_that_contains_a_deleted_session_is_named(embedded: Embedded, query: str) -> None:
    def tamper(seen: Seen) -> Reply | None:
        is_it = seen.path.endswith(f"/sessions?{query}&page_size={PAGE_SIZE}")
        return json_reply({"code": 0, "data": [{"id": gone.id, "name": "renamed"}]}) if is_it else None

    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant([MONDAY, MONDAY])
        gone, _left = assistant.sessions
        new_sender(sandbox).delete(assistant, [gone.id])
        assert lists_containing(assistant, gone) == ([query] if query else [])


def test_each_user_of_a_session_has_a_list(sandbox: Sandbox) -> None:
    # The server's default page has 30 sessions.
    specs = [*(SessionSpec(f"session {number}", "Anna") for number in range(31)), SessionSpec("Bert's", "Bert")]
    assistant = sandbox.create_assistant([*specs, SessionSpec(None)])
    *annas, berts, _ = assistant.sessions
    lists = sessions_by_user(assistant)
    assert {user: set(sessions) for user, sessions in lists.items()} == {"Anna": set(annas), "Bert": {berts}}
    new_sender(sandbox).delete(assistant, [berts.id])
    assert sessions_by_user(assistant)["Bert"] == ()


def test_a_snapshot_has_all_fields_of_namesakes_and_their_sessions(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=2)
    theirs = sandbox.create_assistant(sessions=1, owner=embedded.other, name=mine.name, other=True)
    before = take_snapshot([mine, theirs])
    assert {id: (item["id"], item["name"]) for id, item in before.assistants.items()} == {
        each.id: (each.id, each.name) for each in (mine, theirs)
    }
    assert {id: {item["id"] for item in items} for id, items in before.sessions.items()} == {
        each.id: set(each.session_ids) for each in (mine, theirs)
    }
    assert before.changes(take_snapshot([mine, theirs])) == []
    gone = theirs.session_ids[0]
    theirs.owner.delete_sessions(theirs.id, Content.json({"ids": [gone]}))
    assert before.without([gone]).changes(take_snapshot([mine, theirs])) == []
    new_sender(sandbox).rename(mine, mine.sessions[1], "another name")
    [line] = before.without([gone]).changes(take_snapshot([mine, theirs]))
    assert "another name" in line


ASSISTANT = {"id": "a1", "name": "mine", "update_time": 1}
ONE, TWO = ({"id": id, "name": f"session {id}", "update_time": 1} for id in ("s1", "s2"))
BEFORE = Snapshot({"a1": ASSISTANT}, {"a1": [ONE, TWO]})

# a change: (the snapshot after it, its description)
CHANGES = {
    "assistant": (Snapshot({"a1": {**ASSISTANT, "update_time": 2}}, BEFORE.sessions), "a1: update_time was 1, is 2"),
    "session": (Snapshot(BEFORE.assistants, {"a1": [ONE, {**TWO, "update_time": 2}]}), "s2: update_time was 1, is 2"),
    "missing session": (Snapshot(BEFORE.assistants, {"a1": [ONE]}), "s2: was "),
    "new session": (Snapshot(BEFORE.assistants, {"a1": [ONE, TWO, {"id": "s3"}]}), "s3: was None, is "),
    "order": (Snapshot(BEFORE.assistants, {"a1": [TWO, ONE]}), "order of the sessions of a1: was ['s1', 's2'], is "),
}


@pytest.mark.parametrize(("now", "line"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_described_in_one_line(now: Snapshot, line: str) -> None:
    [change] = BEFORE.changes(now)
    assert change.startswith(line)


def test_equal_snapshots_have_no_changes() -> None:
    assert BEFORE.changes(Snapshot({"a1": dict(ASSISTANT)}, {"a1": [dict(ONE), dict(TWO)]})) == []
    assert BEFORE.without({"s2"}).changes(Snapshot(BEFORE.assistants, {"a1": [ONE]})) == []
