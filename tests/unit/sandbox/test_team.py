"""The guest in the team of the first user: who may be one, and how the guest is removed."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from acceptance.errors import LeftBehind, PreparationFailed
from acceptance.ragflow import teams
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.team import ROLES, Team
from acceptance.tenants import DEFAULT_EMAILS
from tests.support.servers import Embedded, embedded_server
from tests.unit.sandbox.test_removal import AT_THE_END, BROKEN_OFF, REFUSAL, Tampering
from tests.unit.sandboxes import scenario_assistants, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, json_reply

REMOVAL = "DELETE /api/v1/tenants/"


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with embedded_server("0.27") as server:
        yield server


def find_team(sandbox: Sandbox, embedded: Embedded) -> Team:
    team = Team.find(sandbox.ragflow, sandbox.ragflow.acting_as(embedded.other.credentials), nullcontext)
    assert team is not None
    sandbox.team = team
    return team


@AT_THE_END
@pytest.mark.parametrize("who", ROLES)
def test_a_guest_is_removed_with_the_assistants(embedded: Embedded, clear: Callable[[Sandbox], None], who: str) -> None:
    with tampered_sandbox(embedded) as (sandbox, proxy):
        team = find_team(sandbox, embedded)
        team.admit(who)
        assert sandbox.left == ([str(team)] if team.may_have_guest else [])
        assert embedded.has_guest() is team.may_have_guest is (who != "a former member")
        clear(sandbox)
        assert not embedded.has_guest()
        clear(sandbox)
        # The first removal is that of a guest who may have been left.
        assert [call.startswith(REMOVAL) for call in proxy.calls()].count(True) == 2


@pytest.mark.parametrize("answer", [REFUSAL, BROKEN_OFF])
def test_a_guest_who_cannot_be_removed_is_named_and_removed_at_the_end(
    embedded: Embedded, answer: Reply | Misconduct
) -> None:
    tampering = Tampering(REMOVAL)
    with tampered_sandbox(embedded, tampering) as (sandbox, _):
        team = find_team(sandbox, embedded)
        sandbox.create_assistant(sessions=1)
        team.admit("a guest")
        tampering.answers = [answer] * 2
        with pytest.raises(LeftBehind, match=r"the guest session-\S+ in the team of session-\S+; the next run"):
            sandbox.clear()
        assert scenario_assistants(embedded) == []
        assert embedded.has_guest()
        sandbox.clear_all()
        assert not embedded.has_guest()


def test_a_guest_who_was_left_is_removed_and_can_be_invited_again(embedded: Embedded) -> None:
    with tampered_sandbox(embedded) as (sandbox, _):
        find_team(sandbox, embedded).admit("a member")
        with pytest.raises(PreparationFailed, match="already in the team"):
            sandbox.team.admit("a guest")  # type: ignore[union-attr]  # it was found before
        find_team(sandbox, embedded).admit("a guest")


OWNER, OTHER = ({"id": str(number), "email": email} for number, email in enumerate(DEFAULT_EMAILS))

# why a team must not be changed: the answers about the owner and the guest
UNSUITABLE: dict[str, list[object]] = {
    "the owner is a person": [{**OWNER, "email": "tester@example.com"}, OTHER],
    "the guest is a person": [OWNER, {**OTHER, "email": f"my-{DEFAULT_EMAILS[1]}"}],
    "the guest gets e-mails": [OWNER, {**OTHER, "email": DEFAULT_EMAILS[1].replace(".com", ".company")}],
    "both keys belong to one user": [OWNER, OWNER],
    "the server shows no user": [OWNER, None],
    "the server shows no address": [OWNER, {"id": "1"}],
}


@pytest.mark.parametrize("users", [*UNSUITABLE.values(), []], ids=[*UNSUITABLE, "there is no answer"])
def test_the_team_of_others_is_not_changed(users: list[object]) -> None:
    answers = list(users)

    def answer(_: Seen) -> Reply | Misconduct:
        return json_reply({"code": 0, "data": answers.pop(0)}) if answers else BROKEN_OFF

    with StandIn(answer) as server:
        owner = RAGFlow(server.url, NO_KEY)
        assert Team.find(owner, owner, nullcontext) is None
    assert set(server.calls()) == {"GET /api/v1/users/me"}


def test_tenants_signed_up_for_tests_may_change_their_team() -> None:
    answers = [json_reply({"code": 0, "data": user}) for user in (OWNER, OTHER, True)]
    with StandIn(lambda _: answers.pop(0)) as server:
        owner = RAGFlow(server.url, NO_KEY)
        assert Team.find(owner, owner, nullcontext) is not None
    assert server.calls()[-1] == "DELETE /api/v1/tenants/0/users"
    assert server.seen[-1].body == b'{"user_id": "1"}'


def test_the_secrets_of_a_user_are_redacted() -> None:
    secrets = {"access_token": "a-login-token", "password": "scrypt:1:2$a-hash"}
    with StandIn(lambda _: json_reply({"code": 0, "data": OWNER | secrets})) as server:
        client = RAGFlow(server.url, NO_KEY)
        assert teams.user_of(client) == teams.User(**OWNER)
        text = client.call("GET", "/users/me").text
    assert [secret for secret in secrets.values() if secret in text] == []
