"""Whether scenarios that run side by side have the verdicts that they have one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acceptance.known_deviations.deviations import read
from acceptance.reports import record
from acceptance.reports.settled import settled
from tests.support.runs import ACCEPTANCE, run
from tests.support.servers import Embedded, running


@dataclass(frozen=True)
class Compared:
    """How many scenarios a release has, and of each run side by side the scenarios that had another verdict."""

    release: str
    scenarios: int
    other: tuple[tuple[str, ...], ...]

    @property
    def same(self) -> int:
        """The runs in which every scenario had the verdict that it has one after the other."""
        return sum(not other for other in self.other)


def compare(release: str, runs: int, parallel: int) -> Compared:
    """One run after the other, and so many side by side, on the same server."""
    with running(release) as server:
        expected = dict(_verdicts(server, 1))
        others = [dict(_verdicts(server, parallel)) for _ in range(runs)]
    return Compared(release, len(expected), tuple(_other(expected, each) for each in others))


def _other(expected: dict[str, object], found: dict[str, object]) -> tuple[str, ...]:
    return tuple(place for place in {**expected, **found} if expected.get(place) != found.get(place))


def _verdicts(server: Embedded, parallel: int) -> Iterator[tuple[str, object]]:
    """Each scenario by its place; what is left to chance is taken for what is known of it."""
    with TemporaryDirectory() as name:
        file = Path(name) / "run.json"
        options = ("-D", f"parallel={parallel}", "-D", f"record={file}")
        run(Path(name), *options, settings=server.settings, program=ACCEPTANCE)
        for result in settled(record.read(file), read()).results:
            yield f"{result.id} {result.location}", (result.verdict, result.known)
