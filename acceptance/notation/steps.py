"""Steps that are run by their words, outside of a scenario."""

from typing import Any

from behave.model import Step


def step_of(text: str, kind: str = "then", file: str = "") -> Step:
    """A step as behave looks for it; ``kind`` is given, when or then."""
    return Step(file, 0, kind.capitalize(), kind, text)


def run_step(registry: Any, step: Step, context: Any) -> None:
    """Run a step without its hooks, so that what it raises arrives as it is. LookupError where there is none.

    behave's own `execute_steps` turns every error into an AssertionError (behave 1.3.3).
    """
    match = registry.find_match(step)
    if match is None:
        raise LookupError(f"{step.filename} speaks of a step that is not defined: {step.name}")
    match.run(context)
