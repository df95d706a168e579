"""What a run costs, beside what its requests cost alone: ``python -m tests.bench [whole | source | slow | same]``.

Times are measured in pairs, one run and one of what it is compared with, in turn, each against a server of its own.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from acceptance.paths import ROOT
from tests.bench import document, exchanges, same, source
from tests.bench.exchanges import Exchange, OtherAnswer, replay
from tests.support.recordings import RELEASES as RECORDED
from tests.support.runs import ACCEPTANCE, LIMIT, run
from tests.support.servers import Embedded, running

SERVER = ("-m", "tests.bench.serve")
RELEASES = ("0.20", "0.27")

# How long each way takes in a network that is slow, and how many scenarios run at a time there.
MILLISECONDS, PARALLEL = 20, 8


class Unmeasured(Exception):
    """A run did not come to its end, so that its time says nothing."""


@dataclass(frozen=True)
class Pair:
    """A run and what it is compared with, in seconds."""

    run: float
    other: float

    @property
    def ratio(self) -> float:
        return self.run / self.other


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("what", nargs="?", choices=WAYS, default="whole")
    options.add_argument("--pairs", type=int, default=3, help="how often it is measured (default: %(default)s)")
    options.add_argument(
        "--module",
        metavar="COMMAND",
        type=shlex.split,
        help="with source: what runs RAGFlow's own module; the server is in HOST_ADDRESS, a key in RAGFLOW_API_KEY",
    )
    chosen = options.parse_args()
    if chosen.pairs < 1:
        options.error("at least one pair is needed")
    if chosen.module and chosen.what != "source":
        options.error("--module is something to compare the scenarios of the source document with: say source")
    measure = partial(of_source, module=chosen.module) if chosen.module else WAYS[chosen.what]
    try:
        document.write(chosen.what, document.table(measure(chosen.pairs)))
    except (Unmeasured, OtherAnswer) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Nothing was written down.", file=sys.stderr)
        return 130
    print(document.FILE.relative_to(ROOT))
    return 0


def whole(count: int) -> document.Rows:
    """The whole specification, and its requests from a bare client."""
    rows = [["release", "requests", "a run", "its requests alone", "ratio", "where the time of a run goes"]]
    for release in RELEASES:
        recorded = _requests_of_a_run(release)
        print(f"release {release}: {len(recorded):,} requests")
        pairs = list(_pairs(count, release, lambda server, recorded=recorded: replay(server.url, recorded)))
        parts = _in_words(_parts_of_a_run(release))
        print(f"where the time of a run goes: {parts}")
        rows.append([release, f"{len(recorded):,}", *_told(pairs), parts])
    return rows


def of_source(count: int, module: Sequence[str] = ()) -> document.Rows:
    """The scenarios of the source document, and what the test module sends that it describes, or the module itself."""
    tags = " or ".join(f"@{id}" for id in source.scenarios())
    others = {"the module's requests": lambda server: source.Module(server.url).run()}
    if module:
        others["the module"] = lambda server: _seconds_of(module, server)
    rows = [["release", "beside", "the scenarios", "that", "ratio"]]
    for name, measure in others.items():
        pairs = list(_pairs(count, source.RELEASE, measure, f"--tags={tags}"))
        rows.append([source.RELEASE, name, *_told(pairs)])
    return rows


def _seconds_of(command: Sequence[str], server: Embedded) -> float:
    """Of a command that tests this server. Unmeasured where it fails."""
    began = time.perf_counter()
    settings = {"HOST_ADDRESS": server.url, **server.settings}
    try:
        ended = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=LIMIT)
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise Unmeasured(f"{shlex.join(command)} cannot be measured: {trouble}") from None
    if ended.returncode:
        raise Unmeasured(f"{ended.stdout}{ended.stderr}\n{shlex.join(command)} did not succeed.")
    return time.perf_counter() - began


def slow(count: int) -> document.Rows:
    """The whole specification in a slow network, and its requests there one after the other, which is calculated."""
    rows = [["release", "requests", f"a run with parallel={PARALLEL}", "its requests one after the other", "ratio"]]
    for release in RELEASES:
        recorded = _requests_of_a_run(release)
        waiting = len(recorded) * 2 * MILLISECONDS / 1000
        pairs = []
        for _ in range(count):
            with running(release, SERVER) as server, _delayed(server) as far_away:
                seconds = _run(far_away, "-D", f"parallel={PARALLEL}")
            with running(release, SERVER) as server:
                pairs.append(_tell(Pair(seconds, waiting + replay(server.url, recorded))))
        rows.append([release, f"{len(recorded):,}", *_told(pairs)])
    return rows


def of_same(count: int) -> document.Rows:
    """Whether the verdicts of scenarios that run side by side are those of one after the other."""
    rows = [["release", "scenarios", f"runs with parallel={PARALLEL}", "of them with the same verdicts"]]
    for release in RECORDED:
        compared = same.compare(release, count, PARALLEL)
        print(f"release {release}: {compared.same} of {count}")
        for places in filter(None, compared.other):
            print(f"  otherwise: {', '.join(places)}")
        rows.append([release, f"{compared.scenarios}", f"{count}", f"{compared.same}"])
    return rows


WAYS = {"whole": whole, "source": of_source, "slow": slow, "same": of_same}


def _pairs(count: int, release: str, measure: Callable[[Embedded], float], *options: str) -> Iterator[Pair]:
    for _ in range(count):
        with running(release, SERVER) as server:
            seconds = _run(server.settings, *options)
        with running(release, SERVER) as server:
            yield _tell(Pair(seconds, measure(server)))


def _tell(pair: Pair) -> Pair:
    print(f"  {pair.run:6.2f} s beside {pair.other:6.2f} s: {pair.ratio:.2f}", flush=True)
    return pair


def _told(pairs: Sequence[Pair]) -> list[str]:
    """The middle one of each figure, as cells of a table. The ratio is that of the pairs."""
    ratio = f"{median(pair.ratio for pair in pairs):.2f}"
    print(f"ratio: {ratio}")
    return [f"{median(pair.run for pair in pairs):.1f} s", f"{median(pair.other for pair in pairs):.1f} s", ratio]


def _run(settings: dict[str, str], *options: str, program: Sequence[str] = ACCEPTANCE) -> float:
    """A run as a user starts it, for this deployment. Returns its seconds. Unmeasured where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            finished = run(Path(folder), *options, settings=settings, program=program)
        except subprocess.TimeoutExpired as trouble:
            raise Unmeasured(f"A run had not ended after {trouble.timeout:.0f} s.") from None
    if finished.status:
        raise Unmeasured(f"{finished.out}{finished.err}\nA run did not succeed, so its time says nothing.")
    return finished.seconds


def _requests_of_a_run(release: str) -> list[Exchange]:
    return exchanges.read(_from_inside("record", release))


def _parts_of_a_run(release: str) -> dict[str, float]:
    return dict(json.loads(_from_inside("profile", release)))


def _from_inside(way: str, release: str) -> bytes:
    """What `tests.bench.inside` writes of a run."""
    with tempfile.TemporaryDirectory() as folder, running(release, SERVER) as server:
        file = Path(folder) / way
        _run(server.settings, program=(sys.executable, "-m", "tests.bench.inside", way, str(file)))
        return file.read_bytes()


def _in_words(parts: dict[str, float]) -> str:
    """The shares of the parts, which are in seconds."""
    total = sum(parts.values())
    return ", ".join(f"{part} {seconds / total:.0%}" for part, seconds in parts.items() if seconds / total >= 0.01)


@contextmanager
def _delayed(server: Embedded) -> Iterator[dict[str, str]]:
    """The settings of a run for whom every byte takes MILLISECONDS each way."""
    command = [sys.executable, "-m", "tests.bench.delay", server.url.partition("//")[2], "--ms", str(MILLISECONDS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        try:
            assert proxy.stdout is not None
            line = proxy.stdout.readline()
            if not line:
                raise Unmeasured("The delaying proxy did not start.")
            yield {**server.settings, "RAGFLOW_URL": line.split()[-1]}
        finally:
            proxy.terminate()


if __name__ == "__main__":
    sys.exit(main())
