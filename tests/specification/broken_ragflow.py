"""The embedded server with a rule broken: ``broken_ragflow.py FAULT OPTIONS``, with the options of the server.

The specification is for finding exactly this, so it has to fail against it.
"""

import runpy
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from embedded_ragflow import assistants, deletion, sessions
from embedded_ragflow.database import VALID, Dialog


def ignore_the_owner() -> None:
    """Whoever has a key may use every assistant."""

    def is_anybodys(_: str, chat_id: str) -> bool:
        return Dialog.select().where(Dialog.id == chat_id, Dialog.status == VALID).exists()

    replace(assistants, "is_owned", is_anybodys)


def forget_one() -> None:
    """Of several sessions the last one stays, and is counted all the same."""
    delete_each = deletion.delete_each

    def delete_all_but_one(ids: Iterable[object], delete: Callable[[object], int | None]) -> deletion.Tally:
        chosen = list(ids)
        spared = chosen[-1] if len(set(chosen)) > 1 else None
        return delete_each(chosen, lambda wanted: 1 if wanted == spared else delete(wanted))

    replace(deletion, "delete_each", delete_all_but_one)


def pretend() -> None:
    """Every session that is to be deleted is found and counted, and stays."""
    replace(sessions, "delete", lambda _: None)


def replace(module: object, name: str, function: object) -> None:
    assert callable(getattr(module, name)), f"{module} has no {name} any more"
    setattr(module, name, function)


FAULTS = {"ignore-the-owner": ignore_the_owner, "forget-one": forget_one, "pretend": pretend}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    runpy.run_module("embedded_ragflow", run_name="__main__")
