"""How Hypothesis draws: each story anew.

Of its own accord it makes five of six stories by repeating parts of an earlier one, and picks numbers that stand in the
code it runs in. Both help to find a value that breaks a function; but what shows only in an order of steps needs many
different orders, and a seed has to tell the same stories whichever modules are loaded.
"""

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

# The name of this way, for the settings of Hypothesis (6.170.17 has no public way to one).
EACH_ANEW = "each-anew"


class EachAnew(HypothesisProvider):
    """Draws as Hypothesis does, but no number for standing somewhere."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[EACH_ANEW] = f"{__name__}.{EachAnew.__name__}"
