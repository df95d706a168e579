"""The words in which a scenario names sessions, and the sessions they mean."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from behave import register_type

from acceptance.language.forms import UNKNOWN_SESSION, forms
from acceptance.language.keys import headers
from acceptance.ragflow.listings import Session
from acceptance.sandbox.workspace import UNKNOWN_ASSISTANT, Assistant


@dataclass(frozen=True)
class Choice:
    """Some of an assistant's sessions, as a scenario names them: ``{these:Sessions}`` in a step."""

    words: str

    def of(self, sessions: Sequence[Session]) -> tuple[Session, ...]:
        """The sessions that are meant. ValueError where the scenario counts otherwise than the assistant."""
        numbers = [int(number) for number in re.findall(r"\d+", self.words.replace(",", ""))]
        is_all = self.words.startswith("all")
        fits = numbers == [len(sessions)] if is_all else all(1 <= number <= len(sessions) for number in numbers)
        if not fits:
            raise ValueError(f"the scenario says '{self.words}', but the assistant was given {len(sessions)}")
        if is_all:
            return tuple(sessions)
        if " to " in self.words:
            numbers = list(range(numbers[0], numbers[1] + 1))
        return tuple(sessions[number - 1] for number in numbers)

    def ids_of(self, sessions: Sequence[Session]) -> tuple[str, ...]:
        return tuple(session.id for session in self.of(sessions))


# Where no assistant of the run is: words, and what stands in the place of its id.
PLACES = {"no assistant": "", "an unknown assistant": UNKNOWN_ASSISTANT}

# What says which part of a list is read: words, and the name on the wire.
PAGE_SETTINGS = {"page number": "page", "page size": "page_size"}

# What is no way of deleting: words, and the method, on the address of one session or of all.
ATTEMPTS = {
    "replace all sessions at once": ("PUT", False),
    "change all sessions at once": ("PATCH", False),
    "delete session 1 by its address": ("DELETE", True),
}


def _type(convert: Callable[[str], object], pattern: str) -> Callable[[str], object]:
    """A type for the steps. `parse` reads the pattern from the function; its own decorator does no more."""

    def converter(words: str) -> object:
        return convert(words)

    converter.pattern = pattern  # type: ignore[attr-defined]  # an attribute that only `parse` knows
    return converter


def _one_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


register_type(
    Sessions=_type(
        Choice, r"no sessions|all [\d,]+ sessions|session \d+|sessions \d+ to \d+|sessions \d+(?:, \d+)* and \d+"
    ),
    Request=_type(str, _one_of(forms("", ""))),
    Key=_type(str, _one_of(headers(""))),
    Place=_type(PLACES.__getitem__, _one_of(PLACES)),
    PageSetting=_type(PAGE_SETTINGS.__getitem__, _one_of(PAGE_SETTINGS)),
    Attempt=_type(ATTEMPTS.__getitem__, _one_of(ATTEMPTS)),
)


def with_unknown(named: Sequence[str], unknown: str, place: str) -> tuple[str, ...]:
    """The ids with an unknown one among them, standing ``at the beginning``, ``in the middle`` or ``at the end``."""
    position = {"at the beginning": 0, "in the middle": len(named) // 2, "at the end": len(named)}[place]
    return (*named[:position], unknown, *named[position:])


def unknown_sessions(count: int) -> list[str]:
    """So many ids that no session has."""
    return [f"{UNKNOWN_SESSION}_{number}" for number in range(1, count + 1)]


def assistant_called(name: str, own: Assistant) -> str:
    """What somebody might send in the place of an assistant's id, in the words of the features."""
    return {
        "a blank": " ",
        "a percent sign": "%",
        "an asterisk": "*",
        "a database trick": "x' OR '1'='1",
        "1,000 letters": "x" * 1000,
        "the first half of its own": own.id[: len(own.id) // 2],
        "its own and a letter more": f"{own.id}x",
        "what people call it": own.name,
        "the name of one of its sessions": own.session_ids[0],
    }[name]
