"""The lists of what is not mutated, and of what makes no difference, are of code that there is."""

import tomllib
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from embedded_ragflow.releases import find_release
from tests.mutation.results import EQUIVALENT

PACKAGE = ROOT / "embedded_ragflow"
CONFIGURATIONS = sorted(Path(__file__).parent.glob("line-*.toml"))


def source_of(module: str) -> str:
    """A module's text with single blanks."""
    return " ".join((PACKAGE / module).read_text("utf-8").split())


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda file: file.stem)
def test_a_line_names_modules_and_functions_that_there_are(file: Path) -> None:
    configuration = tomllib.loads(file.read_text("utf-8"))["cosmic-ray"]
    scope = configuration["filters"]["scope"]
    assert all((ROOT / module).is_file() for module in configuration["module-path"])
    assert f"release={find_release(scope['release']).name[:4]} " in configuration["test-command"]
    for name in scope["outside"]:
        module, _, definition = name.rpartition(".")
        source = source_of(f"{module.replace('.', '/')}.py")
        assert f"def {definition}(" in source or f"{definition} = " in source, name


def test_an_equivalent_mutant_is_of_code_that_there_is() -> None:
    for entry in tomllib.loads(EQUIVALENT.read_text("utf-8"))["equivalent"]:
        assert entry["was"] in source_of(entry["module"]), entry
        assert entry["was"] not in entry["becomes"]
        assert entry["reason"]
