"""Certificates and idle connections."""

import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acceptance.errors import CannotRun, NoAnswer
from acceptance.ragflow import connection
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Content
from tests.unit.certificates import certificate_of_this_machine
from tests.unit.ragflow.test_client import OK, WITH_KEY
from tests.unit.stand_in import Reply, Seen, StandIn, json_reply


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_of_this_machine(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    for variable in connection.CERTIFICATE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with StandIn(lambda _: OK, tls) as server:
        yield server


def test_an_untrusted_certificate_is_explained(server: StandIn) -> None:
    with pytest.raises(NoAnswer, match=r"not trusted; set REQUESTS_CA_BUNDLE .* or RAGFLOW_INSECURE=yes"):
        RAGFlow(server.url, WITH_KEY).list_assistants()
    assert server.seen == []


@pytest.mark.parametrize("variable", connection.CERTIFICATE_VARIABLES)
def test_the_environment_names_trusted_certificates(
    variable: str, server: StandIn, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(certificate))
    assert RAGFlow(server.url, WITH_KEY).list_assistants().body == {"code": 0}


def test_any_certificate_is_accepted_without_a_warning_of_a_library(server: StandIn) -> None:
    ragflow = RAGFlow(server.url, WITH_KEY)
    ragflow.server.is_insecure = True
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        answer = ragflow.list_assistants()
    assert answer.body == {"code": 0}
    assert answer.request.address.is_insecure


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_certificates_is_an_error(
    content: str | None, server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "trusted.pem"
    problem = "does not exist" if content is None else "contains no certificate"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(CannotRun) as refusal:
        RAGFlow(server.url, WITH_KEY).list_assistants()
    assert str(refusal.value).startswith(f"SSL_CERT_FILE is '{file}', which {problem}. Set it to ")
    assert RAGFlow(server.url.replace("https", "http"), WITH_KEY)._connection


class CountingServer(StandIn):
    """Counts the connections that clients open."""

    connections = 0

    def process_request(self, *arguments: Any) -> None:
        self.connections += 1
        super().process_request(*arguments)


@pytest.mark.parametrize("variable", ["no_proxy", "http_proxy"])
@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (-1.0, 3)])
def test_a_connection_that_was_idle_is_not_used_again(
    idle: float, connections: int, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_IDLE", idle)
    with CountingServer(lambda _: OK) as server:
        monkeypatch.setenv(variable, server.url)
        ragflow = RAGFlow(server.url if variable == "no_proxy" else "http://ragflow.example", WITH_KEY)
        for _ in range(3):
            assert ragflow.list_assistants().body == {"code": 0}
    assert (len(server.seen), server.connections) == (3, connections)


def test_the_client_says_when_the_body_is_sent() -> None:
    sent = threading.Event()

    def react(seen: Seen) -> Reply:
        # The answer waits for it.
        assert sent.wait(5)
        assert (seen.headers["Content-Length"], seen.headers["Transfer-Encoding"]) == ("2", None)
        return json_reply(seen.body.decode())

    with StandIn(react) as server:
        content = Content(b"{}", on_sent=sent.set)
        assert RAGFlow(server.url, WITH_KEY).delete_sessions("c1", content).body == "{}"
