"""The only module that knows Hypothesis from the inside, and how it is set up.

It uses parts that Hypothesis 6.170 does not publish. `tests/unit/stories/test_hypothesis_adapter.py` names what
changed when another version lacks one.

By default, Hypothesis makes five of six examples by mutating an earlier one, and prefers numbers from the source code.
Both help to find a value that breaks a function. Faults that depend on an order of steps need many different orders.
A backend of our own turns both off. A seed then runs the same stories, whichever modules are loaded.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

BACKEND = "without-constants"

# Hypothesis caches the constants of the source code. That must not end up in a user's checkout.
_home = TemporaryDirectory()
set_hypothesis_home_dir(_home.name)


class ProviderWithoutConstants(HypothesisProvider):
    """Draws as Hypothesis does, but never takes a number from the source code."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{ProviderWithoutConstants.__name__}"


def run_machine(create: Callable[[], RuleBasedStateMachine], count: int, steps: int, seed: int) -> None:
    """Run up to ``count`` stories of up to ``steps`` steps, and shrink the first that fails. Raises what it raised.

    Nothing is stored between runs, and no limit depends on the time that an answer takes. Hypothesis may stop early,
    for example if a failing story passes when repeated, so the caller counts the stories.
    """
    settings = hypothesis.settings(
        max_examples=count,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        backend=BACKEND,
    )
    machine: Any = hypothesis.seed(seed)(partial(create))
    with suppress(Flaky):
        run_state_machine_as_test(machine, settings=settings)
