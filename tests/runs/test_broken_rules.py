"""Where the server breaks a rule, its scenario fails, and says what happened."""

import json
from pathlib import Path

import pytest

from tests.support.runs import Case, run
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded, running
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply

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
        ["there, and should not be: session 1", "Expected: session 2, session 3, session 4, session 5"],
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
        assert case.rule
        for part in (
            case.rule,
            "Repeat:   behave features/",
            "Request:  DELETE /api/v1/chats/",
            "Answer:   200",
            "but: ",
        ):
            assert part in case.text
            assert part in finished.out
        assert f"FAILED   {case.id}" in finished.out
    for word in words:
        assert word in failed[0].text
    for key in (OWN_KEY, OTHER_KEY):
        assert key not in finished.everything


def test_every_outcome_that_is_wrong_is_told_and_by_name(tmp_path: Path, embedded: Embedded) -> None:
    """Nothing is deleted, and the answer is wrong as well."""

    deleted: list[str] = []

    def react(seen: Seen) -> Reply:
        if seen.method == "DELETE" and seen.body.startswith(b'{"ids"') and seen.call.endswith("/sessions"):
            deleted.extend(json.loads(seen.body)["ids"])
            return json_reply({"code": 102, "message": f"The chat doesn't own the session {deleted[0]}"})
        return forwarded(embedded.url, seen)

    with StandIn(react) as between:
        finished = run(tmp_path, "--tags=@CHOICE-1", settings={**embedded.settings, "RAGFLOW_URL": between.url})
    [case] = finished.cases
    assert (finished.status, case.verdict) == (1, "failure")
    told = [
        "Then the deletion succeeds: code: expected 0, was 102",
        "Rule:     The sessions in the list are deleted, and no others",
        "Repeat:   behave features/choosing_sessions.feature:",
        "Request:  DELETE /api/v1/chats/",
        '          {"ids": ["session 1"]}',
        "Answer:   200 after ",
        """          {"code": 102, "message": "The chat doesn't own the session session 1"}""",
        "Curl:     curl -g -X DELETE ",
        "Ids:      the assistant ",
        "Then the deletion succeeds",
        'Expected: everything listed is deleted, which is 200 {"code": 0}',
        "     but: code: expected 0, was 102",
        """          message: expected nothing, was "The chat doesn't own the session session 1\"""",
        "Then sessions 2, 3, 4 and 5 remain",
        "Expected: session 2, session 3, session 4, session 5",
        "     but: there, and should not be: session 1",
    ]
    lines = case.text.splitlines()
    assert [line for line, part in zip(lines, told, strict=True) if not line.startswith(part)] == []
    # The id is told once, beside its name; what is deleted behind the scenario is not told at all.
    id, *_ = deleted
    [ids] = [line for line in lines if line.startswith("Ids:")]
    assert ids.endswith(f", session 1 {id}")
    # Whoever pastes the command needs it as well.
    assert [line[:5] for line in lines if id in line] == ["Curl:", "Ids: "]


def test_without_a_fault_the_same_scenarios_hold(tmp_path: Path) -> None:
    finished = run(tmp_path, SELECTED)
    assert finished.status == 0
    assert {case.verdict for case in finished.cases} == {"passed"}
    assert {id for ids, _ in BROKEN.values() for id in ids} < {case.id for case in finished.cases}
