"""PyHamcrest matchers whose mismatch is the diagnosis: what differs, and nothing that does not."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description

from acceptance.contract.contract import Contract, Outcome
from acceptance.matchers.differences import differences, on_the_wire
from acceptance.ragflow.description import describe_exchange, indented, shortened
from acceptance.ragflow.listings import Session
from acceptance.ragflow.messages import REDACTED, Answer
from acceptance.sandbox.sender import Exchange
from acceptance.sandbox.snapshot import Snapshot

Item = TypeVar("Item")

# Wrong answers that are shown where there are more.
WRONG_ANSWERS = 3

# Sessions that are told by their ids where there are more.
MANY_SESSIONS = 20

# What only the inside of RAGFlow knows of: Python's exceptions and SQL.
INSIDE = re.compile(r"\w+(Error|Exception)\(|<class |Traceback|\bSELECT\b|\bLIMIT\b")

# An exception for a status. Releases answer with it; beside an answer it has nothing to do.
OF_A_STATUS = re.compile(r"<\w+ '\d{3}: ")


class Has(BaseMatcher[Item]):
    """A matcher from what is expected, in words, and from what is wrong with an item, line by line."""

    def __init__(self, expected: str, wrong: Callable[[Item], Iterable[str]]) -> None:
        self._expected = expected
        self._wrong = wrong

    def _matches(self, item: Item) -> bool:
        return not any(self._wrong(item))

    def describe_to(self, description: Description) -> None:
        description.append_text(self._expected)

    def describe_mismatch(self, item: Item, mismatch_description: Description) -> None:
        mismatch_description.append_text(indented("\n".join(self._wrong(item))))


def answers(outcome: Outcome) -> Has[Answer]:
    """An Answer that is this outcome: its status and its whole body, no field missing and none added."""
    return Has(_in_words(outcome), lambda answer: differences(outcome, answer))


def all_answer(contract: Contract) -> Has[Sequence[Exchange]]:
    """Deletions of which each has the answer that follows from what it listed."""

    def wrong(exchanges: Sequence[Exchange]) -> Iterator[str]:
        yield from _first_of(
            (exchange, list(differences(contract.deletion(exchange.selection), exchange.answer)))
            for exchange in exchanges
        )

    return Has("every answer to say that what was listed is deleted", wrong)


def are_true_together(contract: Contract) -> Has[Sequence[Exchange]]:
    """Answers to deletions at the same time: each tells deleted from unknown, and together they tell of all."""

    def wrong(exchanges: Sequence[Exchange]) -> Iterator[str]:
        taken = [contract.as_told(exchange.selection, exchange.answer.text) for exchange in exchanges]
        yield from _first_of(
            (exchange, list(differences(contract.deletion(selection), exchange.answer)))
            for exchange, selection in zip(exchanges, taken, strict=True)
        )
        claimed = {session for selection in taken for session in selection.deleted}
        nobodys = [name for exchange in exchanges for name in exchange.selection.deleted if name not in claimed]
        if nobodys:
            yield f"no answer says that it deleted {on_the_wire(sorted(set(nobodys)))}"

    return Has(
        "answers that tell what was deleted and what was unknown, and of every session that it was deleted", wrong
    )


def tell_deleted_or_unknown(contract: Contract) -> Has[Sequence[Sequence[Exchange]]]:
    """Rounds of deletions of one session: each is answered as a success, or as the deletion of an unknown one."""

    def wrong(rounds: Sequence[Sequence[Exchange]]) -> Iterator[str]:
        yield from _first_of(
            (exchange, ["neither says that the session is deleted nor that it is unknown"])
            for exchanges in rounds
            for exchange in exchanges
            if not _succeeded(contract, exchange) and not _was_too_late(contract, exchange)
        )

    return Has("answers that say that the session is deleted, or that it is unknown", wrong)


def succeed_once_a_round(contract: Contract) -> Has[Sequence[Sequence[Exchange]]]:
    """Rounds of deletions of one session: one of each is told that it succeeded."""

    def wrong(rounds: Sequence[Sequence[Exchange]]) -> Iterator[str]:
        for number, exchanges in enumerate(rounds, start=1):
            successes = sum(_succeeded(contract, exchange) for exchange in exchanges)
            if successes > 1:
                yield f"round {number}: more than one was told that it succeeded, {successes} of {len(exchanges)}"
        yield from _without_success(contract, rounds)

    return Has("in each round one success", wrong)


def succeed_in_each_round(contract: Contract) -> Has[Sequence[Sequence[Exchange]]]:
    """Rounds of deletions of one session: one of each is told that it succeeded, or more of them are."""
    return Has("in each round a success", lambda rounds: _without_success(contract, rounds))


def _without_success(contract: Contract, rounds: Sequence[Sequence[Exchange]]) -> Iterator[str]:
    for number, exchanges in enumerate(rounds, start=1):
        if not any(_succeeded(contract, exchange) for exchange in exchanges):
            yield f"round {number}: nobody was told that it succeeded"


def _succeeded(contract: Contract, exchange: Exchange) -> bool:
    return not any(differences(contract.deletion(exchange.selection), exchange.answer))


def _was_too_late(contract: Contract, exchange: Exchange) -> bool:
    unknown = exchange.selection.without(exchange.selection.listed)
    return not any(differences(contract.deletion(unknown), exchange.answer))


def has_status(status: int) -> Has[Answer]:
    """An Answer of this HTTP status, whatever else it says."""
    return Has(
        f"an answer with the status {status}",
        lambda answer: [] if answer.status == status else [f"status: expected {status}, was {answer.status}"],
    )


def is_refused() -> Has[Answer]:
    """An Answer that says that nothing was done, in whatever words."""

    return Has("a refusal", _not_refused)


def _not_refused(answer: Answer) -> Iterator[str]:
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    if code in (0, None):
        yield f"code: expected one of a refusal, was {on_the_wire(code)}"


def is_in_no_list() -> Has[Sequence[str]]:
    """The lists in which a session stands, by what was asked for: none."""
    return Has(
        "the session in no list",
        lambda lists: [f"it stands in the list with the query {words}" for words in lists],
    )


def reports_no_deletion(contract: Contract) -> Has[Exchange]:
    """An Exchange whose answer does not say that something was deleted."""

    def wrong(exchange: Exchange) -> Iterator[str]:
        answer = exchange.answer
        if not any(differences(contract.outcome("everything listed is deleted", exchange.selection), answer)):
            yield "the answer says that everything that was listed is deleted"
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        count = data.get("success_count", 0) if isinstance(data, dict) else 0
        if count:
            yield f"the answer says that {count} sessions are deleted"

    return Has("an answer that reports no deletion", wrong)


def shows_no_inside() -> Has[Answer]:
    """An Answer in which stands neither the text of an exception nor SQL."""

    def wrong(answer: Answer) -> Iterator[str]:
        found = INSIDE.search(answer.text)
        if found:
            yield f"the answer shows the inside of RAGFlow: {found.group()!r} in {shortened(answer.text)}"

    return Has("an answer without exceptions and SQL", wrong)


def has_clean_headers() -> Has[Answer]:
    """An Answer whose headers hold no cookie, no API key, and nothing that only the inside of RAGFlow knows of."""

    def wrong(answer: Answer) -> Iterator[str]:
        for name, value in answer.headers.items():
            shown = f"{name}: {shortened(value)}"
            if name.lower() == "set-cookie":
                yield f"a cookie comes with the answer: {shown}"
            if REDACTED in value:
                yield f"the API key comes with the answer: {shown}"
            if INSIDE.search(value) or OF_A_STATUS.search(value):
                yield f"something of the inside of RAGFlow comes with the answer: {shown}"

    return Has("an answer and nothing else", wrong)


def are_exactly(sessions: Sequence[Session]) -> Has[Sequence[Session]]:
    """These sessions and no others, in any order, told apart and told by their ids."""

    return Has(_ids(sessions) or "no sessions", lambda there: _difference(sessions, there))


def _difference(sessions: Sequence[Session], there: Sequence[Session]) -> Iterator[str]:
    missing, added = Counter(sessions) - Counter(there), Counter(there) - Counter(sessions)
    renamed = [session for session in added if session.id in {each.id for each in missing}]
    yield from (f"renamed: {session.id} is now called '{session.name}'" for session in renamed)
    same = {session.id for session in renamed}
    gone, left = ([each for each in some.elements() if each.id not in same] for some in (missing, added))
    yield from _sessions_line("gone, and should still be there", gone)
    yield from _sessions_line("there, and should not be", left)


def are_at_least(sessions: Sequence[Session]) -> Has[Sequence[Session]]:
    """These sessions, and maybe others."""

    def wrong(there: Sequence[Session]) -> Iterator[str]:
        yield from _sessions_line("gone, and should still be there", [each for each in sessions if each not in there])

    return Has(f"at least {_ids(sessions)}", wrong)


def are_in_the_lists_of_their_users(sessions: Sequence[Session]) -> Has[Mapping[str, Sequence[Session]]]:
    """The lists of users: each has those of the sessions that are the user's, and no others."""

    def wrong(lists: Mapping[str, Sequence[Session]]) -> Iterator[str]:
        for user, there in lists.items():
            differ = _difference([session for session in sessions if session.user == user], there)
            yield from (f"in the list of the user '{user}': {line}" for line in differ)

    return Has(f"in the list of each user those that are the user's of {_ids(sessions)}", wrong)


def is_refused_without(sessions: Sequence[Session]) -> Has[Answer]:
    """A refusal in which none of these sessions stands, neither by its id nor by its name."""

    def wrong(answer: Answer) -> Iterator[str]:
        yield from _not_refused(answer)
        shown = [session for session in sessions if session.id in answer.text or f'"{session.name}"' in answer.text]
        yield from _sessions_line("shown, and should not be", shown)

    return Has("a refusal that shows no session", wrong)


def is_as(noted: Snapshot) -> Has[Snapshot]:
    """A Snapshot that is the same, field by field and in the same order."""
    return Has("everything as it was noted down", lambda now: noted.changes(now))


def _sessions_line(what: str, sessions: Sequence[Session]) -> Iterator[str]:
    if sessions:
        yield f"{what}: {_ids(sessions)}"


def _ids(sessions: Sequence[Session]) -> str:
    """Their ids; of very many the first ones, and how many there are besides."""
    ids = ", ".join(session.id for session in sessions[:MANY_SESSIONS])
    return ids + (f" and {len(sessions) - MANY_SESSIONS:,} more" if len(sessions) > MANY_SESSIONS else "")


def _first_of(checked: Iterable[tuple[Exchange, Sequence[str]]]) -> Iterator[str]:
    """The first few exchanges with which something is wrong, and how many there are."""
    wrong = [(exchange, lines) for exchange, lines in checked if lines]
    if wrong:
        yield f"{len(wrong):,} answers differ, the first of them: {wrong[0][1][0]}"
    for exchange, lines in wrong[:WRONG_ANSWERS]:
        yield describe_exchange(exchange.answer)
        yield from lines


def _in_words(outcome: Outcome) -> str:
    return f"{outcome.name}, which is {outcome.status} {on_the_wire(outcome.body)}"
