"""What may happen in a story: drawn by Hypothesis, which also looks for a shorter way to a failure."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from acceptance.notation.sessions import NO_NAME, NOBODY
from acceptance.stories.model import UNKNOWN, Action, Assistant, Item, Model
from acceptance.stories.story import Story, broken_off
from acceptance.stories.vocabulary import Request, Vocabulary

Thing = TypeVar("Thing")

# Sessions that an assistant has to begin with, and items of a list in which anything may stand.
COUNTS = (2, 3, 4, 5, 6)
MIXED = 6

# What may happen, and how often beside the others: more sessions have to come than go.
WEIGHTS = {
    "some_are_deleted": 4,
    "usual_session_is_created": 3,
    "session_is_created": 2,
    "namesake_is_created": 2,
    "session_is_renamed": 2,
    "anything_is_listed": 2,
    "something_odd_is_sent": 2,
    "stranger_tries": 2,
    "one_is_listed_twice": 1,
    "some_are_deleted_at_once": 1,
    "nothing_known_is_listed": 1,
    "what_is_gone_is_wanted": 1,
    "list_is_read": 1,
    "assistant_is_deleted": 1,
    "new_assistant": 4,
    "another_assistant": 1,
}
EVENTS = [event for event, weight in WEIGHTS.items() for _ in range(weight)]


class Stories(RuleBasedStateMachine):
    """One story of many: step by step, something happens.

    ``vocabulary`` is what it is told with, ``kinds`` are those that the other assistant may be of; ``begin`` gives the
    story, and ``end`` takes it back.
    """

    vocabulary: Vocabulary
    kinds: Sequence[str]
    begin: Callable[[], Story]
    end: Callable[[Story], None]

    def __init__(self) -> None:
        super().__init__()
        self.story = type(self).begin()
        self.model: Model = self.story.model

    def teardown(self) -> None:
        type(self).end(self.story)

    @initialize(data=st.data())
    def begins(self, data: st.DataObject) -> None:
        self.story.tell(self.model.begin(_one_of(data, COUNTS)))
        # Both are drawn where one is not needed, so that what follows is the same without it.
        count, kind = _one_of(data, COUNTS), _one_of(data, ["", *self.kinds])
        if kind:
            self.story.tell(self.model.begin_other(count, kind))

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        with broken_off():
            event = data.draw(st.sampled_from(EVENTS).filter(set(self._what_may_happen()).__contains__))
            action: Action = getattr(self, event)(data)
        self.story.tell(action)

    def _what_may_happen(self) -> Iterator[str]:
        """The events that are possible now."""
        own, other = self.model.own, self.model.other
        yield "stranger_tries"
        if self._living:
            yield from ("usual_session_is_created", "session_is_created", "namesake_is_created")
            yield from ("anything_is_listed", "nothing_known_is_listed", "assistant_is_deleted")
        if self._peopled:
            yield from ("some_are_deleted", "one_is_listed_twice", "session_is_renamed")
        if own.exists:
            yield "list_is_read"
        else:
            yield "new_assistant"
        if own.exists and len(own.there) > 1:
            yield "some_are_deleted_at_once"
        if own.gone:
            yield "what_is_gone_is_wanted"
        if not other.exists:
            yield "another_assistant"
        if self._requests:
            yield "something_odd_is_sent"

    # Assistants

    def another_assistant(self, data: st.DataObject) -> Action:
        kind = _one_of(data, self.kinds if self.model.own.exists else self.kinds[:1])
        return self.model.begin_other(_one_of(data, COUNTS), kind)

    def new_assistant(self, data: st.DataObject) -> Action:
        return self.model.begin(_one_of(data, COUNTS))

    def assistant_is_deleted(self, data: st.DataObject) -> Action:
        return self.model.delete_assistant(_one_of(data, self._living))

    # Sessions

    def session_is_created(self, data: st.DataObject) -> Action:
        return self.model.create(_one_of(data, self._living), *self._name_and_user(data))

    def usual_session_is_created(self, data: st.DataObject) -> Action:
        """It is called as those are that an assistant has to begin with."""
        assistant = _one_of(data, self._living)
        return self.model.create(assistant, f"session {len(assistant.names) + 1}", NOBODY)

    def namesake_is_created(self, data: st.DataObject) -> Action:
        """It is called as one that is there, or was there before."""
        names = [*self.model.own.names.values(), *self.model.other.names.values()]
        assistant, name = _one_of(data, self._living), _one_of(data, names)
        return self.model.create(assistant, name, _one_of(data, self.vocabulary.users))

    def session_is_renamed(self, data: st.DataObject) -> Action:
        assistant = _one_of(data, self._peopled)
        return self.model.rename(assistant, _one_of(data, assistant.there), _one_of(data, self._names))

    def list_is_read(self, data: st.DataObject) -> Action:
        own = self.model.own
        by = _one_of(data, ("", "id", "name", "user_id"))
        if by == "id":
            number = _one_of(data, list(own.names))
            return self.model.read(f"id=SESSION-{number}", [each for each in own.there if each == number])
        if by == "name":
            name = _one_of(data, [name for name in own.names.values() if name != NO_NAME])
            return self.model.read(f"name={name}", [each for each in own.there if own.names[each] == name])
        if by == "user_id":
            user = _one_of(data, [user for user in self.vocabulary.users if user != NOBODY])
            return self.model.read(f"user_id={user}", self.story.numbers_of(user))
        return self.model.read("", own.there)

    # Deletions

    def some_are_deleted(self, data: st.DataObject) -> Action:
        assistant = _one_of(data, self._peopled)
        return self._delete(assistant, _some_of(data, assistant.there))

    def one_is_listed_twice(self, data: st.DataObject) -> Action:
        assistant = _one_of(data, self._peopled)
        numbers = _some_of(data, assistant.there)
        return self._delete(assistant, [*numbers, _one_of(data, numbers)])

    def anything_is_listed(self, data: st.DataObject) -> Action:
        """Sessions that are there or gone, of both assistants, and an unknown one, in any order and as often."""
        assistant = _one_of(data, self._living)
        items = data.draw(st.lists(st.sampled_from(self._everything), min_size=1, max_size=MIXED))
        return self.model.delete(assistant, items)

    def some_are_deleted_at_once(self, data: st.DataObject) -> Action:
        numbers = data.draw(st.lists(st.sampled_from(self.model.own.there), min_size=2, max_size=4, unique=True))
        return self.model.delete_one_by_one(numbers)

    def something_odd_is_sent(self, data: st.DataObject) -> Action:
        # By their answers first: there are many to which the answer is the same.
        answer = _one_of(data, list(dict.fromkeys(request.answer for request in self._requests)))
        request = _one_of(data, [request for request in self._requests if request.answer == answer])
        return self.model.send(request, _one_of(data, self.model.own.there or [1]))

    def stranger_tries(self, data: st.DataObject) -> Action:
        """Without a key, or as another tenant; to another tenant's assistant it is me."""
        own, other = self.model.own, self.model.other
        strangers = ["nobody", *["another tenant"] * (len(self.kinds) > 1), *["me"] * (not other.is_mine)]
        stranger = _one_of(data, strangers)
        if stranger == "another tenant":
            return self.model.try_as_another_tenant(_some_of(data, self._everything))
        if stranger == "me":
            return self.model.try_through_other_assistant(_some_of(data, self._everything))
        items = _some_of(data, own.items(own.names))
        return self.model.try_without_key(items, *_one_of(data, self.vocabulary.refusals))

    def nothing_known_is_listed(self, data: st.DataObject) -> Action:
        """Sessions that are gone, or the other assistant's, and an unknown one."""
        assistant = _one_of(data, self._living)
        other = self.model.own if assistant.of else self.model.other
        items = [*assistant.items(assistant.gone), *other.items(other.names), UNKNOWN]
        return self.model.delete(assistant, _some_of(data, items))

    def what_is_gone_is_wanted(self, data: st.DataObject) -> Action:
        """A session that is deleted, or an assistant."""
        own = self.model.own
        if own.exists:
            return self.model.try_to_rename(_one_of(data, own.gone), _one_of(data, self._names))
        return self.model.try_to_create(*self._name_and_user(data))

    def _name_and_user(self, data: st.DataObject) -> tuple[str, str]:
        return _one_of(data, self.vocabulary.names), _one_of(data, self.vocabulary.users)

    @property
    def _living(self) -> list[Assistant]:
        return [assistant for assistant in (self.model.own, self.model.other) if assistant.exists]

    @property
    def _peopled(self) -> list[Assistant]:
        """Those in which there are sessions."""
        return [assistant for assistant in self._living if assistant.there]

    @property
    def _names(self) -> list[str]:
        """What a session may be renamed to."""
        return [name for name in self.vocabulary.names if name != NO_NAME]

    @property
    def _everything(self) -> list[Item]:
        """Whatever a list may hold."""
        return [item for each in (self.model.own, self.model.other) for item in each.items(each.names)] + [UNKNOWN]

    @property
    def _requests(self) -> list[Request]:
        """Those of the features that may be sent now: there is as much as is needed to follow what becomes of it."""
        own, other = self.model.own, self.model.other
        return [
            request
            for request in self.vocabulary.requests
            if (not own.there if request.of_emptied else len(own.there) > 1)
            and (other.names or not request.speaks_of_another)
        ]

    def _delete(self, assistant: Assistant, numbers: Sequence[int]) -> Action:
        return self.model.delete(assistant, assistant.items(numbers))


def _one_of(data: st.DataObject, things: Sequence[Thing]) -> Thing:
    return data.draw(st.sampled_from(things))


def _some_of(data: st.DataObject, things: Sequence[Thing]) -> list[Thing]:
    return data.draw(st.lists(st.sampled_from(things), min_size=1, unique=True))
