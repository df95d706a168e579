import pytest

from acceptance.sandbox.snapshot import Snapshot

ASSISTANT = {"id": "a1", "name": "mine", "update_time": 1}
ONE, TWO = ({"id": id, "name": f"session {id}", "update_time": 1} for id in ("s1", "s2"))
BEFORE = Snapshot({"a1": ASSISTANT}, {"a1": [ONE, TWO]})

# what happened: (how it is now, what has to be told)
CHANGES = {
    "a field of the assistant": (Snapshot({"a1": {**ASSISTANT, "update_time": 2}}, BEFORE.sessions), "a1: "),
    "a missing assistant": (Snapshot({"a1": None}, BEFORE.sessions), "a1: "),
    "a field of a session": (Snapshot(BEFORE.assistants, {"a1": [ONE, {**TWO, "update_time": 2}]}), "s2"),
    "a missing session": (Snapshot(BEFORE.assistants, {"a1": [ONE]}), "s2"),
    "a further session": (Snapshot(BEFORE.assistants, {"a1": [ONE, TWO, {"id": "s3"}]}), "s3"),
    "another order": (Snapshot(BEFORE.assistants, {"a1": [TWO, ONE]}), "otherwise"),
}


def test_what_is_the_same_has_not_changed() -> None:
    assert list(BEFORE.changes(Snapshot({"a1": dict(ASSISTANT)}, {"a1": [dict(ONE), dict(TWO)]}))) == []


@pytest.mark.parametrize(("now", "words"), CHANGES.values(), ids=CHANGES)
def test_every_change_is_told_in_a_line(now: Snapshot, words: str) -> None:
    [line] = BEFORE.changes(now)
    assert words in line


def test_sessions_that_were_to_go_may_be_left_out() -> None:
    now = Snapshot(BEFORE.assistants, {"a1": [ONE]})
    assert list(BEFORE.without({"s2"}).changes(now)) == []
