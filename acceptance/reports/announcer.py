"""What a run says besides its scenarios: the one place that writes to the terminal on its own."""

import sys


def announce(line: str) -> None:
    print(line, flush=True)


def refuse(sentence: str) -> None:
    """Say why something does not come about."""
    print(sentence, file=sys.stderr, flush=True)
