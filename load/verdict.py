"""The verdict of a load test: its limits, and the line that names those that were exceeded."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from locust.runners import Runner


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--allowed-failures", type=float, default=0, metavar="PERCENT", help="of all requests: 0")
    parser.add_argument("--allowed-95th", type=float, default=2000, metavar="MS", help="for 95 %% of the answers: 2000")


def find_problems(runner: Runner, options: Namespace, problems: list[str]) -> Iterator[str]:
    """Yield why the load test fails; ``problems`` are those of the cleanup and of the workers."""
    total = runner.stats.total
    if not total.num_requests:
        yield "no request was sent"
    if total.fail_ratio * 100 > options.allowed_failures:
        yield f"{_failures(runner)}, allowed: {options.allowed_failures:g}%"
    if _percentile(runner) > options.allowed_95th:
        yield f"95% of the answers took up to {_percentile(runner):,.0f} ms, allowed: {options.allowed_95th:,.0f} ms"
    if errors := sum(each["count"] for each in runner.exceptions.values()):
        yield f"{errors} errors in the load test itself, which Locust shows above"
    yield from problems


def verdict_line(runner: Runner, problems: list[str]) -> str:
    """The last line of a load test."""
    if problems:
        return f"The load test failed: {'; '.join(problems)}."
    times = f"95% of the answers took up to {_percentile(runner):,.0f} ms"
    return f"The load test passed: {_failures(runner)}, {times}, left behind: 0."


def _failures(runner: Runner) -> str:
    total = runner.stats.total
    return f"{total.num_failures:,} of {total.num_requests:,} requests failed ({total.fail_ratio:.2%})"


def _percentile(runner: Runner) -> float:
    """The time in milliseconds in which 95% of the requests were answered."""
    return float(runner.stats.total.get_response_time_percentile(0.95) or 0)
