"""Whole runs of random stories: what a failing story shows, and what stops a run."""

import re
import shlex
import signal
import textwrap
from html import unescape
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.support.runs import Case, Finished, patch, run, started
from tests.support.servers import Embedded, embedded_server
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

EXPLORE = "--tags=@EXPLORE-1"

# A fault, a release, and a seed whose first stories find it. No fault depends on the order of concurrent requests.
FAULTS = [("last-of-a-later-list-stays", "0.20", 1), ("renaming-after-a-deletion-renames-the-next-session", "0.27", 3)]

# The number of requests after which a test intervenes. The first stories are still running then.
EARLY = 60


def story_in(text: str) -> tuple[str, str, str]:
    """Return a failing story as a report shows it: its title, its scenario, and the message of the failed step."""
    pattern = r"^ *(Story .*?):\n *\n( *Scenario: .*?)\n *\n(.*?)(?:\n *\n|\Z)"
    match = re.search(pattern, text, re.DOTALL | re.MULTILINE)
    assert match, text
    title, scenario, mismatch = match.groups()
    return title, textwrap.dedent(scenario), textwrap.dedent(mismatch).rstrip()


def only_case(finished: Finished) -> Case:
    [case] = finished.cases
    return case


def explore(reports: Path, settings: dict[str, str], stories: int = 100, seed: int = 1, root: Path = ROOT) -> Finished:
    return run(reports, EXPLORE, "-D", f"stories={stories}", "-D", f"seed={seed}", settings=settings, root=root)


def files_in(project: Path) -> set[Path]:
    return {file for file in project.rglob("*") if "__pycache__" not in file.parts}


@pytest.mark.parametrize(("fault", "release", "seed"), FAULTS)
def test_a_failing_story_is_shown_and_can_be_repeated_and_pasted(
    tmp_path: Path, project: Path, fault: str, release: str, seed: int
) -> None:
    # A limit of 30 stories instead of 30 seconds does not depend on the machine.
    explorer = project / "acceptance/stories/explorer.py"
    patch(explorer, "self.clock() + stories * self._story_seconds", "stories // 2 * (self._started - self._first - 30)")
    patch(explorer, " < self._deadline\n", " <= 0\n")
    before = files_in(project)
    with embedded_server(release, program=("-m", "tests.faults.serve", fault)) as server:
        finished = explore(tmp_path / "found", server.settings, seed=seed, root=project)
        case, shown = only_case(finished), story_in(finished.out)
        title, scenario, mismatch = shown
        assert (finished.status, case.verdict) == (1, "failure")
        assert f"\nexploring: 100 stories of up to 20 steps, seed {seed}: " in finished.out
        limit = r"(It was shortened for 30 s \(-D shrink=30\)\. )?"
        assert re.fullmatch(rf"Story \d+ of 100 breaks a rule\. {limit}Shortest sequence found", title)
        assert scenario.startswith(f"Scenario: Found by exploring (seed {seed})\n  Given an assistant ")
        assert story_in(case.text) == shown
        assert textwrap.indent(scenario, "    ") in unescape(finished.page)
        assert "left behind: 0" in finished.out
        assert files_in(project) == before

        [command] = re.findall(r"^Repeat: +behave (.+)$", case.text, re.MULTILINE)
        again = run(tmp_path / "again", *shlex.split(command), settings=server.settings, root=project)
        assert story_in(only_case(again).text) == shown

        pasted = project / "features" / "pasted.feature"
        pasted.write_text(f"Feature: pasted\n\n  @PASTED-1\n{textwrap.indent(scenario, '  ')}\n", "utf-8")
        failed = only_case(run(tmp_path / "faulty", str(pasted), settings=server.settings, root=project))
        assert failed.verdict == "failure"
        assert mismatch in failed.text
        [failed_step] = re.findall(r"^\w+ (.+?): ", failed.text.partition("\n")[0])
        assert f" {failed_step}" in scenario
        has_wrong_answer = not re.search(r" remains?$| is gone$", failed_step)
        assert case.text.startswith("Then every answer is correct") == has_wrong_answer
    intact = run(tmp_path / "intact", str(pasted), "-D", f"release={release}", root=project)
    assert only_case(intact).verdict == "passed"


@pytest.mark.parametrize("release", ["0.20", "0.27"])
def test_stories_pass_on_an_intact_server_and_leave_nothing_behind(tmp_path: Path, project: Path, release: str) -> None:
    before = files_in(project)
    with embedded_server(release) as server:
        finished = explore(tmp_path / "reports", server.settings, stories=10, root=project)
        assert server.assistants() == []
    assert (finished.status, only_case(finished).verdict) == (0, "passed"), finished.out
    assert "left behind: 0" in finished.out
    assert files_in(project) == before


def test_random_stories_run_only_on_request(tmp_path: Path, embedded: Embedded) -> None:
    finished = run(tmp_path / "all", "features/exploration.feature", settings=embedded.settings)
    assert {case.id: case.verdict for case in finished.cases} == {"EXPLORE-2": "passed"}
    assert "exploring: " not in finished.out
    finished = run(tmp_path / "asked", "--tags=@explore", "-D", "stories=1", settings=embedded.settings)
    assert {case.id: case.verdict for case in finished.cases} == {"EXPLORE-1": "passed"}
    assert re.search(r"^exploring: 1 story of up to 20 steps, seed \d+: ", finished.out, re.MULTILINE)


def test_a_server_that_stops_answering_is_an_error_and_is_not_asked_again(tmp_path: Path) -> None:
    with embedded_server("0.20") as server:

        def react(seen: Seen) -> Reply | Misconduct:
            return forwarded(server.url, seen) if len(between.seen) < EARLY else Misconduct.BREAK_OFF

        with StandIn(react) as between:
            finished = explore(tmp_path, {**server.settings, "RAGFLOW_URL": between.url})
    unanswered = between.seen[EARLY - 1]
    assert only_case(finished).verdict == "error"
    assert f": {unanswered.method} {unanswered.path} got no answer: " in only_case(finished).text
    assert len(between.seen) < EARLY + 30


def test_ctrl_c_stops_the_stories_and_cleans_up(tmp_path: Path, embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        if len(between.seen) == EARLY:
            exploring.process.send_signal(signal.SIGINT)
        return forwarded(embedded.url, seen)

    with StandIn(react) as between:
        settings = {**embedded.settings, "RAGFLOW_URL": between.url}
        with started(tmp_path, EXPLORE, "-D", "seed=1", settings=settings) as exploring:
            finished = exploring.end()
    assert finished.status != 0
    assert only_case(finished).verdict == "error"
    assert "interrupted by Ctrl-C, in EXPLORE-1" in finished.ending.text
    assert "left behind: 0" in finished.out
    assert "Traceback" not in finished.out + finished.err
    assert embedded.assistants() == []
    assert len(between.seen) < EARLY + 30
