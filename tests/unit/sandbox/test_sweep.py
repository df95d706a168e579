"""The sweep removes what killed runs left, here from an embedded server of its own."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from acceptance import sweep
from acceptance.errors import TenantWiped
from acceptance.running import leftovers
from acceptance.sandbox.guard import UNKNOWN_ID
from acceptance.sandbox.inventory import PREFIX, Assistant
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded, embedded_server
from tests.unit.sandboxes import sandbox_on
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply

FOREIGN = [f"{PREFIX}s of mine", f"my {PREFIX} 1", "an assistant"]


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    with embedded_server() as server:
        yield server


@pytest.fixture
def left(server: Embedded) -> Iterator[list[Assistant]]:
    """What killed runs left for both tenants. There are also two bystanders, and assistants that are not of runs."""
    mine, theirs = (sandbox_on(tenant) for tenant in (server.own, server.other))
    runs = [mine.create_assistant(sessions=2), theirs.create_assistant(sessions=1)]
    foreign = [server.own.create_assistant(name).body["data"]["id"] for name in FOREIGN]
    yield runs
    for sandbox in (mine, theirs):
        # The sweep has removed their bystanders.
        with suppress(TenantWiped):
            sandbox.clear_all()
    own = [assistant.id for assistant, _ in leftovers.find_leftovers(server.own)]
    server.own.delete_assistants([*foreign, *own])
    assert server.assistants() == []


@pytest.fixture(autouse=True)
def environment(server: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAGFLOW_URL", "RAGFLOW_API_KEY", "RAGFLOW_OTHER_API_KEY", "RAGFLOW_RELEASE", "RAGFLOW_KEEP"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**server.settings, "RAGFLOW_SHARED_TENANT": "yes"}.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Swept:
    status: int
    out: list[str]
    err: str


Sweep = Callable[..., Swept]


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sweep:
    """A function that sweeps with these options, as the command line does."""

    def run(*options: str) -> Swept:
        monkeypatch.setattr(sys, "argv", ["sweep", *options])
        try:
            status = sweep.main()
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        assert not any(key in said.out + said.err for key in (OWN_KEY, OTHER_KEY))
        return Swept(status, said.out.splitlines(), said.err)

    return run


def test_leftovers_are_only_listed_by_default(server: Embedded, left: list[Assistant], swept: Sweep) -> None:
    before = server.assistants()
    listed = swept()
    assert listed.status == 0
    assert listed.out[-1] == "4 left; --yes removes them"
    for assistant, key in zip(left, ("the tenant's API key", "another tenant's API key"), strict=True):
        assert f"left: assistant '{assistant.name}', 0 minutes old, {key}" in listed.out
    assert server.assistants() == before


@pytest.mark.usefixtures("left")
def test_a_tenant_with_other_assistants_is_refused(
    server: Embedded, swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAGFLOW_SHARED_TENANT")
    before = server.assistants()
    refused = swept("--yes")
    assert refused.status == 1
    assert "The run has created nothing" in refused.err
    assert server.assistants() == before


@pytest.mark.usefixtures("left")
def test_leftovers_of_both_keys_are_removed_on_request(server: Embedded, swept: Sweep) -> None:
    removed = swept("--yes")
    assert (removed.status, removed.out[-1]) == (0, "removed: 4, left: 0"), removed.err
    assert sorted(server.assistants()) == sorted(FOREIGN)
    assert swept().out == ["0 left"]
    assert swept("--yes").out == ["removed: 0, left: 0"]


def test_sessions_are_removed_before_their_assistants(
    server: Embedded, left: list[Assistant], swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn(lambda seen: forwarded(server.url, seen)) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        swept("--yes")
    asked = [(seen.call, seen.body.decode()) for seen in between.seen if seen.method == "DELETE"]
    before = [call for call, _ in asked if UNKNOWN_ID in call]
    for assistant in left:
        [sessions] = [place for place, (call, _) in enumerate(asked) if assistant.id in call]
        [itself] = [place for place, (_, body) in enumerate(asked) if assistant.id in body]
        assert sessions < itself
        assert all(id in asked[sessions][1] for id in assistant.session_ids)
    # The bystanders of the runs have no sessions; that of the sweep has two.
    assert len(asked) == len(before) + 6 + 3


# the age of what goes, and how many minutes later it is: how much is found
AGES = {
    ("90s", 1): 0,
    ("90s", 2): 4,
    ("30m", 29): 0,
    ("30m", 31): 4,
    ("1h", 59): 0,
    ("1h", 61): 4,
    ("2d", 47 * 60): 0,
    ("2d", 49 * 60): 4,
    ("0s", 0): 4,
}


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize(("age", "later", "found"), [(*when, found) for when, found in AGES.items()])
def test_only_older_assistants_are_found(
    swept: Sweep, monkeypatch: pytest.MonkeyPatch, age: str, later: int, found: int
) -> None:
    now = time.time() + 60 * later
    monkeypatch.setattr(leftovers, "time", SimpleNamespace(time=lambda: now))
    assert swept("--older-than", age).out[-1].startswith(f"{found} left")


@pytest.mark.usefixtures("left")
def test_a_refused_removal_is_reported(server: Embedded, swept: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    def react(seen: Seen) -> Reply:
        refused = json_reply({"code": 102, "message": "not today"})
        return refused if seen.call == "DELETE /api/v1/chats" else forwarded(server.url, seen)

    with StandIn(react) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        told = swept("--yes")
    # The sweep's own bystander remains, too.
    assert (told.status, told.out[-1]) == (1, "removed: 0, left: 5")


def test_the_sweep_goes_on_after_an_assistant_that_it_cannot_list(
    server: Embedded, left: list[Assistant], swept: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = f"GET /api/v1/chats/{left[0].id}/sessions"

    def react(seen: Seen) -> Reply:
        broken = json_reply({"code": 100, "data": None, "message": "IndexError('list index out of range')"})
        return broken if seen.call == listing else forwarded(server.url, seen)

    with StandIn(react) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        told = swept("--yes")
    assert (told.status, told.out[-1]) == (1, "removed: 3, left: 1")
    assert f"Assistant '{left[0].name}' could not be removed: this answer is not a list" in told.err
    assert "IndexError" in told.err


def test_only_the_assistants_of_one_run_are_removed(server: Embedded, left: list[Assistant], swept: Sweep) -> None:
    run = left[0].name.split()[1]
    removed = swept("--yes", "--run", run)
    assert (removed.status, removed.out[-1]) == (0, "removed: 2, left: 0")
    assert left[1].name in server.assistants()


# what is wrong: (the settings, the options, what is said)
WRONG: dict[str, tuple[dict[str, str], list[str], str]] = {
    "no address": (
        {"RAGFLOW_URL": "", "RAGFLOW_API_KEY": "", "RAGFLOW_OTHER_API_KEY": ""},
        [],
        "The sweep failed. RAGFLOW_URL (or -D url=...) is not set",
    ),
    "an address without a key": ({"RAGFLOW_API_KEY": ""}, [], "The sweep failed. RAGFLOW_URL"),
    "nobody there": ({"RAGFLOW_URL": "http://127.0.0.1:1"}, ["--yes"], "The sweep failed. No RAGFlow answers"),
    "an unknown key": ({"RAGFLOW_API_KEY": "ragflow-unknown"}, ["--yes"], "refuses the key"),
    "an age without a unit": ({}, ["--older-than", "5"], "'5' is not an age: write 90s, 30m, 1h or 2d"),
    "an age of another unit": ({}, ["--older-than", "2w"], "'2w' is not an age"),
    "no age": ({}, ["--older-than="], "'' is not an age"),
}


@pytest.mark.parametrize(("settings", "options", "told"), WRONG.values(), ids=WRONG)
def test_an_error_is_reported_in_one_sentence(
    swept: Sweep,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    options: list[str],
    told: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    refused = swept(*options)
    assert refused.status != 0
    assert refused.out == []
    assert told in refused.err.splitlines()[-1]


def test_an_interrupt_is_reported(swept: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "sweep", interrupted)
    assert swept("--yes") == Swept(1, [], "The sweep was interrupted.\n")
