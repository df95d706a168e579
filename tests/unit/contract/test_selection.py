import pytest

from acceptance.contract.selection import Selection, ids_in, lists_sessions
from acceptance.ragflow.messages import JSON_TYPE, Content, Json

# what is listed: (listed, present, deleted, unknown, repeated, in words)
SELECTIONS = {
    "nothing": ("", "ab", "", "", "", ""),
    "one of two": ("a", "ab", "a", "", "", "1 deleted"),
    "in another order": ("ba", "ab", "ba", "", "", "2 deleted"),
    "only unknown ones": ("xy", "ab", "", "xy", "", "2 unknown"),
    "of an empty assistant": ("a", "", "", "a", "", "1 unknown"),
    "an unknown one in the middle": ("axb", "ab", "ab", "x", "", "2 deleted, 1 unknown"),
    "each twice": ("abab", "ab", "ab", "", "ab", "2 deleted, 2 repeated"),
    "one three times": ("aaa", "ab", "a", "", "a", "1 deleted, 1 repeated"),
    "an unknown one twice": ("xx", "ab", "", "x", "x", "1 unknown, 1 repeated"),
    "one twice and an unknown one": ("axa", "ab", "a", "x", "a", "1 deleted, 1 unknown, 1 repeated"),
    "repeated in the order of the request": ("cbbc", "abc", "cb", "", "cb", "2 deleted, 2 repeated"),
}


@pytest.mark.parametrize(
    ("listed", "present", "deleted", "unknown", "repeated", "words"), SELECTIONS.values(), ids=SELECTIONS
)
def test_what_becomes_of_each_session(
    listed: str, present: str, deleted: str, unknown: str, repeated: str, words: str
) -> None:
    selection = Selection.of(listed, present)
    assert selection.deleted == tuple(deleted)
    assert selection.unknown == tuple(unknown)
    assert selection.repeated == tuple(repeated)
    assert selection.summary == words


def test_large_numbers_are_written_as_in_the_features() -> None:
    ids = [str(number) for number in range(1000)]
    assert Selection.of(ids, ids).summary == "1,000 deleted"


def test_ids_are_told_apart_to_the_letter() -> None:
    selection = Selection.of(["A", "a "], {"a"})
    assert selection.unknown == ("A", "a ")


def test_a_selection_may_do_without_its_repetitions_and_without_sessions_that_are_gone() -> None:
    selection = Selection.of("abxxa", "abc")
    assert selection.each_listed_once == Selection.of("abx", "abc")
    assert selection.without({"a", "z"}) == Selection.of("abxxa", "bc")


# What a request lists.

# what is said in JSON: the ids in it
SAID: list[tuple[Json, tuple[str, ...]]] = [
    ({"ids": ["a", "b", "a"]}, ("a", "b", "a")),
    ({"ids": ["a"], "delete_all": True}, ("a",)),
    ({"ids": []}, ()),
    ({"ids": [""]}, ("",)),
    ({"ids": [1, 2.5, 0]}, ("1", "2.5", "0")),
    ({"ids": [True, False]}, ("True", "False")),
    ({"ids": [None]}, ()),
    ({"ids": [None, "a", None]}, ("a",)),
    ({"ids": [["a"]]}, ()),
    ({"ids": ["a", {"b": 1}]}, ()),
    ({"ids": "abc"}, ("a", "b", "c")),
    ({"ids": ""}, ()),
    ({"ids": {"a": 1, "b": [2]}}, ("a", "b")),
    ({"ids": {}}, ()),
    ({"ids": None}, ()),
    ({"ids": 0}, ()),
    ({"ids": 5}, ()),
    ({"ids": True}, ()),
    ({"IDS": ["a"], "id": "b"}, ()),
    ({}, ()),
    (["a"], ()),
    ("ids", ()),
    (5, ()),
    (None, ()),
]

# what is said in other ways: the ids in it
SAID_OTHERWISE = {
    b"ids=abc": ("a", "b", "c"),
    b"ids=ab&ids=c": ("a", "b"),
    b"other=1&ids=%61": ("a",),
    b"ids=": (),
    b"other=abc": (),
    b'{"ids": ["a",]}': (),
    b'{"ids": ["a': (),
    b"not json": (),
    b"\xff\xfe": (),
    b'{"ids": ["\xff"]}': (),
    b'{"ids": ' + b"[" * 10_000 + b"]" * 10_000 + b"}": (),
    b"[" * 100_000: (),
    b"": (),
}


@pytest.mark.parametrize(("said", "ids"), SAID, ids=[str(said) for said, _ in SAID])
def test_the_ids_in_a_request_are_those_that_ragflow_finds(said: Json, ids: tuple[str, ...]) -> None:
    assert ids_in(Content.json(said)) == ids


@pytest.mark.parametrize(("data", "ids"), SAID_OTHERWISE.items(), ids=[str(data[:20]) for data in SAID_OTHERWISE])
def test_a_form_has_ids_and_what_cannot_be_read_has_none(data: bytes, ids: tuple[str, ...]) -> None:
    assert ids_in(Content(data)) == ids


@pytest.mark.parametrize("type", [JSON_TYPE, None])
def test_without_content_there_are_no_ids(type: str | None) -> None:
    assert ids_in(Content(None, type)) == ()


@pytest.mark.parametrize("type", [JSON_TYPE, "text/plain", "application/x-www-form-urlencoded", None])
def test_ids_are_found_whatever_a_request_is_declared_as(type: str | None) -> None:
    assert ids_in(Content(b'{"ids": ["a"]}', type)) == ("a",)


# whether a request lists sessions, so that no release takes it for anything else
LISTING = {
    b'{"ids": ["a"]}': True,
    b'{"ids": ["a", "b", "a"], "delete_all": false}': True,
    b'{"ids": ["a"], "delete_all": true}': True,
    b'{"ids": []}': False,
    b'{"ids": null}': False,
    b'{"ids": "a"}': False,
    b'{"ids": {"a": 1}}': False,
    b'{"ids": [1]}': False,
    b'{"ids": ["a", null]}': False,
    b'{"ids": [["a"]]}': False,
    b'{"IDS": ["a"]}': False,
    b'{"delete_all": true}': False,
    b"{}": False,
    b'["a"]': False,
    b'"ids"': False,
    b"null": False,
    b'{"ids": ["a"]': False,
    b"ids=a": False,
    b"[" * 100_000: False,
    b"\xff": False,
    b"": False,
}


@pytest.mark.parametrize(("data", "lists"), LISTING.items(), ids=[str(data[:40]) for data in LISTING])
def test_only_a_list_of_ids_lists_sessions(data: bytes, lists: bool) -> None:
    assert lists_sessions(Content(data)) is lists


@pytest.mark.parametrize(
    "type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8", "", None]
)
def test_a_list_that_is_declared_as_anything_else_may_be_overlooked(type: str | None) -> None:
    assert not lists_sessions(Content(b'{"ids": ["a"]}', type))


@pytest.mark.parametrize("type", [JSON_TYPE, None])
def test_without_content_no_sessions_are_listed(type: str | None) -> None:
    assert not lists_sessions(Content(None, type))
