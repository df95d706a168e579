"""The command line: options, and one clear sentence for each error."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from embedded_ragflow import CannotStart
from embedded_ragflow.collation import weights
from embedded_ragflow.dialect import Dialect
from embedded_ragflow.releases import DEFAULT_RELEASE, NamedRelease, UnknownRelease, find_release
from embedded_ragflow.server import serve

PROGRAM = "embedded_ragflow"
BAD_OPTION = 2
NOT_STARTED = 1


class Parser(argparse.ArgumentParser):
    """An argument parser that reports an error in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_OPTION, f"{PROGRAM}: {message}\n")


def port_number(text: str) -> int:
    """Return a number from 0 to 65535. 0 means any free port."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return int(text)


def release_name(text: str) -> NamedRelease:
    try:
        return find_release(text)
    except UnknownRelease as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from None


def api_key(text: str) -> str:
    """Return a key that is one word in an Authorization header."""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("an API key must be printable ASCII characters without spaces")
    return text


def parser() -> Parser:
    options = Parser(
        prog=PROGRAM,
        description="A server with RAGFlow's API for chat assistants, sessions and accounts, on SQLite.",
        allow_abbrev=False,
    )
    options.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    options.add_argument(
        "--port",
        type=port_number,
        default=9380,
        help="the port to listen on; 0 means any free port (default: %(default)s)",
    )
    options.add_argument(
        "--release",
        type=release_name,
        default=DEFAULT_RELEASE,
        help="the RAGFlow release to imitate (default: %(default)s)",
    )
    options.add_argument(
        "--api-key",
        dest="api_keys",
        metavar="KEY",
        type=api_key,
        action="append",
        default=[],
        help="the API key of a tenant; repeat the option for more tenants",
    )
    options.add_argument(
        "--no-registration",
        dest="registration",
        action="store_false",
        help="refuse to register users, like RAGFlow with REGISTER_ENABLED=0",
    )
    add_database_options(options)
    options.add_argument(
        "--concurrent-deletions",
        action="store_true",
        help="let a deletion hold up no other call, which it does from 0.22.1 on: for tests of simultaneous requests",
    )
    options.add_argument("--log", action="store_true", help="log each request on standard error")
    options.add_argument(
        "--stop-at-end-of-input",
        action="store_true",
        help="stop when standard input ends, for example because the parent process has died",
    )
    return options


def add_database_options(options: Parser) -> None:
    options.add_argument(
        "--database", type=Path, metavar="FILE", help="keep the data in this file (default: a temporary file)"
    )
    options.add_argument(
        "--database-kind",
        choices=("mysql", "mariadb"),
        default="mysql",
        help="the database whose errors are imitated (default: %(default)s)",
    )
    options.add_argument(
        "--charset",
        choices=("utf8mb3", "utf8mb4"),
        help="the character set of the connection to the database (default: as in RAGFlow: utf8mb3, in Go utf8mb4)",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is stopped, and return the exit status. An invalid option exits with status 2."""
    options = parser()
    chosen = options.parse_args(arguments)
    if len({weights(key) for key in chosen.api_keys}) < len(chosen.api_keys):
        options.error("the same API key was given twice (case is ignored)")
    release = chosen.release
    if chosen.concurrent_deletions:
        release = replace(release, rules=replace(release.rules, runs_one_call_at_a_time=False))
    try:
        serve(
            release=release,
            api_keys=chosen.api_keys,
            registration=chosen.registration,
            host=chosen.host,
            port=chosen.port,
            database_file=chosen.database,
            dialect=Dialect(chosen.database_kind, chosen.charset or release.rules.charset),
            log=chosen.log,
            stop_at_end_of_input=chosen.stop_at_end_of_input,
        )
    except CannotStart as reason:
        print(f"{PROGRAM}: {reason}", file=sys.stderr)
        return NOT_STARTED
    return 0
