"""The model of a run: verdicts of rules, order, counts, and the answer in one line."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acceptance.reports import record
from acceptance.reports.results import RuleResult, Step, Verdict
from tests.unit.example_runs import KNOWN, result, results, run_of, timing


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([Verdict.PASSED, Verdict.DEVIATES, Verdict.PASSED], Verdict.DEVIATES),
        ([Verdict.DEVIATES, Verdict.NOT_RUN], Verdict.NOT_RUN),
        ([Verdict.NOT_RUN, Verdict.ERROR, Verdict.PASSED], Verdict.ERROR),
        ([Verdict.ERROR, Verdict.FAILED, Verdict.DEVIATES], Verdict.FAILED),
        ([Verdict.NOT_APPLICABLE, Verdict.PASSED], Verdict.PASSED),
    ],
)
def test_a_rule_has_the_worst_verdict_of_its_scenarios(verdicts: list[Verdict], worst: Verdict) -> None:
    for order in (verdicts, verdicts[::-1]):
        assert RuleResult("a", "b", tuple(map(result, order))).verdict is worst


@pytest.mark.parametrize(
    ("severities", "other", "highest", "losing_data"),
    [
        (["low", "high", "medium"], Verdict.PASSED, "high", 1),
        (["low", "medium"], Verdict.PASSED, "medium", 0),
        (["high"], Verdict.NOT_RUN, "high", 0),
        ([], Verdict.PASSED, "", 0),
    ],
)
def test_a_rule_has_the_highest_severity_of_its_deviations(
    severities: list[str], other: Verdict, highest: str, losing_data: int
) -> None:
    known = [result(Verdict.DEVIATES, known=replace(KNOWN, severity=severity)) for severity in severities]
    run = run_of(*known, result(other))
    assert ([rule.severity for rule in run.rules], run.losing_data) == ([highest], losing_data)


def test_rules_and_scenarios_are_in_the_order_of_the_features() -> None:
    rules = {"b.feature:3": "first", "a.feature:20": "second", "a.feature:100": "first", "a.feature:9": "first"}
    run = run_of(*(result(location=place, rule=rule, feature=place[0]) for place, rule in rules.items()))
    assert [(rule.feature, rule.name, [each.location for each in rule.scenarios]) for rule in run.rules] == [
        ("a", "first", ["a.feature:9", "a.feature:100"]),
        ("a", "second", ["a.feature:20"]),
        ("b", "first", ["b.feature:3"]),
    ]


NONE_KNOWN = "0 have known deviations, 0 of high severity"
LOW = replace(KNOWN, severity="low")


@pytest.mark.parametrize(
    ("scenarios", "ending", "answer"),
    [
        ([{}, {}, {"verdict": Verdict.NOT_APPLICABLE}], {}, f"2 of 2 rules hold; 0 do not; {NONE_KNOWN}."),
        ([{}, {"verdict": Verdict.FAILED}], {}, f"1 of 2 rules hold; 1 does not; {NONE_KNOWN}."),
        (
            [{"verdict": Verdict.DEVIATES}, {"verdict": Verdict.DEVIATES, "known": LOW}, {}],
            {},
            "1 of 3 rules hold; 0 do not; 2 have known deviations, 1 of high severity.",
        ),
        (
            [{}, {"verdict": Verdict.ERROR}, {"verdict": Verdict.NOT_RUN}],
            {},
            f"1 of 3 rules hold; 0 do not; {NONE_KNOWN}; 1 inconclusive, 1 not fully checked.",
        ),
        (
            [{}],
            {"stop_reason": "the run ended:\naborted", "leftovers": "left behind: a"},
            f"1 of 1 rules hold; 0 do not; {NONE_KNOWN}. The run ended: aborted; left behind: a.",
        ),
        ([], {"stop_reason": "No RAGFlow answers."}, "No rule was checked. No RAGFlow answers."),
    ],
)
def test_the_answer_counts_rules(scenarios: list[dict[str, Any]], ending: dict[str, str], answer: str) -> None:
    rules = [result(rule=f"Rule {number}", **each) for number, each in enumerate(scenarios)]
    assert run_of(*rules, **ending).answer == answer


def test_a_stored_run_is_read_unchanged(tmp_path: Path) -> None:
    complete = result(
        steps=(Step("Given a", Verdict.PASSED, 0.1),),
        exchanges=("Request: a",),
        timings=(timing(), timing(1.0, person=2)),
        answer="200",
    )
    more = {"introductions": {"a": "b"}, "leftovers": "left behind: ä \0 \U0001f600 <b>", "not_selected": 3}
    for run in (run_of(target=None, stop_reason="no server"), run_of(*results(*Verdict), complete, **more)):
        record.write(run, tmp_path / "run.json")
        assert record.read(tmp_path / "run.json") == run


@pytest.mark.parametrize("text", ["", "[]", '{"began": 1}'])
def test_a_file_without_a_run_is_rejected(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(msgspec.DecodeError):
        record.read(tmp_path / "run.json")
