"""A server with RAGFlow's API for chat assistants, sessions and accounts, on SQLite.

Start it with `python -m embedded_ragflow`. It answers like the chosen RAGFlow release, bugs included.
`history` lists what changed from release to release.
"""

import signal

# The signals that stop the server. They are blocked at the start, and `server.serve` waits for them.
STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class CannotStart(Exception):
    """The server cannot start. The message tells the user why, in one sentence."""
