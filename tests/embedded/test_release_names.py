from itertools import pairwise

import pytest

from embedded_ragflow.releases import CHANGES, UnknownRelease, find_release


@pytest.mark.parametrize(
    ("name", "release", "since"),
    [
        ("0.18", "0.18.0", "0.18"),
        ("v0.18.0", "0.18.0", "0.18"),
        ("0.19", "0.19.1", "0.18"),
        ("0.20.0", "0.20.0", "0.18"),
        ("0.20.1", "0.20.1", "0.20.1"),
        ("0.20.2", "0.20.2", "0.20.2"),
        ("0.20", "0.20.5", "0.20.2"),
        ("v0.20", "0.20.5", "0.20.2"),
        ("0.21", "0.21.1", "0.20.2"),
        ("0.22.0", "0.22.0", "0.20.2"),
        ("0.22", "0.22.0", "0.20.2"),
        ("0.23.0", "0.23.0", "0.23"),
        ("0.23", "0.23.1", "0.23.1"),
        ("0.24", "0.24.0", "0.24"),
        ("0.25.0", "0.25.0", "0.25"),
        ("0.25.5", "0.25.5", "0.25.1"),
        ("0.25", "0.25.6", "0.25.6"),
        ("0.25.10", "0.25.10", "0.25.6"),
        ("0.26", "0.26.4", "0.26"),
        ("v0.27.0", "0.27.0", "0.27"),
        ("0.27.3", "0.27.3", "0.27"),
    ],
)
def test_a_name_stands_for_a_release_and_its_rules(name: str, release: str, since: str) -> None:
    found = find_release(name)
    assert (found.name, found.rules.since) == (release, since)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "0.17",
        "0.17.2",
        "0.28",
        "1.20",
        "latest",
        "0.20.",
        "0.20.5.1",
        "0.20rc1",
        "vv0.20",
        " 0.20",
        "\u0660.\u0662\u0660",
    ],
)
def test_any_other_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownRelease, match=r"is not a known RAGFlow release: give one of 0\.18, .*, 0\.27"):
        find_release(name)


def test_each_change_continues_the_one_before_it() -> None:
    for earlier, later in pairwise(CHANGES):
        assert issubclass(later, earlier)
