"""Output to the terminal outside of the scenarios. No other module prints."""

import os
import sys


def print_line(line: str) -> None:
    """Print a line to standard output, unless its reader has closed it."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        discard_stdout()


def print_error(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def print_progress(sentence: str) -> None:
    """Print to standard error, so that standard output holds the result only."""
    print(sentence, file=sys.stderr, flush=True)


def discard_stdout() -> None:
    """Discard further output after the reader of standard output closed it, as ``head`` does."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.close(null)
