"""Finding out the release, on the embedded server: what it answers is held to recordings elsewhere."""

from contextlib import nullcontext

import pytest
from packaging.version import Version

from acceptance.errors import CannotRun
from acceptance.ragflow.client import Credentials, RAGFlow
from acceptance.running.detection import choose_release, find_out
from acceptance.running.target import Target
from acceptance.sandbox.workspace import Workspace
from tests.acceptance.embedded_process import OWN_KEY, Embedded
from tests.acceptance.stand_in import Reply, Seen, StandIn, forwarded, json_reply


def workspace_on(ragflow: RAGFlow) -> Workspace:
    return Workspace(ragflow, nullcontext)


def target(ragflow: RAGFlow, release: str | None = None) -> Target:
    return Target("a RAGFlow", Version(release) if release else None, ragflow, None)


def test_the_release_that_is_found_out_is_told(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    # Which release is found out for which server is a matter of whole runs.
    assert choose_release(target(embedded.own), workspace_on(embedded.own)) == Version("0.18")
    assert embedded.assistants() == []
    assert "found out the release 0.18: " in capsys.readouterr().out


def test_nothing_is_asked_of_the_embedded_server(embedded: Embedded) -> None:
    with StandIn(lambda _: Reply(500)) as nobody:
        ragflow = RAGFlow(nobody.url, embedded.own.credentials)
        own = Target("the embedded RAGFlow", Version("0.20"), ragflow, None, is_embedded=True)
        assert choose_release(own, workspace_on(ragflow)) == Version("0.20")
    assert nobody.seen == []


@pytest.mark.parametrize(("release", "warned"), {"0.18": False, "0.21.1": False, "0.25": True, "0.27": True}.items())
def test_a_release_that_is_set_is_taken_with_a_warning_where_it_seems_wrong(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], release: str, warned: bool
) -> None:
    assert choose_release(target(embedded.own, release), workspace_on(embedded.own)) == Version(release)
    assert ("WARNING" in capsys.readouterr().out) is warned
    assert embedded.assistants() == []


def test_a_release_that_cannot_be_found_out_has_to_be_set(embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        return json_reply({"code": 404}, 404) if "nowhere" in seen.path else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY))
        with pytest.raises(CannotRun, match="RAGFLOW_RELEASE"):
            choose_release(target(ragflow), workspace_on(ragflow))
        assert find_out(workspace_on(ragflow)).candidates == []
    assert embedded.assistants() == []


def test_a_server_on_which_nothing_can_be_created_cannot_be_tested(embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        refused = json_reply({"code": 100, "data": None, "message": "read only"})
        return refused if seen.method == "POST" else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY))
        with pytest.raises(CannotRun, match="read only"):
            choose_release(target(ragflow), workspace_on(ragflow))
