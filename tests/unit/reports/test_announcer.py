import ast

import pytest

from acceptance import terminal as announcer
from acceptance.paths import ROOT

FILES = sorted((ROOT / "acceptance").rglob("*.py"))


def test_what_is_announced_is_output_and_what_is_refused_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    announcer.announce("it begins")
    announcer.refuse("it does not")
    assert capsys.readouterr() == ("it begins\n", "it does not\n")


def test_nobody_else_prints() -> None:
    printing = {
        file.stem
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == {"announcer"}
