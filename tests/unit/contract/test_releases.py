import pytest
from packaging.version import Version

from acceptance.contract.releases import Range, Release

# a name: (its version, the kind of its server, how it is written)
NAMES = {
    "0.18": ("0.18", "", "0.18"),
    "v0.18.0": ("0.18.0", "", "0.18.0"),
    "0.27.0": ("0.27.0", "", "0.27.0"),
    "0.27.0-go": ("0.27.0", "go", "0.27.0-go"),
    "v0.27-go": ("0.27", "go", "0.27-go"),
    "1": ("1", "", "1"),
}

NO_NAMES = ("", "v", "latest", "V0.18", "0.", ".18", "0.18-", "0.18-rc1", "0.18-GO", "0,18", " 0.18", "0.18\n", "१.१८")

# words: (the releases that are in the range, those that are not)
RANGES = {
    "": ("0.18 0.27.0 0.27.0-go", ""),
    "from-0.25": ("0.25 0.25.0 0.25.6 0.26 0.27.0 0.27.0-go 1.0", "0.18 0.24 0.24.0 0.24.9"),
    "from-0.22.1": ("0.22.1 0.23 0.27", "0.18 0.22 0.22.0"),
    "until-0.24": ("0.18 0.22.1 0.24 0.24.0 0.24.9", "0.25 0.25.0 0.27"),
    "until-0.22.1": ("0.18 0.22 0.22.0 0.22.1", "0.22.2 0.23 0.27"),
    "only-0.23": ("0.23 0.23.0 0.23.1 0.23.0-go", "0.22.1 0.24 0.2 2.3"),
    "only-0.22.1": ("0.22.1", "0.22 0.22.0 0.22.10 0.23"),
    "not-0.22.1": ("0.18 0.22.0 0.22.10 0.23 0.27", "0.22.1 0.22.1-go"),
    "not-0.23": ("0.22.1 0.24", "0.23 0.23.0 0.23.1"),
    "not-0.2": ("0.20 0.23", "0.2 0.2.1"),
    "from-0.22.1 until-0.22.1": ("0.22.1", "0.22.0 0.23"),
    "from-0.22.1 not-0.23": ("0.22.1 0.24 0.27", "0.22 0.23 0.23.1"),
    "until-0.24 not-0.22.1": ("0.18 0.22.0 0.23.1 0.24.0", "0.22.1 0.25"),
    "from-0.22.1 until-0.24 not-0.23": ("0.22.1 0.24.0", "0.22.0 0.23.0 0.23.1 0.25.0"),
    "not-0.18 not-0.19": ("0.20.5", "0.18.0 0.19.1"),
    "from-0.25 until-0.24": ("", "0.24.0 0.25.0"),
    "not-0.27-go": ("0.26.4 0.27 0.27.0 0.28.0-go", "0.27-go 0.27.0-go 0.27.1-go"),
    "only-0.27-go": ("0.27-go 0.27.0-go 0.27.1-go", "0.27 0.27.0 0.28.0-go 0.27.0-java"),
    "from-0.27-go": ("0.27.0-go 0.28.0-go", "0.27.0 0.28.0 0.26.4-go"),
    "until-0.27-go": ("0.26.4-go 0.27.1-go", "0.26.4 0.28.0-go"),
    "from-0.26 not-0.27-go": ("0.26.4 0.27.0 0.26.4-go", "0.25.6 0.27.0-go"),
}

NO_RANGES = (
    "0.24",
    "since-0.24",
    "from-",
    "from0.24",
    "From-0.24",
    "from-0.24.",
    "from-v0.24",
    "<0.24",
    "from-0.24,until-0.25",
    "from-0.24-Go",
    "not-latest",
)


@pytest.mark.parametrize(("name", "version", "variant", "written"), [(name, *of) for name, of in NAMES.items()])
def test_a_release_has_a_name(name: str, version: str, variant: str, written: str) -> None:
    release = Release.named(name)
    assert (release.version, release.variant, str(release)) == (Version(version), variant, written)


@pytest.mark.parametrize("name", NO_NAMES)
def test_anything_else_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a release"):
        Release.named(name)


def test_two_kinds_of_a_release_are_two_releases() -> None:
    assert Release.named("v0.27.0") == Release.named("0.27.0")
    assert Release.named("0.27.0-go") != Release.named("0.27.0")


@pytest.mark.parametrize(("words", "within", "without"), [(words, *releases) for words, releases in RANGES.items()])
def test_words_say_which_releases_are_meant(words: str, within: str, without: str) -> None:
    assert [name for name in within.split() if Release.named(name) not in Range(words)] == []
    assert [name for name in without.split() if Release.named(name) in Range(words)] == []


@pytest.mark.parametrize("word", NO_RANGES)
def test_words_that_say_nothing_of_releases_are_told(word: str) -> None:
    with pytest.raises(ValueError, match="says nothing of releases") as trouble:
        assert Release.named("0.24") in Range(f"from-0.18 {word}")
    assert f"'{word}'" in str(trouble.value)


# the tags of a scenario: what they say of releases
TAGS = {
    "": "",
    "AUTH-1 smoke tenants": "",
    "CHOICE-6 until-0.24 not-0.22.1": "until-0.24 not-0.22.1",
    "from-0.25 ODD-1 picture not-0.27-go": "from-0.25 not-0.27-go",
    "only-0.22.1": "only-0.22.1",
    "from-nowhere until-now not-0": "not-0",
}


@pytest.mark.parametrize(("tags", "words"), TAGS.items(), ids=TAGS)
def test_only_tags_that_speak_of_releases_are_looked_at(tags: str, words: str) -> None:
    assert Range.of_tags(tags.split()) == Range(words)


# words: where the range begins, and where it ends
ENDS = {
    "from-0.18 until-0.22.0": ("0.18", "0.22.0"),
    "until-0.24 not-0.23 from-0.22.1": ("0.22.1", "0.24"),
    "only-0.23": ("0.23", "0.23"),
    "only-0.27-go": ("0.27-go", "0.27-go"),
}


@pytest.mark.parametrize(("words", "ends"), ENDS.items(), ids=ENDS)
def test_a_range_has_two_ends(words: str, ends: tuple[str, str]) -> None:
    assert (Range(words).first, Range(words).last) == ends


@pytest.mark.parametrize(("words", "shown"), {"": "all", "from-0.24 not-0.25": "from-0.24 not-0.25"}.items())
def test_a_range_is_shown_as_it_is_written(words: str, shown: str) -> None:
    assert str(Range(words)) == shown
