import pytest

from acceptance.errors import NotCreated, PreparationFailed, UnusableListing
from acceptance.ragflow.listings import Session, created, listed, listed_sessions, prepared, the_one_named
from acceptance.ragflow.messages import Answer, Json
from tests.acceptance.examples import answer

ITEM: Json = {"id": "s1", "name": "one"}

# what has created nothing
NOT_CREATED = {
    "a refusal": answer({"code": 102, "data": ITEM, "message": "no"}),
    "false in place of the code": answer({"code": None, "data": ITEM}),
    "no data": answer({"code": 0}),
    "a list": answer({"code": 0, "data": [ITEM]}),
    "no id": answer({"code": 0, "data": {"name": "one"}}),
    "no name": answer({"code": 0, "data": {"id": "s1"}}),
    "a number as id": answer({"code": 0, "data": {"id": 1, "name": "one"}}),
    "a bare list": answer([ITEM]),
    "no JSON": answer(text="<h1>no room</h1>"),
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


@pytest.mark.parametrize("data", [[ITEM], {"chats": [ITEM], "total": 1}])
def test_a_listing_has_its_items_in_one_of_two_places(data: Json) -> None:
    assert listed(answer({"code": 0, "data": data})) == [ITEM]
    assert listed_sessions(answer({"code": 0, "data": data})) == [Session("s1", "one")]


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
    assert the_one_named("one", items) == found
