"""Users, and the teams of which they are guests and members."""

from typing import Any

from tests.embedded.client import Client
from tests.embedded.tables import GO, error, failure, on
from tests.support.servers import OTHER_KEY, OWN_KEY

BOTH = on("0.27.0", "0.27.0-go")
SUCCESS = {"code": 0, "data": True, "message": "success"}
NOT_AUTHORIZED = {"code": 109, "data": False, "message": "No authorization."}
NOBODY = "0" * 32


class Team:
    """The team of the first user. ``me`` are the users of both keys."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.me = {key: client.call("GET", "/users/me", key=key)["data"] for key in (OWN_KEY, OTHER_KEY)}
        self.guest, self.path = self.me[OTHER_KEY], f"/tenants/{self.me[OWN_KEY]['id']}"

    def send(self, method: str, key: str = OWN_KEY, **body: str) -> Any:
        """Invite (POST), accept (PATCH, by the guest) or remove (DELETE)."""
        return self.client.call(method, self.path + ("/users" if method != "PATCH" else ""), body or None, key)

    def codes(self, chat: str) -> list[int]:
        """The codes with which the guest lists, creates and deletes sessions of the owner's assistant."""
        path = f"/chats/{chat}/sessions"
        requests = [("GET", None), ("POST", {"name": "of the guest"}), ("DELETE", {"delete_all": True})]
        return [self.client.call(method, path, body, OTHER_KEY)["code"] for method, body in requests]


@BOTH
def test_a_user_is_invited_accepts_and_is_removed(client: Client, release: str) -> None:
    """On the Go server, a guest and a member can use the owner's sessions, but not the assistant."""
    team, chat = Team(client), client.new_assistant("of a team")
    session, email, id = client.new_session(chat), team.guest["email"], team.guest["id"]
    codes = [0 if release.endswith("go") else 109] * 3
    shown = {name: team.guest[name] for name in ("id", "avatar", "email", "nickname")}
    assert team.send("POST", email=email.upper()) == {"code": 0, "data": shown, "message": "success"}
    assert team.send("POST", email=email) == error(f"{email} is in the team, but the role: invite is invalid.")
    assert team.codes(chat) == codes
    assert team.send("PATCH", OTHER_KEY) == SUCCESS
    assert team.send("POST", email=email) == error(f"{email} is already in the team.")
    assert team.codes(chat) == codes
    assert client.call("DELETE", f"/chats/{chat}", key=OTHER_KEY)["code"] == 109
    assert team.send("DELETE", user_id=id) == team.send("DELETE", OTHER_KEY, user_id=id) == SUCCESS
    assert team.codes(chat) == [109] * 3
    assert client.session_ids(chat) == ([] if release.endswith("go") else [session])


@BOTH
def test_calls_about_a_team_are_refused(client: Client) -> None:
    team = Team(client)
    owner = team.me[OWN_KEY]
    assert team.send("POST", email=owner["email"]) == error(f"{owner['email']} is the owner of the team.")
    assert team.send("POST", email="nobody@example.com") == error("User not found.")
    assert team.send("POST", OTHER_KEY, email=team.guest["email"]) == NOT_AUTHORIZED
    assert team.send("DELETE", OTHER_KEY, user_id=owner["id"]) == NOT_AUTHORIZED
    assert team.send("POST", user_id=NOBODY) == failure("required argument are missing: email; ", 101)
    # Nobody has invited these users.
    assert team.send("PATCH", OTHER_KEY) == team.send("DELETE", user_id=NOBODY) == SUCCESS


@BOTH
def test_a_user_is_shown_with_an_address_and_secrets(client: Client, release: str) -> None:
    user = Team(client).guest
    assert user["email"] == f"session-deletion-specification-{user['id']}@example.com"
    assert ("access_token" in user, "password" in user) == (True, release != GO)
