"""Output to the terminal outside of the scenarios. No other module prints."""

import os
import sys

from acceptance.ragflow.printable import printable


def print_line(line: str) -> None:
    """Print a line to standard output, unless its reader has closed it."""
    try:
        print(printable(line, keep_newlines=True), flush=True)
    except BrokenPipeError:
        discard_stdout()


def print_error(sentence: str) -> None:
    """Print to standard error, so that standard output holds the result only."""
    print(printable(sentence, keep_newlines=True), file=sys.stderr, flush=True)


print_progress = print_error


def discard_stdout() -> None:
    """Discard further output after the reader of standard output closed it, as ``head`` does."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.close(null)
