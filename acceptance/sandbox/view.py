"""What is there on the server, as its listings show it."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from urllib.parse import urlencode

from acceptance.errors import UnusableListing
from acceptance.ragflow.listings import PAGE_SIZE, Session, find_by_name, listed, listed_sessions
from acceptance.sandbox.sandbox import Assistant
from acceptance.sandbox.snapshot import Snapshot
from acceptance.threads import run_in_threads

# In which every release can list its sessions.
ORDERS = ("create_time", "update_time", "name")


def sessions_of(assistant: Assistant) -> tuple[Session, ...]:
    """All sessions that the server lists for the assistant, on whatever page.

    Raises UnusableListing where an answer is not a page of sessions.
    """
    return tuple(session for page in _pages(assistant) for session in page)


def lists_with(assistant: Assistant, session: Session) -> list[str]:
    """The lists in which the server shows a session: by its id, its name and its user, and in every order."""
    queries: list[dict[str, str]] = [{"id": session.id}, {"name": session.name}]
    queries += [{"user_id": session.user}] if session.user else []
    queries += [{"orderby": order, "desc": desc} for order in ORDERS for desc in ("true", "false")]
    return [
        urlencode(query)
        for query in queries
        if session.id
        in [
            each.id
            for each in listed_sessions(assistant.owner.list_sessions(assistant.id, **query, page_size=PAGE_SIZE))
        ]
    ]


def by_user(assistant: Assistant) -> dict[str, tuple[Session, ...]]:
    """What the server lists for each user of one of the sessions that the assistant was given."""
    users = dict.fromkeys(session.user for session in assistant.sessions if session.user)
    return {
        user: tuple(listed_sessions(assistant.owner.list_sessions(assistant.id, user_id=user, page_size=PAGE_SIZE)))
        for user in users
    }


def snapshot(assistants: Sequence[Assistant]) -> Snapshot:
    """The assistants and their sessions as they are now. UnusableListing where they cannot be listed."""
    return Snapshot(
        {each.id: find_by_name(each.name, listed(each.owner.list_assistants(name=each.name))) for each in assistants},
        {each.id: listed(each.owner.list_sessions(each.id, page_size=PAGE_SIZE)) for each in assistants},
    )


def _pages(assistant: Assistant) -> Iterator[list[Session]]:
    """Page after page up to the first empty one: a server may give fewer than it was asked for.

    Where scenarios run side by side, two are asked for at once: of a list that is not empty there are always two.
    """
    seen: set[str] = set()
    at_once = 2 if assistant.owner.gate.width else 1
    for first in count(1, at_once):
        numbers = range(first, first + at_once)
        pages = run_in_threads(partial(_page, assistant), numbers, workers=at_once, title="reading")
        for number, page in zip(numbers, pages, strict=True):
            if not page:
                return
            again = seen.intersection(session.id for session in page)
            if again:
                raise UnusableListing(f"page {number} of the listing repeats the sessions {sorted(again)}")
            seen.update(session.id for session in page)
            yield page


def _page(assistant: Assistant, number: int) -> list[Session]:
    # By name, which no two sessions share: where two are of the same time, RAGFlow's own order by
    # time is not the same from one page to the next.
    answer = assistant.owner.list_sessions(assistant.id, page=number, page_size=PAGE_SIZE, orderby="name", desc="false")
    return listed_sessions(answer)
