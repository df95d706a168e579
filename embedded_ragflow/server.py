"""The server process: its socket, its database, its threads, and its end."""

import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from waitress.server import create_server

from embedded_ragflow import STOP_SIGNALS, CannotStart, database
from embedded_ragflow.application import create_application
from embedded_ragflow.releases import NamedRelease

# It warns of every request that has to wait for a thread.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)

THREADS = 8
CONNECTIONS = 1000
SECONDS_FOR_UNFINISHED_REQUESTS = 1


def serve(
    *,
    release: NamedRelease,
    api_keys: Sequence[str],
    host: str,
    port: int,
    database_file: Path | None,
    stop_at_end_of_input: bool,
) -> None:
    """Serve until one of STOP_SIGNALS arrives, which the caller holds back (blocks) from the start.

    Prints one line as soon as it answers; its last word is the address. Raises CannotStart.
    """
    with listening(host, port) as listener, opened(database_file, api_keys):
        application = create_application(release.rules)
        server = create_server(
            application,
            sockets=[listener],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            ident="embedded_ragflow",
        )
        threading.Thread(target=server.run, daemon=True).start()
        if stop_at_end_of_input:
            threading.Thread(target=stop_at_end, daemon=True).start()
        print(f"Embedded RAGFlow {release.name} answers at {address(listener)}", flush=True)
        signal.sigwait(STOP_SIGNALS)
        server.task_dispatcher.shutdown(timeout=SECONDS_FOR_UNFINISHED_REQUESTS)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there; taken before anything else, so that a taken port leaves nothing behind."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "that is no host"
            raise CannotStart(f"cannot listen on {host} port {port}: {reason}") from None
        yield listener


@contextmanager
def opened(file: Path | None, api_keys: Sequence[str]) -> Iterator[None]:
    """The database in that file, or in a temporary one that is gone afterwards."""
    with ExitStack() as stack:
        if file is None:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="embedded-ragflow-"))
            stack.enter_context(database.opened(Path(directory) / "ragflow.sqlite", api_keys, keep=False))
        else:
            stack.enter_context(database.opened(file, api_keys, keep=True))
        yield


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


def stop_at_end() -> None:
    """Stop the server when its standard input ends, as it does when the process that holds the other end is gone."""
    # Not sys.stdin: its lock, held by a thread that waits, would trouble the interpreter's end.
    with open(0, "rb", buffering=0, closefd=False) as standard_input:
        while standard_input.read(4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
