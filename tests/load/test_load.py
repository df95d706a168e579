"""The load, alone: what it counts, when it passes, and what it leaves."""

import signal
import threading
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from tests.load.loads import end, name_of, options_for, run, started, wait_for_lines
from tests.support.runs import wait_until
from tests.support.servers import Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

REFUSED = json_reply({"code": 102, "message": "no"})


def between(embedded: Embedded, tamper: Callable[[Seen], Reply | Misconduct | None] = lambda _: None) -> StandIn:
    return StandIn(lambda seen: tamper(seen) or forwarded(embedded.url, seen))


def settings_for(embedded: Embedded, server: StandIn) -> dict[str, str]:
    return {**embedded.settings, "RAGFLOW_URL": server.url}


@pytest.mark.parametrize("release", ["0.20.5", "0.27.0"])
def test_people_do_what_they_do_and_it_passes(tmp_path: Path, release: str) -> None:
    ended = run(tmp_path, "--users", "10", settings={"RAGFLOW_RELEASE": release})
    assert ended.status == 0, ended.everything
    assert f"release {release}" in ended.out
    assert ended.verdict.startswith("The load passes: 0 of ")
    assert ended.verdict.endswith("left behind: 0.")
    calls = {"create assistant", "create session", "list sessions", "delete sessions", "delete assistants"}
    assert set(ended.counted("Request Count")) == calls
    assert "Locust" in (tmp_path / "load.html").read_text("utf-8")


def test_people_ask_at_the_same_time(embedded: Embedded, tmp_path: Path) -> None:
    """Locust's people share one thread, in which the client has to give way while it waits."""
    asking, met = threading.Semaphore(0), threading.Event()

    def tamper(seen: Seen) -> None:
        if name_of(seen) == "list sessions" and not met.is_set():
            if asking.acquire(blocking=False):
                met.set()
            asking.release()
            met.wait(5)

    with between(embedded, tamper) as server:
        ended = run(tmp_path, settings=settings_for(embedded, server))
    assert met.is_set()
    assert ended.counted("Failure Count") == {}, ended.everything


# What is answered to the first deletion in each assistant, one after the other, and the failure that this is.
WRONG = {
    "not as the contract says: the deletion succeeds": json_reply({"code": 102, "message": "no"}),
    "not of the shape of its call": json_reply({"code": 0, "more": 1}),
    "the answer of somebody else": Reply(502, b"Bad Gateway"),
    "no answer: the connection broke off": Misconduct.BREAK_OFF,
}


class Tampering:
    """Answers some requests of people, as soon as they are there, in its own way."""

    def __init__(self) -> None:
        self._people_are_there = False
        self._seen: Counter[str] = Counter()
        self._deletions = cycle(WRONG.values())
        self._met: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, seen: Seen) -> Reply | Misconduct | None:
        with self._lock:
            self._people_are_there = self._people_are_there or b'"session 2"' in seen.body
            name = name_of(seen)
            self._seen[name] += self._people_are_there
            if name == "delete sessions" and self._people_are_there and seen.path not in self._met:
                self._met.add(seen.path)
                return next(self._deletions)
            if name == "list sessions" and self._seen[name] % 20 == 19:
                return json_reply({"code": 0, "data": []})
            if name == "create session" and self._seen[name] % 10 == 9:
                return REFUSED
        return None


def test_what_is_not_as_it_should_be_is_a_failure_with_a_name(embedded: Embedded, tmp_path: Path) -> None:
    expected = {f"delete sessions: {failure}" for failure in WRONG}
    expected.add("list sessions: not the sessions that should be there")
    expected.add("create session: not as the contract says: the session is created")
    options = options_for(tmp_path, "--users", "15", "--run-time", "1h")
    with (
        between(embedded, Tampering()) as server,
        started(*options, settings=settings_for(embedded, server)) as process,
    ):
        told = wait_for_lines(process, *(f"{failure}, for the first time:" for failure in expected))
        process.send_signal(signal.SIGINT)
        ended = end(process, tmp_path)
    assert expected - ended.failures.keys() == set(), ended.everything
    assert ended.status == 1
    assert f"{ended.failures.total()} of {ended.counted('Request Count').total()} requests failed" in ended.verdict
    for failure in expected:
        assert (told + ended.err).count(f"{failure}, for the first time:") == 1


def test_answers_may_not_take_too_long(tmp_path: Path) -> None:
    ended = run(tmp_path, "--allowed-95th", "0.5")
    assert ended.status == 1
    assert ended.verdict.startswith("The load does not pass: 95 % of the answers took up to ")


def test_as_many_may_fail_as_are_allowed_to(embedded: Embedded, tmp_path: Path) -> None:
    with between(embedded, lambda seen: REFUSED if b"session 3" in seen.body else None) as server:
        ended = run(tmp_path, "--allowed-failures", "60", settings=settings_for(embedded, server))
    assert ended.failures
    assert ended.status == 0, ended.everything


def test_what_is_left_is_named(embedded: Embedded, tmp_path: Path) -> None:
    people_are_there = threading.Event()

    def tamper(seen: Seen) -> Reply | None:
        if b'"session 2"' in seen.body:
            people_are_there.set()
        return REFUSED if people_are_there.is_set() and name_of(seen) == "delete assistants" else None

    with between(embedded, tamper) as server:
        ended = run(tmp_path, "--allowed-failures", "100", settings=settings_for(embedded, server))
    assert ended.failures["list assistants: not removed"], ended.everything
    assert ended.status == 1
    for name in embedded.assistants():
        assert f"assistant '{name}': the server still has it" in ended.verdict
    assert "remove it with: make sweep" in ended.verdict


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_where_it_is_ended_nothing_is_left(embedded: Embedded, tmp_path: Path, number: signal.Signals) -> None:
    options = options_for(tmp_path, "--run-time", "1h")
    with between(embedded) as server, started(*options, settings=settings_for(embedded, server)) as process:
        wait_until(lambda: len(server.seen) > 50 or process.poll() is not None)
        process.send_signal(number)
        ended = end(process, tmp_path)
    assert ended.verdict.startswith("The load passes: "), ended.everything
    assert ended.status == 0
    assert "Traceback" not in ended.err
    assert ended.counted("Request Count")["list sessions"]
    assert embedded.assistants() == []


def test_the_second_ctrl_c_ends_it_at_once(embedded: Embedded, tmp_path: Path) -> None:
    def tamper(seen: Seen) -> Misconduct | None:
        return Misconduct.SILENCE if name_of(seen) == "list sessions" and "orderby=name" in seen.path else None

    options = options_for(tmp_path, "--run-time", "1h")
    with (
        between(embedded, tamper) as server,
        started(*options, settings=settings_for(embedded, server)) as process,
    ):
        wait_until(lambda: any(tamper(seen) for seen in list(server.seen)) or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        wait_for_lines(process, "Ctrl-C once more ends it at once")
        process.send_signal(signal.SIGINT)
        ended = end(process, tmp_path)
    assert ended.status == 130
    assert "May be left behind: 'session-deletion-specification " in ended.err


def refused(tmp_path: Path, *options: str, settings: dict[str, str]) -> str:
    """The one line that is said of a load that cannot run."""
    ended = run(tmp_path, *options, settings=settings)
    assert ended.status == 1
    [sentence] = [line for line in ended.err.splitlines() if "INFO" not in line]
    assert sentence.startswith("The load cannot run. ")
    return sentence


def test_wrong_settings_are_one_sentence(embedded: Embedded, tmp_path: Path) -> None:
    with between(embedded) as gone:
        pass
    wrong = {
        "No RAGFlow answers at": {"RAGFLOW_URL": gone.url},
        "refuses the key": {"RAGFLOW_API_KEY": "ragflow-wrong-key"},
        "is no known release": {"RAGFLOW_RELEASE": "0.1"},
    }
    for words, setting in wrong.items():
        assert words in refused(tmp_path, settings={**embedded.settings, **setting})
    assert "Workers need a RAGFlow" in refused(tmp_path, "--master", "--master-bind-port", "0", settings={})
    assert embedded.assistants() == []
