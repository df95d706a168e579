"""The step definitions of the features, read as behave reads them."""

from behave.runner_util import load_step_modules
from behave.step_registry import StepRegistry, registry

from acceptance.notation.sessions import register_types
from acceptance.paths import FEATURES


def steps_of_the_features() -> StepRegistry:
    """Load all step definitions once."""
    if not registry.steps["then"]:
        register_types()
        load_step_modules([str(FEATURES / "steps")])
    return registry
