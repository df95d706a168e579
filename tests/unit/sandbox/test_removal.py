"""How assistants are removed, and how a sandbox proves it, on the embedded server and behind a proxy."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import pytest

from acceptance.errors import LeftBehind, NoAnswer, NotRAGFlow, TenantWiped, UnusableListing, WrongShape
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_assistant_names
from acceptance.ragflow.messages import NO_KEY, Answer
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.inventory import PREFIX, Assistant, Inventory
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.view import sessions_of
from tests.support.servers import OTHER_KEY, Embedded
from tests.unit.sandboxes import (
    ids_of,
    new_sender,
    sandbox_on,
    scenario_assistants,
    tampered_sandbox,
    temporary_sandbox,
)
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

# Calls, as patterns.
DELETE, LOOKUP, PAGE = r"DELETE /api/v1/chats$", r"GET /api/v1/chats\?", r"GET /api/v1/chats\?page=1&"
BROKEN_OFF = Misconduct.BREAK_OFF
REFUSAL, FALSE_SUCCESS = json_reply({"code": 102, "message": "not today"}), json_reply({"code": 0})
AT_THE_END = pytest.mark.parametrize("clear", [Sandbox.clear, Sandbox.clear_all])


@dataclass
class Tampering:
    """Gives these answers to a call, and then leaves it to the server."""

    call: str
    answers: list[Reply | Misconduct] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Reply | Misconduct | None:
        return self.answers.pop() if self.answers and re.match(self.call, f"{seen.method} {seen.path}") else None


def deletions(proxy: StandIn) -> list[tuple[str, list[str]]]:
    """The deletions that were requested: address and ids."""
    requests = [seen for seen in proxy.seen if seen.method == "DELETE"]
    return [(seen.path.removeprefix("/api/v1/chats"), json.loads(seen.body)["ids"]) for seen in requests]


def create_namesakes(sandbox: Sandbox, embedded: Embedded) -> tuple[Assistant, Assistant]:
    """Create an assistant for each tenant, both of the same name."""
    mine = sandbox.create_assistant(sessions=1)
    owner = sandbox.ragflow.acting_as(embedded.other.credentials)
    return mine, sandbox.create_assistant(sessions=1, owner=owner, name=mine.name, other=True)


# After a scenario


@AT_THE_END
def test_sessions_are_deleted_before_their_assistant_and_once(
    embedded: Embedded, clear: Callable[[Sandbox], None]
) -> None:
    with tampered_sandbox(embedded) as (sandbox, proxy):
        assistant = sandbox.create_assistant(sessions=2)
        new = sandbox.create_session(assistant, "one more")
        empty = sandbox.create_assistant(sessions=0, other=True)
        clear(sandbox)
        assert scenario_assistants(embedded) == []
        sandbox.clear()
        assert deletions(proxy)[:3] == [
            (f"/{assistant.id}/sessions", [*assistant.session_ids, new.id]),
            ("", [assistant.id]),
            ("", [empty.id]),
        ]
        assert len(deletions(proxy)) == (3 if clear is Sandbox.clear else 4)


@AT_THE_END
def test_only_assistants_of_this_run_are_removed(embedded: Embedded, clear: Callable[[Sandbox], None]) -> None:
    with temporary_sandbox(embedded.own) as yours, temporary_sandbox(embedded.other) as neighbours:
        kept = [yours.create_assistant(sessions=1), neighbours.create_assistant(sessions=1)]
        before = embedded.assistants()
        mine = sandbox_on(embedded.own)
        names = [f"{PREFIX} {mine.run}", f"{PREFIX} {mine.run}0 1", f"{PREFIX} {mine.run}-x 1", f"my {mine.prefix} 1"]
        foreign = {name: embedded.own.create_assistant(name).body["data"]["id"] for name in names}
        mine.create_assistant(sessions=1)
        mine.create_assistant(sessions=1, owner=embedded.other, other=True)
        clear(mine)
        mine.clear_all()
        assert sorted(embedded.assistants()) == sorted([*before, *names])
        assert [sessions_of(each) for each in kept] == [each.sessions for each in kept]
        embedded.own.delete_assistants([*foreign.values()])


def test_an_assistant_that_replaces_a_deleted_one_of_the_same_name_is_removed(embedded: Embedded) -> None:
    with temporary_sandbox(embedded.own) as sandbox:
        first = sandbox.create_assistant(sessions=0)
        embedded.own.delete_assistants([first.id])
        sandbox.create_assistant(sessions=0, name=first.name)
        sandbox.clear()
        assert scenario_assistants(embedded) == []


@pytest.mark.parametrize("answer", [REFUSAL, BROKEN_OFF])
def test_a_failed_removal_is_tried_once_more(embedded: Embedded, answer: Reply | Misconduct) -> None:
    with tampered_sandbox(embedded, Tampering(DELETE, [answer])) as (sandbox, _):
        sandbox.create_assistant(sessions=1)
        sandbox.clear()
        assert scenario_assistants(embedded) == []


@pytest.mark.parametrize("answers", [[REFUSAL] * 2, [BROKEN_OFF] * 2, [FALSE_SUCCESS]])
def test_a_failed_removal_is_repeated_at_the_end(embedded: Embedded, answers: list[Reply | Misconduct]) -> None:
    with tampered_sandbox(embedded, Tampering(DELETE, [*answers])) as (sandbox, _):
        first, _second = (sandbox.create_assistant(sessions=1) for _ in range(2))
        # Without an answer, or with a false success, the list at the end of the run decides.
        refusal = pytest.raises(LeftBehind, match=rf"{first.name}(?s:.*)DELETE /api/v1/chats(?s:.*)not today")
        with refusal if REFUSAL in answers else nullcontext():
            sandbox.clear()
        assert scenario_assistants(embedded) == [first.name]
        sandbox.clear()
        sandbox.clear_all()
        assert embedded.assistants() == []


def test_an_answer_of_the_wrong_shape_is_reported_after_everything_is_removed(embedded: Embedded) -> None:
    def check(answer: Answer) -> None:
        if answer.request.method == "DELETE" and answer.request.path == "/api/v1/chats":
            raise WrongShape("the answer has the wrong shape")

    sandbox = sandbox_on(RAGFlow(embedded.url, embedded.own.credentials))
    sandbox.ragflow.check = check
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
    with pytest.raises(WrongShape):
        sandbox.clear()
    assert scenario_assistants(embedded) == []
    sandbox.clear()
    sandbox.ragflow.check = None
    sandbox.clear_all()


def test_interrupts_wait_for_creations_and_removals(embedded: Embedded) -> None:
    # By number, because a block may be held inside another one.
    calls_held: dict[int, str] = {}

    @contextmanager
    def held() -> Iterator[None]:
        before = len(proxy.seen)
        yield
        calls_held.update(list(enumerate(proxy.calls()))[before:])

    def uninterrupted(call: str) -> int:
        return list(calls_held.values()).count(call)

    with StandIn(lambda seen: forwarded(embedded.url, seen)) as proxy:
        sandbox = Sandbox(RAGFlow(proxy.url, embedded.own.credentials), Guard(is_verified=True), held)
        sandbox.create_assistant(sessions=2)
        sandbox.clear()
        assert uninterrupted("POST /api/v1/chats") == 2
        assert uninterrupted("DELETE /api/v1/chats") == 1
        sandbox.clear_all()
    assert uninterrupted("DELETE /api/v1/chats") == 2
    assert not any(call.startswith("POST") and call.endswith("/sessions") for call in calls_held.values())


# Two tenants with assistants of one name


@AT_THE_END
@pytest.mark.parametrize("left", [0, 1])
def test_of_two_namesakes_the_one_that_is_left_is_named(
    embedded: Embedded, left: int, clear: Callable[[Sandbox], None]
) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return REFUSAL if is_active and seen.method == "DELETE" and pair[left].id.encode() in seen.body else None

    is_active = True
    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        pair = create_namesakes(sandbox, embedded)
        with pytest.raises(LeftBehind, match=f"assistant '{pair[left].name}'"):
            clear(sandbox)
        assert [each for each in pair if ids_of(each.name, each.owner)] == [pair[left]]
        is_active = False
    assert embedded.assistants() == []


def test_an_unconfirmed_namesake_is_removed_by_its_own_tenant(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Misconduct | None:
        if seen.call != "POST /api/v1/chats" or OTHER_KEY not in seen.headers["Authorization"]:
            return None
        forwarded(embedded.url, seen)
        return BROKEN_OFF

    with tampered_sandbox(embedded, tamper) as (sandbox, proxy):
        with pytest.raises(NoAnswer):
            create_namesakes(sandbox, embedded)
        assert len(fetch_assistant_names(embedded.other)) == 1
        sandbox.clear()
        assert scenario_assistants(embedded) == []
        assert len({id for path, ids in deletions(proxy) if not path for id in ids}) == 2


# Kept for inspection


def test_kept_assistants_stay_with_their_sessions(embedded: Embedded) -> None:
    sandbox = sandbox_on(embedded.own)
    assert sandbox.keep() == []
    pair = create_namesakes(sandbox, embedded)
    assert sandbox.keep() == [pair[0].name] * 2
    sandbox.clear()
    sandbox.create_assistant(sessions=0)
    sandbox.clear_all()
    assert sandbox.kept == embedded.assistants() == [pair[0].name] * 2
    assert [sessions_of(each) for each in pair] == [each.sessions for each in pair]
    for each in pair:
        each.owner.delete_assistants([each.id])


# The bystander


def test_without_its_only_bystander_a_tenant_counts_as_wiped(embedded: Embedded, sandbox: Sandbox) -> None:
    sandbox.check_bystander("nothing yet")
    bystander = f"{sandbox.prefix} bystander"
    for _ in range(2):
        sandbox.create_assistant(sessions=0)
        new_sender(sandbox).remove(sandbox.create_assistant(sessions=0, owner=embedded.other, other=True))
        assert [name for name in embedded.assistants() if name.endswith(" bystander")] == [bystander]
        [id] = ids_of(bystander, embedded.own)
        assert id not in [*sandbox.names.values(), *sandbox.display_names]
        sandbox.check_bystander("DELETE something")
        sandbox.clear()
    assert embedded.assistants() == [bystander]
    embedded.own.delete_assistants([id])
    with pytest.raises(TenantWiped, match="another client deletes assistants here, or this request did: DELETE it"):
        sandbox.check_bystander("DELETE it")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_reply({"code": 109, "message": "chat: API key is invalid"}), UnusableListing),
        (Reply(502), NotRAGFlow),
        (BROKEN_OFF, NoAnswer),
    ],
)
def test_an_unclear_answer_does_not_mean_that_the_bystander_is_gone(
    embedded: Embedded, answer: Reply | Misconduct, error: type[Exception]
) -> None:
    tampering = Tampering(LOOKUP, [answer] * 99)
    with tampered_sandbox(embedded, tampering) as (sandbox, _):
        sandbox.create_assistant(sessions=0)
        with pytest.raises(error):
            sandbox.check_bystander("DELETE something")
        tampering.answers.clear()


# At the end of a run


def test_a_run_that_created_nothing_sends_no_request() -> None:
    with StandIn(lambda _: Reply(500)) as server:
        sandbox_on(RAGFlow(server.url, NO_KEY)).clear_all()
    assert server.seen == []


def list_of(*ids: str, prefix: str = "") -> Reply:
    return json_reply({"code": 0, "data": [{"id": id, "name": f"{prefix} {id}"} for id in ids]})


UNVERIFIED = "'{prefix} …' may be there: "
# what goes wrong: (the call, its answer, the message)
TROUBLES: dict[str, tuple[str, Callable[[Inventory], Reply | Misconduct], str]] = {
    "refused removal": (DELETE, lambda _: REFUSAL, "1': the server still has it(?s:.*)2'(?s:.*)bystander': the"),
    "unanswered removal": (DELETE, lambda _: BROKEN_OFF, "1': DELETE(?s:.*)2'(?s:.*)bystander': DELETE"),
    "false success": (DELETE, lambda _: FALSE_SUCCESS, "1': the server still lists it"),
    "lookup without answer": (LOOKUP, lambda _: BROKEN_OFF, UNVERIFIED),
    "lookup that finds nothing": (LOOKUP, lambda _: list_of(), "prove"),
    "one more of this run": (
        PAGE,
        lambda of_run: list_of(of_run.bystander.id, "99", prefix=of_run.prefix),
        "99': the server still",
    ),
    "list without the bystander": (PAGE, lambda _: list_of("theirs"), f"{UNVERIFIED}.*it proves nothing"),
    "refused list": (PAGE, lambda _: REFUSAL, UNVERIFIED),
    "gateway": (PAGE, lambda _: Reply(504), f"{UNVERIFIED}.*504"),
    "list without answer": (PAGE, lambda _: BROKEN_OFF, f"{UNVERIFIED}.*broke off"),
}


@pytest.mark.parametrize("is_cleared_before", [False, True])
@pytest.mark.parametrize(("call", "answer", "message"), TROUBLES.values(), ids=TROUBLES)
def test_a_run_is_clean_only_if_the_server_confirms_it(
    embedded: Embedded,
    call: str,
    answer: Callable[[Inventory], Reply | Misconduct],
    message: str,
    is_cleared_before: bool,
) -> None:
    tampering = Tampering(call)
    with tampered_sandbox(embedded, tampering) as (sandbox, _):
        for _ in range(2):
            sandbox.create_assistant(sessions=0)
        if is_cleared_before and call != DELETE:
            sandbox.clear()
        tampering.answers += [answer(sandbox.inventory)] * 99
        with pytest.raises(LeftBehind, match=message.format(prefix=sandbox.prefix)):
            sandbox.clear_all()
        tampering.answers.clear()
    assert embedded.assistants() == []


# Workers


def test_the_parent_removes_what_workers_left(embedded: Embedded) -> None:
    with tampered_sandbox(embedded) as (parent, proxy):
        runs = [f"{parent.run}{suffix}" for suffix in ("-1", "-23", " 4")]
        workers = [Sandbox(embedded.own, parent.guard, nullcontext, run) for run in runs]
        for worker in workers:
            worker.create_assistant(sessions=1)
        left = workers[0].create_assistant(sessions=2, owner=embedded.other, other=True)
        kept = workers[1].keep()
        parent.kept += kept
        other = parent.ragflow.acting_as(embedded.other.credentials)
        parent.clear_all([parent.ragflow, other])
        assert embedded.assistants() == kept
        assert (f"/{left.id}/sessions", [*left.session_ids]) in deletions(proxy)
        embedded.own.delete_assistants(ids_of(kept[0], embedded.own))
