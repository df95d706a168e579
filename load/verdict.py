"""Whether a load passes: the rule, and the line that says which part of it is broken."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from locust.runners import Runner


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--allowed-failures", type=float, default=0, metavar="PERCENT", help="of all requests: 0")
    parser.add_argument("--allowed-95th", type=float, default=2000, metavar="MS", help="for 95 %% of the answers: 2000")


def broken(runner: Runner, options: Namespace, left: str) -> Iterator[str]:
    """What breaks the rule; ``left`` is what was left behind, in a sentence, or empty."""
    total = runner.stats.total
    if not total.num_requests:
        yield "nobody asked for anything"
    if total.fail_ratio * 100 > options.allowed_failures:
        yield f"{_failed(runner)}, and {options.allowed_failures:g} % may"
    if _within(runner) > options.allowed_95th:
        yield f"95 % of the answers took up to {_within(runner):,.0f} ms, and {options.allowed_95th:,.0f} ms they may"
    if errors := sum(each["count"] for each in runner.exceptions.values()):
        yield f"{errors} errors of the load itself, which Locust has told above"
    if left:
        yield left


def sentence(runner: Runner, reasons: list[str]) -> str:
    """The last line of a load; ``reasons`` are what breaks the rule."""
    if reasons:
        return f"The load does not pass: {'; '.join(reasons)}."
    return (
        f"The load passes: {_failed(runner)}, 95 % of the answers took up to {_within(runner):,.0f} ms, left behind: 0."
    )


def _failed(runner: Runner) -> str:
    total = runner.stats.total
    return f"{total.num_failures:,} of {total.num_requests:,} requests failed ({total.fail_ratio:.2%})"


def _within(runner: Runner) -> float:
    """Milliseconds."""
    return float(runner.stats.total.get_response_time_percentile(0.95) or 0)
