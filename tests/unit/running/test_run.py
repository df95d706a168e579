"""How a run ends and what it prints then, without behave."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.errors import CannotRun, NoAnswer, TenantWiped
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY
from acceptance.reports.results import NOT_FINISHED, Ending
from acceptance.running import preparation
from acceptance.running.leftovers import mention_leftovers
from acceptance.running.run import UNANSWERED, Run
from acceptance.running.settings import Settings
from acceptance.running.target import Target
from acceptance.sandbox.inventory import PREFIX
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.view import sessions_of
from tests.support.servers import Embedded
from tests.unit.sandboxes import ids_of, scenario_assistants, tampered_sandbox, temporary_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply


class QuietRun(Run):
    """A run that does not touch the signals, the end or the streams of this process."""

    def __init__(self) -> None:
        ExitStack.__init__(self)
        # The troubles that were reported, in order.
        self.told: list[str] = []
        self.reports: Any = SimpleNamespace(
            ending=Ending(), write_state=lambda: self.told.append(self.reports.ending.problem)
        )
        self.parent = self.workers = self.valid_keys = None
        self._sandbox: Sandbox | None = None
        self._removal_hint = ""
        self._context: Any = SimpleNamespace(aborted=False, abort=self._abort)

    def _abort(self, reason: str) -> None:
        self.context.aborted, self.context.reason = True, reason

    @property
    def ending(self) -> Ending:
        ending: Ending = self.reports.ending
        return ending

    @property
    def context(self) -> Any:
        return self._context

    def on(self, ragflow: RAGFlow) -> Any:
        """Open its sandbox on that RAGFlow."""
        target = Target("a RAGFlow", None, ragflow, None, is_embedded=True)
        return self.open_sandbox(target, Settings(url="http://ragflow.example"))

    @property
    def hint(self) -> str:
        run = self._sandbox.run if self._sandbox else ""
        return f'Remove it with: RAGFLOW_URL=http://ragflow.example make sweep ARGS="--yes --run {run}"'


def step(status: Status = Status.failed, error: Exception | None = None) -> Any:
    return SimpleNamespace(status=status, exception=error or AssertionError("Expected: safe\n     but: gone"))


def scenario(*steps: Any) -> Any:
    return SimpleNamespace(all_steps=steps, tags=["ODD-1"], name="Odd")


def context_of(sandbox: Sandbox, *steps: Any, keep_failed: bool = False) -> Any:
    sender = SimpleNamespace(last_request="DELETE something")
    return SimpleNamespace(sandbox=sandbox, sender=sender, scenario=scenario(*steps), keep_failed=keep_failed)


# The end of a run.


@contextmanager
def hindered(embedded: Embedded, call: str, answer: Reply | Misconduct) -> Iterator[tuple[RAGFlow, Callable[[], None]]]:
    """A RAGFlow that answers a call like this, until the second result is called."""
    enough: list[bool] = []

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        return answer if not enough and call in f"{seen.method} {seen.path}" else None

    with tampered_sandbox(embedded, tamper) as (between, _):
        yield between.ragflow, lambda: enough.append(True)


# what goes wrong in the cleanup: (the call, its answer, what is printed)
HINDRANCES: dict[str, tuple[str, Reply | Misconduct, str]] = {
    "deletion refused": ("DELETE /api/v1/chats", json_reply({"code": 102, "message": "no"}), "the server still has it"),
    "listing refused": ("chats?page=", json_reply({"code": 102, "message": "not today"}), "not today"),
    "gateway timeout": ("chats?page=", Reply(504), "504"),
    "no answer": ("chats?page=", Misconduct.BREAK_OFF, "broke off"),
}


@pytest.mark.parametrize(("call", "answer", "told"), HINDRANCES.values(), ids=HINDRANCES)
def test_a_failed_cleanup_says_what_may_be_left_and_how_to_remove_it(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], call: str, answer: Reply | Misconduct, told: str
) -> None:
    run = QuietRun()
    with hindered(embedded, call, answer) as (ragflow, enough):
        with pytest.raises(Exception, match=told), run.on(ragflow) as sandbox:
            sandbox.create_assistant(sessions=0)
        enough()
        sandbox.clear_all()
    printed = capsys.readouterr().out
    assert "left behind: 0" not in printed
    assert "left behind, or could not be verified: " in printed
    assert run.hint in printed
    assert told in run.ending.problem
    assert embedded.assistants() == []


def test_an_ending_is_the_first_reason_and_what_is_left() -> None:
    finished, failed = Ending(), Ending()
    assert finished.problem == NOT_FINISHED
    finished.mark_finished()
    assert finished.problem == ""
    finished.mark_failed("too late")
    failed.mark_failed("enough")
    failed.mark_failed("too much")
    failed.mark_finished()
    failed.leftovers = "an assistant"
    assert (finished.problem, failed.problem) == ("too late", "enough; an assistant")


def test_any_error_at_the_start_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(preparation, "open_target", fail)
    context = SimpleNamespace(config=SimpleNamespace(userdata={}))
    with pytest.raises(CannotRun, match="KeyError: 'lost'"):
        preparation.prepare(QuietRun(), context)


# Interrupts.


def test_a_run_that_ends_names_the_scenario() -> None:
    run = QuietRun()
    run.context.scenario = scenario()
    run.end("it was enough")
    assert run.ending.reason == "the run ended: it was enough, in ODD-1 Odd"
    assert run.context.reason == "it was enough, in ODD-1 Odd"


def test_the_second_ctrl_c_says_what_is_still_being_removed(sandbox: Sandbox) -> None:
    run = QuietRun()
    assert "(assistants: 0)" in run._unfinished()
    run._sandbox = sandbox
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
    assert "(assistants: 3). A silent server may delay that by up to 60 s." in run._unfinished()


def test_the_third_ctrl_c_names_what_may_be_left(sandbox: Sandbox) -> None:
    run = QuietRun()
    assert run._end_at_once() == "Ended at once."
    run._sandbox = sandbox
    run._removal_hint = run.hint
    name = sandbox.create_assistant(sessions=0).name
    printed = run._end_at_once()
    for each in (f"'{sandbox.prefix} bystander'", f"'{name}'"):
        assert each in printed
        assert each in run.ending.leftovers
    assert printed.endswith(run.hint)
    assert run.told == ["ended by a third Ctrl-C", run.ending.problem]


# What ends a run from inside.


def test_a_wiped_tenant_ends_the_run(embedded: Embedded) -> None:
    run = QuietRun()
    with run.on(embedded.own) as sandbox:
        sandbox.create_assistant(sessions=0)
        passed, failed, context = step(Status.passed), step(), context_of(sandbox)
        run.check_tenant(context, failed)
        assert (failed.status, run.context.aborted) == (Status.failed, False)
        embedded.own.delete_assistants(ids_of(f"{sandbox.prefix} bystander", embedded.own))
        run.check_tenant(context, passed)
        assert (passed.status, run.context.aborted) == (Status.passed, False)
        run.check_tenant(context, failed)
    assert failed.status == Status.error
    assert isinstance(failed.exception, TenantWiped)
    assert "DELETE something" in str(failed.exception)
    assert run.ending.reason == "the run ended: all assistants of the tenant are gone, in ODD-1 Odd"
    assert run.context.aborted


@pytest.mark.parametrize("answer", [Reply(502), Misconduct.BREAK_OFF, json_reply({"code": 109, "message": "chat"})])
def test_a_step_keeps_its_failure_if_the_tenant_cannot_be_checked(
    embedded: Embedded, answer: Reply | Misconduct
) -> None:
    run = QuietRun()
    failed = step(error=AssertionError("gone"))
    with hindered(embedded, "chats?page=", answer) as (ragflow, enough), run.on(ragflow) as sandbox:
        sandbox.create_assistant(sessions=0)
        run.check_tenant(context_of(sandbox), failed)
        enough()
    assert (failed.status, str(failed.exception)) == (Status.failed, "gone")
    assert not run.context.aborted


@pytest.mark.parametrize("times", [UNANSWERED - 1, UNANSWERED, UNANSWERED + 1])
def test_some_requests_without_an_answer_end_the_run(times: int) -> None:
    run = QuietRun()
    with StandIn(lambda _: Misconduct.BREAK_OFF) as server:
        ragflow = RAGFlow(server.url, NO_KEY)
        for _ in range(times):
            with suppress(NoAnswer):
                ragflow.list_assistants()
    run.context.target, run.context.scenario = SimpleNamespace(ragflow=ragflow), scenario()
    run.check_connection(run.context)
    assert run.context.aborted is (times >= UNANSWERED)
    if run.context.aborted:
        assert run.ending.reason == f"the run ended: no answer to the last {times} requests, in ODD-1 Odd"


# Assistants that stay.


@pytest.mark.parametrize("keep_failed", [True, False])
@pytest.mark.parametrize("status", [Status.passed, Status.failed, Status.error])
def test_only_a_failed_scenario_keeps_its_assistants_and_only_on_request(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], keep_failed: bool, status: Status
) -> None:
    run = QuietRun()
    is_kept = keep_failed and status != Status.passed
    last = step(status) if status != Status.passed else SimpleNamespace(status=status, exception=None)
    with run.on(embedded.own) as sandbox:
        assistant = sandbox.create_assistant(sessions=1)
        first = SimpleNamespace(status=Status.passed, exception=None)
        run.clear_scenario(context_of(sandbox, first, last, keep_failed=keep_failed))
        assert scenario_assistants(embedded) == ([assistant.name] if is_kept else [])
    notes = getattr(last.exception, "__notes__", [])
    printed = capsys.readouterr().out.splitlines()[1:]
    if is_kept:
        assert notes == [f"Kept for inspection: assistant '{assistant.name}'. {run.hint}"]
        assert printed == [
            "left behind: 1",
            f"  kept for inspection: assistant '{assistant.name}'",
            f"  {run.hint}",
        ]
        assert sessions_of(assistant) == assistant.sessions
        embedded.own.delete_assistants([assistant.id])
    else:
        assert (notes, printed) == ([], ["left behind: 0"])
    assert embedded.assistants() == []


def test_assistants_of_other_runs_are_mentioned(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = embedded.own.create_assistant(f"{PREFIX}-like").body["data"]
    mention_leftovers(embedded.own, Settings(url=embedded.url))
    assert capsys.readouterr().out == ""
    with temporary_sandbox(embedded.own) as theirs:
        theirs.create_assistant(sessions=0)
        mention_leftovers(embedded.own, Settings(url=embedded.url))
    printed = capsys.readouterr().out
    command = f'RAGFLOW_URL={embedded.url} make sweep ARGS="--yes"'
    assert printed == f"assistants of other runs: 2; if those runs have ended, remove them with: {command}\n"
    embedded.own.delete_assistants([foreign["id"]])
