"""Hooks: the settings, the target, what a scenario starts with, and what is removed behind it."""

import os

from acceptance.contract import contract_of
from acceptance.run import Run
from acceptance.settings import Settings, called
from acceptance.target import reach
from acceptance.workspace import Workspace


def before_all(context):
    run = context.run = Run(context)
    settings = Settings.read(os.environ, context.config.userdata)
    if settings.url and not settings.other_api_key:
        run.leave_out("tenants", reason=f"{called('other_api_key')} is not set")
    run.check_selection()
    target = context.target = run.enter_context(reach(settings))
    context.contract = contract_of(target.release)
    context.workspace = run.enter_context(Workspace(target.ragflow, run.interruption.held))
    print(f"{target.description}, release {target.release}, contract {context.contract.line}")


def before_scenario(context, scenario):
    context.deletions = []


def after_scenario(context, scenario):
    context.workspace.clear()


def after_all(context):
    context.run.close()
