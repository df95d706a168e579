"""Reports each request of a user to Locust, with the name of its failure if it has one."""

import logging
import re
from dataclasses import dataclass, field

from behave.model import Step
from locust.event import EventHook

from acceptance.contract.shapes import call_of
from acceptance.errors import LeftBehind, NoAnswer, NotRAGFlow, PreparationFailed, RuleBroken
from acceptance.ragflow.messages import Request

# The names of failures outside the steps of a story.
FAILURES = {
    NotRAGFlow: "the answer is not from RAGFlow",
    PreparationFailed: "the preparation failed",
    LeftBehind: "the cleanup failed",
    RuleBroken: "the answer has the wrong structure",
}

log = logging.getLogger(__name__)


def failure_name(error: Exception, step: Step | None) -> str:
    """Return a short name, the same for all failures of a kind. Re-raise an error that is not about a request."""
    if isinstance(error, NoAnswer):
        return str(error).partition(" got ")[2]
    if step and re.search(r" remains?$|^the list shows ", step.name):
        return "the wrong sessions are listed"
    if step and step.step_type == "then":
        outcome = re.sub(r"^the request is \w+: ", "", step.name)
        return f"the wrong answer, expected: {re.sub('[0-9,]*[0-9]', 'N', outcome)}"
    for kind, name in FAILURES.items():
        if isinstance(error, kind):
            return name
    raise error


@dataclass
class RequestLog:
    """The requests of a user since the last report.

    ``shown`` has the failures that were logged in full. All users of a process share it.
    """

    event: EventHook
    shown: set[str]
    _pending: list[tuple[Request, float]] = field(default_factory=list)

    def add(self, request: Request, seconds: float) -> None:
        self._pending.append((request, seconds))

    def report(self, error: Exception | None = None, step: Step | None = None) -> None:
        """Report the requests to Locust. An error belongs to the last one, because it ended the action."""
        pending, self._pending = self._pending, []
        for request, seconds in pending[:-1]:
            self._fire(request, seconds, None)
        failure = failure_name(error, step) if error else None
        for request, seconds in pending[-1:]:
            self._fire(request, seconds, failure)
            title = f"{call_name(request)}: {failure}"
            if failure and title not in self.shown:
                self.shown.add(title)
                log.warning("%s, for the first time:\n%s", title, str(error).strip())

    def _fire(self, request: Request, seconds: float, failure: str | None) -> None:
        measured = {"name": call_name(request), "response_time": seconds * 1000}
        self.event.fire(request_type=request.method, response_length=0, exception=failure, **measured)


def call_name(request: Request) -> str:
    return call_of(request).replace("-", " ")
