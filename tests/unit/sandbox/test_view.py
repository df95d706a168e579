"""What the server lists, on an embedded server and on some that list otherwise."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from acceptance.errors import NoAnswer, NotRAGFlow, UnusableListing
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import PAGE_SIZE
from acceptance.ragflow.messages import Content
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import by_user, lists_with, sessions_of, snapshot
from tests.support.servers import Embedded
from tests.unit.sandboxes import in_the_way, untouched
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

# Seconds after which somebody waits in vain.
LIMIT = 10.0


def test_the_sessions_of_every_page_are_read(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        assistant = sandbox.create_assistant(sessions=150)
        assert set(sessions_of(assistant)) == set(assistant.sessions)
    listings = [seen for seen in between.seen if seen.call == f"GET /api/v1/chats/{assistant.id}/sessions"]
    assert len(listings) >= 2


class Pages:
    """A server on which an assistant of one name has these pages of sessions."""

    def __init__(self, *pages: object, at_once: int = 1) -> None:
        self._pages = dict(enumerate(pages, start=1))
        self._together = threading.Barrier(at_once, timeout=LIMIT)

    def __call__(self, seen: Seen) -> Reply | Misconduct | None:
        if seen.method != "GET" or not seen.call.endswith("/sessions"):
            return None
        self._together.wait()
        [number] = parse_qs(urlsplit(seen.path).query)["page"]
        page = self._pages.get(int(number), ())
        if isinstance(page, Reply | Misconduct):
            return page
        return json_reply({"code": 0, "data": [{"id": f"id {name}", "name": f"{name}"} for name in page]})


def left(embedded: Embedded, pages: Pages, width: int | None = None) -> tuple[str, ...]:
    """The names of what is read, through a gate of this width."""
    with in_the_way(embedded, pages) as (sandbox, _):
        if width:
            sandbox.ragflow.gate.limit(width)
        assistant = sandbox.create_assistant(sessions=0)
        try:
            return tuple(session.name for session in sessions_of(assistant))
        finally:
            sandbox.clear_all()


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


@pytest.mark.parametrize("pages", LISTINGS.values(), ids=LISTINGS)
def test_where_scenarios_run_side_by_side_two_pages_are_read_at_once(
    embedded: Embedded, pages: list[list[int]]
) -> None:
    read = left(embedded, Pages(*pages, at_once=2), width=2)
    assert read == tuple(str(name) for page in pages for name in page)


# what is no listing: the pages
UNUSABLE = {
    "the same page again": [[1, 2], [1, 2]],
    "a session of an earlier page": [[1, 2], [3, 4], [5, 1]],
    "a refusal": [json_reply({"code": 102, "message": "You don't own the assistant"})],
    "a refusal of the second page": [[1, 2], json_reply({"code": 100, "data": None, "message": "no"})],
    "another status": [json_reply({"code": 0, "data": []}, status=500)],
    "no list": [json_reply({"code": 0, "data": {}})],
    "no data": [json_reply({"code": 0})],
    "a list of anything": [json_reply({"code": 0, "data": [1, None]})],
    "sessions without an id": [json_reply({"code": 0, "data": [{"name": "session 1"}]})],
    "sessions whose id is a number": [json_reply({"code": 0, "data": [{"id": 1, "name": "session 1"}]})],
}


@pytest.mark.parametrize("width", [None, 2])
@pytest.mark.parametrize("pages", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_listing_is_not_taken_for_one(embedded: Embedded, pages: list[object], width: int | None) -> None:
    with pytest.raises(UnusableListing):
        left(embedded, Pages(*pages), width)


@pytest.mark.parametrize("page", [Reply(200, b"<h1>It works!</h1>"), Reply(200), json_reply([])])
def test_a_page_of_somebody_else_is_no_listing(embedded: Embedded, page: Reply) -> None:
    with pytest.raises(NotRAGFlow):
        left(embedded, Pages(page))


def test_a_listing_that_gets_no_answer_is_told(embedded: Embedded) -> None:
    with pytest.raises(NoAnswer):
        left(embedded, Pages(Misconduct.BREAK_OFF))


# The lists in which a session is.

ORDERED = [
    f"orderby={order}&desc={desc}" for order in ("create_time", "update_time", "name") for desc in ("true", "false")
]


@pytest.mark.parametrize(("user", "by"), [(None, []), ("user 1", ["user_id=user+1"])])
def test_a_session_is_looked_for_by_all_that_is_known_of_it_and_in_every_order(
    embedded: Embedded, user: str | None, by: list[str]
) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        assistant = sandbox.create_assistant([SessionSpec("Monday", "user 1"), SessionSpec("Friday", user)])
        session = assistant.sessions[1]
        before = len(between.seen)
        assert lists_with(assistant, session) == [f"id={session.id}", "name=Friday", *by, *ORDERED]
        asked = [seen.path.partition("?") for seen in between.seen[before:]]
    assert {path for path, _, _ in asked} == {f"/api/v1/chats/{assistant.id}/sessions"}
    queries = [f"id={session.id}", "name=Friday", *by, *ORDERED]
    assert [query for _, _, query in asked] == [f"{each}&page_size={PAGE_SIZE}" for each in queries]


def test_a_session_that_is_gone_is_in_no_list_though_others_are_like_it(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant([SessionSpec("Monday", "user 1"), SessionSpec("Monday", "user 1")])
    gone, left = assistant.sessions
    Sender(sandbox).delete(assistant, [gone.id])
    assert lists_with(assistant, gone) == []
    assert len(lists_with(assistant, left)) == 3 + len(ORDERED)


@pytest.mark.parametrize(
    "query", ["name=Monday", "user_id=user+1", "orderby=update_time&desc=false", "orderby=name&desc=true"]
)
def test_a_list_in_which_a_session_is_still_is_named(embedded: Embedded, query: str) -> None:
    def tamper(seen: Seen) -> Reply | None:
        if not seen.path.endswith(f"/sessions?{query}&page_size={PAGE_SIZE}"):
            return None
        return json_reply({"code": 0, "data": [{"id": gone.id, "name": gone.name}]})

    with in_the_way(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant([SessionSpec("Monday", "user 1")])
        [gone] = assistant.sessions
        Sender(sandbox).delete(assistant, [gone.id])
        assert lists_with(assistant, gone) == [query]


# The lists of users.


def test_every_user_of_a_session_has_a_list(sandbox: Sandbox) -> None:
    wanted = [
        SessionSpec("Monday", "Anna"),
        SessionSpec(None, "Bert"),
        SessionSpec("Tuesday", "Anna"),
        SessionSpec(None),
        SessionSpec("Friday"),
    ]
    assistant = sandbox.create_assistant(wanted)
    monday, new, tuesday, *_ = assistant.sessions
    lists = by_user(assistant)
    assert {user: set(sessions) for user, sessions in lists.items()} == {"Anna": {monday, tuesday}, "Bert": {new}}
    Sender(sandbox).delete(assistant, [monday.id, new.id])
    assert by_user(assistant) == {"Anna": (tuesday,), "Bert": ()}


def test_where_sessions_are_nobodys_there_are_no_lists_of_users(sandbox: Sandbox) -> None:
    assert by_user(sandbox.create_assistant(sessions=2)) == {}


def test_the_list_of_a_user_is_read_to_the_size_of_a_page(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant([SessionSpec(f"session {number}", "Anna") for number in range(31)])
    assert len(by_user(assistant)["Anna"]) == 31


# Snapshots.


def test_a_snapshot_shows_assistants_and_sessions_to_the_last_field(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=2)
    other = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    noted = snapshot([mine, other])
    assert {id: (item["id"], item["name"]) for id, item in noted.assistants.items()} == {
        each.id: (each.id, each.name) for each in (mine, other)
    }
    assert {id: {item["id"] for item in items} for id, items in noted.sessions.items()} == {
        mine.id: set(mine.session_ids),
        other.id: set(other.session_ids),
    }
    assert list(noted.changes(snapshot([mine, other]))) == []


def test_a_snapshot_tells_two_of_one_name_apart(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=1)
    theirs = sandbox.create_assistant(sessions=2, owner=embedded.other, name=mine.name, other=True)
    noted = snapshot([mine, theirs])
    assert [len(noted.sessions[each.id]) for each in (mine, theirs)] == [1, 2]
    gone = theirs.session_ids[0]
    theirs.owner.delete_sessions(theirs.id, Content.json({"ids": [gone]}))
    [line] = noted.changes(snapshot([mine, theirs]))
    assert line.startswith(f"{gone}: was ")


def test_a_snapshot_shows_what_has_changed(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=3)
    noted = snapshot([assistant])
    sender = Sender(sandbox)
    sender.delete(assistant, assistant.session_ids[:1])
    assert list(noted.without(assistant.session_ids[:1]).changes(snapshot([assistant]))) == []
    sender.rename(assistant, assistant.sessions[1], "another name")
    [line] = noted.without(assistant.session_ids[:1]).changes(snapshot([assistant]))
    assert "another name" in line
