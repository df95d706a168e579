"""The server process: its socket, its database, its threads, and its end."""

import logging
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from waitress.server import create_server

from embedded_ragflow import STOP_SIGNALS, CannotStart, database
from embedded_ragflow.application import create_application
from embedded_ragflow.log import log_requests
from embedded_ragflow.releases import NamedRelease

# It warns of every request that has to wait for a thread, and of what is not finished at the end.
for name in ("waitress.queue", "waitress"):
    logging.getLogger(name).setLevel(logging.ERROR)

THREADS = 8

# Connections above it wait, unanswered, until one of the others is closed.
CONNECTIONS = 1000
# So many may wait, or as many as the system allows (4,096 on Linux, 128 on macOS); nobody answers further ones.
WAITING_CONNECTIONS = 1024
# The server counts two sockets of its own among its connections.
OWN_SOCKETS = 2

# Its socket, and on disk what is large of its request and of its answer.
FILES_OF_A_CONNECTION = 3
# Files that are open beside the connections: the database has three for each thread.
OTHER_FILES = 64

# Bytes of a request's body. RAGFlow takes a gigabyte, for it takes files; the longest list of the specification has 4
# MB, and one of 16 MB costs 0.3 GB of memory. What is not smaller is answered with the status 413, and not read: a
# client that looks for an answer only when all is sent may see its connection reset.
LARGEST_REQUEST = 16 * 1024 * 1024

SECONDS_FOR_UNFINISHED_REQUESTS = 1


def serve(
    *,
    release: NamedRelease,
    api_keys: Sequence[str],
    host: str,
    port: int,
    database_file: Path | None,
    log: bool,
    stop_at_end_of_input: bool,
) -> None:
    """Serve until one of STOP_SIGNALS arrives, which the caller holds back (blocks) from the start.

    Prints one line as soon as it answers; its last word is the address. Raises CannotStart. Does not return, but ends
    the process, where a request is still unfinished after SECONDS_FOR_UNFINISHED_REQUESTS: it is in the middle of the
    database, which stays sound.
    """
    connection_limit = connections() + OWN_SOCKETS
    with listening(host, port) as listener, prepared(database_file, api_keys):
        application = create_application(release.rules)
        if log:
            log_requests(application, api_keys)
        server = create_server(
            application,
            sockets=[listener],
            threads=THREADS,
            connection_limit=connection_limit,
            backlog=WAITING_CONNECTIONS,
            max_request_body_size=LARGEST_REQUEST,
            asyncore_use_poll=True,
            ident="embedded_ragflow",
        )
        threading.Thread(target=server.run, daemon=True).start()
        if stop_at_end_of_input:
            threading.Thread(target=stop_at_end, daemon=True).start()
        say(f"Embedded RAGFlow {release.name} answers at {address(listener)}")
        signal.sigwait(STOP_SIGNALS)
        server.task_dispatcher.shutdown(timeout=SECONDS_FOR_UNFINISHED_REQUESTS)
        unfinished = bool(server.task_dispatcher.threads)
        if not unfinished:
            database.close()
    if unfinished:
        os._exit(0)


def say(line: str) -> None:
    """Print it at once. Raises CannotStart where it cannot be written: nobody would know the address."""
    try:
        # Not by print: what is left in its buffer would be tried, and complained about, once more at the very end.
        os.write(sys.stdout.fileno(), f"{line}\n".encode())
    except (OSError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise CannotStart(f"cannot write to standard output: {reason}") from None


def connections() -> int:
    """How many can be served at once: CONNECTIONS, or as many as the system lets a process open files for.

    Raises CannotStart where that is none.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS * FILES_OF_A_CONNECTION + OTHER_FILES
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    possible = (soft - OTHER_FILES) // FILES_OF_A_CONNECTION
    if possible < 1:
        raise CannotStart(f"the system lets it open {soft} files only: allow more with ulimit -n")
    return min(CONNECTIONS, possible)


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
def prepared(file: Path | None, api_keys: Sequence[str]) -> Iterator[None]:
    """The database in that file, or in a temporary one that is gone afterwards, is open."""
    if file is None:
        with tempfile.TemporaryDirectory(prefix="embedded-ragflow-") as directory:
            database.use(Path(directory) / "ragflow.sqlite", api_keys, keep=False)
            yield
    else:
        file = file.absolute()  # SQLite takes the name ":memory:" for something else
        with database.alone(file):
            database.use(file, api_keys, keep=True)
            yield


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


def stop_at_end() -> None:
    """Stop the server when its standard input ends, as it does when the process that holds the other end is gone."""
    # Not sys.stdin: its lock, held by a thread that waits, would trouble the interpreter's end. What cannot be read has
    # ended: an input that was closed from the start, a terminal that is gone.
    with suppress(OSError), open(0, "rb", buffering=0, closefd=False) as standard_input:
        while standard_input.read(4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
