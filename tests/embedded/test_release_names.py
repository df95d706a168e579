"""Names of releases: which rules they select, and which are refused."""

from dataclasses import replace

import pytest

from embedded_ragflow import history
from embedded_ragflow.history import LAST_PATCHES, RELEASES, V0_27, V0_27_GO
from embedded_ragflow.releases import UnknownRelease, find_release


@pytest.mark.parametrize(
    ("name", "release", "since"),
    [
        ("v0.18.0", "0.18.0", "0.18"),
        ("0.20.0", "0.20.0", "0.18"),
        ("0.20.2", "0.20.2", "0.20.2"),
        ("0.25.5", "0.25.5", "0.25.1"),
        ("0.25", "0.25.6", "0.25.6"),
        ("0.25.10", "0.25.10", "0.25.6"),
        ("0.27.3", "0.27.3", "0.27"),
    ],
)
def test_a_name_selects_a_release_and_its_rules(name: str, release: str, since: str) -> None:
    found = find_release(name)
    assert (found.name, found.rules.since) == (release, since)


@pytest.mark.parametrize(
    "name", ["", "0", "0.17.2", "0.28", "latest", "0.20.", "0.20.5.1", "0.20rc1", " 0.20", "0.26-go", "0.27-"]
)
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownRelease, match=r"is not a known RAGFlow release: give one of 0\.18, .*, 0\.27-go, with"):
        find_release(name)


@pytest.mark.parametrize("patch", LAST_PATCHES)
def test_a_name_without_a_patch_number_means_the_last_patch(patch: str) -> None:
    minor = patch.rpartition(".")[0]
    assert (find_release(minor).name, find_release(f"v{minor}").name) == (patch, patch)


def test_a_variant_has_its_own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(V0_27_GO, since="0.27.2")
    monkeypatch.setattr(history, "RELEASES", (*RELEASES, later))
    names = ("0.27", "0.27-go", "v0.27.1-go", "0.27.2-go")
    found = [(release.name, release.rules) for release in map(find_release, names)]
    assert found == [("0.27.0", V0_27), ("0.27.0-go", V0_27_GO), ("0.27.1-go", V0_27_GO), ("0.27.2-go", later)]
    for unknown in ("0.26-go", "0.27-Go", "0.27-rust", "0.27go", "-go"):
        with pytest.raises(UnknownRelease, match=r", 0\.27, 0\.27-go, with or without a patch number"):
            find_release(unknown)
