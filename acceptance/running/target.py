"""The RAGFlow to test: the user's own, or the embedded server, started for the run."""

import re
import secrets
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from acceptance.contract.contract import is_newer, known_releases, read_release
from acceptance.contract.releases import Release
from acceptance.errors import CannotRun, NoAdminServer, NoAnswer, NotRAGFlow
from acceptance.paths import ROOT
from acceptance.ragflow.client import AnswerCheck, RAGFlow, ServerState
from acceptance.ragflow.description import shorten
from acceptance.ragflow.listings import is_missing
from acceptance.ragflow.messages import Answer, Credentials
from acceptance.ragflow.responses import NO_ADMIN_SERVER
from acceptance.ragflow.throttle import Throttle
from acceptance.running.settings import VARIABLES, Settings, name_of
from acceptance.sandbox.guard import Guard
from acceptance.terminal import print_line
from acceptance.threads import call_with_timeout

DEFAULT_RELEASE = "0.20"

# Seconds for the embedded server to start and to stop, and for the user's RAGFlow to answer a first request. A note
# tells the user that it takes long.
START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0
GREETING_TIMEOUT, GREETING_NOTE = 30.0, 4.0


@dataclass(frozen=True)
class Target:
    """A RAGFlow. ``other`` is a client for another tenant; None without a second key.

    ``release`` is the one that is set, or that of the embedded server; None if it has to be detected. ``seconds`` is
    how long an answer takes, 0 if that was not measured.
    """

    description: str
    release: Release | None
    ragflow: RAGFlow
    other: RAGFlow | None
    is_embedded: bool = False
    seconds: float = 0.0

    @property
    def owners(self) -> list[RAGFlow]:
        """The clients of all tenants."""
        return [self.ragflow, *([self.other] if self.other else [])]

    def check_every_answer(self, check: AnswerCheck) -> None:
        for owner in self.owners:
            owner.check = check


def guard_for(target: Target, settings: Settings) -> Guard:
    """Return the guard of a run against this target. Raise CannotRun if a run might harm its tenants."""
    if settings.worker:
        return Guard(removes_by_id=settings.removes_by_id == "yes", is_verified=True)
    if target.is_embedded:
        return Guard.trusting(target.ragflow)
    return Guard.for_tenants(target.owners, allows_others=settings.shared_tenant == "yes")


@contextmanager
def open_target(settings: Settings) -> Iterator[Target]:
    """Open the target of these settings for the block. Raise CannotRun if there is none."""
    try:
        release = read_release(settings.release) if settings.release else None
    except CannotRun as reason:
        raise CannotRun(f"{name_of('release')}: {reason}") from None
    if settings.url is not None:
        if settings.insecure == "yes" and not settings.worker:
            print_line("WARNING: any certificate is accepted, so the connection is not secure")
        own, other = _clients(settings, settings.url, settings.api_key or "", settings.other_api_key)
        seconds = _greet(own, "api_key").seconds
        if other:
            _greet(other, "other_api_key")
        yield Target(f"RAGFlow at {settings.url}", release, own, other, seconds=seconds)
    else:
        release = release or read_release(DEFAULT_RELEASE)
        if is_newer(release):
            known = ", ".join(map(str, known_releases()))
            raise CannotRun(f"{name_of('release')} is '{release}', but the embedded server knows only: {known}.")
        with _embedded(settings, release) as (own, other):
            yield Target("the embedded RAGFlow", release, own, other, is_embedded=True)


def _clients(
    settings: Settings, url: str, key: str, other_key: str | None, start_command: str = ""
) -> tuple[RAGFlow, RAGFlow | None]:
    server = ServerState(
        secrets=frozenset(filter(None, (key, other_key))),
        throttle=Throttle(settings.rate, settings.throttle),
        is_insecure=settings.insecure == "yes",
        start_command=start_command or settings.start_command,
    )
    own = RAGFlow(url, Credentials.bearer("the tenant's API key", key), server=server)
    if not other_key:
        return own, None
    return own, own.acting_as(Credentials.bearer("another tenant's API key", other_key, VARIABLES["other_api_key"]))


def _greet(ragflow: RAGFlow, key: str) -> Answer:
    """Check that a RAGFlow answers and accepts the key of that setting. Raise CannotRun if not."""
    answer = first_answer(ragflow.list_assistants, ragflow.url, name_of("url"), print_line)
    body = answer.body if isinstance(answer.body, dict) else {}
    message = shorten(str(body.get("message")), 200).rstrip(".!")
    if not answer.has_ragflow_form or is_missing(answer):
        raise CannotRun(
            f"The server at {ragflow.url} does not have RAGFlow's API (it answered {answer.status} "
            f"'{shorten(' '.join(answer.text.split()), 60)}'). Check {name_of('url')}: address, port and path."
        )
    if body.get("code") != 0 or not isinstance(body.get("data"), list | dict):
        raise CannotRun(f"RAGFlow at {ragflow.url} refuses the key: {message}. Check {name_of(key)}.")
    return answer


def first_answer(call: Callable[[], Answer], url: str, setting: str, note: Callable[[str], None]) -> Answer:
    """Return the answer to the first call. Raise CannotRun, which names the setting, if it cannot be RAGFlow's.

    ``note`` prints that the answer takes long.
    """
    wait = f"waiting for the first answer of {url}, for at most {GREETING_TIMEOUT:.0f} s"
    timer = threading.Timer(GREETING_NOTE, note, [wait])
    timer.daemon = True
    timer.start()
    try:
        answer = call_with_timeout(GREETING_TIMEOUT, call)
    except (NoAnswer, TimeoutError) as trouble:
        reason = str(trouble).partition("got no answer: ")[2] or f"it takes more than {GREETING_TIMEOUT:.0f} s"
        raise CannotRun(f"No RAGFlow answers at {url}: {reason}. Check {setting}.") from None
    except NoAdminServer:
        raise CannotRun(f"The run cannot start at {url}: {NO_ADMIN_SERVER}.") from None
    except NotRAGFlow as trouble:
        said = shorten(" ".join(str(trouble).split()), 300)
        raise CannotRun(f"The server at {url} is not RAGFlow: {said}. Check {setting}: address and port.") from None
    finally:
        timer.cancel()
    if answer.location:
        raise CannotRun(f"{url} redirects to {shorten(answer.location)}. Set {setting} to RAGFlow's own address.")
    return answer


@contextmanager
def _embedded(settings: Settings, release: Release) -> Iterator[tuple[RAGFlow, RAGFlow | None]]:
    """Start the embedded server for the block. Yield clients for two tenants. It also ends with this process."""
    keys = (f"ragflow-{secrets.token_hex(16)}", f"ragflow-{secrets.token_hex(16)}")
    charset = ("--charset", settings.charset) if settings.charset else ()
    command = ("-m", "embedded_ragflow", "--release", str(release), *charset)
    options = ("--port", "0", "--api-key", keys[0], "--api-key", keys[1], "--stop-at-end-of-input")
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(
            [sys.executable, *command, *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            # The terminal sends Ctrl-C to its whole process group, but the cleanup needs the server.
            start_new_session=True,
        ) as process,
    ):
        try:
            url = _address(process, errors)
            variables = " ".join(f'--api-key "${VARIABLES[name]}"' for name in ("api_key", "other_api_key"))
            start_command = f"python {' '.join(command)} --port {urlsplit(url).port} {variables}"
            yield _clients(settings, url, *keys, start_command)
        finally:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: "subprocess.Popen[str]", errors: IO[str]) -> str:
    """Wait until the server prints its address. Raise CannotRun if it does not. Discard what it prints later."""
    assert process.stdout
    give_up = threading.Timer(START_TIMEOUT, process.kill)
    give_up.daemon = True
    give_up.start()
    found = re.search(r"https?://\S+$", process.stdout.readline().rstrip())
    give_up.cancel()
    if not found:
        process.kill()
        process.wait()
        errors.seek(0)
        said = errors.read().strip().splitlines() or ["it printed nothing"]
        raise CannotRun(f"The embedded server did not start: {said[-1].rstrip('.')}.")
    # A pipe that nobody reads would block the server when it is full.
    threading.Thread(target=_discard, args=(process.stdout,), daemon=True).start()
    return found.group()


def _discard(stream: IO[str]) -> None:
    # The end of the run closes the stream.
    with suppress(ValueError):
        deque(stream, maxlen=0)
