"""Users of a server: sign-up, login and API keys, in the three forms that releases of RAGFlow have."""

import base64
import re
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from Cryptodome.Cipher import PKCS1_v1_5
from Cryptodome.PublicKey import RSA

from acceptance.errors import CannotRun
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange, shorten
from acceptance.ragflow.listings import is_missing, ragflow_body
from acceptance.ragflow.messages import NO_KEY, Answer, Content, Credentials, Json
from acceptance.ragflow.secrets import LOGIN_HEADER

# RAGFlow's conf/public.pem, the same in every release from 0.18.0 to 0.27.0: it is public, and no secret.
PUBLIC_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArq9XTUSeYr2+N1h3Afl/z8Dse/2yD0ZGrKwx+EEEcdsBLca9Ynmx3nIB5obmLlSfmskL"
    "pBo0UACBmB5rEjBp2Q2f3AG3Hjd4B+gNCG6BDaawuDlgANIhGnaTLrIqWrrcm4EMzJOnAOI1fgzJRsOOUEfaS318Eq9OVO3apEyCCt0lOQK6Puks"
    "duOjVxtltDav+guVAA068NrPYmRNabVKRNLJpL8w4D44sfth5RvZ3q9t+6RTArpEtc5sh5ChzvqPOzKGMXW83C95TxmXqpbK6olN4RevSfVjEAgC"
    "ydH6HN6OhtOQEcnrU97r9H0iZOWwbw3pVrZiUkuRD1R56Wzs2wIDAQAB"
)

NICKNAME = "session-deletion-specification"
EMPTY = Content.json({})


class WrongPassword(CannotRun):
    """The user exists, and has another password."""


class NotRegistered(CannotRun):
    """The user does not exist."""


# How a login is refused, in the words of the Python and the Go servers of all releases.
REFUSALS = {"is not registered": NotRegistered, "do not match": WrongPassword}

# What servers say of a password that is too long or too large a number. Others that they cannot decrypt are no error.
UNDECRYPTABLE = re.compile("Fail to crypt password|Ciphertext")
OTHER_KEY_PAIR = (
    "The server cannot decrypt passwords, because it has another key pair. Set RAGFLOW_PUBLIC_KEY to a copy of its "
    "conf/public.pem, and choose other e-mail addresses with RAGFLOW_EMAIL and RAGFLOW_OTHER_EMAIL."
)


@dataclass(frozen=True)
class Form:
    """The paths of the calls in some releases."""

    register: str
    login: str
    tokens: str
    config: str


FROM_0_25_1 = Form("/api/v1/users", "/api/v1/auth/login", "/api/v1/system/tokens", "/api/v1/system/config")
ONLY_0_25_0 = Form("/v1/user/register", "/v1/user/login", "/api/v1/system/tokens", "/v1/system/config")
UNTIL_0_24 = replace(ONLY_0_25_0, tokens="/v1/system/new_token")


def read_public_key(file: str = "") -> RSA.RsaKey:
    """Read a public key from a PEM file; by default RAGFlow's own. Raise CannotRun if the file holds none."""
    try:
        return RSA.import_key(Path(file).expanduser().read_bytes() if file else base64.b64decode(PUBLIC_KEY))
    except (OSError, ValueError):
        raise CannotRun(f"RAGFLOW_PUBLIC_KEY is '{file}', which is not an RSA public key in PEM form.") from None


@dataclass
class Accounts:
    """The users of a server. ``ragflow`` is a client without a key; its secrets grow with every answer.

    If RAGFlow refuses a call, the call raises CannotRun with RAGFlow's own words.
    """

    ragflow: RAGFlow
    public_key: RSA.RsaKey

    @cached_property
    def form(self) -> Form:
        """Ask for the form with empty requests, which create nothing. Raise CannotRun if the release has none."""
        if self._has(FROM_0_25_1.register):
            return FROM_0_25_1
        if self._has(UNTIL_0_24.register):
            return ONLY_0_25_0 if self._has(ONLY_0_25_0.tokens) else UNTIL_0_24
        raise CannotRun(
            f"The server at {self.ragflow.url} does not have the sign-up of RAGFlow 0.18 to 0.27. Check its address, "
            "port and path."
        )

    def _has(self, path: str) -> bool:
        answer = self._post(path)
        # The answer of 0.23 to an unknown path has another form.
        return answer.has_ragflow_form and not is_missing(answer)

    def probe(self) -> Answer:
        """Send a request that changes nothing, and that every RAGFlow answers."""
        return self._post(FROM_0_25_1.register)

    def is_open(self) -> bool:
        """Whether new users may sign up."""
        data = ragflow_body(self.ragflow.call("GET", self.form.config, root="")).get("data")
        return not isinstance(data, dict) or bool(data.get("registerEnabled", True))

    def exists(self, email: str) -> bool:
        """Whether the user exists, found out by a login with a wrong password. Raise CannotRun if that succeeds."""
        try:
            self._log_in(email, secrets.token_urlsafe())
        except NotRegistered:
            return False
        except WrongPassword:
            return True
        raise CannotRun(f"RAGFlow at {self.ragflow.url} accepts a wrong password for {email}. {OTHER_KEY_PAIR}")

    def register(self, email: str, password: str) -> None:
        """Create a user. Raise CannotRun if the server accepts a wrong password, too.

        A Python server that cannot decrypt a password takes it for the empty one, without an error. A Go server takes
        it as it is; because it is encrypted differently each time, the next login raises WrongPassword then.
        """
        answer = self._post_password(self.form.register, email, password, nickname=NICKNAME)
        self._check(answer, f"sign up {email}")
        self.exists(email)

    def create_key(self, email: str, password: str) -> str:
        """Log in and create an API key. Raise WrongPassword or NotRegistered."""
        token = self._log_in(email, password)
        login = Credentials("the login", token, (token,))
        return self._secret("token", self._post(self.form.tokens, login=login), f"create an API key for {email}")

    def _log_in(self, email: str, password: str) -> str:
        """Return the login token. An earlier one of the user is no longer valid then."""
        return self._secret(LOGIN_HEADER, self._post_password(self.form.login, email, password), f"log in {email}")

    def _post_password(self, path: str, email: str, password: str, **fields: Json) -> Answer:
        """Send a password. As in RAGFlow's web client, it is encrypted in base64."""
        try:
            cipher = PKCS1_v1_5.new(self.public_key).encrypt(base64.b64encode(password.encode()))
        except ValueError:
            raise CannotRun("The password cannot be encrypted with the public key.") from None
        encrypted = base64.b64encode(cipher).decode()
        return self._post(path, Content.json({"email": email, "password": encrypted, **fields}, encrypted, password))

    def _post(self, path: str, content: Content = EMPTY, login: Credentials = NO_KEY) -> Answer:
        answer = self.ragflow.acting_as(login).call("POST", path, content, root="")
        self.ragflow.server.secrets |= {*answer.secrets.values()}
        return answer

    def _check(self, answer: Answer, what: str) -> None:
        body = ragflow_body(answer)
        if body["code"] != 0:
            message = shorten(str(body.get("message")), 200).rstrip(".!")
            kind = next((kind for words, kind in REFUSALS.items() if words in message), CannotRun)
            hint = f" {OTHER_KEY_PAIR}" if UNDECRYPTABLE.search(message) else ""
            raise kind(f"RAGFlow at {self.ragflow.url} does not {what}: {message}.{hint}")

    def _secret(self, name: str, answer: Answer, what: str) -> str:
        """Return a secret from an answer that reports success."""
        self._check(answer, what)
        if name not in answer.secrets:
            raise CannotRun(f"RAGFlow answered without '{name}':\n{describe_exchange(answer)}")
        return answer.secrets[name]
