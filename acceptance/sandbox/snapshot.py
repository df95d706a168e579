"""How assistants and their sessions look at one moment, to the last field."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from acceptance.ragflow.description import shortened
from acceptance.ragflow.messages import Json


@dataclass(frozen=True)
class Snapshot:
    """The assistants by their ids, and the sessions of each, as the server lists them and in its order."""

    assistants: dict[str, Json]
    sessions: dict[str, list[dict[str, Json]]]

    def without(self, ids: Collection[str]) -> "Snapshot":
        """The same, but for the sessions of these ids."""
        return Snapshot(
            self.assistants,
            {id: [each for each in listed if each["id"] not in ids] for id, listed in self.sessions.items()},
        )

    def changes(self, now: "Snapshot") -> Iterator[str]:
        """What is not the same now, a line each."""
        for assistant, was in self.assistants.items():
            if was != now.assistants[assistant]:
                yield f"{assistant}: {_difference(was, now.assistants[assistant])}"
        for assistant, before in self.sessions.items():
            after = {str(each["id"]): each for each in now.sessions[assistant]}
            ids = [str(each["id"]) for each in before]
            for each in before:
                if after.get(str(each["id"])) != each:
                    yield f"{each['id']}: {_difference(each, after.get(str(each['id'])))}"
            added = [id for id in after if id not in ids]
            if added:
                yield f"{assistant} has further sessions: {_in_short(added)}"
            elif list(after) != ids and set(after) == set(ids):
                yield f"{assistant} lists its sessions otherwise: was {_in_short(ids)}, is {_in_short(list(after))}"


def _difference(was: Json, now: Json) -> str:
    """The fields that are not the same."""
    if not isinstance(was, dict) or not isinstance(now, dict):
        return f"was {_in_short(was)}, is {_in_short(now)}"
    fields = [field for field in {**was, **now} if was.get(field) != now.get(field)]
    return "; ".join(f"{field} was {_in_short(was.get(field))}, is {_in_short(now.get(field))}" for field in fields)


def _in_short(value: object) -> str:
    return shortened(str(value), 300)
