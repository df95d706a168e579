"""Signing up, logging in and out, and API keys, in the three forms that RAGFlow has had."""

import base64
import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from Cryptodome.Cipher import PKCS1_v1_5
from Cryptodome.PublicKey import RSA

from embedded_ragflow.accounts import KEY_FILE, PASSPHRASE
from tests.embedded.client import Client, serve
from tests.embedded.tables import BAD_REQUEST, RELEASES, by_release, each_by_release, failure, on
from tests.embedded.test_document import FORMS

PUBLIC_KEY = RSA.import_key(KEY_FILE.read_text("ascii"), PASSPHRASE).public_key()
# The password "123" as RAGFlow's own tests send it. It shows that the key is RAGFlow's.
RAGFLOWS_PASSWORD = """\
ctAseGvejiaSWWZ88T/m4FQVOpQyUvP+x7sXtdv3feqZACiQleuewkUi35E16wSd5C5QcnkkcV9cYc8TKPTRZlxappDuirxghxoOvFcJxFU4ixLsD
fN33jCHRoDUW81IH9zjij/vaw8IbVyb6vuwg6MX6inOEBRRzVbRYxXOu1wkWY6SsI8X70oF9aeLFp/PzQpjoe/YbSqpTq8qqrmHzn9vO+yvyYyvmDsphXe
X8f7fp9c7vUsfOCkM+gHY3PadG+QHa7KI7mzTKgUTZImK6BZtfRBATDTthEUbbaTewY4H0MnWiCeeDhcbeQao6cFy1To8pE3RpmxnGnS8BsBn8w=="""

NUMBERS = count(1)
SUCCESS = {"code": 0, "data": True, "message": "success"}
UNAUTHORIZED = failure("<Unauthorized '401: Unauthorized'>", 401)
NOT_TEXT = failure("TypeError(\"expected string or bytes-like object, got 'NoneType'\")")
WRONG_LENGTH = failure("ValueError('Ciphertext with incorrect length (not 256 bytes)')")


def refusal(code: int, message: str) -> dict[str, Any]:
    return {"code": code, "data": False, "message": message}


def encrypted(password: str) -> str:
    return base64.b64encode(PKCS1_v1_5.new(PUBLIC_KEY).encrypt(base64.b64encode(password.encode()))).decode()


class Visitor:
    """A new e-mail address, and the calls of a release about its account."""

    def __init__(self, client: Client, release: str) -> None:
        self.client, self.release = client, release
        self.calls = FORMS[(release >= "0.25") + (release > "0.25.0")]
        self.email = f"visitor-{next(NUMBERS)}@example.com"
        self.registration: dict[str, Any] = {"nickname": "Vi", "email": self.email, "password": encrypted("123")}

    def send(self, call: str, json: object = None, token: str | None = None, **options: Any) -> requests.Response:
        method, path = self.calls[call].split()
        url = self.client.base + path.replace("<key>", options.pop("key", ""))
        return requests.request(method, url, json=json, headers={"Authorization": token}, timeout=30, **options)

    def body(self, *arguments: Any, **options: Any) -> Any:
        return self.send(*arguments, **options).json()

    def register(self) -> str:
        """Register, and return the login token."""
        return self.send("sign up", self.registration).headers["Authorization"]

    def log_in(self, password: str | None) -> requests.Response:
        return self.send("log in", {"email": self.email, "password": password})

    def code_with(self, key: str) -> int:
        """The code of the answer to a list of assistants."""
        return int(self.client.call("GET", "/chats", key=key)["code"])


@pytest.fixture
def visitor(client: Client, release: str) -> Visitor:
    return Visitor(client, release)


@on(*RELEASES, "0.25.1")
def test_a_new_user_gets_an_api_key_that_works_at_once(visitor: Visitor, release: str) -> None:
    assert visitor.body("settings")["data"]["registerEnabled"] == 1
    assert visitor.body("sign up", {}) == failure("required argument are missing: nickname,email,password; ", 101)
    registered = visitor.send("sign up", visitor.registration)
    user, ended = registered.json()["data"], registered.headers["Authorization"]
    assert registered.json()["message"] == "Vi, welcome aboard!"
    assert (release < "0.26") == ("access_token" in user) == ("password" in user)
    again = visitor.body("sign up", visitor.registration | {"email": visitor.email.upper()})
    assert again == refusal(103, f"Email: {visitor.email.upper()} has already registered!")

    assert visitor.body("log in", {}) == refusal(109, "Unauthorized!")
    logged_in = visitor.log_in(RAGFLOWS_PASSWORD)
    login = logged_in.headers["Authorization"]
    assert (logged_in.json()["message"], logged_in.json()["data"]["id"]) == ("Welcome back!", user["id"])
    assert visitor.body("create a key", {}, ended) == UNAUTHORIZED

    assert visitor.body("version", None, login)["data"] == f"v{release}"
    assert visitor.body("version")["code"] == (401 if release < "0.25.1" else 0)

    created, other = (visitor.body("create a key", json, login)["data"] for json in (None, {}))
    key = created["token"]
    assert re.fullmatch(r"ragflow-[\w-]{32}" if release < "0.22.1" else r"ragflow-[\w-]{43}", key)
    assert (created["tenant_id"], created["update_time"]) == (user["id"], None)
    assert [each["token"] for each in visitor.body("list keys", None, login)["data"]] == [key, other["token"]]
    assert visitor.client.new_session(visitor.client.new_assistant("mine", key), key=other["token"])

    # A key of someone else stays, but the answer does not tell.
    assert visitor.body("delete a key", None, Visitor(visitor.client, release).register(), key=key) == SUCCESS
    assert visitor.code_with(key) == 0
    assert visitor.body("delete a key", None, login, key=key) == SUCCESS
    assert visitor.code_with(key) == (109 if release < "0.25" else 401)
    assert visitor.body("log out", None, login) == SUCCESS
    assert visitor.body("create a key", None, login) == UNAUTHORIZED
    assert visitor.code_with(other["token"]) == 0


# The status without a login, and the codes with "Bearer" before the login token and with an API key in its place.
# Then the codes of a list of assistants with the login token alone and after "Bearer".
@by_release({"0.18.0": (200, 401, 401, 0, 109), "0.24.0": (401, 401, 0, 0, 109), "0.25.0": (401, 0, 0, 0, 0)})
def test_which_tokens_are_accepted_by_which_calls(visitor: Visitor, expected: tuple[int, ...]) -> None:
    login = visitor.register()
    key = visitor.body("create a key", None, login)["data"]["token"]
    chats, nonsense = f"{visitor.client.base}/api/v1/chats", visitor.send("create a key", None, "nonsense")
    assert nonsense.json() == visitor.body("create a key") == UNAUTHORIZED
    codes = [visitor.body("create a key", None, f"Bearer {token}")["code"] for token in (login, key)]
    raw = requests.get(chats, headers={"Authorization": login}, timeout=30).json()
    assert (nonsense.status_code, *codes, raw["code"], visitor.code_with(login)) == expected


@each_by_release(
    "change",
    [
        *(({"email": email}, {"0.18.0": refusal(103, f"Invalid email address: {email}!")})
          for email in ("a@b", "", " a@example.com", "a+b@example.com")),
        ({"email": None}, {"0.18.0": NOT_TEXT}),
        ({"password": "secret"}, {"0.18.0": failure("Error('Incorrect padding')")}),
        ({"password": "MTIz"}, {"0.18.0": WRONG_LENGTH}),
        ({"nickname": " "}, {"0.26.4": refusal(101, "Nickname cannot be empty.")}),
        ({"nickname": "x" * 101}, {"0.26.4": refusal(101, "Nickname must be at most 100 characters.")}),
        ({"nickname": "<b>"}, {"0.26.4": refusal(101, "Nickname contains invalid characters.")}),
    ],
)  # fmt: skip
def test_invalid_registrations_are_refused(visitor: Visitor, change: dict[str, object], expected: Any) -> None:
    assert visitor.body("sign up", visitor.registration | change) == expected
    assert visitor.log_in(encrypted("123")).json() == refusal(109, f"Email: {visitor.email} is not registered!")


@by_release({"0.18.0": refusal(109, "Unauthorized!"), "0.24.0": BAD_REQUEST})
def test_logins_are_refused_and_any_undecipherable_password_is_the_empty_one(visitor: Visitor, expected: Any) -> None:
    visitor.registration |= {
        "nickname": "<b>" if visitor.release < "0.26" else "b",
        "password": base64.b64encode(bytes([2] * 256)).decode(),
    }
    visitor.register()
    assert visitor.log_in(base64.b64encode(bytes([1] * 256)).decode()).json()["code"] == 0
    assert visitor.log_in(encrypted("123")).json() == refusal(109, "Email and password do not match!")
    assert visitor.log_in("123").json() == visitor.log_in(None).json() == refusal(500, "Fail to crypt password")
    malformed = requests.post(visitor.send("log in").url, "{", headers={"Content-Type": "application/json"}, timeout=30)
    assert malformed.json() == expected


@on("0.20", "0.27")
def test_a_restart_keeps_keys_and_can_disable_registration(release: str, tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "data"))
    with serve(release, *database) as client:
        visitor = Visitor(client, release)
        key = visitor.body("create a key", None, visitor.register())["data"]["token"]
    with serve(release, *database, "--no-registration") as client:
        visitor.client = client
        assert visitor.code_with(key) == 0
        assert visitor.log_in(encrypted("123")).json()["code"] == 0
        assert visitor.body("settings")["data"]["registerEnabled"] == 0
        assert visitor.body("sign up", {})["code"] == 101
        assert visitor.body("sign up", visitor.registration) == refusal(103, "User registration is disabled!")
