"""Runs that never happened, for pages that are to be looked at: as many rules, failures and deviations as wanted."""

from acceptance.known_deviations.deviations import KnownDeviation
from acceptance.reports.results import Asked, Feature, Result, RunResult, Step, Target, Verdict

KNOWN = KnownDeviation(
    severity="high",
    instead=("the deletion succeeds", "no sessions remain"),
    why="What cannot be read is taken for a request that lists no sessions.",
    seen="in 0.20.5",
    issue="https://github.com/infiniflow/ragflow/pull/13420",
)

# What a server could say to get into the page.
HOSTILE = '<script>alert("got in")</script><img src="//outside.test/x.png" onerror=alert(2)>'

TEXT = f"""Rule:     A deletion deletes what is listed
Repeat:   behave features/made_up.feature:7
Request:  DELETE /api/v1/chats/4711/sessions with the tenant's API key, as application/json
          {{"ids": ["session 1"]}}
Answer:   200 after 0.01 s
          {{"code": 0, "message": "{HOSTILE}"}}
Then session 2 remains
Expected: session 2
     but: there, and should not be: session 1"""


def result(number: int, verdict: Verdict) -> Result:
    """A scenario of the fifth part of a rule: five have a rule together."""
    is_bad = verdict in (Verdict.FAILED, Verdict.ERROR)
    is_told = verdict in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)
    return Result(
        id=f"MADE-{number}",
        name=f"The session is named {HOSTILE}" if number % 5 == 1 else f"Session {number} is listed",
        rule=f"A deletion deletes what is listed, and nothing else ({(number - 1) // 5 + 1})",
        location=f"features/made_up.feature:{number}",
        repeat=f"behave features/made_up.feature:{number}",
        verdict=verdict,
        seconds=0.0 if is_told else number / 1000,
        headline="Then session 2 remains: there, and should not be: session 1" if is_bad else "",
        text=TEXT if is_bad else "not run: there was no time" if is_told else "",
        feature="Deleting what is listed",
        known=KNOWN if verdict is Verdict.DEVIATES else None,
        steps=(
            Step("Given an assistant with 5 sessions", Verdict.PASSED, 0.004),
            Step("When I delete session 1", Verdict.PASSED, 0.002),
            Step("Then sessions 2, 3, 4 and 5 remain", verdict, 0.001),
        ),
        exchanges=(f"Request:  DELETE /api/v1/chats/4711/sessions\nAnswer:   200 after 0.01 s\n          {HOSTILE}",),
        asked=tuple(
            Asked(0.001 * ask, 0.002, ask % people(number) + 1, 1 + number % 5, ask % 2 == 0, HOSTILE)
            for ask in range(6)
        ),
    )


def people(number: int) -> int:
    """How many ask at the same time in this scenario."""
    return 3 if number % 10 == 0 else 1


def run(
    *, passed: int = 20, failed: int = 0, deviating: int = 0, unlearnt: int = 0, not_run: int = 0, elsewhere: int = 0
) -> RunResult:
    """A run with so many scenarios of each verdict."""
    verdicts = (
        [Verdict.PASSED] * passed
        + [Verdict.FAILED] * failed
        + [Verdict.DEVIATES] * deviating
        + [Verdict.ERROR] * unlearnt
        + [Verdict.NOT_RUN] * not_run
        + [Verdict.NOT_APPLICABLE] * elsewhere
    )
    return RunResult(
        began="2026-01-02T03:04:05+00:00",
        seconds=6.5,
        trouble="",
        left="",
        target=Target("the embedded RAGFlow", "0.20.5", "as the server was started", "0.18"),
        features=(Feature("Deleting what is listed", ("What people no longer need they delete.",)),),
        results=tuple(result(number, verdict) for number, verdict in enumerate(verdicts, 1)),
        not_selected=1,
    )


BROKEN_OFF = RunResult(
    began="2026-01-02T03:04:05+00:00", seconds=0.5, trouble="No RAGFlow answers at http://127.0.0.1:1.", left=""
)

OF_EVERY_OUTCOME = run(passed=20, failed=5, deviating=10, unlearnt=5, not_run=5, elsewhere=5)
EVERYTHING_HOLDS = run(passed=40)
FIFTY_FAILURES = run(passed=40, failed=50)
