"""The words in which a scenario names sessions, and the sessions they mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from behave import register_type

from acceptance.workspace import Session


@dataclass(frozen=True)
class Choice:
    """Some of an assistant's sessions, as a scenario names them: ``{these:Sessions}`` in a step."""

    words: str

    def of(self, sessions: Sequence[Session]) -> tuple[Session, ...]:
        """The sessions that are meant. ValueError where the scenario counts otherwise than the assistant."""
        numbers = [int(number) for number in re.findall(r"\d+", self.words.replace(",", ""))]
        if (self.words.startswith("all") and numbers != [len(sessions)]) or max(numbers, default=0) > len(sessions):
            raise ValueError(f"the scenario says '{self.words}', but the assistant was given {len(sessions)}")
        if self.words.startswith("all"):
            return tuple(sessions)
        return tuple(sessions[number - 1] for number in numbers)

    def ids_of(self, sessions: Sequence[Session]) -> tuple[str, ...]:
        return tuple(session.id for session in self.of(sessions))


def _choice(words: str) -> Choice:
    return Choice(words)


# What `parse` accepts in the place of the type (its own `with_pattern` sets nothing but this).
_choice.pattern = r"no sessions|all [\d,]+ sessions|session \d+|sessions \d+(?:, \d+)* and \d+"  # type: ignore[attr-defined]
register_type(Sessions=_choice)


def with_unknown(named: Sequence[str], unknown: str, place: str) -> tuple[str, ...]:
    """The ids with an unknown one among them, standing ``at the beginning``, ``in the middle`` or ``at the end``."""
    position = {"at the beginning": 0, "in the middle": len(named) // 2, "at the end": len(named)}[place]
    return (*named[:position], unknown, *named[position:])
