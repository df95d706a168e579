"""Copies of the project in which a file is broken."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.runs.situations.catalogue import Observed, Workplace, situation
from tests.support.runs import ACCEPTANCE, BEHAVE, copy_project

ONE = "--tags=@CHOICE-1"

# Each hook fails for exactly one feature, rule or scenario.
HOOKS = """

def failing(context, thing, name):
    if thing is not None and f"fails in {name}" in thing.name:
        raise RuntimeError(f"broken in {name}")


def before_feature(context, feature):
    failing(context, feature, "before_feature")


def after_feature(context, feature):
    failing(context, feature, "after_feature")


def before_rule(context, rule):
    failing(context, rule, "before_rule")


def after_rule(context, rule):
    failing(context, rule, "after_rule")


def before_tag(context, tag):
    if tag == "fails_in_before_tag":
        raise RuntimeError("broken in before_tag")


def before_step(context, step):
    failing(context, context.scenario if step.step_type == "when" else None, "before_step")


_before_scenario, _after_scenario, _after_step = before_scenario, after_scenario, after_step


def before_scenario(context, scenario):
    _before_scenario(context, scenario)
    failing(context, scenario, "before_scenario")


def after_scenario(context, scenario):
    _after_scenario(context, scenario)
    failing(context, scenario, "after_scenario")


def after_step(context, step):
    _after_step(context, step)
    failing(context, context.scenario if step.step_type == "when" else None, "after_step")
"""

# Hooks that run additional code.
MORE_HOOKS = """

def fail(where):
    raise RuntimeError(f"broken in {{where}}")


def extended(hook, before):
    def run(context, *args):
        before(context, *args)
        {code}
    return run


before_all, after_all = extended("before_all", before_all), extended("after_all", after_all)
before_scenario = extended("before_scenario", before_scenario)
before_feature = extended("before_feature", lambda *_: None)
"""

SCENARIO = """
{indent}Scenario: {name}
{indent}  Given an assistant with 2 sessions
{indent}  When I delete session 1
{indent}  Then session 2 remain
"""

FEATURES_THAT_FAIL = ("before_feature", "after_feature")
RULES_THAT_FAIL = ("before_rule", "after_rule")
SCENARIOS_THAT_FAIL = ("before_scenario", "after_scenario", "before_step", "after_step")


def scenario(name: str, indent: str = "  ") -> str:
    return SCENARIO.format(name=name, indent=indent)


def with_failing_hooks(folder: Path) -> Path:
    """Copy the project with a failing hook of every kind, and a scenario for each."""
    project = copy_project(folder)
    features = project / "features"
    for file in features.glob("*.feature"):
        file.unlink()
    with (features / "environment.py").open("a", encoding="utf-8") as file:
        file.write(HOOKS)
    for name in FEATURES_THAT_FAIL:
        text = f"Feature: It fails in {name}\n" + scenario(f"inside of {name}")
        (features / f"{name}.feature").write_text(text, "utf-8")
    text = "Feature: Hooks that fail\n"
    text += "".join(scenario(f"A failing hook: it fails in {name}") for name in SCENARIOS_THAT_FAIL)
    text += "\n  @fails_in_before_tag" + scenario("A failing hook: it fails in before_tag")
    text += scenario("It has an undefined step") + "    And the moon is full\n"
    text += scenario("It has an empty undefined step") + "    And the moon is full:\n      | phase |\n      | full  |\n"
    for name in RULES_THAT_FAIL:
        text += f"\n  Rule: It fails in {name}\n" + scenario(f"inside of {name}", "    ")
    (features / "hooks.feature").write_text(text, "utf-8")
    return project


@situation
def failing_hooks(workplace: Workplace) -> Mapping[str, Observed]:
    """A failing hook of every kind, each for one scenario, and undefined steps."""
    project = with_failing_hooks(workplace.folder / "project")
    observed = workplace.observe("-D", "release=0.20", root=project, has_traceback=True)
    parts = {name: replace(observed, about=name) for name in (*FEATURES_THAT_FAIL, *RULES_THAT_FAIL)}
    parts["other"] = replace(observed, about="A failing hook")
    for name in (*FEATURES_THAT_FAIL, *RULES_THAT_FAIL, *SCENARIOS_THAT_FAIL, "before_tag"):
        assert f"broken in {name}" in observed.finished.out
        assert any(f"broken in {name}" in case.text for case in replace(observed, about=name).cases), name
    undefined = replace(observed, about="undefined step")
    assert all("this step is not defined" in case.text for case in undefined.cases)
    return {**parts, "undefined": undefined}


def broken(workplace: Workplace, file: str, text: str) -> Mapping[str, Observed]:
    """Run a copy of the project with this file, with make and with plain behave."""
    project = copy_project(workplace.folder / "project")
    (project / file).write_text(text, "utf-8")
    return {
        name: workplace.observe(ONE, "-D", "release=0.20", root=project, program=program, has_traceback=True)
        for name, program in (("make", ACCEPTANCE), ("behave", BEHAVE))
    }


@situation
def broken_environment(workplace: Workplace) -> Mapping[str, Observed]:
    observed = broken(workplace, "features/environment.py", "def before_all(context:\n")
    return {**observed, "behave": replace(observed["behave"], keeps_stale=True)}


@situation
def broken_steps(workplace: Workplace) -> Mapping[str, Observed]:
    return broken(workplace, "features/steps/answers.py", "from behave import nothing_of_that_name\n")


@situation
def broken_feature(workplace: Workplace) -> Mapping[str, Observed]:
    return broken(
        workplace,
        "features/listing.feature",
        "Feature: Listing\n\n  Scenario: One\n    Given a list\n    Whenever I read\n",
    )


def with_more_hooks(workplace: Workplace, code: str) -> Observed:
    """Run a copy of the project whose hooks also run this code."""
    project = copy_project(workplace.folder / "project")
    with (project / "features" / "environment.py").open("a", encoding="utf-8") as file:
        file.write(MORE_HOOKS.format(code=code))
    return workplace.observe(ONE, "-D", "release=0.20", root=project, has_traceback=True)


@situation
def failing_before_all(workplace: Workplace) -> Observed:
    observed = with_more_hooks(workplace, "if hook == 'before_all': fail('the hook')")
    assert "broken in the hook" in observed.finished.out
    return observed


@situation
def failing_after_all(workplace: Workplace) -> Observed:
    observed = with_more_hooks(workplace, "if hook == 'after_all': fail('the hook')")
    assert "broken in the hook" in observed.finished.out
    return observed


@situation
def failing_cleanups(workplace: Workplace) -> Mapping[str, Observed]:
    """One cleanup of the run, one of a feature and one of a scenario; each in a run of its own."""
    hooks = {"run": "before_all", "feature": "before_feature", "scenario": "before_scenario"}
    observed = {}
    for name, hook in hooks.items():
        workplace = replace(workplace, folder=workplace.folder / name)
        workplace.folder.mkdir()
        seen = observed[name] = with_more_hooks(workplace, f"if hook == '{hook}': context.add_cleanup(fail, 'cleanup')")
        assert "broken in cleanup" in seen.finished.ending.text, seen.finished.out
    return observed
