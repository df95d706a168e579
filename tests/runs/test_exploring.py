"""Stories that are told by chance, in whole runs: what is found, how it is shown, and what ends them."""

import re
import shlex
import signal
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from acceptance.paths import ROOT
from tests.support.runs import Case, Finished, copy_project, patch, run, started
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded, running
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded

FEATURE = "features/exploration.feature"
ASKED_FOR = "--tags=@EXPLORE-1"

# What a story that fails is told in: the step about its answers, and that about what is there.
ANSWERS = "Then every answer is correct"
SESSIONS = "Then behind every step each assistant has exactly the sessions that it should have"

# A fault, a release, and a seed with which one of the first stories finds it. None of them depends on which of two
# requests at once comes first.
FAULTS = [
    ("last-of-a-later-list-stays", "0.20", 2),
    ("unknown-to-one-is-unknown-to-all", "0.20", 1),
    ("emptying-is-carried-out-once-more", "0.20", 2),
    ("renaming-after-a-deletion-hits-the-neighbour", "0.27", 3),
    ("repetitions-are-told-again", "0.27", 1),
    ("deletion-after-a-refused-one-is-lost", "0.27", 2),
]

# So many requests a run of stories makes before it has come far.
EARLY = 60


class Told(NamedTuple):
    """What is printed of a story: where it comes from, a scenario, and what one of its steps says."""

    origin: str
    scenario: str
    difference: str


@dataclass(frozen=True)
class Found:
    """A run that has found a fault with a seed, the server that has it, and the files that the run has left."""

    server: Embedded
    release: str
    seed: int
    finished: Finished
    new: set[Path]

    @property
    def told(self) -> Told:
        return told_in(only_case(self.finished).text)


def told_in(text: str) -> Told:
    """The story that is printed there, without what it is indented by."""
    found = re.search(r"^ *(Story .*?):\n *\n( *Scenario: .*?)\n *\n(.*?)(?:\n *\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, text
    origin, scenario, difference = found.groups()
    return Told(origin, textwrap.dedent(scenario), textwrap.dedent(difference).rstrip())


def only_case(finished: Finished) -> Case:
    [case] = finished.cases
    return case


def explore(reports: Path, settings: dict[str, str], stories: int = 100, seed: int = 1, root: Path = ROOT) -> Finished:
    return run(reports, ASKED_FOR, "-D", f"stories={stories}", "-D", f"seed={seed}", settings=settings, root=root)


def at(between: StandIn, server: Embedded) -> dict[str, str]:
    """The settings of a run that meets whoever stands between it and the server."""
    return {**server.settings, "RAGFLOW_URL": between.url}


def files_in(project: Path) -> set[Path]:
    return {file for file in project.rglob("*") if "__pycache__" not in file.parts}


def with_fault(name: str) -> tuple[str, ...]:
    """The program that is the server with this fault."""
    return "-m", "tests.faults.serve", name


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    fault, release, seed = FAULTS[0]
    project = copy_project(tmp_path_factory.mktemp("found") / "project")
    before = files_in(project)
    with running(release, with_fault(fault)) as server:
        finished = explore(tmp_path_factory.mktemp("reports"), server.settings, seed=seed, root=project)
        yield Found(server, release, seed, finished, files_in(project) - before)


# What is told


def test_what_will_be_told_is_announced(found: Found) -> None:
    assert f"\nexploring: 100 stories of up to 20 steps, seed {found.seed}: " in found.finished.out


def test_a_seed_that_nobody_has_chosen_is_announced(tmp_path: Path, embedded: Embedded) -> None:
    finished = run(tmp_path, ASKED_FOR, "-D", "stories=1", settings=embedded.settings)
    assert re.search(r"^exploring: 1 stor\w+ of up to 20 steps, seed \d+: ", finished.out, re.MULTILINE)


def test_the_same_seed_finds_the_same_story(tmp_path: Path, found: Found) -> None:
    chosen = {"RAGFLOW_STORIES": "100", "RAGFLOW_SEED": str(found.seed)}
    again = run(tmp_path, ASKED_FOR, settings={**found.server.settings, **chosen})
    assert told_in(only_case(again).text) == found.told


def test_the_command_that_repeats_it_finds_the_same_story(tmp_path: Path, found: Found) -> None:
    [command] = re.findall(r"^Repeat: +behave (.+)$", only_case(found.finished).text, re.MULTILINE)
    again = run(tmp_path, *shlex.split(command), settings=found.server.settings)
    assert (again.status, told_in(only_case(again).text)) == (1, found.told)


@pytest.mark.parametrize("release", ["0.20", "0.27"])
def test_without_a_fault_every_story_goes_as_it_should_and_leaves_nothing(
    tmp_path: Path, project: Path, release: str
) -> None:
    before = files_in(project)
    with running(release) as server:
        finished = explore(tmp_path / "reports", server.settings, stories=10, root=project)
        assert server.assistants() == []
    assert (finished.status, only_case(finished).verdict) == (0, "passed"), finished.out
    assert "left behind: 0" in finished.out
    assert files_in(project) == before


def test_looking_for_a_shorter_story_leaves_nothing(found: Found) -> None:
    assert "left behind: 0" in found.finished.out
    assert found.new == set()


def test_with_the_key_of_one_tenant_nobody_else_is_there(tmp_path: Path, embedded: Embedded) -> None:
    def owners(settings: dict[str, str]) -> set[str]:
        """The keys that assistants were created with."""
        with StandIn(lambda seen: forwarded(embedded.url, seen)) as between:
            finished = explore(tmp_path, {**settings, "RAGFLOW_URL": between.url}, stories=3)
        assert only_case(finished).verdict == "passed", finished.out
        return {seen.headers["Authorization"] for seen in between.seen if seen.call == "POST /api/v1/chats"}

    mine = f"Bearer {OWN_KEY}"
    assert owners(embedded.settings) == {mine, f"Bearer {OTHER_KEY}"}
    settings = embedded.settings
    del settings["RAGFLOW_OTHER_API_KEY"]
    assert owners(settings) == {mine}


# On request


def test_only_the_usual_stories_are_told_unasked(tmp_path: Path, embedded: Embedded) -> None:
    finished = run(tmp_path, FEATURE, settings=embedded.settings)
    assert {case.id: case.verdict for case in finished.cases} == {"EXPLORE-2": "passed"}
    assert "exploring: " not in finished.out


@pytest.mark.parametrize("tag", ["@explore", "@EXPLORE-1"])
def test_stories_are_told_to_whoever_asks(tmp_path: Path, embedded: Embedded, tag: str) -> None:
    finished = run(tmp_path, f"--tags={tag}", "-D", "stories=1", settings=embedded.settings)
    assert {case.id: case.verdict for case in finished.cases} == {"EXPLORE-1": "passed"}


@pytest.mark.parametrize(("define", "least"), [("stories=0", 1), ("stories=x", 1), ("seed=x", 0)])
def test_what_is_no_number_of_stories_and_no_seed_is_refused(
    tmp_path: Path, embedded: Embedded, define: str, least: int
) -> None:
    name, _, value = define.partition("=")
    with StandIn(lambda seen: forwarded(embedded.url, seen)) as between:
        finished = run(tmp_path, ASKED_FOR, "-D", define, settings=at(between, embedded))
    assert (finished.status, finished.cases, between.seen) == (1, [], [])
    assert finished.err.strip() == (
        f"The specification cannot run. RAGFLOW_{name.upper()} (or -D {name}=...) is '{value}'. "
        f"It has to be a whole number, from {least} on."
    )


# What is found


def test_the_story_stands_on_the_terminal_in_junit_and_on_the_page(found: Found) -> None:
    assert found.told.scenario.startswith(f"Scenario: Found by exploring (seed {found.seed})\n  Given an assistant ")
    assert told_in(found.finished.out) == found.told
    assert textwrap.indent(found.told.scenario, "    ") in unescape(found.finished.page)


@pytest.mark.parametrize(
    ("fault", "release", "seed"), FAULTS, ids=[f"{fault}-{release}" for fault, release, _ in FAULTS]
)
def test_the_story_can_be_pasted(tmp_path: Path, project: Path, fault: str, release: str, seed: int) -> None:
    """It fails in the same way where the fault is, and holds where it is not; also one that is not the shortest."""
    patch(project / "acceptance" / "exploring" / "cost.py", "STEPS, ATTEMPTS = 20, 300", "STEPS, ATTEMPTS = 20, 30")
    pasted = project / "features" / "pasted.feature"
    options = (str(pasted), "-D", f"release={release}")
    with running(release, with_fault(fault)) as server:
        settings = {**server.settings, "RAGFLOW_RELEASE": release}
        finished = explore(tmp_path / "found", settings, seed=seed, root=project)
        told = told_in(finished.out)
        pasted.write_text(f"Feature: pasted\n\n  @PASTED-1\n{textwrap.indent(told.scenario, '  ')}\n", "utf-8")
        failed = only_case(run(tmp_path / "faulty", *options, settings=server.settings, root=project))
        assert server.assistants() == []
    check_same(only_case(finished), failed, told)
    assert only_case(run(tmp_path / "sound", *options, root=project)).verdict == "passed"


def check_same(explored: Case, pasted: Case, told: Told) -> None:
    """Both fail in the step of the story that is not as it should be, and say the same of it."""
    assert (explored.verdict, pasted.verdict) == ("failure", "failure")
    about, difference = re.match(rf"({ANSWERS}|{SESSIONS}): (.+)", explored.text).groups()  # type: ignore[union-attr]
    headline, _, text = pasted.text.partition("\n")
    assert headline.endswith(f": {difference}")
    step = headline.removesuffix(f": {difference}")
    assert f"{step}\n{told.difference}" in text
    assert f"{step.partition(' ')[2]}\n" in f"{told.scenario}\n"
    assert bool(re.search(r" remains?$| is gone$", step)) is (about == SESSIONS)


# What ends it


def begins_another(seen: Seen, earlier: Sequence[Seen]) -> bool:
    """Whether it begins a story behind one that failed: there, the assistant that no story touches is looked for."""
    has_failed = any(each.method == "GET" and "bystander" in each.path for each in earlier)
    return has_failed and seen.call == "POST /api/v1/chats"


def test_a_server_that_stops_answering_is_no_broken_rule(tmp_path: Path) -> None:
    with running("0.20") as server:

        def react(seen: Seen) -> Reply | Misconduct:
            return forwarded(server.url, seen) if len(between.seen) < EARLY else Misconduct.BREAK_OFF

        with StandIn(react) as between:
            finished = explore(tmp_path, at(between, server))
    unanswered = between.seen[EARLY - 1]
    assert only_case(finished).verdict == "error"
    assert (
        f": {unanswered.method} {unanswered.path} got no answer: the connection broke off" in only_case(finished).text
    )
    assert "nothing was learnt about 1." in finished.out
    # No shorter story is looked for.
    assert len(between.seen) < EARLY + 30


def test_what_was_found_before_the_server_stopped_answering_is_told(tmp_path: Path) -> None:
    fault, release, seed = FAULTS[0]
    lost: list[Seen] = []
    with running(release, with_fault(fault)) as server:

        def react(seen: Seen) -> Reply | Misconduct:
            if lost or begins_another(seen, between.seen):
                lost.append(seen)
            return Misconduct.BREAK_OFF if lost else forwarded(server.url, seen)

        with StandIn(react) as between:
            finished = explore(tmp_path, at(between, server), seed=seed)
    case = only_case(finished)
    assert case.verdict == "failure"
    assert "could not be told once more: POST /api/v1/chats got no answer: the connection broke off" in case.text
    assert told_in(case.text).scenario.startswith(f"Scenario: Found by exploring (seed {seed})")
    assert len(lost) < 30


def check_interrupted(finished: Finished, server: Embedded) -> None:
    """The run says that it was ended, and has cleaned up."""
    assert finished.status != 0
    assert "interrupted by Ctrl-C, in EXPLORE-1" in finished.ending.text
    assert "left behind: 0" in finished.out
    assert "Traceback" not in finished.out + finished.err
    assert server.assistants() == []


def test_ctrl_c_while_stories_are_told(tmp_path: Path, embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        if len(between.seen) == EARLY:
            telling.process.send_signal(signal.SIGINT)
        return forwarded(embedded.url, seen)

    with (
        StandIn(react) as between,
        started(tmp_path, ASKED_FOR, "-D", "seed=1", settings=at(between, embedded)) as telling,
    ):
        finished = telling.end()
    check_interrupted(finished, embedded)
    assert only_case(finished).verdict == "error"
    assert len(between.seen) < EARLY + 30


def test_ctrl_c_while_a_shorter_story_is_looked_for(tmp_path: Path, found: Found) -> None:
    signalled: list[Seen] = []

    def react(seen: Seen) -> Reply:
        if not signalled and begins_another(seen, between.seen):
            signalled.append(seen)
            shortening.process.send_signal(signal.SIGINT)
        return forwarded(found.server.url, seen)

    options = (ASKED_FOR, "-D", f"seed={found.seed}", "-D", f"release={found.release}")
    with (
        StandIn(react) as between,
        started(tmp_path, *options, settings=at(between, found.server)) as shortening,
    ):
        finished = shortening.end()
    assert signalled
    check_interrupted(finished, found.server)
    case = only_case(finished)
    assert case.verdict == "failure"
    assert "the run was ended. This is how it was first met:" in case.text
