"""The entry point of `python -m embedded_ragflow`."""

import signal
import sys

from embedded_ragflow import STOP_SIGNALS

if __name__ == "__main__":
    # Held back before anything slow is imported: a signal that arrives during the start is then dealt with
    # like any other, by `server.serve`, and nothing is left half done.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    from embedded_ragflow.command_line import main

    sys.exit(main())
