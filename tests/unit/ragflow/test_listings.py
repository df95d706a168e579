from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from acceptance.errors import NoAnswer, NotCreated, NotRAGFlow, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import (
    PAGE_SIZE,
    Session,
    created,
    fetch_all_assistants,
    fetch_assistant_names,
    find_assistant_ids,
    find_by_name,
    listed,
    listed_sessions,
    prepared,
)
from acceptance.ragflow.messages import NO_KEY, Answer, Json
from tests.unit.examples import answer
from tests.unit.stand_in import Misconduct, Reply, StandIn, json_reply

ITEM: Json = {"id": "s1", "name": "one"}

# what has created nothing
NOT_CREATED = {
    "a refusal": answer({"code": 102, "data": ITEM, "message": "no"}),
    "false in place of the code": answer({"code": False, "data": None}),
    "no data": answer({"code": 0}),
    "a list": answer({"code": 0, "data": [ITEM]}),
    "no id": answer({"code": 0, "data": {"name": "one"}}),
    "no name": answer({"code": 0, "data": {"id": "s1"}}),
    "a number as id": answer({"code": 0, "data": {"id": 1, "name": "one"}}),
}

# what has not RAGFlow's form
FOREIGN = {
    "no code": answer({"data": ITEM}),
    "null in place of the code": answer({"code": None, "data": ITEM}),
    "a word in place of the code": answer({"code": "0", "data": ITEM}),
    "a bare list": answer([ITEM]),
    "a bare word": answer("ok"),
    "no JSON": answer(text="<h1>no room</h1>"),
    "nothing": answer(text=""),
}


def test_what_was_created_has_an_id_and_a_name() -> None:
    assert created(answer({"code": 0, "data": ITEM})) == ITEM
    assert prepared(answer({"code": 0, "data": ITEM})) == ITEM


@pytest.mark.parametrize("answered", NOT_CREATED.values(), ids=NOT_CREATED)
def test_what_was_not_created_is_told_with_the_exchange(answered: Answer) -> None:
    with pytest.raises(NotCreated) as trouble:
        created(answered)
    with pytest.raises(PreparationFailed) as failure:
        prepared(answered)
    assert "DELETE /api/v1/chats/c1/sessions" in str(trouble.value)
    assert str(failure.value) == str(trouble.value)


@pytest.mark.parametrize("answered", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("read", [created, prepared, listed, listed_sessions])
def test_what_has_not_ragflows_form_says_nothing_about_ragflow(
    answered: Answer, read: Callable[[Answer], object]
) -> None:
    with pytest.raises(NotRAGFlow, match="DELETE /api/v1/chats/c1/sessions"):
        read(answered)


@pytest.mark.parametrize("data", [[ITEM], {"chats": [ITEM], "total": 1}])
def test_a_listing_has_its_items_in_one_of_two_places(data: Json) -> None:
    assert listed(answer({"code": 0, "data": data})) == [ITEM]
    assert listed_sessions(answer({"code": 0, "data": data})) == [Session("s1", "one")]


# what is said of whose a session is: the user
USERS: dict[str, tuple[dict[str, Json], str]] = {
    "a user": ({"user_id": "user 1"}, "user 1"),
    "nobody": ({"user_id": ""}, ""),
    "null": ({"user_id": None}, ""),
    "nothing": ({}, ""),
}


@pytest.mark.parametrize(("said", "user"), USERS.values(), ids=USERS)
def test_a_session_has_the_user_that_the_server_says(said: dict[str, Json], user: str) -> None:
    [session] = listed_sessions(answer({"code": 0, "data": [{"id": "s1", "name": "one", **said}]}))
    assert (session.id, session.name, session.user) == ("s1", "one", user)


def test_a_session_is_the_same_whether_its_user_is_said_or_not() -> None:
    # Not every list says whose its sessions are.
    assert Session("s1", "one", "user 1") == Session("s1", "one")
    assert {Session("s1", "one", "user 1")} == {Session("s1", "one")}
    assert Session("s1", "one", "user 1") != Session("s1", "two", "user 1")


@pytest.mark.parametrize("data", [None, {}, {"chats": {}}, "s1", [1], [ITEM, None], [{"name": "one"}], [{"id": 1}]])
def test_anything_else_is_no_listing(data: Json) -> None:
    with pytest.raises(UnusableListing, match="DELETE /api/v1/chats/c1/sessions"):
        listed(answer({"code": 0, "data": data}))


def test_a_listing_has_the_status_of_a_success() -> None:
    with pytest.raises(UnusableListing):
        listed(answer({"code": 0, "data": []}, status=500))


# what is listed: the one that is called "one"
FOUND: list[tuple[list[dict[str, Json]], Json]] = [
    ([{"name": "one"}], {"name": "one"}),
    ([{"name": "two"}, {"name": "one", "id": "1"}], {"name": "one", "id": "1"}),
    ([{"name": "one"}, {"name": "one"}], None),
    ([{"name": "One"}, {"id": "one"}], None),
    ([], None),
]


@pytest.mark.parametrize(("items", "found"), FOUND)
def test_one_of_a_name_is_found_where_there_is_no_other(items: list[dict[str, Json]], found: Json) -> None:
    assert find_by_name("one", items) == found


# All assistants of a tenant.


@contextmanager
def answering(*answers: Reply | Misconduct) -> Iterator[tuple[RAGFlow, StandIn]]:
    """A server that gives these answers, one after the other."""
    given = iter(answers)
    with StandIn(lambda _: next(given)) as server:
        yield RAGFlow(server.url, NO_KEY, read_timeout=5), server


def page(*names: str, nested: bool = False) -> Reply:
    items = [{"id": f"id of {name}", "name": name} for name in names]
    return json_reply({"code": 0, "data": {"chats": items} if nested else items})


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("pages", [[], ["a"], ["a", "b"], ["ab", "c", "def"]])
def test_all_assistants_are_read_to_the_last_page(pages: list[str], nested: bool) -> None:
    with answering(*(page(*names, nested=nested) for names in pages), page(nested=nested)) as (ragflow, server):
        assert fetch_assistant_names(ragflow) == list("".join(pages))
    assert [seen.path for seen in server.seen] == [
        f"/api/v1/chats?page={number}&page_size={PAGE_SIZE}" for number in range(1, len(pages) + 2)
    ]


def test_an_assistant_is_given_back_with_all_that_is_said_of_it() -> None:
    said = {"id": "c1", "name": "one", "create_time": 1}
    with answering(json_reply({"code": 0, "data": [said]}), page()) as (ragflow, _):
        assert fetch_all_assistants(ragflow) == [said]


@pytest.mark.parametrize("pages", [["a", "a"], ["ab", "bc"], ["ab", "c", "a"], ["aa"]])
def test_a_page_that_repeats_an_earlier_one_is_refused(pages: list[str]) -> None:
    with (
        answering(*(page(*names) for names in pages)) as (ragflow, server),
        pytest.raises(UnusableListing, match=f"page {len(pages)} .*repeats"),
    ):
        fetch_assistant_names(ragflow)
    assert len(server.seen) == len(pages)


# what may be answered in the place of a page: what is raised
NO_PAGE: dict[str, tuple[Reply | Misconduct, type[Exception]]] = {
    "a refusal": (json_reply({"code": 102, "message": "The chat doesn't exist"}), UnusableListing),
    "another status": (json_reply({"code": 0, "data": []}, status=500), UnusableListing),
    "a gateway": (Reply(502), NotRAGFlow),
    "a page of a web site": (Reply(200, b"<h1>chats</h1>"), NotRAGFlow),
    "nothing": (Misconduct.BREAK_OFF, NoAnswer),
}


@pytest.mark.parametrize(("answered", "error"), NO_PAGE.values(), ids=NO_PAGE)
@pytest.mark.parametrize("before", [0, 1])
def test_half_a_list_is_none(answered: Reply | Misconduct, error: type[Exception], before: int) -> None:
    with answering(*[page("a")] * before, answered) as (ragflow, _), pytest.raises(error):
        fetch_assistant_names(ragflow)


# Those of a name.

# what is answered: the ids of those that are called "one"
NAMED = {
    "the one": (page("one"), ["id of one"]),
    "one among others": (page("two", "one", "One"), ["id of one"]),
    "others only": (page("two"), []),
    "none": (page(nested=True), []),
    "a refusal": (json_reply({"code": 102, "data": None, "message": "The chat doesn't exist"}), []),
}


@pytest.mark.parametrize(("answered", "ids"), NAMED.values(), ids=NAMED)
def test_assistants_are_found_by_their_name(answered: Reply, ids: list[str]) -> None:
    with answering(answered) as (ragflow, server):
        assert find_assistant_ids("one", ragflow) == ids
    assert [seen.path for seen in server.seen] == ["/api/v1/chats?name=one"]


# what does not say that there is none: what is raised
NO_WORD_ABOUT_IT: dict[str, tuple[Reply | Misconduct, type[Exception]]] = {
    "an empty list, which no release gives": (page(), UnusableListing),
    **{name: case for name, case in NO_PAGE.items() if name != "a refusal"},
    "a refusal of another kind": (json_reply({"code": 109, "message": "no such chat key"}), UnusableListing),
    "a refusal of something else": (json_reply({"code": 102, "message": "not today"}), UnusableListing),
    "a refusal without a word": (json_reply({"code": 102}), UnusableListing),
}


@pytest.mark.parametrize(("answered", "error"), NO_WORD_ABOUT_IT.values(), ids=NO_WORD_ABOUT_IT)
def test_nothing_else_is_taken_for_there_is_none(answered: Reply | Misconduct, error: type[Exception]) -> None:
    with answering(answered) as (ragflow, _), pytest.raises(error):
        find_assistant_ids("one", ragflow)
