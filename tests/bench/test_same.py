"""Runs that are compared scenario by scenario."""

import pytest

from tests.bench import same
from tests.bench.same import Compared

EXPECTED = {"AUTH-1 a:1": "passed", "AUTH-2 a:5": "deviates"}


@pytest.mark.parametrize(
    ("found", "other"),
    [
        (EXPECTED, ()),
        ({**EXPECTED, "AUTH-2 a:5": "passed"}, ("AUTH-2 a:5",)),
        ({"AUTH-1 a:1": "passed"}, ("AUTH-2 a:5",)),
        ({**EXPECTED, "AUTH-3 a:9": "passed"}, ("AUTH-3 a:9",)),
    ],
)
def test_what_has_another_verdict_or_is_in_one_run_only_is_named(
    monkeypatch: pytest.MonkeyPatch, found: dict[str, str], other: tuple[str, ...]
) -> None:
    monkeypatch.setattr(same, "_verdicts", lambda _server, parallel: (EXPECTED if parallel == 1 else found).items())
    compared = same.compare("0.20", 2, 8)
    assert compared == Compared("0.20", 2, (other, other))
    assert compared.same == (0 if other else 2)
