"""The table of rules and releases, made of runs that nobody has run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance import releases
from acceptance.contract.contract import contract_of, known_releases
from acceptance.known_deviations.deviations import Deviation, read
from acceptance.releases import Cell, as_html, as_markdown, column_of, columns, is_green, table_of
from acceptance.reports.documents import documents
from acceptance.reports.results import Result, RunResult, Target, Verdict
from acceptance.running.child_runs import Side
from tests.unit.made_up import KNOWN, result, run_of

AT_TIMES = replace(KNOWN, severity="medium", at_times=True)
HOSTILE = "<script>alert()</script>"


def run_as(release: str, *scenarios: Result) -> RunResult:
    return run_of(*scenarios, target=Target("the embedded RAGFlow", release, "as which it was started", "0.18"))


@pytest.mark.parametrize(
    ("scenarios", "cell", "shown"),
    [
        ([result()], Cell(Verdict.PASSED), "✓"),
        ([result(), result(Verdict.NOT_APPLICABLE)], Cell(Verdict.PASSED), "✓"),
        ([result(Verdict.NOT_APPLICABLE)], Cell(Verdict.NOT_APPLICABLE), "—"),
        ([result(Verdict.DEVIATES), result()], Cell(Verdict.DEVIATES, "high"), "**≠ high**"),
        (
            [result(Verdict.DEVIATES, known=AT_TIMES)],
            Cell(Verdict.DEVIATES, "medium", at_times=True),
            "≠ medium, at times",
        ),
        (
            [result(Verdict.DEVIATES), result(Verdict.DEVIATES, known=AT_TIMES)],
            Cell(Verdict.DEVIATES, "high"),
            "**≠ high**",
        ),
        ([result(Verdict.FAILED), result(Verdict.DEVIATES)], Cell(Verdict.FAILED), "✗"),
        ([result(Verdict.ERROR)], Cell(Verdict.ERROR), "?"),
        ([result(Verdict.NOT_RUN)], Cell(Verdict.NOT_RUN), "○"),
    ],
)
def test_a_cell_is_what_became_of_the_rule(scenarios: list[Result], cell: Cell, shown: str) -> None:
    assert column_of(run_as("0.20.5", *scenarios), []) == {(scenarios[0].feature, scenarios[0].rule): cell}
    assert str(cell) == shown


def test_every_release_has_a_column_and_those_that_share_it_are_of_one_contract() -> None:
    found = columns(read())
    assert [str(column) for column in found] == ["0.18 to 0.22.0", "0.22.1", "0.23", "0.24", "0.25 to 0.26", "0.27"]
    assert len({contract_of(column.release).line for column in found}) == len(found)
    assert found[-1].release == known_releases()[-1]


def test_releases_of_a_line_that_do_not_do_the_same_have_columns_of_their_own() -> None:
    deviation = Deviation("ODD-1", "from-0.20 until-0.21", ["no sessions remain"], "Why.", "in 0.20.5", "high")
    found = [str(column) for column in columns([deviation])]
    assert found[:4] == ["0.18 to 0.19", "0.20 to 0.21", "0.22.0", "0.22.1"]


@pytest.fixture
def runs() -> list[RunResult]:
    """A run for each column, in which nothing but the second and the third deviates."""
    verdicts = [Verdict.PASSED] * len(columns([]))
    verdicts[1:3] = [Verdict.DEVIATES, Verdict.DEVIATES]
    return [
        run_as(str(column.release), result(verdict, rule=f"A rule {HOSTILE}", answer=f"200 {column}"))
        for column, verdict in zip(columns([]), verdicts, strict=True)
    ]


def test_the_document_shows_the_rules_and_below_what_each_upgrade_changes(runs: list[RunResult]) -> None:
    text = as_markdown(table_of(runs, []))
    assert "| ✓ | **≠ high** | **≠ high** | ✓ | ✓ | ✓ |\n" in text
    assert "| **≠ high** | 0 | 1 | 1 | 0 | 0 | 0 |\n| ✓ | 1 | 0 | 0 | 1 | 1 | 1 |\n" in text
    upgrades = dict(part.split("\n", 1) for part in text.split("\n### From ")[1:])
    assert list(upgrades) == ["0.22.0 to 0.22.1", "0.22.1 to 0.23", "0.23 to 0.24", "0.24 to 0.25", "0.26 to 0.27"]
    assert "#### Dangers that come" in upgrades["0.22.0 to 0.22.1"]
    assert "#### Dangers that go" in upgrades["0.23 to 0.24"]
    # The answers are worded differently, which could be different again in the next run.
    assert upgrades["0.24 to 0.25"].strip() == "Nothing, but for the wording of answers."
    assert "200 0.2" not in text


def test_the_page_shows_the_same_and_what_is_only_worded_differently(runs: list[RunResult]) -> None:
    page = as_html(table_of(runs, []))
    assert page.count("known deviation: high") >= 2
    assert "200 0.24" in page
    assert '<th scope="col">0.18 to 0.22.0</th>' in page
    assert HOSTILE not in page
    assert "alert()" in page


def test_neither_depends_on_when_and_how_fast_the_runs_were(runs: list[RunResult]) -> None:
    others = [
        replace(run, began="2026-11-26T12:00:00+00:00", seconds=60.0, results=(replace(run.results[0], seconds=9.0),))
        for run in runs
    ]
    for written in (as_markdown, as_html):
        assert written(table_of(runs, [])) == written(table_of(others, []))


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN])
def test_a_run_in_which_a_rule_does_not_do_as_it_is_known_to_is_not_green(verdict: Verdict) -> None:
    assert is_green(run_of(result(), result(Verdict.DEVIATES), result(Verdict.NOT_APPLICABLE)))
    assert not is_green(run_of(result(), result(verdict)))
    assert not is_green(run_of(result(), trouble="the run ended"))
    assert not is_green(run_of(result(), left="left behind: 1"))
    assert not is_green(run_of())


def test_what_a_run_that_broke_off_did_not_come_to_was_not_run(runs: list[RunResult]) -> None:
    text = as_markdown(table_of([run_as("0.22.0"), *runs[1:]], []))
    assert "| ○ | **≠ high** | **≠ high** | ✓ | ✓ | ✓ |\n" in text


@pytest.mark.parametrize("last", [Verdict.PASSED, Verdict.FAILED])
def test_the_documents_are_renewed_only_where_every_run_is_green(
    runs: list[RunResult], last: Verdict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Runner:
        def run(self, _sides: Sequence[Side], **_: int) -> list[RunResult]:
            return [*runs[:-1], run_as("0.27.0", result(last, rule=runs[0].results[0].rule))]

    written: list[Path] = []
    monkeypatch.setattr(releases, "read", list)
    monkeypatch.setattr(releases, "_write", lambda file, _: written.append(file))
    status = releases._run_and_write(Runner())
    if last is Verdict.PASSED:
        assert (status, written) == (0, [releases.PAGE, releases.DOCUMENT, *documents()])
    else:
        assert (status, written) == (1, [releases.PAGE])
        assert "in: 0.27.0." in capsys.readouterr().err
