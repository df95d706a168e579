"""The entry point of `python -m embedded_ragflow`."""

import signal
import sys

from embedded_ragflow import STOP_SIGNALS

if __name__ == "__main__":
    # Blocked before any slow import, so that `server.serve` handles a signal that arrives during the start.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    from embedded_ragflow.command_line import main

    sys.exit(main())
