"""Deletions that take effect a moment after their answer."""

import re
import time
from collections.abc import Callable
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import run_step, runner_of

# Seconds to look again for, seconds between two looks, and failures of a run for which this is done.
LIMIT, POLL_INTERVAL, MAX_FAILURES = 1, 0.05, 3

# The mismatch of a step that finds a session that should be gone.
STILL_LISTED = re.compile(r"\s*Expected: .*(there, and should not be|: was None, is |shows the session)", re.DOTALL)


class LateDeletions:
    """Looks again at sessions that should be gone, and adds to the failure when they were. It stays a failure."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep, self._left = clock, sleep, MAX_FAILURES

    def check_step(self, context: Any, step: Any) -> None:
        """Explain a failed Then that no known deviation explains."""
        # A list that the scenario has read before does not change.
        if step.status == Status.failed and step.step_type == "then" and not step.name.startswith("the list shows "):
            self.explain(step.exception, lambda: run_step(runner_of(context).step_registry, step, context))

    def explain(self, mismatch: AssertionError, look_again: Callable[[], None]) -> None:
        """Add to a mismatch when the sessions were gone; ``look_again`` raises it as long as they are listed."""
        if not (self._left and STILL_LISTED.match(str(mismatch))):
            return
        self._left -= 1
        began = self._clock()
        while (seconds := self._clock() - began) < LIMIT:
            self._sleep(POLL_INTERVAL)
            try:
                look_again()
            except Exception as error:
                # After any other error, nothing is known about the sessions.
                if not STILL_LISTED.match(str(error)):
                    return
            else:
                mismatch.add_note(f"Listed again: gone {self._clock() - began:.1f} s later.")
                return
        mismatch.add_note(f"Listed again: still there {seconds:.0f} s later.")
        # This server is not late: it keeps sessions. Do not make every failure of the run a second longer.
        self._left = 0
