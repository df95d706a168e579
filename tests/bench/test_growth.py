"""What is measured of growth becomes a table and a picture."""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from acceptance.ragflow.listings import names_of_all
from tests.bench.growing import client
from tests.bench.growth import Growth, add_assistants, deletion, serving
from tests.bench.memory import peak_memory
from tests.bench.picture import draw

DOUBLE = Growth(
    sizes=(0, 1_000),
    measure=lambda size: {"seconds": 2.0 * size},
    columns={"double": lambda size, found: f"{found['seconds']:.0f} of {size}"},
    title="Doubles",
    x="numbers",
    y="seconds",
    curves={"the double": lambda found: found["seconds"] + 1},
)


def test_a_growth_is_told_by_size() -> None:
    assert DOUBLE.table(DOUBLE.found()).splitlines()[2:] == ["| 0 | 0 of 0 |", "| 1,000 | 2000 of 1000 |"]


def test_it_is_drawn_with_its_words_and_the_same_each_time(tmp_path: Path) -> None:
    panels = [DOUBLE.panel(DOUBLE.found())] * 2
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    draw(panels, one)
    draw(panels, other)
    assert one.read_bytes() == other.read_bytes()
    words = "".join(ElementTree.parse(one).getroot().itertext())
    for word in ("Doubles", "numbers", "seconds", "the double", "1,000"):
        assert word in words


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell how much memory is used")
def test_the_memory_of_a_process_is_known() -> None:
    own = peak_memory("self")
    assert own is not None
    assert own > 1
    assert peak_memory(os.getpid()) == pytest.approx(own, rel=0.1)


def test_assistants_are_copied() -> None:
    with serving() as server:
        like = server.new_assistant()
        for count in (0, 3):
            add_assistants(server.file, like, count)
        names = names_of_all(client(server.url))
    assert sorted(names) == ["an assistant", *(f"an assistant {number}" for number in (1, 2, 3))]


def test_a_deletion_in_one_request_is_measured() -> None:
    found = deletion(3)
    assert found["server"] > 0
    assert found["suite"] > 0
