"""Where there is no RAGFlow to talk to, a run says so in one sentence, soon, and in a JUnit file."""

from pathlib import Path

import pytest

from tests.support.runs import Finished, run
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reaction, Reply, StandIn, json_reply

KEYS = {"RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_OTHER_API_KEY": OTHER_KEY}


def check(finished: Finished, *words: str) -> None:
    """One sentence on stderr with these words, a status that is not 0, and an error in a JUnit file."""
    told = finished.err.strip()
    assert finished.status != 0
    assert told.startswith("The specification cannot run.")
    assert told.endswith(".")
    assert "\n" not in told
    for word in words:
        assert word in told
    assert "Traceback" not in finished.out + finished.err
    assert finished.seconds < 10
    assert finished.cases == []
    assert finished.ending.verdict == "error"
    assert words[0] in finished.ending.text
    for key in (OWN_KEY, OTHER_KEY):
        assert key not in finished.everything


# what is set: (the settings, what the sentence has to name)
SETTINGS = {
    "an address that is none": ({**KEYS, "RAGFLOW_URL": "localhost:9380"}, "RAGFLOW_URL"),
    "keys without an address": (KEYS, "RAGFLOW_URL"),
    "a key of two words": (
        {"RAGFLOW_URL": "http://localhost:9380", "RAGFLOW_API_KEY": f"Bearer {OWN_KEY}"},
        "RAGFLOW_API_KEY",
    ),
    "a release that is none": ({"RAGFLOW_RELEASE": "latest"}, "RAGFLOW_RELEASE"),
    "something else to show": ({"RAGFLOW_SHOW": "everything"}, "RAGFLOW_SHOW"),
}


@pytest.mark.parametrize(("settings", "culprit"), SETTINGS.values(), ids=SETTINGS)
def test_with_a_malformed_setting(tmp_path: Path, settings: dict[str, str], culprit: str) -> None:
    check(run(tmp_path, settings=settings), culprit)


def test_with_an_unknown_release_of_another_server(tmp_path: Path, embedded: Embedded) -> None:
    finished = run(tmp_path, "-D", "release=0.17", settings=embedded.settings)
    check(finished, "RAGFLOW_RELEASE", "0.17", "0.18")


def test_with_a_release_that_the_embedded_server_does_not_know(tmp_path: Path) -> None:
    check(run(tmp_path, "-D", "release=0.28"), "'0.28'", "release", "0.18.0, 0.19.1, 0.20.5", "0.26.4, 0.27.0")


def test_with_a_wrong_key(tmp_path: Path, embedded: Embedded) -> None:
    settings = {**embedded.settings, "RAGFLOW_API_KEY": "ragflow-wrong-key"}
    finished = run(tmp_path, settings=settings)
    check(finished, "RAGFLOW_API_KEY", "API key is invalid")
    assert "ragflow-wrong-key" not in finished.everything


def test_with_a_wrong_key_of_another_tenant(tmp_path: Path, embedded: Embedded) -> None:
    settings = {**embedded.settings, "RAGFLOW_OTHER_API_KEY": "ragflow-wrong-key"}
    finished = run(tmp_path, settings=settings)
    check(finished, "RAGFLOW_OTHER_API_KEY", "API key is invalid")
    assert "ragflow-wrong-key" not in finished.everything


def test_with_nobody_there(tmp_path: Path) -> None:
    with StandIn(lambda _: Reply()) as server:
        pass
    check(run(tmp_path, settings={**KEYS, "RAGFLOW_URL": server.url}), "RAGFLOW_URL", server.url, "refused")


# what answers: (how, what the sentence has to say)
SERVERS: dict[str, tuple[Reaction, str]] = {
    "a web site": (lambda _: Reply(200, b"<h1>It works!</h1>", {"Content-Type": "text/html"}), "is not RAGFlow"),
    "another program": (lambda _: json_reply({"status": "ok"}), "has no such API"),
    "a gateway": (lambda _: Reply(502, b"<h1>Bad Gateway</h1>"), "502"),
    "somewhere else": (lambda _: Reply(308, headers={"Location": "https://ragflow.example/"}), "ragflow.example"),
    "nobody who listens": (lambda _: Misconduct.SILENCE, "No RAGFlow answers"),
    "somebody who has much time": (lambda _: Misconduct.DROPS, "No RAGFlow answers"),
    "somebody who hangs up": (lambda _: Misconduct.BREAK_OFF, "No RAGFlow answers"),
    "a RAGFlow that is ill": (
        lambda _: json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"}),
        "OperationalError(2003)",
    ),
}


@pytest.mark.parametrize(("reaction", "words"), SERVERS.values(), ids=SERVERS)
def test_where_something_else_answers(tmp_path: Path, reaction: Reaction, words: str) -> None:
    with StandIn(reaction) as server:
        finished = run(tmp_path, settings={**KEYS, "RAGFLOW_URL": server.url})
    check(finished, words, server.url)
