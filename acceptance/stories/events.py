"""The events of a story. Hypothesis draws one for each step, and shrinks the draws of a story that fails."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from acceptance.notation.sessions import NO_NAME, NO_USER
from acceptance.sandbox.actions import assistants_in
from acceptance.stories.story import (
    ASSISTANT_IS_UNKNOWN,
    KINDS,
    OWN,
    REFUSED,
    UNKNOWN,
    Assistant,
    Item,
    Story,
    ending_on_error,
)
from acceptance.stories.vocabulary import Request, Vocabulary

T = TypeVar("T")

# How many sessions a new assistant has, and another one. Faults hide where only one exists.
COUNTS, OTHER_COUNTS = (1, 1, 2, 3, 4, 5, 6), (2, 3, 4, 5, 6)
# A session in a request of the features: of the other assistant or not, and its number.
SESSION_NUMBER = re.compile(r"\b(OTHER-)?SESSION-(\d+)")


class StoryMachine(RuleBasedStateMachine):
    """Draws the events of one story."""

    def __init__(self, story: Story, vocabulary: Vocabulary, finish: Callable[[Story], None]) -> None:
        super().__init__()
        self.story, self.vocabulary, self._finish = story, vocabulary, finish
        self.kinds = KINDS if story.context.target.other else KINDS[:1]

    @ending_on_error()
    def teardown(self) -> None:
        self._finish(self.story)

    @initialize(data=st.data())
    @ending_on_error()
    def create_assistants(self, data: st.DataObject) -> None:
        self._data = data
        self.create_assistant()
        # Both are drawn even if there is no other assistant. Removing it leaves the later draws unchanged.
        count, kind = self._one_of(OTHER_COUNTS), self._one_of(["", *self.kinds])
        if kind:
            self.story.create_other_assistant(count, kind)

    @rule(data=st.data())
    @ending_on_error()
    def perform_event(self, data: st.DataObject) -> None:
        self._data = data
        perform, _ = data.draw(st.sampled_from(EVENTS).filter(lambda event: event[1](self)))
        perform(self)

    def existing(self) -> list[Assistant]:
        return [assistant for assistant in (self.story.own, self.story.other) if assistant.exists]

    def with_sessions(self) -> list[Assistant]:
        return [assistant for assistant in self.existing() if assistant.existing]

    def requests(self) -> list[Request]:
        """Return the requests of the features whose outcome is known in the current state."""
        own, other = self.story.own, self.story.other
        return [
            each
            for each in self.vocabulary.requests
            if bool(own.existing) is not each.is_for_emptied
            and all(
                int(number) <= len((other if is_other else own).names)
                for is_other, number in SESSION_NUMBER.findall(each.text)
            )
            and (other.names or "OTHER-" not in each.text)
        ]

    def delete_some(self) -> None:
        assistant = self._one_of(self.with_sessions())
        self.story.delete_sessions(assistant, self._some_of(assistant.existing))

    def delete_with_repeat(self) -> None:
        assistant = self._one_of(self.with_sessions())
        items = self._some_of(assistant.existing)
        self.story.delete_sessions(assistant, [*items, self._one_of(items)])

    def delete_mixed_list(self) -> None:
        """List existing, deleted and unknown sessions of both assistants, in any order, with repeats."""
        assistant = self._one_of(self.existing())
        self.story.delete_sessions(assistant, self._some_of(self._all_items(), most=6, unique=False))

    def delete_only_unknown(self) -> None:
        """List deleted sessions, sessions of the other assistant and an unknown one."""
        assistant = self._one_of(self.existing())
        other = self.story.own if assistant.suffix else self.story.other
        self.story.delete_sessions(assistant, self._some_of([*assistant.deleted, *other.names, UNKNOWN]))

    def delete_with_emoji(self) -> None:
        items = self._some_of(self.story.own.existing)
        self.story.delete_with_emoji(items, aborts=self.vocabulary.aborts_at_emoji)

    def delete_concurrently(self) -> None:
        """Delete each session with a request of its own, two at a time. Their order makes no difference."""
        items = self._some_of(self.story.own.existing, least=2, most=4)
        self.story.own.remove(items)
        text = f"{self.story.own.phrase(items)} are deleted, one request per session, 2 at a time"
        self.story.perform(text, "every deletion succeeds")

    def delete_without_permission(self) -> None:
        """Delete without a valid key, as another tenant, or through another tenant's assistant."""
        callers = ["no key", *["another tenant"] * (len(self.kinds) > 1), *["me"] * (not self.story.other.is_mine)]
        caller = self._one_of(callers)
        items = self._some_of(list(self.story.own.names) if caller == "no key" else self._all_items())
        text, answer = f"I try to delete {self.story.phrase(items)}", ASSISTANT_IS_UNKNOWN
        if caller == "no key":
            authorization, answer = self._one_of(self.vocabulary.refusals)
            text += f", authorized by: {authorization}"
        elif caller == "me":
            text += " through the other assistant"
        else:
            text = text.replace("I try", "another tenant tries")
        self.story.perform(text, answer)

    def send_request(self) -> None:
        """Send a request of the features, with another session in place of session 1."""
        # Draw the answer first, because some answers have far more requests than others.
        answer = self._one_of(list(dict.fromkeys(request.answer for request in self.requests())))
        self._send(self._one_of([request for request in self.requests() if request.answer == answer]))

    def delete_everything(self) -> None:
        """Send a request of the features that empties the assistant, however many sessions it has."""
        self._send(self._one_of([request for request in self.requests() if len(request.deletes) > 1]))

    def _send(self, request: Request) -> None:
        own = self.story.own
        item = self._one_of(own.existing or [Item(OWN, 1)])
        if own.exists and request.deletes:
            own.remove([item] if len(request.deletes) == 1 else own.existing)
        text = re.sub(r"(?<!OTHER-)\bSESSION-1\b", f"SESSION-{item.number}", request.text)
        first = {f"{REFUSED}{outcome}" for outcome in self.story.context.contract.reading.first}
        is_answered = own.exists or request.answer in first
        self.story.perform(text, request.answer if is_answered else ASSISTANT_IS_UNKNOWN)

    def create_usual_session(self) -> None:
        """Create a session with a name like those of a new assistant's sessions."""
        assistant = self._one_of(self.existing())
        self.story.create_session(assistant, f"session {len(assistant.names) + 1}", NO_USER)

    def create_session(self, names: Sequence[str] = ()) -> None:
        assistant, name = self._one_of(self.existing()), self._one_of(names or self.vocabulary.names)
        self.story.create_session(assistant, name, self._one_of(self.vocabulary.users))

    def create_session_with_used_name(self) -> None:
        self.create_session([*self.story.own.names.values(), *self.story.other.names.values()])

    def rename_session(self) -> None:
        assistant = self._one_of(self.with_sessions())
        item, name = self._one_of(assistant.existing), self._name()
        assistant.names[item] = self.story.context.sandbox.stored(name)
        self.story.perform(f"{item} is renamed to {name}", "the request is answered: the session is renamed")

    def use_deleted(self) -> None:
        """Rename a deleted session, or create one in a deleted assistant."""
        own = self.story.own
        if own.exists:
            text = f"I try to rename {self._one_of(own.deleted)} to {self._name()}"
            self.story.perform(text, "the request is refused: the session to be renamed is unknown")
        else:
            name, user = self._one_of(self.vocabulary.names), self._one_of(self.vocabulary.users)
            text = f"I try to create session {len(own.names) + 1} for {user}, named: {name}"
            self.story.perform(text, "the request is refused: an unknown assistant gets no sessions")

    def list_sessions(self) -> None:
        own, shown = self.story.own, self.story.own.existing
        field = self._one_of(("", "id", "name", "user_id"))
        if field == "id":
            item = self._one_of(list(own.names))
            value, shown = f"SESSION-{item.number}", [each for each in shown if each == item]
        elif field == "name":
            value = self._one_of([name for name in own.names.values() if name != NO_NAME])
            shown = [each for each in shown if own.names[each] == value]
        elif field:
            # The server assigns a user to a session without one.
            value = self._one_of([user for user in self.vocabulary.users if user != NO_USER])
            sessions = assistants_in(self.story.context)[0].sessions
            if not self.vocabulary.ignores_users:
                shown = [each for each in shown if sessions[each.number - 1].user == value]
        text = f"I read the list with the query {field}={value}" if field else "I read the list"
        self.story.perform(text, f"the list shows {own.phrase(shown)}")

    def create_assistant(self) -> None:
        self.story.create_assistant(self._one_of(COUNTS))

    def create_other_assistant(self) -> None:
        kind = self._one_of(self.kinds if self.story.own.exists else self.kinds[:1])
        self.story.create_other_assistant(self._one_of(OTHER_COUNTS), kind)

    def delete_assistant(self) -> None:
        assistant = self._one_of(self.existing())
        assistant.exists = False
        self.story.perform(f"{assistant.title} is deleted", "the request is answered: the assistant is deleted")

    def _all_items(self) -> list[Item]:
        return [*self.story.own.names, *self.story.other.names, UNKNOWN]

    def _name(self) -> str:
        return self._one_of([name for name in self.vocabulary.names if name != NO_NAME])

    def _one_of(self, values: Sequence[T]) -> T:
        return self._data.draw(st.sampled_from(values))

    def _some_of(self, values: Sequence[T], least: int = 1, most: int | None = None, *, unique: bool = True) -> list[T]:
        return self._data.draw(st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=unique))


# Each event as often as its weight, with its condition. Every step draws from this whole list and skips impossible
# events, so that shrinking can remove a step without changing the later ones. Another order changes all stories.
# More sessions must be created than deleted, or long stories run out of them.
EVENTS: list[tuple[Callable[[StoryMachine], object], Callable[[StoryMachine], object]]] = [
    *[(StoryMachine.delete_some, StoryMachine.with_sessions)] * 4,
    *[(StoryMachine.create_usual_session, StoryMachine.existing)] * 3,
    *[(StoryMachine.create_session, StoryMachine.existing)] * 2,
    *[(StoryMachine.create_session_with_used_name, StoryMachine.existing)] * 2,
    *[(StoryMachine.rename_session, StoryMachine.with_sessions)] * 2,
    *[(StoryMachine.delete_mixed_list, StoryMachine.existing)] * 2,
    *[(StoryMachine.send_request, StoryMachine.requests)] * 2,
    *[(StoryMachine.delete_without_permission, lambda _: True)] * 2,
    (StoryMachine.delete_everything, lambda self: self.story.own.exists and self.story.own.existing),
    (StoryMachine.delete_with_repeat, StoryMachine.with_sessions),
    (StoryMachine.delete_concurrently, lambda self: self.story.own.exists and len(self.story.own.existing) > 1),
    (StoryMachine.delete_with_emoji, lambda self: self.story.own.exists and self.story.own.existing),
    (StoryMachine.delete_only_unknown, StoryMachine.existing),
    (StoryMachine.use_deleted, lambda self: self.story.own.deleted),
    (StoryMachine.list_sessions, lambda self: self.story.own.exists),
    (StoryMachine.delete_assistant, StoryMachine.existing),
    *[(StoryMachine.create_assistant, lambda self: not self.story.own.exists)] * 4,
    (StoryMachine.create_other_assistant, lambda self: not self.story.other.exists),
]
