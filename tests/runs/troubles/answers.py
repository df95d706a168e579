"""Answers that are not what RAGFlow would say, each to one scenario of a run."""

import mmap
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.runs.troubles.catalogue import Observed, Place, trouble
from tests.support.runs import Finished, copy_project
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

# Kilobytes of memory that the run may have; a usual one has half of it.
MEMORY = 700_000
WITHIN_MEMORY = ("bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash", sys.executable, "-m", "acceptance")

FEATURE = """
Feature: Deleting where something else answers

  Scenario Outline: <trouble>
    Given an assistant with 2 sessions
    When I delete session 1
    Then the deletion succeeds
    And session 2 remain

    Examples:
      | trouble |
"""

PAGE = b"<html><h1>Sign in to the company</h1></html>"
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
FOREIGN = {"error": {"reason": "no such route", "path": "/chats"}}


def page(status: int, **headers: str) -> Reply:
    return Reply(status, PAGE, {**HTML, **headers})


def endless(head: bytes, headers: Mapping[str, str]) -> Reply:
    """2 GB of nothing, behind these octets; it takes no memory here, because nobody writes into it."""
    body = mmap.mmap(-1, 2 * 1024**3, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    body[: len(head)] = head
    return Reply(200, body, {**JSON, **headers})  # type: ignore[arg-type]


def long_answer() -> Reply:
    return json_reply({"error": "x" * 20_000_000})


@dataclass(frozen=True)
class Answer:
    """``to`` is the call that it is the answer to: DELETE or GET of sessions, POST of the assistant's."""

    to: str
    make: Callable[[], Reply | Misconduct]
    words: str = ""
    # How often it is answered so, before the server itself answers.
    times: int = 1


DELETION, LISTING, CREATION = "DELETE", "GET", "POST"
ALWAYS = 1_000

ANSWERS = {
    "deletion-429": Answer(DELETION, lambda: page(429), "429 is said by whoever limits the number of requests"),
    "deletion-502": Answer(DELETION, lambda: page(502), "502 is said by a gateway that reached no RAGFlow"),
    "deletion-503": Answer(DELETION, lambda: page(503), "503 is said by a server that is busy"),
    "deletion-504": Answer(DELETION, lambda: page(504), "504 is said by a gateway that waited for RAGFlow in vain"),
    "deletion-redirected": Answer(
        DELETION,
        lambda: page(302, Location="https://login.example/start"),
        "it redirects to another host, login.example",
    ),
    "deletion-login-page": Answer(DELETION, lambda: page(200), "this answer is not RAGFlow's: it is no JSON"),
    "deletion-cut-off": Answer(
        DELETION,
        lambda: Reply(200, b'{"code": 0', {**JSON, "Content-Length": "1000", "Connection": "close"}),
        "it broke off before its end",
    ),
    "deletion-wrongly-packed": Answer(
        DELETION, lambda: Reply(200, b'{"code": 0}', {**JSON, "Content-Encoding": "gzip"}), "packed in a way that"
    ),
    "deletion-unanswered": Answer(DELETION, lambda: Misconduct.BREAK_OFF, "the connection broke off"),
    "deletion-too-long": Answer(
        DELETION, lambda: endless(b"", {"Content-Length": f"{2 * 1024**3}"}), "it is longer than 64 MB"
    ),
    "deletion-endless": Answer(
        DELETION, lambda: endless(b"fffffffffff\r\n", {"Transfer-Encoding": "chunked"}), "it is longer than 64 MB"
    ),
    "deletion-page-500": Answer(DELETION, lambda: page(500), "it has not RAGFlow's form: it is not JSON"),
    "deletion-foreign": Answer(DELETION, lambda: json_reply(FOREIGN), "Shape:    wrong for this call"),
    "deletion-long-foreign": Answer(DELETION, long_answer, "characters…"),
    "listing-502": Answer(LISTING, lambda: page(502), "502 is said by a gateway"),
    "listing-504": Answer(LISTING, lambda: page(504), "504 is said by a gateway"),
    "listing-login-page": Answer(LISTING, lambda: page(200), "it is no JSON"),
    "listing-page-500": Answer(LISTING, lambda: page(500), "it has not RAGFlow's form"),
    "listing-foreign": Answer(LISTING, lambda: json_reply(FOREIGN), "Shape:    wrong for this call"),
    "listing-too-long": Answer(
        LISTING, lambda: endless(b"", {"Content-Length": f"{2 * 1024**3}"}), "it is longer than 64 MB"
    ),
    "listing-unanswered": Answer(LISTING, lambda: Misconduct.BREAK_OFF, "the connection broke off"),
    "listing-503-once": Answer(LISTING, lambda: page(503)),
    "listing-429-for-a-second": Answer(LISTING, lambda: page(429, **{"Retry-After": "1"})),
    "listing-503-for-ever": Answer(
        LISTING, lambda: page(503, **{"Retry-After": "1"}), "503 is said by a server that is busy", ALWAYS
    ),
    "creation-503": Answer(CREATION, lambda: page(503), "503 is said by a server that is busy", ALWAYS),
    "neighbour-deletes-the-assistant": Answer(DELETION, Reply, "", 0),
}


@dataclass
class Between:
    """Gives each scenario its answer: the assistants are created in the order of the scenarios."""

    place: Place
    seen: dict[str, list[str]] = field(default_factory=dict)

    def react(self, seen: Seen) -> Reply | Misconduct | None:
        _, _, rest = seen.path.partition("/api/v1/chats/")
        assistant, _, _ = rest.partition("/")
        # Whoever finds out the release needs an assistant without sessions.
        if not assistant or not (assistant in self.seen or seen.method == CREATION):
            return None
        calls = self.seen.setdefault(assistant, [])
        calls.append(seen.method)
        name = list(ANSWERS)[list(self.seen).index(assistant)]
        answer = ANSWERS[name]
        if name.startswith("neighbour") and seen.method == DELETION and calls.count(DELETION) == 1:
            self.place.embedded.own.delete_assistants([assistant])
        if seen.method == answer.to and calls.count(answer.to) <= answer.times:
            return answer.make()
        return None


def made_up(folder: Path) -> Path:
    """A copy of the project that has a scenario for each answer, and no others."""
    project = copy_project(folder)
    for file in (project / "features").glob("*.feature"):
        file.unlink()
    rows = "".join(f"      | {name} |\n" for name in ANSWERS)
    (project / "features" / "answers.feature").write_text(FEATURE + rows, "utf-8")
    return project


@trouble
def answers(place: Place) -> Mapping[str, Observed]:
    project = made_up(place.folder / "project")
    between = Between(place)
    observed = place.observe_between(between.react, "-D", "release=0.20", root=project, program=WITHIN_MEMORY)
    check(observed.finished, between)
    return {name: replace(observed, about=name) for name in ANSWERS}


def check(finished: Finished, between: Between) -> None:
    """Each is told in its words; whoever is busy is asked again where nothing can happen twice."""
    texts = {case.name: case.text for case in finished.cases}
    assert {name: texts[name] for name, answer in ANSWERS.items() if answer.words not in texts[name]} == {}
    assert "busy answers that were waited for: 7" in finished.out
    calls = dict(zip(ANSWERS, between.seen.values(), strict=True))
    # The deletion of the scenario, and that behind it.
    assert calls["deletion-503"].count(DELETION) == 2
    assert calls["creation-503"].count(CREATION) == 1
    assert calls["listing-503-for-ever"].count(LISTING) > 5
