"""Hooks: the settings, the target, what a scenario starts with, and what is removed behind it."""

import os
import sys
from functools import partial
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11 ...")

# behave may be started anywhere, and by programs that do not put the project on the path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acceptance import interruption
from acceptance.contract.contract import contract_of
from acceptance.contract.shapes import check_shape
from acceptance.known_deviations.deviations import Deviations
from acceptance.notation.sessions import register_types
from acceptance.reports.results import Target
from acceptance.running.detection import choose_release
from acceptance.running.run import Run
from acceptance.running.runner import begin
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import open_target
from acceptance.sandbox.sender import Sender
from acceptance.terminal import print_line

begin()
register_types()


def before_all(context):
    run = context.run = Run(context)
    with run.beginning():
        settings = Settings.read(os.environ, context.config.userdata)
        context.keep_failed = settings.keep == "failed"
        context.stories, context.seed = settings.stories, settings.seed
        target = context.target = run.enter_context(open_target(settings))
        run.mention_leftovers(target.ragflow)
        context.sandbox = run.enter_context(run.sandbox_on(target.ragflow))
        release, known_by = choose_release(target, context.sandbox)
        context.release, context.contract = release, contract_of(release)
        context.deviations = Deviations(release)
        target.check_every_answer(partial(check_shape, context.contract.schema))
        run.has_reached(Target(target.description, str(release), known_by, context.contract.line))
        print_line(context.deviations.in_short)
        left_out = {} if target.other else {"without": "tenants", "reason": f"{name_of('other_api_key')} is not set"}
        run.choose_scenarios(release, **left_out)
        run.explore(settings.stories, settings.seed)
        run.run_side_by_side(settings.parallel, target.ragflow.gate)
        run.estimate(target.seconds)


def before_scenario(context, scenario):
    context.sender = Sender(context.sandbox)
    scenario.exchanges, scenario.display_names = context.sender.exchanges, context.sandbox.display_names
    scenario.repeat = context.run.command_for(scenario)


def after_step(context, step):
    context.deviations.judge(context, step)
    context.run.look_around(context, step)


def after_scenario(context, scenario):
    try:
        context.run.clear_behind(context)
    finally:
        context.run.end_where_nobody_answers(context)


def after_all(context):
    context.run.close()
    interruption.ignore_signals()
