"""The table of rules by release, and the documents that are generated."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acceptance import releases
from acceptance.contract.contract import known_releases
from acceptance.reports.documents import documents
from acceptance.reports.overview import columns
from acceptance.reports.release_table import cells_of_run, is_as_documented, release_table
from acceptance.reports.results import Result, RunResult, Target, Verdict
from tests.unit.example_runs import KNOWN, result, run_of

AT_TIMES = replace(KNOWN, severity="medium", at_times=True)
DANGER = result(Verdict.DEVIATES)
VERDICTS = [Verdict.PASSED, *[Verdict.DEVIATES] * 2, *[Verdict.PASSED] * 4]


def run_as(release: str, *scenarios: Result) -> RunResult:
    return run_of(*scenarios, target=Target("the embedded RAGFlow", release, "as the server was started", "0.18"))


@pytest.mark.parametrize(
    ("scenarios", "cell"),
    [
        ([result(), result(Verdict.NOT_APPLICABLE)], "✓"),
        ([result(Verdict.NOT_APPLICABLE)], "—"),
        ([DANGER, result()], "**≠ high**"),
        ([result(Verdict.DEVIATES, known=AT_TIMES)], "≠ medium, at times"),
        ([DANGER, result(Verdict.DEVIATES, known=AT_TIMES)], "**≠ high**"),
        ([result(Verdict.FAILED), DANGER], "✗"),
    ],
)
def test_a_cell_shows_the_verdict_of_a_rule(scenarios: list[Result], cell: str) -> None:
    assert list(cells_of_run(run_of(*scenarios)).values()) == [cell]


def test_every_contract_line_has_a_column_with_its_last_release() -> None:
    assert list(columns()) == ["0.18 to 0.22.0", "0.22.1", "0.23", "0.24", "0.25 to 0.26", "0.27", "0.27-go"]
    assert list(columns().values())[-1] == known_releases()[-1]


@pytest.fixture
def runs() -> list[RunResult]:
    """A run for each column; the second and the third have a known deviation."""
    return [
        run_as(str(release), result(VERDICTS[number], rule="A rule <b>", answer=f"200 {release}"))
        for number, release in enumerate(columns().values())
    ]


def test_the_document_shows_rules_by_release_and_the_changes_of_each_upgrade(runs: list[RunResult]) -> None:
    text = release_table(runs)
    assert "| A rule \\<b\\> | ✓ | **≠ high** | **≠ high** | ✓ | ✓ | ✓ | ✓ |\n" in text
    assert "**≠ high** | 0 | 1 | 1 | 0 | 0 | 0 | 0 |\n" in text
    upgrades = dict(part.split("\n", 1) for part in text.split("\n### From ")[1:])
    pairs = ["0.22.0 to 0.22.1", "0.22.1 to 0.23", "0.23 to 0.24", "0.24 to 0.25", "0.26 to 0.27", "0.27 to 0.27-go"]
    assert list(upgrades) == pairs
    assert "Can now delete more than it names:\n\n- A rule \\<b\\> (ODD-1)\n" in upgrades["0.22.0 to 0.22.1"]
    assert "No longer deletes more than it names:" in upgrades["0.23 to 0.24"]
    # Only the answers differ between these two.
    assert upgrades["0.24 to 0.25"].strip() == "No change that users notice."


def test_a_run_with_any_surprise_is_not_as_documented() -> None:
    assert is_as_documented(run_of(result(), DANGER, result(Verdict.NOT_APPLICABLE)))
    for verdict in (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_RUN):
        assert not is_as_documented(run_of(result(), result(verdict)))
    for surprise in ({"stop_reason": "aborted"}, {"leftovers": "left behind: 1"}, {"results": ()}):
        assert not is_as_documented(run_of(result(), **surprise))


@pytest.mark.parametrize("last", [Verdict.PASSED, Verdict.FAILED])
def test_the_documents_are_written_only_if_every_run_is_as_documented(
    runs: list[RunResult], last: Verdict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runner: Any = SimpleNamespace(run=lambda *_, **__: [*runs[:-1], run_as("0.27.0-go", result(last))])
    written: list[Path] = []
    monkeypatch.setattr(releases, "write_text", lambda file, _: written.append(file))
    status = releases._run_and_write(runner)
    is_green = last is Verdict.PASSED
    assert (status, written) == ((0, [releases.DOCUMENT, releases.SWITCH, *documents()]) if is_green else (1, []))
    assert ("do not behave as documented: 0.27.0-go." in capsys.readouterr().err) is not is_green
