"""What a page draws: where the marks stand."""

import pytest

from acceptance.reports.charts import HEIGHT, LANE, SHORTEST, WIDTH, Bar, Tick, by_number_of_sessions, timeline
from acceptance.reports.results import Asked, Result
from tests.unit.made_up import asked, result

# Who asked when.


def test_a_request_is_a_bar_from_question_to_answer_in_the_lane_of_who_asked() -> None:
    first, second = asked(0.0, 1.0), asked(1.5, 0.5, person=2)
    drawn = timeline([first, second])
    assert drawn.bars == (Bar(0.0, WIDTH / 2, 0, first), Bar(0.75 * WIDTH, WIDTH / 4, LANE, second))
    assert (drawn.people, drawn.width, drawn.height) == (2, WIDTH, 2 * LANE)


def test_no_bar_is_too_short_to_be_seen() -> None:
    drawn = timeline([asked(0.0, 1.0), asked(0.5, 0.0, person=2)])
    assert drawn.bars[1].width == SHORTEST


def test_where_nothing_took_time_there_are_bars_all_the_same() -> None:
    drawn = timeline([asked(0.0, 0.0), asked(0.0, 0.0, person=2)])
    assert [(bar.left, bar.width) for bar in drawn.bars] == [(0.0, SHORTEST)] * 2


def test_a_drawing_counts_who_was_told_that_it_succeeded() -> None:
    refused = asked(succeeded=False, person=2)
    assert timeline([asked(), refused, refused]).succeeded == 1


# seconds in all: the seconds that are written under it
TICKS = {
    0.0012: [0.0, 0.0005, 0.001],
    0.1: [0.0, 0.02, 0.04, 0.06, 0.08, 0.1],
    0.7: [0.0, 0.2, 0.4, 0.6],
    1.0: [0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
    2.6: [0.0, 1.0, 2.0],
    60.0: [0.0, 20.0, 40.0, 60.0],
}


@pytest.mark.parametrize(("total", "values"), TICKS.items())
def test_round_seconds_are_written_under_it_where_they_are(total: float, values: list[float]) -> None:
    ticks = timeline([asked(0.0, total)]).ticks
    assert [tick.value for tick in ticks] == pytest.approx(values)
    assert [tick.at for tick in ticks] == pytest.approx([WIDTH * value / total for value in values], abs=0.1)


@pytest.mark.parametrize("total", [1.7**power for power in range(-20, 15)])
def test_there_are_neither_few_nor_many_of_them(total: float) -> None:
    ticks = timeline([asked(0.0, total)]).ticks
    assert 3 <= len(ticks) <= 6
    assert all(0 <= tick.at <= WIDTH for tick in ticks)


# The time of deletions by the number of their sessions.


def deleting(*deletions: Asked, id: str = "BULK-1") -> Result:
    return result(id=id, asked=deletions)


def test_of_one_number_of_sessions_there_is_nothing_to_draw() -> None:
    assert by_number_of_sessions([]) is None
    assert by_number_of_sessions([deleting(asked()), deleting(asked(seconds=2.0))]) is None


def test_each_deletion_is_a_point_in_powers_of_ten() -> None:
    chart = by_number_of_sessions([deleting(asked(seconds=0.01)), deleting(asked(seconds=1.0, sessions=100), id="B-2")])
    assert chart is not None
    first, second = chart.points
    assert (first.x, first.y, first.scenario, first.sessions) == (0.0, HEIGHT, "BULK-1", 1)
    assert (second.x, second.y, second.scenario, second.seconds) == (WIDTH, 0.0, "B-2", 1.0)
    assert chart.columns == (Tick(0.0, 1.0), Tick(WIDTH / 2, 10.0), Tick(WIDTH, 100.0))
    assert chart.rows == (Tick(HEIGHT, 0.01), Tick(HEIGHT / 2, 0.1), Tick(0.0, 1.0))


def test_the_same_stands_in_a_table() -> None:
    times = [0.3, 0.1, 0.2]
    chart = by_number_of_sessions([deleting(asked(sessions=5)), *(deleting(asked(seconds=each)) for each in times)])
    assert chart is not None
    assert [(row.sessions, row.deletions, row.median) for row in chart.table] == [(1, 3, 0.2), (5, 1, 0.5)]


def test_every_point_stands_inside() -> None:
    chart = by_number_of_sessions([deleting(asked(seconds=0.03, sessions=3)), deleting(asked(seconds=7, sessions=7))])
    assert chart is not None
    assert all(0 < point.x < WIDTH and 0 < point.y < HEIGHT for point in chart.points)


# what is no deletion of many sessions that nobody disturbed
OTHERS = {
    "sessions that several people deleted at the same time": [asked(sessions=7), asked(sessions=7, person=2)],
    "what was refused": [asked(sessions=7, succeeded=False)],
    "what lists no session": [asked(sessions=0)],
    "what was not measured": [asked(sessions=7, seconds=0.0)],
}


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_all_else_is_left_out(others: list[Asked]) -> None:
    assert by_number_of_sessions([deleting(asked()), deleting(*others)]) is None
    chart = by_number_of_sessions([deleting(asked()), deleting(*others), deleting(asked(sessions=5))])
    assert chart is not None
    assert [point.sessions for point in chart.points] == [1, 5]
