from itertools import pairwise

import pytest

from embedded_ragflow import releases
from embedded_ragflow.releases import BY_MINOR, CHANGES, UnknownRelease, find_release
from embedded_ragflow.releases.v0_27 import Release0270


class WrittenInGo(Release0270):
    """A release that there is not yet: another server of v0.27."""

    since = "0.27"
    variant = "go"


class WrittenInGoLater(WrittenInGo):
    since = "0.27.2"


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


def test_each_change_continues_the_one_before_it() -> None:
    for variant in {change.variant for change in CHANGES}:
        for earlier, later in pairwise(change for change in CHANGES if change.variant == variant):
            assert issubclass(later, earlier)


@pytest.mark.parametrize("patch", BY_MINOR)
def test_a_name_without_a_patch_number_stands_for_the_last_patch(patch: str) -> None:
    minor = patch.rpartition(".")[0]
    assert (find_release(minor).name, find_release(f"v{minor}").name) == (patch, patch)


@pytest.fixture
def in_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "CHANGES", (*CHANGES, WrittenInGo, WrittenInGoLater))


@pytest.mark.usefixtures("in_go")
@pytest.mark.parametrize(
    ("name", "release", "rules"),
    [
        ("0.27-go", "0.27.0-go", WrittenInGo),
        ("v0.27-go", "0.27.0-go", WrittenInGo),
        ("v0.27.1-go", "0.27.1-go", WrittenInGo),
        ("0.27.2-go", "0.27.2-go", WrittenInGoLater),
        ("0.27", "0.27.0", Release0270),
        ("0.27.2", "0.27.2", Release0270),
    ],
)
def test_another_server_of_a_release_has_rules_of_its_own(name: str, release: str, rules: type[Release0270]) -> None:
    found = find_release(name)
    assert (found.name, str(found), type(found.rules)) == (release, release, rules)


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
