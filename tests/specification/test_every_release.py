"""The specification against every release that was recorded: it is found out, and it is green."""

from pathlib import Path

import pytest

from tests.acceptance.embedded_process import running
from tests.specification.runs import run

# A server of the release on the left is found out as the one on the right: no answer tells 0.18 from 0.20,
# nor one patch of 0.25 from another.
FOUND_OUT = {
    "0.18.0": "0.18.0 to 0.22.0",
    "0.20.5": "0.18.0 to 0.22.0",
    "0.22.1": "0.22.1",
    "0.23.0": "0.23.1",
    "0.24.0": "0.24.0",
    "0.25.0": "0.25.6",
    "0.26.4": "0.26.4",
    "0.27.0": "0.27.0",
}

# what is set: what the run says it is
SET = {
    "v0.22.0": "release 0.22.0, contract 0.18",
    "0.22": "release 0.22.1, contract 0.22.1",
    "0.26": "release 0.26.4, contract 0.25",
    "v0.27": "release 0.27.0, contract 0.27",
}


@pytest.mark.parametrize("release", FOUND_OUT)
def test_a_release_is_found_out_and_keeps_to_its_contract(release: str, tmp_path: Path) -> None:
    with running(release) as server:
        finished = run(tmp_path, "--tags=not @scale", settings=server.settings)
        assert server.assistants() == []
    assert finished.status == 0, finished.out
    assert f"found out the release {FOUND_OUT[release]}: " in finished.out
    deviating = {case.id for case in finished.cases if case.verdict == "skipped"}
    summary = finished.out.rpartition("left behind: 0")[2]
    assert "known deviation" in summary
    assert all(f"  {id} " in summary for id in deviating)
    assert {case.verdict for case in finished.cases} == {"passed", "skipped"}


@pytest.mark.parametrize(("release", "told"), SET.items())
def test_the_embedded_server_takes_the_release_of_the_setting(release: str, told: str, tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@smoke", "-D", f"release={release}")
    assert finished.status == 0, finished.out
    assert f"the embedded RAGFlow, {told}\n" in finished.out


def test_a_setting_that_the_server_contradicts_is_warned_of(tmp_path: Path) -> None:
    with running("0.24") as server:
        finished = run(tmp_path, "--tags=@CHOICE-7", settings={**server.settings, "RAGFLOW_RELEASE": "0.20"})
    assert "WARNING: RAGFLOW_RELEASE (or -D release=...) says 0.20.5, but the server looks like 0.24.0" in finished.out


def test_a_release_that_is_not_known_yet_is_held_to_the_newest_contract(tmp_path: Path) -> None:
    with running("0.27") as server:
        finished = run(tmp_path, "--tags=@smoke or @CHOICE-12", "-D", "release=0.28", settings=server.settings)
    assert finished.status == 0, finished.out
    [warning] = [line for line in finished.out.splitlines() if line.startswith("WARNING")]
    assert warning.startswith("WARNING: 0.28 is newer than every release that is known")
    assert warning.endswith("held to the contract of 0.27")
    assert "release 0.28, contract 0.27\n" in finished.out
    assert {case.verdict for case in finished.cases} == {"passed"}
    assert "CHOICE-12" in {case.id for case in finished.cases}
