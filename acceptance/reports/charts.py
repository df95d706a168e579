"""What a page draws: where each mark stands, in the units of the drawing. Templates turn it into SVG."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from acceptance.reports.results import Asked, Result

# The size of a drawing without what is written around it; a lane is that of one person.
WIDTH, HEIGHT, LANE = 640, 240, 16

# A mark that is shorter could not be seen.
SHORTEST = 2.0


@dataclass(frozen=True)
class Bar:
    """A request: from where to where, in the lane of who asked."""

    left: float
    width: float
    top: int
    asked: Asked


@dataclass(frozen=True)
class Tick:
    """A place on an axis, and the number there."""

    at: float
    value: float


@dataclass(frozen=True)
class Timeline:
    """Who asked when: a lane for each of the people; ``ticks`` are seconds."""

    people: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return self.people * LANE

    @property
    def succeeded(self) -> int:
        """How many were told that they succeeded."""
        return sum(bar.asked.succeeded for bar in self.bars)


@dataclass(frozen=True)
class Point:
    """A deletion that nobody disturbed, of so many sessions."""

    x: float
    y: float
    sessions: int
    seconds: float
    scenario: str


@dataclass(frozen=True)
class Measured:
    """All deletions of that many sessions."""

    sessions: int
    deletions: int
    median: float


@dataclass(frozen=True)
class Chart:
    """The time of deletions by the number of their sessions, both in powers of ten."""

    points: tuple[Point, ...]
    columns: tuple[Tick, ...]
    rows: tuple[Tick, ...]
    table: tuple[Measured, ...]

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return HEIGHT


def timeline(asked: Sequence[Asked]) -> Timeline:
    """The requests of a scenario in which several people asked."""
    total = max(each.began + each.seconds for each in asked) or 1.0
    bars = [
        Bar(
            left=round(WIDTH * each.began / total, 1),
            width=round(max(SHORTEST, WIDTH * each.seconds / total), 1),
            top=(each.person - 1) * LANE,
            asked=each,
        )
        for each in asked
    ]
    ticks = (Tick(round(WIDTH * value / total, 1), value) for value in _round_steps(total))
    return Timeline(max(each.person for each in asked), tuple(bars), tuple(ticks))


def by_number_of_sessions(results: Iterable[Result]) -> Chart | None:
    """The deletions of a run that nobody disturbed; None where all were of the same number of sessions."""
    deletions = [(each, result) for result in results for each in _undisturbed(result)]
    if len({each.sessions for each, _ in deletions}) < 2:
        return None
    columns = _powers([each.sessions for each, _ in deletions])
    rows = _powers([each.seconds for each, _ in deletions])
    points = [
        Point(
            x=_place(each.sessions, columns, WIDTH),
            y=round(HEIGHT - _place(each.seconds, rows, HEIGHT), 1),
            sessions=each.sessions,
            seconds=each.seconds,
            scenario=result.id,
        )
        for each, result in deletions
    ]
    by_sessions: dict[int, list[float]] = {}
    for point in sorted(points, key=lambda point: point.sessions):
        by_sessions.setdefault(point.sessions, []).append(point.seconds)
    return Chart(
        tuple(points),
        tuple(Tick(_place(value, columns, WIDTH), value) for value in columns),
        tuple(Tick(round(HEIGHT - _place(value, rows, HEIGHT), 1), value) for value in rows),
        tuple(Measured(sessions, len(times), median(times)) for sessions, times in by_sessions.items()),
    )


def _undisturbed(result: Result) -> Iterator[Asked]:
    """The deletions of a scenario in which one person asked; what took no time at all was not measured."""
    if all(each.person == 1 for each in result.asked):
        yield from (each for each in result.asked if each.sessions and each.succeeded and each.seconds)


def _powers(values: Sequence[float]) -> list[float]:
    """The powers of ten from below the smallest of the values to above the greatest."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _place(value: float, powers: Sequence[float], length: int) -> float:
    """How far along an axis of these powers of ten a value stands."""
    first, last = math.log10(powers[0]), math.log10(powers[-1])
    return round(length * (math.log10(value) - first) / (last - first), 1)


def _round_steps(total: float) -> Iterator[float]:
    """Round numbers from 0 on, three to six of them up to the total."""
    power = 10.0 ** math.floor(math.log10(total))
    step = next(step * power for step in (0.2, 0.5, 1.0, 2.0) if total / (step * power) <= 5)
    # Of 0.1 s there are five times 0.02 s, although not in floating point.
    yield from (number * step for number in range(int(round(total / step, 9)) + 1))
