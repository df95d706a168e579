"""What a run does not delete, behind proxies that change deletions, on the embedded server of each kind of release."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from email.message import Message
from itertools import count

import pytest

from acceptance.errors import CannotRun, LeftBehind, OthersMissing, TenantWiped
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_all_assistants
from acceptance.sandbox.guard import Guard
from acceptance.sandbox.sandbox import Sandbox
from tests.support.servers import Embedded, embedded_server
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded

WITHOUT_IDS, WITH_IDS = ["0.18", "0.20", "0.22.1", "0.23", "0.24"], ["0.25", "0.27"]
FOREIGN = ["a user's assistant", "another one", "and a third"]

Change = Callable[[Seen], Seen]


def without_body(seen: Seen) -> Seen:
    return with_header(replace(seen, body=b""), "Content-Length", "0")


def without_type(seen: Seen) -> Seen:
    return with_header(seen, "Content-Type", None)


def with_empty_object(seen: Seen) -> Seen:
    return with_header(replace(seen, body=b"{}"), "Content-Length", "2") if seen.body else seen


def without_body_of_assistants(seen: Seen) -> Seen:
    return without_body(seen) if seen.path == "/api/v1/chats" else seen


def with_header(seen: Seen, name: str, value: str | None) -> Seen:
    headers = Message()
    for each, text in seen.headers.items():
        if each.lower() != name.lower():
            headers[each] = text
    if value is not None:
        headers[name] = value
    return replace(seen, headers=headers)


def without_body_later() -> Change:
    deletions = count(1)
    return lambda seen: without_body(seen) if next(deletions) >= 10 else seen


# Each makes a new proxy.
AT_ONCE = {"no body": lambda: without_body, "no type": lambda: without_type, "{}": lambda: with_empty_object}
LATE = {"no body for /chats": lambda: without_body_of_assistants, "no body later": without_body_later}
every_proxy = pytest.mark.parametrize("proxy", [*AT_ONCE, *LATE])


@pytest.fixture(scope="module", params=[*WITHOUT_IDS, *WITH_IDS])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Embedded]]:
    with embedded_server(request.param) as embedded:
        yield request.param, embedded


@contextmanager
def between(embedded: Embedded, proxy: str) -> Iterator[RAGFlow]:
    """A client behind a proxy that changes deletions. The tenant has three foreign assistants; at the end, none."""
    change = {**AT_ONCE, **LATE}[proxy]()
    for name in FOREIGN:
        embedded.own.create_assistant(name)

    def relay(seen: Seen) -> Reply:
        return forwarded(embedded.url, change(seen) if seen.method == "DELETE" else seen)

    try:
        with StandIn(relay) as server:
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
def test_assistants_of_others_stay_by_default(server: tuple[str, Embedded], proxy: str) -> None:
    release, embedded = server
    with between(embedded, proxy) as ragflow:
        is_green = release in WITH_IDS and proxy in LATE
        with nullcontext() if is_green else pytest.raises((CannotRun, LeftBehind)) as stop:
            use(ragflow, allows_others=False)
        assert sorted(embedded.assistants()) == sorted(FOREIGN)
    if release in WITHOUT_IDS:
        assert re.search(
            r"'a user's assistant' \(\w+\), .*The run has created nothing.*RAGFLOW_SHARED_TENANT=yes", str(stop.value)
        )


@every_proxy
def test_with_consent_no_lost_assistant_is_overlooked(server: tuple[str, Embedded], proxy: str) -> None:
    release, embedded = server
    with between(embedded, proxy) as ragflow:
        is_lost = release in WITHOUT_IDS and proxy in LATE
        # Some releases read a body of any type.
        is_harmless = proxy == "no type" and release in ("0.18", "0.20", "0.23")
        is_green = is_harmless or (release in WITH_IDS and proxy in LATE)
        errors = (OthersMissing, TenantWiped) if is_lost else (CannotRun, LeftBehind)
        with nullcontext() if is_green else pytest.raises(errors) as stop:
            use(ragflow, allows_others=True)
        assert sorted(set(FOREIGN) & set(embedded.assistants())) == ([] if is_lost else sorted(FOREIGN))
        assert all(name in str(stop.value) for name in FOREIGN if is_lost)
