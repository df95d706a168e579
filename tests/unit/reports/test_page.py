"""The page of a run, rendered from the model."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from acceptance.reports.page import addresses, headline, render_page
from acceptance.reports.rendering import LABELS, seconds, slug
from acceptance.reports.results import Result, RunResult, Step, Target, Verdict, plural
from tests.unit.example_runs import ABSENT, HOSTILE, KNOWN, hostile_run, result, results, run_of, timing
from tests.unit.html_tree import elements, text_of, with_class

SOME_OF_EACH = results(*Verdict, *Verdict)
CONCURRENT = [
    result(id="RACE-1", location="a.feature:1", timings=(timing(), timing(1.5, 2.0, person=2, succeeded=False))),
    result(id="RACE-2", location="a.feature:2", timings=(timing(), timing(1.0))),
]
# The rows of an outline share its id, and a failed hook has none.
ROWS_AND_HOOKS = [
    *(result(name=f"Row {number}", location=f"a.feature:{number}") for number in range(3)),
    result(Verdict.ERROR, id="", rule="", name="hooks of the rule", location="a.feature:9"),
    result(Verdict.ERROR, id="", rule="", name="hooks of the feature", location="a.feature:10"),
]
SAME_NAME = [
    result(location="a.feature:1", feature="Deleting", rule="One at a time"),
    result(location="b.feature:1", feature="Listing", rule="One at a time"),
]
INTERRUPTED = {"stop_reason": "interrupted", "leftovers": "left behind: 'a'"}

RUNS: dict[str, RunResult] = {
    "not started": run_of(target=None, stop_reason="No RAGFlow answers."),
    "interrupted": run_of(*results(Verdict.PASSED, Verdict.ERROR, Verdict.NOT_RUN), **INTERRUPTED),
    "some of each": run_of(*SOME_OF_EACH, introductions={"Choosing sessions": "Users choose."}),
    "concurrent": run_of(*CONCURRENT),
    "rows and hooks": run_of(*ROWS_AND_HOOKS),
    "rules of one name": run_of(*SAME_NAME),
}
each_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


@each_run
def test_the_page_shows_every_scenario_and_every_rule_once(run: RunResult) -> None:
    page = render_page(run)
    scenarios = {each.get("id"): text_of(each[0]) for each in with_class(page, "scenario")}
    assert len(with_class(page, "scenario")) == len(scenarios) == len(run.results)
    for each in run.results:
        summary = scenarios[addresses(run.results)[each.location]]
        assert all(text in summary for text in (LABELS[each.verdict].text, each.id, each.name))
    outcomes = [rule.get("data-outcome") for rule in with_class(page, "rule")]
    assert outcomes == [LABELS[each.verdict].slug for each in run.rules]
    assert all(rule.name in text_of(each) for rule, each in zip(run.rules, elements(page, "h4"), strict=True))


@each_run
def test_the_page_starts_with_the_answer_and_counts_what_it_shows(run: RunResult) -> None:
    page = render_page(run)
    assert [text_of(each) for each in elements(page, "h1")] == [headline(run)]
    assert text_of(with_class(page, "lead")[0]) == run.answer
    for tile in with_class(page, "tile"):
        outcome = tile.get("class", "").removeprefix("tile ")
        counts = [
            len([each for each in with_class(page, kind) if each.get("data-outcome") == outcome])
            for kind in ("rule", "scenario")
        ]
        assert list(map(int, re.findall(r"\d+", text_of(tile))))[:2] == counts


@each_run
def test_every_link_has_one_target(run: RunResult) -> None:
    page = elements(render_page(run))
    ids = Counter(each.get("id") for each in page if each.get("id"))
    assert set(ids.values()) <= {1}
    links = [each.get("href", "")[1:] for each in page if each.get("href", "").startswith("#")]
    names = [name for each in page for name in f"{each.get('aria-labelledby', '')} {each.get('for', '')}".split()]
    assert set(links + names) <= ids.keys()


def test_the_facts_of_the_run_are_at_the_top() -> None:
    target = Target(
        "RAGFlow at http://a:1", "0.24.0", "detected: 0.24.0", "0.24", "stores emoji", ("asked: A", "said: B")
    )
    run = run_of(*SOME_OF_EACH, target=target, leftovers="left behind: b", not_selected=1_234, features_not_named=1)
    facts = [text_of(each) for each in elements(render_page(run), "dd")]
    assert facts == [
        "RAGFlow at http://a:1",
        "0.24.0 (detected: 0.24.0), contract 0.24",
        "asked: A; said: B",
        "stores emoji",
        "2026-11-25 12:00:00 UTC, took 6.5 s",
        "finished",
        "left behind: b",
        "1,234 scenarios and 1 feature file",
    ]


def test_a_failure_is_shown_with_its_full_report() -> None:
    report = "Rule:     Say nothing\nAnswer:   200 after 0.01 s"
    [failure] = with_class(render_page(run_of(result(Verdict.FAILED, text=report))), "failure")
    assert failure.findtext(".//pre") == report


def test_a_known_deviation_is_shown_once_with_its_scenarios() -> None:
    low = replace(
        ABSENT, severity="low", instead=("the answer is empty",), issue="https://example.org/1", finding="b-1"
    )
    deviating = [
        result(Verdict.DEVIATES, id=id, known=known, location=f"a.feature:{line}", rule=rule)
        for line, (id, known, rule) in enumerate([("A-1", KNOWN, "a"), ("A-2", KNOWN, "a"), ("B-1", low, "b")])
    ]
    high, other = (item for each in with_class(render_page(run_of(*deviating)), "deviations") for item in each)
    for text in ("A-1", "A-2", "Instead: the deletion succeeds; no sessions remain. Everything is deleted."):
        assert text in text_of(high)
    assert "Intermittent; it did not occur in this run." in text_of(other)
    links = [each.get("href", "") for each in other.iter() if each.get("href")]
    assert links == ["#rule-choosing-sessions-b", "#B-1", low.issue, "../docs/findings.md#b-1"]
    assert "docs/findings.md" not in text_of(high)


def test_a_scenario_shows_its_steps_and_exchanges() -> None:
    steps = (Step("Given a step", Verdict.PASSED, 0.012), Step("Then it fails", Verdict.DEVIATES, 0.1))
    passed = result(steps=steps, exchanges=("Request:  GET a", "Request:  GET b"))
    [scenario] = with_class(render_page(run_of(passed)), "scenario")
    assert "Given a step 12 ms ≠ Then it fails known deviation" in text_of(scenario)
    assert [each.text for each in scenario.iter("pre")] == ["Request:  GET a", "Request:  GET b"]
    assert passed.repeat in text_of(scenario)


def test_only_concurrent_requests_have_a_timeline() -> None:
    page = render_page(run_of(*CONCURRENT))
    bars = [[each.get(name) for name in ("class", "x", "y", "width")] for each in elements(page, "rect")]
    assert bars == [["succeeded", "0.0", "2", "160.0"], ["refused", "480.0", "21", "160.0"]]
    assert [text_of(each) for each in elements(page, "text")] == ["0", "1.0 s", "2.0 s", "person 1", "person 2"]
    assert "#timeline-RACE-1" in page
    assert "#timeline-RACE-2" not in page


LOW = replace(KNOWN, severity="low")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (run_of(result()), "Every checked rule holds"),
        (run_of(result(Verdict.FAILED)), "1 rule does not hold"),
        (run_of(*results(*[Verdict.FAILED] * 3)), "2 rules do not hold"),
        (run_of(result(Verdict.ERROR)), "1 rule is inconclusive"),
        (run_of(result(Verdict.DEVIATES)), "No new failures, but known deviations lose data"),
        (run_of(result(Verdict.DEVIATES, known=LOW)), "No failures, only known deviations"),
        (run_of(result(Verdict.FAILED), stop_reason="aborted"), "The run did not finish"),
    ],
)
def test_the_headline_is_the_answer_in_a_few_words(run: RunResult, expected: str) -> None:
    assert headline(run) == expected


def test_every_text_is_escaped() -> None:
    page = render_page(hostile_run())
    found = elements(page)
    assert [each.tag for each in found if each.tag in ("img", "script") or each.get("src")] == ["script"]
    assert [name for each in found for name in each.keys() if name.startswith("on")] == []  # noqa: SIM118
    assert [HOSTILE in "".join(each.itertext()) for each in with_class(page, "scenario")] == [True] * len(Verdict)
    assert "49" not in text_of(found[0])


def test_the_page_of_a_long_run_stays_small() -> None:
    steps = (Step("Given a step with a rather long text", Verdict.PASSED, 0.1),) * 5
    passed = results(*[Verdict.PASSED] * 300, steps=steps, exchanges=("Request:  " + "x" * 390,) * 4)
    assert len(render_page(run_of(*passed)).encode()) < 1_000_000


def test_an_id_leads_to_the_first_row_that_applies() -> None:
    verdicts = (Verdict.NOT_APPLICABLE, Verdict.PASSED, Verdict.FAILED)
    rows: list[Result] = [result(each, location=f"a.feature:{9 - line}") for line, each in enumerate(verdicts)]
    assert addresses(rows) == {"a.feature:7": "ODD-1", "a.feature:8": "ODD-1.2", "a.feature:9": "ODD-1.3"}


def test_durations_counts_and_addresses_are_readable() -> None:
    durations = {0.0: "0.0 ms", 0.00123: "1.2 ms", 0.0095: "10 ms", 0.0123: "12 ms", 0.9994: "999 ms", 1.0: "1.0 s"}
    assert {value: seconds(value) for value in durations} == durations
    assert [plural(count, "rule") for count in (0, 1, 1_000)] == ["0 rules", "1 rule", "1,000 rules"]
    assert slug("Delete, delete: 1 session!") == "delete-delete-1-session"
