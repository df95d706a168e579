"""The curl command of a request: a shell that runs it sends the same request."""

import os
import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import MAX_CURL_BODY, curl_command
from acceptance.ragflow.messages import NO_KEY, Address, Answer, Content, Credentials, Request
from tests.support.servers import OTHER_KEY, OWN_KEY
from tests.unit.sandboxes import RecordedSender
from tests.unit.stand_in import StandIn, json_reply

OWN = Credentials.bearer("own key", OWN_KEY)
OTHER = Credentials.bearer("other key", OTHER_KEY, "RAGFLOW_OTHER_API_KEY")


def server() -> StandIn:
    return StandIn(lambda _: json_reply({"code": 0}))


def assert_shell_repeats(answer: Answer, server: StandIn) -> None:
    command = curl_command(answer.request)
    assert command
    assert OWN_KEY not in command
    assert OTHER_KEY not in command
    others = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    settings = {"RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_OTHER_API_KEY": OTHER_KEY}
    subprocess.run(["bash", "-u", "-c", command], env={**others, **settings}, capture_output=True, check=True)
    first, repeated = (
        (seen.method, seen.path, seen.body, seen.headers.get("Content-Type"), seen.headers.get("Authorization"))
        for seen in server.seen
    )
    assert repeated == first


CONTENTS = {
    "a deletion": Content.json({"ids": ["a", "b"]}),
    "no content": Content(None, None),
    "no content, declared": Content(None),
    "empty content": Content(b""),
    "no content type": Content(b"{}", None),
    "quotes in the content type": Content(b"ids=a", "text/plain; charset='x'"),
    "quotes, variables and lines": Content("'\"`$(date) $HOME \\ !\r\n\tü ␠ 🎲".encode()),
    "a file name": Content(b"@/etc/hostname"),
    "an option": Content(b"--help"),
    "the longest": Content(b"x" * (MAX_CURL_BODY - 100)),
}
REQUESTS: dict[str, Callable[[RAGFlow], Answer]] = {
    **{name: partial(RAGFlow.delete_sessions, assistant_id="c1", content=each) for name, each in CONTENTS.items()},
    "an odd assistant": lambda ragflow: ragflow.delete_sessions('\' OR "$1" {a,b}[1-2]%', Content()),
    "a query": lambda ragflow: ragflow.delete_sessions("c1", Content(), "ids=a b&ids=b%20c&c=$HOME", slash=True),
    "a list": lambda ragflow: ragflow.list_sessions("c1", page=2, page_size=100),
    "any other call": lambda ragflow: ragflow.call("PATCH", "/chats/c1/sessions", Content(b"{}")),
}


@pytest.mark.parametrize("send", REQUESTS.values(), ids=REQUESTS)
def test_a_shell_sends_the_same_request(send: Callable[[RAGFlow], Answer]) -> None:
    with server() as receiver:
        assert_shell_repeats(send(RAGFlow(f"{receiver.url}/it's~a$path", NO_KEY)), receiver)


# an authorization in the notation of the features: whether a shell can send it
AUTHORIZATIONS = {
    **dict.fromkeys(["(no header)", "Bearer␠␠KEY", "KEY", "Basic KEY", "Bearer KEYx", "xKEY", "Bearer␠"], True),
    **dict.fromkeys(["Bearer x' OR '1'='1", "Bearer %"], True),
    **dict.fromkeys(["(empty header)", "Bearer KEY[:20]", "Bearer KEY[CAPITALS]", 'Bearer "KEY"'], False),
    **dict.fromkeys(["Bearer $HOME", "Bearer `date`", "Bearer \\"], False),
}


@pytest.mark.parametrize(("authorization", "has_command"), AUTHORIZATIONS.items())
@pytest.mark.parametrize("credentials", [OWN, OTHER], ids=lambda each: each.name)
def test_a_shell_sends_the_same_authorization(authorization: str, has_command: bool, credentials: Credentials) -> None:
    with server() as receiver:
        sandbox, asker = RecordedSender(receiver), RAGFlow(receiver.url, credentials)
        exchange = sandbox.sender.delete(sandbox.assistant, ["a"], asker=asker, authorization=authorization)
        if has_command:
            assert_shell_repeats(exchange.answer, receiver)
        else:
            assert curl_command(exchange.answer.request) == ""


@pytest.mark.parametrize(
    ("content", "credentials"),
    [
        (Content(b'{"ids": ["\xff\xfe"]}'), OWN),
        (Content(b"a\x00b"), OWN),
        (Content(b"x" * (MAX_CURL_BODY + 1)), OWN),
        (Content(), Credentials("a header without a variable", f"Bearer {OWN_KEY}", (OWN_KEY,))),
    ],
)
def test_a_request_that_a_shell_cannot_send_has_no_command(content: Content, credentials: Credentials) -> None:
    assert curl_command(Request("DELETE", "/api/v1/chats/c1/sessions", credentials, content)) == ""


def test_the_command_accepts_any_certificate_if_the_run_does() -> None:
    request = Request("GET", "/api/v1/chats", NO_KEY, address=Address("https://ragflow", is_insecure=True))
    assert curl_command(request) == "curl -gk -X GET https://ragflow/api/v1/chats"
