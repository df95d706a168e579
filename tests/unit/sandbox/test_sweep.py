"""Removing what killed runs have left, on an embedded server of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from acceptance import sweep
from acceptance.paths import ROOT
from acceptance.sandbox.sandbox import PREFIX, Assistant
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded, running
from tests.unit.sandboxes import sandbox_on
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    with running() as server:
        yield server


@dataclass(frozen=True)
class Left:
    """What killed runs have left for both tenants, and what is nobody's business."""

    runs: Sequence[Assistant]
    others: Sequence[str]

    @property
    def names(self) -> list[str]:
        return sorted(each.name for each in self.runs)


@pytest.fixture
def left(server: Embedded) -> Iterator[Left]:
    mine, theirs = (sandbox_on(tenant) for tenant in (server.own, server.other))
    runs = [mine.create_assistant(sessions=2), theirs.create_assistant(sessions=1)]
    bystanders = [name for name in server.assistants() if name.endswith(" bystander")]
    names = [f"{PREFIX}s of mine", f"my {PREFIX} 1", "an assistant"]
    foreign = [server.own.create_assistant(name).body["data"]["id"] for name in names]
    for tenant in bystanders:
        assert PREFIX in tenant
    yield Left(runs, sorted(names))
    for sandbox in (mine, theirs):
        sandbox.clear_all()
    server.own.delete_assistants(foreign)
    assert server.assistants() == []


@pytest.fixture(autouse=True)
def environment(server: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAGFLOW_URL", "RAGFLOW_API_KEY", "RAGFLOW_OTHER_API_KEY", "RAGFLOW_RELEASE", "RAGFLOW_KEEP"):
        monkeypatch.delenv(name, raising=False)
    for name, value in server.settings.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Swept:
    status: int
    out: list[str]
    err: str


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Sweeping":
    return Sweeping(monkeypatch, capsys)


class Sweeping:
    """Sweeps with these options, as the command line does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *options: str) -> Swept:
        self.monkeypatch.setattr(sys, "argv", ["sweep", *options])
        try:
            status = sweep.main()
        except SystemExit as end:
            status = int(end.code or 0)
        said = self.capsys.readouterr()
        for key in (OWN_KEY, OTHER_KEY):
            assert key not in said.out + said.err
        return Swept(status, said.out.splitlines(), said.err)


def test_what_is_left_is_listed_and_stays(server: Embedded, left: Left, swept: Sweeping) -> None:
    before = server.assistants()
    listed = swept()
    assert listed.status == 0
    assert listed.out[-1] == "4 left; --yes removes them"
    for assistant, key in zip(left.runs, ("the tenant's API key", "another tenant's API key"), strict=True):
        assert f"left: assistant '{assistant.name}', 0 minutes old, {key}" in listed.out
    assert server.assistants() == before


def test_what_is_left_is_removed_for_both_keys_where_it_is_meant(server: Embedded, left: Left, swept: Sweeping) -> None:
    removed = swept("--yes")
    assert (removed.status, removed.out[-1]) == (0, "removed: 4, left: 0")
    assert sorted(server.assistants()) == list(left.others)
    assert swept().out == ["0 left"]
    assert swept("--yes").out == ["removed: 0, left: 0"]


def test_without_the_other_key_what_it_owns_stays(
    server: Embedded, left: Left, swept: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAGFLOW_OTHER_API_KEY")
    assert swept("--yes").out[-1] == "removed: 2, left: 0"
    assert left.runs[1].name in server.assistants()


def test_sessions_are_removed_before_their_assistants(
    server: Embedded, left: Left, swept: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn(lambda seen: forwarded(server.url, seen)) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        swept("--yes")
    asked = [(seen.call, seen.body.decode()) for seen in between.seen if seen.method == "DELETE"]
    for assistant in left.runs:
        [sessions] = [place for place, (call, _) in enumerate(asked) if assistant.id in call]
        [itself] = [place for place, (_, body) in enumerate(asked) if assistant.id in body]
        assert sessions < itself
        assert all(id in asked[sessions][1] for id in assistant.session_ids)
    # The bystanders have no sessions.
    assert len(asked) == 6


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
def test_only_what_is_older_is_found(
    swept: Sweeping, monkeypatch: pytest.MonkeyPatch, age: str, later: int, found: int
) -> None:
    now = time.time() + 60 * later
    monkeypatch.setattr(sweep, "time", SimpleNamespace(time=lambda: now))
    assert swept("--older-than", age).out[-1].startswith(f"{found} left")


@pytest.mark.usefixtures("left")
def test_what_is_younger_is_not_removed(server: Embedded, swept: Sweeping) -> None:
    before = server.assistants()
    assert swept("--yes", "--older-than", "1h").out == ["removed: 0, left: 0"]
    assert server.assistants() == before


@pytest.mark.usefixtures("left")
def test_what_cannot_be_removed_is_told(server: Embedded, swept: Sweeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def react(seen: Seen) -> Reply:
        refused = json_reply({"code": 102, "message": "not today"})
        return refused if seen.call == "DELETE /api/v1/chats" else forwarded(server.url, seen)

    with StandIn(react) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        told = swept("--yes")
    assert (told.status, told.out[-1]) == (1, "removed: 0, left: 4")


# what is wrong: (the settings, the options, what is said)
WRONG: dict[str, tuple[dict[str, str], list[str], str]] = {
    "no address": (
        {"RAGFLOW_URL": "", "RAGFLOW_API_KEY": "", "RAGFLOW_OTHER_API_KEY": ""},
        [],
        "The sweep cannot be made. RAGFLOW_URL (or -D url=...) is not set",
    ),
    "an address without a key": ({"RAGFLOW_API_KEY": ""}, [], "The sweep cannot be made. RAGFLOW_URL"),
    "nobody there": ({"RAGFLOW_URL": "http://127.0.0.1:1"}, ["--yes"], "The sweep cannot be made. No RAGFlow answers"),
    "an unknown key": ({"RAGFLOW_API_KEY": "ragflow-unknown"}, ["--yes"], "refuses the key"),
    "an age without a unit": ({}, ["--older-than", "5"], "'5' is no age: write 90s, 30m, 1h or 2d"),
    "an age of another unit": ({}, ["--older-than", "2w"], "'2w' is no age"),
    "half an age": ({}, ["--older-than=1.5h"], "'1.5h' is no age"),
    "an age below nothing": ({}, ["--older-than=-1h"], "'-1h' is no age"),
    "no age": ({}, ["--older-than="], "'' is no age"),
}


@pytest.mark.parametrize(("settings", "options", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_a_sentence(
    swept: Sweeping, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], options: list[str], told: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    refused = swept(*options)
    assert refused.status != 0
    assert refused.out == []
    assert told in refused.err.splitlines()[-1]


def test_a_list_that_cannot_be_read_is_told(server: Embedded, swept: Sweeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def react(seen: Seen) -> Reply:
        return json_reply({"code": 100, "message": "no"}) if "page=" in seen.path else forwarded(server.url, seen)

    with StandIn(react) as between:
        monkeypatch.setenv("RAGFLOW_URL", between.url)
        refused = swept("--yes")
    assert refused.status == 1
    assert refused.err.startswith("The sweep cannot be made. this answer is not a listing:")


def test_who_interrupts_it_is_told(swept: Sweeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "sweep", interrupted)
    assert swept("--yes") == Swept(1, [], "The sweep was interrupted.\n")


def test_it_is_a_program(left: Left) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "acceptance.sweep"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout.splitlines()[-1] == "4 left; --yes removes them"
    assert all(name in ended.stdout for name in left.names)
