from dataclasses import replace

import pytest

from embedded_ragflow import history
from embedded_ragflow.history import LAST_PATCHES, RELEASES, V0_27
from embedded_ragflow.release import Release
from embedded_ragflow.releases import UnknownRelease, find_release

# Releases that there are not yet: another server of v0.27.
WRITTEN_IN_GO = replace(V0_27, variant="go")
WRITTEN_IN_GO_LATER = replace(WRITTEN_IN_GO, since="0.27.2")


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
        ("0.22.1", "0.22.1", "0.22.1"),
        ("0.22", "0.22.1", "0.22.1"),
        ("v0.22", "0.22.1", "0.22.1"),
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
        "0.27-go",
        "0.27.0-go",
        "0.27-",
        "\u0660.\u0662\u0660",
    ],
)
def test_any_other_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownRelease, match=r"is not a known RAGFlow release: give one of 0\.18, .*, 0\.27"):
        find_release(name)


@pytest.mark.parametrize("patch", LAST_PATCHES)
def test_a_name_without_a_patch_number_stands_for_the_last_patch(patch: str) -> None:
    minor = patch.rpartition(".")[0]
    assert (find_release(minor).name, find_release(f"v{minor}").name) == (patch, patch)


@pytest.fixture
def in_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "RELEASES", (*RELEASES, WRITTEN_IN_GO, WRITTEN_IN_GO_LATER))


@pytest.mark.usefixtures("in_go")
@pytest.mark.parametrize(
    ("name", "release", "rules"),
    [
        ("0.27-go", "0.27.0-go", WRITTEN_IN_GO),
        ("v0.27-go", "0.27.0-go", WRITTEN_IN_GO),
        ("v0.27.1-go", "0.27.1-go", WRITTEN_IN_GO),
        ("0.27.2-go", "0.27.2-go", WRITTEN_IN_GO_LATER),
        ("0.27", "0.27.0", V0_27),
        ("0.27.2", "0.27.2", V0_27),
    ],
)
def test_another_server_of_a_release_has_rules_of_its_own(name: str, release: str, rules: Release) -> None:
    found = find_release(name)
    assert (found.name, str(found), found.rules) == (release, release, rules)


@pytest.mark.usefixtures("in_go")
@pytest.mark.parametrize(
    "name", ["0.26-go", "0.26.4-go", "0.28-go", "0.27-Go", "0.27-rust", "0.27-go2", "0.27-", "0.27go", "-go"]
)
def test_a_variant_that_there_is_not_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UnknownRelease, match=r"give one of 0\.18, .*, 0\.27, 0\.27-go, with or without a patch number"):
        find_release(name)


def test_no_variant_is_named_where_there_is_none() -> None:
    with pytest.raises(UnknownRelease, match=r", 0\.26, 0\.27, with or without a patch number$"):
        find_release("0.27-go")
