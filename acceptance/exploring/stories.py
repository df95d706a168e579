"""What may happen in a story: drawn by Hypothesis, which also looks for a shorter way to a failure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from acceptance.exploring.model import UNKNOWN, Action, Assistant, Item, Model
from acceptance.exploring.story import Story
from acceptance.exploring.vocabulary import Request, Vocabulary
from acceptance.language.sessions import NO_NAME, NOBODY

Thing = TypeVar("Thing")

# Sessions that an assistant has to begin with, and items of a list in which anything may stand.
COUNTS = (2, 3, 4, 5, 6)
MIXED = 6


class Stories(RuleBasedStateMachine):
    """A story of many; each rule is something that may happen in it, where its precondition holds.

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

    @property
    def living(self) -> list[Assistant]:
        return [assistant for assistant in (self.model.own, self.model.other) if assistant.exists]

    @property
    def peopled(self) -> list[Assistant]:
        """Those in which there are sessions."""
        return [assistant for assistant in self.living if assistant.there]

    # Assistants

    @initialize(data=st.data())
    def first_assistants(self, data: st.DataObject) -> None:
        self._tell(self.model.begin(_one_of(data, COUNTS)))
        # Both are drawn where one is not needed, so that what follows is the same without it.
        count, kind = _one_of(data, COUNTS), _one_of(data, ["", *self.kinds])
        if kind:
            self._tell(self.model.begin_other(count, kind))

    @precondition(lambda self: not self.model.other.exists)
    @rule(data=st.data())
    def another_assistant(self, data: st.DataObject) -> None:
        kind = _one_of(data, self.kinds if self.model.own.exists else self.kinds[:1])
        self._tell(self.model.begin_other(_one_of(data, COUNTS), kind))

    @precondition(lambda self: not self.model.own.exists)
    @rule(data=st.data())
    def new_assistant(self, data: st.DataObject) -> None:
        self._tell(self.model.begin(_one_of(data, COUNTS)))

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def assistant_is_deleted(self, data: st.DataObject) -> None:
        self._tell(self.model.delete_assistant(_one_of(data, self.living)))

    # Sessions

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def session_is_created(self, data: st.DataObject) -> None:
        self._tell(self.model.create(_one_of(data, self.living), *self._name_and_user(data)))

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def usual_session_is_created(self, data: st.DataObject) -> None:
        """It is called as those are that an assistant has to begin with."""
        assistant = _one_of(data, self.living)
        self._tell(self.model.create(assistant, f"session {len(assistant.names) + 1}", NOBODY))

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def namesake_is_created(self, data: st.DataObject) -> None:
        """It is called as one that is there, or was there before."""
        names = [*self.model.own.names.values(), *self.model.other.names.values()]
        assistant, name = _one_of(data, self.living), _one_of(data, names)
        self._tell(self.model.create(assistant, name, _one_of(data, self.vocabulary.users)))

    @precondition(lambda self: self.peopled)
    @rule(data=st.data())
    def session_is_renamed(self, data: st.DataObject) -> None:
        assistant = _one_of(data, self.peopled)
        self._tell(self.model.rename(assistant, _one_of(data, assistant.there), _one_of(data, self._names)))

    @precondition(lambda self: self.model.own.exists)
    @rule(data=st.data())
    def list_is_read(self, data: st.DataObject) -> None:
        own = self.model.own
        kind = _one_of(data, ("all", "id", "name", "user"))
        if kind == "all":
            self._tell(self.model.read("", own.there))
        elif kind == "id":
            number = _one_of(data, list(own.names))
            self._tell(self.model.read(f"id=SESSION-{number}", [number] if number in own.there else []))
        elif kind == "name":
            name = _one_of(data, [name for name in own.names.values() if name != NO_NAME])
            self._tell(self.model.read(f"name={name}", [each for each in own.there if own.names[each] == name]))
        else:
            user = _one_of(data, [user for user in self.vocabulary.users if user != NOBODY])
            self._tell(self.model.read(f"user_id={user}", self.story.numbers_of(user)))

    # Deletions

    @precondition(lambda self: self.peopled)
    @rule(data=st.data())
    def some_are_deleted(self, data: st.DataObject) -> None:
        assistant = _one_of(data, self.peopled)
        self._delete(assistant, _some_of(data, assistant.there))

    @precondition(lambda self: self.peopled)
    @rule(data=st.data())
    def all_are_deleted(self, data: st.DataObject) -> None:
        """Or all but one."""
        assistant = _one_of(data, self.peopled)
        spared = _one_of(data, [0, *assistant.there] if len(assistant.there) > 1 else [0])
        self._delete(assistant, [number for number in assistant.there if number != spared])

    @precondition(lambda self: self.peopled)
    @rule(data=st.data())
    def one_is_listed_twice(self, data: st.DataObject) -> None:
        assistant = _one_of(data, self.peopled)
        numbers = _some_of(data, assistant.there)
        self._delete(assistant, [*numbers, _one_of(data, numbers)])

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def anything_is_listed(self, data: st.DataObject) -> None:
        """Sessions that are there or gone, of both assistants, and an unknown one, in any order and as often."""
        assistant = _one_of(data, self.living)
        items = data.draw(st.lists(st.sampled_from(self._everything), min_size=1, max_size=MIXED))
        self._tell(self.model.delete(assistant, items))

    @precondition(lambda self: self.model.own.exists and len(self.model.own.there) > 1)
    @rule(data=st.data())
    def some_are_deleted_at_once(self, data: st.DataObject) -> None:
        numbers = data.draw(st.lists(st.sampled_from(self.model.own.there), min_size=2, max_size=4, unique=True))
        self._tell(self.model.delete_one_by_one(numbers))

    @precondition(lambda self: self._requests)
    @rule(data=st.data())
    def something_odd_is_sent(self, data: st.DataObject) -> None:
        # By their answers first: there are many to which the answer is the same.
        answer = _one_of(data, list(dict.fromkeys(request.answer for request in self._requests)))
        request = _one_of(data, [request for request in self._requests if request.answer == answer])
        self._tell(self.model.send(request, _one_of(data, self.model.own.there or [1])))

    @rule(data=st.data())
    def stranger_tries(self, data: st.DataObject) -> None:
        """Without a key, or with that of another tenant."""
        own, other = self.model.own, self.model.other
        who = ["nobody"] + ["another tenant"] * (len(self.kinds) > 1)
        who += ["I, at another tenant's"] * (bool(other.names) and not other.is_mine)
        tries = _one_of(data, who)
        if tries == "nobody":
            items = _some_of(data, own.items(own.names))
            self._tell(self.model.try_without_key(items, *_one_of(data, self.vocabulary.refusals)))
        elif tries == "another tenant":
            self._tell(self.model.try_as_another_tenant(_some_of(data, self._everything)))
        else:
            self._tell(self.model.try_through_other_assistant(_some_of(data, self._everything)))

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def nothing_known_is_listed(self, data: st.DataObject) -> None:
        """Sessions that are gone, or the other assistant's, and an unknown one."""
        assistant = _one_of(data, self.living)
        other = self.model.own if assistant.of else self.model.other
        items = [*assistant.items(assistant.gone), *other.items(other.names), UNKNOWN]
        self._tell(self.model.delete(assistant, _some_of(data, items)))

    @precondition(lambda self: self.model.own.gone)
    @rule(data=st.data())
    def what_is_gone_is_wanted(self, data: st.DataObject) -> None:
        """A session that is deleted, or an assistant."""
        own = self.model.own
        if own.exists:
            self._tell(self.model.try_to_rename(_one_of(data, own.gone), _one_of(data, self._names)))
        else:
            self._tell(self.model.try_to_create(*self._name_and_user(data)))

    def _name_and_user(self, data: st.DataObject) -> tuple[str, str]:
        return _one_of(data, self.vocabulary.names), _one_of(data, self.vocabulary.users)

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

    def _delete(self, assistant: Assistant, numbers: Sequence[int]) -> None:
        self._tell(self.model.delete(assistant, assistant.items(numbers)))

    def _tell(self, action: Action) -> None:
        self.story.tell(action)


def _one_of(data: st.DataObject, things: Sequence[Thing]) -> Thing:
    return data.draw(st.sampled_from(things))


def _some_of(data: st.DataObject, things: Sequence[Thing]) -> list[Thing]:
    return data.draw(st.lists(st.sampled_from(things), min_size=1, unique=True))
