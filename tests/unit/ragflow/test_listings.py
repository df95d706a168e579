from collections.abc import Callable

import pytest

from acceptance.errors import NoAnswer, NotCreated, NotRAGFlow, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import (
    PAGE_SIZE,
    Session,
    fetch_all_assistants,
    fetch_assistant_names,
    is_listed,
    read_created,
    read_items,
    read_prepared,
    read_sessions,
)
from acceptance.ragflow.messages import NO_KEY, Answer, Json
from tests.unit.examples import answer
from tests.unit.ragflow.test_client import replying
from tests.unit.stand_in import Misconduct, Reply, StandIn, json_reply

ITEM: Json = {"id": "s1", "name": "one"}


def test_a_created_item_has_an_id_and_a_name() -> None:
    created = answer({"code": 0, "data": ITEM})
    assert (read_created(created), read_prepared(created)) == (ITEM, ITEM)


NOT_CREATED: tuple[Json, ...] = (
    *({"code": 102, "data": ITEM, "message": "no"}, {"code": False, "data": None}, {"code": 0}),
    *({"code": 0, "data": data} for data in ([ITEM], {"name": "one"}, {"id": "s1"}, {"id": 1, "name": "one"})),
)


@pytest.mark.parametrize("body", NOT_CREATED, ids=str)
def test_any_other_answer_of_ragflow_created_nothing(body: Json) -> None:
    for read, error in ((read_created, NotCreated), (read_prepared, PreparationFailed)):
        with pytest.raises(error, match=r"did not create this(?s:.)*DELETE /api/v1/chats/c1/sessions"):
            read(answer(body))


@pytest.mark.parametrize("body", [{"data": ITEM}, {"code": None}, {"code": "0", "data": ITEM}, [ITEM], "ok", None])
@pytest.mark.parametrize("read", [read_created, read_prepared, read_items, read_sessions])
def test_an_answer_without_ragflows_form_is_not_from_ragflow(body: Json, read: Callable[[Answer], object]) -> None:
    with pytest.raises(NotRAGFlow, match="DELETE /api/v1/chats/c1/sessions"):
        read(answer(body))


@pytest.mark.parametrize("data", [[ITEM], {"chats": [ITEM], "total": 1}])
def test_items_are_listed_in_one_of_two_places(data: Json) -> None:
    assert read_items(answer({"code": 0, "data": data})) == [ITEM]
    assert read_sessions(answer({"code": 0, "data": data})) == [Session("s1", "one")]


@pytest.mark.parametrize("data", [None, {}, {"chats": {}}, "s1", [1], [ITEM, None], [{"name": "one"}], [{"id": 1}]])
def test_anything_else_is_no_list(data: Json) -> None:
    with pytest.raises(UnusableListing, match="DELETE /api/v1/chats/c1/sessions"):
        read_items(answer({"code": 0, "data": data}))


@pytest.mark.parametrize(
    ("fields", "user"), [({"user_id": "user 1"}, "user 1"), ({"user_id": ""}, ""), ({"user_id": None}, ""), ({}, "")]
)
def test_a_session_has_the_user_that_the_server_names(fields: dict[str, Json], user: str) -> None:
    [session] = read_sessions(answer({"code": 0, "data": [{"id": "s1", "name": "one", **fields}]}))
    assert (session.id, session.name, session.user) == ("s1", "one", user)
    assert session == Session("s1", "one", "another user")
    assert session != Session("s1", "two", user)


# All assistants of a tenant.


def page(*names: str, nested: bool = False) -> Reply:
    items = [{"id": f"id of {name}", "name": name} for name in names]
    return json_reply({"code": 0, "data": {"chats": items} if nested else items})


def on(server: StandIn) -> RAGFlow:
    return RAGFlow(server.url, NO_KEY, read_timeout=5)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("pages", [[], ["a"], ["ab", "c", "def"]])
def test_all_pages_of_assistants_are_read(pages: list[str], nested: bool) -> None:
    with replying(*(page(*names, nested=nested) for names in pages), then=page(nested=nested)) as server:
        assert fetch_assistant_names(on(server)) == list("".join(pages))
    oldest_first = [
        f"/api/v1/chats?page={number}&page_size={PAGE_SIZE}&orderby=create_time&desc=false"
        for number in range(1, len(pages) + 2)
    ]
    newest_first = ["/api/v1/chats?page=1&page_size=100&orderby=create_time&desc=true"] if len(pages) > 1 else []
    assert [seen.path for seen in server.seen] == oldest_first + newest_first


@pytest.mark.parametrize("pages", [["a", "a"], ["ab", "c", "b"]])
def test_a_server_that_ignores_the_page_is_noticed(pages: list[str]) -> None:
    with (
        replying(*(page(*names) for names in pages)) as server,
        pytest.raises(UnusableListing, match=f"page {len(pages)} .*repeats"),
    ):
        fetch_all_assistants(on(server))
    assert len(server.seen) == len(pages)


def test_changes_by_another_client_hide_no_assistant() -> None:
    """While the pages are read, the first assistant is deleted, and one is created."""
    oldest_first, newest_first = [page("a", "b"), page("d", "e"), page()], [page("e", "d"), page("d", "c"), page("b")]
    with replying(*oldest_first, *newest_first, then=page()) as server:
        assert sorted(fetch_assistant_names(on(server))) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply({"code": 0, "data": []}, status=500), UnusableListing),
        (json_reply({"code": 109, "message": "no such chat key"}), UnusableListing),
        (json_reply({"code": 102, "message": "not today"}), UnusableListing),
        (Reply(502), NotRAGFlow),
        (Misconduct.BREAK_OFF, NoAnswer),
    ],
)
def test_an_answer_that_is_no_page_is_an_error(reply: Reply | Misconduct, error: type[Exception]) -> None:
    with replying(page("a"), reply, reply) as server:
        with pytest.raises(error):
            fetch_all_assistants(on(server))
        with pytest.raises(error):
            is_listed("one", on(server))


REFUSED = json_reply({"code": 102, "data": None, "message": "You don't own the assistant."})


@pytest.mark.parametrize(("last", "listed"), [(page(), True), (REFUSED, False)])
def test_an_assistant_is_found_by_its_id_whatever_the_server_filters(last: Reply, listed: bool) -> None:
    with replying(page("two", "one" if listed else "One"), page(), then=last) as server:
        assert is_listed("id of one", on(server)) is listed
    assert "name=" not in "".join(seen.path for seen in server.seen)


def test_a_list_without_an_assistant_that_has_sessions_proves_nothing() -> None:
    replies = replying(page("two"), page(), then=page("its session"))
    with replies as server, pytest.raises(UnusableListing, match="lacks one that exists"):
        is_listed("id of one", on(server))
