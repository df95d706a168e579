"""Runs that nobody has run, for whoever tells of them."""

from itertools import count
from typing import Any

from acceptance.known_deviations.deviations import KnownDeviation
from acceptance.reports.results import Asked, Feature, Result, RunResult, Step, Target, Verdict

KNOWN = KnownDeviation("high", ("the deletion succeeds", "no sessions remain"), "Everything is deleted.", "in 0.20.5")
TARGET = Target("the embedded RAGFlow", "0.20.5", "as the server was started", "0.18")

# What has something to say beside its verdict.
TOLD = {
    Verdict.FAILED: "Then it holds: was 'war'",
    Verdict.ERROR: "When I ask: the line is dead",
    Verdict.NOT_RUN: "not run: the run ended",
    Verdict.DEVIATES: str(KNOWN),
    Verdict.NOT_APPLICABLE: "it is for other releases: from 0.25 on",
}


def result(verdict: Verdict = Verdict.PASSED, **more: Any) -> Result:
    """A scenario with this verdict, and otherwise like all others."""
    told = TOLD.get(verdict, "")
    values = {
        "id": "ODD-1",
        "name": "One session",
        "rule": "The sessions in the list are deleted",
        "location": "features/odd.feature:7",
        "repeat": "behave features/odd.feature:7",
        "seconds": 0.0 if verdict in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE) else 0.25,
        "headline": told,
        "text": told,
        "feature": "Choosing sessions",
        "known": KNOWN if verdict is Verdict.DEVIATES else None,
    }
    return Result(verdict=verdict, **{**values, **more})


def results(*verdicts: Verdict, **more: Any) -> list[Result]:
    """A scenario with each of the verdicts, in its own place and with its own id; two of them make a rule."""
    return [
        result(
            verdict,
            **{
                "id": f"ODD-{number}",
                "name": f"Scenario {number}",
                "rule": f"Rule {(number + 1) // 2}",
                "location": f"features/odd.feature:{10 * number}",
                "steps": (Step("Given an assistant", Verdict.PASSED, 0.1), Step("Then it holds", verdict, 0.1)),
                **more,
            },
        )
        for number, verdict in zip(count(1), verdicts)
    ]


def asked(began: float = 0.0, seconds: float = 0.5, **more: Any) -> Asked:
    """A deletion of one session by one person, which succeeds."""
    return Asked(began, seconds, **{"person": 1, "sessions": 1, "succeeded": True, "told": '{"code": 0}', **more})


def run_of(*scenarios: Result, **more: Any) -> RunResult:
    """A run of these, which came to its end."""
    features = tuple(Feature(name) for name in dict.fromkeys(each.feature for each in scenarios))
    values = {"began": "2026-11-25T12:00:00+00:00", "seconds": 6.5, "trouble": "", "left": "", "target": TARGET}
    return RunResult(**{**values, "features": features, "results": scenarios, **more})
