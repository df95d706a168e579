import re

import pytest

from acceptance.errors import CannotRun
from acceptance.running.settings import SOURCES, Settings, name_of

URL = "http://localhost:9380"
KEY = "ragflow-0123456789abcdef"
OTHER = "ragflow-fedcba9876543210"

# what is wrong: (the settings, the setting that the sentence has to name)
MALFORMED = {
    "an address without a scheme": ({"url": "localhost:9380", "api_key": KEY}, "url"),
    "an address of another kind": ({"url": "ftp://localhost", "api_key": KEY}, "url"),
    "an address without a host": ({"url": "http://", "api_key": KEY}, "url"),
    "an address that is a word": ({"url": "ragflow", "api_key": KEY}, "url"),
    "an address with a blank": ({"url": "http://local host:9380", "api_key": KEY}, "url"),
    "an address with a line break": ({"url": "http://localhost\n:9380", "api_key": KEY}, "url"),
    "a port that is no number": ({"url": "http://localhost:abc", "api_key": KEY}, "url"),
    "a port that is too high": ({"url": "http://localhost:99999", "api_key": KEY}, "url"),
    "port 0": ({"url": "http://localhost:0", "api_key": KEY}, "url"),
    "half an IPv6 address": ({"url": "http://[::1", "api_key": KEY}, "url"),
    "a user name in the address": ({"url": "http://user@localhost", "api_key": KEY}, "url"),
    "a password in the address": ({"url": "http://user:password@localhost", "api_key": KEY}, "url"),
    "a query in the address": ({"url": "http://localhost/?page=1", "api_key": KEY}, "url"),
    "a fragment in the address": ({"url": "http://localhost/#top", "api_key": KEY}, "url"),
    "an address without a key": ({"url": URL}, "api_key"),
    "an address with another key only": ({"url": URL, "other_api_key": OTHER}, "api_key"),
    "a key without an address": ({"api_key": KEY}, "url"),
    "another key without an address": ({"other_api_key": OTHER}, "url"),
    "both keys without an address": ({"api_key": KEY, "other_api_key": OTHER}, "url"),
    "the same key twice": ({"url": URL, "api_key": KEY, "other_api_key": KEY}, "other_api_key"),
    "a key with a blank": ({"url": URL, "api_key": "ragflow 0123"}, "api_key"),
    "a key with its scheme": ({"url": URL, "api_key": f"Bearer {KEY}"}, "api_key"),
    "a key with a line break": ({"url": URL, "api_key": "ragflow\n0123"}, "api_key"),
    "a key with a tab": ({"url": URL, "api_key": "ragflow\t0123"}, "api_key"),
    "a key with an umlaut": ({"url": URL, "api_key": "schlüssel"}, "api_key"),
    "another key with a blank": ({"url": URL, "api_key": KEY, "other_api_key": "ragflow 0123"}, "other_api_key"),
}

ADDRESSES = {
    "http://localhost:9380": "http://localhost:9380",
    "http://localhost:9380/": "http://localhost:9380",
    "http://localhost:9380///": "http://localhost:9380",
    "http://localhost:9380/api/v1": "http://localhost:9380",
    "http://localhost:9380/api/v1/": "http://localhost:9380",
    " http://localhost:9380 ": "http://localhost:9380",
    "https://ragflow.example": "https://ragflow.example",
    "https://ragflow.example/behind/a/prefix/": "https://ragflow.example/behind/a/prefix",
    "https://ragflow.example/prefix/api/v1": "https://ragflow.example/prefix",
    "http://[::1]:9380": "http://[::1]:9380",
}


def in_environment(**chosen: str) -> Settings:
    return Settings.read({SOURCES[name][0]: value for name, value in chosen.items()}, {})


def defined(**chosen: str) -> Settings:
    return Settings.read({}, {SOURCES[name][1]: value for name, value in chosen.items()})


@pytest.mark.parametrize("read", [in_environment, defined])
@pytest.mark.parametrize(("chosen", "culprit"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_setting_is_told_in_a_sentence_that_names_it(read, chosen: dict[str, str], culprit: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(**chosen)
    sentence = str(refusal.value)
    assert name_of(culprit) in sentence
    assert sentence.endswith(".")
    for name in ("api_key", "other_api_key"):
        assert chosen.get(name, KEY) not in sentence
    assert "password@" not in sentence


@pytest.mark.parametrize("setting", SOURCES)
def test_a_setting_is_called_by_both_of_its_names(setting: str) -> None:
    variable, define = SOURCES[setting]
    assert re.search(rf"\b{variable}\b.*-D {define}=", name_of(setting))


@pytest.mark.parametrize("read", [in_environment, defined])
def test_nothing_has_to_be_set(read) -> None:
    assert read() == Settings()


@pytest.mark.parametrize("read", [in_environment, defined])
def test_every_setting_can_be_set(read) -> None:
    settings = read(url=URL, api_key=KEY, other_api_key=OTHER, release="0.20", keep="failed", show="rules")
    assert settings == Settings(URL, KEY, OTHER, "0.20", "failed", "rules")


@pytest.mark.parametrize("read", [in_environment, defined])
def test_it_can_be_set_how_many_stories_are_told_and_which(read) -> None:
    settings = read(stories="250", seed="0")
    assert (settings.stories, settings.seed) == (250, 0)


@pytest.mark.parametrize("read", [in_environment, defined])
@pytest.mark.parametrize("parallel", [1, 8, 64])
def test_it_can_be_set_how_many_scenarios_run_at_a_time(read, parallel: int) -> None:
    assert read(parallel=str(parallel)).parallel == parallel
    assert read().parallel == 1


def test_which_stories_are_told_is_left_to_chance_where_nobody_says_it() -> None:
    assert len({Settings().seed for _ in range(20)}) > 1


@pytest.mark.parametrize("read", [in_environment, defined])
@pytest.mark.parametrize(
    ("setting", "value"),
    [("stories", value) for value in ("0", "-1", "x", "1.5", "³", "1_000", "9" * 19)]
    + [("seed", value) for value in ("-1", "x", "0x1", "1 2")]
    + [("parallel", value) for value in ("0", "-1", "x", "8.0", "65", "1000", "9" * 19)],
)
def test_numbers_are_whole_numbers_within_their_limits(read, setting: str, value: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(**{setting: value})
    limits = {"stories": "from 1 on", "seed": "from 0 on", "parallel": "from 1 to 64"}[setting]
    sentence = f"{name_of(setting)} is '{value}'. It has to be a whole number, {limits}."
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("read", [in_environment, defined])
@pytest.mark.parametrize("keep", ["all", "Failed", "failed, all", "1"])
def test_only_what_failed_can_be_kept(read, keep: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(keep=keep)
    assert str(refusal.value) == f"RAGFLOW_KEEP (or -D keep=...) is '{keep}'. What can be kept is: failed."


@pytest.mark.parametrize("read", [in_environment, defined])
@pytest.mark.parametrize("show", ["all", "Rules", "rules, scenarios", "1"])
def test_only_scenarios_or_rules_can_be_shown(read, show: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(show=show)
    assert str(refusal.value) == f"RAGFLOW_SHOW (or -D show=...) is '{show}'. What can be shown is: scenarios, rules."


# what is defined: the name that is none
UNKNOWN = {
    "apikey": {"apikey": KEY},
    "URL": {"URL": URL},
    "ragflow_url": {"ragflow_url": URL, "release": "0.20"},
    "a": {"b": "1", "a": "1"},
}


@pytest.mark.parametrize(("name", "defines"), UNKNOWN.items())
def test_a_define_that_is_no_setting_is_told_with_those_that_are(name: str, defines: dict[str, str]) -> None:
    with pytest.raises(CannotRun) as refusal:
        Settings.read({}, defines)
    sentence = str(refusal.value)
    assert sentence.startswith(f"-D {name}=... is no setting.")
    assert all(f"-D {define}=..." in sentence for _, define in SOURCES.values())
    assert KEY not in sentence


def test_what_one_part_of_the_suite_tells_another_is_no_mistake() -> None:
    assert Settings.read({"RAGFLOW_ANYTHING": "1"}, {"record": "a.json"}) == Settings()


def test_a_define_goes_before_the_environment() -> None:
    environment = {"RAGFLOW_URL": "http://a", "RAGFLOW_API_KEY": KEY, "RAGFLOW_RELEASE": "0.18"}
    settings = Settings.read(environment, {"url": "http://b", "release": "0.20"})
    assert (settings.url, settings.api_key, settings.release) == ("http://b", KEY, "0.20")


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_blank_is_not_set(blank: str) -> None:
    assert in_environment(**dict.fromkeys(SOURCES, blank)) == Settings()


def test_an_empty_define_leaves_the_environment_as_it_is() -> None:
    assert Settings.read({"RAGFLOW_RELEASE": "0.18"}, {"release": ""}).release == "0.18"


@pytest.mark.parametrize(("given", "kept"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_is_kept_without_what_every_request_adds(given: str, kept: str) -> None:
    assert in_environment(url=given, api_key=KEY).url == kept


def test_blanks_around_a_key_are_no_part_of_it() -> None:
    assert in_environment(url=URL, api_key=f" {KEY}\n").api_key == KEY


def test_settings_never_show_a_key() -> None:
    settings = in_environment(url=URL, api_key=KEY, other_api_key=OTHER)
    assert URL in repr(settings)
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert KEY not in shown
        assert OTHER not in shown
