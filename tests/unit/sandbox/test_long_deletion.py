import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, count, repeat

import pytest
from hamcrest import assert_that

from acceptance.contract.selection import Selection
from acceptance.errors import Inconclusive, NoAnswer, UnusableListing
from acceptance.matchers.races import answers_at_least, answers_at_most
from acceptance.sandbox import long_deletion
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.long_deletion import Race, delete_during_lists
from acceptance.sandbox.sender import Exchange, Sender
from tests.support.servers import Embedded
from tests.unit.examples import answer, failure
from tests.unit.sandboxes import Tamper, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

REFUSAL = json_reply({"code": 102, "message": "You don't own the chat"})

Run = Callable[[Tamper], tuple[Race, Sender]]


@pytest.fixture
def run(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A race of 3 or else 4 sessions, in which every deletion is long enough. The given assistant has 2 sessions."""
    monkeypatch.setattr(long_deletion, "SIZES", (3, 4))
    monkeypatch.setattr(long_deletion, "_seconds_of_lists", lambda *_: 0.0)

    def run(tamper: Tamper) -> tuple[Race, Sender]:
        is_over = False
        with tampered_sandbox(embedded, lambda seen: None if is_over else tamper(seen)) as (sandbox, _):
            sender, assistant = Sender(sandbox), sandbox.create_assistant(sessions=2)
            other = sandbox.create_assistant(sessions=1, other=True)
            try:
                return delete_during_lists(sender, sandbox, assistant, other), sender
            finally:
                is_over = True

    return run


def answering(lists: int) -> Tamper:
    """Answer so many lists while the second deletion runs, and the next list only after it."""
    deletions, left = count(), iter([True] * lists)
    next_list, deleted = threading.Event(), threading.Event()

    def tamper(seen: Seen) -> None:
        if seen.method == "DELETE" and next(deletions) == 1:
            assert next_list.wait(5)
            deleted.set()
        elif seen.method == "GET" and not next(left, False):
            next_list.set()
            assert deleted.wait(5)

    return tamper


@pytest.mark.parametrize(("lists", "is_free"), [(0, False), (10, True)])
def test_the_order_of_the_answers_decides(run: Run, lists: int, is_free: bool) -> None:
    race, sender = run(answering(lists))
    # The list after the deletion may overtake its answer.
    assert race.answered_before in (lists, lists + 1)
    # Reports show this race alone, and the deletion last.
    assert sender.exchanges == [*race.lists, race.deletion]
    assert len(race.deletion.selection.deleted) == 3
    matches, fails = (answers_at_least(10), answers_at_most(1))[:: 1 if is_free else -1]
    assert_that(race, matches)
    order = f"{race.answered_before} lists, the deletion, {len(race.lists) - race.answered_before} lists"
    assert f"deletion of 3 sessions: {len(race.lists)} lists sent" in failure(race, fails)
    assert order in failure(race, fails)


@pytest.mark.parametrize(
    ("reaction", "error"),
    [({"GET": REFUSAL}, UnusableListing), ({"DELETE": Misconduct.BREAK_OFF}, NoAnswer)],
)
def test_a_missing_or_unusable_answer_ends_the_race(
    run: Run, reaction: dict[str, Reply | Misconduct], error: type[Exception]
) -> None:
    deletions = count()
    with pytest.raises(error):
        run(lambda seen: reaction.get(seen.method) if seen.method == "GET" or next(deletions) else None)


def test_a_refused_deletion_is_judged_at_once(run: Run) -> None:
    race, _ = run(lambda seen: REFUSAL if seen.method == "DELETE" else None)
    assert (race.lists, race.deletion.answer.text.encode()) == ((), REFUSAL.body)


@pytest.mark.parametrize(("seconds", "sessions"), [(repeat(1e6), 2), (chain([0.0], repeat(1e6)), 4)])
def test_a_deletion_that_is_never_long_is_inconclusive(
    run: Run, monkeypatch: pytest.MonkeyPatch, seconds: "repeat[float]", sessions: int
) -> None:
    monkeypatch.setattr(long_deletion, "_seconds_of_lists", lambda *_: next(seconds))
    with pytest.raises(Inconclusive, match=f"deletion of {sessions} sessions: .*; 20 lists: 1000000"):
        run(lambda _: None)


# how many lists are answered before the deletion, and after it; retries: whether the result is clear
@pytest.mark.parametrize(
    ("before", "after", "retries", "is_clear"),
    [(0, 1, 0, True), (1, 1, 0, True), (2, 1, 0, False), (9, 1, 0, False), (10, 1, 0, True), (40, 0, 0, True),
     (0, 0, 0, False), (0, 1, 1, False), (10, 1, 1, False)],
)  # fmt: skip
def test_a_result_in_between_and_retries_decide_nothing(
    embedded: Embedded, before: int, after: int, retries: int, is_clear: bool
) -> None:
    def exchange(began: float) -> Exchange:
        return Exchange(Selection.of("", ""), replace(answer({"code": 0}), began=began, retries=retries))

    lists = (exchange(0.0),) * before + (exchange(2.0),) * after
    race = Race(Assistant("a", "a", embedded.own), exchange(1.0), lists)
    assert (race.answered_before, race.is_clear) == (before, is_clear)
