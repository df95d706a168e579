"""Embedded servers in processes of their own. Every test that needs a server starts it here."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from acceptance.paths import ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials

OWN_KEY = "ragflow-OwnKeyOfTheTests4711"
OTHER_KEY = "ragflow-OtherKeyOfTheTests0815"


@dataclass(frozen=True)
class Embedded:
    """Where a server answers, and as whom it may be asked."""

    url: str
    own: RAGFlow
    other: RAGFlow

    @property
    def settings(self) -> dict[str, str]:
        """The environment in which a run tests this server."""
        return {"RAGFLOW_URL": self.url, "RAGFLOW_API_KEY": OWN_KEY, "RAGFLOW_OTHER_API_KEY": OTHER_KEY}

    def assistants(self) -> list[str]:
        """The names of the assistants of both tenants: up to 30 of each."""
        return [name for tenant in (self.own, self.other) for name in _names(tenant)]


def _names(tenant: RAGFlow) -> list[str]:
    answer = tenant.list_assistants()
    assert isinstance(answer.body, dict), answer.text
    data = answer.body["data"]
    items = data["chats"] if isinstance(data, dict) else data
    return [item["name"] for item in items]


@contextmanager
def running(release: str = "0.20", program: tuple[str, ...] = ("-m", "embedded_ragflow")) -> Iterator[Embedded]:
    """The server of that release, or a program that takes its options; it ends with the block."""
    process = subprocess.Popen(
        [
            *(sys.executable, *program, "--port", "0", "--release", release),
            *("--api-key", OWN_KEY, "--api-key", OTHER_KEY, "--stop-at-end-of-input"),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the embedded server did not start"
            url = line.split()[-1]
            own = RAGFlow(url, Credentials.of("the tenant's API key", OWN_KEY))
            yield Embedded(url, own, own.acting_as(Credentials.of("another tenant's API key", OTHER_KEY)))
        finally:
            process.terminate()
