"""What changes from one RAGFlow to another, told rule by rule."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from acceptance.behave_adapter import scenario_id
from acceptance.compare import Change, as_html, as_markdown, compare
from acceptance.known_deviations import deviations
from acceptance.paths import ROOT
from acceptance.reports.results import Result, RuleResult, Step, Target, Verdict, rules_of
from acceptance.reports.settled import scenarios, settled
from tests.support.runs import environment
from tests.support.servers import running
from tests.unit.made_up import KNOWN, result, run_of

MEDIUM = replace(KNOWN, severity="medium")
OTHERWISE = replace(MEDIUM, instead=("the request is refused",))
STEPS = (Step("When I delete", Verdict.PASSED, 0), Step("Then it holds", Verdict.PASSED, 0))

PASSED = result(steps=STEPS, answer="200 {}")
DANGEROUS = result(Verdict.DEVIATES, answer="200 {}")
DEVIATES = result(Verdict.DEVIATES, known=MEDIUM, answer="200 {}")
FAILED, UNLEARNT, NOT_RUN, ELSEWHERE = map(
    result, (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
)

HOLDS = "holds: it holds"
INSTEAD = "Instead: the deletion succeeds; no sessions remain. Everything is deleted."


def rules(*scenarios: Result) -> list[RuleResult]:
    return rules_of(scenarios)


@pytest.mark.parametrize(
    ("before", "after", "change", "states"),
    [
        (PASSED, FAILED, Change.FAILS, (HOLDS, "does not hold: Then it holds: was 'war'")),
        (FAILED, ELSEWHERE, Change.FAILS, ("does not hold: Then it holds: was 'war'", "does not apply here")),
        (NOT_RUN, UNLEARNT, Change.FAILS, ("not run: the run ended", "nothing learnt: When I ask")),
        (PASSED, DANGEROUS, Change.COMES, (HOLDS, f"known deviation, severity high. {INSTEAD}")),
        (DEVIATES, DANGEROUS, Change.COMES, ("known deviation, severity medium", "known deviation, severity high")),
        (ELSEWHERE, DANGEROUS, Change.COMES, ("does not apply here", "known deviation, severity high")),
        (DANGEROUS, PASSED, Change.GOES, ("known deviation, severity high", HOLDS)),
        (DANGEROUS, DEVIATES, Change.GOES, ("known deviation, severity high", "known deviation, severity medium")),
        (DANGEROUS, ELSEWHERE, Change.GOES, ("known deviation, severity high", "does not apply here")),
        (PASSED, DEVIATES, Change.NEW, (HOLDS, f"known deviation, severity medium. {INSTEAD}")),
        (DEVIATES, PASSED, Change.GONE, (f"known deviation, severity medium. {INSTEAD}", HOLDS)),
        (DEVIATES, replace(DEVIATES, known=OTHERWISE), Change.BEHAVES, (INSTEAD, "Instead: the request is refused")),
        (PASSED, ELSEWHERE, Change.BEHAVES, (HOLDS, "does not apply here")),
        (ELSEWHERE, PASSED, Change.BEHAVES, ("does not apply here", HOLDS)),
        (PASSED, NOT_RUN, Change.UNKNOWN, (HOLDS, "not run: the run ended")),
        (PASSED, replace(PASSED, answer="401 `{}`"), Change.WORDED, ("holds: `200 {}`", "holds: `401 '{}'`")),
        (PASSED, replace(PASSED, answer="x" * 9000), Change.WORDED, ("holds: `200 {}`", "8,400 characters")),
    ],
)
def test_a_rule_changes_as_its_scenario_does(
    before: Result, after: Result, change: Change, states: tuple[str, str]
) -> None:
    [rule] = compare(rules(before), rules(after))
    assert rule.change is change
    [detail] = rule.details
    assert detail.scenarios == (("ODD-1", "One session"),)
    assert states[0] in str(detail.before).replace("\\", "")
    assert states[1] in str(detail.after).replace("\\", "")


@pytest.mark.parametrize("scenario", [PASSED, DEVIATES, DANGEROUS])
def test_what_does_the_same_is_the_same(scenario: Result) -> None:
    [rule] = compare(rules(scenario), rules(scenario))
    assert (rule.change, rule.details) == (Change.SAME, ())


def test_a_rule_that_applies_on_neither_side_is_not_told() -> None:
    assert compare(rules(ELSEWHERE), rules(ELSEWHERE)) == []
    assert compare(rules(ELSEWHERE), []) == []


def test_a_rule_is_told_once_for_each_change_of_it() -> None:
    other, third = replace(PASSED, id="ODD-2"), replace(PASSED, id="ODD-3")
    changes = compare(rules(PASSED, other, third), rules(DANGEROUS, other))
    assert [(each.change, each.details[0].scenarios[0][0]) for each in changes] == [
        (Change.COMES, "ODD-1"),
        (Change.BEHAVES, "ODD-3"),
    ]


def test_scenarios_that_change_alike_are_told_together() -> None:
    rows = [replace(PASSED, id=id, name=name) for id, name in (("ODD-1", "one"), ("ODD-1", "two"), ("ODD-2", "three"))]
    [rule] = compare(rules(*rows), rules(*(replace(DANGEROUS, id=row.id, name=row.name) for row in rows)))
    [detail] = rule.details
    assert detail.by_id == [("ODD-1", ["one", "two"]), ("ODD-2", ["three"])]


def in_every_way() -> tuple[list[RuleResult], list[RuleResult]]:
    """Two sides with a rule for each change; those that change least come first in the features."""
    pairs = [
        (PASSED, PASSED),
        (PASSED, replace(PASSED, answer="401 {}")),
        (PASSED, NOT_RUN),
        (PASSED, ELSEWHERE),
        (DEVIATES, PASSED),
        (PASSED, DEVIATES),
        (DANGEROUS, PASSED),
        (PASSED, DANGEROUS),
        (PASSED, FAILED),
    ]

    def side(number: int) -> list[RuleResult]:
        return rules(
            *(
                replace(pair[number], rule=f"Rule {line} <script>alert()</script>", location=f"odd.feature:{line}")
                for line, pair in enumerate(pairs, 1)
            )
        )

    return side(0), side(1)


def test_dangers_are_told_before_everything_but_failures_and_wording_last() -> None:
    changes = compare(*in_every_way())
    assert [each.change for each in changes] == list(Change)
    report = "\n".join(as_markdown("0.20", "0.24", changes))
    titles = [line for line in report.splitlines() if line.startswith("#")]
    assert titles == [
        "# From 0.20 to 0.24",
        "## Fails",
        "## Dangers that come",
        "## Dangers that go",
        "## Other new deviations",
        "## Other deviations that are gone",
        "## Behaves differently",
        "## Not compared",
        "## Differently worded",
    ]
    assert "- dangers that come: 1 rule\n" in report
    assert "- the same: 1 rule\n" in report
    page = as_html("0.20", "0.24", changes)
    places = [page.index(f">{title.strip('# ')}</h2>") for title in titles[1:-1]]
    assert places == sorted(places)
    assert places[-1] < page.index("<summary>Differently worded: 1 rule") < page.index("<summary>The same: 1 rule")


def test_what_others_have_named_is_shown_as_text() -> None:
    told: dict[str, Any] = {"before": "0.20", "after": "<script>", "rules": compare(*in_every_way())}
    for text in (as_html(**told), "\n".join(as_markdown(**told))):
        assert "<script>alert()" not in text
        assert "to <script>" not in text
        assert "alert()" in text


def test_the_troubles_of_the_runs_stand_at_the_top() -> None:
    trouble = "FROM 0.20: the run ended"
    assert f"- {trouble}" in list(as_markdown("0.20", "0.24", [], [trouble]))
    assert trouble in as_html("0.20", "0.24", [], [trouble])


@pytest.mark.parametrize(("release", "verdict"), [("0.20.5", Verdict.DEVIATES), ("0.24.0", Verdict.PASSED)])
def test_what_happens_at_times_is_told_as_it_is_known(release: str, verdict: Verdict) -> None:
    # ODD-20 is known to happen at times up to 0.23.
    [known] = [each for each in deviations.read() if each.scenario == "ODD-20"]
    place = next(place for place, each in scenarios().items() if scenario_id(each) == "ODD-20")
    scenario = replace(PASSED, id="ODD-20", location=f"features/{place}")
    run = run_of(scenario, target=Target("RAGFlow", release, "as it was set", "0.18"))
    [told] = settled(run, [known]).results
    assert told.verdict is verdict
    assert told.known == (known.for_row({}) if verdict is Verdict.DEVIATES else None)


def compared(*arguments: str, settings: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "acceptance.compare", *arguments],
        cwd=ROOT,
        env=environment(settings or {}),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_two_releases_are_compared_and_the_report_is_written() -> None:
    told = compared(
        "0.24", "0.27", "--tags=@CHOICE-5 or @CHOICE-11 or @AUTH-2 or @AUTH-6 or @ASSISTANT-1 or @CHOICE-7 or @ODD-8"
    )
    assert told.returncode == 0, told.stderr
    assert (ROOT / "reports" / "comparison.md").read_text("utf-8") == told.stdout
    page = (ROOT / "reports" / "comparison.html").read_text("utf-8")
    sections = told.stdout.split("\n## ")
    for section, rule in zip(
        sections[1:],
        (
            "Only sessions in the list are deleted, whatever the request is declared as",
            "A request has to say which assistant it means",
            "A request without a valid API key is answered as unauthorized",
            "Up to release 0.24, a request that lists no sessions empties the assistant",
            "Nobody deletes with an API key that RAGFlow does not know",
        ),
        strict=True,
    ):
        assert f"- **{rule}** (" in section
        assert rule in page
    assert "- the same: 1 rule\n" in sections[0]


def test_two_deployments_are_compared_each_with_its_own_keys() -> None:
    with running("0.24") as before, running("0.25") as after:
        keys = {f"{side}_API_KEY": before.settings["RAGFLOW_API_KEY"] for side in ("FROM", "TO")}
        told = compared(before.url, after.url, "--tags=@CHOICE-1 or @ISOLATION-2", settings=keys)
        assert before.assistants() == after.assistants() == []
    assert told.returncode == 0, told.stderr
    assert "- differently worded: 1 rule\n" in told.stdout
    # What needs the key of another tenant was not run, which is no failure.
    assert "- not compared: 1 rule\n" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0.17", "0.24"], "FROM 0.17: '0.17' is no known release of RAGFlow. Known are: 0.18"),
        (["0.24", "0.99"], "TO 0.99: that release is newer than every one that is known."),
        (["0.24", "localhost:9380"], "TO localhost:9380: 'localhost:9380' is no known release of RAGFlow."),
        (["http://127.0.0.1:1", "0.24"], "FROM http://127.0.0.1:1: The specification cannot run. "),
        (["0.24", "0.25", "--tags=@A and"], "The specification cannot run. "),
        (["0.24", "0.25", "--colour-of-the-sky"], "unrecognized arguments: --colour-of-the-sky"),
        (["0.24"], "the following arguments are required: after"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    told = compared(*arguments, "--tags=@CHOICE-1")
    assert told.returncode != 0
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
