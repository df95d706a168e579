"""Hooks: the settings, the target, what a scenario starts with, and what is removed behind it."""

import os
from functools import partial

from acceptance.contract.contract import contract_of
from acceptance.contract.releases import Range
from acceptance.contract.shapes import check_shape
from acceptance.language import sessions  # noqa: F401  # the types of the steps
from acceptance.reports.announcer import announce
from acceptance.rules.deviations import Deviations
from acceptance.running.detection import choose_release
from acceptance.running.run import Run
from acceptance.running.settings import Settings, name_of
from acceptance.running.target import reach
from acceptance.sandbox.sender import Sender


def before_all(context):
    run = context.run = Run(context)
    with run.beginning():
        settings = Settings.read(os.environ, context.config.userdata)
        target = context.target = run.enter_context(reach(settings))
        context.sandbox = run.enter_context(run.sandbox_on(target.ragflow))
        release = choose_release(target, context.sandbox)
        context.contract = contract_of(release)
        context.deviations = Deviations(release)
        target.check_every_answer(partial(check_shape, context.contract.schema))
        announce(f"{target.description}, release {release}, contract {context.contract.line}")
        choose_scenarios(run, target, release)


def choose_scenarios(run, target, release):
    run.keep_scenarios(lambda scenario: release in Range.of_tags(scenario.effective_tags))
    if not run.asks_for("huge"):
        run.keep_scenarios(lambda scenario: "huge" not in scenario.effective_tags)
    if target.other is None:
        run.leave_out("tenants", reason=f"{name_of('other_api_key')} is not set")


def before_scenario(context, scenario):
    context.sender = Sender(context.sandbox)
    scenario.exchanges, scenario.known_as = context.sender.exchanges, context.sandbox.known_as


def after_step(context, step):
    context.deviations.judge(context, step)


def after_scenario(context, scenario):
    context.sandbox.clear()


def after_all(context):
    context.run.close()
