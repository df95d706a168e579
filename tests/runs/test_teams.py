"""Whole runs with scenarios that change a team."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runs import run, started
from tests.support.servers import Embedded, embedded_server
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply

SELECTED = "--tags=@ISOLATION-28 or @CHOICE-1"
SECRET = "7e57c0de" * 4


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    with embedded_server("0.27") as server:
        yield server


def behind(gateway: StandIn, embedded: Embedded) -> dict[str, str]:
    return {**embedded.settings, "RAGFLOW_URL": gateway.url}


@pytest.mark.parametrize("methods", ["POST", "POST PATCH", "POST DELETE"])
def test_an_interrupted_run_leaves_no_guest(tmp_path: Path, embedded: Embedded, methods: str) -> None:
    """Interrupt an invitation, its acceptance, and the removal of the guest."""
    waiting = methods.split()

    def answer(seen: Seen) -> Reply:
        if waiting and seen.method == waiting[0] and "/tenants/" in seen.path:
            waiting.pop(0)
            if not waiting:
                running.process.send_signal(signal.SIGINT)
        return forwarded(embedded.url, seen)

    with StandIn(answer) as gateway, started(tmp_path, SELECTED, settings=behind(gateway, embedded)) as running:
        finished = running.end()
    assert (waiting, finished.status) == ([], 1)
    assert "left behind: 0" in finished.out
    assert (embedded.assistants(), embedded.has_guest()) == ([], False)


def test_a_run_removes_a_guest_that_a_killed_run_left(tmp_path: Path, embedded: Embedded) -> None:
    def kill(seen: Seen) -> Reply:
        if seen.method == "PATCH":
            running.process.kill()
        return forwarded(embedded.url, seen)

    with StandIn(kill) as gateway, started(tmp_path, SELECTED, settings=behind(gateway, embedded)) as running:
        running.end()
    assert embedded.has_guest()
    assert run(tmp_path, "--tags=@CHOICE-1", settings=embedded.settings).status == 0
    assert not embedded.has_guest()


def test_the_team_of_a_person_is_not_changed_and_no_secret_is_shown(tmp_path: Path, embedded: Embedded) -> None:
    def answer(seen: Seen) -> Reply:
        user = {"id": "1", "email": "tester@example.com", "access_token": SECRET, "password": SECRET}
        return json_reply({"code": 0, "data": user}) if "/users/me" in seen.path else forwarded(embedded.url, seen)

    with StandIn(answer) as gateway:
        finished = run(tmp_path, SELECTED, settings=behind(gateway, embedded))
    assert "not run: 3 scenarios with @teams, because they may send an e-mail, and not both users" in finished.out
    reasons = [case.text for case in finished.cases if case.id == "ISOLATION-28"]
    assert ["not run: they may send" in reason for reason in reasons] == [True] * 3
    assert [call for call in gateway.calls() if "/tenants/" in call] == []
    assert SECRET not in finished.everything
