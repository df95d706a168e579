"""Users, their passwords, login tokens and API keys. The tenant of a user has the id of the user."""

import base64
import re
import secrets
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.security import check_password_hash, generate_password_hash

from embedded_ragflow.database import APIToken, User, add_key, insert, new_id, update, updated_now

# RAGFlow publishes this key pair and its passphrase in `conf/`. They are the same in every release and every
# installation: part of the protocol, and no secret. Clients encrypt passwords with the public key.
KEY_FILE = Path(__file__).with_name("ragflow-login-key.pem")
PASSPHRASE = "Welcome"

# RAGFlow's method with 1/32 of its work: nobody attacks these passwords, and tests sign up many users.
HASHING = "scrypt:1024:8:1"

# Signs login tokens. A restart of the server ends all logins, but no API key.
SIGNER = URLSafeTimedSerializer(secrets.token_hex(32))


def decrypted(password: Any) -> str:
    """Decrypt a password: Base64 of PKCS#1 v1.5. What another key or padding has encrypted is the empty password.

    That is a bug of RAGFlow. Raises ValueError if the password is not Base64 of 256 bytes, TypeError if it is not text.
    """
    return _decryption()(base64.b64decode(password), b"").decode()


def decrypted_or_clear(password: str) -> str:
    """Decrypt a password as RAGFlow's Go server does: what cannot be decrypted is the password itself.

    Line ends in it are ignored.
    """
    try:
        decoded = base64.b64decode(re.sub(r"[\r\n]", "", password), validate=True)
        return _decryption()(decoded, password.encode()).decode()
    except ValueError:
        return password


@cache
def _decryption() -> Callable[[bytes, bytes], bytes]:
    """Return the function that decrypts a text, or returns its second argument if that fails."""
    # Imported on first use, because this would take a fifth of the server's start.
    from Cryptodome.Cipher import PKCS1_v1_5
    from Cryptodome.PublicKey import RSA

    return PKCS1_v1_5.new(RSA.import_key(KEY_FILE.read_text("ascii"), PASSPHRASE)).decrypt


def find(email: object) -> User | None:
    """Return the user with this e-mail address. Case is ignored."""
    return User.get_or_none(User.email == email)


def create(email: str, nickname: object, password: str) -> User:
    """Create a user, who is logged in."""
    columns = {"email": email, "nickname": nickname, "password": generate_password_hash(password, HASHING)}
    return insert(User, **columns, access_token=new_id(), last_login_time=updated_now()["update_date"])


def has_password(user: User, password: str) -> bool:
    return check_password_hash(user.password, password)


def log_in(user: User) -> None:
    """Log the user in. This ends the previous login."""
    user.access_token = new_id()
    _set_access_token(user.id, user.access_token)


def log_out(user_id: str) -> None:
    _set_access_token(user_id, f"INVALID_{secrets.token_hex(16)}")


def _set_access_token(user_id: str, access_token: str) -> None:
    update(User, {"access_token": access_token}, user_id)


def login_token(user: User) -> str:
    """Return a token for the present login of this user."""
    return str(SIGNER.dumps(user.access_token))


def user_with(token: str) -> str | None:
    """Return the id of the user with this login token, or None."""
    try:
        access_token = SIGNER.loads(token)
    except BadData:
        return None
    user = User.get_or_none(User.access_token == access_token)
    return None if user is None else str(user.id)


def nicknames(user_ids: Collection[str]) -> dict[str, str]:
    """Return the nicknames of these users by their ids."""
    return {user.id: user.nickname for user in User.select().where(User.id.in_(user_ids))}


def new_key(tenant_id: str, octets: int) -> APIToken:
    """Create an API key from so many random bytes."""
    return add_key(tenant_id, f"ragflow-{secrets.token_urlsafe(octets)}")


def keys_of(tenant_id: str) -> list[APIToken]:
    return list(APIToken.select().where(APIToken.tenant_id == tenant_id))


def delete_key(tenant_id: str, key: str) -> None:
    """Delete this API key if the tenant has it."""
    APIToken.delete().where(APIToken.tenant_id == tenant_id, APIToken.token == key).execute()
