"""A tiny specification that worker processes run, against an embedded server, with the hooks of the real one."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.interruption import EXIT_CTRL_C
from acceptance.paths import FEATURES
from acceptance.running.leftovers import find_leftovers
from acceptance.running.parallel import WEIGHTS, share_out
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.tiny_specification import FinishedRun, behave, write_specification

STEPS = """
import os
import signal
import threading
from pathlib import Path
from behave import step
from hamcrest import assert_that, equal_to
from acceptance.interruption import held, is_requested

@step("an assistant")
def assistant(context):
    context.assistant = context.sandbox.create_assistant(sessions=2)

@step("all is well")
def well(context):
    with Path("log.txt").open("a") as log:
        log.write(f"{context.scenario.name} {os.getpid()}\\n")
    Path(f"command-{os.getpid()}.txt").write_bytes(Path("/proc/self/cmdline").read_bytes())

@step("{text} is said")
def said(context, text):
    assert_that(text, equal_to("peace"))

@step("the network fails")
def fails(context):
    raise OSError("no network")

@step("this process is killed")
def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)

@step("the tenant is wiped")
def wiped(context):
    ragflow = context.target.ragflow
    ragflow.delete_assistants([item["id"] for item in ragflow.list_assistants(page_size=100).body["data"]])
    raise AssertionError("wiped")

@step("the user presses Ctrl-C {count:d} times")
def ctrl_c(context, count):
    parent = os.getppid()
    with held():
        for number in range(count):
            os.kill(parent, signal.SIGINT)
            # Signals that arrive at the same time count as one. The parent passes on the first.
            while number == 0 and not is_requested():
                threading.Event().wait(0.01)
            threading.Event().wait(0.2)
        # The third Ctrl-C kills this process.
        threading.Event().wait(60 if count == 3 else 0)
"""

FEATURE = """
Feature: First
  Rule: One
    @A-1
    Scenario: one
      Given an assistant
      Then all is well
    @A-2
    Scenario Outline: row <word>
      Given an assistant
      Then <word> is said
      And all is well
      Examples:
        | word  |
        | peace |
        | war   |
  Rule: Two
    @A-3 @alone
    Scenario: alone
      Given an assistant
      Then all is well
"""
SECOND = """
Feature: Second
  @B-1
  Scenario: error
    Given an assistant
    When the network fails
    Then all is well
  @B-2 @huge
  Scenario: on request
    Then all is well
  @B-3
  Scenario: last
    Then all is well
"""


def one_scenario(*steps: str) -> Mapping[str, str]:
    """A feature in which one scenario takes these steps, and another is all right."""
    lines = "\n".join(f"    * {step}" for step in steps)
    return {"a": f"Feature: A\n  @A-1\n  Scenario: odd\n{lines}\n  @A-2\n  Scenario: even\n    * all is well\n"}


def run(folder: Path, features: Mapping[str, str], server: Embedded, *options: str, parallel: int = 3) -> FinishedRun:
    environment = (FEATURES / "environment.py").read_text("utf-8")
    root = write_specification(folder, features, environment, STEPS)
    chosen = ("-D", f"parallel={parallel}", "-D", "release=0.20", *options)
    return behave(root, *chosen, **server.settings)


def remove_leftovers(server: Embedded) -> None:
    for assistant, _ in find_leftovers(server.own):
        server.own.delete_assistants([assistant.id])


def without_times(text: str) -> str:
    """The output without times and ids, which differ in every run."""
    return re.sub(r"Took .*|details: .*|[0-9a-f]{32}|in \d\.\d+s", "", text)


def cases(ended: FinishedRun) -> list[tuple[object, ...]]:
    return [
        (
            case.get("name"),
            *((child.tag, child.get("message", "")) if (child := case.find("*")) is not None else ("", "")),
        )
        for file in ended.files()
        for case in ended.suite(file.removeprefix("TESTS-").removesuffix(".xml")).iter("testcase")
    ]


@pytest.mark.parametrize("options", [(), ("-f", "plain")], ids=["specification", "plain"])
def test_a_parallel_run_reports_the_same_as_a_single_run(
    tmp_path: Path, embedded: Embedded, options: tuple[str, ...]
) -> None:
    features = {"a": FEATURE, "b": SECOND}
    single = run(tmp_path / "single", features, embedded, *options, parallel=1)
    parallel = run(tmp_path / "parallel", features, embedded, *options)
    assert (single.status, parallel.status) == (1, 1)
    assert without_times(parallel.out) == without_times(single.out)
    assert cases(parallel) == cases(single)
    assert parallel.out.count("left behind: 0") == 1
    assert embedded.assistants() == []


def test_scenarios_that_run_alone_run_first_and_in_the_parent(tmp_path: Path, embedded: Embedded) -> None:
    run(tmp_path, {"a": FEATURE, "b": SECOND}, embedded, "--tags=@A-* or @B-2")
    log = [line.rpartition(" ")[::2] for line in (tmp_path / "log.txt").read_text().splitlines()]
    assert log[0][0] == "alone"
    # B-2 runs only on request: the worker trusts the selection of its parent.
    assert {name for name, _ in log} == {"one", "row peace", "row war", "alone", "on request"}
    assert len({pid for _, pid in log}) == 4


def test_no_worker_has_a_key_on_its_command_line(tmp_path: Path, embedded: Embedded) -> None:
    ended = run(tmp_path, one_scenario("all is well"), embedded)
    assert ended.status == 0
    commands = [file.read_text() for file in tmp_path.glob("command-*.txt")]
    assert len(commands) == 2
    assert all("worker=" in command for command in commands)
    assert not any(key in command for key in (OWN_KEY, OTHER_KEY) for command in commands)


def test_the_scenario_of_a_killed_worker_is_an_error_and_nothing_stays(tmp_path: Path, embedded: Embedded) -> None:
    ended = run(tmp_path, one_scenario("an assistant", "this process is killed"), embedded)
    assert ended.status == 1
    [error] = ended.case("A-1").iter("error")
    assert error.get("message") == "the worker of this scenario ended before it reported a result (SIGKILL)"
    assert ended.case("A-2").find("*") is not None
    assert ended.run == ("passed", "")
    assert "left behind: 0" in ended.out
    assert embedded.assistants() == []


def test_the_first_worker_without_a_tenant_ends_the_run(tmp_path: Path, embedded: Embedded) -> None:
    ended = run(tmp_path, one_scenario("an assistant", "the tenant is wiped"), embedded)
    assert ended.status == 1
    verdict, reason = ended.run
    assert (verdict, reason.partition(";")[0]) == (
        "error",
        "the run ended: all assistants of the tenant are gone, in A-1 odd",
    )
    assert embedded.assistants() == []


def test_kept_assistants_are_named_and_stay(tmp_path: Path, embedded: Embedded) -> None:
    ended = run(tmp_path, one_scenario("an assistant", "war is said"), embedded, "-D", "keep=failed")
    [kept] = embedded.assistants()
    assert f"left behind: 1\n  kept for inspection: assistant '{kept}'" in ended.out
    assert f"Kept for inspection: assistant '{kept}'" in "".join(ended.case("A-1").itertext())
    remove_leftovers(embedded)


@pytest.mark.parametrize(("times", "status"), [(1, 1), (2, 1), (3, EXIT_CTRL_C)])
def test_ctrl_c_ends_a_parallel_run_like_a_single_run(
    tmp_path: Path, embedded: Embedded, times: int, status: int
) -> None:
    ended = run(tmp_path, one_scenario("an assistant", f"the user presses Ctrl-C {times} times"), embedded)
    assert ended.status == status
    verdict, reason = ended.run
    assert (verdict, reason.partition(";")[0]) == ("error", "the run ended: interrupted by Ctrl-C")
    assert "Traceback" not in ended.out + ended.err
    if status == EXIT_CTRL_C:
        assert re.search(r"May be left behind: .*'session-deletion-specification [0-9a-f]{8}-1 \.\.\.'", ended.err)
    else:
        assert "left behind: 0" in ended.out
        assert embedded.assistants() == []
    remove_leftovers(embedded)


# Shares.


class Scenario:
    def __init__(self, name: str, *tags: str) -> None:
        self.name, self.effective_tags = name, tags


def test_shares_spread_long_scenarios_and_keep_the_order() -> None:
    scenarios = [Scenario(f"{number}", *(["long"] if number in (3, 17) else [])) for number in range(20)]
    shares = share_out(scenarios, 4)
    assert sorted(each.name for share in shares for each in share) == sorted(each.name for each in scenarios)
    assert all(share == sorted(share, key=scenarios.index) for share in shares)
    assert sorted(map(len, shares)) == [1, 1, 9, 9]
    assert WEIGHTS["long"] > 9
    assert [len(share) for share in share_out(scenarios[:2], 8)] == [1, 1]
