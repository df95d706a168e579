"""Runs that find everything as it should be."""

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.support.runs import ACCEPTANCE, BEHAVE, Finished, environment, run, started
from tests.support.servers import Embedded
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded

# The cases of RAGFlow's own test_delete_sessions_with_chat_assistant.py, and the scenario that holds each.
CASES_OF_THE_SOURCE_DOCUMENT = {
    "invalid_auth: no key": "AUTH-1",
    "invalid_auth: an unknown key": "AUTH-2",
    "invalid_chat_assistant_id: none": "ASSISTANT-1",
    "invalid_chat_assistant_id: an unknown one": "ASSISTANT-2",
    "delete_partial_invalid_id: at the beginning": "PARTIAL-1",
    "delete_partial_invalid_id: in the middle": "PARTIAL-1",
    "delete_partial_invalid_id: at the end": "PARTIAL-1",
    "repeated_deletion": "REPEATED-1",
    "duplicate_deletion": "DUPLICATE-1",
    "concurrent_deletion": "CONCURRENT-1",
    "delete_1k": "BULK-1",
    "basic_scenarios: no body": "CHOICE-6",
    "basic_scenarios: an unknown session": "CHOICE-4",
    "basic_scenarios: not JSON": "CHOICE-7",
    "basic_scenarios: one session": "CHOICE-1",
    "basic_scenarios: all sessions": "CHOICE-3",
    "basic_scenarios: an empty list": "CHOICE-5",
}


# Of what needs two tenants, where there is one.
NO_SECOND_KEY = "not run: RAGFLOW_OTHER_API_KEY (or -D other_api_key=...) is not set"


def verdicts(finished: Finished) -> Counter[str]:
    return Counter(case.verdict for case in finished.cases)


def test_the_default_run(tmp_path: Path) -> None:
    finished = run(tmp_path)
    # It is green, and tells so.
    assert (finished.status, finished.err) == (0, "")
    assert not verdicts(finished).keys() & {"failure", "error"}
    assert f"{len(finished.cases)} scenarios: {verdicts(finished)['passed']} passed" in finished.out
    # It tests the embedded server, and leaves nothing on it.
    assert re.search(r"embedded RAGFlow.* contract 0\.18", finished.out)
    assert "left behind: 0" in finished.out
    # It holds what RAGFlow's own tests hold.
    passed = Counter(case.id for case in finished.cases if case.verdict == "passed")
    assert not Counter(CASES_OF_THE_SOURCE_DOCUMENT.values()) - passed
    # It says which rules hold, and by which example.
    for case in finished.cases:
        assert case.name.partition(" ")[2] in finished.out
        assert case.rule
        assert case.rule in finished.out


def test_what_is_for_other_releases_is_told_on_the_page_only(tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@CHOICE-5 or @CHOICE-12", "-D", "release=0.27")
    assert finished.status == 0
    assert {case.id for case in finished.cases} == {"CHOICE-12"}
    assert "CHOICE-5" not in finished.out
    assert "CHOICE-5" in finished.page
    assert "it is for other releases: up to 0.24" in finished.page


def test_a_tag_selects(tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@smoke")
    assert finished.status == 0
    assert 0 < len(finished.cases) < len(CASES_OF_THE_SOURCE_DOCUMENT)
    assert verdicts(finished).keys() == {"passed"}
    assert "left behind: 0" in finished.out


@pytest.mark.parametrize("option", ["--tags=@nosuch", "--name=nosuch"])
def test_a_run_of_nothing_fails(tmp_path: Path, option: str) -> None:
    finished = run(tmp_path, option)
    assert finished.status != 0
    assert "No scenario is selected." in finished.err
    assert "Traceback" not in finished.err
    assert finished.cases == []
    assert "No scenario is selected." in finished.ending.text


def test_a_server_that_stands_elsewhere_is_left_as_it_was(tmp_path: Path, embedded: Embedded) -> None:
    kept = embedded.own.create_assistant("somebody's own").body["data"]
    finished = run(tmp_path, "--tags=@smoke or @tenants", settings=embedded.settings)
    assert (finished.status, finished.err) == (0, "")
    assert f"RAGFlow at {embedded.url}" in finished.out
    assert "left behind: 0" in finished.out
    assert "not run" not in finished.out
    assert embedded.assistants() == ["somebody's own"]
    embedded.own.delete_assistants([kept["id"]])


def test_settings_may_be_defined_on_the_command_line(tmp_path: Path, embedded: Embedded) -> None:
    settings = embedded.settings
    defines = [
        *("-D", f"url={embedded.url}/api/v1/"),
        *("-D", f"api_key={settings['RAGFLOW_API_KEY']}"),
        *("-D", f"other_api_key={settings['RAGFLOW_OTHER_API_KEY']}"),
    ]
    finished = run(
        tmp_path, "--tags=@CHOICE-1 or @ISOLATION-2", *defines, settings={"RAGFLOW_URL": "http://127.0.0.1:1"}
    )
    assert (finished.status, finished.err) == (0, "")
    assert f"RAGFlow at {embedded.url}" in finished.out
    assert embedded.assistants() == []


def test_without_the_key_of_another_tenant_its_scenarios_are_told_not_to_have_run(
    tmp_path: Path, embedded: Embedded
) -> None:
    settings = embedded.settings
    del settings["RAGFLOW_OTHER_API_KEY"]
    finished = run(tmp_path, "--tags=@CHOICE-1 or @tenants", settings=settings)
    assert finished.status == 0
    assert [case.id for case in finished.cases if case.verdict == "passed"] == ["CHOICE-1"]
    others = [case for case in finished.cases if case.id != "CHOICE-1"]
    assert len(others) > 10
    for case in others:
        assert (case.verdict, case.text) == ("skipped", f"{NO_SECOND_KEY}\n")
    assert f"1 passed, {len(others)} not run. " in finished.out
    # Of their rules nobody may think that they hold.
    assert re.search(r"^1 of (\d+) rules hold; .*; \d+ were not looked at to the end\.$", finished.out.splitlines()[-1])
    assert NO_SECOND_KEY in finished.page
    [line] = [line for line in finished.out.splitlines() if line.startswith("not run: ")]
    assert "RAGFLOW_OTHER_API_KEY" in line
    assert embedded.assistants() == []


def test_on_a_slow_network_a_run_says_how_long_it_may_take(tmp_path: Path, embedded: Embedded) -> None:
    pause = threading.Event()

    def late(seen: Seen) -> Reply:
        pause.wait(0.3)
        return forwarded(embedded.url, seen)

    with StandIn(late) as slow:
        settings = {**embedded.settings, "RAGFLOW_URL": slow.url}
        with started(tmp_path, settings=settings) as running:
            running.wait_for_line(r"^an answer takes 0\.3\d s here, so this run may take some \d+ minutes$")
            running.process.terminate()
            assert "left behind: 0" in running.end().out
    assert embedded.assistants() == []


def test_a_program_that_starts_behave_by_itself_needs_no_path(tmp_path: Path) -> None:
    # As an editor does it: behave's own runner, in any folder, and nothing on the path.
    start = (
        "import sys; from behave.configuration import Configuration; from behave.runner import Runner; "
        f"sys.exit(Runner(Configuration([{str(ROOT / 'features')!r}, '--tags=@CHOICE-1', '--format=plain'])).run())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", start, "--an-option-of-its-own"],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "left behind: 0" in ended.stdout
    assert f"do that in {ROOT}" in ended.stdout


@pytest.mark.parametrize("program", [BEHAVE, ACCEPTANCE], ids=["behave", "make acceptance"])
def test_a_run_writes_where_it_is_told_to_and_nowhere_else(
    project: Path, tmp_path: Path, program: Sequence[str]
) -> None:
    before = {file for file in project.rglob("*") if "__pycache__" not in file.parts}
    finished = run(tmp_path / "told", "--tags=@CHOICE-1", root=project, program=program)
    assert finished.status == 0
    assert {file for file in project.rglob("*") if "__pycache__" not in file.parts} == before
    assert (tmp_path / "told" / "specification.html").exists()
