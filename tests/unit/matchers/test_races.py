from collections.abc import Sequence

import pytest
from hamcrest import assert_that

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Release
from acceptance.contract.selection import Selection
from acceptance.matchers.races import (
    all_succeed,
    have_a_success_per_round,
    have_one_success_per_round,
    report_deleted_or_unknown,
    report_every_deletion,
)
from acceptance.ragflow.messages import Json
from acceptance.sandbox.sender import Exchange
from tests.unit.examples import answer, assert_matches, failure

CONTRACT = contract_of(Release.named("0.18"))
SUCCESS: Json = {"code": 0}


def exchange(listed: str, body: Json, present: str = "ab") -> Exchange:
    return Exchange(Selection.of(listed, present), answer(body))


def unknown(*ids: str) -> Json:
    return {"code": 102, "message": "; ".join(f"The chat doesn't own the session {id}" for id in ids)}


def partial(deleted: int, *ids: str) -> Json:
    errors: list[Json] = [f"The chat doesn't own the session {id}" for id in ids]
    return {"code": 0, "data": {"errors": errors, "success_count": deleted}}


def test_every_deletion_has_the_outcome_of_its_own_list() -> None:
    assert_that([exchange("a", SUCCESS), exchange("x", unknown("x"))], all_succeed(CONTRACT))
    text = failure([exchange("a", {"code": code}) for code in (0, 100, 0, 101, 102, 103, 104)], all_succeed(CONTRACT))
    assert "5 answers differ, the first of them: code: expected 0, was 100" in text
    assert "expected 0, was 104" not in text


# the answers to concurrent deletions of the sessions a and b: the problem
TOGETHER: dict[str, tuple[list[Exchange], str]] = {
    "the first deletes both": ([exchange("ab", SUCCESS), exchange("ab", unknown("a", "b"))], ""),
    "each deletes one": ([exchange("ab", partial(1, "b")), exchange("ab", partial(1, "a"))], ""),
    "both delete both": ([exchange("ab", SUCCESS), exchange("ab", SUCCESS)], ""),
    "lists that overlap": ([exchange("a", SUCCESS), exchange("ab", partial(1, "a"))], ""),
    "none deletes b": ([exchange("ab", partial(1, "b"))] * 2, 'no answer reports these as deleted: ["b"]'),
    "none deletes any": ([exchange("ab", unknown("a", "b"))] * 2, '["a", "b"]'),
    "a wrong count": ([exchange("ab", SUCCESS), exchange("ab", partial(2, "a"))], "success_count"),
    "another answer": ([exchange("ab", SUCCESS), exchange("ab", {"code": 100})], "was 100"),
}


@pytest.mark.parametrize(("exchanges", "problem"), TOGETHER.values(), ids=TOGETHER)
def test_the_answers_together_report_every_deletion(exchanges: list[Exchange], problem: str) -> None:
    assert_matches(exchanges, report_every_deletion(CONTRACT), problem)


FIRST, LATE, ODD = (exchange("a", body, "a") for body in (SUCCESS, unknown("a"), {"code": 100}))
NO_SUCCESS = "round 1: no deletion succeeded"

# two rounds: the problems for exactly one success, at least one success, deleted or unknown
ROUNDS: dict[str, tuple[Sequence[Sequence[Exchange]], Sequence[str]]] = {
    "one each": ([[FIRST, LATE], [LATE, FIRST]], ("", "", "")),
    "two": ([[FIRST, LATE], [FIRST, FIRST]], ("round 2: more than one deletion succeeded, 2 of 2", "", "")),
    "none": ([[LATE, LATE], [FIRST, LATE]], (NO_SUCCESS, NO_SUCCESS, "")),
    "an odd answer": ([[FIRST, ODD], [LATE, FIRST]], ("", "", "1 answers differ")),
    "only an odd answer": ([[ODD, LATE], [FIRST, LATE]], (NO_SUCCESS, NO_SUCCESS, "neither as deleted nor as unknown")),
}


@pytest.mark.parametrize(("rounds", "problems"), ROUNDS.values(), ids=ROUNDS)
def test_rounds_of_deletions_of_one_session(rounds: Sequence[Sequence[Exchange]], problems: Sequence[str]) -> None:
    matchers = (have_one_success_per_round, have_a_success_per_round, report_deleted_or_unknown)
    for matcher, problem in zip(matchers, problems, strict=True):
        assert_matches(rounds, matcher(CONTRACT), problem)
