"""The phrases with which scenarios name sessions, and the sessions they mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from behave import register_type

from acceptance.ragflow.listings import Session

# The id of an unknown session. Several ones get a number.
UNKNOWN_ID = "invalid_id"

SESSIONS = (
    r"no sessions|both sessions|all [\d,]+ sessions|session \d+|sessions \d+ to \d+|sessions \d+(?:, \d+)* and \d+"
    r"|\d+ of the \d+ sessions, evenly spread|the other \d+ sessions"
)
ITEM = (
    rf"(?:{SESSIONS})(?: of the other assistant)?|the new session"
    r"|an unknown (?:session|one)|[\d,]+ unknown (?:sessions|ones)"
)
REPETITIONS = {"twice": 2, "three times": 3}
PLACES = ("first", "in the middle", "last")
LIST = (
    rf"(?:{ITEM})(?:(?:, | and |, and )(?:{ITEM})(?: once more)?)*"
    rf"(?:, (?:each )?listed (?:{'|'.join(REPETITIONS)})|, placed (?:{'|'.join(PLACES)}))?"
)

NO_NAME, NO_USER = "(no name)", "no user"


@dataclass(frozen=True)
class SessionSpec:
    """A session that a scenario needs. None leaves the name or the user out of the request."""

    name: str | None
    user: str | None = None

    @classmethod
    def from_table(cls, table: Iterable[Mapping[str, str]]) -> "list[SessionSpec]":
        """Read a table with the columns ``session``, ``name`` and ``user``."""
        return [cls.from_words(row["name"], row["user"]) for row in table]

    @classmethod
    def from_words(cls, name: str, user: str) -> "SessionSpec":
        return cls(None if name == NO_NAME else name, None if user == NO_USER else user)

    @classmethod
    def numbered(cls, count: int) -> "list[SessionSpec]":
        """Return sessions whose names sort by number: ``session 01`` to ``session 10``."""
        return [cls(f"session {number:0{len(str(count))}}") for number in range(1, count + 1)]


@dataclass(frozen=True)
class SessionsPhrase:
    """A phrase for some sessions of an assistant: ``{these:Sessions}`` in a step."""

    words: str
    # The library `parse` reads the pattern of a step type from this attribute.
    pattern: ClassVar = SESSIONS

    def select(self, sessions: Sequence[Session]) -> tuple[Session, ...]:
        """Return the sessions that the phrase names. Raise ValueError if the assistant has other ones.

        "The other 40 sessions" are those that "60 of the 100 sessions, evenly spread" leaves.
        """
        words = self.words.replace("both", "all 2")
        numbers = [int(number) for number in re.findall(r"\d+", words.replace(",", ""))]
        if " to " in words:
            # A range from a later to an earlier session fits no assistant.
            numbers = list(range(numbers[0], numbers[1] + 1)) or [0]
        if words.endswith("evenly spread"):
            numbers = _spread(*numbers) if numbers[1] == len(sessions) else [0]
        if words.startswith("the other"):
            numbers = sorted(
                {*range(1, len(sessions) + 1)}.difference(_spread(len(sessions) - numbers[0], len(sessions)))
            )
        is_all = words.startswith("all")
        fits = numbers == [len(sessions)] if is_all else all(1 <= number <= len(sessions) for number in numbers)
        if not fits:
            raise ValueError(f"the scenario says '{self.words}', but the assistant has {len(sessions)}")
        if is_all:
            return tuple(sessions)
        return tuple(sessions[number - 1] for number in numbers)


def _spread(count: int, total: int) -> list[int]:
    """Return that many of the numbers from 1 to the total, at about equal distances."""
    return [number for number in range(1, total + 1) if number * count // total > (number - 1) * count // total]


@dataclass(frozen=True)
class ListPhrase:
    """A phrase for the sessions that a request lists: ``{these:Listing}`` in a step.

    ``sessions 1 and 2, session 2 once more and an unknown one`` · ``all 5 sessions, each listed twice`` ·
    ``all 5 sessions and an unknown one, placed first``.
    """

    words: str
    pattern: ClassVar = LIST

    def ids(self, own: Sequence[Session], others: Sequence[Session], new: Sequence[Session] = ()) -> list[str]:
        """Return the ids in list order. ``others`` are the sessions of the other assistant."""
        ids = [id for item in re.findall(ITEM, self.words) for id in _ids_of(item, own, others, new)]
        for place, position in zip(PLACES, (0, (len(ids) - 1) // 2, len(ids) - 1), strict=True):
            if self.words.endswith(f", placed {place}"):
                ids.insert(position, ids.pop())
        return ids * next((times for words, times in REPETITIONS.items() if self.words.endswith(f"listed {words}")), 1)


def _ids_of(item: str, own: Sequence[Session], others: Sequence[Session], new: Sequence[Session]) -> list[str]:
    if item == "the new session":
        if len(new) != 1:
            raise ValueError(f"the scenario says '{item}', but it has created {len(new)}")
        return [new[0].id]
    if item.startswith("an unknown"):
        return [UNKNOWN_ID]
    if "unknown" in item:
        return [f"{UNKNOWN_ID}_{number}" for number in range(1, int(item.split()[0].replace(",", "")) + 1)]
    words = item.removesuffix(" of the other assistant")
    return [session.id for session in SessionsPhrase(words).select(own if words == item else others)]


def register_types() -> None:
    """Register the step types. behave forgets them at the start of each run."""
    register_type(Sessions=SessionsPhrase, Listing=ListPhrase)
