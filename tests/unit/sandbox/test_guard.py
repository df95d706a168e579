"""What a run does not delete, behind proxies that change deletions, on the embedded server of each kind of release."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count

import pytest

from acceptance.errors import CannotRun, LeftBehind, OthersMissing, TenantWiped
from acceptance.interruption import Interruption, held
from acceptance.paths import ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants
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

WITHOUT_IDS, WITH_IDS = ["0.18", "0.20", "0.22.1", "0.23", "0.24"], ["0.25", "0.27"]
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
        is_green = release in WITH_IDS and name in LATE
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
        # Some releases read a body of any type.
        is_harmless = name == "no type" and release in ("0.18", "0.20", "0.23")
        is_green = is_harmless or (release in WITH_IDS and name in LATE)
        errors = (OthersMissing, TenantWiped) if is_lost else (CannotRun, LeftBehind)
        with nullcontext() if is_green else pytest.raises(errors) as stop:
            use(ragflow, allows_others=True)
        assert sorted(set(FOREIGN) & set(embedded.assistants())) == ([] if is_lost else sorted(FOREIGN))
        assert all(each in str(stop.value) for each in FOREIGN if is_lost)


# The requests: an assistant, two sessions, a deletion and a list.
@pytest.mark.parametrize("number", range(1, 6))
def test_an_interrupt_waits_until_the_bystander_can_be_removed(server: tuple[str, Embedded], number: int) -> None:
    _, embedded = server
    guard, requests = Guard.for_tenants([embedded.own], allows_others=False), count(1)

    def interrupt(*_: object) -> None:
        if next(requests) == number:
            signal.raise_signal(signal.SIGINT)

    with Interruption(lambda _: None):
        sandbox = Sandbox(embedded.own.with_listener(interrupt), guard, held)
        with pytest.raises(KeyboardInterrupt):
            sandbox.create_bystander()
        sandbox.clear_all()
    assert embedded.assistants() == []


def test_no_other_module_deletes_assistants() -> None:
    modules = [file for folder in ("acceptance", "features", "load") for file in (ROOT / folder).rglob("*.py")]
    deleting = {file.name for file in modules if re.search(r"\.delete_assistants?\(", file.read_text("utf-8"))}
    assert deleting == {"guard.py"}
