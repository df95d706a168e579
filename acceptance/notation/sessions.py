"""The words in which a scenario speaks of sessions, and the sessions that they mean."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from behave import register_type

from acceptance.ragflow.listings import Session

# The id of an unknown session; where there are several, with a number behind it.
UNKNOWN = "invalid_id"

SESSIONS = (
    r"no sessions|both sessions|all [\d,]+ sessions|session \d+|sessions \d+ to \d+|sessions \d+(?:, \d+)* and \d+"
)
ITEM = (
    rf"(?:{SESSIONS})(?: of the other assistant)?|the new session"
    r"|an unknown (?:session|one)|[\d,]+ unknown (?:sessions|ones)"
)
TIMES = {"twice": 2, "three times": 3}
PLACES = ("first", "in the middle", "last")
LISTING = (
    rf"(?:{ITEM})(?:(?:, | and |, and )(?:{ITEM})(?: once more)?)*"
    rf"(?:, (?:each )?listed (?:{'|'.join(TIMES)})|, placed (?:{'|'.join(PLACES)}))?"
)


NO_NAME, NOBODY = "(no name)", "no user"


@dataclass(frozen=True)
class SessionSpec:
    """A session as a scenario wants it: with no name of its own, and nobody's, where there is None."""

    name: str | None
    user: str | None = None

    @classmethod
    def of_table(cls, table: Iterable[Mapping[str, str]]) -> "list[SessionSpec]":
        """Those of a table with the columns ``session``, ``name`` and ``user``, in its order."""
        return [cls.of(row["name"], row["user"]) for row in table]

    @classmethod
    def numbered(cls, count: int) -> "list[SessionSpec]":
        """So many with names in the order of their numbers, also where they are sorted as texts."""
        return [cls(f"session {number:0{len(str(count))}}") for number in range(1, count + 1)]

    @classmethod
    def of(cls, name: str, user: str) -> "SessionSpec":
        """The one that a scenario speaks of in these words."""
        return cls(None if name == NO_NAME else name, None if user == NOBODY else user)


@dataclass(frozen=True)
class Choice:
    """Some of an assistant's sessions, as a scenario speaks of them: ``{these:Sessions}`` in a step."""

    words: str

    def of(self, sessions: Sequence[Session]) -> tuple[Session, ...]:
        """The sessions that are meant. ValueError where the scenario counts otherwise than the assistant."""
        words = self.words.replace("both", "all 2")
        numbers = [int(number) for number in re.findall(r"\d+", words.replace(",", ""))]
        is_all = words.startswith("all")
        fits = numbers == [len(sessions)] if is_all else all(1 <= number <= len(sessions) for number in numbers)
        if not fits:
            raise ValueError(f"the scenario says '{self.words}', but the assistant was given {len(sessions)}")
        if is_all:
            return tuple(sessions)
        if " to " in self.words:
            first, last = numbers
            if last < first:
                raise ValueError(f"'{self.words}' means no sessions")
            numbers = list(range(first, last + 1))
        return tuple(sessions[number - 1] for number in numbers)


@dataclass(frozen=True)
class Listing:
    """The sessions that a request lists, as a scenario speaks of them: ``{these:Listing}`` in a step.

    ``sessions 1 and 2, session 2 once more and an unknown one`` · ``all 5 sessions, each listed twice`` ·
    ``all 5 sessions and an unknown one, placed first``.
    """

    words: str

    def ids(self, own: Sequence[Session], others: Sequence[Session], new: Sequence[Session] = ()) -> list[str]:
        """The ids in the order of the list; ``others`` are the sessions of the other assistant."""
        ids = [id for item in re.findall(ITEM, self.words) for id in _ids(item, own, others, new)]
        for place, position in zip(PLACES, (0, (len(ids) - 1) // 2, len(ids) - 1), strict=True):
            if self.words.endswith(f", placed {place}"):
                ids.insert(position, ids.pop())
        times = [number for words, number in TIMES.items() if self.words.endswith(f"listed {words}")]
        return ids * (times[0] if times else 1)


def _ids(item: str, own: Sequence[Session], others: Sequence[Session], new: Sequence[Session]) -> list[str]:
    if item == "the new session":
        if len(new) != 1:
            raise ValueError(f"the scenario says '{item}', but it has created {len(new)}")
        return [session.id for session in new]
    if item.startswith("an unknown"):
        return [UNKNOWN]
    if "unknown" in item:
        return [f"{UNKNOWN}_{number}" for number in range(1, int(item.split()[0].replace(",", "")) + 1)]
    words = item.removesuffix(" of the other assistant")
    return [session.id for session in Choice(words).of(own if words == item else others)]


def _type(convert: Callable[[str], object], pattern: str) -> Callable[[str], object]:
    """A type for the steps. `parse` reads the pattern from the function; its own decorator does no more."""

    def converter(words: str) -> object:
        return convert(words)

    converter.pattern = pattern  # type: ignore[attr-defined]  # an attribute that only `parse` knows
    return converter


def register_types() -> None:
    """Make the types known to behave, which forgets at the beginning of a run what it was told before."""
    register_type(Sessions=_type(Choice, SESSIONS), Listing=_type(Listing, LISTING))
