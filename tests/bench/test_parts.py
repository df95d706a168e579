"""Where time goes is told by who spent it."""

from dataclasses import dataclass, field

import pytest

from tests.bench.parts import IMPORTING, OTHERS, seconds_by_part


@dataclass
class Call:
    file_path: str | None
    time: float
    children: list["Call"] = field(default_factory=list)


def test_a_library_works_for_whoever_called_it() -> None:
    waiting = Call("/x/urllib3/pool.py", 3.0)
    checking = Call("/p/acceptance/contract/shapes.py", 2.0, [Call("/x/jsonschema/validators.py", 1.5)])
    asking = Call("/p/acceptance/ragflow/client.py", 6.0, [waiting, checking])
    root = Call(None, 10.0, [Call("/x/behave/runner.py", 9.0, [asking])])
    assert seconds_by_part(root) == {"sending and waiting": 4.0, "behave": 3.0, "schemas": 2.0, OTHERS: 1.0}


@pytest.mark.parametrize("path", ["<frozen importlib._bootstrap>", "/lib/importlib/__init__.py"])
def test_what_a_module_does_while_it_is_imported_is_importing(path: str) -> None:
    root = Call(path, 5.0, [Call("/x/hamcrest/core.py", 4.0)])
    assert seconds_by_part(root) == {IMPORTING: 5.0}
