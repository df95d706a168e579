"""What a trial says is written down without what is left to chance, and what it does not say is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.reports.results import Result, Step, Verdict
from tests.faults import matrix
from tests.faults.catalogue import Fault
from tests.faults.matrix import Noticed, noticed
from tests.faults.trial import Reason, Trial, reason_of

FAULT = Fault("nothing-is-deleted", "Nothing is.", ("0.27",), ("CHOICE-1",), lambda _: None)
STEP = "Then no sessions remain"
RESULT = Result(
    id="CHOICE-1",
    name="One session",
    rule="",
    location="features/choosing_sessions.feature:7",
    repeat="",
    verdict=Verdict.FAILED,
    seconds=0.0,
    headline=f"{STEP}: there, and should not be: session 1",
    text="",
    steps=(Step("When I delete", Verdict.PASSED, 0.0), Step("And no sessions remain", Verdict.FAILED, 0.0)),
)
OTHER = replace(RESULT, id="CHOICE-2", name="Two")


def trial(*results: Result) -> Trial:
    return Trial(1, "", results, [])


def test_a_reason_is_the_step_and_what_differs() -> None:
    assert reason_of(RESULT) == Reason(STEP, "there, and should not be: session 1")


def test_what_went_wrong_behind_the_last_step_has_no_step() -> None:
    behind = replace(RESULT, steps=(), headline="sessions are left: 2")
    assert reason_of(behind) == Reason("", "sessions are left: 2")


def test_a_reason_holds_no_id_address_and_time() -> None:
    text = f"{STEP}: {'0a' * 16} at http://127.0.0.1:4711 on Wed, 25 Nov 2026 03:21:24 GMT, after 0.25 s"
    told = reason_of(replace(RESULT, headline=text)).difference
    assert told == "<id> at http://<address> on <time>, after <time>"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("there: session 1", "there: session 4"),
        ("there: session 1, session 5", "there: session 2"),
        ("there: session 1, session 5 and 53 more", "there: session 2, session 7, session 8 and 9 more"),
        ('was "unknown: session 1; unknown: session 2"', 'was "unknown: session 2; unknown: session 1"'),
        ('does not say ["unknown: invalid_id_1", "unknown: invalid_id_2"]', 'does not say ["unknown: invalid_id_3"]'),
        ("69 answers differ, the first of them:", "7 answers differ, the first of them:"),
        (
            "round 1: more than one was told that it succeeded, 7 of 10",
            "round 3: more than one was told that it succeeded, 2 of 10",
        ),
    ],
)
def test_which_sessions_and_how_many_is_left_to_chance(one: str, other: str) -> None:
    assert Reason(STEP, one).is_like(Reason(STEP, other))


@pytest.mark.parametrize("other", ["code: expected 102, was 100", "status: expected 102, was 0", "gone: session 1"])
def test_anything_else_is_another_reason(other: str) -> None:
    assert not Reason(STEP, "code: expected 102, was 0").is_like(Reason(STEP, other))


def test_another_step_is_another_reason() -> None:
    assert not Reason(STEP, "was 0").is_like(Reason("Then sessions 1 and 2 are gone", "was 0"))


def test_the_whole_specification_tells_of_all_scenarios() -> None:
    found = noticed(FAULT, trial(RESULT, OTHER), whole=True)
    assert found == Noticed({"CHOICE-1 One session": reason_of(RESULT)}, ["CHOICE-2 Two"])


def test_other_scenarios_are_kept_from_the_trial_before() -> None:
    before = Noticed({}, ["CHOICE-2 Two"])
    assert noticed(FAULT, trial(RESULT), before, whole=False).too == ["CHOICE-2 Two"]
    assert noticed(FAULT, trial(RESULT), whole=False).too is None


def test_words_that_differ_by_chance_are_kept_and_others_are_not() -> None:
    alike, another = Reason(STEP, "there, and should not be: session 4"), Reason(STEP, "gone: session 4")
    for before, after in ((alike, alike), (another, reason_of(RESULT))):
        found = noticed(FAULT, trial(RESULT), Noticed({"CHOICE-1 One session": before}, None), whole=False)
        assert found.by == {"CHOICE-1 One session": after}


def test_a_fault_that_its_scenario_does_not_notice_is_trouble() -> None:
    passed = replace(RESULT, verdict=Verdict.PASSED)
    assert noticed(FAULT, trial(passed, OTHER), whole=True).trouble == "not noticed by CHOICE-1; not noticed (status 1)"
    assert "did not come about: it hangs" in noticed(FAULT, Trial(1, "it hangs", (), []), whole=True).trouble


def test_the_file_is_a_line_for_each_trial_and_read_as_it_was_written(tmp_path: Path) -> None:
    known = {(name, "0.27"): noticed(FAULT, trial(RESULT, OTHER), whole=True) for name in ("one", "another")}
    matrix.write(known, tmp_path / "matrix.json")
    assert matrix.read(tmp_path / "matrix.json") == known
    assert len((tmp_path / "matrix.json").read_text("utf-8").splitlines()) == 2 + len(known)
