"""How a fault is written down, and found again by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_ragflow.releases.v0_18 import Release018

Rules = type[Release018]
"""The class that says how the chosen release behaves. A fault changes it, or the modules that it calls."""

BOTH = ("0.20", "0.27")


@dataclass(frozen=True)
class Fault:
    """`noticed_by` are the scenarios that fail with it, where they apply to the release."""

    name: str
    what: str
    releases: tuple[str, ...]
    noticed_by: tuple[str, ...]
    apply: Callable[[Rules], None]


FAULTS: dict[str, Fault] = {}


def fault(noticed_by: str, releases: tuple[str, ...] = BOTH) -> Callable[[Callable[[Rules], None]], None]:
    """A function that makes a server of these rules faulty; its docstring says what goes wrong."""

    def enter(apply: Callable[[Rules], None]) -> None:
        name = apply.__name__.replace("_", "-")
        assert name not in FAULTS, name
        FAULTS[name] = Fault(name, (apply.__doc__ or "").strip(), releases, tuple(noticed_by.split()), apply)

    return enter


def replace(owner: object, name: str, make: Callable[[Any], Any]) -> None:
    """Put something else in the place of what the owner has under this name, made from that."""
    setattr(owner, name, make(getattr(owner, name)))
