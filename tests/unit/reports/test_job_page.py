"""The summary for the page of a CI job."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.reports import github_summary as job_page
from acceptance.reports.github_summary import FIRST, VARIABLE, as_markdown
from acceptance.reports.results import RunResult, Target, Verdict
from tests.support.runs import environment
from tests.unit.made_up import KNOWN, result, results, run_of
from tests.unit.tiny_specification import SILENCE, behave, specification, surroundings

HOSTILE = (
    "`</code><script>alert(1)</script>` **bold** [a](http://b) ![c](d) | # _e_ ~~f~~ &lt; $g$ \\\n\n# heading\n- item"
)


def told(run: RunResult) -> list[str]:
    return list(as_markdown(run))


def test_it_begins_with_the_answer_and_where_it_was_found() -> None:
    run = run_of(result())
    title, _, answer, _, target, *_ = told(run)
    assert title.startswith("## ")
    assert answer == "**1 of 1 rules hold; 0 do not; 0 break in a known way, 0 of them seriously (severity high).**"
    assert target == "the embedded RAGFlow, release 0.20.5, 6.5 s"


def test_of_a_run_that_cannot_begin_it_says_why() -> None:
    lines = told(run_of(target=None, trouble="no RAGFlow answers"))
    assert any("No RAGFlow answers." in line for line in lines)
    assert not any("release" in line for line in lines)


def test_where_all_is_well_nothing_else_is_told() -> None:
    assert not any(line.startswith(("###", "-")) for line in told(run_of(*results(*[Verdict.PASSED] * 4))))


def test_what_does_not_hold_is_told_with_what_differs() -> None:
    lines = told(run_of(*results(Verdict.FAILED, Verdict.PASSED, Verdict.ERROR)))
    assert [line for line in lines if line.startswith(("###", "- "))] == [
        "### What does not hold",
        "- ODD-1 Scenario 1: `Then it holds: was 'war'`",
        "### Where nothing was learnt",
        "- ODD-3 Scenario 3: `When I ask: the line is dead`",
    ]


@pytest.mark.parametrize("more", [0, 1, 30])
def test_only_some_troubles_are_told_and_how_many_more_there_are(more: int) -> None:
    lines = told(run_of(*results(*[Verdict.FAILED] * (FIRST + more))))
    assert len([line for line in lines if line.startswith("- ODD")]) == FIRST == 20
    assert [line for line in lines if line.startswith("- and")] == ([f"- and {more} more"] if more else [])


def test_what_is_known_is_told_once_under_how_serious_it_is() -> None:
    low = replace(KNOWN, severity="low", instead=("a word is another",))
    seen = [
        result(Verdict.DEVIATES, known=known, location=f"a:{line}") for line, known in enumerate([low, KNOWN, KNOWN])
    ]
    lines = [line for line in told(run_of(*seen)) if line.startswith(("###", "- "))]
    rule = "- ODD-1 The sessions in the list are deleted. Instead:"
    assert lines == [
        "### Known deviations, severity high",
        f"{rule} the deletion succeeds; no sessions remain",
        "### Known deviations, severity low",
        f"{rule} a word is another",
    ]


def test_whatever_is_said_is_text() -> None:
    known = replace(KNOWN, instead=(HOSTILE,))
    words = {"name": HOSTILE, "rule": HOSTILE, "headline": HOSTILE}
    seen = [
        result(verdict, location=f"a:{line}", known=known if verdict is Verdict.DEVIATES else None, **words)
        for line, verdict in enumerate(Verdict)
    ]
    run = run_of(*seen, trouble=HOSTILE, target=Target(HOSTILE, "0.20.5", "", "0.18"))
    lines = told(run)
    text = "\n".join(line.removeprefix("- ").removeprefix("### ").removeprefix("## ") for line in lines)
    # What stands between backticks is code, in which nothing has a meaning but a backtick.
    outside = re.sub(r"(?<!\\)`[^`\n]*(?<!\\)`", "", text)
    bare = re.findall(r"(?<!\\)(?:\\\\)*([`*_\[\]<>#|~&$])", outside)
    assert bare == ["*"] * 4, "no more than the answer in bold"
    assert "alert" in outside
    # No line begins anew in the middle of what is said.
    assert not any(line.lstrip().startswith(("# ", "- item")) for line in lines)


def test_it_is_added_to_what_the_job_has_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary.md"
    file.write_text("# An earlier step\n", "utf-8")
    monkeypatch.setenv(VARIABLE, str(file))
    for _ in range(2):
        job_page.tell(run_of(result(name="ä")))
    text = file.read_text("utf-8")
    assert text.startswith("# An earlier step\n## ")
    assert text.count("## Session deletion in RAGFlow") == 2


def test_where_nobody_asks_for_it_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    job_page.tell(run_of(result()))
    monkeypatch.setenv(VARIABLE, "")
    job_page.tell(run_of(result()))
    assert list(tmp_path.iterdir()) == []


def test_no_run_of_these_tests_speaks_on_the_page_of_their_own_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "summary.md")
    monkeypatch.setenv("RAGFLOW_URL", "http://localhost:9380")
    for surroundings_of_a_run in (surroundings, environment):
        assert not {VARIABLE, "RAGFLOW_URL"} & surroundings_of_a_run({}).keys()
        assert surroundings_of_a_run({VARIABLE: "another.md"})[VARIABLE] == "another.md"


def test_a_run_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    ended = behave(specification(tmp_path / "made-up", {"a": SILENCE}), **{VARIABLE: str(file)})
    assert ended.status == 0
    assert "**1 of 1 rules hold; " in file.read_text("utf-8")
