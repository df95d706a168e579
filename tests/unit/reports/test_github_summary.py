"""The summary on the page of a GitHub Actions job."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.reports.github_summary import MAX_LISTED, VARIABLE, append_summary, as_markdown
from acceptance.reports.results import Verdict
from tests.unit.example_runs import KNOWN, result, results, run_of


def test_the_summary_has_the_answer_the_failures_and_the_known_deviations() -> None:
    low = replace(KNOWN, severity="low", instead=("the answer is empty",))
    deviating = [
        result(Verdict.DEVIATES, known=known, location=f"a:{line}") for line, known in enumerate([low, KNOWN, KNOWN])
    ]
    run = run_of(*results(Verdict.FAILED, Verdict.PASSED, Verdict.ERROR), *deviating)
    assert [line for line in as_markdown(run) if line] == [
        "## Session deletion in RAGFlow",
        f"**{run.answer}**",
        "the embedded RAGFlow, release 0.20.5 (as the server was started), 6.5 s",
        "### Failures",
        "- ODD-1 Scenario 1: `Then it holds: was 'wrong'`",
        "### Inconclusive scenarios",
        "- ODD-3 Scenario 3: `When I delete: no answer`",
        "### Known deviations, severity high",
        "- ODD-1 The sessions in the list are deleted. Instead: the deletion succeeds; no sessions remain",
        "### Known deviations, severity low",
        "- ODD-1 The sessions in the list are deleted. Instead: the answer is empty",
    ]


def test_a_long_list_of_failures_is_cut() -> None:
    lines = list(as_markdown(run_of(*results(*[Verdict.FAILED] * (MAX_LISTED + 30)))))
    assert [line for line in lines if line.startswith("- ")][MAX_LISTED:] == ["- and 30 more"]


def test_every_text_is_escaped() -> None:
    text = "`a` **bold** [a](http://b) ![c](d) | # _e_ ~~f~~ &lt; $g$ <i> \\\n\n# h\n- item"
    failing = result(Verdict.FAILED, name=text, headline=text, id="")
    _, _, answer, _, _, _, _, _, failure, _ = as_markdown(run_of(failing, stop_reason=text))
    assert answer.startswith("**")
    assert answer.endswith("**")
    outside_of_code = answer.strip("*") + re.sub(r"(?<!\\)`[^`]*(?<!\\)`", "", failure)
    assert re.findall(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~&$]", outside_of_code) == []


def test_the_summary_is_appended_if_ci_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary.md"
    file.write_text("# An earlier step\n", "utf-8")
    monkeypatch.setenv(VARIABLE, "")
    append_summary(run_of(result()))
    assert file.read_text("utf-8") == "# An earlier step\n"
    monkeypatch.setenv(VARIABLE, str(file))
    append_summary(run_of(result(name="ä")))
    assert file.read_text("utf-8").startswith("# An earlier step\n## Session deletion")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    append_summary(run_of(result()))
