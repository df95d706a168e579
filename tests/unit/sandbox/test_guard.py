"""What a run does not delete, behind proxies that change deletions, on the embedded server of each kind of release."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count

import pytest

from acceptance.errors import CannotRun, LeftBehind, OthersMissing, TenantWiped
from acceptance.interruption import Interruption, held
from acceptance.paths import ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants, fetch_assistants_by_id
from acceptance.sandbox import guard
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.sandbox import Sandbox
from tests.support.servers import Embedded, embedded_server
from tests.unit.proxies import (
    proxy,
    with_empty_object,
    without_body,
    without_body_later,
    without_body_of_assistants,
    without_type,
)
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply

WITHOUT_IDS, WITH_IDS = ["0.18", "0.20", "0.22.1", "0.23", "0.24"], ["0.25", "0.27", "0.27-go"]
# They read a body of any type.
OF_ANY_TYPE = ["0.18", "0.20", "0.23", "0.27-go"]
FOREIGN = ["a user's assistant", "another one", "and a third"]

# Each makes a new proxy.
AT_ONCE = {"no body": lambda: without_body, "no type": lambda: without_type, "{}": lambda: with_empty_object}
LATE = {"no body for /chats": lambda: without_body_of_assistants, "no body later": without_body_later}
every_proxy = pytest.mark.parametrize("name", [*AT_ONCE, *LATE])


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for a deletion that takes effect late."""
    monkeypatch.setattr(guard, "MAX_DELAY", 0.05)


@pytest.fixture(scope="module", params=[*WITHOUT_IDS, *WITH_IDS])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Embedded]]:
    with embedded_server(request.param) as embedded:
        yield request.param, embedded


@contextmanager
def between(embedded: Embedded, name: str) -> Iterator[RAGFlow]:
    """A client behind a proxy that changes deletions. The tenant has three foreign assistants; at the end, none."""
    change = {**AT_ONCE, **LATE}[name]()
    for each in FOREIGN:
        embedded.own.create_assistant(each)

    try:
        with proxy(embedded.url, change) as server:
            yield RAGFlow(server.url, embedded.own.credentials)
    finally:
        if left := [str(item["id"]) for item in fetch_all_assistants(embedded.own)]:
            embedded.own.delete_assistants(left)


def use(ragflow: RAGFlow, *, allows_others: bool) -> None:
    """Do what every program does: create and delete assistants, and clean up."""
    guard = Guard.for_tenants([ragflow], allows_others=allows_others)
    sandbox = Sandbox(ragflow, guard, nullcontext)
    try:
        for _ in range(5):
            sandbox.create_assistant(sessions=2)
            sandbox.clear()
    finally:
        sandbox.clear_all()


@every_proxy
def test_assistants_of_others_stay_by_default(server: tuple[str, Embedded], name: str) -> None:
    release, embedded = server
    with between(embedded, name) as ragflow:
        is_green = release in WITH_IDS and (name in LATE or (name == "no type" and release in OF_ANY_TYPE))
        with nullcontext() if is_green else pytest.raises((CannotRun, LeftBehind)) as stop:
            use(ragflow, allows_others=False)
        assert sorted(embedded.assistants()) == sorted(FOREIGN)
    if release in WITHOUT_IDS:
        assert re.search(
            r"'a user's assistant' \(\w+\), .*The run has created nothing.*RAGFLOW_SHARED_TENANT=yes", str(stop.value)
        )


@every_proxy
def test_with_consent_no_lost_assistant_is_overlooked(server: tuple[str, Embedded], name: str) -> None:
    release, embedded = server
    with between(embedded, name) as ragflow:
        is_lost = release in WITHOUT_IDS and name in LATE
        is_harmless = name == "no type" and release in OF_ANY_TYPE
        is_green = is_harmless or (release in WITH_IDS and name in LATE)
        errors = (OthersMissing, TenantWiped) if is_lost else (CannotRun, LeftBehind)
        with nullcontext() if is_green else pytest.raises(errors) as stop:
            use(ragflow, allows_others=True)
        assert sorted(set(FOREIGN) & set(embedded.assistants())) == ([] if is_lost else sorted(FOREIGN))
        assert all(each in str(stop.value) for each in FOREIGN if is_lost)


# The requests: an assistant, two sessions, a deletion and two pages. Before the sessions, from 0.25 on: another
# assistant, two pages, its deletion and two pages.
@pytest.mark.parametrize("number", range(1, 13))
def test_an_interrupt_waits_until_the_bystander_can_be_removed(server: tuple[str, Embedded], number: int) -> None:
    release, embedded = server
    guard, requests = Guard.for_tenants([embedded.own], allows_others=False), count(1)

    def interrupt(*_: object) -> None:
        if is_creating and next(requests) == number:
            signal.raise_signal(signal.SIGINT)

    with Interruption(lambda _: None):
        sandbox = Sandbox(embedded.own.with_listener(interrupt), guard, held)
        is_creating, is_sent = True, number <= 6 or release in WITH_IDS
        with pytest.raises(KeyboardInterrupt) if is_sent else nullcontext():
            sandbox.create_bystander()
        is_creating = False
        sandbox.clear_all()
    assert embedded.assistants() == []


# A server that only seems to delete an assistant by its id.


@contextmanager
def pretending(embedded: Embedded, harm: Callable[[str], object]) -> Iterator[tuple[RAGFlow, StandIn]]:
    """A client of a server that knows no unknown id, but answers a known one with success, after this harm."""

    def react(seen: Seen) -> Reply:
        id = seen.path.removeprefix("/api/v1/chats/")
        if seen.method != "DELETE" or not re.fullmatch(r"\w+", id) or id == guard.UNKNOWN_ID:
            return forwarded(embedded.url, seen)
        harm(id)
        return json_reply({"code": 0, "data": True})

    with StandIn(react) as server:
        yield RAGFlow(server.url, embedded.own.credentials), server


@pytest.fixture(scope="module")
def modern() -> Iterator[Embedded]:
    with embedded_server("0.27") as embedded:
        yield embedded


@pytest.fixture
def foreign(modern: Embedded) -> Iterator[list[str]]:
    """The ids of assistants that no run has created."""
    yield [modern.own.create_assistant(each).body["data"]["id"] for each in FOREIGN]  # type: ignore[call-overload,index]
    for id in fetch_assistants_by_id(modern.own):
        modern.own.delete_assistant(id)


def removals(server: StandIn) -> list[str]:
    """The deletions of assistants, except that of an unknown one."""
    calls = [call for call in server.calls() if re.fullmatch(r"DELETE /api/v1/chats(/\w+)?", call)]
    return [call for call in calls if guard.UNKNOWN_ID not in call]


def test_without_a_proof_assistants_of_others_are_refused(modern: Embedded, foreign: list[str]) -> None:
    with pretending(modern, lambda _: None) as (ragflow, server):
        with pytest.raises((CannotRun, LeftBehind)) as stop:
            use(ragflow, allows_others=False)
        assert len(removals(server)) == 1
    left = sorted(set(modern.assistants()) - set(FOREIGN))
    assert [name.split()[2:] for name in left] == [["bystander"], ["to", "be", "removed"]]
    assert len(modern.assistants()) == len(foreign) + 2
    assert all(f"assistant '{name}': it remains on the server on purpose" in str(stop.value) for name in left)
    refusal = str(stop.value.__context__)
    assert re.search(
        r"DELETE /chats/<id> did not remove .*Of this run remain on the server: '.*RAGFLOW_SHARED", refusal
    )
    assert all(f"'{name}' (" in refusal for name in left)


@pytest.mark.usefixtures("foreign")
def test_without_a_proof_lists_are_deleted_if_that_is_allowed(modern: Embedded) -> None:
    with pretending(modern, lambda _: None) as (ragflow, server):
        use(ragflow, allows_others=True)
        assert {call.count("/") for call in removals(server)[1:]} == {3}
    assert sorted(modern.assistants()) == sorted(FOREIGN)


@pytest.mark.parametrize("allows_others", [True, False])
@pytest.mark.parametrize("what", ["everything", "another one", "all of this run"])
def test_a_server_that_deletes_more_is_sent_no_further_deletion(
    modern: Embedded, foreign: list[str], what: str, allows_others: bool
) -> None:
    def harm(id: str) -> None:
        listed = fetch_assistants_by_id(modern.own).keys()
        chosen = {"everything": listed, "another one": {id, foreign[0]}, "all of this run": listed - {*foreign}}[what]
        for each in chosen:
            modern.own.delete_assistant(each)

    with pretending(modern, harm) as (ragflow, server):
        with pytest.raises((OthersMissing, TenantWiped)) as stop:
            use(ragflow, allows_others=allows_others)
        assert len(removals(server)) == 1
    reason = str(stop.value.__context__)
    assert re.match(r"After DELETE /chats/\w+, .* disappeared: .*The run deletes nothing else", reason)
    assert ("bystander' (" in reason) == (what == "another one")
    assert (FOREIGN[0] in reason) == (what != "all of this run")


def test_no_other_module_deletes_assistants() -> None:
    modules = [file for folder in ("acceptance", "features", "load") for file in (ROOT / folder).rglob("*.py")]
    deleting = {file.name for file in modules if re.search(r"\.delete_assistants?\(", file.read_text("utf-8"))}
    assert deleting == {"guard.py"}
