"""The comparison of two runs: can we switch?"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from acceptance.matchers.sessions import GONE
from acceptance.reports.changes import Change, Changes, compare
from acceptance.reports.comparison import Comparison, rows_of_times
from acceptance.reports.results import Result, Step, Verdict
from tests.unit.example_runs import HOSTILE, KNOWN, result

MEDIUM = replace(KNOWN, severity="medium", instead=("the answer is odd", "all 5 sessions remain"))


def sending(request: str, *thens: str, **more: object) -> Result:
    texts = ["Given an assistant with 5 sessions", f"When I send: {request}", *(f"Then {then}" for then in thens)]
    return result(steps=tuple(Step(text, Verdict.PASSED, 0) for text in texts), **more)


PASSED = sending("{}", "all 5 sessions remain", answer='200 {"code": 0}')
STEPS = PASSED.steps
DANGEROUS = result(Verdict.DEVIATES, steps=STEPS)
DEVIATES = result(Verdict.DEVIATES, known=MEDIUM, steps=STEPS)
OTHERWISE = replace(DEVIATES, known=replace(MEDIUM, instead=("the request is refused", "all 5 sessions remain")))
PARTLY = replace(MEDIUM, instead=("session 1 is gone", "sessions 2, 3, 4 and 5 remain"))
LESS = replace(DEVIATES, known=PARTLY)
FAILED, ERROR, NOT_RUN, OTHER_RELEASE = (
    result(verdict, steps=STEPS) for verdict in (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
)
LOST = replace(FAILED, text=f"but: {GONE}: session 2")

HOLDS = "all 5 sessions remain"
INSTEAD = "known deviation, high: **the deletion succeeds; no sessions remain**. Everything is deleted."
BROKEN = "Then it holds: was 'wrong'"


def markdown(before: Sequence[Result], after: Sequence[Result], problems: Sequence[str] = ()) -> str:
    return Comparison("0.20", "0.24", compare(before, after), problems).as_markdown()


@pytest.mark.parametrize(
    ("before", "after", "change", "states"),
    [
        (PASSED, FAILED, Change.FAILS, f"{HOLDS} | does not hold: {BROKEN}"),
        (FAILED, OTHER_RELEASE, Change.FAILS, f"does not hold: {BROKEN} | not sent"),
        (NOT_RUN, ERROR, Change.FAILS, "not run: the run ended | inconclusive: When I delete: no answer"),
        (LOST, LOST, Change.FAILS, f"does not hold: {BROKEN} | the same"),
        (PASSED, LOST, Change.NEW_DANGER, f"{HOLDS} | does not hold: {BROKEN}"),
        (PASSED, DANGEROUS, Change.NEW_DANGER, f"{HOLDS} | {INSTEAD}"),
        (DEVIATES, DANGEROUS, Change.NEW_DANGER, "known deviation, medium: the answer is odd; "),
        (OTHER_RELEASE, DANGEROUS, Change.NEW_DANGER, f"not sent | {INSTEAD}"),
        (DANGEROUS, PASSED, Change.DANGER_REMOVED, f"{INSTEAD} | {HOLDS}"),
        (DANGEROUS, OTHER_RELEASE, Change.DANGER_REMOVED, f"{INSTEAD} | not sent"),
        (DANGEROUS, DANGEROUS, Change.SAME_DANGER, f"{INSTEAD} | the same"),
        (DANGEROUS, replace(LESS, known=replace(PARTLY, severity="high")), Change.SAME_DANGER, f"{INSTEAD} | known"),
        (PASSED, LESS, Change.DELETES_MORE, f"{HOLDS} | known deviation, medium: session 1 is gone; "),
        (LESS, PASSED, Change.DELETES_LESS, f"sessions 2, 3, 4 and 5 remain. Everything is deleted. | {HOLDS}"),
        (PASSED, DEVIATES, Change.NEW_DEVIATION, f"{HOLDS} | known deviation, medium: the answer is odd; {HOLDS}"),
        (DEVIATES, PASSED, Change.DEVIATION_REMOVED, f"the answer is odd; {HOLDS}. Everything is deleted. | {HOLDS}"),
        (DEVIATES, OTHERWISE, Change.BEHAVES, "known deviation, medium: the request is refused; "),
        (PASSED, OTHER_RELEASE, Change.ONE_SIDE, f"{HOLDS} | not sent"),
        (PASSED, NOT_RUN, Change.NOT_COMPARED, f"{HOLDS} | not run: the run ended"),
        (PASSED, replace(PASSED, answer='401 {"code": "|"}'), Change.REWORDED, '200, code 0` | `status 401, code "|"`'),
        (PASSED, replace(PASSED, answer='200 {"code": 0, "data": [{"a": 1}]}'), Change.REWORDED, "them` | `data[].a 1"),
        (PASSED, replace(PASSED, answer="200 " + "x" * 9000), Change.REWORDED, "8,800 characters"),
    ],
)  # fmt: skip
def test_a_request_is_shown_before_and_after(before: Result, after: Result, change: Change, states: str) -> None:
    assert list(compare([before], [after])) == [change]
    title, row = markdown([before], [after]).replace("\\", "").splitlines()[4:6]
    assert title == f"| **{change.title}** | | |"
    assert states in row
    assert "ODD-1" in row


def test_scenarios_that_send_the_same_are_a_pair_whatever_their_names() -> None:
    """Rules for some releases state the outcomes of one request in several scenarios."""
    refused = sending('{"a": 1}', "all 5 sessions remain", id="ODD-6", name="Refused")
    accepted = sending('{"a": 1}', "no sessions remain", id="CHOICE-2", rule="Another rule", name="Accepted")
    wordy = Step('When I try to send as application/json: {"a": 1}', Verdict.PASSED, 0)
    refused = replace(refused, steps=(refused.steps[0], wordy, *refused.steps[2:]))
    assert '| `{"a": 1}` (ODD-6, CHOICE-2) | all 5 sessions remain | no sessions remain |\n' in markdown(
        [refused], [accepted]
    )
    elsewhere = (Step("Given the assistant has been deleted", Verdict.PASSED, 0), *accepted.steps)
    assert list(compare([refused], [replace(accepted, steps=elsewhere)])) == [Change.ONE_SIDE]


def test_an_unusual_situation_is_part_of_the_request() -> None:
    given = Step("Given another tenant is a guest", Verdict.PASSED, 0)
    before, after = (replace(each, steps=(STEPS[0], given, *STEPS[1:])) for each in (PASSED, DANGEROUS))
    assert "\n| another tenant is a guest; I send: `{}` (ODD-1) | " in markdown([before], [after])


def test_requests_with_the_same_change_share_a_row() -> None:
    rows = [sending(body, "all 5 sessions remain", name=body) for body in ("1", "2")]
    deviating = [replace(row, verdict=Verdict.DEVIATES, known=KNOWN) for row in rows]
    assert "\n| `1`<br>`2` (ODD-1) | all 5 sessions remain | known deviation" in markdown(rows, deviating)


def test_reworded_answers_share_a_row_across_rules_and_numbers() -> None:
    before = [replace(PASSED, id=f"ODD-{number}", rule=number, answer=f'200 {{"n": {number}}}') for number in (1, 2)]
    after = [replace(each, answer=each.answer.replace("n", "of")) for each in before]
    assert "| ODD-1, ODD-2 | `n 1` | `of 1` |\n" in markdown(before, after)


def test_client_calls_break_and_work_again_with_a_deviation() -> None:
    breaking = replace(DEVIATES, known=replace(MEDIUM, client={"chat.update()": "raises AttributeError"}))
    assert "\n| `chat.update()` (ODD-1) | works | raises AttributeError |\n" in markdown([PASSED], [breaking])
    assert "\n| `chat.update()` (ODD-1) | raises AttributeError | works |\n" in markdown([breaking], [PASSED])
    assert Change.CLIENT not in compare([breaking], [breaking])
    assert "it breaks 1 client call." in markdown([PASSED], [breaking])


def test_a_rule_that_applies_to_neither_run_is_left_out() -> None:
    assert compare([OTHER_RELEASE], [OTHER_RELEASE]) == compare([OTHER_RELEASE], []) == {}


@pytest.mark.parametrize(
    ("pairs", "problems", "sentence", "has_failed"),
    [
        ([(PASSED, PASSED)], [], "You can switch: 0.24 deletes no session that it should keep.", False),
        ([(DANGEROUS, DANGEROUS)], [], "no session that it should keep, except where 0.20 also does.", False),
        ([(PASSED, LESS), (LESS, PASSED), (PASSED, NOT_RUN)], [],
         "but it deletes less than before after 1 request and deletes more than before "
         "after 1 request; not compared: 1 rule.", False),
        ([(PASSED, DANGEROUS), (PASSED, LOST)], ["FROM: ended"],
         "yet: after 2 requests, 0.24 deletes sessions that it should keep; 0.20 keeps them.", True),
        ([(OTHER_RELEASE, DANGEROUS)], [], "keep, except after 1 request that 0.20 was not sent.", False),
        ([(PASSED, PASSED)], ["TO 0.24: the run ended."], "comparison cannot answer: TO 0.24: the run ended.", True),
        ([(PASSED, FAILED)], [], "The comparison cannot answer: there is no clear result for 1 rule.", True),
        ([(PASSED, NOT_RUN)], [], "The comparison cannot answer: no request was sent to both.", False),
        ([], [], "The comparison cannot answer: no request was sent to both.", False),
    ],
)  # fmt: skip
def test_the_first_line_answers(
    pairs: list[tuple[Result, Result]], problems: list[str], sentence: str, has_failed: bool
) -> None:
    comparison = Comparison("0.20", "0.24", compare(*numbered(pairs)), problems)
    first_line, *_ = comparison.as_markdown().splitlines()
    assert first_line.endswith(f"{sentence}**")
    assert comparison.has_failed is has_failed


def numbered(pairs: Sequence[tuple[Result, Result]]) -> list[list[Result]]:
    """The pairs as two runs; each with a rule of its own, whose text is hostile."""
    return [
        [
            replace(
                each, rule=f"{line} {HOSTILE}", location=f"odd.feature:{line}", steps=sending(f"{line}", HOLDS).steps
            )
            for line, each in enumerate(side)
        ]
        for side in zip(*pairs, strict=True)
    ] or [[], []]


def every_change() -> Changes:
    """A row for each change; the order of the features is the reverse of the report."""
    known = replace(MEDIUM, client={"chat.update()": HOSTILE})
    pairs = [
        (PASSED, PASSED), (PASSED, OTHER_RELEASE), (PASSED, replace(PASSED, answer="401 {}")), (DANGEROUS, DANGEROUS),
        (DEVIATES, OTHERWISE), (DEVIATES, PASSED), (PASSED, replace(DEVIATES, known=known)), (LESS, PASSED),
        (PASSED, LESS), (DANGEROUS, PASSED), (PASSED, DANGEROUS), (PASSED, NOT_RUN), (PASSED, FAILED),
    ]  # fmt: skip
    return compare(*numbered(pairs)) | {
        Change.TIMES: rows_of_times({"delete a session": 0.02}, {"delete a session": 0.005})
    }


def test_both_formats_list_what_is_uncertain_first_then_dangers() -> None:
    comparison = Comparison("0.20", HOSTILE, every_change(), ["FROM 0.20: the run ended"])
    assert list(comparison.sections) == list(Change)
    report, page = comparison.as_markdown(), comparison.as_html()
    titles = [change.title for change in Change if change is not Change.NONE]
    assert [line for line in report.splitlines() if line.endswith("** | | |")] == [
        f"| **{title}** | | |" for title in titles
    ]
    assert "| delete a session | 20 ms | 5.0 ms (0.2 times) |\n" in report
    assert "\nNo change: 1 rule." in report
    table = [line.replace("\\|", "") for line in report.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {4}
    places = [
        page.index(f'id="{name}"')
        for name in ("does-not-hold-or-is-inconclusive", "can-now-delete-more-than-it-names", "no-change")
    ]
    assert places == sorted(places)
    for text in (report, page):
        assert "FROM 0.20: the run ended" in text
        assert HOSTILE[:20] not in text


def test_whether_an_intermittent_deviation_occurred_is_no_change() -> None:
    absent = replace(DEVIATES, known=replace(MEDIUM, at_times=True, occurred=False), answer="200 nothing")
    occurred = replace(DEVIATES, known=replace(MEDIUM, at_times=True))
    for pair in ((absent, occurred), (occurred, absent)):
        assert list(compare(pair[:1], pair[1:])) == [Change.NONE]
    assert list(compare([absent], [PASSED])) == [Change.DEVIATION_REMOVED]
