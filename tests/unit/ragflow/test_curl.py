"""The command that somebody pastes: run by a shell, the same request arrives."""

import os
import subprocess
from collections.abc import Callable

import pytest

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import PASTED, as_curl
from acceptance.ragflow.messages import JSON_TYPE, NO_KEY, Answer, Content, Credentials, Request
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.sandboxes import Looking, swept
from tests.unit.stand_in import Reply, Seen, StandIn, json_reply

SOMEBODY = Credentials.of("somebody", OWN_KEY)
NEIGHBOUR = Credentials.of("a neighbour", OTHER_KEY, "RAGFLOW_OTHER_API_KEY")


def fine(_: Seen) -> Reply:
    return json_reply({"code": 0})


def pasted(command: str, url: str) -> str:
    """What a shell says that has the address and the keys in its environment."""
    others = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    settings = {"RAGFLOW_URL": url, "RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_OTHER_API_KEY": OTHER_KEY}
    ended = subprocess.run(
        ["bash", "-u", "-c", command], env={**others, **settings}, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 0, f"{command}\n{ended.stderr}"
    return ended.stdout


def sent(seen: Seen) -> tuple[str, str, bytes, str | None, str | None]:
    """What matters of a request."""
    return seen.method, seen.path, seen.body, seen.headers.get("Content-Type"), seen.headers.get("Authorization")


def check_same(server: StandIn, answer: Answer) -> None:
    """The command sends what was sent, and holds no key."""
    command = as_curl(answer.request)
    assert command
    assert OWN_KEY not in command
    assert OTHER_KEY not in command
    assert "\n" not in command or b"\n" in (answer.request.content.data or b"")
    pasted(command, server.url)
    first, again = server.seen
    assert sent(again) == sent(first)


# a request
REQUESTS: dict[str, Callable[[RAGFlow], Answer]] = {
    "a deletion": lambda ragflow: ragflow.delete_sessions("c1", Content.json({"ids": ["a", "b"]})),
    "no content": lambda ragflow: ragflow.delete_sessions("c1", Content(None, None)),
    "no content, declared": lambda ragflow: ragflow.delete_sessions("c1", Content(None, JSON_TYPE)),
    "an empty content": lambda ragflow: ragflow.delete_sessions("c1", Content(b"", JSON_TYPE)),
    "no type": lambda ragflow: ragflow.delete_sessions("c1", Content(b"{}", None)),
    "another type": lambda ragflow: ragflow.delete_sessions("c1", Content(b"ids=a", "text/plain; charset='x'")),
    "a form": lambda ragflow: ragflow.delete_sessions("c1", Content(b"ids=a&b", "application/x-www-form-urlencoded")),
    "quotation marks": lambda ragflow: ragflow.delete_sessions("c1", Content(b"'\"`$(date) $HOME \\ !")),
    "more than one line": lambda ragflow: ragflow.delete_sessions("c1", Content(b"{\r\n\t}\n")),
    "another alphabet": lambda ragflow: ragflow.delete_sessions("c1", Content("ü ␠ 🎲".encode())),
    "the name of a file": lambda ragflow: ragflow.delete_sessions("c1", Content(b"@/etc/hostname")),
    "an option": lambda ragflow: ragflow.delete_sessions("c1", Content(b"--help")),
    "no assistant": lambda ragflow: ragflow.delete_sessions("", Content()),
    "an odd assistant": lambda ragflow: ragflow.delete_sessions('\' OR "$1" {a,b}[1-2]%', Content()),
    "a slash": lambda ragflow: ragflow.delete_sessions("c1", Content(), slash=True),
    "words behind the address": lambda ragflow: ragflow.delete_sessions("c1", Content(), "ids=a&ids=b%20c"),
    "a list": lambda ragflow: ragflow.list_sessions("c1"),
    "a creation": lambda ragflow: ragflow.create_assistant("it's one"),
    "a new name": lambda ragflow: ragflow.update_session("c1", "s1", "new"),
    "any other call": lambda ragflow: ragflow.call("PATCH", "/chats/c1/sessions", Content(b"{}")),
    "as long as can be pasted": lambda ragflow: ragflow.delete_sessions("c1", Content(b"x" * (PASTED - 100))),
}


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("credentials", [SOMEBODY, NEIGHBOUR, NO_KEY], ids=lambda who: who.name)
def test_a_shell_sends_the_same_request(ask: Callable[[RAGFlow], Answer], credentials: Credentials) -> None:
    with StandIn(fine) as server:
        check_same(server, ask(RAGFlow(server.url, credentials)))


# a request with something behind its address that a shell does not send
BEHIND_THE_ADDRESS: dict[str, Callable[[RAGFlow], Answer]] = {
    "a page of a list": lambda ragflow: ragflow.list_sessions("c1", page=2, page_size=100),
    "a blank": lambda ragflow: ragflow.delete_sessions("c1", Content(), "ids=a b"),
    "a variable": lambda ragflow: ragflow.delete_sessions("c1", Content(), "ids=$HOME"),
}


@pytest.mark.parametrize("ask", BEHIND_THE_ADDRESS.values(), ids=BEHIND_THE_ADDRESS)
def test_a_shell_sends_what_stands_behind_the_address(ask: Callable[[RAGFlow], Answer]) -> None:
    with StandIn(fine) as server:
        check_same(server, ask(RAGFlow(server.url, SOMEBODY)))


# an authorization in the notation of the features: whether it can be told with a variable
AUTHORIZATIONS = {
    "(no header)": True,
    "Bearer KEY": True,
    "Bearer␠␠KEY": True,
    "bearer KEY": True,
    "KEY": True,
    "Basic KEY": True,
    "Bearer KEY extra": True,
    "Bearer KEYx": True,
    "xKEY": True,
    "Bearer": True,
    "Bearer␠": True,
    "Bearer invalid_key_123": True,
    "Bearer x' OR '1'='1": True,
    "Bearer %": True,
    "(empty header)": False,
    "Bearer KEY[:20]": False,
    "Bearer KEY[CAPITALS]": False,
    'Bearer "KEY"': False,
    "Bearer $HOME": False,
    "Bearer `date`": False,
    "Bearer \\": False,
}


@pytest.mark.parametrize(("authorization", "is_told"), AUTHORIZATIONS.items())
def test_a_shell_shows_the_same_authorization(authorization: str, is_told: bool) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        answer = looking.sender.delete(looking.assistant, ["a"], authorization=authorization).answer
        if is_told:
            check_same(server, answer)
        else:
            assert as_curl(answer.request) == ""


def test_an_authorization_is_told_with_the_variable_of_whoever_asks() -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        asker = RAGFlow(server.url, NEIGHBOUR)
        check_same(server, looking.sender.delete(looking.assistant, ["a"], asker=asker, authorization="KEY x").answer)


# what cannot be pasted
NOT_PASTED = {
    "bytes of no text": Content(b'{"ids": ["\xff\xfe"]}'),
    "half a character": Content("ü".encode()[:1]),
    "a zero": Content(b"a\x00b"),
    "more than anybody would paste": Content(b"x" * (PASTED + 1)),
    "many ids": Content.json({"ids": ["0" * 32] * 1000}),
}


@pytest.mark.parametrize("content", NOT_PASTED.values(), ids=NOT_PASTED)
def test_what_a_shell_could_not_send_is_not_told_as_a_command(content: Content) -> None:
    assert as_curl(Request("DELETE", "/api/v1/chats/c1/sessions", SOMEBODY, content)) == ""


def test_credentials_that_cannot_be_written_are_not_told_as_a_command() -> None:
    assert as_curl(Request("GET", "/api/v1/chats", Credentials("somebody", f"Bearer {OWN_KEY}", (OWN_KEY,)))) == ""


def test_a_shell_deletes_what_was_to_be_deleted(embedded: Embedded) -> None:
    with swept(embedded.own) as sandbox:
        assistant = sandbox.create_assistant(sessions=2)
        ids = Content.json({"ids": list(assistant.session_ids[:1])})
        path = f"/api/v1/chats/{assistant.id}/sessions"
        said = pasted(as_curl(Request("DELETE", path, embedded.own.credentials, ids)), embedded.url)
        assert '"code":0' in said.replace(" ", "")
        left = pasted(as_curl(Request("GET", path, embedded.own.credentials)), embedded.url)
        assert [id in left for id in assistant.session_ids] == [False, True]
