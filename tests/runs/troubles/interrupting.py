"""Runs that are ended from outside, at a moment that the server chooses."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from acceptance.paths import ROOT
from tests.runs.troubles.catalogue import Observed, Place, trouble, without_reports
from tests.runs.troubles.servers import REMOVAL, is_deletion
from tests.support.runs import BEHAVE, LIMIT, children_of, environment, is_process, wait_until
from tests.unit.stand_in import Misconduct, Seen

SELECTED = "--tags=@CHOICE-1 or @CHOICE-2"

SIDE_BY_SIDE = ("-D", "parallel=4")

# What is read of a run ends with its first scenario.
HEAD = ("bash", "-c", '"$@" | grep -m 1 passed; exit ${PIPESTATUS[0]}', "bash", *BEHAVE)

When = Callable[[Seen], bool]


def is_removal(seen: Seen) -> bool:
    return seen.call == REMOVAL


def is_creation(seen: Seen) -> bool:
    """Whether a session is created, as only scenarios do."""
    return seen.call.startswith("POST ") and seen.call.endswith("/sessions")


def interrupted(
    place: Place, *signals: tuple[signal.Signals | None, When], last_is_lost: bool = False, options: Sequence[str] = ()
) -> Observed:
    """A run that gets each of the signals with the first request of its kind, one kind after the other.

    Where there is no signal, it is only waited for the request. Nothing may come to the server from the last one on.
    """
    waiting = list(signals)

    def react(seen: Seen) -> Misconduct | None:
        if waiting and waiting[0][1](seen):
            number, _ = waiting.pop(0)
            if number is not None:
                running.process.send_signal(number)
        return Misconduct.BREAK_OFF if last_is_lost and not waiting else None

    with (
        place.between(react) as settings,
        place.started(SELECTED, *options, settings=settings) as running,
    ):
        finished = running.end()
    assert not waiting
    return Observed(finished, place.embedded.assistants())


@trouble
def interrupted_in_a_step(place: Place) -> Mapping[str, Observed]:
    return {
        number.name: interrupted(place, (number, is_deletion))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }


@trouble
def interrupted_side_by_side(place: Place) -> Mapping[str, Observed]:
    return {
        number.name: interrupted(place, (number, is_deletion), options=SIDE_BY_SIDE)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }


@trouble
def interrupted_while_creating(place: Place) -> Observed:
    return interrupted(place, (signal.SIGINT, is_creation))


@trouble
def interrupted_while_cleaning_up(place: Place) -> Observed:
    return interrupted(place, (None, is_deletion), (signal.SIGTERM, is_removal))


@trouble
def interrupted_at_the_first_request(place: Place) -> Observed:
    return interrupted(place, (signal.SIGTERM, lambda _: True))


@trouble
def interrupted_between_scenarios(place: Place) -> Observed:
    with place.started("--tags=@CHOICE-* or @ODD-*") as running:
        running.wait_for_line("passed +CHOICE-2")
        running.process.send_signal(signal.SIGINT)
        finished = running.end()
    return Observed(finished, place.embedded.assistants())


@trouble
def ctrl_c_twice(place: Place) -> Observed:
    observed = interrupted(place, (signal.SIGINT, is_deletion), (signal.SIGINT, is_removal))
    assert "What the run has created is still being removed (assistants: 2)" in observed.finished.err
    assert "Ctrl-C once more ends it at once" in observed.finished.err
    return observed


@trouble
def ctrl_c_three_times(place: Place) -> Observed:
    """The third ends it before the assistant of the scenario is removed, and the one that no scenario touches."""
    signals = [(signal.SIGINT, is_deletion), (signal.SIGINT, is_deletion), (signal.SIGINT, is_removal)]
    observed = interrupted(place, *signals, last_is_lost=True)
    assert "Remove it with: make sweep" in observed.finished.err
    assert all(f"'{name}'" in observed.finished.ending.text for name in observed.left)
    assert f"removed: {len(observed.left)}, left: 0" in place.sweep("--yes")
    return observed


@trouble
def ctrl_c_three_times_side_by_side(place: Place) -> Observed:
    """What is removed side by side may be so before the third, so nobody can say beforehand how much is left."""
    signals = [(signal.SIGINT, is_deletion), (signal.SIGINT, is_deletion), (signal.SIGINT, is_removal)]
    observed = interrupted(place, *signals, last_is_lost=True, options=SIDE_BY_SIDE)
    assert "Ctrl-C once more ends it at once" in observed.finished.err
    assert all(f"'{name}'" in observed.finished.ending.text for name in observed.left)
    assert f"removed: {len(observed.left)}, left: 0" in place.sweep("--yes")
    return observed


@trouble
def discard_stdout(place: Place) -> Observed:
    return place.observe("--tags=@CHOICE-*", program=HEAD)


@trouble
def comparison_is_ended(place: Place) -> Observed:
    """It ends its runs, which clean up behind them."""
    command = [sys.executable, "-m", "acceptance.compare"]
    begun: list[Seen] = []
    with place.between(begun.append) as settings:
        address = settings["RAGFLOW_URL"]
        with subprocess.Popen(
            [*command, address, address, "--tags=@CHOICE-*"],
            cwd=ROOT,
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_until(lambda: sum(map(is_deletion, begun)) > 10)
            runs = children_of(process.pid)
            process.terminate()
            out, err = process.communicate(timeout=LIMIT)
    assert len(runs) == 2
    assert not any(is_process(run) for run in runs)
    ended = subprocess.CompletedProcess(command, process.returncode, out, err)
    return Observed(without_reports(ended, place.folder / "none"), place.embedded.assistants())
