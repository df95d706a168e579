"""RAGFlow's chat assistant and session API on SQLite, in a server process of its own.

`python -m embedded_ragflow --api-key KEY` starts it. It answers as a chosen RAGFlow release does, mistakes included:
`history` says, release by release, what that is.
"""

import signal

# What ends the server. They are held back from the first moment, and awaited once it runs.
STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class CannotStart(Exception):
    """Why the server cannot start, as one sentence for the person who started it."""
