"""Servers that fail, and servers that other clients use too."""

import re
import threading
from collections.abc import Mapping
from dataclasses import replace

from tests.runs.situations.catalogue import Observed, React, Workplace, situation
from tests.support.runs import TIMEOUT, copy_project, patch
from tests.support.servers import embedded_server
from tests.unit.stand_in import Misconduct, Reply, Seen, forwarded, json_reply

TWO = "--tags=@CHOICE-1 or @CHOICE-2"
FOUR = "--tags=@CHOICE-1 or @CHOICE-2 or @CHOICE-3 or @CHOICE-8"

REMOVAL = "DELETE /api/v1/chats"


def is_deletion(seen: Seen) -> bool:
    """Whether a scenario or its cleanup deletes sessions; release detection sends no ids."""
    return seen.call.startswith("DELETE ") and seen.call.endswith("/sessions") and seen.body.startswith(b'{"ids"')


def after_first_deletion(reply: Reply | Misconduct, *, only: str = "") -> React:
    """From the first deletion on, give this reply to all requests, or ``only`` to those of one call."""
    begun: list[Seen] = []

    def react(seen: Seen) -> Reply | Misconduct | None:
        if is_deletion(seen):
            begun.append(seen)
        return reply if begun and only in ("", seen.call) else None

    return react


@situation
def deletions_take_effect_late(workplace: Workplace) -> Observed:
    """The third time that the sessions are listed, they are gone. The run looks again in three scenarios only."""
    late: dict[str, list[Seen]] = {}

    def react(seen: Seen) -> Reply | None:
        call = seen.path.partition("?")[0]
        # The preparation of the run deletes sessions, too.
        sessions = workplace.embedded.own.list_sessions(call.split("/")[4]).text if is_deletion(seen) else ""
        if sessions.count('"name"') == 5:
            late[call] = [seen]
            return json_reply({"code": 0})
        if seen.method == "GET" and call in late:
            late[call].append(seen)
            if len(late[call]) == 4:
                forwarded(workplace.embedded.url, late[call][0])
        return None

    observed = workplace.observe_behind(react, "--tags=@CHOICE-1 or @CHOICE-2 or @CHOICE-3 or @DUPLICATE-1")
    assert len(re.findall(r"Listed again: gone \d\.\d s later\.$", observed.finished.out, re.MULTILINE)) == 3
    return observed


@situation
def server_dies(workplace: Workplace) -> Observed:
    observed = workplace.observe_behind(after_first_deletion(Misconduct.BREAK_OFF), FOUR)
    [line] = [line for line in observed.finished.err.splitlines() if "no answer to the last" in line]
    assert "in CHOICE-1 One session" in line
    return observed


@situation
def server_goes_silent(workplace: Workplace) -> Observed:
    """The project with timeouts of half a second instead of a minute."""
    project = copy_project(workplace.folder / "project")
    patch(project / "acceptance" / "ragflow" / "responses.py", "READ_TIMEOUT = 60.0", "READ_TIMEOUT = 0.5")
    patch(project / "acceptance" / "sandbox" / "removal.py", "REMOVAL_TIMEOUT = 10.0", "REMOVAL_TIMEOUT = 0.5")
    return workplace.observe_behind(after_first_deletion(Misconduct.SILENCE), FOUR, root=project)


@situation
def server_dies_with_workers(workplace: Workplace) -> Observed:
    observed = workplace.observe_behind(
        after_first_deletion(Misconduct.BREAK_OFF), "--tags=@CHOICE-* or @AUTH-*", "-D", "parallel=2"
    )
    [line] = [line for line in observed.finished.err.splitlines() if "no answer to the last" in line]
    assert re.search(r"in (AUTH|CHOICE)-\d+ ", line)
    return replace(observed, was_killed=True)


@situation
def gateway_error_for_everything(workplace: Workplace) -> Observed:
    return workplace.observe_behind(after_first_deletion(Reply(502, b"Bad Gateway")), TWO)


@situation
def list_of_assistants_refused(workplace: Workplace) -> Observed:
    """Everything is removed, but the run cannot verify it."""
    refused = json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"})
    return workplace.observe_behind(after_first_deletion(refused, only="GET /api/v1/chats"), "--tags=@CHOICE-1")


@situation
def key_is_rejected(workplace: Workplace) -> Mapping[str, Observed]:
    """The key is rejected from the first deletion on, as each kind of release does; or for one deletion only."""
    old = json_reply({"code": 109, "data": False, "message": "Authentication error: API key is invalid!"})
    go = json_reply({"code": 401, "data": None, "message": "Invalid access token"}, 401)
    reactions: dict[str, tuple[str, React]] = {
        "by every call, 0.20": ("0.20", after_first_deletion(old)),
        "by every call": ("0.27-go", after_first_deletion(go)),
        "by one call": ("0.27-go", lambda seen: go if is_deletion(seen) and b"," not in seen.body else None),
    }
    found = {}
    for part, (release, react) in reactions.items():
        with embedded_server(release) as server:
            (folder := workplace.folder / part).mkdir()
            found[part] = Workplace(folder, server).observe_behind(react, FOUR)
    text = found["by one call"].cases[0].text
    assert "/sessions rejects the tenant's API key, which is valid: the list of assistants accepts it." in text
    for part in ("by every call, 0.20", "by every call"):
        text = found[part].cases[0].text
        assert "it was deleted, or RAGFlow cannot reach its database\nThe step failed with:\n> " in text
    return found


@situation
def removal_refused(workplace: Workplace) -> Observed:
    refused = json_reply({"code": 102, "message": "try again tomorrow"})
    observed = workplace.observe_behind(after_first_deletion(refused, only=REMOVAL), TWO)
    assert "make sweep" in observed.finished.out
    check_sweep(workplace, observed)
    return observed


def check_sweep(workplace: Workplace, observed: Observed) -> None:
    """Check that the next run mentions the leftovers, and that the sweep lists and removes them."""
    count = len(observed.left)
    assert workplace.embedded.assistants() == observed.left
    assert f"assistants of other runs: {count};" in workplace.run("--tags=@CHOICE-4").out
    assert workplace.sweep("--older-than", "1h") == "0 left\n"
    told = workplace.sweep()
    assert all(f"'{name}'" in told for name in observed.left)
    assert workplace.embedded.assistants() == observed.left
    assert f"removed: {count}, left: 0" in workplace.sweep("--yes")
    assert workplace.embedded.assistants() == []


@situation
def kept_on_request(workplace: Workplace) -> Observed:
    """Only the assistant of a failed scenario is kept, and the failure names it."""
    wrong = json_reply({"code": 102, "message": "no"})
    deletions: list[Seen] = []

    def react(seen: Seen) -> Reply | None:
        if is_deletion(seen):
            deletions.append(seen)
        return wrong if len(deletions) == 1 and is_deletion(seen) else None

    observed = workplace.observe_behind(react, TWO, "-D", "keep=failed")
    [kept] = observed.left
    [failed] = [case for case in observed.cases if case.verdict == "failure"]
    assert f"Kept for inspection: assistant '{kept}'" in failed.text
    assert workplace.embedded.own.list_sessions(str(id_of(workplace, kept))).body["data"] != []  # type: ignore[index,call-overload]
    workplace.sweep("--yes")
    return observed


def id_of(workplace: Workplace, name: str) -> str:
    body = workplace.embedded.own.list_assistants(name=name).body
    return str(body["data"][0]["id"])  # type: ignore[index,call-overload]


@situation
def tenant_wiped_by_someone_else(workplace: Workplace) -> Observed:
    """Another client deletes all assistants, as RAGFlow's own tests do."""

    def react(seen: Seen) -> None:
        if is_deletion(seen):
            workplace.clean()

    observed = workplace.observe_behind(react, FOUR)
    text = observed.cases[0].text
    assert "all assistants of this tenant are gone" in text
    assert "DELETE /api/v1/chats/" in text
    return observed


@situation
def two_runs_at_the_same_time(workplace: Workplace) -> Mapping[str, Observed]:
    """Two runs on one server: the first deletion of each waits for that of the other."""
    together = threading.Barrier(2)
    tags = "--tags=@CHOICE-* or @CONCURRENT-6"

    def waiting() -> React:
        arrived: list[Seen] = []

        def react(seen: Seen) -> None:
            if is_deletion(seen) and not arrived:
                arrived.append(seen)
                together.wait(TIMEOUT)

        return react

    with (
        workplace.gateway(waiting()) as first,
        workplace.gateway(waiting()) as second,
        workplace.started(tags, settings=first) as one,
        workplace.started(tags, settings=second) as other,
    ):
        ended = {"one": one.end(), "other": other.end()}
    assert len({len(finished.cases) for finished in ended.values()}) == 1
    return {name: Observed(finished, workplace.embedded.assistants()) for name, finished in ended.items()}


@situation
def run_is_killed(workplace: Workplace) -> Observed:
    """JUnit says that the run did not finish, and the sweep removes what is left."""

    def react(seen: Seen) -> None:
        if is_deletion(seen):
            running.process.kill()

    with (
        workplace.gateway(react) as settings,
        workplace.started("--tags=@CHOICE-1", settings=settings) as running,
    ):
        finished = running.end()
    observed = Observed(finished, workplace.embedded.assistants(), was_killed=True)
    assert f"removed: {len(observed.left)}, left: 0" in workplace.sweep("--yes")
    return observed


@situation
def removal_refused_during_detection(workplace: Workplace) -> Observed:
    refused = json_reply({"code": 102, "message": "try again tomorrow"})

    def react(seen: Seen) -> Reply | None:
        return refused if seen.call == REMOVAL else None

    return workplace.observe_behind(react, TWO)
