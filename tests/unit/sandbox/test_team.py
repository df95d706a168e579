"""The guest in the team of the first user: who may be one, and how the guest is removed."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from acceptance.errors import LeftBehind, NoAnswer
from acceptance.interruption import Interruption
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import NO_KEY
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.team import ROLES, Team
from acceptance.tenants import DEFAULT_EMAILS
from tests.support.servers import Embedded, embedded_server
from tests.unit.sandbox.test_removal import AT_THE_END, BROKEN_OFF, REFUSAL, Tampering
from tests.unit.sandboxes import scenario_assistants, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

REMOVAL = "DELETE /api/v1/tenants/"


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with embedded_server("0.27") as server:
        yield server


def team_of(sandbox: Sandbox, embedded: Embedded) -> Team:
    sandbox.team = Team.find(sandbox.ragflow, sandbox.ragflow.acting_as(embedded.other.credentials))
    assert sandbox.team is not None
    return sandbox.team


@AT_THE_END
@pytest.mark.parametrize("who", ROLES)
def test_a_guest_is_removed_with_the_assistants(embedded: Embedded, clear: Callable[[Sandbox], None], who: str) -> None:
    with tampered_sandbox(embedded) as (sandbox, proxy):
        team = team_of(sandbox, embedded)
        team.admit(who)
        assert embedded.has_guest() is (who != "a former member")
        assert sandbox.left == ([str(team)] if embedded.has_guest() else [])
        clear(sandbox)
        assert not embedded.has_guest()
        clear(sandbox)
        # The first one is that of a guest whom an earlier run may have left.
        assert sum(call.startswith(REMOVAL) for call in proxy.calls()) == 2


@pytest.mark.parametrize("answer", [REFUSAL, BROKEN_OFF])
def test_a_guest_who_cannot_be_removed_is_named_and_removed_at_the_end(
    embedded: Embedded, answer: Reply | Misconduct
) -> None:
    tampering = Tampering(REMOVAL)
    with tampered_sandbox(embedded, tampering) as (sandbox, _):
        sandbox.create_assistant(sessions=1)
        team_of(sandbox, embedded).admit("a guest")
        tampering.answers = [answer] * 2
        with pytest.raises(LeftBehind, match=r"the guest session-\S+ in the team of session-\S+; the next run"):
            sandbox.clear()
        assert (scenario_assistants(embedded), embedded.has_guest()) == ([], True)
        sandbox.clear_all()
        assert not embedded.has_guest()


def test_a_guest_is_removed_although_the_invitation_got_no_answer(embedded: Embedded) -> None:
    def lose_answer(seen: Seen) -> Misconduct | None:
        if seen.method != "POST":
            return None
        forwarded(embedded.url, seen)
        return BROKEN_OFF

    with tampered_sandbox(embedded, lose_answer) as (sandbox, _):
        with pytest.raises(NoAnswer):
            team_of(sandbox, embedded).admit("a guest")
        assert embedded.has_guest()
        sandbox.clear()
        assert not embedded.has_guest()


def test_an_interrupt_waits_until_the_invitation_is_answered(embedded: Embedded) -> None:
    answered = []

    def interrupt(seen: Seen) -> Reply | None:
        if seen.method != "POST":
            return None
        os.kill(os.getpid(), signal.SIGINT)
        answered.append(forwarded(embedded.url, seen))
        return answered[0]

    with tampered_sandbox(embedded, interrupt) as (sandbox, _), Interruption(lambda _: None):
        with pytest.raises(KeyboardInterrupt):
            team_of(sandbox, embedded).admit("a guest")
        assert answered


OWNER, GUEST = ({"id": str(number), "email": email} for number, email in enumerate(DEFAULT_EMAILS))

# why a team must not be changed: the answers about the owner and the guest
UNSUITABLE: dict[str, list[object]] = {
    "the owner is a person": [{**OWNER, "email": "tester@example.com"}, GUEST],
    "the guest is a person": [OWNER, {**GUEST, "email": f"my-{DEFAULT_EMAILS[1]}"}],
    "the guest gets e-mails": [OWNER, {**GUEST, "email": DEFAULT_EMAILS[1].replace(".com", ".company")}],
    "both keys belong to one user": [OWNER, OWNER],
    "the server shows no address": [OWNER, {"id": "1"}],
    "the server shows no user": [OWNER, None],
    "there is no answer": [],
}
SUITABLE: list[object] = [OWNER, GUEST]


@pytest.mark.parametrize("users", [*UNSUITABLE.values(), SUITABLE], ids=[*UNSUITABLE, "users for tests"])
def test_only_the_team_of_users_for_tests_is_changed(users: list[object]) -> None:
    answers = [json_reply({"code": 0, "data": user}) for user in users]

    def answer(_: Seen) -> Reply | Misconduct:
        return answers.pop(0) if answers else BROKEN_OFF

    with StandIn(answer) as server:
        owner = RAGFlow(server.url, NO_KEY)
        assert (Team.find(owner, owner) is not None) is (users is SUITABLE)
    removals = [(seen.path, seen.body) for seen in server.seen if not seen.path.endswith("/users/me")]
    assert removals == [("/api/v1/tenants/0/users", b'{"user_id": "1"}')] * (users is SUITABLE)
