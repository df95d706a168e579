"""Unexpected answers, one for each scenario of a single run."""

import mmap
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.runs.situations.catalogue import Observed, Workplace, situation
from tests.support.runs import Finished, copy_project
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

# Kilobytes of address space that the run may use: enough for any run, too little to read 2 GB.
MEMORY = 1_200_000
WITHIN_MEMORY = ("bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash", sys.executable, "-m", "acceptance")

FEATURE = """
Feature: Unexpected answers

  Scenario Outline: <answer>
    Given an assistant with 2 sessions
    When I delete session 1
    Then the deletion succeeds
    And session 2 remain

    Examples:
      | answer |
"""

PAGE = b"<html><h1>Sign in to the company</h1></html>"
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
# What a terminal or a CI server would execute, and what UTF-8 and XML cannot represent.
STRANGE = "\x1b[31m\0\x08\x9b\u202e\ufffe\ud83d ]]>\n::warning::gone\n##[error]gone"
FOREIGN = {"error": {"reason": "no such route", "path": "/chats"}}


def page(status: int, **headers: str) -> Reply:
    return Reply(status, PAGE, {**HTML, **headers})


def endless(head: bytes, headers: Mapping[str, str]) -> Reply:
    """Return 2 GB of zeros after these bytes. The mapping is never written to, so it needs no memory."""
    body = mmap.mmap(-1, 2 * 1024**3, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    body[: len(head)] = head
    return Reply(200, body, {**JSON, **headers})  # type: ignore[arg-type]  # a mapping serves as bytes


def long_answer() -> Reply:
    return json_reply({"error": "x" * 20_000_000})


@dataclass(frozen=True)
class Answer:
    """``to`` is the method of the request it answers: DELETE or GET of sessions, POST of a session.

    ``words`` must appear in the text of the case; the answer is given ``times`` times, before the server answers.
    """

    to: str
    make: Callable[[], Reply | Misconduct]
    words: str = ""
    times: int = 1


DELETION, LISTING, CREATION = "DELETE", "GET", "POST"
ALWAYS = 1_000

ANSWERS = {
    "deletion-429": Answer(DELETION, lambda: page(429, **{"Retry-After": "1"})),
    "deletion-502": Answer(DELETION, lambda: page(502), "502"),
    "deletion-503": Answer(DELETION, lambda: page(503), "503"),
    "deletion-504": Answer(DELETION, lambda: page(504), "504"),
    "deletion-redirected": Answer(
        DELETION,
        lambda: page(302, Location="https://login.example/start"),
        "another host, login.example",
    ),
    "deletion-login-page": Answer(DELETION, lambda: page(200), "JSON"),
    "deletion-cut-off": Answer(
        DELETION,
        lambda: Reply(200, b'{"code": 0', {**JSON, "Content-Length": "1000", "Connection": "close"}),
        "got no answer",
    ),
    "deletion-wrong-encoding": Answer(
        DELETION, lambda: Reply(200, b'{"code": 0}', {**JSON, "Content-Encoding": "gzip"}), "got no answer"
    ),
    "deletion-unanswered": Answer(DELETION, lambda: Misconduct.BREAK_OFF, "got no answer"),
    "deletion-too-long": Answer(DELETION, lambda: endless(b"", {"Content-Length": f"{2 * 1024**3}"}), "64 MB"),
    "deletion-endless": Answer(
        DELETION, lambda: endless(b"fffffffffff\r\n", {"Transfer-Encoding": "chunked"}), "64 MB"
    ),
    "deletion-page-500": Answer(DELETION, lambda: page(500), "JSON"),
    "deletion-foreign-json": Answer(DELETION, lambda: json_reply(FOREIGN), "Shape:    wrong for this call"),
    "deletion-long-foreign-json": Answer(DELETION, long_answer, "characters…"),
    "deletion-strange-json": Answer(DELETION, lambda: json_reply({"code": 102, "message": STRANGE}), "[31m"),
    "deletion-strange-text": Answer(
        DELETION, lambda: Reply(200, STRANGE.encode("utf-8", "surrogatepass"), HTML), "[31m"
    ),
    "listing-502": Answer(LISTING, lambda: page(502), "502"),
    "listing-504": Answer(LISTING, lambda: page(504), "504"),
    "listing-login-page": Answer(LISTING, lambda: page(200), "JSON"),
    "listing-page-500": Answer(LISTING, lambda: page(500), "JSON"),
    "listing-foreign-json": Answer(LISTING, lambda: json_reply(FOREIGN), "Shape:    wrong for this call"),
    "listing-too-long": Answer(LISTING, lambda: endless(b"", {"Content-Length": f"{2 * 1024**3}"}), "64 MB"),
    "listing-unanswered": Answer(LISTING, lambda: Misconduct.BREAK_OFF, "got no answer"),
    "listing-503-once": Answer(LISTING, lambda: page(503)),
    "listing-429-for-a-second": Answer(LISTING, lambda: page(429, **{"Retry-After": "1"})),
    "listing-503-always": Answer(LISTING, lambda: page(503, **{"Retry-After": "1"}), "503", ALWAYS),
    "creation-503": Answer(CREATION, lambda: page(503), "503", ALWAYS),
    "assistant-deleted-by-someone-else": Answer(DELETION, Reply, "", 0),
}


@dataclass
class AnswersByScenario:
    """Gives each scenario its answer; assistants are created in the order of the scenarios."""

    workplace: Workplace
    seen: dict[str, list[str]] = field(default_factory=dict)

    def react(self, seen: Seen) -> Reply | Misconduct | None:
        _, _, rest = seen.path.partition("/api/v1/chats/")
        assistant, _, _ = rest.partition("/")
        # Release detection uses an assistant without sessions.
        if not assistant or not (assistant in self.seen or seen.method == CREATION):
            return None
        calls = self.seen.setdefault(assistant, [])
        calls.append(seen.method)
        name = list(ANSWERS)[list(self.seen).index(assistant)]
        answer = ANSWERS[name]
        if name.startswith("assistant-deleted") and seen.method == DELETION and calls.count(DELETION) == 1:
            self.workplace.embedded.own.delete_assistants([assistant])
        if seen.method == answer.to and calls.count(answer.to) <= answer.times:
            return answer.make()
        return None


def project_with_answers(folder: Path) -> Path:
    """Copy the project with one scenario for each answer, and no others."""
    project = copy_project(folder)
    for file in (project / "features").glob("*.feature"):
        file.unlink()
    rows = "".join(f"      | {name} |\n" for name in ANSWERS)
    (project / "features" / "answers.feature").write_text(FEATURE + rows, "utf-8")
    return project


@situation
def answers(workplace: Workplace) -> Mapping[str, Observed]:
    project = project_with_answers(workplace.folder / "project")
    scenarios = AnswersByScenario(workplace)
    observed = workplace.observe_behind(scenarios.react, "-D", "release=0.20", root=project, program=WITHIN_MEMORY)
    check(observed.finished, scenarios)
    return {name: replace(observed, about=name) for name in ANSWERS}


def check(finished: Finished, scenarios: AnswersByScenario) -> None:
    """Check each text, and that writes are repeated only if they were not executed."""
    texts = {case.name: case.text for case in finished.cases}
    assert set(texts) >= set(ANSWERS), finished.out + finished.err
    assert {name: texts[name] for name, answer in ANSWERS.items() if answer.words not in texts[name]} == {}
    assert re.search(r"^retries .*: 8; throttled to [\d.]+ requests a second$", finished.out, re.MULTILINE)
    calls = dict(zip(ANSWERS, scenarios.seen.values(), strict=True))
    # The deletion of the scenario, and the one of its cleanup.
    assert calls["deletion-503"].count(DELETION) == 2
    assert calls["creation-503"].count(CREATION) == 1
    assert calls["listing-503-always"].count(LISTING) > 5
