"""Copies of the project in which a file is broken."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.runs.troubles.catalogue import Observed, Place, trouble
from tests.support.runs import ACCEPTANCE, BEHAVE, copy_project

ONE = "--tags=@CHOICE-1"

# Each hook fails for one feature, rule or scenario, and for no others.
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

# Hooks that do something more.
GOING_ON = """

def fail(where):
    raise RuntimeError(f"broken in {{where}}")


def going_on(hook, before):
    def run(context, *args):
        before(context, *args)
        {code}
    return run


before_all, after_all = going_on("before_all", before_all), going_on("after_all", after_all)
before_scenario = going_on("before_scenario", before_scenario)
before_feature = going_on("before_feature", lambda *_: None)
"""

# A page without the scenario that was run.
FORGETTING = """
from dataclasses import replace
from acceptance.reports import page

page.as_html = lambda run, whole=page.as_html: whole(replace(run, results=()))
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
    """A copy of the project with hooks of every kind that fail, and a scenario for each."""
    project = copy_project(folder)
    features = project / "features"
    for file in features.glob("*.feature"):
        file.unlink()
    with (features / "environment.py").open("a", encoding="utf-8") as file:
        file.write(HOOKS)
    for name in FEATURES_THAT_FAIL:
        text = f"Feature: It fails in {name}\n" + scenario(f"inside of {name}")
        (features / f"{name}.feature").write_text(text, "utf-8")
    text = "Feature: Hooks that fail\n" + "".join(scenario(f"It fails in {name}") for name in SCENARIOS_THAT_FAIL)
    text += "\n  @fails_in_before_tag" + scenario("It fails in before_tag")
    text += scenario("It has an undefined step") + "    And the moon is full\n"
    text += scenario("It has an empty undefined step") + "    And the moon is full:\n      | phase |\n      | full  |\n"
    for name in RULES_THAT_FAIL:
        text += f"\n  Rule: It fails in {name}\n" + scenario(f"inside of {name}", "    ")
    (features / "hooks.feature").write_text(text, "utf-8")
    return project


@trouble
def failing_hooks(place: Place) -> Mapping[str, Observed]:
    """A hook of every kind that fails, each for one scenario, and steps that are not defined."""
    project = with_failing_hooks(place.folder / "project")
    observed = place.observe("-D", "release=0.20", root=project, traces=True)
    hooks = (*FEATURES_THAT_FAIL, *RULES_THAT_FAIL, *SCENARIOS_THAT_FAIL, "before_tag")
    parts = {name: replace(observed, about=name) for name in hooks}
    for name, part in parts.items():
        assert f"broken in {name}" in observed.finished.out
        assert any(f"broken in {name}" in case.text for case in part.cases), name
    undefined = replace(observed, about="undefined step")
    assert all("this step is not defined" in case.text for case in undefined.cases)
    return {**parts, "undefined": undefined}


def broken(place: Place, file: str, text: str) -> Mapping[str, Observed]:
    """A run of a copy of the project with this file, as make starts it and as ``behave`` does."""
    project = copy_project(place.folder / "project")
    (project / file).write_text(text, "utf-8")
    return {
        name: place.observe(ONE, "-D", "release=0.20", root=project, program=program, traces=True)
        for name, program in (("make", ACCEPTANCE), ("behave", BEHAVE))
    }


@trouble
def broken_environment(place: Place) -> Mapping[str, Observed]:
    observed = broken(place, "features/environment.py", "def before_all(context:\n")
    return {**observed, "behave": replace(observed["behave"], stale=True)}


@trouble
def broken_steps(place: Place) -> Mapping[str, Observed]:
    return broken(place, "features/steps/answers.py", "from behave import nobody\n")


@trouble
def broken_feature(place: Place) -> Mapping[str, Observed]:
    return broken(
        place,
        "features/listing.feature",
        "Feature: Listing\n\n  Scenario: One\n    Given a list\n    Whenever I read\n",
    )


def with_more_hooks(place: Place, code: str) -> Observed:
    """A run of a copy of the project, whose hooks go on with this code."""
    project = copy_project(place.folder / "project")
    with (project / "features" / "environment.py").open("a", encoding="utf-8") as file:
        file.write(GOING_ON.format(code=code))
    return place.observe(ONE, "-D", "release=0.20", root=project, traces=True)


@trouble
def failing_before_all(place: Place) -> Observed:
    observed = with_more_hooks(place, "if hook == 'before_all': fail('the hook')")
    assert "broken in the hook" in observed.finished.out
    return observed


@trouble
def failing_after_all(place: Place) -> Observed:
    observed = with_more_hooks(place, "if hook == 'after_all': fail('the hook')")
    assert "broken in the hook" in observed.finished.out
    return observed


@trouble
def incomplete_page(place: Place) -> Observed:
    """Nobody would see it: a page that lacks a scenario looks like that of a smaller run."""
    project = copy_project(place.folder / "project")
    with (project / "features" / "environment.py").open("a", encoding="utf-8") as file:
        file.write(FORGETTING)
    return place.observe(ONE, "-D", "release=0.20", root=project)


@trouble
def failing_cleanups(place: Place) -> Mapping[str, Observed]:
    """One of the run, one of the feature and one of the scenario; each has its own run."""
    hooks = {"run": "before_all", "feature": "before_feature", "scenario": "before_scenario"}
    observed = {}
    for name, hook in hooks.items():
        place = replace(place, folder=place.folder / name)
        place.folder.mkdir()
        seen = observed[name] = with_more_hooks(place, f"if hook == '{hook}': context.add_cleanup(fail, 'cleanup')")
        assert "broken in cleanup" in seen.finished.ending.text, seen.finished.out
    return observed
