"""What a run says besides its scenarios: the one place that writes to the terminal on its own."""

import os
import sys


def print_line(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        discard_stdout()


def print_error(sentence: str) -> None:
    """Say why something does not come about."""
    print(sentence, file=sys.stderr, flush=True)


def discard_stdout() -> None:
    """Whoever read what the run says has gone, as ``head`` does: what is still said goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.close(nowhere)
