"""The parts of Hypothesis that the adapter uses although they are not published."""

from importlib import import_module
from importlib.metadata import version
from operator import attrgetter

import pytest

USED = {
    "hypothesis": ["settings.backend"],
    "hypothesis.configuration": ["set_hypothesis_home_dir"],
    "hypothesis.internal.conjecture.providers": ["AVAILABLE_PROVIDERS", "HypothesisProvider._maybe_draw_constant"],
    "hypothesis.stateful": ["run_state_machine_as_test"],
}


def test_hypothesis_has_everything_that_the_adapter_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = f"in Hypothesis {version('hypothesis')}: adapt acceptance/stories/hypothesis_adapter.py"
    for module, names in USED.items():
        for name in names:
            try:
                attrgetter(name)(import_module(module))
            except (ImportError, AttributeError) as error:
                pytest.fail(f"{module}.{name} is missing {hint} ({error})")

    from acceptance.stories.hypothesis_adapter import ProviderWithoutConstants
    from tests.unit.stories.test_explorer import FakeExplorer

    calls: list[object] = []
    monkeypatch.setattr(ProviderWithoutConstants, "_maybe_draw_constant", lambda *call, **_: calls.append(call))
    assert FakeExplorer().explore(5, seed=1) is None
    assert calls, f"draw_integer no longer calls HypothesisProvider._maybe_draw_constant {hint}"
