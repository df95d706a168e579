"""How a run ended, and what it left on the server."""

from dataclasses import dataclass

# What is said of a run from its first moment on.
NOT_ENDED = "it has not ended"


@dataclass
class Ending:
    """``reason`` says why the run did not come to its end, ``left`` what is still on the server; empty: all is well."""

    reason: str = NOT_ENDED
    left: str = ""

    def completed(self) -> None:
        """The run has come to its end, unless something else is known."""
        if self.reason == NOT_ENDED:
            self.reason = ""

    def broken_by(self, reason: str) -> None:
        """The first reason is the one that counts."""
        if self.reason in ("", NOT_ENDED):
            self.reason = reason

    @property
    def trouble(self) -> str:
        return "; ".join(filter(None, (self.reason, self.left)))
