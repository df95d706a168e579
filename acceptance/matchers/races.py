"""Matchers for the answers to several deletions. Rounds are deletions of one session at the same time."""

from collections.abc import Iterable, Iterator, Sequence

from acceptance.contract.contract import Contract
from acceptance.contract.selection import Selection
from acceptance.matchers.differences import DifferenceMatcher, differences, expects, to_wire
from acceptance.ragflow.description import describe_exchange
from acceptance.sandbox.long_deletion import Race
from acceptance.sandbox.sender import Exchange

# Wrong answers that a failure shows.
MAX_ANSWERS = 3

Rounds = Sequence[Sequence[Exchange]]


@expects("answers that report everything listed as deleted")
def all_succeed(exchanges: Sequence[Exchange], contract: Contract) -> Iterator[str]:
    """Match deletions whose answers all follow from their own lists."""
    return _first_wrong((each, _differences(contract, each)) for each in exchanges)


@expects("answers that together report every session as deleted, and all others as unknown")
def report_every_deletion(exchanges: Sequence[Exchange], contract: Contract) -> Iterator[str]:
    """Match concurrent deletions: each answer is consistent, and each session is reported as deleted at least once."""
    reported = [contract.without_reported_unknown(each.selection, each.answer.text) for each in exchanges]
    pairs = zip(exchanges, reported, strict=True)
    yield from _first_wrong((each, _differences(contract, each, selection)) for each, selection in pairs)
    deleted = {id for selection in reported for id in selection.deleted}
    if missing := {id for each in exchanges for id in each.selection.deleted} - deleted:
        yield f"no answer reports these as deleted: {to_wire(sorted(missing))}"


@expects("answers that report the session as deleted or as unknown")
def report_deleted_or_unknown(rounds: Rounds, contract: Contract) -> Iterator[str]:
    """Match rounds in which each answer is a success, or reports the session as unknown."""
    problem = ["the answer reports the session neither as deleted nor as unknown"]
    answers = [each for exchanges in rounds for each in exchanges]
    return _first_wrong(
        (each, problem)
        for each in answers
        if _differences(contract, each) and _differences(contract, each, each.selection.without(each.selection.listed))
    )


@expects("exactly one success in each round")
def have_one_success_per_round(rounds: Rounds, contract: Contract) -> Iterator[str]:
    for number, successes in _successes(rounds, contract):
        if successes > 1:
            yield f"round {number}: more than one deletion succeeded, {successes} of {len(rounds[number - 1])}"
        elif not successes:
            yield f"round {number}: no deletion succeeded"


@expects("a success in each round")
def have_a_success_per_round(rounds: Rounds, contract: Contract) -> Iterator[str]:
    for number, successes in _successes(rounds, contract):
        if not successes:
            yield f"round {number}: no deletion succeeded"


def answers_at_least(lists: int) -> DifferenceMatcher[Race]:
    """Match a deletion before which at least so many lists were answered: others do not wait for it."""
    return DifferenceMatcher(
        f"at least {lists} lists answered before the deletion",
        lambda race: [] if race.answered_before >= lists else [race.summary],
    )


def answers_at_most(lists: int) -> DifferenceMatcher[Race]:
    """Match a deletion before which at most so many lists were answered: others wait for it."""
    return DifferenceMatcher(
        f"at most {lists} list answered before the deletion",
        lambda race: [] if race.answered_before <= lists else [race.summary],
    )


def _successes(rounds: Rounds, contract: Contract) -> Iterator[tuple[int, int]]:
    """Yield the number of each round, and the number of its successes."""
    for number, exchanges in enumerate(rounds, start=1):
        yield number, sum(not _differences(contract, each) for each in exchanges)


def _differences(contract: Contract, exchange: Exchange, selection: Selection | None = None) -> list[str]:
    return list(differences(contract.deletion(selection or exchange.selection), exchange.answer))


def _first_wrong(checked: Iterable[tuple[Exchange, Sequence[str]]]) -> Iterator[str]:
    """Show the first exchanges that have differences, and count all of them."""
    wrong = [(exchange, lines) for exchange, lines in checked if lines]
    if wrong:
        yield f"{len(wrong):,} answers differ, the first of them: {wrong[0][1][0]}"
    for exchange, lines in wrong[:MAX_ANSWERS]:
        yield describe_exchange(exchange.answer)
        yield from lines
