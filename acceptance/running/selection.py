"""Which scenarios of a run are executed, and how to repeat one of them."""

import shlex
import sys
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from acceptance.behave_adapter import remove_scenarios, scenario_id, scenarios_of
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun
from acceptance.paths import FEATURES
from acceptance.reports import Reports
from acceptance.reports.from_behave import selected_scenarios
from acceptance.reports.results import Verdict, plural
from acceptance.running.settings import Settings
from acceptance.terminal import print_line

# The tags of scenarios that run only if the command line names them.
ON_REQUEST = {"huge", "explore"}


def select(
    features: list[Any], config: Any, release: Release, reports: Reports, impossible: Mapping[str, str]
) -> list[Any]:
    """Keep only the scenarios for this release, and skip those with an ``impossible`` tag, for the reason under it.

    Return those that will run. ``features`` is behave's own list. Raise CannotRun if none is left: behave counts a run
    without scenarios as a success.
    """
    expression = config.tag_expression.to_string()
    if "~" in expression:
        raise CannotRun("Tags of the form ~@TAG are not supported: write --tags='not @TAG'.")

    def lacks_request(scenario: Any) -> bool:
        """Whether the scenario runs only on request, and the command line names neither its tag nor its id."""
        tags = ON_REQUEST.intersection(scenario.effective_tags)
        return bool(tags) and not any(tag in expression for tag in (*tags, scenario_id(scenario)))

    def selected() -> list[Any]:
        return [scenario for feature in features for scenario, _ in selected_scenarios(feature, config)]

    reports.features_not_named = len(list(FEATURES.glob("*.feature"))) - len(features)
    # By identity: to behave, two rows of the same name are equal.
    requested = {id(scenario) for scenario in selected() if not lacks_request(scenario)}
    for scenario, rule in _remove(features, lambda each: release not in Range.from_tags(each.effective_tags)):
        if id(scenario) in requested:
            releases = Range.from_tags(scenario.effective_tags).in_words
            reports.add_unrun(scenario, rule, Verdict.NOT_APPLICABLE, f"it is for other releases: {releases}")
    read = sum(len(list(scenarios_of(feature))) for feature in features)
    _remove(features, lacks_request)
    reports.not_selected = read - len(selected())
    for tag, reason in impossible.items():
        skipped = [each for each in selected() if tag in each.effective_tags and not each.should_skip]
        for scenario in skipped:
            # behave's own way to skip a scenario writes to the log.
            scenario.should_skip, scenario.skip_reason = True, f"not run: {reason}"
        if skipped:
            print_line(f"not run: {plural(len(skipped), 'scenario')} with @{tag}, because {reason}")
    chosen = [each for each in selected() if not each.should_skip]
    reports.scenarios = len(chosen)
    if not chosen:
        raise CannotRun("No scenario is selected. Check the tags, names and paths on the command line.")
    return chosen


def _remove(features: list[Any], is_unwanted: Callable[[Any], bool]) -> list[tuple[Any, str]]:
    """Hide scenarios from behave. Return each with the name of its rule."""
    removed = [each for feature in features for each in remove_scenarios(feature, is_unwanted)]
    features[:] = [feature for feature in features if feature.run_items]
    return removed


def command_for(scenario: Any, release: str, settings: Settings) -> str:
    """Return the command that runs a scenario again, in the way in which this run was started. It holds no keys."""
    defines = [f"release={release}"]
    # The other settings of a worker are those of its parent, which names the command.
    for name in ("url", "charset", "shared_tenant", "insecure"):
        if (value := getattr(settings, name)) not in (None, "no"):
            defines.append(f"{name}={value}")
    chosen = [str(scenario.location), *chain.from_iterable(("-D", define) for define in defines)]
    if ON_REQUEST.intersection(scenario.effective_tags):
        chosen.append(f"--tags=@{scenario_id(scenario)}")
    if "explore" in scenario.effective_tags:
        chosen += ["-D", f"stories={settings.stories}", "-D", f"seed={settings.seed}"]
    arguments = shlex.join(chosen)
    program = Path(sys.argv[0])
    if program.parts[-2:] == ("acceptance", "__main__.py"):
        return f'make acceptance ARGS="{arguments}"'
    return f"{program if program.name == 'behave' else 'behave'} {arguments}"
