"""``make compare``: runs of two releases or two deployments."""

import subprocess
import sys

import pytest
from markupsafe import escape

from acceptance.behave_adapter import read_features, scenario_id, scenarios_of
from acceptance.paths import REPORTS
from acceptance.reports.rendering import plain
from tests.support.runs import run_program
from tests.support.servers import embedded_server

RULES = {scenario_id(scenario): rule for feature in read_features() for scenario, rule in scenarios_of(feature)}

# A scenario whose rule changes from 0.24 to 0.27, and how.
CHANGES = {
    "ODD-8": "Dangers removed",
    "ASSISTANT-1": "Other new deviations",
    "AUTH-6": "Other deviations removed",
    "CHOICE-5": "Changed behaviour",
    "AUTH-2": "Reworded answers",
}


def compare(*arguments: str, settings: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return run_program([sys.executable, "-m", "acceptance.compare", *arguments], settings)


def test_two_releases_are_compared_in_markdown_and_on_a_page() -> None:
    compared = compare("0.24", "0.27", f"--tags=@CHOICE-7 or {' or '.join(f'@{id}' for id in CHANGES)}")
    assert compared.returncode == 0, compared.stderr
    assert (REPORTS / "comparison.md").read_text("utf-8") == compared.stdout
    page = (REPORTS / "comparison.html").read_text("utf-8")
    summary, *sections = compared.stdout.split("\n## ")
    for section, (id, title) in zip(sections, CHANGES.items(), strict=True):
        assert section.startswith(f"{title}\n")
        assert f"- **{plain(RULES[id])}** (" in section
        assert escape(RULES[id]) in page
    assert "- no change: 1 rule\n" in summary


def test_two_deployments_are_compared_each_with_its_own_keys() -> None:
    with embedded_server("0.24") as before, embedded_server("0.25") as after:
        keys = {f"{side}_API_KEY": before.settings["RAGFLOW_API_KEY"] for side in ("FROM", "TO")}
        compared = compare(before.url, after.url, "--tags=@CHOICE-1 or @ISOLATION-2", settings=keys)
        assert before.assistants() == after.assistants() == []
    assert compared.returncode == 0, compared.stderr
    assert "- reworded answers: 1 rule\n" in compared.stdout
    # A scenario that needs the key of another tenant does not run, which is no failure.
    assert "- not compared: 1 rule\n" in compared.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0.24", "0.99"], "TO 0.99: "),
        (["0.24", "localhost:9380"], "TO localhost:9380: "),
        (["http://127.0.0.1:1", "0.24"], "FROM http://127.0.0.1:1: The specification cannot run. "),
        (["0.24", "0.25", "--colour-of-the-sky"], "unrecognized arguments: --colour-of-the-sky"),
        (["0.24"], "the following arguments are required: after"),
    ],
)
def test_a_comparison_that_cannot_run_prints_the_reason(arguments: list[str], sentence: str) -> None:
    compared = compare(*arguments, "--tags=@CHOICE-1")
    assert compared.returncode != 0
    assert sentence in compared.stderr
    assert "Traceback" not in compared.stderr
