"""What the server lists."""

from collections import ChainMap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from urllib.parse import urlencode

from acceptance.errors import UnusableListing
from acceptance.ragflow.description import shorten
from acceptance.ragflow.listings import PAGE_SIZE, Session, fetch_assistants_by_id, read_items, read_sessions
from acceptance.ragflow.messages import Json
from acceptance.sandbox.inventory import Assistant

# Every release can list sessions in these orders.
ORDERS = ("create_time", "update_time", "name")


def sessions_of(assistant: Assistant) -> tuple[Session, ...]:
    """Return all sessions that the server lists for the assistant. Raise UnusableListing.

    The list ends with the first empty page: a server may return fewer sessions a page than requested.
    """
    found: list[Session] = []
    # Names are unique. Sessions of the same time may change places between two pages.
    pages = (_page(assistant, page=number, orderby="name", desc="false") for number in count(1))
    for number, page in enumerate(takewhile(len, pages), start=1):
        if repeated := {session.id for session in found} & {session.id for session in page}:
            raise UnusableListing(f"page {number} of the listing repeats the sessions {sorted(repeated)}")
        found += page
    return tuple(found)


def lists_containing(assistant: Assistant, session: Session) -> list[str]:
    """Return the queries by id, name and user, and in every order, whose answers contain the session."""
    queries = [{"id": session.id}, {"name": session.name}, *([{"user_id": session.user}] if session.user else [])]
    queries += [{"orderby": order, "desc": desc} for order in ORDERS for desc in ("true", "false")]
    return [urlencode(query) for query in queries if session.id in {each.id for each in _page(assistant, **query)}]


def sessions_by_user(assistant: Assistant) -> dict[str, tuple[Session, ...]]:
    """Return what the server lists for each user of the assistant's sessions."""
    users = dict.fromkeys(session.user for session in assistant.sessions if session.user)
    return {user: tuple(_page(assistant, user_id=user)) for user in users}


def _page(assistant: Assistant, **query: str | int) -> list[Session]:
    return read_sessions(assistant.owner.list_sessions(assistant.id, **query, page_size=PAGE_SIZE))


@dataclass(frozen=True)
class Snapshot:
    """Assistants by id, and the sessions of each in the server's order, with all their fields."""

    assistants: dict[str, Json]
    sessions: dict[str, list[dict[str, Json]]]

    def without(self, ids: Collection[str]) -> "Snapshot":
        """Return the snapshot without these sessions."""
        left = {id: [item for item in items if item["id"] not in ids] for id, items in self.sessions.items()}
        return Snapshot(self.assistants, left)

    def changes(self, now: "Snapshot") -> list[str]:
        """Describe each change in one line. The order of the sessions is compared if nothing else has changed."""
        before, after = self._items, now._items
        ids = [id for id in {**before, **after} if before.get(id) != after.get(id)]
        orders = ((id, *([item["id"] for item in each.sessions[id]] for each in (self, now))) for id in self.sessions)
        return [f"{id}: {_difference(before.get(id), after.get(id))}" for id in ids] or [
            f"order of the sessions of {id}: {_difference(was, now)}" for id, was, now in orders if was != now
        ]

    @property
    def _items(self) -> dict[str, Json]:
        return self.assistants | {str(item["id"]): item for items in self.sessions.values() for item in items}


def _difference(was: object, now: object) -> str:
    if isinstance(was, dict) and isinstance(now, dict):
        fields = [field for field in {**was, **now} if was.get(field) != now.get(field)]
        return "; ".join(f"{field} {_difference(was.get(field), now.get(field))}" for field in fields)
    return f"was {shorten(str(was), 300)}, is {shorten(str(now), 300)}"


def take_snapshot(assistants: Sequence[Assistant]) -> Snapshot:
    """Return the assistants and their sessions as they are now. Raise UnusableListing."""
    owners = {each.owner.credentials: each.owner for each in assistants}
    listed = ChainMap(*map(fetch_assistants_by_id, owners.values()))
    sessions = {each.id: read_items(each.owner.list_sessions(each.id, page_size=PAGE_SIZE)) for each in assistants}
    return Snapshot({each.id: listed.get(each.id) for each in assistants}, sessions)
