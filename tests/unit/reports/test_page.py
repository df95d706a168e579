"""The page: of runs that are made up, and of tiny specifications that are run."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from behave.parser import ParserError

from acceptance.reports.page import Page, addresses, as_html, headline
from acceptance.reports.picture import Picture, picture
from acceptance.reports.rendering import OUTCOMES, plural, seconds, slug
from acceptance.reports.results import Feature, Result, RunResult, Step, Target, Verdict
from tests.unit.made_up import KNOWN, asked, result, results, run_of
from tests.unit.markup import elements, text_of, with_class
from tests.unit.tiny_specification import ENVIRONMENT, SILENCE, Ended, behave, specification

# Runs of every kind.

SPEAKING = Feature("Speaking", ("Whoever speaks", "is heard."))
EVERY = results(*Verdict, *Verdict)
TOGETHER = [
    result(id="RACE-1", rule="Together", location="a.feature:1", asked=(asked(), asked(person=2, succeeded=False))),
    result(id="RACE-2", rule="Alone", location="a.feature:2", asked=(asked(), asked(sessions=100))),
]
# A row of an outline has the id of its outline, and what goes wrong around scenarios has none.
ROWS = [
    *(result(name=f"Row {number}", location=f"a.feature:{number}") for number in range(3)),
    result(Verdict.ERROR, id="", rule="", name="around the scenarios of the rule", location="a.feature:9"),
    result(Verdict.ERROR, id="", rule="", name="around the scenarios of the feature", location="a.feature:10"),
]
TWINS = [
    result(location="a.feature:1", feature="Deleting", rule="One at a time"),
    result(location="b.feature:1", feature="Listing", rule="One at a time!"),
]

RUNS: dict[str, RunResult] = {
    "one that cannot begin": run_of(target=None, trouble="No RAGFlow answers at http://localhost:1."),
    "one that found nothing to do": run_of(trouble="it has not ended"),
    "one that was interrupted": run_of(
        *results(Verdict.PASSED, Verdict.ERROR, Verdict.NOT_RUN, Verdict.NOT_RUN),
        trouble="the run ended: interrupted by Ctrl-C, in ODD-2",
        left="left behind, or nobody can tell: 'a'",
    ),
    "one that failed 50 times": run_of(*results(*[Verdict.FAILED] * 50)),
    "one with everything": run_of(*EVERY, features=(SPEAKING,), not_selected=1_234, features_not_named=1),
    "one with drawings": run_of(*TOGETHER),
    "one with rows": run_of(*ROWS),
    "one with rules of one name": run_of(*TWINS),
    "one where all is well": run_of(*results(*[Verdict.PASSED] * 4)),
}

every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


@every_run
def test_every_scenario_and_every_rule_is_on_it_once(run: RunResult) -> None:
    page = as_html(run)
    places = [each["data-place"] for each in elements(page) if each["data-place"]]
    assert sorted(places) == sorted(each.location for each in run.results)
    headings = [each.text for each in elements(page) if each.tag == "h4"]
    assert len(headings) == len(run.rules)
    assert all(rule.name in heading for rule, heading in zip(run.rules, headings, strict=True))


@every_run
def test_every_scenario_and_every_rule_says_what_became_of_it(run: RunResult) -> None:
    page = as_html(run)
    told = {each["data-place"]: each for each in elements(page) if each["data-place"]}
    for each in run.results:
        _, words, name, *_ = OUTCOMES[each.verdict]
        assert told[each.location]["data-outcome"] == name
        summary = next(child for child in told[each.location].children if child.tag == "summary")
        assert words in summary.text
        assert each.id in summary.text
        assert each.name in summary.text
    rules = [rule["data-outcome"] for rule in with_class(page, "rule")]
    assert rules == [OUTCOMES[rule.verdict][2] for rule in run.rules]


@every_run
def test_the_numbers_at_the_top_are_those_of_what_is_below(run: RunResult) -> None:
    page = as_html(run)
    tiles = {name: tile for tile in with_class(page, "tile") for name in tile["class"].split() if name != "tile"}
    below = {kind: Counter(each["data-outcome"] for each in with_class(page, kind)) for kind in ("rule", "scenario")}
    for name in {*below["rule"], *below["scenario"]}:
        numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", tiles[name].text)]
        assert numbers == [below["rule"][name], below["scenario"][name]]
    assert not tiles or {"holds", "fails"} <= tiles.keys()


@every_run
def test_every_address_leads_somewhere_and_no_two_places_have_the_same(run: RunResult) -> None:
    page = elements(as_html(run))
    ids = [each["id"] for each in page if each["id"]]
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    leads = [each["href"] for each in page if each.tag == "a" and each["href"].startswith("#")]
    names = [name for each in page for name in (each["aria-labelledby"], each["for"]) if name]
    missing = [lead for lead in leads if lead[1:] not in ids]
    assert missing == []
    assert [name for each in names for name in each.split() if name not in ids] == []


@every_run
def test_it_asks_nobody_for_anything(run: RunResult) -> None:
    page = elements(as_html(run))
    assert [each.tag for each in page if each["src"] or each.tag in ("img", "iframe", "object", "embed")] == []
    assert [each["href"] for each in page if each.tag == "link"] == ["data:,"]


@every_run
def test_it_begins_with_the_answer(run: RunResult) -> None:
    page = as_html(run)
    [title] = [each.text for each in elements(page) if each.tag == "h1"]
    assert title == headline(run)
    assert " ".join(run.answer.split()) in text_of(page)
    assert f"<title>{headline(run)}" in page


# What is told of a run.


def test_a_run_that_cannot_begin_says_why_and_shows_no_empty_tables() -> None:
    page = as_html(RUNS["one that cannot begin"])
    assert "No RAGFlow answers at http://localhost:1." in text_of(page)
    assert "none was reached" in text_of(page)
    assert [each.tag for each in elements(page) if each.tag in ("table", "details", "form", "svg")] == []


def test_what_is_known_of_a_run_stands_at_its_top() -> None:
    target = Target("RAGFlow at http://a:1", "0.24.0", "found out: 0.24.0", "0.24")
    run = replace(RUNS["one with everything"], target=target, left="left behind: b")
    text = text_of(as_html(run))
    for words in (
        "RAGFlow at http://a:1",
        "0.24.0 (found out: 0.24.0), held to the contract 0.24",
        "2026-11-25 12:00:00 UTC, 6.5 s",
        "came to its end",
        "left behind: b",
        "1,234 scenarios of the features that were read; 1 feature file not read",
    ):
        assert words in text


def test_every_trouble_is_told_in_full() -> None:
    story = "Rule:     Say nothing\nAnswer:   200 after 0.01 s"
    run = run_of(*results(*[Verdict.FAILED] * 50, text=story))
    troubles = with_class(as_html(run), "trouble")
    assert len(troubles) == 50
    for trouble in troubles:
        assert story in [each.text for each in trouble.all() if each.tag == "pre"]


def test_a_known_deviation_is_told_once_with_the_scenarios_in_which_it_was_seen() -> None:
    low = replace(KNOWN, severity="low", instead=("a word is another",), at_times=True, issue="https://example.org/1")
    seen = [
        result(Verdict.DEVIATES, id=id, known=known, location=f"a.feature:{line}", rule=rule)
        for line, (id, known, rule) in enumerate([("A-1", KNOWN, "a"), ("A-2", KNOWN, "a"), ("B-1", low, "b")])
    ]
    page = as_html(run_of(*seen))
    [high_told, low_told] = [item for each in with_class(page, "deviations") for item in each.children]
    assert all(id in high_told.text for id in ("A-1", "A-2"))
    assert "Instead: the deletion succeeds; no sessions remain. Everything is deleted." in high_told.text
    assert "It happens at times only." in low_told.text
    assert [each["href"] for each in low_told.all() if "issue" in each.text and each.tag == "a"] == [low.issue]


def test_a_scenario_shows_its_steps_and_what_was_asked() -> None:
    steps = (Step("Given all is well", Verdict.PASSED, 0.012), Step("Then it rains", Verdict.DEVIATES, 0.1))
    told = result(steps=steps, exchanges=("Request:  GET a", "Request:  GET b"))
    [scenario] = with_class(as_html(run_of(told)), "scenario")
    text = " ".join(scenario.text.split())
    assert "Given all is well 12 ms" in text
    assert "Then it rains known deviation" in text
    assert [each.text for each in scenario.all() if each.tag == "pre"] == ["Request:  GET a", "Request:  GET b"]
    assert told.repeat in text


def test_where_several_people_asked_there_is_a_drawing_of_it() -> None:
    page = as_html(RUNS["one with drawings"])
    bars = [each for each in elements(page) if each.tag == "rect"]
    assert [each["class"] for each in bars] == ["told-success", "told-refusal"]
    assert "#timeline-RACE-1" in page
    assert "#timeline-RACE-2" not in page
    assert len([each for each in elements(page) if each.tag == "circle"]) == 2


# what becomes of the sessions where the first request of the picture is sent: what is told of it
FATES = {
    "all gone": result(Verdict.DEVIATES),
    "safe": result(steps=(Step("Then all 5 sessions remain", Verdict.PASSED, 0.1),)),
    "not run": result(Verdict.NOT_RUN),
}


@pytest.mark.parametrize(("fate", "told"), FATES.items())
def test_what_became_of_the_sessions_stands_beside_what_is_known_of_each_release(fate: str, told: Result) -> None:
    sending = Step(f"When {picture().rows[0][0].step}", Verdict.PASSED, 0.1)
    page = as_html(run_of(replace(told, steps=(sending, *told.steps))))
    [table] = with_class(page, "picture")
    headings, first, second, *_ = [row for row in table.all() if row.tag == "tr"]
    assert [each.text for each in headings.children][:3] == ["sent", "this run", "0.18 to 0.22.0"]
    assert [each.text for each in first.children][1:3] == [fate, "all gone"]
    assert second.children[1].text == "not tried"


def test_where_nothing_of_the_picture_was_tried_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_class(as_html(RUNS["one with everything"]), "picture") == []
    # Nor where somebody has written features of their own.
    monkeypatch.setattr("acceptance.reports.page.picture", lambda: Picture(["0.18"], []))
    assert with_class(as_html(RUNS["one with everything"]), "picture") == []


def test_where_a_feature_cannot_be_read_there_is_a_page_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> Picture:
        raise ParserError("Nonsense", 3)

    monkeypatch.setattr("acceptance.reports.page.picture", unreadable)
    assert "ParserError" in text_of(as_html(run_of(trouble="ParserError: Nonsense")))


# how a run ended: what is told of it first
HEADLINES: dict[str, tuple[RunResult, str]] = {
    "all is well": (run_of(result()), "Every rule that was looked at holds"),
    "a rule is broken": (run_of(result(Verdict.FAILED)), "1 rule does not hold"),
    "two are": (run_of(*results(*[Verdict.FAILED] * 3)), "2 rules do not hold"),
    "nothing was learnt": (run_of(result(Verdict.ERROR)), "Nothing was learnt about 1 of the rules"),
    "data may be lost": (
        run_of(result(Verdict.DEVIATES)),
        "Nothing new is broken, but data can be lost in known ways",
    ),
    "a word is another": (
        run_of(result(Verdict.DEVIATES, known=replace(KNOWN, severity="low"))),
        "Nothing is broken but what is known",
    ),
    "it was ended": (run_of(result(Verdict.FAILED), trouble="enough"), "The run did not come to its end"),
}


@pytest.mark.parametrize(("run", "words"), HEADLINES.values(), ids=HEADLINES)
def test_the_headline_is_the_answer_in_a_few_words(run: RunResult, words: str) -> None:
    assert headline(run) == words


# What a server or a feature says.

HOSTILE = '</pre></script><script>alert(1)</script><img src=x onerror="alert(2)">\'"&amp;{{ 7 * 7 }}{% raw %}'


def hostile() -> RunResult:
    """A run in which everything that is said wants to be more than text."""
    known = replace(KNOWN, instead=(HOSTILE,), why=HOSTILE, seen=HOSTILE, issue=HOSTILE)
    words = dict.fromkeys(("id", "name", "rule", "repeat", "headline", "text", "feature"), HOSTILE)
    step = Step(HOSTILE, Verdict.PASSED, 0.1)
    told = asked(told=HOSTILE)
    more = {"steps": (step,), "exchanges": (HOSTILE,), "asked": (told, replace(told, person=2))}
    seen = [
        result(verdict, location=f"{HOSTILE}:{line}", known=known, **words, **more)
        for line, verdict in enumerate(Verdict)
    ]
    return RunResult(
        began="2026-11-25T12:00:00+00:00",
        seconds=1.0,
        trouble=HOSTILE,
        left=HOSTILE,
        target=Target(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        features=(Feature(HOSTILE, (HOSTILE,)),),
        results=tuple(seen),
    )


def test_whatever_is_said_is_text() -> None:
    page = as_html(hostile())
    found = elements(page)
    assert [each.tag for each in found if each.tag == "img"] == []
    # The one script is that of the page; behind it there is no other.
    assert len([each for each in found if each.tag == "script"]) == 1
    assert [name for each in found for name in each.attributes if name.startswith("on")] == []
    shown = [each for each in found if each["data-place"]]
    assert len(shown) == len(Verdict)
    assert all(HOSTILE in each.text for each in shown)
    assert "49" not in text_of(page)


def test_of_a_long_run_the_page_stays_small() -> None:
    exchange = "Request:  " + "x" * 600 + "\nAnswer:   " + "y" * 600
    steps = tuple(Step(f"Given a step of which much is told {number}", Verdict.PASSED, 0.1) for number in range(5))
    long = results(*[Verdict.PASSED] * 300, steps=steps, exchanges=(exchange[:400],) * 4)
    assert len(as_html(run_of(*long)).encode()) < 1_000_000


# In words.


def test_durations_are_for_people() -> None:
    told = {0.0: "0.0 ms", 0.00123: "1.2 ms", 0.0095: "10 ms", 0.0123: "12 ms", 0.9994: "999 ms", 1.0: "1.0 s"}
    assert {value: seconds(value) for value in told} == told


def test_numbers_and_addresses_are_for_people() -> None:
    assert [plural(count, "scenario") for count in (0, 1, 2, 1_000)] == [
        "0 scenarios",
        "1 scenario",
        "2 scenarios",
        "1,000 scenarios",
    ]
    assert slug("Whoever deletes, deletes: 1 session!") == "whoever-deletes-deletes-1-session"


# Looking at what was written.


def test_what_is_missing_on_a_page_is_named(tmp_path: Path) -> None:
    page = Page(tmp_path)
    page.file.write_text('<p data-place="a.feature:1">a</p> b.feature:2 <p data-place="c.feature:3"/>', "utf-8")
    assert page.lacks(["c.feature:3", "b.feature:2", "a.feature:1", "a.feature:10"]) == ["a.feature:10", "b.feature:2"]


@every_run
def test_of_what_it_shows_nothing_is_missing(run: RunResult, tmp_path: Path) -> None:
    page = Page(tmp_path / "new")
    page.write(run)
    assert page.lacks(each.location for each in run.results) == []
    assert [file.name for file in page.file.parent.iterdir()] == ["specification.html"]


# Of runs.

PEACE = """
Feature: Peace
  @PEACE-1
  Scenario: Nothing happens
    Given all is well
"""
AGAIN = """
  @PEACE-2
  Scenario: Nothing happens again
    Given all is well
"""


def test_a_run_writes_it_and_says_where(tmp_path: Path) -> None:
    ended = behave(specification(tmp_path, {"a": PEACE}))
    assert ended.status == 0
    assert f"details: {Path('reports') / 'specification.html'}\n" in ended.out
    [scenario] = with_class(ended.page, "scenario")
    assert scenario["data-place"] == "features/a.feature:4"
    assert "Every rule that was looked at holds" in text_of(ended.page)


@pytest.mark.parametrize("option", ["--no-junit", "--dry-run"])
def test_where_no_report_is_wanted_there_is_none(tmp_path: Path, option: str) -> None:
    ended = behave(specification(tmp_path, {"a": PEACE}), option)
    assert ended.status == 0
    assert not ended.reports.exists()
    assert "details:" not in ended.out


LOOKING = ENVIRONMENT.replace(
    "def before_scenario(context, scenario):",
    """def before_scenario(context, scenario):
    page = Path(context.config.junit_directory, "specification.html")
    page.with_name("seen.html").write_text(page.read_text("utf-8"), "utf-8")
""",
)


def test_a_run_that_is_going_on_has_a_page_that_says_so(tmp_path: Path) -> None:
    ended = behave(specification(tmp_path, {"a": PEACE}, LOOKING), program="acceptance")
    assert ended.status == 0
    assert "it has not ended" in text_of((ended.reports / "seen.html").read_text("utf-8"))


# what ends a run early: (the environment, its features, what the page says)
STOPPING = PEACE.replace("Given all is well", "When everything is stopped")
EARLY: dict[str, tuple[str, dict[str, str], str]] = {
    "it is stopped": (ENVIRONMENT, {"a": STOPPING, "b": PEACE}, "the run ended: it was enough"),
    "its first hook fails": (
        "def before_all(context):\n    raise OSError('no room')",
        {"a": PEACE},
        "the hook before_all failed",
    ),
    "its last hook fails": (
        ENVIRONMENT.replace("context.ending.completed()", "raise OSError('no room')"),
        {"a": PEACE},
        "the hook after_all failed",
    ),
    "a feature cannot be read": (ENVIRONMENT, {"a": f"{PEACE}    Nonsense"}, "ParserError"),
    "its environment cannot be read": ("raise OSError('no room')", {"a": PEACE}, "OSError: no room"),
}


@pytest.mark.parametrize(("environment", "features", "told"), EARLY.values(), ids=EARLY)
def test_a_run_that_ends_early_has_a_page_that_says_why(
    tmp_path: Path, environment: str, features: dict[str, str], told: str
) -> None:
    ended = behave(specification(tmp_path, features, environment), program="acceptance")
    assert ended.status != 0
    assert "The run did not come to its end" in text_of(ended.page)
    assert told in text_of(ended.page)


def test_what_did_not_come_to_run_is_on_the_page_too(tmp_path: Path) -> None:
    ended = behave(specification(tmp_path, {"a": STOPPING, "b": PEACE}))
    outcomes = {each["data-place"]: each["data-outcome"] for each in with_class(ended.page, "scenario")}
    assert outcomes == {"features/a.feature:4": "holds", "features/b.feature:4": "not-run"}


def test_what_goes_wrong_around_scenarios_is_on_the_page_too(tmp_path: Path) -> None:
    shut = PEACE.replace("\nFeature:", "\n@shut\nFeature:")
    ended = behave(specification(tmp_path, {"a": shut}))
    assert ended.status != 0
    [trouble] = with_class(ended.page, "trouble")
    assert "the feature is shut" in trouble.text


FORGETFUL = (
    ENVIRONMENT
    + """
from dataclasses import replace
from acceptance.reports import page

whole = page.as_html
page.as_html = lambda run: whole(replace(run, results=run.results[1:]))
"""
)


@pytest.mark.parametrize("program", ["behave", "acceptance"])
def test_a_run_of_which_the_page_lacks_something_has_failed(tmp_path: Path, program: str) -> None:
    missing = "the page lacks what was run: features/a.feature:4"
    ended: Ended = behave(specification(tmp_path, {"a": PEACE, "b": PEACE}, FORGETFUL), program=program)
    assert ended.status == 1
    assert ended.run == ("error", missing)
    assert ended.out.splitlines()[-1].endswith(f" The{missing[3:]}.")
    assert "Traceback" not in ended.out + ended.err
    assert missing in text_of(ended.page)


def test_what_nobody_asked_for_need_not_be_on_the_page(tmp_path: Path) -> None:
    ended = behave(specification(tmp_path, {"a": f"{PEACE}\n{AGAIN}", "b": SILENCE}), "--tags=@PEACE-1")
    assert (ended.status, ended.run) == (0, ("passed", ""))
    assert len(with_class(ended.page, "scenario")) == 1


def test_the_address_of_an_id_is_that_of_the_first_row_that_applies() -> None:
    verdicts = (Verdict.NOT_APPLICABLE, Verdict.PASSED, Verdict.FAILED)
    rows = [result(verdict, location=f"a.feature:{9 - line}") for line, verdict in enumerate(verdicts)]
    assert addresses(rows) == {"a.feature:7": "ODD-1", "a.feature:8": "ODD-1.2", "a.feature:9": "ODD-1.3"}
