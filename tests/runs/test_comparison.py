"""``make compare``: runs of two releases or two deployments."""

import re
import subprocess
import sys

import pytest

from acceptance.paths import REPORTS
from acceptance.reports.changes import Change
from acceptance.reports.rendering import slug
from tests.support.runs import run_program
from tests.support.servers import embedded_server

# A scenario whose rule changes from 0.24 to 0.27, and how.
CHANGES = {
    "ODD-8": Change.DANGER_REMOVED,
    "CHOICE-5": Change.DELETES_LESS,
    "ASSISTANT-1": Change.NEW_DEVIATION,
    "AUTH-6": Change.DEVIATION_REMOVED,
    "AUTH-2": Change.REWORDED,
}


def compare(*arguments: str, settings: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return run_program([sys.executable, "-m", "acceptance.compare", *arguments], settings)


def test_two_releases_are_compared_in_markdown_and_on_a_page() -> None:
    tags = " or ".join(f"@{id}" for id in (*CHANGES, "CHOICE-7", "CHOICE-11"))
    compared = compare("0.24", "0.27", f"--tags={tags}")
    assert compared.returncode == 0, compared.stderr
    assert compared.stdout.startswith(
        "**You can switch: 0.27 deletes no session that it should keep, but it deletes less than before after "
    )
    assert (REPORTS / "comparison.md").read_text("utf-8") == compared.stdout
    page = (REPORTS / "comparison.html").read_text("utf-8")
    _, *sections = compared.stdout.split("\n| **")
    for section, (id, change) in zip(sections, CHANGES.items(), strict=False):
        assert section.startswith(f"{change.title}**")
        assert id in section
        assert f'id="{slug(change.value)}"' in page


def test_two_deployments_are_compared_each_with_its_own_keys_and_timed() -> None:
    with embedded_server("0.24") as before, embedded_server("0.25") as after:
        keys = {f"{side}_API_KEY": before.settings["RAGFLOW_API_KEY"] for side in ("FROM", "TO")}
        compared = compare(before.url, after.url, "--tags=@CHOICE-1 or @ISOLATION-2", settings=keys)
        assert before.assistants() == after.assistants() == []
    assert compared.returncode == 0, compared.stderr
    assert f"| what is sent | {before.url} (0.24.0) | {after.url} (0.25.6) |\n" in compared.stdout
    assert "| **Reworded answers** | | |\n| CHOICE-1 | " in compared.stdout
    # A scenario that needs the key of another tenant does not run, which is no failure.
    assert "; not compared: 1 rule.**\n" in compared.stdout
    for call in ("create a session", "list one session", "delete a session"):
        assert re.search(rf"\| {call} \| [\d.]+ m?s \| [\d.]+ m?s \([\d.]+ times\) \|\n", compared.stdout)


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
