"""Matchers for the sessions that the server lists."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from acceptance.matchers.differences import DifferenceMatcher, expects
from acceptance.ragflow.listings import Session
from acceptance.ragflow.printable import printable
from acceptance.sandbox.view import Snapshot

# Sessions that a failure names.
MAX_SESSIONS = 20

# How a failure says that sessions were lost.
GONE = "gone, and should still be there"


def are_exactly(sessions: Sequence[Session]) -> DifferenceMatcher[Sequence[Session]]:
    """Match these sessions and no others, in any order."""
    return DifferenceMatcher(_ids(sessions) or "no sessions", lambda actual: _differences(sessions, actual))


def include(sessions: Sequence[Session], others: Sequence[Session]) -> DifferenceMatcher[Sequence[Session]]:
    """Match these sessions, and any of the others, but no further ones."""

    def find(actual: Sequence[Session]) -> Iterator[str]:
        return _differences([*sessions, *(each for each in others if each in actual)], actual)

    return DifferenceMatcher(f"{_ids(sessions)}, and perhaps {_ids(others)}", find)


def are_listed_per_user(sessions: Sequence[Session]) -> DifferenceMatcher[Mapping[str, Sequence[Session]]]:
    """Match a list per user that holds exactly those of the sessions that the user owns."""
    return DifferenceMatcher(
        f"for each user a list with their own of {_ids(sessions)}",
        lambda lists: (
            f"in the list of the user '{user}': {line}"
            for user, actual in lists.items()
            for line in _differences([session for session in sessions if session.user == user], actual)
        ),
    )


@expects("no list with the session")
def is_found_by_no_query(queries: Sequence[str]) -> Iterator[str]:
    """Match an empty list of the queries that find a session."""
    return (f"the list with the query {query} shows the session" for query in queries)


def is_unchanged_since(recorded: Snapshot) -> DifferenceMatcher[Snapshot]:
    """Match a snapshot with the same fields and the same order."""
    return DifferenceMatcher("everything as recorded", lambda now: map(printable, recorded.changes(now)))


def sessions_line(problem: str, sessions: Sequence[Session]) -> Iterator[str]:
    """Yield one line with the problem and the ids, or nothing if there are no sessions."""
    if sessions:
        yield f"{problem}: {_ids(sessions)}"


def _differences(expected: Sequence[Session], actual: Sequence[Session]) -> Iterator[str]:
    missing, added = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    renamed = {session.id: session.name for session in added if session.id in {each.id for each in missing}}
    yield from (printable(f"renamed: {id} is now called '{name}'") for id, name in renamed.items())
    gone, left = ([each for each in some.elements() if each.id not in renamed] for some in (missing, added))
    yield from sessions_line(GONE, gone)
    yield from sessions_line("there, and should not be", left)


def _ids(sessions: Sequence[Session]) -> str:
    ids = ", ".join(printable(session.id) for session in sessions[:MAX_SESSIONS])
    return ids + (f" and {len(sessions) - MAX_SESSIONS:,} more" if len(sessions) > MAX_SESSIONS else "")
