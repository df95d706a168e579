"""The specification against every release that was recorded: it is found out, it is green, and it is documented."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from behave.parser import parse_file

from acceptance.behave_adapter import cells_of, scenario_id, scenarios_of
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations import deviations
from acceptance.paths import ROOT
from acceptance.ragflow.charsets import FOUR_BYTES, THREE_BYTES
from acceptance.releases import DOCUMENT, SWITCH
from acceptance.reports.overview import columns
from acceptance.reports.record import read
from acceptance.reports.release_table import answer_to_switch, cells_of_run, is_as_documented, release_table
from acceptance.reports.results import Result, RunResult, Step, Target, Verdict
from acceptance.running.selection import ON_REQUEST
from tests.support.runs import run
from tests.support.servers import embedded_server

# The scenarios of a run of the whole specification, each with the name of its rule.
RUN = [
    (scenario, rule)
    for file in sorted(ROOT.glob("features/*.feature"))
    for scenario, rule in scenarios_of(parse_file(str(file)))
    if ON_REQUEST.isdisjoint(scenario.effective_tags)
]
FEATURES = {scenario.feature.name for scenario, _ in RUN}

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
    "0.27.0-go": "0.27.0-go",
}

# what is set: what the run says it is
SET = {
    "v0.22.0": "release 0.22.0, contract 0.18",
    "0.22": "release 0.22.1, contract 0.22.1",
    "0.26": "release 0.26.4, contract 0.25",
    "v0.27": "release 0.27.0, contract 0.27",
    "0.27-go": "release 0.27.0-go, contract 0.27-go",
}


@pytest.mark.parametrize("release", FOUND_OUT)
def test_a_release_is_found_out_keeps_to_its_contract_and_is_documented(release: str, tmp_path: Path) -> None:
    record = tmp_path / "run.json"
    with embedded_server(release) as server:
        finished = run(tmp_path / "reports", "-D", f"record={record}", settings=server.settings)
        assert server.assistants() == []
    assert finished.status == 0, finished.out
    assert f"detected release {FOUND_OUT[release]}: " in finished.out
    deviating = {case.id for case in finished.cases if case.verdict == "skipped"}
    summary = finished.out.rpartition("left behind: 0")[2]
    assert "known deviation" in summary
    assert all(f"  {id} " in summary for id in deviating)
    assert {case.verdict for case in finished.cases} == {"passed", "skipped"}
    found = read(record)
    assert is_as_documented(found)
    # Whatever is for another release is told so; nothing else is left out.
    run_here = [each for each in found.results if each.verdict is not Verdict.NOT_APPLICABLE]
    for_it = [each for each, _ in RUN if Release.named(release) in Range.from_tags(each.effective_tags)]
    assert len(run_here) == len(for_it)
    assert len(found.results) == len(RUN)
    assert cells_of_run(found) == documented(release)


# The scenarios whose outcome depends on the character set of the database connection, and a few stories.
ABOUT_CHARACTERS = {"EXPLORE-2", "KIND-1", "KIND-2", *(each.scenario for each in deviations.read() if each.charset)}


@pytest.mark.parametrize("release", ["0.20.5", "0.27.0"])
def test_a_server_that_stores_emoji_is_detected_and_keeps_the_rules(release: str, tmp_path: Path) -> None:
    record = tmp_path / "run.json"
    tags = " or ".join(f"@{id}" for id in sorted(ABOUT_CHARACTERS))
    finished = run(
        tmp_path, f"--tags={tags}", "-D", f"record={record}", "-D", f"release={release}", "-D", "charset=utf8mb4"
    )
    assert finished.status == 0, finished.out
    assert "\ndatabase: stores emoji\n" in finished.out
    deviating = {each.id for each in read(record).results if each.known}
    assert deviating == {each.scenario for each in deviations.read() if each.charset == FOUR_BYTES}


def documented(release: str) -> dict[tuple[str, str], str]:
    """The column of the document for a release: what it shows of each rule."""
    shown: dict[tuple[str, str], str] = {}
    feature = ""
    for line in DOCUMENT.read_text("utf-8").splitlines():
        title, *columns = cells(line)
        if line.startswith("| rule | "):
            number = number_for(release, columns)
        elif title.strip("*") in FEATURES:
            feature = title.strip("*")
        elif feature and line.startswith("| "):
            shown[feature, title] = columns[number]
    return shown


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split(" |")]


def number_for(release: str, titles: Sequence[str]) -> int:
    """The number of the column for a release, by the words above it, like ``0.18 to 0.22.0``."""
    [number] = [number for number, title in enumerate(titles) if Release.named(release) in range_of(title)]
    return number


def range_of(title: str) -> Range:
    first, is_range, last = title.partition(" to ")
    words = f"from-{first} until-{last}" if is_range else f"only-{first}"
    return Range(words if "go" in title else f"{words} not-go")


def test_the_document_says_what_the_features_and_the_known_deviations_say() -> None:
    """Also below the table: what is written of runs that did just that is what stands there."""
    known = deviations.read()
    runs = [as_it_is_known(release, known) for release in columns().values()]
    assert DOCUMENT.read_text("utf-8") == release_table(runs), "renew it with: make releases"
    # Of the answer, it shows what does not depend on the wording of answers.
    *lines, _number_of_unchanged_rules = answer_to_switch(runs).splitlines()
    assert set(lines) <= set(SWITCH.read_text("utf-8").splitlines()), "renew it with: make releases"


def as_it_is_known(release: Release, known: Sequence[deviations.Deviation]) -> RunResult:
    """The run of a release, with RAGFlow's default character set, that does what is said of it, and nothing else."""
    here = [one for one in known if one.covers_release(release) and one.covers_charset(THREE_BYTES)]
    results = [_as_it_is_known(*each, release, here) for each in RUN]
    target = Target("the embedded RAGFlow", str(release), "as which the server was started", "")
    return RunResult("2026-11-25T12:00:00+00:00", 0.0, "", "", target, results=tuple(results))


def _as_it_is_known(scenario: Any, rule: str, release: Release, known: Sequence[deviations.Deviation]) -> Result:
    broken = [one.for_row(cells_of(scenario)) for one in known if one.covers_scenario(scenario)]
    result = Result(
        id=scenario_id(scenario),
        # behave names a row as behave.ini says only where it has read that.
        name=scenario.name.partition(" -- @")[0],
        rule=rule,
        location=str(scenario.location),
        repeat="",
        verdict=Verdict.DEVIATES if broken else Verdict.PASSED,
        seconds=0.0,
        headline="",
        text="",
        feature=scenario.feature.name,
        known=broken[0] if broken else None,
        steps=tuple(Step(f"{step.keyword} {step.name}", Verdict.PASSED, 0.0) for step in scenario.all_steps),
    )
    applies = release in Range.from_tags(scenario.effective_tags)
    return result if applies else replace(result, verdict=Verdict.NOT_APPLICABLE, known=None)


@pytest.mark.parametrize(("release", "told"), SET.items())
def test_the_embedded_server_takes_the_release_of_the_setting(release: str, told: str, tmp_path: Path) -> None:
    finished = run(tmp_path, "--tags=@smoke", "-D", f"release={release}")
    assert finished.status == 0, finished.out
    assert f"the embedded RAGFlow, {told}\n" in finished.out


def test_a_setting_that_the_server_contradicts_is_warned_of(tmp_path: Path) -> None:
    with embedded_server("0.24") as server:
        finished = run(tmp_path, "--tags=@CHOICE-7", settings={**server.settings, "RAGFLOW_RELEASE": "0.20"})
    assert "WARNING: RAGFLOW_RELEASE (or -D release=...) is 0.20.5, but the server looks like 0.24.0" in finished.out


def test_a_release_that_is_not_known_yet_is_held_to_the_newest_contract(tmp_path: Path) -> None:
    with embedded_server("0.27") as server:
        finished = run(tmp_path, "--tags=@smoke or @CHOICE-12", "-D", "release=0.28", settings=server.settings)
    assert finished.status == 0, finished.out
    [warning] = [line for line in finished.out.splitlines() if line.startswith("WARNING")]
    assert warning.startswith("WARNING: 0.28 is newer than all known releases")
    assert "contract of 0.27" in warning
    assert "release 0.28, contract 0.27\n" in finished.out
    assert {case.verdict for case in finished.cases} == {"passed"}
    assert "CHOICE-12" in {case.id for case in finished.cases}
