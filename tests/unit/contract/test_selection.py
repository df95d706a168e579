import pytest

from acceptance.contract.selection import Reading, Selection, ids_in, lists_sessions
from acceptance.ragflow.messages import JSON_TYPE, Content, Json

# (listed, present): (deleted, unknown, repeated, summary)
SELECTIONS = {
    ("", "ab"): ("", "", "", ""),
    ("ba", "ab"): ("ba", "", "", "2 deleted"),
    ("xy", "ab"): ("", "xy", "", "2 unknown"),
    ("a", ""): ("", "a", "", "1 unknown"),
    ("axb", "ab"): ("ab", "x", "", "2 deleted, 1 unknown"),
    ("aaa", "ab"): ("a", "", "a", "1 deleted, 1 repeated"),
    ("xx", "ab"): ("", "x", "x", "1 unknown, 1 repeated"),
    ("axa", "ab"): ("a", "x", "a", "1 deleted, 1 unknown, 1 repeated"),
    ("cbbc", "abc"): ("cb", "", "cb", "2 deleted, 2 repeated"),
}


@pytest.mark.parametrize(("request_", "effect"), SELECTIONS.items())
def test_the_effect_on_each_session(request_: tuple[str, str], effect: tuple[str, str, str, str]) -> None:
    selection = Selection.of(*request_)
    *ids, summary = effect
    assert [selection.deleted, selection.unknown, selection.repeated] == [tuple(each) for each in ids]
    assert selection.summary == summary


def test_large_numbers_have_a_comma() -> None:
    ids = [str(number) for number in range(1000)]
    assert Selection.of(ids, ids).summary == "1,000 deleted"


def test_a_selection_without_repetitions_and_without_some_sessions() -> None:
    selection = Selection.of("abxxa", "abc")
    assert selection.each_listed_once == Selection.of("abx", "abc")
    assert selection.without({"a", "z"}) == Selection.of("abxxa", "bc")


# a JSON body: (the ids in it, whether every release deletes these sessions and no others)
JSON_BODIES: list[tuple[Json, str, bool]] = [
    ({"ids": ["a", "b", "a"], "other": True}, "a b a", True),
    ({"ids": ["a"], "delete_all": True}, "a", False),
    ({"ids": []}, "", False),
    ({"ids": [1, 2.5, True]}, "1 2.5 True", False),
    ({"ids": [None, "a", None]}, "a", False),
    ({"ids": [["a"]]}, "", False),
    ({"ids": ["a", {"b": 1}]}, "", False),
    ({"ids": "abc"}, "a b c", False),
    ({"ids": {"a": 1, "b": [2]}}, "a b", False),
    *(({"ids": value}, "", False) for value in ("", {}, None, 0, 5, True)),
    ({"IDS": ["a"], "id": "b"}, "", False),
    *((value, "", False) for value in ({}, ["a"], "ids", 5, None)),
]
# the same for other bodies
OTHER_BODIES = {
    b"ids=abc": "a b c",
    b"other=1&ids=%61b&ids=c": "a b",
    b"ids=": "",
    b'{"ids": ["a",]}': "",
    b"not json": "",
    b'{"ids": ["\xff"]}': "",
    b'{"ids": ' + b"[" * 10_000 + b"]" * 10_000 + b"}": "",
    b"[" * 100_000: "",
    b"": "",
}
TYPES = ("text/plain", "application/x-www-form-urlencoded", f"{JSON_TYPE}; charset=utf-8", "", None)
CONTENTS = [
    *((Content.json(body), ids.split(), is_list) for body, ids, is_list in JSON_BODIES),
    *((Content(data), ids.split(), False) for data, ids in OTHER_BODIES.items()),
    (Content(None), [], False),
    *((Content.json({"ids": ["a", blank]}), ["a", blank], False) for blank in ("", " \t")),
    # Some releases ignore a list with another content type.
    *((Content(b'{"ids": ["a"]}', content_type), ["a"], False) for content_type in TYPES),
]


@pytest.mark.parametrize(("content", "ids", "is_list"), CONTENTS, ids=[str(each[0].data)[:40] for each in CONTENTS])
def test_the_ids_in_a_request(content: Content, ids: list[str], is_list: bool) -> None:
    assert (ids_in(content, Reading()), lists_sessions(content)) == (tuple(ids), is_list)


TEXTS_ONLY = Reading(forms=False, lists=(), texts_only=True)


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"ids": ["a", " b\\t", "\\u3000c", "a "]}', "a b c a"),
        (b'{"ids": ["a\\ud83d"]}', "a\ufffd"),
        (b'{"ids": [1, true, null, ["a"], {"a": 1}, "", " ", "d"]}', "d"),
        *((body, "") for body in (b'{"ids": "abc"}', b'{"ids": {"a": 1}}', b"ids=abc", b'{"ids": 5}', b"[")),
    ],
)
def test_the_ids_in_a_request_to_a_release_that_reads_only_texts(body: bytes, ids: str) -> None:
    assert ids_in(Content(body), TEXTS_ONLY) == tuple(ids.split())
