"""What a run does besides its scenarios, without behave."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from behave.configuration import Configuration
from behave.model_type import Status
from behave.parser import parse_feature

from acceptance.behave_adapter import scenario_id, scenarios_of
from acceptance.contract.releases import Release
from acceptance.errors import CannotRun, NoAnswer, TenantWiped
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import find_assistant_ids
from acceptance.ragflow.messages import NO_KEY
from acceptance.reports.ending import NOT_ENDED, Ending
from acceptance.reports.results import Target, Verdict
from acceptance.running.run import REQUESTS_OF_A_SCENARIO, SWEEP, UNANSWERED, Run
from acceptance.sandbox.sandbox import PREFIX, Sandbox
from acceptance.sandbox.view import sessions_of
from acceptance.stories.cost import REQUESTS_OF_A_FAILURE, REQUESTS_OF_A_STORY, STEPS, USUAL_REQUESTS
from tests.support.servers import Embedded
from tests.unit.sandboxes import in_the_way, of_scenarios, swept
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply


class Context(SimpleNamespace):
    """What of behave's context is looked at and changed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(aborted=False, **more)
        self.aborted_because: str | None = None

    def abort(self, reason: str) -> None:
        self.aborted, self.aborted_because = True, reason


class QuietRun(Run):
    """A run that takes neither the signals of this process, nor its end, nor its streams."""

    def __init__(self, **userdata: str) -> None:
        ExitStack.__init__(self)
        self.told: list[str] = []
        self.reports: Any = SimpleNamespace(
            ending=Ending(),
            scenarios=0,
            target=Target("a RAGFlow", "0.20.5", "as it was set", "0.18"),
            tell_ending=lambda: self.told.append(self.reports.ending.trouble),
        )
        self.interruption: Any = SimpleNamespace(held=nullcontext)
        self._sandbox: Sandbox | None = None
        self._context: Any = Context()
        self._config: Any = SimpleNamespace(userdata=userdata)

    @property
    def ending(self) -> Ending:
        return self.reports.ending

    @property
    def context(self) -> Context:
        return self._context


def step(status: Status = Status.failed, error: Exception | None = None) -> Any:
    return SimpleNamespace(status=status, exception=error or AssertionError("Expected: safe\n     but: gone"))


def around(sandbox: Sandbox, *steps: Any, keep_failed: bool = False) -> Any:
    """What a hook finds around a scenario of these steps."""
    sender = SimpleNamespace(last_request="DELETE something")
    return SimpleNamespace(sandbox=sandbox, sender=sender, scenario=scenario(*steps), keep_failed=keep_failed)


def scenario(*steps: Any) -> Any:
    tags = ["ODD-1"]
    return SimpleNamespace(
        all_steps=steps, tags=tags, effective_tags=tags, name="Odd", location="features/odd.feature:7"
    )


# Its end.


def test_the_end_says_that_nothing_is_left(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    run = QuietRun()
    with run.sandbox_on(embedded.own) as sandbox:
        sandbox.create_assistant(sessions=1)
    assert embedded.assistants() == []
    assert capsys.readouterr().out == "\nleft behind: 0\n"
    assert run.ending.left == ""


def test_whatever_ends_a_run_nothing_is_left(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with QuietRun().sandbox_on(embedded.own) as sandbox:
            sandbox.create_assistant(sessions=1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert embedded.assistants() == []
    assert "left behind: 0" in capsys.readouterr().out


@contextmanager
def hindered(embedded: Embedded, call: str, answer: Reply | Misconduct) -> Iterator[tuple[RAGFlow, Callable[[], None]]]:
    """A RAGFlow that answers a call otherwise, until somebody says that it is enough."""
    enough: list[bool] = []

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if not enough and call in f"{seen.method} {seen.path}" else None

    with in_the_way(embedded, tamper) as (between, _):
        yield between.ragflow, lambda: enough.append(True)


# what stands in the way of the end: (the call, its answer, what is told)
HINDRANCES: dict[str, tuple[str, Reply | Misconduct, str]] = {
    "a refusal": ("DELETE /api/v1/chats", json_reply({"code": 102, "message": "no"}), "the server still has it"),
    "a list that cannot be read": ("chats?page=", json_reply({"code": 102, "message": "not today"}), "not today"),
    "a gateway before the list": ("chats?page=", Reply(504), "504"),
    "no list": ("chats?page=", Misconduct.BREAK_OFF, "broke off"),
}


@pytest.mark.parametrize(("call", "answer", "told"), HINDRANCES.values(), ids=HINDRANCES)
def test_the_end_says_what_may_be_left_and_how_to_remove_it(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], call: str, answer: Reply | Misconduct, told: str
) -> None:
    run = QuietRun()
    with hindered(embedded, call, answer) as (ragflow, enough):
        with pytest.raises(Exception, match=told), run.sandbox_on(ragflow) as sandbox:
            sandbox.create_assistant(sessions=0)
        enough()
        sandbox.clear_all()
    said = capsys.readouterr().out
    assert "left behind: 0" not in said
    assert "left behind, or nobody can tell: " in said
    assert f"Remove it with: {SWEEP}" in said
    assert told in run.ending.left
    assert told in run.ending.trouble
    assert embedded.assistants() == []


def test_the_end_says_what_is_kept(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    with QuietRun().sandbox_on(embedded.own) as sandbox:
        kept = sandbox.create_assistant(sessions=1)
        sandbox.keep()
    assert embedded.assistants() == [kept.name]
    assert capsys.readouterr().out.splitlines()[1:] == [
        "left behind: 1",
        f"  kept to be looked at: assistant '{kept.name}'",
        f"  Remove it with: {SWEEP}",
    ]
    embedded.own.delete_assistants([kept.id])


def test_the_end_says_how_often_the_server_was_busy(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    busy = iter([Reply(429, headers={"Retry-After": "0"})])
    with (
        in_the_way(embedded, lambda seen: next(busy, None) if seen.method == "GET" else None) as (between, _),
        QuietRun().sandbox_on(between.ragflow) as sandbox,
    ):
        sessions_of(sandbox.create_assistant(sessions=0))
    assert "busy answers that were waited for: 1" in capsys.readouterr().out


# how it ended: (what happened, the reason, what is left)
ENDINGS: dict[str, tuple[Callable[[Ending], object], str]] = {
    "it has not": (lambda _: None, NOT_ENDED),
    "as it should": (lambda ending: ending.completed(), ""),
    "for a reason": (lambda ending: ending.broken_by("enough"), "enough"),
    "for two reasons": (lambda ending: (ending.broken_by("enough"), ending.broken_by("too much")), "enough"),
    "for a reason, and came to its end": (lambda ending: (ending.broken_by("enough"), ending.completed()), "enough"),
    "at its end, for a reason": (lambda ending: (ending.completed(), ending.broken_by("enough")), "enough"),
    "with something left": (lambda ending: (ending.completed(), setattr(ending, "left", "a")), "a"),
    "with both": (lambda ending: (ending.broken_by("enough"), setattr(ending, "left", "a")), "enough; a"),
}


@pytest.mark.parametrize(("happens", "trouble"), ENDINGS.values(), ids=ENDINGS)
def test_an_ending_is_what_happened_first_and_what_is_left(happens: Callable[[Ending], object], trouble: str) -> None:
    ending = Ending()
    happens(ending)
    assert ending.trouble == trouble


def test_what_goes_wrong_at_the_beginning_ends_the_run() -> None:
    with pytest.raises(CannotRun, match="KeyError: 'lost'"), QuietRun().beginning():
        raise KeyError("lost")
    with pytest.raises(CannotRun, match=r"^There is no server\.$"), QuietRun().beginning():
        raise CannotRun("There is no server.")


# Interrupts.


def test_who_insists_is_told_what_is_still_being_removed(sandbox: Sandbox) -> None:
    run = QuietRun()
    assert "(assistants: 0)" in run._unfinished()
    run._sandbox = sandbox
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
    said = run._unfinished()
    assert "(assistants: 3), which may take up to 60 s" in said
    assert "Ctrl-C once more ends it at once, and leaves them behind." in said


def test_who_ends_it_at_once_is_told_what_may_be_left(sandbox: Sandbox) -> None:
    run = QuietRun()
    run._sandbox = sandbox
    name = sandbox.create_assistant(sessions=0).name
    said = run._end_at_once()
    for each in (f"'{sandbox.prefix} bystander'", f"'{name}'"):
        assert each in said
        assert each in run.ending.left
    assert said.endswith(f"Remove it with: {SWEEP}")
    assert run.ending.reason == "ended by a third Ctrl-C"
    assert run.told == [run.ending.trouble]


def test_who_ends_it_at_once_where_nothing_is_left_is_told_no_more() -> None:
    run = QuietRun()
    assert run._end_at_once() == "Ended at once."
    assert run.told == ["ended by a third Ctrl-C"]


def test_a_run_that_ends_says_where() -> None:
    run = QuietRun()
    run.context.scenario = scenario()
    run.end("it was enough")
    assert run.ending.reason == "the run ended: it was enough, in ODD-1 Odd"
    assert run.context.aborted_because == "it was enough, in ODD-1 Odd"


# What ends it from inside.


def test_where_all_assistants_are_gone_the_run_ends(embedded: Embedded) -> None:
    run = QuietRun()
    with run.sandbox_on(embedded.own) as sandbox:
        sandbox.create_assistant(sessions=0)
        fine, broken, context = step(Status.passed), step(), around(sandbox)
        run.look_around(context, broken)
        assert (broken.status, run.context.aborted) == (Status.failed, False)
        embedded.own.delete_assistants(find_assistant_ids(f"{sandbox.prefix} bystander", embedded.own))
        run.look_around(context, fine)
        assert (fine.status, run.context.aborted) == (Status.passed, False)
        run.look_around(context, broken)
    assert broken.status == Status.error
    assert isinstance(broken.exception, TenantWiped)
    assert "DELETE something" in str(broken.exception)
    assert run.ending.reason == "the run ended: all assistants of the tenant are gone, in ODD-1 Odd"
    assert run.context.aborted


@pytest.mark.parametrize("answer", [Reply(502), Misconduct.BREAK_OFF, json_reply({"code": 109, "message": "chat"})])
def test_where_nobody_can_tell_the_step_says_what_it_said(embedded: Embedded, answer: Reply | Misconduct) -> None:
    run = QuietRun()
    broken = step(error=AssertionError("gone"))
    with hindered(embedded, "chats?name=", answer) as (ragflow, enough), run.sandbox_on(ragflow) as sandbox:
        sandbox.create_assistant(sessions=0)
        run.look_around(around(sandbox), broken)
        enough()
    assert (broken.status, str(broken.exception)) == (Status.failed, "gone")
    assert not run.context.aborted


@pytest.mark.parametrize("parallel", [1, 2])
@pytest.mark.parametrize("times", [1, UNANSWERED - 1, UNANSWERED, UNANSWERED + 1, 2 * UNANSWERED])
def test_where_nobody_answers_the_run_ends(times: int, parallel: int) -> None:
    run = QuietRun()
    run._parallel = parallel
    with StandIn(lambda _: Misconduct.BREAK_OFF) as server:
        ragflow = RAGFlow(server.url, NO_KEY)
        for _ in range(times):
            with suppress(NoAnswer):
                ragflow.list_assistants()
    run.context.target, run.context.scenario = SimpleNamespace(ragflow=ragflow), scenario()
    run.end_where_nobody_answers(run.context)
    assert run.context.aborted is (times >= UNANSWERED * parallel)
    if run.context.aborted:
        assert run.ending.reason == f"the run ended: no answer to the last {times} requests, in ODD-1 Odd"
        run.context.aborted_because = None
        run.end_where_nobody_answers(run.context)
        assert run.context.aborted_because is None


# What is kept.


@pytest.mark.parametrize("keep_failed", [True, False])
@pytest.mark.parametrize("status", [Status.passed, Status.failed, Status.error])
def test_behind_a_scenario_everything_is_removed_unless_it_is_to_be_looked_at(
    embedded: Embedded, keep_failed: bool, status: Status
) -> None:
    run = QuietRun()
    is_kept = keep_failed and status != Status.passed
    last = step(status) if status != Status.passed else SimpleNamespace(status=status, exception=None)
    with run.sandbox_on(embedded.own) as sandbox:
        assistant = sandbox.create_assistant(sessions=1)
        first = SimpleNamespace(status=Status.passed, exception=None)
        run.clear_behind(around(sandbox, first, last, keep_failed=keep_failed))
        assert of_scenarios(embedded) == ([assistant.name] if is_kept else [])
    notes = getattr(last.exception, "__notes__", [])
    told = f"Kept to be looked at: assistant '{assistant.name}'. Remove it with: {SWEEP}"
    assert notes == ([told] if is_kept else [])
    if is_kept:
        assert sessions_of(assistant) == assistant.sessions
        embedded.own.delete_assistants([assistant.id])
    assert embedded.assistants() == []


def test_what_other_runs_have_is_mentioned(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    run = QuietRun()
    foreign = embedded.own.create_assistant(f"{PREFIX}-like").body["data"]
    run.mention_leftovers(embedded.own)
    assert capsys.readouterr().out == ""
    with swept(embedded.own) as theirs:
        theirs.create_assistant(sessions=0)
        run.mention_leftovers(embedded.own)
    said = capsys.readouterr().out
    assert said == f"assistants of other runs: 2; where those have ended, remove them with: {SWEEP}\n"
    embedded.own.delete_assistants([foreign["id"]])


# What runs.

FEATURE = """
Feature: Speaking
  Rule: Say one thing
    @SAY-1
    Scenario: Always
      When it is said
    @SAY-2 @from-0.25
    Scenario: Later
      When it is said
    @SAY-3 @tenants
    Scenario: Together
      When it is said
    @SAY-4 @huge
    Scenario: At length
      When it is said
    @SAY-5 @huge @from-0.25
    Scenario: Later, and at length
      When it is said
"""


class Choosing(QuietRun):
    """A run of one feature, and what it tells of the scenarios that do not run."""

    text = FEATURE

    def __init__(self, *options: str) -> None:
        super().__init__()
        self._config = Configuration([*options, "--no-junit"], load_config=False, tag_expression_protocol="strict")
        self.feature = parse_feature(self.text)
        self._features = [self.feature]
        self.left_out: list[tuple[str, str, Verdict, str]] = []
        self.reports.leave_out = lambda scenario, *told: self.left_out.append((scenario_id(scenario), *told))

    @property
    def running(self) -> list[str]:
        return [scenario_id(each) for each, _ in scenarios_of(self.feature) if each.should_run(self._config)]


OF_OTHERS = ("Say one thing", Verdict.NOT_APPLICABLE, "it is for other releases: from 0.25 on")

# what is asked for: (the scenarios that run, those of other releases, how many were not selected)
CHOSEN: dict[str, tuple[list[str], list[str], int]] = {
    "": (["SAY-1", "SAY-3"], ["SAY-2"], 1),
    "--tags=@SAY-1": (["SAY-1"], [], 2),
    "--tags=@SAY-1 or @SAY-2": (["SAY-1"], ["SAY-2"], 2),
    "--tags=@huge": (["SAY-4"], ["SAY-5"], 2),
    "--tags=not @huge": (["SAY-1", "SAY-3"], ["SAY-2"], 1),
    "--name=Always": (["SAY-1"], [], 2),
}


@pytest.mark.parametrize(
    ("option", "running", "others", "not_selected"), [(each, *what) for each, what in CHOSEN.items()]
)
def test_what_runs_is_what_was_asked_for_and_is_for_the_release(
    option: str, running: list[str], others: list[str], not_selected: int
) -> None:
    run = Choosing(*filter(None, [option]))
    run.choose_scenarios(Release.named("0.20.5"))
    assert run.running == running
    assert run.left_out == [(id, *OF_OTHERS) for id in others]
    assert (run.reports.scenarios, run.reports.not_selected) == (len(running), not_selected)
    assert run.reports.features_not_named > 0


def test_what_cannot_run_is_skipped_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    run = Choosing()
    run.choose_scenarios(Release.named("0.27"), without="tenants", reason="there is one key")
    assert run.running == ["SAY-1", "SAY-2"]
    assert run.reports.scenarios == 2
    reasons = {scenario_id(each): each.skip_reason for each, _ in scenarios_of(run.feature) if each.skip_reason}
    assert reasons == {"SAY-3": "not run: there is one key"}
    assert capsys.readouterr().out == "not run: 1 scenario with @tenants, because there is one key\n"


@pytest.mark.parametrize("options", [["--tags=@SAY-9"], ["--tags=@SAY-2"], ["--tags=@tenants"], ["--name=Never"]])
def test_where_nothing_would_run_there_is_no_run(options: list[str]) -> None:
    with pytest.raises(CannotRun, match="No scenario is selected"):
        Choosing(*options).choose_scenarios(Release.named("0.20.5"), without="tenants", reason="there is one key")


# How it is repeated.

# how the run was started: (its program, what was defined, what is set, the command)
COMMANDS = {
    "by behave": ("/usr/bin/behave", {}, {}, "/usr/bin/behave features/odd.feature:7 -D release=0.20.5"),
    "by Python": ("/a/behave/__main__.py", {}, {}, "behave features/odd.feature:7 -D release=0.20.5"),
    "by make": (
        "/a/acceptance/__main__.py",
        {},
        {},
        'make acceptance ARGS="features/odd.feature:7 -D release=0.20.5"',
    ),
    "by something else": ("/a/other/__main__.py", {}, {}, "behave features/odd.feature:7 -D release=0.20.5"),
    "with an address": (
        "behave",
        {},
        {"RAGFLOW_URL": "http://a:1", "RAGFLOW_API_KEY": "ragflow-secret"},
        "behave features/odd.feature:7 -D release=0.20.5 -D url=http://a:1",
    ),
    "with a defined address": (
        "behave",
        {"url": "http://b:2", "api_key": "ragflow-secret"},
        {"RAGFLOW_URL": "http://a:1"},
        "behave features/odd.feature:7 -D release=0.20.5 -D url=http://b:2",
    ),
    "by make, with an address of signs": (
        "acceptance/__main__.py",
        {"url": "http://b:2/a&b;c"},
        {},
        "make acceptance ARGS=\"features/odd.feature:7 -D release=0.20.5 -D 'url=http://b:2/a&b;c'\"",
    ),
}


@pytest.mark.parametrize(("program", "defined", "environment", "command"), COMMANDS.values(), ids=COMMANDS)
def test_a_scenario_is_repeated_as_the_run_was_started(
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    defined: dict[str, str],
    environment: dict[str, str],
    command: str,
) -> None:
    monkeypatch.setattr(sys, "argv", [program, "--tags=@ODD-1"])
    monkeypatch.delenv("RAGFLOW_URL", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert QuietRun(**defined).command_for(scenario()) == command
    assert "secret" not in command


@pytest.mark.parametrize("program", ["behave", "acceptance/__main__.py"])
def test_a_command_reaches_behave_in_the_same_words(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "argv", [program])
    place = Path("features/two words.feature")
    words = QuietRun(url="http://b:2/a b&c").command_for(SimpleNamespace(location=place, effective_tags=[]))
    arguments = shlex.split(words)
    if arguments[0] == "make":
        arguments = shlex.split(arguments[-1].removeprefix("ARGS="))
    assert arguments[-5:] == ["features/two words.feature", "-D", "release=0.20.5", "-D", "url=http://b:2/a b&c"]


@pytest.mark.parametrize(
    ("tag", "words"),
    {"huge": "--tags=@ODD-1", "explore": "--tags=@ODD-1 -D stories=7 -D seed=4711"}.items(),
)
def test_what_runs_on_request_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tag: str, words: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["behave"])
    monkeypatch.delenv("RAGFLOW_URL", raising=False)
    run, asked_for = QuietRun(), scenario()
    run._features = []
    run.explore(7, 4711)
    asked_for.effective_tags = ["ODD-1", tag]
    assert run.command_for(asked_for) == f"behave features/odd.feature:7 -D release=0.20.5 {words}"
    # None of the scenarios that run tells stories.
    assert capsys.readouterr().out == ""


EXPLORING = """
Feature: Exploring
  Rule: Tell stories
    @TELL-1 @explore
    Scenario: As many as are wanted
      When it is told
    @TELL-2
    Scenario: A few
      When it is told
"""


class Telling(Choosing):
    """A run of a feature in which stories are told."""

    text = EXPLORING


@pytest.mark.parametrize("option", ["--tags=@explore", "--tags=@TELL-1"])
def test_what_is_told_is_announced_where_somebody_asks_for_it(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = Telling(option)
    run.choose_scenarios(Release.named("0.20.5"))
    run.explore(1_000, 4711)
    assert run.running == ["TELL-1"]
    assert capsys.readouterr().out == (
        f"exploring: 1,000 stories of up to {STEPS} steps, seed 4711: some {1_000 * USUAL_REQUESTS:,} requests and "
        f"at most {1_000 * REQUESTS_OF_A_STORY:,}, and up to {REQUESTS_OF_A_FAILURE:,} more where one fails\n"
    )


def test_one_story_is_announced_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    run = Telling("--tags=@explore")
    run.choose_scenarios(Release.named("0.20.5"))
    run.explore(1, 0)
    assert capsys.readouterr().out.startswith(f"exploring: 1 story of up to {STEPS} steps, seed 0: ")


@pytest.mark.parametrize("options", [[], ["--tags=@TELL-2"], ["--name=few"]])
def test_nothing_is_announced_where_nobody_asks_for_it(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run = Telling(*options)
    run.choose_scenarios(Release.named("0.20.5"))
    run.explore(1_000, 4711)
    run.estimate(1)
    assert run.running == ["TELL-2"]
    assert capsys.readouterr().out == ""


def test_stories_make_a_run_long(capsys: pytest.CaptureFixture[str]) -> None:
    run = Telling("--tags=@explore")
    run.choose_scenarios(Release.named("0.20.5"))
    run.explore(100, 0)
    capsys.readouterr()
    run.estimate(1)
    minutes = (REQUESTS_OF_A_SCENARIO + 100 * USUAL_REQUESTS) / 60
    assert capsys.readouterr().out == f"an answer takes 1.00 s here, so this run may take some {minutes:.0f} minutes\n"


def test_what_runs_unasked_is_repeated_without_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["behave"])
    monkeypatch.delenv("RAGFLOW_URL", raising=False)
    run = QuietRun()
    run._features = []
    run.explore(7, 4711)
    assert run.command_for(scenario()) == "behave features/odd.feature:7 -D release=0.20.5"


# seconds that an answer takes: what is said
ESTIMATES = {0.0: "", 0.001: "", 0.5: "an answer takes 0.50 s here, so this run may take some 12 minutes\n"}


@pytest.mark.parametrize(("seconds", "said"), ESTIMATES.items())
def test_a_long_run_says_how_long_it_may_take(seconds: float, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = QuietRun()
    run.reports.scenarios = 100
    run.estimate(seconds)
    assert capsys.readouterr().out == said
