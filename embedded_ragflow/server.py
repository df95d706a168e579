"""The server process: socket, database, threads and shutdown."""

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
from dataclasses import replace
from pathlib import Path

from waitress.channel import HTTPChannel
from waitress.server import create_server

from embedded_ragflow import STOP_SIGNALS, CannotStart, database
from embedded_ragflow.application import create_application
from embedded_ragflow.dialect import Dialect
from embedded_ragflow.log import log_requests
from embedded_ragflow.releases import NamedRelease

# Waitress warns about requests that wait for a thread, and about unfinished requests at the end.
for name in ("waitress.queue", "waitress"):
    logging.getLogger(name).setLevel(logging.ERROR)

THREADS = 8

# More connections wait until another one is closed.
CONNECTIONS = 1000
# How many connections may wait. The system may allow fewer: 4,096 on Linux, 128 on macOS.
WAITING_CONNECTIONS = 1024
# Waitress counts two of its own sockets as connections.
OWN_SOCKETS = 2

# A socket, and temporary files for a large request and a large answer.
FILES_OF_A_CONNECTION = 3
# Other open files: the database has three for each thread.
OTHER_FILES = 64

# The limit for a request's body, in bytes. A larger one is answered with status 413 and not read, so a client that
# sends everything before it reads may see a connection reset. RAGFlow accepts 1 GB, because it accepts files.
# The longest list of the specification has 4 MB; a list of 16 MB needs 0.3 GB of memory.
LARGEST_REQUEST = 16 * 1024 * 1024

# Bytes. With 8 KB, Waitress's default, short requests overtake a long list of ids that arrived before them.
READ_AT_ONCE = 256 * 1024

SHUTDOWN_TIMEOUT = 1

# Deeply nested JSON needs as many calls (`body.check_levels`), and a stack for them.
DEEPEST_CALLS = 12_000
STACK = 64 * 1024 * 1024


def serve(
    *,
    release: NamedRelease,
    api_keys: Sequence[str],
    registration: bool,
    host: str,
    port: int,
    database_file: Path | None,
    dialect: Dialect,
    log: bool,
    stop_at_end_of_input: bool,
) -> None:
    """Serve until one of STOP_SIGNALS arrives. The caller has blocked these signals.

    Print one line, whose last word is the address, when the server is ready. Raises CannotStart.
    If a request is unfinished after SHUTDOWN_TIMEOUT seconds, end the process. The database stays consistent.
    """
    limit = connection_limit() + OWN_SOCKETS
    sys.setrecursionlimit(DEEPEST_CALLS)
    threading.stack_size(STACK)
    dialect = replace(dialect, later_columns=release.rules.later_columns)
    with listen(host, port) as listener, open_database(database_file, api_keys, dialect):
        application = create_application(release, registration=registration)
        if log:
            log_requests(application, api_keys)
        server = create_server(
            application,
            sockets=[listener],
            threads=1 if release.rules.runs_one_call_at_a_time else THREADS,
            connection_limit=limit,
            backlog=WAITING_CONNECTIONS,
            max_request_body_size=LARGEST_REQUEST,
            max_request_header_size=release.rules.reader.longest_head,
            server_name=host,
            asyncore_use_poll=True,
            recv_bytes=READ_AT_ONCE,
            ident="embedded_ragflow",
        )
        server.channel_class = type("Channel", (HTTPChannel,), {"parser_class": release.rules.reader})
        threading.Thread(target=server.run, daemon=True).start()
        if stop_at_end_of_input:
            threading.Thread(target=stop_after_input, daemon=True).start()
        print_line(f"Embedded RAGFlow {release.name} answers at {address(listener)}")
        signal.sigwait(STOP_SIGNALS)
        server.task_dispatcher.shutdown(timeout=SHUTDOWN_TIMEOUT)
        unfinished = bool(server.task_dispatcher.threads)
        if not unfinished:
            database.close()
    if unfinished:
        os._exit(0)


def print_line(line: str) -> None:
    """Print a line without buffering. Raises CannotStart if it cannot be written, since it holds the address."""
    try:
        # print() would try to write its buffer again at the exit, and fail again.
        os.write(sys.stdout.fileno(), f"{line}\n".encode())
    except (OSError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise CannotStart(f"cannot write to standard output: {reason}") from None


def connection_limit() -> int:
    """Return how many connections are served at once: CONNECTIONS, or fewer if the limit of open files is low.

    Raises CannotStart if the limit allows none.
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
        raise CannotStart(f"the limit of {soft} open files is too low: raise it with ulimit -n")
    return min(CONNECTIONS, possible)


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on this address. This comes first, so that a port in use leaves no files."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "this is not a host"
            raise CannotStart(f"cannot listen on {host} port {port}: {reason}") from None
        yield listener


@contextmanager
def open_database(file: Path | None, api_keys: Sequence[str], dialect: Dialect) -> Iterator[None]:
    """Open the database in this file, or in a temporary file that is removed afterwards."""
    if file is None:
        with tempfile.TemporaryDirectory(prefix="embedded-ragflow-") as directory:
            database.use(Path(directory) / "ragflow.sqlite", api_keys, dialect, keep=False)
            yield
    else:
        file = file.absolute()  # the relative name ":memory:" is special in SQLite
        with database.exclusive(file):
            database.use(file, api_keys, dialect, keep=True)
            yield


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


def stop_after_input() -> None:
    """Stop the server when its standard input ends, for example because the parent process has died."""
    # Not sys.stdin: this thread would hold its lock while the interpreter shuts down. An input that cannot be read has
    # ended too: it was closed from the start, or its terminal is gone.
    with suppress(OSError), open(0, "rb", buffering=0, closefd=False) as standard_input:
        while standard_input.read(4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
