"""The specification against every release that was recorded: it is found out, and it is green."""

from pathlib import Path

import pytest

from tests.acceptance.embedded_process import running
from tests.specification.runs import run

# A server of the release on the left is found out as the one on the right: no answer tells 0.18 from 0.20.
FOUND_OUT = {
    "0.18.0": "0.18",
    "0.20.5": "0.18",
    "0.22.1": "0.22.1",
    "0.23.0": "0.23",
    "0.24.0": "0.24",
    "0.25.0": "0.25",
    "0.26.4": "0.26",
    "0.27.0": "0.27",
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


@pytest.mark.parametrize("release", ["0.18", "v0.22.0", "0.23", "0.24.0", "0.26", "v0.27.0"])
def test_the_embedded_server_takes_the_release_of_the_setting(release: str, tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@smoke", "-D", f"release={release}")
    assert finished.status == 0, finished.out
    assert f"release {release.removeprefix('v')}, contract" in finished.out


def test_a_setting_that_the_server_contradicts_is_warned_of(tmp_path: Path) -> None:
    with running("0.24") as server:
        finished = run(tmp_path, "--tags=@CHOICE-7", settings={**server.settings, "RAGFLOW_RELEASE": "0.20"})
    assert "WARNING: RAGFLOW_RELEASE (or -D release=...) says 0.20, but the server looks like 0.24" in finished.out
