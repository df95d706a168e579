"""Secrets are redacted in every form in which a server may return them."""

import base64
import json
from urllib.parse import quote

import pytest

from acceptance.ragflow.client import ServerState
from acceptance.ragflow.description import curl_command, describe_exchange
from acceptance.ragflow.messages import NO_KEY, Content
from acceptance.ragflow.secrets import REDACTED, redact
from tests.unit.ragflow.test_client import KEY, WITH_KEY, client, replying
from tests.unit.stand_in import Reply, json_reply

OTHER = "ragflow-/+Zz9~Qk_2xWv8Lm4"
RANDOM = OTHER.removeprefix("ragflow-")


def percent(text: str, every: int = 1, form: str = "%{:02X}") -> str:
    return "".join(form.format(ord(each)) if not number % every else each for number, each in enumerate(text))


FORMS = {
    "plain": OTHER,
    "capitals": OTHER.upper(),
    "the random part": RANDOM,
    "percent-encoded where needed": quote(OTHER, safe=""),
    "percent-encoded in full": percent(OTHER),
    "percent-encoded in part, in lower case": percent(OTHER, 3, "%{:02x}"),
    "percent-encoded capitals": percent(OTHER.upper()),
    "percent-encoded twice": quote(percent(OTHER)),
    "JSON": "".join(f"\\u{ord(each):04X}" for each in OTHER),
    "JSON in JSON, in part": json.dumps("".join(f"\\u{ord(each):04x}" if each in "aZ/" else each for each in OTHER)),
    "a slash in JSON": OTHER.replace("/", "\\/"),
    "Python": "".join(f"\\x{ord(each):02x}" for each in OTHER),
    "HTML": "".join(f"&#{ord(each)};" if each in "lz" else f"&#x{ord(each):X};" for each in OTHER),
}
ENCODED = {
    f"{encode.__name__} {before!r} {case.__name__}": encode(f"{before}{case(OTHER)}{after}".encode()).decode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode)
    for before, after in (("", ""), ("Bearer ", ""), ('{"key":"', '"}'), ("x", "yz"), ("xy", "zz"))
    for case in (str, str.upper)
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_key_is_redacted_in_every_form(form: str) -> None:
    assert redact(f"a {form} b", [KEY, OTHER]).replace('"', "") == f"a {REDACTED} b"


@pytest.mark.parametrize("form", ENCODED.values(), ids=ENCODED)
def test_a_key_is_redacted_in_base64(form: str) -> None:
    for text in (form, quote(form, safe=""), form.replace("/", "\\/")):
        shown = redact(text, [KEY, OTHER])
        # Two characters at each end also depend on what surrounds the key.
        assert REDACTED in shown
        assert len(shown) - len(REDACTED) <= len(text) - len(RANDOM) * 4 // 3 + 4


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        (f"{KEY}{KEY} {KEY[:-1]}", [KEY], f"{REDACTED}{REDACTED} {KEY[:-1]}"),
        ('{"ragflow-\\"0123\\"-\\\\-ä": 1}', ['ragflow-"0123"-\\-ä'], f'{{"{REDACTED}": 1}}'),
        ("one two three", ["three", "two"], f"one two {REDACTED}"),
        (f"{KEY[:20]} {KEY}", [KEY[:20], KEY], f"{REDACTED} {REDACTED}"),
        ("abcd ragflow-abcd", ["abcd", ""], "abcd ragflow-abcd"),
        ("abcde", ["abcde"], REDACTED),
        ("ragflow-x session", ["ragflow-x"], f"{REDACTED} session"),
        ('a \\u00e9 %41 &#65; "\\\\"', [KEY], 'a \\u00e9 %41 &#65; "\\\\"'),
    ],
)
def test_only_secrets_are_redacted(text: str, secrets: list[str], shown: str) -> None:
    assert redact(text, secrets) == shown


@pytest.mark.parametrize("credentials", [WITH_KEY, NO_KEY], ids=lambda each: each.name)
def test_an_answer_shows_no_key_of_the_run(credentials) -> None:
    headers = {"Location": f"/login?key={percent(OTHER)}", "Set-Cookie": f"key={OTHER.upper()}", f"X-{KEY}": "a"}
    with replying(json_reply({KEY.upper(): OTHER}, 302, **headers), Reply(500, OTHER.encode("utf-16"))) as server:
        ragflow = client(server).acting_as(credentials)
        ragflow.server.secrets = frozenset([KEY, OTHER])
        answers = [ragflow.list_assistants(), ragflow.with_listener(lambda *_: None).list_assistants()]
    assert answers[0].body == {REDACTED: REDACTED}
    assert (answers[0].location, answers[0].cookies) == (f"/login?key={REDACTED}", (f"key={REDACTED}",))
    assert answers[1].text == REDACTED
    shown = f"{answers} {WITH_KEY!r} {ServerState(secrets=frozenset([OTHER]))!r}".lower()
    assert RANDOM.lower() not in shown
    assert KEY.removeprefix("ragflow-") not in shown


HASH = "scrypt:32768:8:1$Zk9/+A$0123456789abcdef"
LOGIN = "IjJjNDYzM2Y.awryzA.qr27Zk"


def test_secrets_that_an_answer_brings_are_redacted_and_handed_over() -> None:
    user = {"access_token": "0a1b2c3d4e5f", "password": HASH, "max_token": "many tokens"}
    body = {
        "data": [user, {**user, "password": f"{HASH}2"}, {"token": 8, "beta": ""}],
        "message": f"{HASH} 0a1b2c3d4e5f",
    }
    escaped = json.dumps(body).replace("/", "\\/").encode()
    with replying(Reply(200, escaped, {"Content-Type": "application/json", "Authorization": LOGIN})) as server:
        answer = client(server).list_assistants()
    assert dict(answer.secrets) == {"Authorization": LOGIN, "access_token": "0a1b2c3d4e5f", "password": f"{HASH}2"}
    assert answer.body == {
        "data": [dict(user, access_token=REDACTED, password=REDACTED)] * 2 + [{"token": 8, "beta": ""}],
        "message": f"{REDACTED} {REDACTED}",
    }
    assert not any(secret in f"{answer}" for secret in (LOGIN, HASH, "0a1b2c3d4e5f"))


@pytest.mark.parametrize("value", ["\\ud800aaaaaaaa", "\\x", "a\\", "é" * 1200])
def test_a_malformed_secret_does_no_harm(value: str) -> None:
    with replying(Reply(500, f'{{"token": "{value}"}}'.encode())) as server:
        assert client(server).list_assistants().status == 500


def test_the_secrets_of_a_request_are_not_shown() -> None:
    content = Content.json({"password": "secret words"}, "secret words")
    with replying(json_reply({"code": 0, "message": "SECRET WORDS"})) as server:
        answer = client(server).call("POST", "/users", content, root="/v1")
    assert server.calls() == ["POST /v1/users"]
    assert answer.body == {"code": 0, "message": REDACTED}
    assert "secret words" not in describe_exchange(answer)
    assert curl_command(answer.request) == ""
