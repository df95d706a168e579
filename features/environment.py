"""Hooks: prepare the run, start each scenario, and clean up after it."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11 ...")

# behave may be started anywhere, and by programs that do not put the project on the path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acceptance.interruption import ignore_signals
from acceptance.matchers.late_deletions import LateDeletions
from acceptance.notation.sessions import register_types
from acceptance.running.preparation import prepare
from acceptance.running.run import Run
from acceptance.running.runner import begin
from acceptance.sandbox.sender import Sender

begin()
register_types()


def before_all(context):
    context.run = Run(context)
    context.late_deletions = LateDeletions()
    prepare(context.run, context)


def before_scenario(context, scenario):
    context.sender = Sender(context.sandbox, context.contract)
    scenario.exchanges, scenario.display_names = context.sender.exchanges, context.sandbox.display_names
    scenario.repeat = context.command_for(scenario)


def after_step(context, step):
    context.deviations.check_step(context, step)
    context.late_deletions.check_step(context, step)
    context.run.check_tenant(context, step)


def after_scenario(context, scenario):
    try:
        context.run.clear_scenario(context)
    finally:
        context.run.check_connection(context)


def after_all(context):
    context.run.close()
    ignore_signals()
