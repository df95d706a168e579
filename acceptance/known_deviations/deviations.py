"""Rules that a release is known to break, and what it does instead: ``features/known-deviations.toml``."""

import re
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import cells_of, run_step, runner_of, scenario_id, step_of
from acceptance.contract.releases import Range, Release
from acceptance.paths import FEATURES

FILE = FEATURES / "known-deviations.toml"

# What each severity means, the worst first.
SEVERITY_MEANINGS = {
    "high": "data is lost",
    "medium": "an answer is wrong or delayed",
    "low": "an answer is hard to understand",
}
SEVERITIES = tuple(SEVERITY_MEANINGS)
NOT_IN_THIS_RUN = "intermittent; it did not occur in this run"


@dataclass(frozen=True)
class KnownDeviation:
    """What a release does instead of what the Then steps of a scenario say.

    ``instead`` are steps. With ``at_times`` the deviation is intermittent, and ``occurred`` says whether it occurred in
    this run. ``issue`` links to RAGFlow's own issue. ``finding`` is the anchor of its section in ``docs/findings.md``,
    if it has one. ``client`` holds calls of RAGFlow's own Python client that break, and what happens instead.
    """

    severity: str
    instead: tuple[str, ...]
    why: str
    seen: str
    issue: str = ""
    at_times: bool = False
    occurred: bool = True
    finding: str = ""
    client: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def frequency(self) -> str:
        """What differs from a deviation that occurs in every run; empty if nothing does."""
        return "" if not self.at_times else "intermittent" if self.occurred else NOT_IN_THIS_RUN

    def __str__(self) -> str:
        kind = "; ".join(filter(None, (self.severity, self.frequency)))
        instead = f"{'instead' if self.occurred else 'at times, instead'}, {'; '.join(self.instead)}"
        return f"known deviation ({kind}): {instead}. {self.why} Seen: {self.seen}. {self.issue}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Deviation(KnownDeviation):
    """An entry of the file. ``instead`` may hold columns of the Examples; ``rows`` lists the cells that it covers.

    ``report`` is what ``docs/findings.md`` says of it and cannot derive from the scenario.
    ``charset`` restricts it to servers whose database connection has this character set.
    """

    scenario: str
    releases: str
    charset: str = ""
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)

    def covers_release(self, release: Release) -> bool:
        return release in Range(self.releases)

    def covers_charset(self, charset: str) -> bool:
        return self.charset in ("", charset)

    @property
    def condition(self) -> str:
        """Where it applies: ``until-0.24``, or ``from-0.18, utf8mb3``."""
        return ", ".join(filter(None, (self.releases, self.charset)))

    def covers_scenario(self, scenario: Any) -> bool:
        cells = cells_of(scenario)
        is_row = all(cells.get(column) in values for column, values in self.rows.items())
        return is_row and self.scenario == scenario_id(scenario)

    def for_row(self, cells: Mapping[str, str]) -> KnownDeviation:
        """Return the deviation of one row, with the row's cells instead of the columns."""
        steps = tuple(re.sub("<(.+?)>", lambda found: cells.get(found[1], found[0]), step) for step in self.instead)
        shared = (each.name for each in fields(KnownDeviation))
        return KnownDeviation(**{name: getattr(self, name) for name in shared} | {"instead": steps})


class Deviations:
    """The known deviations of one release, with one character set. The hooks call it after each step."""

    def __init__(self, release: Release, charset: str, file: Path = FILE) -> None:
        self._known = [each for each in read(file) if each.covers_release(release) and each.covers_charset(charset)]

    def of(self, scenario: Any) -> Deviation | None:
        return next((deviation for deviation in self._known if deviation.covers_scenario(scenario)), None)

    @property
    def summary(self) -> str:
        """The number of scenarios that deviate, in one line."""
        ids = {each.scenario for each in self._known}
        high = {each.scenario for each in self._known if each.severity == "high"}
        return f"known deviations of this release: {len(ids)}, {len(high)} of high severity"

    def check_step(self, context: Any, step: Any) -> None:
        """After the first failed Then, check whether the release did what is known of it.

        If so, the scenario is skipped. If not, the failure names the deviation, and the other Then steps run. A failed
        Given or When, or an error, ends the scenario: it says nothing about the rule. If all steps pass although there
        is a deviation, the last one fails. An intermittent deviation is known either way: totals must not change from
        run to run.
        """
        scenario = context.scenario
        *_, last = scenario.all_steps
        is_broken = step.status == Status.failed and step.step_type == "then"
        scenario.continue_after_failed_step = is_broken
        deviation = self.of(scenario) if is_broken or step is last else None
        if deviation is None or any(each.status == Status.failed for each in scenario.all_steps if each is not step):
            return
        if is_broken:
            _compare_with(deviation, context, step)
        elif step.status == Status.passed and deviation.at_times:
            known = replace(deviation.for_row(cells_of(scenario)), occurred=False)
            scenario.known_deviation, scenario.skip_reason = known, str(known)
        elif step.status == Status.passed:
            step.status = Status.failed
            step.exception = AssertionError(
                f"This rule holds now. Remove the entry of {deviation.scenario} for {deviation.condition} "
                f"from {FILE.name}, or narrow its releases."
            )


def _compare_with(deviation: Deviation, context: Any, step: Any) -> None:
    """Run the steps of the deviation, and set the result of the failed step accordingly."""
    known = deviation.for_row(cells_of(context.scenario))
    try:
        for instead in known.instead:
            run_step(runner_of(context).step_registry, step_of(instead, file=FILE.name), context)
    except AssertionError as difference:
        details = f"Of it, this does not hold: {instead}\n{str(difference).strip()}"
        step.exception.add_note(f"This is not the {known}\n{textwrap.indent(details, '  ')}")
    except Exception as error:
        step.status, step.exception = Status.error, error
        context.scenario.continue_after_failed_step = False
    else:
        step.status = Status.skipped
        context.scenario.known_deviation = known
        context.scenario.skip(str(known))


def read(file: Path = FILE) -> list[Deviation]:
    """Return all deviations of the file, in its order."""
    entries = tomllib.loads(file.read_text("utf-8")).get("deviation", [])
    return [Deviation(**entry | {"instead": tuple(entry["instead"]), "finding": _anchor(entry)}) for entry in entries]


def _anchor(entry: Mapping[str, Any]) -> str:
    """Return ``odd-16-two-nulls`` for the row "two nulls" of ODD-16; empty for an entry without a report."""
    words = [entry["scenario"], *(cell for cells in entry.get("rows", {}).values() for cell in cells)]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()) if "report" in entry else ""
