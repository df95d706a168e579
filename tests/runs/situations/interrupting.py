"""Runs that are interrupted at a moment that the server chooses."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from acceptance.paths import ROOT
from tests.runs.situations.catalogue import Observed, Workplace, situation
from tests.runs.situations.failing_servers import REMOVAL, is_deletion
from tests.support.environment import clean_environment
from tests.support.runs import BEHAVE, TIMEOUT, Finished, children_of, has_ended, wait_until
from tests.unit.stand_in import Misconduct, Seen

SELECTED = "--tags=@CHOICE-1 or @CHOICE-2"
WORKERS = ("-D", "parallel=2")

# A reader that closes the output after the first scenario.
HEAD = ("bash", "-c", '"$@" | grep -m 1 passed; exit ${PIPESTATUS[0]}', "bash", *BEHAVE)

When = Callable[[Seen], bool]


def is_removal(seen: Seen) -> bool:
    return seen.call == REMOVAL


def is_creation(seen: Seen) -> bool:
    """Whether a scenario creates a session."""
    return seen.call.startswith("POST ") and seen.call.endswith("/sessions")


def interrupted(
    workplace: Workplace,
    *signals: tuple[signal.Signals | None, When],
    drops_last: bool = False,
    options: Sequence[str] = (),
) -> Observed:
    """Send each signal with the first request of its kind, one after the other; None only waits for the request.

    With ``drops_last`` no request reaches the server from the last one on.
    """
    waiting = list(signals)

    def react(seen: Seen) -> Misconduct | None:
        if waiting and waiting[0][1](seen):
            number, _ = waiting.pop(0)
            if number is not None:
                running.process.send_signal(number)
        return Misconduct.BREAK_OFF if drops_last and not waiting else None

    with workplace.gateway(react) as settings, workplace.started(SELECTED, *options, settings=settings) as running:
        finished = running.end()
    assert not waiting
    return Observed(finished, workplace.embedded.assistants())


@situation
def interrupted_in_a_step(workplace: Workplace) -> Mapping[str, Observed]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return {number.name: interrupted(workplace, (number, is_deletion)) for number in numbers}


@situation
def interrupted_workers(workplace: Workplace) -> Mapping[str, Observed]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    return {number.name: interrupted(workplace, (number, is_deletion), options=WORKERS) for number in numbers}


@situation
def interrupted_while_creating(workplace: Workplace) -> Observed:
    return interrupted(workplace, (signal.SIGINT, is_creation))


@situation
def interrupted_during_cleanup(workplace: Workplace) -> Observed:
    return interrupted(workplace, (None, is_deletion), (signal.SIGTERM, is_removal))


@situation
def interrupted_at_the_first_request(workplace: Workplace) -> Observed:
    return interrupted(workplace, (signal.SIGTERM, lambda _: True))


@situation
def interrupted_between_scenarios(workplace: Workplace) -> Observed:
    with workplace.started("--tags=@CHOICE-* or @ODD-*") as running:
        running.wait_for_line("passed +CHOICE-2")
        running.process.send_signal(signal.SIGINT)
        finished = running.end()
    return Observed(finished, workplace.embedded.assistants())


@situation
def ctrl_c_twice(workplace: Workplace) -> Observed:
    observed = interrupted(workplace, (signal.SIGINT, is_deletion), (signal.SIGINT, is_removal))
    assert "assistants: 2" in observed.finished.err
    assert "Ctrl-C" in observed.finished.err
    return observed


@situation
def ctrl_c_three_times(workplace: Workplace) -> Mapping[str, Observed]:
    """The third Ctrl-C ends the run before its assistants are removed."""
    signals = [(signal.SIGINT, is_deletion), (signal.SIGINT, is_deletion), (signal.SIGINT, is_removal)]
    observed = {}
    for name, options in {"one process": (), "workers": WORKERS}.items():
        seen = interrupted(workplace, *signals, drops_last=True, options=options)
        assert "make sweep" in seen.finished.err
        # Of a worker, only the beginning of its names is known.
        named = [each.removesuffix("...") for each in re.findall(r"'(.+?)'", seen.finished.ending.text)]
        assert all(each.startswith(tuple(named)) for each in seen.left)
        observed[name] = replace(seen, was_killed=bool(options))
        assert f"removed: {len(seen.left)}, left: 0" in workplace.sweep("--yes")
    return observed


@situation
def output_closed(workplace: Workplace) -> Observed:
    return workplace.observe("--tags=@CHOICE-*", program=HEAD)


@situation
def comparison_interrupted(workplace: Workplace) -> Observed:
    """The comparison of two addresses ends its first run, which cleans up, and starts no second one."""
    command = [sys.executable, "-m", "acceptance.compare"]
    requests: list[Seen] = []
    with workplace.gateway(requests.append) as settings:
        address = settings["RAGFLOW_URL"]
        with subprocess.Popen(
            [*command, address, address, "--tags=@CHOICE-*"],
            cwd=ROOT,
            env=clean_environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_until(lambda: sum(map(is_deletion, requests)) > 10)
            runs = children_of(process.pid)
            process.terminate()
            out, err = process.communicate(timeout=TIMEOUT)
    assert len(runs) == 1
    assert all(map(has_ended, runs))
    finished = Finished(process.returncode, out, err, workplace.folder / "none")
    return Observed(finished, workplace.embedded.assistants())
