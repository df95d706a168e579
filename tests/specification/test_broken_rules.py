"""Where the server breaks a rule, its scenario fails, and says what happened."""

from pathlib import Path

import pytest

from tests.acceptance.embedded_process import OTHER_KEY, OWN_KEY, running
from tests.specification.runs import Case, run

SELECTED = "--tags=@AUTH-1 or @CHOICE-1 or @CHOICE-2 or @CHOICE-3 or @ISOLATION-1 or @ISOLATION-2 or @REPEATED-1"

# what is broken: (the scenarios that fail, the first of them, what its failure has to tell)
BROKEN = {
    "owner-is-not-checked": (
        {"ISOLATION-1", "ISOLATION-2"},
        ["refused: the assistant is unknown", "You don't own the chat"],
    ),
    "last-of-several-stays": ({"CHOICE-2", "CHOICE-3", "REPEATED-1"}, ["there, and should not be: session 4"]),
    "nothing-is-deleted": (
        {"CHOICE-1", "CHOICE-2", "CHOICE-3", "REPEATED-1"},
        ["there, and should not be: session 1", "Expected: session 2 ("],
    ),
}


def failures(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.verdict == "failure"]


@pytest.mark.parametrize(("fault", "expected", "words"), [(fault, *told) for fault, told in BROKEN.items()])
def test_a_broken_rule_is_found_and_told(tmp_path: Path, fault: str, expected: set[str], words: list[str]) -> None:
    with running(program=("-m", "tests.faults.serve", fault)) as server:
        finished = run(tmp_path, SELECTED, settings=server.settings)
        assert server.assistants() == []
    assert finished.status != 0
    assert "left behind: 0" in finished.out
    failed = failures(finished.cases)
    assert {case.id for case in failed} == expected
    assert {case.verdict for case in finished.cases} == {"passed", "failure"}
    for case in failed:
        rule = case.classname.partition(": ")[2]
        for part in (rule, "Repeat:   behave features/", "Request:  DELETE /api/v1/chats/", "Answer:   200", "but: "):
            assert part in case.text
            assert part in finished.out
        assert f"FAILED   {case.id}" in finished.out
    for word in words:
        assert word in failed[0].text
    for key in (OWN_KEY, OTHER_KEY):
        assert key not in finished.everything


def test_without_a_fault_the_same_scenarios_hold(tmp_path: Path) -> None:
    finished = run(tmp_path, SELECTED)
    assert finished.status == 0
    assert {case.verdict for case in finished.cases} == {"passed"}
    assert {id for ids, _ in BROKEN.values() for id in ids} < {case.id for case in finished.cases}
