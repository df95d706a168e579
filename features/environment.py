"""Hooks: the settings, the target, what a scenario starts with, and what is removed behind it."""

import os
from functools import partial

from acceptance.contract.contract import contract_of
from acceptance.contract.shapes import check_shape
from acceptance.rules.applicability import applies
from acceptance.rules.deviations import Deviations
from acceptance.running.detection import choose_release
from acceptance.running.run import Run
from acceptance.running.settings import Settings, called
from acceptance.running.target import reach
from acceptance.sandbox.workspace import Workspace


def before_all(context):
    run = context.run = Run(context)
    with run.beginning():
        settings = Settings.read(os.environ, context.config.userdata)
        target = context.target = run.enter_context(reach(settings))
        context.workspace = run.enter_context(Workspace(target.ragflow, run.interruption.held))
        release = choose_release(target, context.workspace)
        context.contract = contract_of(release)
        context.deviations = Deviations(release)
        target.check_every_answer(partial(check_shape, context.contract.schema))
        print(f"{target.description}, release {release}, contract {context.contract.line}")
        choose_scenarios(run, target, release)


def choose_scenarios(run, target, release):
    run.keep_scenarios(lambda scenario: applies(scenario.effective_tags, release))
    if not run.asks_for("huge"):
        run.keep_scenarios(lambda scenario: "huge" not in scenario.effective_tags)
    if target.other is None:
        run.leave_out("tenants", reason=f"{called('other_api_key')} is not set")


def before_scenario(context, scenario):
    context.exchanges = scenario.exchanges = []


def after_step(context, step):
    context.deviations.excuse(context.scenario, step)


def after_scenario(context, scenario):
    context.workspace.clear()
    context.deviations.check_still_there(scenario)


def after_all(context):
    context.run.close()
