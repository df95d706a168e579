"""What the server lists, on an embedded server and on some that list otherwise."""

import pytest

from acceptance.errors import NoAnswer, NotRAGFlow, UnusableListing
from acceptance.ragflow.listings import Session
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_found, sessions_of, snapshot
from tests.acceptance.embedded_process import Embedded
from tests.acceptance.sandboxes import in_the_way, untouched
from tests.acceptance.stand_in import Misconduct, Reply, Seen, json_reply


def test_the_sessions_of_every_page_are_read(embedded: Embedded) -> None:
    with in_the_way(embedded, untouched) as (sandbox, between):
        assistant = sandbox.create_assistant(sessions=150)
        assert set(sessions_of(assistant)) == set(assistant.sessions)
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
    with in_the_way(embedded, pages) as (sandbox, _):
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


@pytest.mark.parametrize("pages", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_listing_is_not_taken_for_one(embedded: Embedded, pages: list[object]) -> None:
    with pytest.raises(UnusableListing):
        left(embedded, Pages(*pages))


@pytest.mark.parametrize("page", [Reply(200, b"<h1>It works!</h1>"), Reply(200), json_reply([])])
def test_a_page_of_somebody_else_is_no_listing(embedded: Embedded, page: Reply) -> None:
    with pytest.raises(NotRAGFlow):
        left(embedded, Pages(page))


def test_a_listing_that_gets_no_answer_is_told(embedded: Embedded) -> None:
    with pytest.raises(NoAnswer):
        left(embedded, Pages(Misconduct.BREAK_OFF))


def test_a_session_is_looked_for_by_id_and_by_name(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    first, second = assistant.sessions
    assert [item["id"] for item in sessions_found(assistant, first)] == [first.id, first.id]
    assert [item["id"] for item in sessions_found(assistant, Session(first.id, second.name))] == [first.id, second.id]


def test_a_session_that_is_gone_is_not_found(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    first, _ = assistant.sessions
    Sender(sandbox).delete(assistant, [first.id])
    assert sessions_found(assistant, first) == []


def test_a_snapshot_shows_assistants_and_sessions_to_the_last_field(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=2)
    other = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    noted = snapshot([mine, other])
    assert {name: item["id"] for name, item in noted.assistants.items()} == {mine.name: mine.id, other.name: other.id}
    assert {name: {item["id"] for item in items} for name, items in noted.sessions.items()} == {
        mine.name: set(mine.session_ids),
        other.name: set(other.session_ids),
    }
    assert list(noted.changes(snapshot([mine, other]))) == []


def test_a_snapshot_shows_what_has_changed(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=3)
    noted = snapshot([assistant])
    sender = Sender(sandbox)
    sender.delete(assistant, assistant.session_ids[:1])
    assert list(noted.without(assistant.session_ids[:1]).changes(snapshot([assistant]))) == []
    sender.rename(assistant, assistant.sessions[1])
    [line] = noted.without(assistant.session_ids[:1]).changes(snapshot([assistant]))
    assert "another name" in line
