"""What is there on the server, as its listings show it."""

from collections.abc import Iterator, Sequence

from acceptance.errors import UnusableListing
from acceptance.ragflow.listings import PAGE_SIZE, Session, listed, listed_sessions, the_one_named
from acceptance.ragflow.messages import Json
from acceptance.sandbox.sandbox import Assistant
from acceptance.sandbox.snapshot import Snapshot


def sessions_of(assistant: Assistant) -> tuple[Session, ...]:
    """All sessions that the server lists for the assistant, on whatever page.

    Raises UnusableListing where an answer is not a page of sessions.
    """
    return tuple(session for page in _pages(assistant) for session in page)


def sessions_found(assistant: Assistant, session: Session) -> list[dict[str, Json]]:
    """What the server lists for the id of a session, and for its name."""
    by_id = assistant.owner.list_sessions(assistant.id, id=session.id)
    by_name = assistant.owner.list_sessions(assistant.id, name=session.name)
    return [*listed(by_id), *listed(by_name)]


def snapshot(assistants: Sequence[Assistant]) -> Snapshot:
    """The assistants and their sessions as they are now. UnusableListing where they cannot be listed."""
    return Snapshot(
        {
            each.name: the_one_named(each.name, listed(each.owner.list_assistants(name=each.name)))
            for each in assistants
        },
        {each.name: listed(each.owner.list_sessions(each.id, page_size=PAGE_SIZE)) for each in assistants},
    )


def _pages(assistant: Assistant) -> Iterator[list[Session]]:
    """Page after page up to the first empty one: a server may give fewer than it was asked for."""
    seen: set[str] = set()
    number = 1
    # By name, which no two sessions share: where two are of the same time, RAGFlow's own order by
    # time is not the same from one page to the next.
    while page := _page(assistant, number):
        again = seen.intersection(session.id for session in page)
        if again:
            raise UnusableListing(f"page {number} of the listing repeats the sessions {sorted(again)}")
        seen.update(session.id for session in page)
        yield page
        number += 1


def _page(assistant: Assistant, number: int) -> list[Session]:
    answer = assistant.owner.list_sessions(assistant.id, page=number, page_size=PAGE_SIZE, orderby="name", desc="false")
    return listed_sessions(answer)
