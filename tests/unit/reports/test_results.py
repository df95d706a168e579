"""What is known of a run: results that are made up, and what the reports make of them."""

from dataclasses import replace
from typing import Any

import pytest

from acceptance.reports.results import Result, RuleResult, RunResult, Target, Verdict, rules_of
from tests.unit.made_up import KNOWN, result, run_of

# A rule.


# the verdicts of its scenarios: that of the rule
RULES: list[tuple[list[Verdict], Verdict]] = [
    ([Verdict.PASSED, Verdict.PASSED], Verdict.PASSED),
    ([Verdict.PASSED, Verdict.DEVIATES, Verdict.PASSED], Verdict.DEVIATES),
    ([Verdict.DEVIATES, Verdict.NOT_RUN], Verdict.NOT_RUN),
    ([Verdict.NOT_RUN, Verdict.ERROR, Verdict.PASSED], Verdict.ERROR),
    ([Verdict.ERROR, Verdict.FAILED, Verdict.DEVIATES], Verdict.FAILED),
    ([Verdict.NOT_APPLICABLE, Verdict.PASSED], Verdict.PASSED),
    ([Verdict.NOT_APPLICABLE, Verdict.NOT_RUN], Verdict.NOT_RUN),
    ([Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE], Verdict.NOT_APPLICABLE),
]


@pytest.mark.parametrize(("verdicts", "worst"), RULES)
def test_a_rule_has_the_worst_verdict_of_its_scenarios(verdicts: list[Verdict], worst: Verdict) -> None:
    for order in (verdicts, verdicts[::-1]):
        assert RuleResult("a", "b", tuple(map(result, order))).verdict is worst


def test_a_rule_counts_the_scenarios_that_apply_and_their_time() -> None:
    scenarios = (
        result(Verdict.PASSED, seconds=0.5),
        result(Verdict.NOT_APPLICABLE),
        result(Verdict.FAILED, seconds=1.0),
    )
    rule = RuleResult("a", "b", scenarios)
    assert (rule.applicable, rule.seconds) == (2, 1.5)


# the severities of what was seen, and another verdict in the rule: (the worst severity, whether it is serious)
SEVERITIES: list[tuple[list[str], Verdict, str, bool]] = [
    (["low", "high", "medium"], Verdict.PASSED, "high", True),
    (["low", "medium"], Verdict.PASSED, "medium", False),
    (["high"], Verdict.NOT_RUN, "high", False),
    ([], Verdict.PASSED, "", False),
]


@pytest.mark.parametrize(("severities", "other", "worst", "serious"), SEVERITIES)
def test_a_rule_is_as_serious_as_the_worst_of_what_is_known(
    severities: list[str], other: Verdict, worst: str, serious: bool
) -> None:
    known = [result(Verdict.DEVIATES, known=replace(KNOWN, severity=severity)) for severity in severities]
    rule = RuleResult("a", "b", (*known, result(other)))
    assert (rule.severity, rule.is_serious) == (worst, serious)


def test_rows_of_an_outline_stand_under_the_id_that_they_share() -> None:
    one, two, three = result(id="ODD-1", name="a"), result(id="ODD-1", name="b"), result(id="ODD-2")
    assert RuleResult("a", "b", (one, two, three)).by_id == [("ODD-1", [one, two]), ("ODD-2", [three])]


# The order.


def test_rules_and_scenarios_are_in_the_order_of_the_features() -> None:
    places = ["b.feature:3", "a.feature:20", "a.feature:100", "a.feature:9"]
    names = {"b.feature:3": "other", "a.feature:20": "second", "a.feature:100": "first", "a.feature:9": "first"}
    rules = rules_of([result(location=place, rule=names[place], feature=place[0]) for place in places])
    told = [(rule.feature, rule.name, [each.location for each in rule.scenarios]) for rule in rules]
    assert told == [
        ("a", "first", ["a.feature:9", "a.feature:100"]),
        ("a", "second", ["a.feature:20"]),
        ("b", "other", ["b.feature:3"]),
    ]


def test_rules_of_one_name_in_two_features_are_two() -> None:
    rules = rules_of([result(location=f"{feature}:1", feature=feature) for feature in ("a", "b")])
    assert [(rule.feature, len(rule.scenarios)) for rule in rules] == [("a", 1), ("b", 1)]


def test_what_has_no_line_stands_at_the_top() -> None:
    assert result(location="a.feature").place < result(location="a.feature:1").place


# The answer.

IN_FULL = "0 break in a known way, 0 of them seriously (severity high)"
HIGH = {"verdict": Verdict.DEVIATES, "known": KNOWN}
LOW = {"verdict": Verdict.DEVIATES, "known": replace(KNOWN, severity="low")}

# what came of a run: (a scenario for each rule, what else is known of it, the answer)
ANSWERS: dict[str, tuple[list[dict[str, Any]], dict[str, str], str]] = {
    "all is well": ([{}, {}], {}, f"2 of 2 rules hold; 0 do not; {IN_FULL}."),
    "one rule does not hold": ([{}, {"verdict": Verdict.FAILED}], {}, f"1 of 2 rules hold; 1 do not; {IN_FULL}."),
    "two break in a known way": (
        [HIGH, LOW, {}],
        {},
        "1 of 3 rules hold; 0 do not; 2 break in a known way, 1 of them seriously (severity high).",
    ),
    "nothing was learnt": (
        [{}, {"verdict": Verdict.ERROR}],
        {},
        f"1 of 2 rules hold; 0 do not; {IN_FULL}; nothing was learnt about 1.",
    ),
    "some are for other releases": (
        [{}, {"verdict": Verdict.NOT_APPLICABLE}, {"verdict": Verdict.NOT_APPLICABLE}],
        {},
        f"1 of 1 rules hold; 0 do not; {IN_FULL}.",
    ),
    "it was ended": (
        [{}, {"verdict": Verdict.NOT_RUN}],
        {"trouble": "the run ended: it was\nenough"},
        f"1 of 2 rules hold; 0 do not; {IN_FULL}; 1 were not looked at to the end. The run ended: it was enough.",
    ),
    "something is left": ([{}], {"left": "left behind: a"}, f"1 of 1 rules hold; 0 do not; {IN_FULL}. Left behind: a."),
    "both": ([{}], {"trouble": "enough", "left": "a"}, f"1 of 1 rules hold; 0 do not; {IN_FULL}. Enough; a."),
    "it could not begin": ([], {"trouble": "Nobody answers."}, "No rule was looked at. Nobody answers."),
}


@pytest.mark.parametrize(("scenarios", "more", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_the_answer_is_told_in_words(scenarios: list[dict[str, Any]], more: dict[str, str], answer: str) -> None:
    results = [result(rule=f"Rule {number}", **each) for number, each in enumerate(scenarios)]
    assert run_of(*results, **more).answer == answer


def test_an_answer_never_grows_long() -> None:
    assert len(run_of(trouble="x" * 10_000).answer) < 500


def test_scenarios_and_rules_are_counted_by_verdict() -> None:
    run = run_of(
        result(), result(Verdict.FAILED), result(rule="Another"), result(Verdict.NOT_APPLICABLE, rule="A third")
    )
    assert run.counts == {Verdict.PASSED: 2, Verdict.FAILED: 1, Verdict.NOT_APPLICABLE: 1}
    assert run.rule_counts == {Verdict.FAILED: 1, Verdict.PASSED: 1, Verdict.NOT_APPLICABLE: 1}


# What is news.

RUN = run_of(result())
TARGET = Target("another RAGFlow", "0.27.0", "as it was set", "0.27")

# a later account of the same run: whether it says more
LATER: dict[str, tuple[RunResult, bool]] = {
    "the same": (replace(RUN), False),
    "the same, and time has passed": (replace(RUN, seconds=99), False),
    "its end": (replace(RUN, trouble="enough"), True),
    "what is left": (replace(RUN, left="a"), True),
    "a result": (replace(RUN, results=(*RUN.results, result(Verdict.FAILED))), True),
    "the target": (replace(RUN, target=TARGET), True),
}


@pytest.mark.parametrize(("later", "is_news"), LATER.values(), ids=LATER)
def test_only_what_says_more_is_news(later: RunResult, is_news: bool) -> None:
    # Whoever has looked at the rules has not changed anything.
    assert RUN.rules
    assert later.differs_from(RUN) is is_news


def test_the_first_account_is_news() -> None:
    assert RUN.differs_from(None)


def test_a_result_is_a_value() -> None:
    assert result() == result()
    assert len({result(), result(), result(Verdict.FAILED)}) == 2
    assert isinstance(result(), Result)
