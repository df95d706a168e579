"""Results and runs as test data."""

from dataclasses import replace
from itertools import count
from typing import Any

from acceptance.known_deviations.deviations import KnownDeviation
from acceptance.reports.results import RequestTiming, Result, RunResult, Step, Target, Verdict

KNOWN = KnownDeviation("high", ("the deletion succeeds", "no sessions remain"), "Everything is deleted.", "in 0.20.5")
ABSENT = replace(KNOWN, at_times=True, occurred=False)
TARGET = Target("the embedded RAGFlow", "0.20.5", "as the server was started", "0.18")

# The reports must show all of it as text.
HOSTILE = '</pre></script><script>alert(1)</script><img src="//outside.test/x" onerror="alert(2)">\'"&amp;{{ 7 * 7 }}'

HEADLINES = {
    Verdict.FAILED: "Then it holds: was 'wrong'",
    Verdict.ERROR: "When I delete: no answer",
    Verdict.NOT_RUN: "not run: the run ended",
    Verdict.DEVIATES: str(KNOWN),
    Verdict.NOT_APPLICABLE: "it is for other releases: from 0.25 on",
}


def result(verdict: Verdict = Verdict.PASSED, **more: Any) -> Result:
    """A scenario with this verdict; ``more`` replaces other values."""
    headline = HEADLINES.get(verdict, "")
    values = {
        "id": "ODD-1",
        "name": "One session",
        "rule": "The sessions in the list are deleted",
        "location": "features/odd.feature:7",
        "repeat": "behave features/odd.feature:7",
        "seconds": 0.0 if verdict in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE) else 0.25,
        "headline": headline,
        "text": headline,
        "feature": "Choosing sessions",
        "known": KNOWN if verdict is Verdict.DEVIATES else None,
    }
    return Result(verdict=verdict, **{**values, **more})


def results(*verdicts: Verdict, **more: Any) -> list[Result]:
    """A scenario for each verdict, with its own id and location; two of them share a rule."""
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


def timing(began: float = 0.0, ended: float = 0.5, **more: Any) -> RequestTiming:
    """A successful request of one person."""
    return RequestTiming(began, ended, **{"person": 1, "succeeded": True, "answer": '{"code": 0}', **more})


def run_of(*scenarios: Result, **more: Any) -> RunResult:
    """A finished run of these scenarios."""
    values = {"began": "2026-11-25T12:00:00+00:00", "seconds": 6.5, "stop_reason": "", "leftovers": ""}
    return RunResult(**{**values, "target": TARGET, "results": scenarios, **more})


def hostile_run() -> RunResult:
    """A run with a scenario for each verdict, in which every text is HOSTILE."""
    known = KnownDeviation("high", (HOSTILE,), HOSTILE, HOSTILE, HOSTILE, finding=HOSTILE)
    texts = dict.fromkeys(("id", "name", "rule", "repeat", "headline", "text", "feature"), HOSTILE)
    timings = (timing(answer=HOSTILE), timing(answer=HOSTILE, person=2))
    more = {"steps": (Step(HOSTILE, Verdict.PASSED, 0.1),), "exchanges": (HOSTILE,), "timings": timings}
    return run_of(
        *(
            result(each, location=f"{HOSTILE}:{line}", known=known, **texts, **more)
            for line, each in enumerate(Verdict)
        ),
        stop_reason=HOSTILE,
        leftovers=HOSTILE,
        target=Target(HOSTILE, HOSTILE, HOSTILE, HOSTILE, differences=(HOSTILE,)),
        introductions={HOSTILE: HOSTILE},
    )
