"""How a fault is defined."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

PYTHON, GO = "0.20 0.27", "0.27-go"
ALL = f"{PYTHON} {GO}"
# The releases that delete everything only if `delete_all` is true.
NEWEST = f"0.27 {GO}"
# Releases whose database stores emoji: with another character set than RAGFlow's default, and the Go server.
FOUR_BYTES = f"0.20/utf8mb4 0.27/utf8mb4 {GO}"


@dataclass(frozen=True)
class Fault:
    """A developer's mistake in the server.

    `detected_by` lists the scenarios that must fail, in each of these releases that they apply to. A release may name a
    character set: `0.27/utf8mb4`. `sometimes` lists
    those that fail only by chance.
    """

    sentence: str
    detected_by: tuple[str, ...]
    apply: Callable[[], object]
    releases: tuple[str, ...]
    sometimes: tuple[str, ...]
    # The scenarios that must fail on the Go server, if they are others.
    in_go: tuple[str, ...] = ()
    name: str = ""

    @property
    def is_race(self) -> bool:
        """Whether requests must overlap. From 0.22.1 on they do so only with --concurrent-deletions."""
        return any(re.fullmatch("CONCURRENT-[1-7]", id) for id in self.detected_by)


def fault(
    detected_by: str, sentence: str, *hook: Any, releases: str = ALL, sometimes: str = "", in_go: str = ""
) -> Callable[..., Fault]:
    """Define a fault that calls a hook with arguments.

    In an expression: `fault("ID-1", "Sentence.")(hook, *arguments)`.
    As a decorator, `@fault("ID-1", "Sentence.", hook)` makes the function the hook's last argument. Without a hook, the
    function itself changes the server.
    """

    def make(*arguments: Any, **options: Any) -> Fault:
        apply = partial(*hook, *arguments, **options)
        ids = (tuple(each.split()) for each in (detected_by, sometimes, in_go))
        scenarios, by_chance, others = ids
        return Fault(sentence, scenarios, apply, tuple(releases.split()), by_chance, others)

    return make
