import pytest
from packaging.version import Version

from acceptance.contract.releases import Range, Release

# words: (releases in the range, releases outside)
RANGES = {
    "": ("0.18 0.27.0 0.27.0-go", ""),
    "from-0.25": ("0.25 0.25.0 0.25.6 0.26 0.27.0 0.27.0-go 1.0", "0.18 0.24 0.24.0 0.24.9"),
    "from-0.22.1": ("0.22.1 0.23 0.27", "0.18 0.22 0.22.0"),
    "until-0.24": ("0.18 0.22.1 0.24 0.24.0 0.24.9", "0.25 0.25.0 0.27"),
    "until-0.22.1": ("0.18 0.22 0.22.0 0.22.1", "0.22.2 0.23 0.27"),
    "only-0.23": ("0.23 0.23.0 0.23.1 0.23.0-go", "0.22.1 0.24 0.2 2.3"),
    "only-0.22.1": ("0.22.1", "0.22 0.22.0 0.22.10 0.23"),
    "not-0.22.1": ("0.18 0.22.0 0.22.10 0.23 0.27", "0.22.1 0.22.1-go"),
    "not-0.2": ("0.20 0.23", "0.2 0.2.1"),
    "from-0.22.1 until-0.24 not-0.23": ("0.22.1 0.24.0", "0.22.0 0.23.0 0.23.1 0.25.0"),
    "from-0.25 until-0.24": ("", "0.24.0 0.25.0"),
    "not-0.27-go": ("0.26.4 0.27 0.27.0 0.28.0-go", "0.27-go 0.27.0-go 0.27.1-go"),
    "only-0.27-go": ("0.27-go 0.27.0-go 0.27.1-go", "0.27 0.27.0 0.28.0-go 0.27.0-java"),
    "from-0.27-go": ("0.27.0-go 0.28.0-go", "0.27.0 0.28.0 0.26.4-go"),
    "until-0.27-go": ("0.26.4-go 0.27.1-go", "0.26.4 0.28.0-go"),
    "until-0.22.0 or only-go": ("0.18 0.22.0 0.27-go", "0.22.1 0.27"),
    "only-go": ("0.27-go 0.28.1-go", "0.27 0.28.1 0.27-java"),
    "from-0.25 not-go": ("0.25 0.27 1.0", "0.24 0.24-go 0.27-go 1.0-go"),
}


def test_a_release_is_read_from_its_name() -> None:
    assert [str(Release.named(name)) for name in ("v0.18.0", "v0.27-go", "1")] == ["0.18.0", "0.27-go", "1"]
    assert Release.named("0.27-go") == Release(Version("0.27.0"), "go")


@pytest.mark.parametrize(
    "name", ["", "v", "latest", "V0.18", "0.", ".18", "0.18-", "0.18-rc1", "0.18-GO", "0,18", " 0.18", "0.18\n", "१.१८"]
)
def test_any_other_text_is_not_the_name_of_a_release(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a release"):
        Release.named(name)


@pytest.mark.parametrize(("words", "inside", "outside"), [(words, *releases) for words, releases in RANGES.items()])
def test_a_range_contains_releases(words: str, inside: str, outside: str) -> None:
    assert [name for name in inside.split() if Release.named(name) not in Range(words)] == []
    assert [name for name in outside.split() if Release.named(name) in Range(words)] == []


@pytest.mark.parametrize(
    "word",
    ["0.24", "since-0.24", "from-", "From-0.24", "from-0.24.", "from-v0.24", "from-0.24-Go", "not-good", "from-go"],
)
def test_an_unknown_word_is_reported(word: str) -> None:
    with pytest.raises(ValueError, match=f"'{word}' is not a range"):
        assert Release.named("0.24") in Range(f"from-0.18 {word}")


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("", ""),
        ("AUTH-1 smoke tenants", ""),
        ("from-0.25 ODD-1 picture not-go not-good", "from-0.25 not-go"),
        ("not-0 until-0.24 from-nowhere", "until-0.24 not-0"),
    ],
)
def test_a_range_is_read_from_tags(tags: str, words: str) -> None:
    assert Range.from_tags(tags.split()) == Range(words)


@pytest.mark.parametrize(
    ("words", "first", "last", "in_words"),
    [
        ("from-0.18 until-0.22.0", "0.18", "0.22.0", "from 0.18 on, up to 0.22.0"),
        ("until-0.24 not-0.23 from-0.22.1", "0.22.1", "0.24", "up to 0.24, but not 0.23, from 0.22.1 on"),
        ("only-0.27-go", "0.27-go", "0.27-go", "0.27-go only"),
        ("from-0.18 until-0.24 or only-go", "0.18", "0.24", "from 0.18 on, up to 0.24, or the Go server only"),
        ("from-0.18 until-0.27 not-go", "0.18", "0.27", "from 0.18 on, up to 0.27, but not the Go server"),
    ],
)
def test_a_range_is_described(words: str, first: str, last: str, in_words: str) -> None:
    described = Range(words)
    assert (described.first, described.last, described.in_words, str(described)) == (first, last, in_words, words)
    assert (str(Range()), Range().in_words) == ("all", "all releases")
