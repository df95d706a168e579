"""The RAGFlow that is tested: a deployment of the user's, or the embedded server, started for the run."""

import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from acceptance.contract.contract import is_newer, known_releases, read_release
from acceptance.contract.releases import Release
from acceptance.errors import CannotRun, NoAnswer, NotRAGFlow
from acceptance.paths import ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import shortened
from acceptance.ragflow.messages import Answer, Credentials
from acceptance.running.settings import SOURCES, Settings, name_of
from acceptance.threads import call_with_timeout

DEFAULT_RELEASE = "0.20"

# Seconds: for the embedded server to answer, to end, and for a deployment to say that it is there.
START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0
GREETING_TIMEOUT = 4.0

OWN_KEY = "the tenant's API key"
OTHER_KEY = "another tenant's API key"
OTHER_VARIABLE = SOURCES["other_api_key"][0]


@dataclass(frozen=True)
class Target:
    """``other`` is the same RAGFlow as another tenant sees it; None where no second key is known.

    ``release`` is the one that is set, or that the embedded server was started as; None where it has to
    be found out. ``seconds`` is how long an answer takes, 0 where nobody has looked.
    """

    description: str
    release: Release | None
    ragflow: RAGFlow
    other: RAGFlow | None
    is_embedded: bool = False
    seconds: float = 0.0

    def check_every_answer(self, check: Callable[[Answer], None]) -> None:
        """Have every further answer looked at, whoever asks."""
        for ragflow in filter(None, (self.ragflow, self.other)):
            ragflow.check = check


@contextmanager
def open_target(settings: Settings) -> Iterator[Target]:
    """The target of these settings, for the length of the block. CannotRun where there is none."""
    release = _read(settings.release) if settings.release else None
    if settings.url is not None:
        yield _deployment(settings, settings.url, release)
    else:
        release = release or read_release(DEFAULT_RELEASE)
        if is_newer(release):
            known = ", ".join(map(str, known_releases()))
            raise CannotRun(f"{name_of('release')} is '{release}', which the embedded server does not know: {known}.")
        with _embedded(release) as (own, other):
            yield Target("the embedded RAGFlow", release, own, other, is_embedded=True)


def _read(name: str) -> Release:
    try:
        return read_release(name)
    except CannotRun as reason:
        raise CannotRun(f"{name_of('release')}: {reason}") from None


def _deployment(settings: Settings, url: str, release: Release | None) -> Target:
    own = RAGFlow(url, Credentials.of(OWN_KEY, settings.api_key or ""))
    greeting = _greet(own, name_of("api_key"))
    other = None
    if settings.other_api_key:
        other = own.acting_as(Credentials.of(OTHER_KEY, settings.other_api_key, OTHER_VARIABLE))
        _greet(other, name_of("other_api_key"))
    return Target(f"RAGFlow at {url}", release, own, other, seconds=greeting.seconds)


def _greet(ragflow: RAGFlow, key_setting: str) -> Answer:
    """See that a RAGFlow answers, and that it takes the key. CannotRun where not."""
    url_setting = name_of("url")
    try:
        answer = call_with_timeout(GREETING_TIMEOUT, ragflow.list_assistants)
    except NoAnswer as trouble:
        reason = str(trouble).partition("got no answer: ")[2]
        raise CannotRun(f"No RAGFlow answers at {ragflow.url}: {reason}. Check {url_setting}.") from None
    except NotRAGFlow as trouble:
        said = " ".join(str(trouble).split())
        raise CannotRun(
            f"What answers at {ragflow.url} is not RAGFlow's API: {shortened(said, 300)}. "
            f"Check {url_setting}: address and port."
        ) from None
    except TimeoutError:
        raise CannotRun(
            f"No RAGFlow answers at {ragflow.url} within {GREETING_TIMEOUT:.0f} s. Check {url_setting}."
        ) from None
    if answer.location:
        raise CannotRun(f"{ragflow.url} redirects to {answer.location}. Set {url_setting} to where RAGFlow itself is.")
    if not answer.has_ragflow_form or answer.status == 404 or "NotFound" in _said(answer):
        raise CannotRun(
            f"What answers at {ragflow.url} has no such API (it says {answer.status} "
            f"{shortened(' '.join(answer.text.split()), 60)!r}). Check {url_setting}: address and port, and its path."
        )
    if not _is_listing(answer):
        raise CannotRun(f"RAGFlow at {ragflow.url} refuses the key: {_said(answer)}. Check {key_setting}.")
    return answer


def _is_listing(answer: Answer) -> bool:
    body = answer.body
    return isinstance(body, dict) and body.get("code") == 0 and isinstance(body.get("data"), list | dict)


def _said(answer: Answer) -> str:
    """What a refusal says."""
    message = answer.body.get("message") if isinstance(answer.body, dict) else None
    return shortened(str(message), 200).rstrip(".!")


@contextmanager
def _embedded(release: Release) -> Iterator[tuple[RAGFlow, RAGFlow]]:
    """The embedded server as two tenants see it: a process of its own, which ends with the block, or with this one."""
    own_key, other_key = (f"ragflow-{secrets.token_hex(16)}" for _ in range(2))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "embedded_ragflow", "--port", "0", "--release", str(release)),
            *("--api-key", own_key, "--api-key", other_key, "--stop-at-end-of-input"),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Ctrl-C goes to every process of the terminal's group; the server must outlive the cleaning up.
        start_new_session=True,
    )
    try:
        url = _address(process)
        own = RAGFlow(url, Credentials.of(OWN_KEY, own_key))
        yield own, own.acting_as(Credentials.of(OTHER_KEY, other_key, OTHER_VARIABLE))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _address(process: "subprocess.Popen[str]") -> str:
    """Wait for the line in which the server says where it answers. CannotRun where it does not come."""
    stdout, stderr = _streams(process)
    give_up = threading.Timer(START_TIMEOUT, process.kill)
    give_up.daemon = True
    try:
        give_up.start()
        found = re.search(r"https?://\S+$", stdout.readline().rstrip())
    finally:
        give_up.cancel()
    if not found:
        process.kill()
        said = stderr.read().strip().splitlines() or ["it said nothing"]
        raise CannotRun(f"The embedded server did not start: {said[-1].rstrip('.')}.")
    return found.group()


def _streams(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout, process.stderr
