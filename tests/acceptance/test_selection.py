import pytest

from acceptance.contract.selection import Selection

# what is named: (named, present, deleted, unknown, repeated, in words)
SELECTIONS = {
    "nothing": ("", "ab", "", "", "", ""),
    "one of two": ("a", "ab", "a", "", "", "1 deleted"),
    "in another order": ("ba", "ab", "ba", "", "", "2 deleted"),
    "only unknown ones": ("xy", "ab", "", "xy", "", "2 unknown"),
    "of an empty assistant": ("a", "", "", "a", "", "1 unknown"),
    "an unknown one in the middle": ("axb", "ab", "ab", "x", "", "2 deleted, 1 unknown"),
    "each twice": ("abab", "ab", "ab", "", "ab", "2 deleted, 2 named again"),
    "one three times": ("aaa", "ab", "a", "", "a", "1 deleted, 1 named again"),
    "an unknown one twice": ("xx", "ab", "", "x", "x", "1 unknown, 1 named again"),
    "one twice and an unknown one": ("axa", "ab", "a", "x", "a", "1 deleted, 1 unknown, 1 named again"),
    "repeated in the order of the request": ("cbbc", "abc", "cb", "", "cb", "2 deleted, 2 named again"),
}


@pytest.mark.parametrize(
    ("named", "present", "deleted", "unknown", "repeated", "words"), SELECTIONS.values(), ids=SELECTIONS
)
def test_what_becomes_of_each_session(
    named: str, present: str, deleted: str, unknown: str, repeated: str, words: str
) -> None:
    selection = Selection.of(named, present)
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
