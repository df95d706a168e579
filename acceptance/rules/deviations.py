"""Rules that a release is known to break: ``features/known-deviations.toml``."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.model_type import Status
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from acceptance.rules.scenarios import scenario_id

FILE = Path(__file__).parents[2] / "features" / "known-deviations.toml"


@dataclass(frozen=True)
class Deviation:
    """What happens in these releases instead of what the scenario says; each of ``releases`` is a range.

    ``shows`` are words that the failure holds: one that looks otherwise is not excused. Where it
    happens ``at_times`` only, the scenario may pass as well.
    """

    scenario: str
    releases: Sequence[str]
    what: str
    seen: str
    severity: str
    shows: Sequence[str]
    at_times: bool = False

    def is_of(self, release: Version) -> bool:
        return any(release in SpecifierSet(releases) for releases in self.releases)

    def is_that(self, failure: str) -> bool:
        return all(words in failure for words in self.shows)

    def __str__(self) -> str:
        return f"known deviation ({self.severity}): {self.what} Seen: {self.seen}."


class Deviations:
    """The deviations of one release, and what the hooks make of a step and a scenario."""

    def __init__(self, release: Version, file: Path = FILE) -> None:
        self._file = file
        self._of_scenario = {deviation.scenario: deviation for deviation in read(file) if deviation.is_of(release)}

    def excuse(self, scenario: Any, step: Any) -> None:
        """Where the step failed in the known way, end the scenario as a known deviation.

        Only a failed assertion is excused: an error has taught nothing about the rule.
        """
        deviation = self._of_scenario.get(scenario_id(scenario))
        if deviation and step.status == Status.failed and deviation.is_that(str(step.exception)):
            step.status = Status.skipped
            scenario.skip(str(deviation))

    def check_still_there(self, scenario: Any) -> None:
        """AssertionError, which names the entry, where a scenario holds that is said not to."""
        deviation = self._of_scenario.get(scenario_id(scenario))
        passed = all(step.status == Status.passed for step in scenario.all_steps)
        if deviation and passed and not deviation.at_times:
            raise AssertionError(
                f"this rule holds now. Remove the entry of {deviation.scenario} for {' or '.join(deviation.releases)} "
                f"from {self._file.name}, or narrow its releases."
            )


def read(file: Path = FILE) -> list[Deviation]:
    """All deviations of the file, in its order."""
    return [Deviation(**entry) for entry in tomllib.loads(file.read_text("utf-8"))["deviation"]]
