"""What is left to chance in a run, told as it is known: so that two runs differ only where two releases do."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from acceptance.behave_adapter import cells_of, read_scenarios
from acceptance.contract.releases import Release
from acceptance.known_deviations.deviations import Deviation
from acceptance.reports.results import Result, RunResult, Verdict


def settled(run: RunResult, deviations: Sequence[Deviation]) -> RunResult:
    """The run with every deviation that its release shows at times only, also where it did not show it this time."""
    release = Release.named(run.target.release) if run.target else None
    at_times = [each for each in deviations if release and each.at_times and each.covers_release(release)]
    return replace(run, results=tuple(_settled(result, at_times) for result in run.results))


def _settled(result: Result, at_times: Sequence[Deviation]) -> Result:
    if result.verdict is not Verdict.PASSED or not at_times:
        return result
    scenario = scenarios()[place_of(result.location)]
    known = [each.for_row(cells_of(scenario)) for each in at_times if each.covers_scenario(scenario)]
    return replace(result, verdict=Verdict.DEVIATES, known=known[0]) if known else result


@cache
def scenarios() -> dict[str, Any]:
    """Every scenario of the features as behave reads it, by its place."""
    return {place_of(str(scenario.location)): scenario for scenario in read_scenarios()}


def place_of(location: str) -> str:
    """File and line, wherever the features are looked at from."""
    return Path(location).name
