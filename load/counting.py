"""The requests of one person, as Locust counts them: each once, and as failed where something is wrong with it."""

import logging
import re
from dataclasses import dataclass, field

from behave.model import Step
from locust.event import EventHook

from acceptance.contract.shapes import call_of
from acceptance.errors import LeftBehind, NoAnswer, NotRAGFlow, PreparationFailed, RuleBroken
from acceptance.ragflow.messages import Request

# What is wrong where no step says it.
TROUBLES = {
    NotRAGFlow: "the answer of somebody else",
    PreparationFailed: "nothing was created",
    LeftBehind: "not removed",
    RuleBroken: "not of the shape of its call",
}

log = logging.getLogger(__name__)


def name_of(trouble: Exception, step: Step | None) -> str:
    """A failure in short, the same each time, by the step that failed. What says nothing of a request is raised."""
    if isinstance(trouble, NoAnswer):
        return str(trouble).partition(" got ")[2]
    if step and re.search(r" remains?$|^the list shows ", step.name):
        return "not the sessions that should be there"
    if step and step.step_type == "then":
        outcome = re.sub(r"^the request is \w+: ", "", step.name)
        return f"not as the contract says: {re.sub('[0-9,]*[0-9]', 'N', outcome)}"
    for kind, name in TROUBLES.items():
        if isinstance(trouble, kind):
            return name
    raise trouble


@dataclass
class Requests:
    """``over`` is told of each when it is over, and ``tell`` hands them on, when it is known whether all is well.

    ``shown`` are the failures of which everything was told.
    """

    event: EventHook
    shown: set[str]
    _waiting: list[tuple[Request, float]] = field(default_factory=list)

    def over(self, request: Request, seconds: float) -> None:
        self._waiting.append((request, seconds))

    def tell(self, trouble: Exception | None = None, step: Step | None = None) -> None:
        """All are well, but for the last where there was a trouble: it has ended what was being done."""
        waiting, self._waiting = self._waiting, []
        last = name_of(trouble, step) if trouble else None
        for left, (request, seconds) in zip(reversed(range(len(waiting))), waiting, strict=True):
            call, failure = call_of(request).replace("-", " "), None if left else last
            told = {"request_type": request.method, "name": call, "response_time": seconds * 1000}
            self.event.fire(**told, response_length=0, exception=failure)
            if failure and f"{call}: {failure}" not in self.shown:
                self.shown.add(f"{call}: {failure}")
                log.warning("%s: %s, for the first time:\n%s", call, failure, str(trouble).strip())
