"""What happens before the first scenario: the target, its release, and the selection of scenarios."""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

from acceptance.behave_adapter import runner_of
from acceptance.contract.contract import contract_of, read_release
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun
from acceptance.known_deviations.deviations import Deviations
from acceptance.reports.results import Target as ReportedTarget
from acceptance.running.detection import ChosenRelease, choose_release, detect_charset
from acceptance.running.leftovers import mention_leftovers
from acceptance.running.parallel import ParallelScenarios
from acceptance.running.run import Run
from acceptance.running.selection import command_for, select
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import Target, open_target
from acceptance.running.valid_keys import ValidKeys
from acceptance.running.worker import Parent
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.team import Team
from acceptance.stories import MAX_STEPS, MAX_STORY_REQUESTS, TYPICAL_STORY_REQUESTS
from acceptance.terminal import print_line

# Average of the scenarios without those of scale.
REQUESTS_OF_A_SCENARIO = 14

# The releases in which scenarios change a team. Earlier ones were not tried.
WITH_TEAMS = Range("from-0.27")


def prepare(run: Run, context: Any) -> None:
    """Put on the context what hooks and steps need. Raise CannotRun if there is nothing to run, or no RAGFlow."""
    try:
        _prepare(run, context, Settings.read(os.environ, context.config.userdata))
    except Exception as trouble:
        # behave would not report it to JUnit, and go on.
        raise CannotRun(f"{type(trouble).__name__}: {trouble}") from trouble


def _prepare(run: Run, context: Any, settings: Settings) -> None:
    """Prepare the run. The parent of a worker has chosen the release and the scenarios."""
    parent = Parent() if settings.worker else None
    target = run.enter_context(open_target(settings))
    context.target = target
    context.sandbox = run.enter_context(run.open_sandbox(target, settings))
    if parent:
        chosen = ChosenRelease(read_release(settings.release or ""), "")
        context.sandbox.charset, database = settings.charset or "", ""
    else:
        mention_leftovers(target.ragflow, settings)
        chosen = choose_release(target, context.sandbox)
        context.sandbox.charset, database = detect_charset(context.sandbox)
    release = chosen.release
    context.keep_failed = settings.keep == "failed"
    context.stories, context.seed, context.shrink = settings.stories, settings.seed, settings.shrink
    context.release, context.contract = release, contract_of(release)
    context.deviations = Deviations(release, context.sandbox.charset)
    run.valid_keys = ValidKeys(target.owners, context.contract)
    target.check_every_answer(run.valid_keys.check)
    context.command_for = partial(command_for, release=str(release), settings=settings)
    run.reports.target = ReportedTarget(
        target.description, str(release), chosen.known_by, context.contract.line, database, chosen.differences
    )
    if parent:
        run.parent = parent
        parent.report(runner_of(context).features)
        runner_of(context).formatters.clear()
        return
    print_line(f"{target.description}, release {release}, contract {context.contract.line}")
    if note := target.ragflow.server.cookies.note:
        print_line(note)
    print_line(f"database: {database}")
    print_line(context.deviations.summary)
    impossible = impossible_scenarios(target, context.sandbox, release)
    scenarios = select(runner_of(context).features, context.config, release, run.reports, impossible)
    announce_costs(scenarios, settings, target.seconds)
    if settings.parallel > 1:
        workers = ParallelScenarios(
            scenarios,
            settings.parallel,
            run=context.sandbox.run,
            settings=_settings_of_workers(settings, target, str(release), context.sandbox),
            end=run.end_because,
            command_for=context.command_for,
        )
        run.workers = run.enter_context(closing(workers))


def impossible_scenarios(target: Target, sandbox: Sandbox, release: Release) -> dict[str, str]:
    """Return the tags of scenarios that cannot run, and why. Give the sandbox a team if scenarios may change it."""
    if not target.other:
        return {"tenants": f"{name_of('other_api_key')} is not set"}
    if release in WITH_TEAMS:
        sandbox.team = Team.find(target.ragflow, target.other)
    if sandbox.team:
        return {}
    return {"teams": "they may send an e-mail, and not both users have addresses that 'make tenants' uses by default"}


def _settings_of_workers(settings: Settings, target: Target, release: str, sandbox: Sandbox) -> Settings:
    own, other = (owner.credentials.secrets[0] if owner else None for owner in (target.ragflow, target.other))
    server = target.ragflow.server
    settings = replace(settings, url=target.ragflow.url, api_key=own, other_api_key=other, release=release, parallel=1)
    removes_by_id = "yes" if sandbox.guard.removes_by_id else "no"
    settings = replace(settings, charset=sandbox.charset, removes_by_id=removes_by_id)
    file = server.throttle.file if server.throttle else None
    return replace(settings, throttle=file, start_command=server.start_command)


def announce_costs(scenarios: Sequence[Any], settings: Settings, seconds: float) -> None:
    """Print what random stories cost, and how long the run may take if an answer takes that many seconds."""
    requests = len(scenarios) * REQUESTS_OF_A_SCENARIO
    if any("explore" in scenario.effective_tags for scenario in scenarios):
        usual, most = (settings.stories * each for each in (TYPICAL_STORY_REQUESTS, MAX_STORY_REQUESTS))
        requests += usual
        count = "1 story" if settings.stories == 1 else f"{settings.stories:,} stories"
        print_line(
            f"exploring: {count} of up to {MAX_STEPS} steps, seed {settings.seed}: some {usual:,} requests and at most "
            f"{most:,}; one that fails is shortened for up to {settings.shrink} s ({name_of('shrink')})"
        )
    minutes = requests * seconds / settings.parallel / 60
    if minutes > 1:
        print_line(f"an answer takes {seconds:.2f} s here, so this run may take some {minutes:.0f} minutes")
