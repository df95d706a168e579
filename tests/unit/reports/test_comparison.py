"""The comparison of two runs."""

from dataclasses import replace

import pytest

from acceptance.reports.comparison import Change, Changes, Comparison, compare
from acceptance.reports.results import Result, Step, Verdict
from tests.unit.example_runs import ABSENT, HOSTILE, KNOWN, result

MEDIUM = replace(KNOWN, severity="medium")
MAX_STEPS = (Step("When I delete", Verdict.PASSED, 0), Step("Then it holds", Verdict.PASSED, 0))

PASSED = result(steps=MAX_STEPS, answer="200 {}")
DANGEROUS = result(Verdict.DEVIATES, answer="200 {}")
DEVIATES = result(Verdict.DEVIATES, known=MEDIUM, answer="200 {}")
OTHERWISE = replace(DEVIATES, known=replace(MEDIUM, instead=("the request is refused",)))
FAILED, ERROR, NOT_RUN, OTHER_RELEASE = map(
    result, (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
)

HOLDS = "holds: it holds"
INSTEAD = "Instead: the deletion succeeds; no sessions remain. Everything is deleted."


@pytest.mark.parametrize(
    ("before", "after", "change", "states"),
    [
        (PASSED, FAILED, Change.FAILS, (HOLDS, "does not hold: Then it holds: was 'wrong'")),
        (FAILED, OTHER_RELEASE, Change.FAILS, ("does not hold: Then it holds: was 'wrong'", "does not apply")),
        (NOT_RUN, ERROR, Change.FAILS, ("not run: the run ended", "inconclusive: When I delete")),
        (PASSED, DANGEROUS, Change.NEW_DANGER, (HOLDS, f"known deviation, severity high. {INSTEAD}")),
        (DEVIATES, DANGEROUS, Change.NEW_DANGER, ("known deviation, severity medium", "severity high")),
        (OTHER_RELEASE, DANGEROUS, Change.NEW_DANGER, ("does not apply", "severity high")),
        (DANGEROUS, PASSED, Change.DANGER_REMOVED, ("severity high", HOLDS)),
        (DANGEROUS, DEVIATES, Change.DANGER_REMOVED, ("severity high", "severity medium")),
        (DANGEROUS, OTHER_RELEASE, Change.DANGER_REMOVED, ("severity high", "does not apply")),
        (PASSED, DEVIATES, Change.NEW_DEVIATION, (HOLDS, f"severity medium. {INSTEAD}")),
        (DEVIATES, PASSED, Change.DEVIATION_REMOVED, (f"severity medium. {INSTEAD}", HOLDS)),
        (DEVIATES, OTHERWISE, Change.BEHAVES, (INSTEAD, "Instead: the request is refused")),
        (PASSED, OTHER_RELEASE, Change.BEHAVES, (HOLDS, "does not apply")),
        (PASSED, NOT_RUN, Change.NOT_COMPARED, (HOLDS, "not run: the run ended")),
        (PASSED, replace(PASSED, answer="401 `{}`"), Change.REWORDED, ("holds: `200 {}`", "holds: `401 '{}'`")),
        (PASSED, replace(PASSED, answer="x" * 9000), Change.REWORDED, ("holds: `200 {}`", "8,400 characters")),
    ],
)
def test_a_rule_changes_with_its_scenario(
    before: Result, after: Result, change: Change, states: tuple[str, str]
) -> None:
    changes = compare([before], [after])
    [(found, [rule])] = changes.items()
    assert found is change
    assert [each.scenarios for each in rule.details] == [[("ODD-1", "One session")]]
    lines = Comparison("0.20", "0.24", changes).as_markdown().replace("\\", "").splitlines()
    assert "    - before: " in lines[-2]
    assert states[0] in lines[-2]
    assert "    - after: " in lines[-1]
    assert states[1] in lines[-1]


def test_a_rule_that_applies_to_neither_run_is_left_out() -> None:
    assert compare([OTHER_RELEASE], [OTHER_RELEASE]) == compare([OTHER_RELEASE], []) == {}


def test_a_rule_is_listed_once_for_each_kind_of_change() -> None:
    second, third = replace(PASSED, id="ODD-2"), replace(PASSED, id="ODD-3")
    changes = compare([PASSED, second, third], [DANGEROUS, second])
    ids = {change: [id for id, _ in rule.details[0].scenarios] for change, [rule] in changes.items()}
    assert ids == {Change.NEW_DANGER: ["ODD-1"], Change.BEHAVES: ["ODD-3"]}


def test_scenarios_with_the_same_change_share_a_detail() -> None:
    rows = [replace(PASSED, id=id, name=name) for id, name in (("ODD-1", "one"), ("ODD-1", "two"), ("ODD-2", "three"))]
    changes = compare(rows, [replace(DANGEROUS, id=row.id, name=row.name) for row in rows])
    assert "\n  - ODD-1 one; ODD-1 two; ODD-2 three\n    - before: " in Comparison("a", "b", changes).as_markdown()


def every_change() -> Changes:
    """A rule for each change; the order of the features is the reverse of the report."""
    pairs = [
        (PASSED, PASSED),
        (PASSED, replace(PASSED, answer="401 {}")),
        (PASSED, NOT_RUN),
        (PASSED, OTHER_RELEASE),
        (DEVIATES, PASSED),
        (PASSED, DEVIATES),
        (DANGEROUS, PASSED),
        (PASSED, DANGEROUS),
        (PASSED, FAILED),
    ]
    before, after = (
        [replace(each, rule=f"{line} {HOSTILE}", location=f"odd.feature:{line}") for line, each in enumerate(side)]
        for side in zip(*pairs, strict=True)
    )
    return compare(before, after)


def test_both_formats_list_failures_first_then_dangers_and_reworded_answers_last() -> None:
    changes = every_change()
    assert list(changes) == list(Change)
    comparison = Comparison("0.20", HOSTILE, changes, ["FROM 0.20: the run ended"])
    report, page = comparison.as_markdown(), comparison.as_html()
    titles = [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]
    assert titles == [change.value.capitalize() for change in Change if change is not Change.NONE]
    assert "- new dangers: 1 rule\n" in report
    assert "- no change: 1 rule\n" in report
    folded = ["<summary>Reworded answers: 1 rule", "<summary>No change: 1 rule"]
    places = [page.index(title) for title in [*(f">{title}</h2>" for title in titles[:-1]), *folded]]
    assert places == sorted(places)
    for text in (report, page):
        assert "FROM 0.20: the run ended" in text
        assert HOSTILE[:20] not in text


@pytest.mark.parametrize(
    ("after", "problems", "expected"),
    [(DANGEROUS, [], False), (FAILED, [], True), (PASSED, ["the run ended"], True)],
)
def test_a_comparison_fails_with_a_failure_or_a_problem_of_a_run(
    after: Result, problems: list[str], expected: bool
) -> None:
    assert Comparison("0.20", "0.24", compare([PASSED], [after]), problems).has_failed is expected


def test_whether_an_intermittent_deviation_occurred_is_no_change() -> None:
    absent = replace(DANGEROUS, known=ABSENT, answer="200 nothing")
    occurred = replace(DANGEROUS, known=replace(ABSENT, occurred=True))
    for pair in ((absent, occurred), (occurred, absent)):
        assert list(compare(pair[:1], pair[1:])) == [Change.NONE]
    assert list(compare([absent], [PASSED])) == [Change.DANGER_REMOVED]
