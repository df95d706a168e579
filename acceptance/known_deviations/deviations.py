"""Rules that a release is known to break, and what it does instead: ``features/known-deviations.toml``."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import cells_of, run_step, scenario_id, step_of, step_registry_of
from acceptance.contract.releases import Range, Release
from acceptance.paths import FEATURES

FILE = FEATURES / "known-deviations.toml"


# What each severity means; the worst comes first.
SEVERITY_MEANINGS = {
    "high": "data is lost",
    "medium": "an answer is not true",
    "low": "an answer is hard to understand",
}
SEVERITIES = tuple(SEVERITY_MEANINGS)


@dataclass(frozen=True)
class KnownDeviation:
    """What a release is known to do instead of what a scenario says, in the words of the features."""

    severity: str
    instead: tuple[str, ...]
    why: str
    seen: str
    issue: str = ""
    at_times: bool = False

    def __str__(self) -> str:
        """It in one line."""
        issue = f" {self.issue}" if self.issue else ""
        instead = "; ".join(self.instead)
        return f"known deviation ({self.severity}): instead, {instead}. {self.why} Seen: {self.seen}.{issue}"


@dataclass(frozen=True)
class Deviation:
    """What happens in these releases instead of what the Thens of the scenario say.

    ``instead`` are steps of the features, which may hold the columns of the Examples; ``rows`` names a column
    and those of its cells for which the entry is (none: it is for every row). Where it happens ``at_times``
    only, the scenario may pass as well. ``issue`` is where RAGFlow itself speaks of it.
    """

    scenario: str
    releases: str
    instead: Sequence[str]
    why: str
    seen: str
    severity: str
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    at_times: bool = False
    issue: str = ""

    def covers_release(self, release: Release) -> bool:
        return release in Range(self.releases)

    def covers_scenario(self, scenario: Any) -> bool:
        if self.scenario != scenario_id(scenario):
            return False
        cells = cells_of(scenario)
        return all(cells.get(column) in values for column, values in self.rows.items())

    def for_row(self, cells: Mapping[str, str]) -> KnownDeviation:
        """It, with the cells of the row in the place of their columns."""
        return KnownDeviation(self.severity, tuple(self._steps(cells)), self.why, self.seen, self.issue, self.at_times)

    def _steps(self, cells: Mapping[str, str]) -> Iterator[str]:
        for step in self.instead:
            for column, cell in cells.items():
                step = step.replace(f"<{column}>", cell)
            yield step


class Deviations:
    """The deviations of one release, and what the hooks make of a step and a scenario."""

    def __init__(self, release: Release, file: Path = FILE) -> None:
        self._file = file
        self._known = [deviation for deviation in read(file) if deviation.covers_release(release)]

    def of(self, scenario: Any) -> Deviation | None:
        return next((deviation for deviation in self._known if deviation.covers_scenario(scenario)), None)

    @property
    def in_short(self) -> str:
        """How many there are, by scenario, in a line."""
        ids = {each.scenario for each in self._known}
        serious = {each.scenario for each in self._known if each.severity == "high"}
        return f"known deviations of this release: {len(ids)}, {len(serious)} of them serious (severity high)"

    def judge(self, context: Any, step: Any) -> None:
        """Behind the first Then that does not hold, see whether what happened is a known deviation.

        Only that, to its last step, is excused. Otherwise the further Thens are looked at as well, and the
        failure is told with what was known to happen; an error in finding out stays an error. A Given or a
        When that failed, and any error, has taught nothing about the rule: it ends the scenario. Where every
        Then holds although it is said not to, the last one fails.
        """
        scenario = context.scenario
        *earlier, last = scenario.all_steps
        broken = step.status == Status.failed and step.step_type == "then"
        scenario.continue_after_failed_step = broken
        deviation = self.of(scenario) if broken or step is last else None
        if deviation is None or any(each.status == Status.failed for each in [*earlier, last] if each is not step):
            return
        if broken:
            _excuse(context, step, deviation)
        elif step is last and step.status == Status.passed and not deviation.at_times:
            step.status = Status.failed
            step.exception = AssertionError(
                f"This rule holds now. Remove the entry of {deviation.scenario} for {deviation.releases} "
                f"from {self._file.name}, or narrow its releases."
            )


def _excuse(context: Any, step: Any, deviation: Deviation) -> None:
    """End the scenario as a known deviation, if it is that one."""
    known = deviation.for_row(cells_of(context.scenario))
    try:
        for instead in known.instead:
            run_step(step_registry_of(context), step_of(instead, file=FILE.name), context)
    except AssertionError as difference:
        step.exception.add_note(f"This is not the {known}\n{_indented(difference)}")
    except Exception as error:
        step.status, step.exception = Status.error, error
        context.scenario.continue_after_failed_step = False
    else:
        step.status = Status.skipped
        context.scenario.known_deviation = known
        context.scenario.skip(str(known))


def read(file: Path = FILE) -> list[Deviation]:
    """All deviations of the file, in its order."""
    return [Deviation(**entry) for entry in tomllib.loads(file.read_text("utf-8")).get("deviation", [])]


def _indented(difference: AssertionError) -> str:
    return "\n".join(f"  {line}" for line in str(difference).strip().splitlines())
