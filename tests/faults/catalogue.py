"""How a fault is written down, and found again by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any

from embedded_ragflow.release import Call, Release

BOTH = ("0.20", "0.27")

DELETE_SESSIONS = "DELETE /chats/<chat_id>/sessions"
LIST_SESSIONS = "GET /chats/<chat_id>/sessions"
CREATE_SESSION = "POST /chats/<chat_id>/sessions"


class Rules:
    """The rules of a release while a fault is put into them. A fault changes them, or the modules that they use."""

    def __init__(self, release: Release) -> None:
        self.release = release

    def replace(self, name: str, make: Callable[[Any], Any]) -> None:
        """Put something else in the place of a field, or of a call ("DELETE /chats"), made from that."""
        if name in self.release.calls:
            self.add_call(name, make(self.release.calls[name]))
        else:
            self.release = changed(self.release, **{name: make(getattr(self.release, name))})

    def add_call(self, route: str, call: Call) -> None:
        self.release = changed(self.release, calls={**self.release.calls, route: call})


@dataclass(frozen=True)
class Fault:
    """`noticed_by` are the scenarios that fail with it, where they apply to the release."""

    name: str
    what: str
    releases: tuple[str, ...]
    noticed_by: tuple[str, ...]
    apply: Callable[[Rules], None]

    def put_into(self, release: Release) -> Release:
        """The rules of that release with this fault."""
        rules = Rules(release)
        self.apply(rules)
        return rules.release


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
    if isinstance(owner, Rules):
        owner.replace(name, make)
    else:
        setattr(owner, name, make(getattr(owner, name)))
