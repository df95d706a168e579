import re
from dataclasses import replace

import pytest

from acceptance.errors import CannotRun
from acceptance.running.settings import VARIABLES, Settings, name_of

URL = "http://localhost:9380"
KEY = "ragflow-0123456789abcdef"
OTHER = "ragflow-fedcba9876543210"

# what is wrong: (the settings, the setting that the sentence names)
MALFORMED = {
    "no scheme": ({"url": "localhost:9380", "api_key": KEY}, "url"),
    "another scheme": ({"url": "ftp://localhost", "api_key": KEY}, "url"),
    "no host": ({"url": "http://", "api_key": KEY}, "url"),
    "a space in the address": ({"url": "http://local host:9380", "api_key": KEY}, "url"),
    "a line break in the address": ({"url": "http://localhost\n:9380", "api_key": KEY}, "url"),
    "a port that is a word": ({"url": "http://localhost:abc", "api_key": KEY}, "url"),
    "a port that is too high": ({"url": "http://localhost:99999", "api_key": KEY}, "url"),
    "port 0": ({"url": "http://localhost:0", "api_key": KEY}, "url"),
    "half an IPv6 address": ({"url": "http://[::1", "api_key": KEY}, "url"),
    "a password in the address": ({"url": "http://user:password@localhost", "api_key": KEY}, "url"),
    "a query in the address": ({"url": "http://localhost/?page=1", "api_key": KEY}, "url"),
    "a fragment in the address": ({"url": "http://localhost/#top", "api_key": KEY}, "url"),
    "an address without a key": ({"url": URL}, "api_key"),
    "an address with another key only": ({"url": URL, "other_api_key": OTHER}, "api_key"),
    "a key without an address": ({"api_key": KEY}, "url"),
    "another key without an address": ({"other_api_key": OTHER}, "url"),
    "the same key twice": ({"url": URL, "api_key": KEY, "other_api_key": KEY}, "other_api_key"),
    "a character set for a RAGFlow": ({"url": URL, "api_key": KEY, "charset": "utf8mb4"}, "charset"),
    "an unknown character set": ({"charset": "latin1"}, "charset"),
    "a key with its scheme": ({"url": URL, "api_key": f"Bearer {KEY}"}, "api_key"),
    "a key with a line break": ({"url": URL, "api_key": "ragflow\n0123"}, "api_key"),
    "a key that is not ASCII": ({"url": URL, "api_key": "schlüssel"}, "api_key"),
    "another key with a space": ({"url": URL, "api_key": KEY, "other_api_key": "ragflow 0123"}, "other_api_key"),
}

# the address that is set: the one that is used
ADDRESSES = {
    "http://localhost:9380": "http://localhost:9380",
    "http://localhost:9380///": "http://localhost:9380",
    "http://localhost:9380/api/v1/": "http://localhost:9380",
    " http://localhost:9380 ": "http://localhost:9380",
    "https://ragflow.example/behind/a/prefix/": "https://ragflow.example/behind/a/prefix",
    "https://ragflow.example/prefix/api/v1": "https://ragflow.example/prefix",
    "http://[::1]:9380": "http://[::1]:9380",
}


def from_environment(**chosen: str) -> Settings:
    return Settings.read({VARIABLES[name]: value for name, value in chosen.items()}, {})


def from_defines(**chosen: str) -> Settings:
    return Settings.read({}, chosen)


both_sources = pytest.mark.parametrize("read", [from_environment, from_defines])


@both_sources
@pytest.mark.parametrize(("chosen", "culprit"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_setting_is_named_without_its_secrets(read, chosen: dict[str, str], culprit: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(**chosen)
    sentence = str(refusal.value)
    assert name_of(culprit) in sentence
    assert sentence.endswith(".")
    for name in ("api_key", "other_api_key"):
        assert chosen.get(name, KEY) not in sentence
    assert "password@" not in sentence


@pytest.mark.parametrize("setting", VARIABLES)
def test_messages_use_both_names_of_a_setting(setting: str) -> None:
    assert re.search(rf"\b{VARIABLES[setting]}\b.*-D {setting}=", name_of(setting))


def test_every_setting_has_a_default() -> None:
    settings = Settings.read({}, {})
    assert settings == Settings()
    assert (settings.stories, settings.parallel, settings.worker) == (100, 1, "")
    assert len({Settings().seed for _ in range(20)}) > 1


@both_sources
def test_every_setting_can_be_set(read) -> None:
    chosen = {"url": URL, "api_key": KEY, "other_api_key": OTHER, "release": "0.20", "keep": "failed", "show": "rules"}
    settings = read(**chosen, stories="250", seed="0", parallel="64")
    assert settings == Settings(**chosen, stories=250, parallel=64)
    assert settings.seed == 0


@both_sources
@pytest.mark.parametrize(
    ("setting", "value"),
    [("stories", value) for value in ("0", "-1", "x", "1.5", "³", "1_000", "9" * 19)]
    + [("seed", value) for value in ("-1", "x", "0x1", "1 2")]
    + [("parallel", value) for value in ("0", "x", "8.0", "65")],
)
def test_numbers_have_limits(read, setting: str, value: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(**{setting: value})
    limits = {"stories": "of at least 1", "seed": "of at least 0", "parallel": "from 1 to 64"}[setting]
    assert str(refusal.value) == f"{name_of(setting)} is '{value}'. Set it to a whole number {limits}."


@both_sources
@pytest.mark.parametrize(
    ("setting", "value", "valid"),
    [("keep", value, "Set it to failed.") for value in ("all", "Failed", "1")]
    + [("show", value, "Set it to scenarios or rules.") for value in ("all", "Rules", "rules, scenarios")],
)
def test_words_have_to_be_known(read, setting: str, value: str, valid: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        read(**{setting: value})
    assert str(refusal.value) == f"{name_of(setting)} is '{value}'. {valid}"


@pytest.mark.parametrize(
    ("define", "hint"),
    {
        "relase": "did you mean 'release'?",
        "Release": "did you mean 'release'?",
        "ragflow_url": "the settings are: url, ",
    }.items(),
)
def test_an_unknown_define_is_an_error_with_a_hint(define: str, hint: str) -> None:
    with pytest.raises(CannotRun) as refusal:
        Settings.read({}, {define: KEY, "release": "0.20"})
    assert str(refusal.value).startswith(f"unknown setting '{define}'; {hint}")


def test_settings_of_other_formatters_and_runners_are_accepted() -> None:
    others = (
        "behave.formatter.html.title",
        "AllureFormatter.issue_pattern",
        "behave.reporter.junit.show_tags",
        "worker_id",
    )
    assert Settings.read({}, dict.fromkeys(others, "1")) == Settings()


def test_a_key_that_reports_cannot_hide_is_refused() -> None:
    with pytest.raises(CannotRun, match=r"^RAGFLOW_API_KEY .* is too short: reports cannot hide a key of fewer than 5"):
        Settings.read({"RAGFLOW_URL": URL, "RAGFLOW_API_KEY": "abcd"}, {})


def test_only_a_worker_reads_what_its_parent_passes_on() -> None:
    settings = Settings(url=URL, api_key=KEY, throttle=7, start_command="a", parallel=2)
    assert Settings.read(settings.variables, {"worker": "1"}) == replace(settings, worker="1")
    assert Settings.read(settings.variables, {}) == replace(settings, throttle=None, start_command="")


def test_internal_settings_are_known() -> None:
    settings = Settings.read({"RAGFLOW_ANYTHING": "1"}, {"record": "a.json", "worker": "0a1b2c3d-1"})
    assert settings == Settings(worker="0a1b2c3d-1")


def test_settings_become_variables_of_a_worker() -> None:
    settings = Settings(url=URL, api_key=KEY, release="0.20", seed=7, parallel=2)
    assert Settings.read(settings.variables, {}) == settings


def test_a_define_takes_precedence_over_the_environment() -> None:
    environment = {"RAGFLOW_URL": "http://a", "RAGFLOW_API_KEY": KEY, "RAGFLOW_RELEASE": "0.18"}
    settings = Settings.read(environment, {"url": "http://b", "release": "0.20"})
    assert (settings.url, settings.api_key, settings.release) == ("http://b", KEY, "0.20")
    assert Settings.read({"RAGFLOW_RELEASE": "0.18"}, {"release": ""}).release == "0.18"


def test_blank_means_not_set() -> None:
    assert from_environment(**dict.fromkeys(VARIABLES, " \t")) == Settings()


@pytest.mark.parametrize(("given", "used"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_is_used_without_the_path_of_the_api(given: str, used: str) -> None:
    assert from_environment(url=given, api_key=KEY).url == used


def test_settings_never_show_a_key() -> None:
    settings = from_environment(url=URL, api_key=f" {KEY}\n", other_api_key=OTHER)
    assert settings.api_key == KEY
    assert URL in repr(settings)
    assert not any(key in repr(settings) for key in (KEY, OTHER))
