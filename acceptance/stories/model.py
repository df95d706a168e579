"""What should be there: who owns which assistant, and which sessions it has. What is done to them is told in steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Self

from acceptance.contract.selection import Selection
from acceptance.notation.sessions import TIMES
from acceptance.stories.vocabulary import ALL_UNKNOWN, SOME_UNKNOWN, Request

# What stands behind a session, to say of which assistant it is.
OWN, OTHER = "", " of the other assistant"

# The other assistant, by whose it is.
KINDS = {
    "mine": "another assistant with {} sessions",
    "theirs": "an assistant of another tenant with {} sessions",
    "namesake": "an assistant of another tenant, of the same name, with {} sessions",
}

ASSISTANT_IS_UNKNOWN = "the request is refused: the assistant is unknown"


@dataclass(frozen=True)
class Item:
    """A session as a list means it: the one of this number; number 0 is an unknown one."""

    of: str
    number: int


UNKNOWN = Item(OWN, 0)


@dataclass(frozen=True)
class Action:
    """Something that is done, and the step about its answer; where that is missing, it is a Given."""

    text: str
    answer: str = ""


@dataclass
class Assistant:
    """An assistant: the names of all sessions that it was ever given, and the numbers of those that are there."""

    of: str
    is_mine: bool
    names: dict[int, str]
    there: list[int] = field(init=False)
    exists: bool = True

    def __post_init__(self) -> None:
        self.there = list(self.names)

    @classmethod
    def with_sessions(cls, of: str, count: int, *, is_mine: bool = True) -> Self:
        return cls(of, is_mine, {number: f"session {number}" for number in range(1, count + 1)})

    @property
    def name(self) -> str:
        return "the other assistant" if self.of else "the assistant"

    @property
    def gone(self) -> list[int]:
        return [number for number in self.names if not self.exists or number not in self.there]

    def items(self, numbers: Iterable[int]) -> list[Item]:
        return [Item(self.of, number) for number in numbers]

    def lose(self, numbers: Iterable[int]) -> None:
        lost = set(numbers)
        self.there = [number for number in self.there if number not in lost]

    def in_words(self, numbers: Sequence[int]) -> str:
        """``session 3``, ``sessions 1 and 4``, ``all 5 sessions``, ``no sessions``, and of the other one as such."""
        if len(numbers) == 1:
            words = f"session {numbers[0]}"
        elif numbers == list(self.names):
            words = "both sessions" if len(numbers) == 2 else f"all {len(numbers)} sessions"
        else:
            words = f"sessions {_joined(map(str, numbers))}" if numbers else "no sessions"
        return words + self.of


class Model:
    """The assistants of a story. Each method is an action: it changes what should be there, and says what is told.

    ``hides_repeated`` are the scenarios of which the release is known to leave out what was repeated.
    """

    def __init__(self, hides_repeated: frozenset[str]) -> None:
        self._hides_repeated = hides_repeated
        self.own = Assistant(OWN, True, {}, exists=False)
        self.other = Assistant(OTHER, True, {}, exists=False)

    def what_is_there(self) -> Iterator[str]:
        """The steps that tell it, of every assistant."""
        for assistant in (self.own, self.other):
            if assistant.exists:
                words = assistant.in_words(assistant.there)
                yield f"{words} {'remains' if len(assistant.there) == 1 else 'remain'}"
            elif assistant.names:
                yield f"{assistant.name} is gone"

    # Assistants

    def begin(self, count: int) -> Action:
        self.own = Assistant.with_sessions(OWN, count)
        return Action(f"an assistant with {count} sessions")

    def begin_other(self, count: int, kind: str) -> Action:
        self.other = Assistant.with_sessions(OTHER, count, is_mine=kind == "mine")
        return Action(KINDS[kind].format(count))

    def delete_assistant(self, assistant: Assistant) -> Action:
        assistant.exists = False
        return Action(f"{assistant.name} is deleted", "the request is answered: the assistant is deleted")

    # Sessions

    def create(self, assistant: Assistant, name: str, user: str) -> Action:
        number = len(assistant.names) + 1
        assistant.names[number] = name
        assistant.there.append(number)
        text = f"session {number}{assistant.of} is created for {user}, named: {name}"
        return Action(text, "the request is answered: the session is created")

    def try_to_create(self, name: str, user: str) -> Action:
        """In an assistant that is gone."""
        text = f"I try to create session {len(self.own.names) + 1} for {user}, named: {name}"
        return Action(text, "the request is refused: an unknown assistant gets no sessions")

    def rename(self, assistant: Assistant, number: int, name: str) -> Action:
        assistant.names[number] = name
        text = f"session {number}{assistant.of} is renamed to {name}"
        return Action(text, "the request is answered: the session is renamed")

    def try_to_rename(self, number: int, name: str) -> Action:
        """A session that is gone."""
        text = f"I try to rename session {number} to {name}"
        return Action(text, "the request is refused: the session to be renamed is unknown")

    def read(self, words: str, numbers: Sequence[int]) -> Action:
        text = f"I read the list with the query {words}" if words else "I read the list"
        return Action(text, f"the list shows {self.own.in_words(numbers)}")

    # Deletions

    def delete(self, assistant: Assistant, items: Sequence[Item]) -> Action:
        """Its owner deletes what is listed."""
        if not assistant.exists:
            return Action(self._deletion(assistant, items, "try to delete"), ASSISTANT_IS_UNKNOWN)
        selection = Selection.of(map(str, items), set(map(str, assistant.items(assistant.there))))
        assistant.lose(item.number for item in items if item.of == assistant.of)
        verb = "delete" if selection.deleted else "try to delete"
        return Action(self._deletion(assistant, items, verb), self._answer(selection))

    def delete_one_by_one(self, numbers: Sequence[int]) -> Action:
        """A request for each, two at a time: it makes no difference which comes first."""
        text = f"{self.own.in_words(numbers)} are deleted, one request per session, 2 at a time"
        self.own.lose(numbers)
        return Action(text, "every deletion succeeds")

    def send(self, request: Request, number: int) -> Action:
        """A request of the features, with this session in the place of session 1."""
        if not self.own.exists:
            return Action(request.about(number), ASSISTANT_IS_UNKNOWN)
        if request.deletes:
            self.own.lose([number] if len(request.deletes) == 1 else self.own.there)
        return Action(request.about(number), request.answer)

    def try_without_key(self, items: Sequence[Item], authorization: str, answer: str) -> Action:
        return Action(f"I try to delete {self._listed(items)}, authorized by: {authorization}", answer)

    def try_as_another_tenant(self, items: Sequence[Item]) -> Action:
        return Action(f"another tenant tries to delete {self._listed(items)}", ASSISTANT_IS_UNKNOWN)

    def try_through_other_assistant(self, items: Sequence[Item]) -> Action:
        """It is another tenant's."""
        return Action(f"I try to delete {self._listed(items)} through the other assistant", ASSISTANT_IS_UNKNOWN)

    def _deletion(self, assistant: Assistant, items: Sequence[Item], verb: str) -> str:
        if assistant.of:
            verb = verb.replace("try", "tries") if verb.startswith("try") else "deletes"
            return f"through the other assistant, its owner {verb} {self._listed(items)}"
        return f"I {verb} {self._listed(items)}"

    def _answer(self, selection: Selection) -> str:
        """The step about the answer to a list of which this is to become."""
        hides = SOME_UNKNOWN if selection.deleted else ALL_UNKNOWN
        if selection.unknown and selection.repeated and hides in self._hides_repeated:
            return f"the answer says only: {selection.each_listed_once.summary}"
        if selection.repeated or (selection.deleted and selection.unknown):
            return f"the answer says: {selection.summary}"
        return "the deletion succeeds" if selection.deleted else "the request is refused: none of the sessions is known"

    def _listed(self, items: Sequence[Item]) -> str:
        """``sessions 3 and 1, session 2 of the other assistant and an unknown one``; ``session 1, listed twice``."""
        times = [words for words, count in TIMES.items() if items == [items[0]] * count]
        if times:
            return f"{self._listed(items[:1])}, listed {times[0]}"
        firsts = [items.index(item) == place for place, item in enumerate(items)]
        runs = groupby(zip(items, firsts, strict=True), key=lambda each: (each[0].of, each[0].number > 0, each[1]))
        words = []
        for (of, is_known, is_first), run in runs:
            numbers = [item.number for item, _ in run]
            assistant = self.other if of else self.own
            if is_first and is_known:
                words.append(assistant.in_words(numbers))
            else:
                told = [assistant.in_words([number]) if number else "an unknown one" for number in numbers]
                words += told if is_first else [f"{each} once more" for each in told]
        return "an unknown session" if words == ["an unknown one"] else _joined(words)


def _joined(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
