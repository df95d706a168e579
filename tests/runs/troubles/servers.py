"""Servers that go away, and whoever else is on them."""

import re
import threading
from collections.abc import Mapping

from tests.runs.troubles.catalogue import Observed, Place, React, trouble
from tests.support.runs import LIMIT, copy_project, patch
from tests.unit.stand_in import Misconduct, Reply, Seen, forwarded, json_reply

TWO = "--tags=@CHOICE-1 or @CHOICE-2"
FOUR = "--tags=@CHOICE-1 or @CHOICE-2 or @CHOICE-3 or @CHOICE-8"

REMOVAL = "DELETE /api/v1/chats"


def is_deletion(seen: Seen) -> bool:
    """Whether it is one of a scenario, or behind it; whoever finds out the release sends no ids."""
    return seen.call.startswith("DELETE ") and seen.call.endswith("/sessions") and seen.body.startswith(b'{"ids"')


def from_the_first_deletion_on(reply: Reply | Misconduct, *, only: str = "") -> React:
    """From then on all requests are answered so, or ``only`` those of this call."""
    begun: list[Seen] = []

    def react(seen: Seen) -> Reply | Misconduct | None:
        if is_deletion(seen):
            begun.append(seen)
        return reply if begun and only in ("", seen.call) else None

    return react


@trouble
def server_dies(place: Place) -> Observed:
    observed = place.observe_between(from_the_first_deletion_on(Misconduct.BREAK_OFF), FOUR)
    # One line says from where on.
    [line] = [line for line in observed.finished.err.splitlines() if "no answer to the last" in line]
    assert "in CHOICE-1 One session" in line
    assert observed.finished.seconds < 10
    return observed


@trouble
def server_goes_silent(place: Place) -> Observed:
    """As it is but for the limits of time: a second, in the place of a minute."""
    project = copy_project(place.folder / "project")
    patch(project / "acceptance" / "ragflow" / "client.py", "READ_TIMEOUT = 60.0", "READ_TIMEOUT = 0.5")
    patch(project / "acceptance" / "sandbox" / "sandbox.py", "REMOVAL_TIMEOUT = 10.0", "REMOVAL_TIMEOUT = 0.5")
    return place.observe_between(from_the_first_deletion_on(Misconduct.SILENCE), FOUR, root=project)


@trouble
def server_dies_side_by_side(place: Place) -> Observed:
    observed = place.observe_between(
        from_the_first_deletion_on(Misconduct.BREAK_OFF), "--tags=@CHOICE-* or @AUTH-*", "-D", "parallel=2"
    )
    [line] = [line for line in observed.finished.err.splitlines() if "no answer to the last" in line]
    assert re.search(r"in (AUTH|CHOICE)-\d+ ", line)
    assert observed.finished.seconds < 10
    return observed


@trouble
def crowd_side_by_side(place: Place) -> Observed:
    """A server that does two things at a time, and tells everybody else to come later."""
    places = threading.Semaphore(2)
    sent_away: list[Seen] = []

    def react(seen: Seen) -> Reply:
        if not places.acquire(blocking=False):
            sent_away.append(seen)
            return Reply(429, b"too many", {"Retry-After": "0"})
        try:
            return forwarded(place.embedded.url, seen)
        finally:
            places.release()

    observed = place.observe_between(react, "--tags=@CHOICE-*", "-D", "parallel=16")
    assert any(not seen.call.startswith("GET ") for seen in sent_away)
    return observed


@trouble
def gateway_from_then_on(place: Place) -> Observed:
    return place.observe_between(from_the_first_deletion_on(Reply(502, b"Bad Gateway")), TWO)


@trouble
def list_of_assistants_refused(place: Place) -> Observed:
    """Removed is all, but nobody can see it."""
    refused = json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"})
    return place.observe_between(from_the_first_deletion_on(refused, only="GET /api/v1/chats"), "--tags=@CHOICE-1")


@trouble
def removal_refused(place: Place) -> Observed:
    """It names what is left, and the command that removes it; which it does."""
    refused = json_reply({"code": 102, "message": "try again tomorrow"})
    observed = place.observe_between(from_the_first_deletion_on(refused, only=REMOVAL), TWO)
    assert "Remove it with: make sweep" in observed.finished.out
    check_sweeping(place, observed)
    return observed


def check_sweeping(place: Place, observed: Observed) -> None:
    """The next run mentions what is left, sweeping lists it, and removes it."""
    count = len(observed.left)
    assert place.embedded.assistants() == observed.left
    assert f"assistants of other runs: {count};" in place.run("--tags=@CHOICE-4").out
    assert place.sweep("--older-than", "1h") == "0 left\n"
    told = place.sweep()
    assert all(f"'{name}'" in told for name in observed.left)
    assert place.embedded.assistants() == observed.left
    assert f"removed: {count}, left: 0" in place.sweep("--yes")
    assert place.embedded.assistants() == []


@trouble
def kept_on_demand(place: Place) -> Observed:
    """A failed scenario's assistant is kept, and no other's; the failure names it."""
    wrong = json_reply({"code": 102, "message": "no"})
    deletions: list[Seen] = []

    def react(seen: Seen) -> Reply | None:
        if is_deletion(seen):
            deletions.append(seen)
        return wrong if len(deletions) == 1 and is_deletion(seen) else None

    observed = place.observe_between(react, TWO, "-D", "keep=failed")
    [kept] = observed.left
    [failed] = [case for case in observed.cases if case.verdict == "failure"]
    assert f"Kept to be looked at: assistant '{kept}'" in failed.text
    assert place.embedded.own.list_sessions(str(id_of(place, kept))).body["data"] != []  # type: ignore[index,call-overload]
    place.sweep("--yes")
    return observed


def id_of(place: Place, name: str) -> str:
    body = place.embedded.own.list_assistants(name=name).body
    return str(body["data"][0]["id"])  # type: ignore[index,call-overload]


@trouble
def neighbour_deletes_all(place: Place) -> Observed:
    """As RAGFlow's own tests do; nobody can say that it was not the request."""

    def react(seen: Seen) -> None:
        if is_deletion(seen):
            place.clean()

    observed = place.observe_between(react, FOUR)
    text = observed.cases[0].text
    assert "all assistants of this tenant are gone" in text
    assert "either somebody else deletes here, or this request did: DELETE /api/v1/chats/" in text
    return observed


@trouble
def runs_beside_one_another(place: Place) -> Mapping[str, Observed]:
    """Two at once on one server: each waits with its first deletion until the other has come to its own."""
    together = threading.Barrier(2)
    tags = "--tags=@CHOICE-* or @CONCURRENT-6"

    def waiting() -> React:
        arrived: list[Seen] = []

        def react(seen: Seen) -> None:
            if is_deletion(seen) and not arrived:
                arrived.append(seen)
                together.wait(LIMIT)

        return react

    with (
        place.between(waiting()) as first,
        place.between(waiting()) as second,
        place.started(tags, settings=first) as one,
        place.started(tags, settings=second) as other,
    ):
        ended = {"one": one.end(), "the other": other.end()}
    assert len({len(finished.cases) for finished in ended.values()}) == 1
    return {name: Observed(finished, place.embedded.assistants()) for name, finished in ended.items()}


@trouble
def run_is_killed(place: Place) -> Observed:
    """Nothing can be done then; JUnit says so, and what is left is swept."""

    def react(seen: Seen) -> None:
        if is_deletion(seen):
            running.process.kill()

    with (
        place.between(react) as settings,
        place.started("--tags=@CHOICE-1", settings=settings) as running,
    ):
        finished = running.end()
    observed = Observed(finished, place.embedded.assistants(), is_silent=True)
    assert f"removed: {len(observed.left)}, left: 0" in place.sweep("--yes")
    return observed


@trouble
def removal_refused_while_finding_out(place: Place) -> Observed:
    """The release is found out with an assistant of its own."""
    refused = json_reply({"code": 102, "message": "try again tomorrow"})

    def react(seen: Seen) -> Reply | None:
        return refused if seen.call == REMOVAL else None

    return place.observe_between(react, TWO)
