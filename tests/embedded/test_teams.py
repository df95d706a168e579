"""Users, and the teams of which they are guests and members."""

from typing import Any

import pytest

from tests.embedded.client import Client
from tests.embedded.tables import error, failure, on
from tests.support.servers import OTHER_KEY, OWN_KEY

SUCCESS = {"code": 0, "data": True, "message": "success"}
NOT_AUTHORIZED = {"code": 109, "data": False, "message": "No authorization."}
UNKNOWN = "0" * 32


class Team:
    """The team of the first tenant, and the user of the second one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.owner, self.guest = (client.call("GET", "/users/me", key=key)["data"] for key in (OWN_KEY, OTHER_KEY))
        self.path = f"/tenants/{self.owner['id']}"

    def invite(self, email: str, key: str = OWN_KEY) -> Any:
        return self.client.call("POST", f"{self.path}/users", {"email": email}, key)

    def accept(self, key: str = OTHER_KEY) -> Any:
        return self.client.call("PATCH", self.path, key=key)

    def remove(self, user_id: str, key: str = OWN_KEY) -> Any:
        return self.client.call("DELETE", f"{self.path}/users", {"user_id": user_id}, key)

    def codes(self, chat: str) -> list[int]:
        """The codes with which the guest lists, creates and deletes sessions of the owner's assistant."""
        path = f"/chats/{chat}/sessions"
        requests = [("GET", None), ("POST", {"name": "of the guest"}), ("DELETE", {"delete_all": True})]
        return [self.client.call(method, path, body, OTHER_KEY)["code"] for method, body in requests]


@pytest.fixture
def team(client: Client) -> Team:
    return Team(client)


@on("0.27.0", "0.27.0-go")
def test_a_key_shows_its_user(team: Team) -> None:
    assert team.owner["id"] == team.client.call("POST", "/chats", {"name": "of the owner"})["data"]["tenant_id"]
    emails = [user["email"] for user in (team.owner, team.guest)]
    assert emails == [f"session-deletion-specification-{user['id']}@example.com" for user in (team.owner, team.guest)]
    assert {"access_token", "password"} <= team.owner.keys()


@on("0.27.0", "0.27.0-go")
def test_a_user_is_invited_accepts_and_is_removed(team: Team, release: str) -> None:
    """On the Go server, a guest and a member can use the owner's sessions, but not the assistant."""
    refused, allowed = [109] * 3, [0 if release.endswith("go") else 109] * 3
    chat = team.client.new_assistant("shared with a team")
    session, email = team.client.new_session(chat), team.guest["email"]
    guest = {name: team.guest[name] for name in ("id", "avatar", "email", "nickname")}
    assert team.invite(email.upper()) == {"code": 0, "data": guest, "message": "success"}
    assert team.invite(email)["message"] == f"{email} is in the team, but the role: invite is invalid."
    assert team.codes(chat) == allowed
    assert team.accept() == SUCCESS
    assert team.invite(email)["message"] == f"{email} is already in the team."
    assert team.codes(chat) == allowed
    assert team.remove(team.guest["id"]) == team.remove(team.guest["id"]) == SUCCESS
    assert team.invite(email)["code"] == 0
    assert team.remove(team.guest["id"], OTHER_KEY) == SUCCESS
    assert team.codes(chat) == refused
    assert team.client.session_ids(chat) == ([] if release.endswith("go") else [session])
    assert team.client.call("DELETE", f"/chats/{chat}", key=OTHER_KEY)["code"] == 109


@on("0.27.0", "0.27.0-go")
def test_calls_about_a_team_are_refused(team: Team) -> None:
    assert team.invite(team.owner["email"])["message"] == f"{team.owner['email']} is the owner of the team."
    assert team.invite("nobody@example.com") == error("User not found.")
    assert team.invite(team.guest["email"], OTHER_KEY) == NOT_AUTHORIZED
    assert team.remove(team.owner["id"], OTHER_KEY) == NOT_AUTHORIZED
    missing = [team.client.call(method, f"{team.path}/users", {}) for method in ("POST", "DELETE")]
    fields = ("email", "user_id")
    assert missing == [failure(f"required argument are missing: {field}; ", 101) for field in fields]
    # Nobody has invited this user.
    assert team.accept() == team.remove(UNKNOWN) == SUCCESS
