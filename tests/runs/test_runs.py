"""Whole runs as users start them: green runs, broken rules, and runs that take their server with them."""

import json
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from acceptance.paths import ROOT
from tests.support.runs import ACCEPTANCE, BEHAVE, Finished, Running, has_ended, run, run_program, started, wait_until
from tests.support.servers import Embedded, embedded_server, server_process
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply, spare_bystanders

# The cases of RAGFlow's own test_delete_sessions_with_chat_assistant.py, as scenarios.
SOURCE_CASES = [
    "AUTH-1",
    "AUTH-2",
    "ASSISTANT-1",
    "ASSISTANT-2",
    "PARTIAL-1",
    "PARTIAL-1",
    "PARTIAL-1",
    "REPEATED-1",
    "DUPLICATE-1",
    "CONCURRENT-1",
    "BULK-1",
    "CHOICE-6",
    "CHOICE-4",
    "CHOICE-7",
    "CHOICE-1",
    "CHOICE-3",
    "CHOICE-5",
]

NO_SECOND_KEY = "not run: RAGFLOW_OTHER_API_KEY (or -D other_api_key=...) is not set"


def ids(finished: Finished, *verdicts: str) -> set[str]:
    return {case.id for case in finished.cases if case.verdict in verdicts}


def test_the_default_run_is_green_and_names_every_rule(tmp_path: Path) -> None:
    finished = run(tmp_path)
    verdicts = Counter(case.verdict for case in finished.cases)
    assert (finished.status, finished.err) == (0, "")
    assert not verdicts.keys() & {"failure", "error"}
    assert f"{len(finished.cases)} scenarios: {verdicts['passed']} passed" in finished.out
    assert re.search(r"embedded RAGFlow.* contract 0\.18", finished.out)
    assert "left behind: 0" in finished.out
    assert not Counter(SOURCE_CASES) - Counter(case.id for case in finished.cases if case.verdict == "passed")
    for case in finished.cases:
        assert case.rule
        assert case.rule in finished.out
        assert case.name.partition(" ")[2] in finished.out


def test_scenarios_for_other_releases_appear_on_the_page_only(tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@CHOICE-5 or @CHOICE-12", "-D", "release=0.27")
    assert finished.status == 0
    assert ids(finished, "passed") == {"CHOICE-12"} == {case.id for case in finished.cases}
    assert "CHOICE-5" not in finished.out
    assert "CHOICE-5" in finished.page
    assert "up to 0.24" in finished.page


def test_a_run_leaves_other_assistants_of_the_tenant_alone(tmp_path: Path, embedded: Embedded) -> None:
    kept = embedded.own.create_assistant("not created by the run").body["data"]
    settings = {**embedded.settings, "RAGFLOW_SHARED_TENANT": "yes"}
    finished = run(tmp_path, "--tags=@smoke or @tenants", settings=settings)
    assert (finished.status, finished.err) == (0, "")
    assert f"RAGFlow at {embedded.url}" in finished.out
    assert "left behind: 0" in finished.out
    assert "not run" not in finished.out
    assert embedded.assistants() == ["not created by the run"]
    embedded.own.delete_assistants([kept["id"]])


def test_without_a_second_key_the_scenarios_with_two_tenants_do_not_run(tmp_path: Path, embedded: Embedded) -> None:
    settings = embedded.settings
    del settings["RAGFLOW_OTHER_API_KEY"]
    finished = run(tmp_path, "--tags=@CHOICE-1 or @tenants", settings=settings)
    assert finished.status == 0
    assert ids(finished, "passed") == {"CHOICE-1"}
    others = [case for case in finished.cases if case.id != "CHOICE-1"]
    assert len(others) > 10
    assert {(case.verdict, case.text.strip()) for case in others} == {("skipped", NO_SECOND_KEY)}
    assert f"1 passed, {len(others)} not run. " in finished.out
    assert re.match(r"1 of \d+ rules hold; .*not fully checked", finished.out.splitlines()[-1])
    assert NO_SECOND_KEY in finished.page
    assert embedded.assistants() == []


def test_a_run_over_a_slow_network_estimates_its_duration(tmp_path: Path, embedded: Embedded) -> None:
    pause = threading.Event()

    def late(seen: Seen) -> Reply:
        pause.wait(0.1)
        return forwarded(embedded.url, seen)

    with StandIn(late) as slow, started(tmp_path, settings={**embedded.settings, "RAGFLOW_URL": slow.url}) as running:
        running.wait_for_line(r"\d minutes")
        running.process.terminate()
        assert "left behind: 0" in running.end().out
    assert embedded.assistants() == []


def test_plain_behave_finds_the_formatter(tmp_path: Path) -> None:
    """The project is installed: unlike ``python -m behave``, the program does not import from the working directory."""
    program = (str(Path(sys.executable).with_name("behave")),)
    finished = run(tmp_path, "-f", "specification", "--tags=@CHOICE-1", program=program)
    assert finished.status == 0, finished.out + finished.err
    assert "    passed   CHOICE-1       One session" in finished.out


# PyCharm's runner starts behave twice in one process, first only to find the scenarios. Its own hooks report events.
PYCHARM = """
import sys
from behave.configuration import Configuration
from behave.formatter._registry import register_as
from behave.formatter.base import Formatter
from behave.runner import Runner

class Events(Formatter):
    def scenario(self, scenario):
        print("formatter:", scenario.name)
    def result(self, step):
        print("formatter:", step.name, step.status.name)

class PyCharmRunner(Runner):
    collects = True
    def load_hooks(self, filename="environment.py"):
        super().load_hooks(filename)
        for name in ("before_scenario", "after_step"):
            self.hooks[name] = self.with_event(name, self.hooks.get(name, lambda *_: None))
    def with_event(self, name, hook):
        def both(context, element):
            hook(context, element)
            print(f"{name}:", element.name, file=sys.__stdout__)
        return both
    def run_model(self, features=None):
        return False if self.collects else super().run_model(features)

register_as("events", Events)
config = Configuration(["--tags=@CHOICE-1"])
config.format, config.reporters, config.paths = ["events"], [], sys.argv[1:]
runner = PyCharmRunner(config)
runner.run()
print("collected:", len(runner.features))
runner.collects, runner.features = False, []
runner.hooks.clear()
sys.exit(runner.run())
"""


@pytest.mark.parametrize("root", [ROOT, ROOT / "features"], ids=["project", "features"])
def test_pycharm_can_run_a_scenario(tmp_path: Path, root: Path) -> None:
    script = tmp_path / "behave_runner.py"
    script.write_text(PYCHARM, "utf-8")
    path = ROOT / "features" / "choosing_sessions.feature"
    ended = run_program([sys.executable, str(script), str(path)], root=root)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    last = "sessions 2, 3, 4 and 5 remain"
    events = [
        "formatter: One session",
        f"formatter: {last} passed",
        "before_scenario: One session",
        f"after_step: {last}",
    ]
    assert set(ended.stdout.splitlines()) >= {"collected: 1", "left behind: 0", *events}
    assert (f"start behave in {ROOT}" in ended.stdout) is (root != ROOT)


def test_allure_which_drops_scenarios_inside_a_rule_gets_a_warning(tmp_path: Path) -> None:
    (tmp_path / "allure_behave.py").write_text(
        "from behave.formatter.null import NullFormatter as AllureFormatter\n", "utf-8"
    )
    options = ("-f", "allure_behave:AllureFormatter", "-D", "AllureFormatter.issue_pattern=x", "--tags=@CHOICE-1")
    finished = run(tmp_path, *options, settings={"PYTHONPATH": str(tmp_path)})
    assert finished.status == 0
    assert "warning: Allure's formatter drops every scenario inside a Rule" in finished.out


@pytest.mark.parametrize("program", [BEHAVE, ACCEPTANCE], ids=["behave", "make acceptance"])
def test_a_run_writes_only_to_its_report_folder(project: Path, tmp_path: Path, program: Sequence[str]) -> None:
    before = {file for file in project.rglob("*") if "__pycache__" not in file.parts}
    finished = run(tmp_path / "reports", "--tags=@CHOICE-1", root=project, program=program)
    assert finished.status == 0
    assert {file for file in project.rglob("*") if "__pycache__" not in file.parts} == before
    assert (tmp_path / "reports" / "specification.html").exists()


# fault: (the scenarios that fail; what the first failure contains)
BROKEN_RULES = {
    "owner-is-not-checked": ({"ISOLATION-1", "ISOLATION-2"}, "You don't own the chat"),
    "last-of-several-stays": ({"CHOICE-2", "CHOICE-3", "REPEATED-1"}, "but: there, and should not be: session 4"),
}


@pytest.mark.parametrize(("fault", "expected", "words"), [(name, *rest) for name, rest in BROKEN_RULES.items()])
def test_a_broken_rule_is_reported_with_its_evidence(
    tmp_path: Path, fault: str, expected: set[str], words: str
) -> None:
    with embedded_server(program=("-m", "tests.faults.serve", fault)) as server:
        tags = "--tags=@AUTH-1 or @CHOICE-1 or @CHOICE-2 or @CHOICE-3 or @ISOLATION-1 or @ISOLATION-2 or @REPEATED-1"
        finished = run(tmp_path, tags, settings=server.settings)
        assert server.assistants() == []
    assert finished.status == 1
    assert "left behind: 0" in finished.out
    assert ids(finished, "failure") == expected
    assert ids(finished, "error", "skipped") == set()
    failures = [case for case in finished.cases if case.verdict == "failure"]
    assert words in failures[0].text
    for case in failures:
        parts = (case.rule, "Repeat:   behave features/", "Request:  DELETE /api/v1/chats/", "Answer:   200", "but: ")
        assert [part for part in parts if part not in case.text or part not in finished.out] == []
        assert f"FAILED   {case.id}" in finished.out


def test_a_failure_shows_every_wrong_outcome_and_names_instead_of_ids(tmp_path: Path, embedded: Embedded) -> None:
    """The server deletes nothing, and its answer is wrong as well."""
    deleted: list[str] = []

    @spare_bystanders
    def react(seen: Seen) -> Reply | None:
        if seen.method == "DELETE" and seen.body.startswith(b'{"ids"') and seen.call.endswith("/sessions"):
            deleted.extend(json.loads(seen.body)["ids"])
            return json_reply({"code": 102, "message": f"The chat doesn't own the session {deleted[0]}"})
        return None

    with StandIn(lambda seen: react(seen) or forwarded(embedded.url, seen)) as gateway:
        finished = run(tmp_path, "--tags=@CHOICE-1", settings={**embedded.settings, "RAGFLOW_URL": gateway.url})
    [case] = finished.cases
    assert (finished.status, case.verdict) == (1, "failure")
    expected = [
        "Then the deletion succeeds: code: expected 0, was 102",
        "Rule:     ",
        "Repeat:   behave features/choosing_sessions.feature:",
        "Request:  DELETE /api/v1/chats/",
        'Body:     {"ids": ["session 1"]}',
        "Answer:   200 after ",
        """Body:     {"code": 102, "message": "The chat doesn't own the session session 1"}""",
        "Curl:     curl -g -X DELETE ",
        "Ids:      the assistant ",
        "Then the deletion succeeds",
        "Expected: ",
        "     but: code: expected 0, was 102",
        """          message: expected nothing, was "The chat doesn't own the session session 1\"""",
        "Then sessions 2, 3, 4 and 5 remain",
        "Expected: session 2, session 3, session 4, session 5",
        "     but: there, and should not be: session 1",
        "Listed again: still there ",
    ]
    lines = case.text.splitlines()
    assert [line for line, start in zip(lines, expected, strict=True) if not line.startswith(start)] == []
    # The id appears only next to its name, and in the command.
    id, *_ = deleted
    assert [line[:5] for line in lines if id in line] == ["Curl:", "Ids: "]
    [line] = [line for line in lines if line.startswith("Ids:")]
    assert line.endswith(f", session 1 {id}")


def server_of(run: Running) -> psutil.Process:
    """The embedded server that the run has started."""
    wait_until(lambda: bool(run.children()) or not run.is_alive())
    [server] = run.children()
    return server


@pytest.mark.parametrize("line", ["", "the embedded RAGFlow"], ids=["at the start", "after the first line"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_embedded_server_ends_with_its_run(tmp_path: Path, number: signal.Signals, line: str) -> None:
    with started(tmp_path, "--tags=@BULK-1") as run:
        server = server_of(run)
        if line:
            run.wait_for_line(line)
        run.process.send_signal(number)
        finished = run.end()
    assert finished.status != 0
    wait_until(lambda: has_ended(server))
    if line and number != signal.SIGKILL:
        assert "left behind: 0" in finished.out
        assert "Traceback" not in finished.out + finished.err


def test_a_session_that_an_earlier_scenario_left_is_named_as_such(tmp_path: Path, embedded: Embedded) -> None:
    left: list[Any] = []

    def react(seen: Seen) -> Reply:
        """Show a session of the first scenario in the lists of the second one."""
        reply = forwarded(embedded.url, seen)
        if not (
            seen.method == "GET" and "/sessions?" in seen.path and len(items := json.loads(reply.body)["data"]) > 3
        ):
            return reply
        left.extend([] if left else [seen.call, items[0]])
        return reply if seen.call == left[0] else json_reply({"code": 0, "data": [*items, left[1]]})

    with StandIn(react) as gateway:
        settings = {**embedded.settings, "RAGFLOW_URL": gateway.url}
        finished = run(tmp_path, "--tags=@CHOICE-1 or @CHOICE-17", settings=settings)
    assert (ids(finished, "passed"), ids(finished, "failure")) == ({"CHOICE-1"}, {"CHOICE-17"})
    assert f"but: there, and should not be: a session of an earlier scenario ({left[1]['id']})\n" in finished.out


def test_short_keys_give_verdicts(tmp_path: Path) -> None:
    with server_process("--port", "0", "--api-key", "KEY_A", "--api-key", "KEY_B") as server:
        keys = {"RAGFLOW_API_KEY": "KEY_A", "RAGFLOW_OTHER_API_KEY": "KEY_B"}
        finished = run(tmp_path, "--tags=@AUTH-5 or @INSIDE-5", settings={**keys, "RAGFLOW_URL": server.url})
    assert (finished.status, ids(finished, "passed")) == (0, {"AUTH-5", "INSIDE-5"}), finished.out
