"""What ``make tenants`` does with servers, users and files in every state."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from Cryptodome.PublicKey import RSA

from acceptance import tenants
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials
from tests.support.servers import server_process
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

React = Callable[[Seen], Reply | Misconduct | None]

NUMBERS = count(1)
REGISTER, LOGIN, TOKENS = "POST /api/v1/users", "POST /api/v1/auth/login", "POST /api/v1/system/tokens"
# A run with these settings refuses to start.
NOTHING = "export RAGFLOW_URL=make-tenants-failed\nexport RAGFLOW_API_KEY=''\nexport RAGFLOW_OTHER_API_KEY=''\n"
HASH = "scrypt:32768:8:1$Q3VyaW91cw$0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with server_process("--port", "0", "--release", "0.27") as process:
        yield process.url


class Called(NamedTuple):
    status: int
    out: list[str]
    err: str


class Workplace:
    """A file and two users of one test, and a gateway, which forwards every request that ``react`` does not answer."""

    def __init__(self, server: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.file, self._capsys = folder, folder / "new" / "tenants.json", capsys
        self.emails = [f"user-{next(NUMBERS)}@example.com" for _ in range(2)]
        self.react: React = lambda _: None
        self.gateway = StandIn(lambda seen: self.react(seen) or forwarded(server, seen))

    def call(self, *options: str, **settings: str) -> Called:
        """Call the program, and check that it shows no secret."""
        usual = dict(zip(("RAGFLOW_EMAIL", "RAGFLOW_OTHER_EMAIL"), self.emails, strict=True))
        self.gateway.seen.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["tenants", *options])
            for name in [name for name in os.environ if name.startswith("RAGFLOW_")]:
                patch.delenv(name)
            usual |= {"RAGFLOW_URL": self.gateway.url, "RAGFLOW_TENANTS_FILE": str(self.file)}
            for name, value in {**usual, **settings}.items():
                patch.setenv(name, value)
            status = tenants.main()
        out, err = self._capsys.readouterr()
        sent = [json.loads(seen.body).get("password") for seen in self.gateway.seen if seen.body]
        own = [self.saved["password"], *self.saved["keys"].values()] if self.file.is_file() else []
        assert not any(secret in err for secret in filter(None, (*sent, *own, HASH)))
        assert status == 0 or out == NOTHING
        return Called(status, out.splitlines(), err)

    def refused(self, *words: str, **settings: str) -> None:
        """Check that a call fails with these words."""
        called = self.call(**settings)
        assert called.status == 1
        assert "The tenants cannot be set up. " in called.err
        assert [word for word in words if word not in called.err] == [], called.err

    @property
    def saved(self) -> Any:
        return json.loads(self.file.read_text("utf-8"))[-1]

    def sign_ups(self) -> int:
        """How many users the last call tried to sign up. An empty request only asks for the form of the calls."""
        return sum(seen.call == REGISTER and seen.body != b"{}" for seen in self.gateway.seen)


@pytest.fixture
def workplace(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workplace]:
    workplace = Workplace(server, tmp_path, capsys)
    with workplace.gateway:
        yield workplace


def answering(code: int, message: str, *calls: str) -> React:
    """Refuse these calls."""
    refusal = json_reply({"code": code, "data": False, "message": message})
    return lambda seen: refusal if seen.call in calls and seen.body != b"{}" else None


def always(reply: Reply | Misconduct) -> React:
    return lambda _: reply


def echo(seen: Seen) -> Reply | None:
    """Answer a login in an unknown form, with everything that is secret in it and in answers of RAGFlow."""
    body = {"message": seen.body.decode(), "password": HASH, "data": {"access_token": HASH}}
    return json_reply(body, Authorization=HASH) if seen.call == LOGIN else None


CLOSED = json_reply({"code": 0, "data": {"registerEnabled": 0}})

# name: (what answers; the words that the message contains)
SERVERS: dict[str, tuple[React, list[str]]] = {
    "sign-up is disabled": (
        lambda seen: CLOSED if seen.call.endswith("/system/config") else None,
        ["sign-up is disabled", "RAGFLOW_PASSWORD"],
    ),
    "the address is taken": (answering(103, "Email: a has already registered!", REGISTER), ["has already registered"]),
    "an account is disabled": (answering(403, "This account has been disabled!", LOGIN), ["has been disabled"]),
    "a Go server without its admin server": (
        answering(109, "admin server not connected", LOGIN),
        ["admin server not connected"],
    ),
    "a login page": (always(Reply(200, b"<h1>Sign in</h1>", {"Content-Type": "text/html"})), ["is not RAGFlow"]),
    "a gateway": (always(Reply(502, b"<h1>Bad Gateway</h1>")), ["502", "a gateway"]),
    "another program": (always(json_reply({"status": "ok"})), ["does not have the sign-up of RAGFlow"]),
    "a redirect": (always(Reply(308, headers={"Location": "/elsewhere"})), ["redirects to /elsewhere"]),
    "no form of sign-up": (
        always(json_reply({"code": 404, "message": "no"}, 404)),
        ["does not have the sign-up of RAGFlow 0.18 to 0.27"],
    ),
    "an answer without a key": (
        lambda seen: json_reply({"code": 0, "data": {}}) if seen.call == TOKENS else None,
        ["without 'token'"],
    ),
    "answers with secrets": (echo, ['"password": "<API key>"', '"access_token": "<API key>"']),
}


@pytest.mark.parametrize(("react", "words"), SERVERS.values(), ids=SERVERS)
def test_a_server_that_cannot_be_used_is_named(workplace: Workplace, react: React, words: list[str]) -> None:
    workplace.react = react
    workplace.refused(*words)


def test_no_server_is_an_error(workplace: Workplace) -> None:
    workplace.refused("No RAGFlow answers at http://127.0.0.1:1", "refused", RAGFLOW_URL="http://127.0.0.1:1")


# name: (the settings; the words that the message contains). FILE and FOLDER stand for what exists in every test.
SETTINGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "no address": ({"RAGFLOW_URL": ""}, ["Set URL to an address like http://localhost:9380."]),
    "a malformed e-mail address": ({"RAGFLOW_EMAIL": "a+b@example.com"}, ["a+b@example.com", "no '+'"]),
    "the same e-mail address": ({"RAGFLOW_EMAIL": "a@b.cd", "RAGFLOW_OTHER_EMAIL": "A@b.cd"}, ["Both users"]),
    "a file as a folder": ({"RAGFLOW_TENANTS_FILE": "FILE/a"}, ["cannot be written", "RAGFLOW_TENANTS_FILE"]),
    "a folder as a file": ({"RAGFLOW_TENANTS_FILE": "FOLDER"}, ["cannot be read", "RAGFLOW_TENANTS_FILE"]),
    "a damaged file": ({"RAGFLOW_TENANTS_FILE": "FILE"}, ["it is damaged"]),
    "no public key": ({"RAGFLOW_PUBLIC_KEY": "FILE"}, ["RAGFLOW_PUBLIC_KEY", "PEM"]),
    "an invalid number": ({"RAGFLOW_RATE": "many"}, ["RAGFLOW_RATE"]),
}


@pytest.mark.parametrize(("settings", "words"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(
    workplace: Workplace, settings: dict[str, str], words: list[str]
) -> None:
    file = workplace.folder / "file"
    file.touch(0o600)
    places = {
        name: value.replace("FILE", str(file)).replace("FOLDER", str(file.parent)) for name, value in settings.items()
    }
    workplace.refused(*words, **places)
    assert workplace.sign_ups() == 0


def test_a_second_call_reuses_keys_and_replaces_those_that_do_not_work(workplace: Workplace) -> None:
    first = workplace.call()
    assert first.status == 0
    assert workplace.call("--email", "", "--other-email=").out == first.out
    assert LOGIN not in workplace.gateway.calls()
    first_key, second_key = workplace.saved["keys"].values()
    workplace.file.write_text(workplace.file.read_text("utf-8").replace(second_key, "ragflow-revoked"), "utf-8")
    third = workplace.call(workplace.gateway.url.upper().replace("HTTP", "http") + "/api/v1/")
    assert (
        third.out[:2]
        == first.out[:2]
        == [f"export RAGFLOW_URL={workplace.gateway.url}", f"export RAGFLOW_API_KEY={first_key}"]
    )
    assert third.out[2] not in (first.out[2], "export RAGFLOW_OTHER_API_KEY=ragflow-revoked")
    assert workplace.sign_ups() == 0


def test_a_file_that_others_can_read_is_refused(workplace: Workplace) -> None:
    workplace.call()
    workplace.file.chmod(0o640)
    workplace.refused("Other users of this machine can read", f"chmod 600 '{workplace.file}'")


@pytest.mark.parametrize("what", [Misconduct.BREAK_OFF, signal.SIGINT], ids=["no answer", "Ctrl-C"])
def test_the_next_call_goes_on_after_a_sign_up_that_broke_off(
    workplace: Workplace, server: str, what: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def react(seen: Seen) -> Misconduct | None:
        if seen.call != REGISTER or workplace.emails[1].encode() not in seen.body:
            return None
        forwarded(server, seen)
        return Misconduct.BREAK_OFF

    if what is signal.SIGINT:
        monkeypatch.setattr(tenants, "print_progress", lambda _: signal.raise_signal(signal.SIGINT))
    else:
        workplace.react = react
    broken = workplace.call()
    saved = workplace.saved
    assert (broken.status, broken.err.count("\n") == 1) == (1, what is signal.SIGINT)
    assert broken.err.endswith("was interrupted.\n") or "broke off" in broken.err
    monkeypatch.undo()
    workplace.react = lambda _: None
    assert workplace.call().status == 0
    assert workplace.saved["password"] == saved["password"]
    assert workplace.sign_ups() == (2 if what is signal.SIGINT else 0)


def test_users_that_are_in_no_file_need_their_password(workplace: Workplace) -> None:
    workplace.call()
    password = workplace.saved["password"]
    workplace.file.unlink()
    workplace.refused(*workplace.emails, "RAGFLOW_PASSWORD", "RAGFLOW_EMAIL")
    workplace.refused("do not match", "RAGFLOW_PASSWORD", RAGFLOW_PASSWORD="another password")
    new = "user-new@example.com"
    # Nobody is signed up before the password has proved right.
    workplace.refused("do not match", RAGFLOW_PASSWORD="another password", RAGFLOW_EMAIL=new)
    workplace.refused(workplace.emails[1], RAGFLOW_EMAIL=new)
    assert workplace.sign_ups() == 0
    assert workplace.call(RAGFLOW_PASSWORD=password, RAGFLOW_EMAIL=new).status == 0
    assert workplace.sign_ups() == 1
    assert list(workplace.saved["keys"]) == [new, workplace.emails[1]]
    assert workplace.call(RAGFLOW_EMAIL=new).status == 0


def test_a_server_with_another_key_pair_is_detected(workplace: Workplace) -> None:
    file = workplace.folder / "public.pem"
    file.write_bytes(RSA.generate(2048).public_key().export_key())
    workplace.refused("cannot decrypt", "RAGFLOW_PUBLIC_KEY", "RAGFLOW_EMAIL", RAGFLOW_PUBLIC_KEY=str(file))
    assert workplace.sign_ups() == 1


def test_a_go_server_with_another_key_pair_is_detected(workplace: Workplace) -> None:
    """It stores what it cannot decrypt as the password, and so rejects the right one."""

    def react(seen: Seen) -> Reply | None:
        right = json_reply({"code": 109, "data": False, "message": "email and password do not match"})
        return right if seen.call == LOGIN and workplace.sign_ups() else None

    workplace.react = react
    workplace.refused("email and password do not match. ", "key pair of its own, set RAGFLOW_PUBLIC_KEY")
    assert workplace.sign_ups() == 1


def test_a_tenant_with_other_assistants_is_refused(workplace: Workplace) -> None:
    workplace.call()
    owner = RAGFlow(workplace.gateway.url, Credentials.bearer("a key", workplace.saved["keys"][workplace.emails[1]]))
    owner.create_assistant("session-deletion-specification 0a1b2c3d left behind")
    assert workplace.call().status == 0
    owner.create_assistant("an assistant of mine")
    workplace.refused(workplace.emails[1], "'an assistant of mine'")
