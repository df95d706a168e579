"""What the contract says of creating, renaming, listing and removing: held to the embedded server of every line."""

from collections.abc import Iterator

import pytest

from acceptance.contract.contract import Contract, contract_of
from acceptance.contract.releases import Release
from acceptance.matchers.differences import differences
from acceptance.notation.sessions import SessionSpec
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from tests.support.servers import running
from tests.unit.sandboxes import swept

RELEASES = ("0.18.0", "0.20.5", "0.22.1", "0.23.1", "0.24.0", "0.25.0", "0.25.6", "0.26.4", "0.27.0")


class Asked:
    """Somebody who asks a server of a release, and what its contract says."""

    def __init__(self, sandbox: Sandbox, contract: Contract) -> None:
        self.sandbox, self.sender, self.contract = sandbox, Sender(sandbox), contract

    def differs_from(self, outcome: str) -> list[str]:
        """How the last answer is another than this outcome."""
        last = self.sender.last
        return list(differences(self.contract.outcome(outcome, last.selection, last.values), last.answer))


@pytest.fixture(scope="module", params=RELEASES)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    with running(request.param) as server, swept(server.own) as sandbox:
        yield Asked(sandbox, contract_of(Release.named(request.param)))


@pytest.mark.parametrize("wanted", [SessionSpec("it's mine"), SessionSpec(None), SessionSpec("mine", "user 1")])
def test_a_session_is_created(asked: Asked, wanted: SessionSpec) -> None:
    asked.sender.create(asked.sandbox.create_assistant(sessions=1), 2, wanted)
    assert asked.differs_from("the session is created") == []


def test_a_session_of_another_name_is_noticed(asked: Asked) -> None:
    asked.sender.create(asked.sandbox.create_assistant(sessions=1), 2, SessionSpec("mine"))
    asked.sender.last.values["name"] = "yours"
    assert asked.differs_from("the session is created") == ['data.name: expected "yours", was "mine"']


def test_a_session_is_renamed(asked: Asked) -> None:
    assistant = asked.sandbox.create_assistant(sessions=1)
    asked.sender.rename(assistant, assistant.sessions[0], "mine")
    assert asked.differs_from("the session is renamed") == []


def test_a_session_that_is_gone_cannot_be_renamed(asked: Asked) -> None:
    assistant = asked.sandbox.create_assistant(sessions=1)
    asked.sender.delete(assistant, assistant.session_ids)
    asked.sender.rename(assistant, assistant.sessions[0], "mine")
    assert asked.differs_from("the session to be renamed is unknown") == []


def test_an_assistant_is_deleted_and_nobody_uses_it_any_more(asked: Asked) -> None:
    assistant = asked.sandbox.create_assistant(sessions=1)
    asked.sender.remove(assistant)
    assert asked.differs_from("the assistant is deleted") == []
    asked.sender.list_sessions(assistant)
    assert asked.differs_from("an unknown assistant lists no sessions") == []
    asked.sender.create(assistant, 2, SessionSpec("mine"))
    assert asked.differs_from("an unknown assistant gets no sessions") == []
