"""How assistants and their sessions look at one moment, to the last field."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from acceptance.ragflow.description import shortened
from acceptance.ragflow.messages import Json


@dataclass(frozen=True)
class Snapshot:
    """The assistants by their names, and the sessions of each, as the server lists them and in its order."""

    assistants: dict[str, Json]
    sessions: dict[str, list[dict[str, Json]]]

    def without(self, ids: Collection[str]) -> "Snapshot":
        """The same, but for the sessions of these ids."""
        return Snapshot(
            self.assistants,
            {name: [each for each in listed if each["id"] not in ids] for name, listed in self.sessions.items()},
        )

    def changes(self, now: "Snapshot") -> Iterator[str]:
        """What is not the same now, a line each."""
        for name, assistant in self.assistants.items():
            if assistant != now.assistants[name]:
                yield f"assistant '{name}': was {_in_short(assistant)}, is {_in_short(now.assistants[name])}"
        for name, before in self.sessions.items():
            after = {str(each["id"]): each for each in now.sessions[name]}
            ids = [str(each["id"]) for each in before]
            for each in before:
                if after.get(str(each["id"])) != each:
                    yield f"session {each['id']}: was {_in_short(each)}, is {_in_short(after.get(str(each['id'])))}"
            added = [id for id in after if id not in ids]
            if added:
                yield f"assistant '{name}' has further sessions: {_in_short(added)}"
            elif list(after) != ids and set(after) == set(ids):
                was, is_now = _in_short(ids), _in_short(list(after))
                yield f"assistant '{name}' lists its sessions otherwise: was {was}, is {is_now}"


def _in_short(value: object) -> str:
    return shortened(str(value), 300)
