"""What changes from one RAGFlow to another, told rule by rule."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from acceptance.reports.comparison import Change, compare
from acceptance.reports.record import Recorded
from acceptance.reports.results import Verdict
from tests.acceptance.embedded_process import running
from tests.specification.runs import ROOT, environment


def scenario(name: str, verdict: Verdict = Verdict.PASSED, answer: str = "200 {}") -> Recorded:
    return Recorded("a feature", "a rule", "SOME-1", name, verdict, "this is why", answer)


PASSED, DEVIATES, FAILED = (scenario("same", verdict) for verdict in (Verdict.PASSED, Verdict.DEVIATES, Verdict.FAILED))


@pytest.mark.parametrize(
    ("before", "after", "change", "detail"),
    [
        ([PASSED], [PASSED], Change.SAME, None),
        ([DEVIATES], [DEVIATES], Change.SAME, None),
        ([PASSED], [scenario("same", answer="401 {}")], Change.WORDED, "SOME-1: `200 {}` becomes `401 {}`"),
        ([PASSED], [], Change.BEHAVES, "SOME-1: only before: same"),
        ([], [PASSED], Change.BEHAVES, "SOME-1: only after: same"),
        ([DEVIATES], [PASSED], Change.GONE, "SOME-1: no longer: this is why"),
        ([PASSED], [DEVIATES], Change.NEW, "SOME-1: this is why"),
        ([PASSED], [FAILED], Change.FAILS, "SOME-1: failed after: this is why"),
        ([PASSED, scenario("other")], [DEVIATES], Change.NEW, "SOME-1: only before: other"),
    ],
)
def test_a_rule_changes_as_its_scenarios_do(
    before: Sequence[Recorded], after: Sequence[Recorded], change: Change, detail: str | None
) -> None:
    (rule,) = compare(before, after)
    assert rule.change is change
    assert detail in rule.details if detail else not rule.details


def compared(*arguments: str, settings: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "acceptance.reports.comparison", *arguments],
        cwd=ROOT,
        env=environment(settings or {}),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_two_releases_are_compared_and_the_report_is_written() -> None:
    told = compared("0.24", "0.27", "--tags=@CHOICE-5 or @CHOICE-11 or @AUTH-2 or @AUTH-6 or @ASSISTANT-1 or @CHOICE-7")
    assert told.returncode == 0, told.stderr
    assert (ROOT / "reports" / "comparison.md").read_text("utf-8") == told.stdout
    for line in (
        "# From 0.24 to 0.27",
        "- **behaves differently**: Up to release 0.24, a request that lists no sessions empties the assistant",
        "- **differently worded**: Nobody deletes with an API key that RAGFlow does not know",
        "- **new deviation**: A request has to say which assistant it means",
        "- **same**: What is not a list of sessions deletes nothing",
    ):
        assert line in told.stdout.splitlines()
    assert "- **deviation gone**: A request without a valid API key is answered as unauthorized" in told.stdout


def test_two_deployments_are_compared_each_with_its_own_keys() -> None:
    with running("0.24") as before, running("0.25") as after:
        keys = {f"{side}_API_KEY": before.settings["RAGFLOW_API_KEY"] for side in ("FROM", "TO")}
        told = compared(before.url, after.url, "--tags=@CHOICE-1", settings=keys)
        assert before.assistants() == after.assistants() == []
    assert told.returncode == 0, told.stderr
    assert "becomes" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0.17", "0.24"], "FROM 0.17: '0.17' is no known release of RAGFlow. Known are: 0.18"),
        (["0.24", "0.99"], "TO 0.99: that release is newer than every one that is known."),
        (["http://127.0.0.1:1", "0.24"], "FROM http://127.0.0.1:1: The specification cannot run. "),
        (["0.24"], "the following arguments are required: after"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    told = compared(*arguments, "--tags=@CHOICE-1")
    assert told.returncode != 0
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
