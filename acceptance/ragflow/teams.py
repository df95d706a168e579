"""The calls about users and their teams, as RAGFlow 0.27 has them. Earlier releases were not tried."""

from dataclasses import dataclass

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Answer, Content


@dataclass(frozen=True)
class User:
    """A user, who owns the tenant with the same id."""

    id: str
    email: str


def user_of(client: RAGFlow) -> User | None:
    """Return the user whose key this is; None if the server does not say so.

    RAGFlow's answer also holds a login token and the hash of the password. They are redacted.
    """
    body = client.call("GET", "/users/me").body
    data = body.get("data") if isinstance(body, dict) else None
    id, email = (data.get("id"), data.get("email")) if isinstance(data, dict) else (None, None)
    return User(id, email) if isinstance(id, str) and isinstance(email, str) else None


def invite(client: RAGFlow, owner: User, guest: User) -> Answer:
    """Invite a guest to the team of the owner, whose key the client has. The server may send the guest an e-mail."""
    return client.call("POST", f"/tenants/{owner.id}/users", Content.json({"email": guest.email}))


def accept(client: RAGFlow, owner: User) -> Answer:
    """Accept an invitation to the team of the owner. The client has the key of the guest."""
    return client.call("PATCH", f"/tenants/{owner.id}")


def remove(client: RAGFlow, owner: User, guest: User) -> Answer:
    """Remove a guest or member from the team of the owner, whose key the client has."""
    return client.call("DELETE", f"/tenants/{owner.id}/users", Content.json({"user_id": guest.id}))
